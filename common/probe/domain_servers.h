/* SPDX-License-Identifier: GPL-3.0-or-later */
/* domain_servers: the name servers of a zone. Private to probe/domain_servers.c and
 * domain_compare.c. */

#ifndef PROBE_DOMAIN_SERVERS_H
#define PROBE_DOMAIN_SERVERS_H

#include "probe/domain_judge.h"

/* Who says something else; and the resolver that does. */
extern const struct cause	 domain_inconsistent, domain_stale;

/* How a server fares. */
enum health {
	GOOD,
	LAME,		/* it answers, and not as a server in charge does */
	SILENT,
	HURRIED,	/* the same, but there was no time left */
	AWAY,		/* this machine has no way to it */
	UNKNOWN,	/* its address is not known */
};

struct domain_server {
	const struct maildns_server	*s;
	enum health			 health;
	struct buf			 who;	/* "ns1.example.org (192.0.2.53)" */
	struct buf			 why;	/* what it does, or does not */
};

struct domain_servers {
	struct domain_server	 v[MAILDNS_SERVERS_MAX];
	size_t			 n;
};

/* Is this an answer that a server in charge gives? */
bool	 domain_is_good(const struct dns_query *q);

/* Compares the answers of all servers, and the resolver's with theirs. */
void	 domain_compare(const struct domain *c, const struct domain_servers *all);

#endif
