/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "unit/unit.h"
#include "wire/dns.h"
#include "wire/dns_conf.h"

#define TEXT(literal) literal, sizeof(literal) - 1

/* What was read, in one line: servers, search list, ndots/timeout/attempts. */
static const struct {
	const char	*name, *text;
	size_t		 len;
	const char	*want;
} files[] = {
	{ "empty", TEXT(""), "127.0.0.1 | | 1/5/2" },
	{ "only ends of lines", TEXT("\n\r\n\n"), "127.0.0.1 | | 1/5/2" },
	{ "one server", TEXT("nameserver 192.0.2.1\n"), "192.0.2.1 | | 1/5/2" },
	{ "no newline", TEXT("nameserver 192.0.2.1"), "192.0.2.1 | | 1/5/2" },
	{ "CRLF", TEXT("nameserver 192.0.2.1\r\nsearch a.example\r\noptions ndots:2\r\n"),
	    "192.0.2.1 | a.example | 2/5/2" },
	{ "tabs", TEXT("nameserver\t \t192.0.2.1 \t\n"), "192.0.2.1 | | 1/5/2" },
	{ "comments", TEXT("# nameserver 192.0.2.8\n; nameserver 192.0.2.9\n"
	    "nameserver 192.0.2.1 # the first\nsearch a.example ; b.example\n"),
	    "192.0.2.1 | a.example | 1/5/2" },
	{ "the fourth server is not asked",
	    TEXT("nameserver 192.0.2.1\nnameserver 192.0.2.2\n"
	    "nameserver 192.0.2.3\nnameserver 192.0.2.4\n"),
	    "192.0.2.1 192.0.2.2 192.0.2.3 | | 1/5/2" },
	{ "the same twice", TEXT("nameserver 192.0.2.1\nnameserver 192.0.2.1\n"),
	    "192.0.2.1 192.0.2.1 | | 1/5/2" },
	{ "IPv6", TEXT("nameserver 2001:db8::1\n"), "2001:db8::1 | | 1/5/2" },
	{ "IPv6 with scope", TEXT("nameserver fe80::1%lo\n"), "fe80::1%lo | | 1/5/2" },
	{ "IPv6 with a scope that is none", TEXT("nameserver fe80::1%nonesuch\n"),
	    "127.0.0.1 | | 1/5/2" },
	{ "no addresses", TEXT("nameserver dns.example\nnameserver 192.0.2\nnameserver\n"
	    "nameserver 192.0.2.256\nnameserver 192.0.2.1x\n"), "127.0.0.1 | | 1/5/2" },
	{ "a port is not of this file", TEXT("nameserver 192.0.2.1#5353\n"),
	    "127.0.0.1 | | 1/5/2" },
	{ "the keyword starts the line", TEXT(" nameserver 192.0.2.1\n"),
	    "127.0.0.1 | | 1/5/2" },
	{ "other keywords",
	    TEXT("nameservers 192.0.2.1\nNameserver 192.0.2.2\nsortlist 1.2.3.4\n"
	    "lookup file bind\nfamily inet4\n"), "127.0.0.1 | | 1/5/2" },
	{ "search", TEXT("search a.example  b.example\tc.example\n"),
	    "127.0.0.1 | a.example b.example c.example | 1/5/2" },
	{ "the last search counts",
	    TEXT("search a.example b.example\nsearch c.example\n"),
	    "127.0.0.1 | c.example | 1/5/2" },
	{ "domain after search",
	    TEXT("search a.example b.example\ndomain d.example e.example\n"),
	    "127.0.0.1 | d.example | 1/5/2" },
	{ "search after domain", TEXT("domain d.example\nsearch a.example b.example\n"),
	    "127.0.0.1 | a.example b.example | 1/5/2" },
	{ "empty search", TEXT("search a.example\nsearch\ndomain \n"),
	    "127.0.0.1 | a.example | 1/5/2" },
	{ "root as search list", TEXT("search .\n"), "127.0.0.1 | . | 1/5/2" },
	{ "options", TEXT("options edns0 ndots:3 rotate timeout:7 attempts:4 trust-ad\n"),
	    "127.0.0.1 | | 3/7/4" },
	{ "options of several lines",
	    TEXT("options ndots:3\noptions timeout:7\noptions ndots:4\n"),
	    "127.0.0.1 | | 4/7/2" },
	{ "ceilings", TEXT("options ndots:16 timeout:31 attempts:6\n"),
	    "127.0.0.1 | | 15/30/5" },
	{ "at the ceilings", TEXT("options ndots:15 timeout:30 attempts:5\n"),
	    "127.0.0.1 | | 15/30/5" },
	{ "far beyond", TEXT("options ndots:99999999999999999999 timeout:4294967297\n"),
	    "127.0.0.1 | | 15/30/2" },
	{ "nought", TEXT("options ndots:0 timeout:0 attempts:0\n"),
	    "127.0.0.1 | | 0/1/1" },
	{ "options that are none",
	    TEXT("options ndots: ndots:-1 timeout:x attempts:2x ndots 4\n"),
	    "127.0.0.1 | | 1/5/2" },
	{ "NUL bytes",
	    TEXT("nameserver 192.0.2.1\0\nnameserver 192.0.2.2\n\0search a.example\n"),
	    "192.0.2.2 | | 1/5/2" },
	{ "garbage", TEXT("\377\376\0\1nameserver\n\n\t\x7f%s%n#;\nsearch\0a\n"),
	    "127.0.0.1 | | 1/5/2" },
};

