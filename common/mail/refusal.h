/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refusal: the one table that turns (stage, code, enhanced code, wording) of a refusing
 * reply into a cause. Pure.
 */

#ifndef MAIL_REFUSAL_H
#define MAIL_REFUSAL_H

#include "base/diag.h"
#include "mail/reply.h"

extern const struct cause	 refusal_auth_rejected, refusal_auth_temporary,
				 refusal_auth_mechanism, refusal_auth_not_offered,
				 refusal_auth_needs_tls, refusal_auth_disabled,
				 refusal_auth_throttled, refusal_account_locked,
				 refusal_tls_required;
extern cause_table		 refusal_causes;

/*
 * The cause of a reply that refuses at that stage ("auth"). Rows are tried from the most
 * to the least telling: wording, enhanced code, code, and its first digit at last. Never
 * success: a reply that refuses neither for good nor for now, or at a stage that the
 * table does not have, is reply_bad.
 */
const struct cause	*refusal_cause(const char *stage, const struct reply *r);

/* The same without the rows of first digits: NULL when no row knows more of the reply. */
const struct cause	*refusal_known(const char *stage, const struct reply *r);

#endif
