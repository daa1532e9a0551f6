/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smtp: the dialogue of a client (RFC 5321), strictly in turn: no command before the
 * reply to the one before, for real servers cut off clients that hurry.
 */

#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "mail/reply.h"
#include "wire/stream.h"

extern const struct cause	 smtp_not_smtp, smtp_closing, smtp_greeting_refused,
				 smtp_greeting_busy, smtp_ehlo_refused, smtp_no_starttls,
				 smtp_starttls_refused, smtp_injection, smtp_no_xclient;
extern cause_table		 smtp_causes, smtp_xclient_causes;

#define SMTP_NAME_MAX 256	/* a domain (RFC 1035 2.3.4) and a NUL */

/* What the server offers in its reply to EHLO. */
struct smtp_features {
	bool	 starttls;	/* RFC 3207 */
	bool	 smtputf8;	/* RFC 6531 */
	bool	 size;		/* RFC 1870: MAIL FROM may say how long it will be, */
	uint64_t size_max;	/* in octets; 0: no limit is told */
	bool	 xclient;	/* Postfix' XCLIENT with ADDR: we may pose as others */
	bool	 xclient_name;	/* and with their name */
	bool	 cut;		/* it offers mechanisms that auth does not hold */
	char	 auth[512];	/* mechanisms (RFC 4954 3),
				 * apart by a blank, in its order */
};

/* Zero is a dialogue that has not begun. */
struct smtp {
	struct stream		 stream;
	struct reply		 reply;		/* the last one */
	struct smtp_features	 features;	/* of the last EHLO */
	struct smtp_features	 before_tls;	/* of the one before STARTTLS */
	bool			 hushed;	/* it has what must not be told */
	const char		*quoted[2];	/* what we said and replies may repeat:
						 * no cause comes from it; or NULL */
	char			 name[SMTP_NAME_MAX];	/* the server's own, or "" */
	bool			 lmtp;		/* LHLO instead of EHLO (RFC 2033) */
	bool			 broken;	/* no further command makes sense */
	bool			 upgraded;	/* the server agreed to STARTTLS */
	bool			 encrypted;	/* by STARTTLS or from the beginning */
	bool			 protected;	/* secrets may go out: encrypted,
						 * and verified unless the user
						 * does without */
};

/*
 * Reads what EHLO's reply offers. Keywords in any case; "AUTH=" as
 * old servers write it too.
 */
void	 smtp_features_parse(struct smtp_features *f, const struct reply *r);

/*
 * Reads the server's name: the first word of its answer to the hello (RFC 5321 4.1.1.1),
 * if it is of letters, digits, '-', '_' and '.', with a dot; else "". Pure.
 */
void	 smtp_name_parse(char name[SMTP_NAME_MAX], const struct reply *r);

/* Is the mechanism among those offered, in any case? */
bool	 smtp_offers(const struct smtp_features *f, const char *mechanism);

/* The bits of enum refusal_offer: what the server offers at this moment. */
unsigned smtp_offered(const struct smtp *m);

/*
 * Reads a reply into m->reply; it is also the last thing heard in d. 421 at any time ends
 * the dialogue (RFC 5321 3.8): smtp_closing, or what the table of refusals knows of its
 * words. -1 on that and when no reply comes.
 */
int	 smtp_read(struct smtp *m, struct diag *d);

/*
 * Sends a command and reads its reply: 0 with whatever code. The command is one line
 * without its end; one with a control character is not sent (local_internal).
 */
int	 smtp_command(struct smtp *m, struct diag *d, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/* The same for a line that must not be seen; the trace gets shown instead. */
int	 smtp_secret(struct smtp *m, const char *line, const char *shown, struct diag *d);

/* Not SMTP: names the service that words, its first ones, are known of. Returns -1. */
int	 smtp_stranger(struct smtp *m, const char *words, struct diag *d);

/* The steps of a session; stages "greeting", "ehlo", "starttls". */
int	 smtp_greeting(struct smtp *m, struct diag *d);

/* EHLO, and HELO where the server does not know EHLO (RFC 5321 3.2); LHLO for LMTP. */
int	 smtp_hello(struct smtp *m, const char *name, struct diag *d);

/*
 * Asks for STARTTLS. On success the handshake is next, and another smtp_hello() after it
 * (RFC 3207 4.2). Bytes behind the reply were sent by who knows whom: smtp_injection.
 */
int	 smtp_starttls(struct smtp *m, struct diag *d);

/*
 * Asks to be taken for a client of another address (Postfix' XCLIENT) whose name is not
 * known. On success the server has greeted anew, and smtp_hello() is next. Stage
 * "xclient"; smtp_no_xclient.
 */
int	 smtp_xclient(struct smtp *m, const char *address, bool six, struct diag *d);

/*
 * Says QUIT if the dialogue is sane and time is left, waits a moment for the reply, and
 * closes. Changes no diagnosis. Does nothing to a dialogue that has not begun.
 */
void	 smtp_end(struct smtp *m);

#endif
