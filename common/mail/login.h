/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * login: what a server does about logins, beside the one that shall work: those that must
 * not, and the mechanisms it offers.
 */

#ifndef MAIL_LOGIN_H
#define MAIL_LOGIN_H

#include "base/diag.h"
#include "base/env.h"
#include "base/list.h"
#include "mail/sasl.h"
#include "mail/session.h"

extern const struct cause	 login_ignored, login_default, login_accepted,
				 login_unproven, login_missing, login_forbidden,
				 login_cleartext;
extern cause_table		 login_causes;

/*
 * Does the server refuse this login? Tried in a session of its own with the strongest
 * mechanism, and in another one with PLAIN or LOGIN where they are offered and allowed
 * too: a right password that is stored in another form than SCRAM or CRAM-MD5 need is
 * refused by them. 0 when the server said no each time, its last words in d; 1 when it
 * said yes; -1 when neither is proven, with the cause of the session or the login.
 */
int	 login_refused(const struct session_server *server,
	    const struct sasl_login *login, const char *stage, struct diag *d);

/*
 * The same for a login that nobody should have. -1 when nothing is proven: the cause is
 * login_unproven, with what the server said instead, or that of the session.
 */
int	 login_must_fail(const struct session_server *server,
	    const struct sasl_login *login, const char *stage, struct diag *d);

/*
 * Is anybody let in? Repeats the login with a secret that nobody has, and, unless
 * same_user, with a user whom nobody knows, in the domain of the given one. Stage
 * "control". 0 when the server said no; -1 with login_ignored when it said yes, else as
 * for login_must_fail().
 */
int	 login_control(const struct session_server *server,
	    const struct sasl_login *login, bool same_user, struct diag *d);

/*
 * Are all of these mechanisms offered? -1 with login_missing, which names the missing
 * ones. Stage "mechanisms".
 */
int	 login_require(const struct smtp *m, const struct list *names, struct diag *d);

/* Is none of these offered, before or after STARTTLS? -1 with login_forbidden. */
int	 login_forbid(const struct smtp *m, const struct list *names, struct diag *d);

/* Is no login offered where others can read it? -1 with login_cleartext. */
int	 login_forbid_cleartext(const struct smtp *m, struct diag *d);

#endif
