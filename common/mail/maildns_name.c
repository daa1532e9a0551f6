/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/maildns_name.h"

const char *
maildns_parent(const char *name)
{
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == '.' && p[1] != '\0')
			return p + 1;
		if (*p == '\\' && p[1] != '\0')
			p++;
	}
	return NULL;
}

bool
maildns_below(const char *name, const char *zone)
{
	if (strcmp(zone, ".") == 0)
		return true;
	for (; name != NULL; name = maildns_parent(name))
		if (strcmp(name, zone) == 0)
			return true;
	return false;
}

bool
maildns_is_address(const char *name)
{
	static const char tag[] = "[ipv6:";
	size_t n = strlen(name), skip = text_starts(name, tag) ? sizeof(tag) - 1 : 0;
	char address[NET_TEXT_MAX], plain[NET_TEXT_MAX];
	struct net_address a;
	size_t used = 0;

	if (n >= sizeof(plain))
		return false;
	/* A dot within a label is no dot between two. */
	for (const char *p = name; *p != '\0'; p++)
		if (*p != '\\')
			plain[used++] = *p;
	plain[used] = '\0';
	if (net_address_parse(&a, plain, 0) == 0)
		return true;
	if (plain[0] != '[' || plain[used - 1] != ']')
		return false;
	skip = skip > 0 ? skip : 1;
	if (used < skip + 2)
		return false;
	text_copy(address, sizeof(address), plain + skip, used - skip - 1);
	return net_address_parse(&a, address, 0) == 0;
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The same of one label of n characters. */
static const char *
bad_label(const char *label, size_t n, bool *fatal)
{
	const char *soft = NULL;

	*fatal = true;
	for (size_t i = 0; i < n; i++) {
		if (label[i] == '_')
			soft = "has an underscore";
		else if (!is_letter(label[i]) && !is_digit(label[i]) && label[i] != '-')
			return "has a character that no host name may have";
	}
	if (label[0] == '-' || label[n - 1] == '-')
		return "has a part that begins or ends with a hyphen";
	*fatal = false;
	return soft;
}

const char *
maildns_bad_host(const char *name, bool *fatal)
{
	const char *found = NULL, *label = name, *next;

	*fatal = false;
	for (;; label = next) {
		const char *bad;
		bool deadly;

		next = maildns_parent(label);
		bad = bad_label(label, next != NULL ? (size_t)(next - label) - 1
		    : strlen(label), &deadly);
		if (bad != NULL && !*fatal) {
			found = bad;
			*fatal = deadly;
		}
		if (next == NULL)
			break;
	}
	if (found == NULL && strspn(label, "0123456789") == strlen(label)) {
		found = "ends in a number";
		*fatal = true;
	}
	return found;
}

size_t
maildns_without_origin(const char *name, const char *domain)
{
	const char *second = maildns_parent(name);

	for (const char *tail = second; tail != NULL; tail = maildns_parent(tail))
		if (strcmp(tail, domain) == 0)
			return second < tail ? (size_t)(tail - name) - 1 : 0;
	return 0;
}

void
maildns_reverse_name(const struct net_address *a, char name[MAILDNS_REVERSE_MAX])
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->sa;
	const unsigned char *octets = (const unsigned char *)&in->sin_addr;
	char *p = name;

	if (net_family(a) == AF_INET) {
		(void)snprintf(name, MAILDNS_REVERSE_MAX, "%u.%u.%u.%u.in-addr.arpa",
		    octets[3], octets[2], octets[1], octets[0]);
		return;
	}
	octets = in6->sin6_addr.s6_addr;
	for (size_t i = sizeof(in6->sin6_addr); i-- > 0; p += 4)
		(void)snprintf(p, 5, "%x.%x.", octets[i] & 15u, octets[i] >> 4);
	(void)snprintf(p, MAILDNS_REVERSE_MAX - (size_t)(p - name), "ip6.arpa");
}
