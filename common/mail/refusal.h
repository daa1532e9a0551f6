/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refusal: the one table that turns (stage, code, enhanced code, wording, what the server
 * offers) of a refusing reply into a cause. Pure.
 */

#ifndef MAIL_REFUSAL_H
#define MAIL_REFUSAL_H

#include <stdbool.h>

#include "base/diag.h"
#include "mail/reply.h"

extern const struct cause	 refusal_auth_rejected, refusal_auth_temporary,
				 refusal_auth_mechanism, refusal_auth_not_offered,
				 refusal_auth_needs_tls, refusal_auth_disabled,
				 refusal_auth_throttled, refusal_account_locked,
				 refusal_token, refusal_tls_required,
				 refusal_relay_denied, refusal_relay_temporary,
				 refusal_relay_login, refusal_recipient_unknown,
				 refusal_recipient, refusal_greylisted,
				 refusal_deferred, refusal_sender, refusal_client,
				 refusal_size, refusal_rate, refusal_mailbox_full;
extern cause_table		 refusal_causes;

/* What the server offers when it refuses: a step that it may be waiting for. */
enum refusal_offer {
	REFUSAL_STARTTLS = 1,	/* STARTTLS, and the connection is not encrypted yet */
	REFUSAL_AUTH = 2,	/* AUTH, with whatever mechanisms */
};

/*
 * The cause of a reply that refuses at that stage ("auth", "mail" or "rcpt"). Rows are
 * tried from the most to the least telling: wording, enhanced code, code, and its first
 * digit at last. What is refused counts, not when: a sender refused at "rcpt", as Postfix
 * does it, is a refused sender; a refused hello is smtp_ehlo_refused. Never success: a
 * reply that refuses neither for good nor for now, or at a stage that the table does not
 * have, is reply_bad.
 */
const struct cause	*refusal_cause(const char *stage, const struct reply *r,
			    unsigned offered);

/* The same without the rows of first digits: NULL when no row knows more of the reply. */
const struct cause	*refusal_known(const char *stage, const struct reply *r,
			    unsigned offered);

/*
 * Does a failed login prove that the server said no to it? Only 535 says that of user and
 * password (RFC 4954 6), SCRAM's own word within a challenge (334), and words or codes
 * that speak of the account; what is merely refused for good may not have got as far. d
 * is the login's, with the reply's code.
 */
bool			 refusal_is_no(const struct diag *d);

#endif
