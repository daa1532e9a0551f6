/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sasl: logging in (RFC 4954), with the strongest mechanism that both sides know. */

#ifndef MAIL_SASL_H
#define MAIL_SASL_H

#include <stdbool.h>
#include <time.h>

#include "base/diag.h"
#include "base/list.h"
#include "mail/smtp.h"

extern const struct cause	 sasl_withheld, sasl_token_expired;
extern cause_table		 sasl_causes;

/* What a user proves who he is with. */
enum sasl_proof {
	SASL_PASSWORD,
	SASL_TOKEN,		/* a bearer token of OAuth 2 */
	SASL_CERTIFICATE,	/* the client's own, shown in the TLS handshake */
};

struct sasl_login {
	const char	*user;
	enum sasl_proof	 proof;
	const char	*secret;	/* the password or the token */
	struct list	 mechanisms;	/* allowed ones; empty: all that we know */
	bool		 allow_plaintext;	/* a readable password
						 * may cross an open wire */
	const char	*host;		/* as the user named them, */
	int		 port;		/* for OAUTHBEARER */
	time_t		 now;		/* a token's expiry is compared with it */
};

/* How a login went about it; also when it fails. */
struct sasl_facts {
	const char	*mechanism;	/* static text; NULL: none was chosen */
	const char	*binding;	/* of which type to the channel, or NULL */
	unsigned	 iterations;	/* of SCRAM, 0 where it is not that */
};

/* The names of the mechanisms we know, strongest first, closed by NULL. */
extern const char *const	 sasl_known[];

/* Can the mechanism of that name work with this proof? */
bool	 sasl_works_with(const char *mechanism, enum sasl_proof proof);

/*
 * Logs in. Nothing is sent unless the connection is protected or the login allows plain
 * text (sasl_withheld), nor a token that says of itself that it has expired
 * (sasl_token_expired). Stage "auth". Causes: refusal_auth_not_offered and
 * refusal_auth_mechanism before anything is sent, with what is offered before and after
 * TLS; scram_causes where the server does not prove itself; refusal_token; else what
 * refusal_cause() makes of the server's reply.
 */
int	 sasl_login(struct smtp *m, const struct sasl_login *login,
	    struct sasl_facts *facts, struct diag *d);

#endif
