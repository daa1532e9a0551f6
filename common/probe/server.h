/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: a mail server in a verdict: found, looked at, and what was seen of it told. */

#ifndef PROBE_SERVER_H
#define PROBE_SERVER_H

#include <stdbool.h>

#include "base/env.h"
#include "judge/verdict.h"
#include "mail/session.h"

/* Where the plugin's table has the metrics of a session. */
struct server_metrics {
	size_t	 resolve, connect, greeting, tls, ehlo, cert_days;
};

/* Looks at server i of those there are, and records what it finds in v. */
typedef void	 server_look(void *arg, size_t i, const struct session_server *server,
		    struct verdict *v);

/*
 * Looks at the server: at the first address that answers, or, with all_addresses, at each
 * of them, all at once, each with a verdict of its own that becomes part of v. Addresses
 * that are not known then are a finding (dns_partial). *found is how many there are: at
 * most NET_ADDRESSES_MAX. m may be NULL. Returns how many of them are well, which says
 * something with all_addresses alone.
 */
size_t	 server_each(const struct session_conf *c, const struct server_metrics *m,
	    const struct env *env, struct verdict *v, size_t *found, server_look *look,
	    void *arg);

/* One of several servers. */
struct server_target {
	struct session_conf	 conf;
	struct net_addresses	 addresses;
	char			*object;	/* what findings call it */
	char			*name;		/* what sentences call it */
};

/*
 * Looks at each of the servers, all at once, each with a verdict of its own that becomes
 * part of v. Returns how many of them are well.
 */
size_t	 server_all(const struct server_target *targets, size_t n, const struct env *env,
	    struct verdict *v, server_look *look, void *arg);

/*
 * A target for the i-th of the addresses, with a copy of conf that refers to conf's own
 * texts. Findings call it by its address, or, among several hosts, by its name too. -1
 * when memory is short. Free it with server_target_free() in either case.
 */
int	 server_target_make(struct server_target *t, const struct session_conf *conf,
	    const struct net_addresses *all, size_t i, bool hosts);
void	 server_target_free(struct server_target *t);

/* Records how long the stages of a session took, and its certificate's days. */
void	 server_record(const struct session *s, const struct server_metrics *m,
	    struct verdict *v);

/* What one should know whatever the outcome: notes for people, facts for machines. */
void	 server_tell(const struct session *s, const struct session_conf *c,
	    struct verdict *v);

#endif
