/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credentials: what a plugin logs in with, from the options to the login. */

#ifndef PROBE_CREDENTIALS_H
#define PROBE_CREDENTIALS_H

#include <stdbool.h>

#include "base/env.h"
#include "base/list.h"
#include "frame/secret.h"
#include "judge/verdict.h"
#include "mail/sasl.h"
#include "mail/session.h"

/* What the options say. */
struct credentials {
	char			*user;		/* NULL: no login is tried */
	struct secret_conf	 password;
	struct secret_conf	 token;		/* its file alone */
	struct list		 mechanisms;
	bool			 allow_plaintext;
};

/* The rows of the options above, for a struct S with such a member m. */
#define OPTS_LOGIN(S, m, user_help) \
	{ 'U', "user", OPT_STRING(S, m.user), "NAME", NULL, user_help }, \
	OPTS_SECRET(S, m.password), \
	OPT_ALIAS("authuser", OPT_STRING(S, m.user), "NAME"), \
	OPT_ALIAS("authpass", OPT_SECRET(S, m.password.password), "PASSWORD"), \
	{ '\0', "token-file", OPT_STRING(S, m.token.file), "FILE", NULL, \
	    "log in with the bearer token (OAuth 2) that is the one line of this " \
	    "file" }, \
	{ '\0', "mechanism", OPT_WORDS(S, m.mechanisms), "LIST", NULL, \
	    "use one of these mechanisms only, separated by commas (default: the " \
	    "strongest that is offered)", sasl_known }, \
	{ '\0', "allow-plaintext", OPT_FLAG(S, m.allow_plaintext), NULL, NULL, \
	    "send the password even where others can read it" }

/* What the user proves who he is with, as far as the options tell. */
enum sasl_proof	 credentials_proof(const struct credentials *c);

/* Do the mechanisms that the user allows include one that works with this proof? */
bool		 credentials_allow(const struct credentials *c, enum sasl_proof proof);

/*
 * Do the options fit together: a user with one secret and a mechanism for it, or none of
 * them? -1 with a sentence in why.
 */
int		 credentials_settle(const struct credentials *c,
		    const struct session_conf *session, struct buf *why);

/*
 * Loads the secret, which the caller wipes, and makes a login of it all; it refers to
 * secret and to the texts of c and session. Without a user it has none, and the secret is
 * empty. The rights of a client certificate's key are looked at as well. Stage
 * "password"; secret_causes.
 */
int		 credentials_load(const struct credentials *c,
		    const struct session_conf *session, const struct env *env,
		    struct buf *secret, struct sasl_login *login, struct verdict *v,
		    struct diag *d);

#endif