static void
render(const struct dns_conf *conf, struct buf *text)
{
	char server[NET_TEXT_MAX];

	for (size_t i = 0; i < conf->nservers; i++)
		ck_assert_int_eq(buf_addf(text, "%s ",
		    dns_server_text(&conf->servers[i], server)), 0);
	ck_assert_int_eq(buf_puts(text, "| "), 0);
	for (size_t i = 0; i < conf->search.n; i++)
		ck_assert_int_eq(buf_addf(text, "%s ", conf->search.v[i]), 0);
	ck_assert_int_eq(buf_addf(text, "| %u/%u/%u", conf->ndots, conf->timeout,
	    conf->attempts), 0);
}

START_TEST(reads_resolv_conf)
{
	struct dns_conf conf = { 0 };
	struct buf text = { 0 };

	ck_assert_int_eq(dns_conf_parse(&conf, files[_i].text, files[_i].len), 0);
	render(&conf, &text);
	ck_assert_msg(strcmp(buf_str(&text), files[_i].want) == 0, "%s: %s, not %s",
	    files[_i].name, buf_str(&text), files[_i].want);
	buf_free(&text);
	dns_conf_free(&conf);
	ck_assert_uint_eq(conf.nservers, 0);
}
END_TEST

START_TEST(search_list_has_an_end)
{
	struct dns_conf conf = { 0 };
	struct buf text = { 0 };

	ck_assert_int_eq(buf_puts(&text, "search"), 0);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(buf_addf(&text, " d%d.example", i), 0);
	ck_assert_int_eq(buf_puts(&text, "\nsearch "), 0);
	for (int i = 0; i < 400; i++)
		ck_assert_int_eq(buf_puts(&text, "long"), 0);
	ck_assert_int_eq(dns_conf_parse(&conf, buf_str(&text), text.len), 0);
	ck_assert_uint_eq(conf.search.n, DNS_SEARCH_MAX);
	ck_assert_str_eq(conf.search.v[DNS_SEARCH_MAX - 1], "d31.example");
	dns_conf_free(&conf);
	buf_free(&text);
}
END_TEST

#define BLANKS "                "

/* --dns: one word, and the server that it is; NULL when it is none. */
static const struct {
	const char	*word, *server;
} servers[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "192.0.2.1#5353", "192.0.2.1#5353" },
	{ "192.0.2.1#53", "192.0.2.1" },
	{ "192.0.2.1#65535", "192.0.2.1#65535" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "[2001:db8::1]", "2001:db8::1" },
	{ "[2001:db8::1]#5353", "2001:db8::1#5353" },
	{ "2001:db8::1#5353", "2001:db8::1#5353" },
	{ "fe80::1%lo#54", "fe80::1%lo#54" },
	{ "", NULL },
	{ "#53", NULL },
	{ "192.0.2.1#", NULL },
	{ "192.0.2.1#0", NULL },
	{ "192.0.2.1#65536", NULL },
	{ "192.0.2.1#-53", NULL },
	{ "192.0.2.1#53x", NULL },
	{ "192.0.2.1#53#53", NULL },
	{ "192.0.2.1:53", NULL },
	{ "192.0.2.1 ", NULL },
	{ "dns.example", NULL },
	{ "[2001:db8::1", NULL },
	{
	    "192.0.2.1" BLANKS BLANKS BLANKS BLANKS BLANKS,
	    NULL },
};

START_TEST(takes_servers)
{
	struct dns_conf conf;
	struct list list = { 0 };
	struct diag d = { 0 };
	char text[NET_TEXT_MAX];
	int rc;

	ck_assert_int_eq(list_add(&list, servers[_i].word), 0);
	rc = dns_conf_load(&conf, &list, &d);
	if (servers[_i].server == NULL) {
		ck_assert_msg(rc == -1, "\"%s\" is taken", servers[_i].word);
		ck_assert_ptr_eq(d.cause, &dns_failed);
		ck_assert_ptr_nonnull(strstr(d.text, servers[_i].word));
	} else {
		ck_assert_msg(rc == 0, "\"%s\": %s", servers[_i].word, d.text);
		ck_assert_uint_eq(conf.nservers, 1);
		(void)dns_server_text(&conf.servers[0], text);
		ck_assert_str_eq(text, servers[_i].server);
		ck_assert_uint_ge(conf.attempts, 1);
	}
	dns_conf_free(&conf);
	list_free(&list);
}
END_TEST

