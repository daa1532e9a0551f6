/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_answers: asks a server the questions, and tells what its answers mean. */

#ifndef PROBE_RELAY_ANSWERS_H
#define PROBE_RELAY_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/verdict.h"
#include "mail/inquiry.h"
#include "mail/session.h"
#include "probe/relay_questions.h"

/* What came of one server. */
struct relay_result {
	size_t	 accepted, refused, deferred, unexpected;
	bool	 answered;	/* it answered a question at least */
};

/* What is the same for every server. */
struct relay_asking {
	const struct relay_questions	*questions;
	unsigned			 max_errors;	/* refusals in one session */
	uint64_t			 octets;	/* of the message; 0: not told */
	int				 login_mode;	/* enum session_tls, and */
	bool				 verify;	/* verify, with a login */
};

/*
 * Asks the server those questions whose recipient's domain it serves (NULL: all), those
 * of each login in sessions of their own, and records in v what is not as expected, the
 * answers as notes where there are several, and what is right. dead, unless it is NULL,
 * gets the failure of a server that takes no connection, which is then no finding.
 */
void	 relay_answers(const struct relay_asking *asking,
	    const struct session_server *server, const bool *serves, struct diag *dead,
	    struct relay_result *r, struct verdict *v);

/*
 * Records that there was no answer. A server that turns this client away does not refuse
 * a stranger's mail: unless it should accept, that is relay_unproven.
 */
void	 relay_answers_failed(const struct diag *d, bool accept, struct diag *dead,
	    struct verdict *v);

/* What one should know of the session that questions were asked in. */
void	 relay_answers_tell(const struct inquiry *q, const struct session_conf *conf,
	    struct verdict *v);

#endif
