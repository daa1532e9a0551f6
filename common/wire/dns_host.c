/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "wire/dns.h"
#include "wire/dns_host.h"

#define HOSTS "/etc/hosts"
#define HOSTS_MAX ((size_t)16 * 1024 * 1024)	/* some people keep block lists in it */

/* A search for the addresses of one host. */
struct search {
	const struct dns_conf	*conf;
	const char		*host;		/* without the last dot */
	bool			 absolute;	/* it had one */
	int			 family;
	uint16_t		 port;
	struct deadline		 by;
	struct net_addresses	 found;

	bool			 hosts;		/* /etc/hosts could be read */
	bool			 exists;	/* a name that was tried does */
	char			 alias[DNS_NAME_MAX];	/* where the host leads */
	char			 server[NET_TEXT_MAX];	/* which answered */
	struct buf		 tried;		/* names asked for, as a list */
	size_t			 ntried;
	struct diag		 failure;	/* of the first name without an answer */
};

static bool
wants(const struct search *s, int family)
{
	return s->family == AF_UNSPEC || s->family == family;
}

static void
add(struct search *s, const struct net_address *a)
{
	struct net_addresses *all = &s->found;

	for (size_t i = 0; i < all->n; i++)
		if (net_address_same(&all->v[i], a))
			return;
	if (all->n < NET_ADDRESSES_MAX)
		all->v[all->n++] = *a;
	else
		all->partial = true;
}

static const char *
kind(const struct search *s)
{
	return s->family == AF_INET ? "IPv4 address" :
	    s->family == AF_INET6 ? "IPv6 address" : "address";
}

/* 1 when the host is an address of the family. */
static int
from_literal(struct search *s, struct diag *d)
{
	struct net_address a;

	if (net_address_parse(&a, s->host, s->port) == -1)
		return 0;
	if (!wants(s, net_family(&a)))
		return diag_set(d, &dns_no_address, "%s is not an %s", s->host, kind(s));
	add(s, &a);
	return 1;
}

/* Is the host in the hosts file? */
static void
from_hosts(struct search *s)
{
	static const int order[] = { AF_INET6, AF_INET };
	struct buf text = { .max = HOSTS_MAX };
	struct net_addresses some;

	s->hosts = file_read(HOSTS, &text, NULL) == 0;
	for (size_t f = 0; f < LEN(order) && s->hosts; f++) {
		some.n = 0;
		s->exists = hosts_find(buf_str(&text), text.len, s->host, order[f],
		    s->port, &some) > 0;
		for (size_t i = 0; i < some.n && wants(s, order[f]); i++)
			add(s, &some.v[i]);
	}
	buf_free(&text);
}

/* Takes what answers the question over as addresses; says whether there was any. */
static bool
take_addresses(struct search *s, const struct dns_query *q)
{
	bool any = false;

	for (size_t i = 0; i < q->nrecords; i++) {
		const struct dns_record *r = &q->records[i];
		struct net_address a;

		if (!dns_answers(q, r))
			continue;
		dns_record_address(r, s->port, &a);
		add(s, &a);
		any = true;
	}
	return any;
}

/* Is there nothing that asking again could add for sure? */
static bool
settled(const struct dns_query *q)
{
	if (!q->answered)
		return false;
	for (size_t i = 0; i < q->nrecords; i++)
		if (dns_answers(q, &q->records[i]))
			return true;
	return q->rcode == DNS_NXDOMAIN;
}

/*
 * Asks one or two questions. A server that answers for one family and never for the other
 * must not eat the run: half of the time is for both, the rest only for want of any
 * address.
 */
static int
ask(const struct search *s, struct dns_query *q, size_t n, struct diag *d)
{
	struct deadline half = deadline_share(s->by, 2);
	size_t first = 0;

	if (dns_ask(s->conf, q, n, half, d) == -1)
		return -1;
	if (deadline_left(half) > 0 || settled(&q[0]) || settled(&q[n - 1]))
		return 0;
	while (first < n && q[first].answered)
		first++;
	while (n > first && q[n - 1].answered)
		n--;
	return dns_ask(s->conf, q + first, n - first, s->by, d);
}

/* Did both questions fare the same? */
static bool
alike(const struct dns_query *a, const struct dns_query *b)
{
	return a->answered == b->answered && a->rcode == b->rcode;
}

/*
 * Judges the answers for a name. 1 when they hold addresses, 0 when another name is worth
 * trying, -1 when not: servers that are silent will be so for all names.
 */
static int
judge(struct search *s, const struct dns_query *q, size_t n, const char *canonical,
    struct diag *d)
{
	bool gone = false, found = false;

