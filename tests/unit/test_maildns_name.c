/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "mail/maildns_name.h"
#include "unit/unit.h"
#include "wire/net_special.h"

#define L63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const struct {
	const char	*name, *parent;
} parents[] = {
	{ "mail.example.org", "example.org" }, { "org", NULL }, { "a\\.b.c", "c" },
	{ "a\\\\.c", "c" }, { "a\\032b.c", "c" }, { ".", NULL }, { "", NULL },
	{ "a\\.", NULL }, { L63 "." L63, L63 },
};

START_TEST(finds_parents)
{
	const char *parent = maildns_parent(parents[_i].name);

	ck_assert_int_eq(parent == NULL, parents[_i].parent == NULL);
	if (parent != NULL)
		ck_assert_str_eq(parent, parents[_i].parent);
}
END_TEST

static const struct {
	const char	*name, *zone;
	bool		 below;
} zones[] = {
	{ "mx.example.org", "example.org", true },
	{ "example.org", "example.org", true },
	{ "a.b.example.org", "example.org", true },
	{ "myexample.org", "example.org", false },
	{ "my\\.example.org", "example.org", false },
	{ "org", "example.org", false },
	{ "mx.example.org", "org", true },
	{ "mx.example.org", ".", true },
	{ "mx.example.net", "example.org", false },
};

START_TEST(knows_zones)
{
	ck_assert_int_eq(maildns_below(zones[_i].name, zones[_i].zone), zones[_i].below);
}
END_TEST

static const struct {
	const char	*name;
	bool		 address;
} addresses[] = {
	{ "192.0.2.1", true }, { "[192.0.2.1]", true }, { "2001:db8::1", true },
	{ "[ipv6:2001:db8::1]", true }, { "192\\.0\\.2\\.1", true },
	{ "[2001:db8::1]", true }, { "192.0.2.1.example.org", false },
	{ "192.0.2", false }, { "mx.example.org", false }, { ".", false }, { "", false },
	{ "[]", false }, { "[", false }, { "[ipv6:]", false }, { "[ipv6:", false },
	{ "[ipv6:]]", false }, { "\\", false }, { "\\\\", false }, { "256.0.2.1", false },
	{ L63 "." L63 "." L63, false },
};

START_TEST(knows_addresses)
{
	ck_assert_msg(maildns_is_address(addresses[_i].name) == addresses[_i].address,
	    "%s", addresses[_i].name);
}
END_TEST

static const struct {
	const char	*name, *bad;
	bool		 fatal;
} hosts[] = {
	{ "mx.example.org", NULL, false }, { "mx-1.example.org", NULL, false },
	{ "1.example.org", NULL, false }, { "xn--bcher-kva.example", NULL, false },
	{ L63 ".org", NULL, false }, { "a", NULL, false },
	{ "mx_1.example.org", "underscore", false },
	{ "_mx.example.org", "underscore", false },
	{ "ab--c.example.org", NULL, false },
	{ "-mx.example.org", "hyphen", true }, { "mx-.example.org", "hyphen", true },
	{ "mx.-example.org", "hyphen", true }, { "-", "hyphen", true },
	{ "m_x.-a.org", "hyphen", true }, { "-a.m_x.org", "hyphen", true },
	{ "mx*.example.org", "character", true }, { "*.example.org", "character", true },
	{ "mx\\032a.example.org", "character", true },
	{ "mx\\.a.example.org", "character", true },
	{ "\\000.example.org", "character", true },
	{ "mx/a.example.org", "character", true },
	{ "mx.example.25", "number", true }, { "192.0.2.256", "number", true },
	{ "25", "number", true },
};

START_TEST(knows_hosts)
{
	bool fatal = !hosts[_i].fatal;
	const char *bad = maildns_bad_host(hosts[_i].name, &fatal);

	ck_assert_int_eq(bad == NULL, hosts[_i].bad == NULL);
	if (bad != NULL)
		ck_assert_msg(strstr(bad, hosts[_i].bad) != NULL, "%s: %s",
		    hosts[_i].name, bad);
	ck_assert_msg(fatal == hosts[_i].fatal, "%s", hosts[_i].name);
}
END_TEST

/* What is left without the domain at the end. */
static const struct {
	const char	*name, *domain, *left;
} doubled[] = {
	{ "mx.example.org.example.org", "example.org", "mx.example.org" },
	{ "mx.provider.net.example.org", "example.org", "mx.provider.net" },
	{ "192.0.2.1.example.org", "example.org", "192.0.2.1" },
	{ "mx.example.org", "example.org", "" },
	{ "a.b.example.org", "example.org", "a.b" },
	{ "example.org.example.org", "example.org", "example.org" },
	{ "example.org", "example.org", "" },
	{ "mx.example.net", "example.org", "" },
	{ "mx\\.a.example.org", "example.org", "" },
	{ "org", "example.org", "" }, { ".", "example.org", "" },
};

