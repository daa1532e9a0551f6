/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay: what a server's answers say about its relaying. Pure. */

#ifndef MAIL_RELAY_H
#define MAIL_RELAY_H

#include <stdbool.h>

#include "base/diag.h"

extern const struct cause	 relay_accepted, relay_unproven, relay_after_cname,
				 relay_open, relay_open_possible,
				 relay_unfinished;
extern cause_table		 relay_causes;

enum relay_outcome {
	RELAY_UNASKED,		/* there is no answer */
	RELAY_ACCEPTED,
	RELAY_DEFERRED,		/* for now */
	RELAY_REFUSED,		/* for good; a denial of relaying also for now */
};

/* What inquiry_ask() came to, from its result and its diagnosis. */
enum relay_outcome	 relay_outcome(int rc, const struct diag *d);

/*
 * Does a refusal prove that such mail is not taken from such clients? One for now does
 * not, but for a denial of relaying, which Postfix gives so by default; nor one that
 * means this very client, or asks for another step first, such as TLS.
 */
bool			 relay_proves_refusal(const struct diag *d);

#endif
