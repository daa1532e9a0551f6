/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: a mail server in a verdict: found, looked at, and what was seen of it told. */

#ifndef PROBE_SERVER_H
#define PROBE_SERVER_H

#include "base/env.h"
#include "judge/verdict.h"
#include "mail/session.h"

/* Where the plugin's table has the metrics of a session. */
struct server_metrics {
	size_t	 resolve, connect, greeting, tls, ehlo, cert_days;
};

/*
 * Looks at the server: at the first address that answers, or, with all_addresses, at each
 * of them, all at once, each with a verdict of its own that becomes part of v. Addresses
 * that are not known then are a finding (dns_partial). *found is how many there are.
 * Returns how many of them are well, which says something with all_addresses alone.
 */
size_t	 server_each(const struct session_conf *c, const struct server_metrics *m,
	    const struct env *env, struct verdict *v, size_t *found,
	    void (*look)(void *arg, const struct session_server *server,
	    struct verdict *v), void *arg);

/* Records how long the stages of a session took, and its certificate's days. */
void	 server_record(const struct session *s, const struct server_metrics *m,
	    struct verdict *v);

/* What one should know whatever the outcome: notes for people, facts for machines. */
void	 server_tell(const struct session *s, const struct session_conf *c,
	    struct verdict *v);

#endif