START_TEST(finds_lost_dots)
{
	size_t n = maildns_without_origin(doubled[_i].name, doubled[_i].domain);

	ck_assert_msg(n == strlen(doubled[_i].left), "%s: %zu", doubled[_i].name, n);
	ck_assert_int_eq(strncmp(doubled[_i].name, doubled[_i].left, n), 0);
}
END_TEST

static const struct {
	const char	*address, *name, *kind;
} specials[] = {
	{ "192.0.2.1", "1.2.0.192.in-addr.arpa", "documentation" },
	{ "255.254.253.252", "252.253.254.255.in-addr.arpa", "reserved" },
	{ "2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0."
	    "2.ip6.arpa", "documentation" },
	{ "2620:fe::fe", "e.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.f.0.0.0.2.6."
	    "2.ip6.arpa", NULL },
	{ "9.9.9.9", NULL, NULL }, { "0.0.0.0", NULL, "unspecified" },
	{ "10.255.0.1", NULL, "private" }, { "11.0.0.0", NULL, NULL },
	{ "100.63.255.255", NULL, NULL }, { "100.64.0.0", NULL, "shared" },
	{ "100.127.255.255", NULL, "shared" }, { "100.128.0.0", NULL, NULL },
	{ "127.0.0.53", NULL, "loopback" }, { "128.0.0.1", NULL, NULL },
	{ "169.254.1.1", NULL, "link-local" }, { "172.15.255.255", NULL, NULL },
	{ "172.16.0.0", NULL, "private" }, { "172.31.255.255", NULL, "private" },
	{ "172.32.0.0", NULL, NULL }, { "192.0.0.1", NULL, "reserved" },
	{ "192.0.1.1", NULL, NULL }, { "192.168.0.1", NULL, "private" },
	{ "198.17.255.255", NULL, NULL }, { "198.19.255.255", NULL, "benchmarking" },
	{ "198.51.100.1", NULL, "documentation" },
	{ "203.0.113.1", NULL, "documentation" }, { "224.0.0.1", NULL, "multicast" },
	{ "239.255.255.255", NULL, "multicast" }, { "223.255.255.255", NULL, NULL },
	{ "::", NULL, "unspecified" }, { "::1", NULL, "loopback" }, { "::2", NULL, NULL },
	{ "fe80::1", NULL, "link-local" }, { "febf::1", NULL, "link-local" },
	{ "fec0::1", NULL, "site-local" }, { "fc00::1", NULL, "private" },
	{ "fdff::1", NULL, "private" }, { "ff02::1", NULL, "multicast" },
	{ "100::1", NULL, "discard-only" }, { "100:0:0:1::1", NULL, NULL },
	{ "3fff:fff::1", NULL, "documentation" }, { "3fff:1000::1", NULL, NULL },
	{ "::ffff:10.0.0.1", NULL, "IPv4-mapped" },
	{ "::ffff:9.9.9.9", NULL, "IPv4-mapped" },
	{ "64:ff9b::909:909", NULL, NULL }, { "64:ff9b:1::1", NULL, "private" },
	{ "2001:2::1", NULL, "benchmarking" }, { "2001:20::1", NULL, "reserved" },
	{ "2002:909:909::1", NULL, NULL }, { "2001:4860::1", NULL, NULL },
};

START_TEST(knows_special_addresses)
{
	struct net_address a = { .len = 0 };
	char name[MAILDNS_REVERSE_MAX];
	const char *kind;

	ck_assert_int_eq(net_address_parse(&a, specials[_i].address, 25), 0);
	kind = net_special(&a);
	ck_assert_msg((kind == NULL) == (specials[_i].kind == NULL), "%s: %s",
	    specials[_i].address, kind);
	if (kind != NULL)
		ck_assert_str_eq(kind, specials[_i].kind);
	maildns_reverse_name(&a, name);
	if (specials[_i].name != NULL)
		ck_assert_str_eq(name, specials[_i].name);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, finds_parents, 0, LEN(parents));
	tcase_add_loop_test(t, knows_zones, 0, LEN(zones));
	tcase_add_loop_test(t, knows_addresses, 0, LEN(addresses));
	tcase_add_loop_test(t, knows_hosts, 0, LEN(hosts));
	tcase_add_loop_test(t, finds_lost_dots, 0, LEN(doubled));
	tcase_add_loop_test(t, knows_special_addresses, 0, LEN(specials));
}
