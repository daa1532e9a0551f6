/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inquiry: asks a server, question after question, whether it would take mail, in as few
 * sessions as it bears. No message is ever sent.
 */

#ifndef MAIL_INQUIRY_H
#define MAIL_INQUIRY_H

#include <stdbool.h>

#include "base/diag.h"
#include "mail/envelope.h"
#include "mail/sasl.h"
#include "mail/session.h"

/* Zero but for what the caller sets. */
struct inquiry {
	/* Set by the caller; they have to live as long as the inquiry. */
	const struct session_server	*server;
	const struct sasl_login		*login;		/* NULL: none */
	unsigned			 max_errors;	/* refusals in one session, before
							 * the server loses patience */

	/* For the caller to read. */
	struct session		 session;	/* the present one */
	char			 plain[512];	/* why the server was asked without
						 * TLS although it offers it, or "" */
	unsigned		 asked;		/* questions in this session */
	/* Private. */
	struct session_conf	 conf;		/* without TLS, where that failed */
	bool			 open;
	bool			 dirty;		/* a message has been begun */
	unsigned		 errors;	/* refusals in this session */
};

/*
 * Opens a session and logs in. Where TLS is opportunistic and not verified, a handshake
 * that fails leads to a session in plain text, as with servers that send mail (RFC 7435).
 * -1 with the cause of session_open() or sasl_login(). Close it in either case.
 */
int	 inquiry_open(struct inquiry *q, struct diag *d);

/*
 * Asks whether mail from this sender would be taken for the recipient in path, which is
 * all behind "RCPT TO:". 0 when it would; 1 when the server said no, for now or for good,
 * with the cause in d; the reply is d's proof in both cases. -1 when there was no answer,
 * with why. Between questions stands RSET. A new session begins after max_errors refusals
 * and after eighty questions; and where a server that had answered before ends one, or
 * speaks of a limit or a command out of turn: then the question is asked again, once.
 * Without a session one is opened first.
 */
int	 inquiry_ask(struct inquiry *q, const struct envelope_mail *mail,
	    const char *path, struct diag *d);

void	 inquiry_close(struct inquiry *q);

#endif