	for (size_t i = 0; i < n; i++) {
		if (!q[i].answered || (q[i].rcode != DNS_NOERROR &&
		    q[i].rcode != DNS_NXDOMAIN))
			s->found.partial = true;
		if (!q[i].answered)
			continue;
		found = take_addresses(s, &q[i]) || found;
		gone = gone || q[i].rcode == DNS_NXDOMAIN;
		(void)snprintf(s->server, sizeof(s->server), "%s", q[i].server);
		if (s->alias[0] == '\0' && q[i].canonical != NULL &&
		    strcmp(q[i].canonical, canonical) != 0)
			(void)snprintf(s->alias, sizeof(s->alias), "%s", q[i].canonical);
	}
	if (found)
		return 1;
	s->found.partial = false;
	for (size_t i = 0; i < n && !gone; i++) {
		bool silent = !q[i].answered && q[i].error == 0;
		const char *type = alike(&q[0], &q[n - 1]) ? NULL :
		    q[i].type == DNS_A ? "A" : "AAAA";

		if (dns_query_check(s->conf, &q[i], type, silent ? d : &s->failure) ==
		    -1 && silent)
			return -1;
	}
	s->exists = s->exists || !gone;
	return 0;
}

/* Asks for one name; the result is judge()'s. Names that are none are not tried. */
static int
try(struct search *s, const char *suffix, struct diag *d)
{
	struct dns_query q[2] = { { 0 } };
	char name[DNS_NAME_MAX], canonical[DNS_NAME_MAX];
	size_t n = 0;
	int len, rc;

	len = snprintf(name, sizeof(name), "%s%s%s", s->host,
	    suffix[0] != '\0' ? "." : "", suffix);
	if (len < 0 || (size_t)len >= sizeof(name) || dns_name(name, canonical) == -1)
		return 0;
	(void)buf_addf(&s->tried, "%s%s", s->ntried++ > 0 ? ", " : "", name);
	if (wants(s, AF_INET6))
		q[n++] = (struct dns_query){ .name = name, .type = DNS_AAAA };
	if (wants(s, AF_INET))
		q[n++] = (struct dns_query){ .name = name, .type = DNS_A };
	if ((rc = ask(s, q, n, d)) == 0)
		rc = judge(s, q, n, canonical, d);
	for (size_t i = 0; i < n; i++)
		dns_query_free(&q[i]);
	return rc;
}

/* The names in resolv.conf(5)'s order: as it is first with enough dots, else last. */
static int
from_dns(struct search *s, struct diag *d)
{
	size_t dots = 0;
	bool first;
	int rc = 0;

	for (const char *p = s->host; *p != '\0'; p++)
		dots += *p == '.';
	first = s->absolute || dots >= s->conf->ndots;
	if (first)
		rc = try(s, "", d);
	for (size_t i = 0; i < s->conf->search.n && !s->absolute && rc == 0; i++)
		if (strcmp(s->conf->search.v[i], ".") != 0)
			rc = try(s, s->conf->search.v[i], d);
	if (!first && rc == 0)
		rc = try(s, "", d);
	return rc;
}

static int
not_found(const struct search *s, struct diag *d)
{
	bool alias = s->alias[0] != '\0';
	struct buf who = { 0 }, asked = { 0 };

	if (s->ntried == 0)
		return diag_set(d, &dns_no_such_host, "\"%s\" is no host name", s->host);
	if (diag_failed(&s->failure))
		return diag_set(d, s->failure.cause, "%s", s->failure.text);
	(void)buf_addf(&who, "%s%s%s%s", s->host, alias ? " is an alias of " : "",
	    s->alias, alias ? ", which" : "");
	(void)buf_addf(&asked, "asked %sDNS %s", s->hosts ? HOSTS ", " : "", s->server);
	if (s->ntried > 1)
		(void)buf_addf(&asked, " for %s", buf_str(&s->tried));
	if (s->exists)
		(void)diag_set(d, &dns_no_address, "%s has no %s (%s)", buf_str(&who),
		    kind(s), buf_str(&asked));
	else
		(void)diag_set(d, &dns_no_such_host, "%s does not exist (%s)",
		    buf_str(&who), buf_str(&asked));
	buf_free(&who);
	buf_free(&asked);
	return -1;
}

int
dns_host(const struct dns_conf *conf, const char *host, int family, uint16_t port,
    struct deadline by, struct net_addresses *out, struct diag *d)
{
	char name[DNS_NAME_MAX];
	struct search s = {
		.conf = conf, .host = name, .family = family, .port = port, .by = by,
	};
	size_t n = strlen(host);
	int rc;

	diag_at(d, "resolve");
	if (n >= sizeof(name))
		return diag_set(d, &dns_no_such_host, "\"%s\" is no host name", host);
	s.absolute = n > 0 && host[n - 1] == '.';
	memcpy(name, host, n + 1);
	if (s.absolute)
		name[n - 1] = '\0';
	if ((rc = from_literal(&s, d)) == 0) {
		if (!conf->no_hosts)
			from_hosts(&s);
		rc = s.found.n > 0 ? 1 : from_dns(&s, d);
	}
	if (rc == 0)
		rc = not_found(&s, d);
	if (rc == 1)
		*out = s.found;
	buf_free(&s.tried);
	return rc == 1 ? 0 : -1;
}
