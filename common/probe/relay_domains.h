/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_domains: what the DNS says of the domains in the questions. */

#ifndef PROBE_RELAY_DOMAINS_H
#define PROBE_RELAY_DOMAINS_H

#include <stdbool.h>

#include "base/env.h"
#include "judge/verdict.h"
#include "mail/relay_plan.h"
#include "probe/exchangers.h"

/*
 * Looks the domains up. To expand aliases, the plan gets its forms behind each question;
 * e, unless it is NULL, gets the exchangers of all recipients' domains, to be spoken to
 * as conf says. What was found is told in notes; domains that fail are findings of v, and
 * then no failure of this. Takes half of the time at most, and half of the rest for
 * addresses. -1 when no resolver is known or memory is short.
 */
int	 relay_domains_look_up(struct relay_plan *plan, struct exchangers *e, bool expand,
	    const struct session_conf *conf, const struct env *env, struct verdict *v,
	    struct diag *d);

#endif
