/* SPDX-License-Identifier: GPL-3.0-or-later */
/* domain: the mail DNS of a domain in a verdict: asked for, judged, and told. */

#ifndef PROBE_DOMAIN_H
#define PROBE_DOMAIN_H

#include <stdbool.h>

#include "base/env.h"
#include "base/list.h"
#include "judge/verdict.h"
#include "wire/dns.h"

/* Of the resolver; of domain and aliases; of exchangers; and so on. */
extern cause_table		 domain_dns_causes, domain_causes, domain_target_causes,
				 domain_expect_causes, domain_server_causes,
				 domain_dnssec_causes, domain_reverse_causes;

/* What is asked for, and how a domain shall be. */
struct domain_wish {
	struct list	 dns;		/* --dns */
	struct list	 expected;	/* exchangers, "10 mx.example.org" */
	bool		 null_mx;	/* it shall take no mail */
	int		 min_hosts;	/* exchangers that work; 0: any number */
	bool		 authoritative;	/* ask the name servers as well */
	struct list	 name_servers;	/* these, in place of those in the DNS */
	bool		 reverse;	/* look at the names of addresses */
	bool		 trust;		/* believe the AD bit of any resolver */
	bool		 require_dnssec;
};

/* Where the plugin's table has the values. */
struct domain_metrics {
	size_t	 mx, addresses, servers, ttl;
};

/* An exchanger that is expected. */
struct domain_expected {
	char	 name[DNS_NAME_MAX];
	long	 preference;		/* -1: any */
};

/*
 * Reads "10 mx.example.org", or the host alone, which may have any preference. -1 when
 * the text is neither. Pure.
 */
int	 domain_expect_parse(const char *text, struct domain_expected *e);

/*
 * Asks for the mail DNS of the domain (as dns_name() writes it) within env's time, and
 * records in v what is wrong, what is right, and what was seen.
 */
void	 domain_look(const struct domain_wish *wish, const struct domain_metrics *metrics,
	    const char *domain, const struct env *env, struct verdict *v);

#endif
