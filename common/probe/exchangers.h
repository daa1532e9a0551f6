/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchangers: the mail exchangers of domains, address by address, as servers. */

#ifndef PROBE_EXCHANGERS_H
#define PROBE_EXCHANGERS_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/mx.h"
#include "probe/server.h"

extern const struct cause	 exchangers_dead;
extern cause_table		 exchangers_causes;

/* What is known of one target beside where it is. */
struct exchanger {
	char		*host;		/* its name, which the target refers to */
	bool		*serves;	/* for each domain: is it one of its own? */
	struct diag	 dead;		/* for the looker: it took no connection */
};

/* Zero but for ndomains is a valid empty object. */
struct exchangers {
	size_t			 ndomains;	/* how many there are in all */
	struct server_target	*targets;
	struct exchanger	*v;		/* one for each target */
	size_t			 n;
};

/*
 * Adds the addresses of a domain's exchangers, which mx_resolve() has found: each address
 * of a host once, also where several domains share it. The domain has a name and a place
 * among all; conf says how they are spoken to. Hosts without an address are findings of v
 * (class dns). -1 when memory is short.
 */
int	 exchangers_add(struct exchangers *e, const struct mx *mx, const char *name,
	    size_t domain, const struct session_conf *conf, struct verdict *v);

/*
 * Judges the addresses that took no connection: beside others of their exchanger that did
 * they are a remark, exchangers_dead, or a note where this machine itself has no way to
 * them; else they are findings with their own cause. Returns how many of them were only
 * noted.
 */
size_t	 exchangers_judge(const struct exchangers *e, struct verdict *v);

void	 exchangers_free(struct exchangers *e);

#endif
