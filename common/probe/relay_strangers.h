/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_strangers: does a server relay for strangers? */

#ifndef PROBE_RELAY_STRANGERS_H
#define PROBE_RELAY_STRANGERS_H

#include "base/list.h"
#include "judge/verdict.h"
#include "mail/session.h"
#include "probe/relay_answers.h"

/* What is the same for every server; see mail/open_relay.h. */
struct relay_strangers_asking {
	const char		*from, *third_party;
	const struct list	*relayed, *controls;
	unsigned		 max_errors;	/* refusals in one session */
};

/*
 * Asks the server for all forms, and records in v each that it takes, or that it takes
 * none. dead is as in relay_answers().
 */
void	 relay_strangers(const struct relay_strangers_asking *asking,
	    const struct session_server *server, struct diag *dead,
	    struct relay_result *r, struct verdict *v);

#endif