START_TEST(counts_servers)
{
	struct dns_conf conf;
	struct list list = { 0 };
	struct diag d = { 0 };

	ck_assert_int_eq(dns_conf_load(&conf, &list, &d), 0);
	ck_assert_uint_ge(conf.nservers, 1);
	dns_conf_free(&conf);
	for (size_t i = 0; i < DNS_SERVERS_MAX; i++)
		ck_assert_int_eq(list_add(&list, "192.0.2.1"), 0);
	ck_assert_int_eq(dns_conf_load(&conf, &list, &d), 0);
	ck_assert_uint_eq(conf.nservers, DNS_SERVERS_MAX);
	dns_conf_free(&conf);
	ck_assert_int_eq(list_add(&list, "192.0.2.1"), 0);
	ck_assert_int_eq(dns_conf_load(&conf, &list, &d), -1);
	ck_assert_ptr_eq(d.cause, &dns_failed);
	dns_conf_free(&conf);
	list_free(&list);
}
END_TEST

#define SOME "127.0.0.1 localhost\n" \
    "::1\tlocalhost ip6-localhost  # localhost6\n" \
    "192.0.2.1 mail.example.org mail MX\n" \
    "192.0.2.2 mail.example.org\r\n" \
    "2001:db8::1 Mail.Example.ORG\n" \
    "# 192.0.2.9 hidden\n" \
    "192.0.2.3 web #mail\n" \
    "192.0.2 short\nnonsense nonsense\n192.0.2.4\n  192.0.2.5 indented"

static const struct {
	const char	*name, *text;
	size_t		 len;
	int		 family;
	size_t		 lines;
	const char	*want;
} hosts[] = {
	{ "localhost", TEXT(SOME), AF_UNSPEC, 2, "127.0.0.1 ::1 " },
	{ "localhost", TEXT(SOME), AF_INET6, 2, "::1 " },
	{ "localhost", TEXT(SOME), AF_INET, 2, "127.0.0.1 " },
	{ "mail.example.org", TEXT(SOME), AF_UNSPEC, 3,
	    "192.0.2.1 192.0.2.2 2001:db8::1 " },
	{ "MAIL.example.org", TEXT(SOME), AF_INET, 3, "192.0.2.1 192.0.2.2 " },
	{ "mail", TEXT(SOME), AF_INET, 1, "192.0.2.1 " },
	{ "mx", TEXT(SOME), AF_INET, 1, "192.0.2.1 " },
	{ "mx", TEXT(SOME), AF_INET6, 1, "" },
	{ "mail.example", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "localhost6", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "hidden", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "short", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "nonsense", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "192.0.2.4", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "indented", TEXT(SOME), AF_UNSPEC, 1, "192.0.2.5 " },
	{ "", TEXT(SOME), AF_UNSPEC, 0, "" },
	{ "", TEXT("192.0.2.1 \0 x\n"), AF_UNSPEC, 0, "" },
	{ "mail", TEXT(""), AF_UNSPEC, 0, "" },
	{ "mail", TEXT("192.0.2.1 mail\0\n192.0.2.2\0 mail\n192.0.2.3 mail"), AF_UNSPEC,
	    1, "192.0.2.3 " },
	{ "mail", TEXT("\377\1%n\n;\n\n192.0.2.1\vmail mail mail"), AF_UNSPEC, 1,
	    "192.0.2.1 " },
};

START_TEST(finds_in_hosts)
{
	struct net_addresses out = { .n = 0 };
	struct buf text = { 0 };
	char one[NET_TEXT_MAX];
	size_t lines;

	lines = hosts_find(hosts[_i].text, hosts[_i].len, hosts[_i].name,
	    hosts[_i].family, 25, &out);
	for (size_t i = 0; i < out.n; i++) {
		ck_assert_int_eq(buf_addf(&text, "%s ",
		    net_address_text(&out.v[i], one)), 0);
		ck_assert_int_eq(((struct sockaddr_in *)&out.v[i].sa)->sin_port,
		    htons(25));
	}
	ck_assert_msg(strcmp(buf_str(&text), hosts[_i].want) == 0, "\"%s\": %s, not %s",
	    hosts[_i].name, buf_str(&text), hosts[_i].want);
	ck_assert_uint_eq(lines, hosts[_i].lines);
	buf_free(&text);
}
END_TEST

START_TEST(hosts_have_an_end)
{
	struct net_addresses out = { .n = 0 };
	struct buf text = { 0 };

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(buf_addf(&text, "192.0.2.%d mail\n", i), 0);
	ck_assert_uint_eq(hosts_find(buf_str(&text), text.len, "mail", AF_INET, 25, &out),
	    100);
	ck_assert_uint_eq(out.n, NET_ADDRESSES_MAX);
	buf_free(&text);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, reads_resolv_conf, 0, LEN(files));
	tcase_add_test(t, search_list_has_an_end);
	tcase_add_loop_test(t, takes_servers, 0, LEN(servers));
	tcase_add_test(t, counts_servers);
	tcase_add_loop_test(t, finds_in_hosts, 0, LEN(hosts));
	tcase_add_test(t, hosts_have_an_end);
}
