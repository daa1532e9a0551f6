/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * maildns: what the DNS says of a domain's mail, asked in as few round trips as can be.
 * These are facts; what they mean is said above.
 */

#ifndef MAIL_MAILDNS_H
#define MAIL_MAILDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/diag.h"
#include "base/list.h"
#include "wire/dns.h"
#include "wire/net.h"

/*
 * No honest domain reaches these. Whoever owns the domain says how much work it is to
 * look at it, and whom to ask: what is more is left out, and marked as partial.
 */
#define MAILDNS_TARGETS_MAX 256	/* exchangers */
#define MAILDNS_ADDRESSES_MAX 32	/* of a host, of either kind */
#define MAILDNS_SERVERS_MAX 32	/* addresses of name servers */
#define MAILDNS_ZONE_HOSTS_MAX 20	/* exchangers that each of these is asked for */
#define MAILDNS_REVERSE_LIMIT 256	/* addresses whose names are looked up */
#define MAILDNS_NAMES_MAX 8	/* of these that are looked up for one address */
#define MAILDNS_ALIASES_MAX 16	/* hops of a chain of aliases that is followed */

/* A host, and what became of the questions for its addresses. */
struct maildns_host {
	char			*name;
	struct dns_query	 q[2];		/* A, AAAA */
	bool			 asked;
};

/* An exchanger: an MX record, or the domain itself where there is none. */
struct maildns_target {
	const char		*name;		/* "." is none (RFC 7505) */
	unsigned		 preference;
	uint32_t		 ttl;
	size_t			 host;		/* its place among hosts */
	bool			 repeated;	/* an earlier record names the same */
	char			*without_origin; /* what the name would be but for a lost
						 * dot; NULL: it has none too few */
};

/*
 * What to ask each name server. Behind these come exchangers, MAILDNS_PER_HOST for each:
 * A and AAAA, and both again, since pools of addresses answer otherwise every time.
 */
#define MAILDNS_PER_HOST 4
enum {
	MAILDNS_SOA, MAILDNS_MX, MAILDNS_CNAME, MAILDNS_A, MAILDNS_AAAA, MAILDNS_TXT,
	MAILDNS_HOSTS,
};

/* An address of a name server of the domain's zone, and its answers. */
struct maildns_server {
	char			*name;		/* of the NS record, or what was typed */
	struct net_address	 address;	/* len 0: it has none */
	struct dns_query	*q;		/* NULL without an address */
	size_t			 n;
	struct diag		 d;		/* it could not be asked */
};

/* An address of an exchanger, and the names that it has. */
struct maildns_reverse {
	struct net_address	 address;
	char			*name;		/* under in-addr.arpa or ip6.arpa */
	struct dns_query	 q;		/* PTR */
};

/* What is to be found out. */
struct maildns_wish {
	const struct dns_conf	*conf;		/* lives as long as the facts do */
	const char		*domain;	/* as dns_name() writes it; the same */
	bool			 servers;	/* ask the zone's name servers, too: */
	const struct list	*instead;	/* these, as --dns takes them, where the
						 * list is not empty */
	bool			 reverse;	/* names of the exchangers' addresses */
};

/* Zero is a valid empty object. Names are as dns_name() writes them. */
struct maildns {
	struct maildns_wish	 wish;
	struct dns_conf		 conf;		/* wish.conf, whoever answers first */
	struct dns_query	 mx;
	struct list		 aliases;	/* where the domain leads, hop by hop, by
						 * the answer for MX or else that
						 * for addresses */
	bool			 loop;		/* and they come to no end */
	struct maildns_target	*targets;	/* by preference, then by name */
	size_t			 ntargets;
	bool			 implicit;	/* the one target is the domain itself
						 * (RFC 5321 5.1) */
	struct maildns_host	*hosts;		/* the domain itself first */
	size_t			 nhosts;

	struct dns_query	*ns;		/* of the domain and of names above */
	size_t			 nns;
	const char		*zone;		/* of the domain; NULL: not found */
	struct maildns_server	*servers;
	size_t			 nservers;

	struct maildns_reverse	*reverse;	/* each address once */
	size_t			 nreverse;
	bool			 partial;	/* there is more than is looked at */
	bool			 hurried;	/* time was short for the name servers */
};

/*
 * Asks for it all, and asks on: MX, the domain's addresses and NS records first; then the
 * addresses of exchangers and name servers; then the name servers themselves and the
 * reverse names; at last the addresses of these. Questions that fail are facts like
 * others. -1 when memory is short or this machine cannot ask at all. Free it with
 * maildns_free() in either case.
 */
int	 maildns_look(struct maildns *m, const struct maildns_wish *wish,
	    struct deadline by, struct diag *d);

void	 maildns_free(struct maildns *m);

/*
 * The k-th name server of the zone by its NS records, of which MAILDNS_SERVERS_MAX count;
 * NULL behind the last.
 */
const char *maildns_ns(const struct maildns *m, size_t k);

/* Is it an exchanger with a name that the DNS may know? */
bool	 maildns_is_host(const struct maildns_target *t);

/* What is known of a host's addresses; NULL when nobody asked. */
const struct maildns_host *maildns_host(const struct maildns *m, const char *name);

/* The same of an exchanger, without a search. */
const struct maildns_host *maildns_target_host(const struct maildns *m,
	    const struct maildns_target *t);

/*
 * The address record at place *at (0 at first) among those of the host, wherever its
 * aliases lead, and moves *at on; NULL at the end.
 */
const struct dns_record *maildns_next(const struct maildns_host *h, size_t *at);

/* Has the host an address? */
bool	 maildns_has_address(const struct maildns_host *h);

/* The domain that the mail goes to: where the aliases end, or the domain itself. */
const char *maildns_canonical(const struct maildns *m);

#endif
