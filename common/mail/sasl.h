/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sasl: logging in (RFC 4954), with the strongest mechanism that both sides know. */

#ifndef MAIL_SASL_H
#define MAIL_SASL_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/list.h"
#include "mail/smtp.h"

extern const struct cause	 sasl_withheld;
extern cause_table		 sasl_causes;

struct sasl_login {
	const char	*user;
	const char	*password;
	struct list	 mechanisms;	/* allowed ones; empty: all that we know */
	bool		 allow_plaintext;	/* a readable password
						 * may cross an open wire */
};

/* The names of the mechanisms we know, strongest first, closed by NULL. */
extern const char *const	 sasl_known[];

/*
 * Logs in. *mechanism is the name of the one used, static text, also when the login
 * fails. Nothing is sent unless the connection is protected or the login allows
 * plain text (sasl_withheld). Stage "auth". Causes: refusal_auth_not_offered and
 * refusal_auth_mechanism before anything is sent, with what is offered before and after
 * TLS; else what refusal_cause() makes of the server's reply.
 */
int	 sasl_login(struct smtp *m, const struct sasl_login *login,
	    const char **mechanism, struct diag *d);

#endif
