/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope: asks a server whether it would take a message (RFC 5321 3.3), and never sends
 * one.
 */

#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "mail/smtp.h"

#define ENVELOPE_ADDRESS_MAX 320 /* octets: 64, '@', 255; RFC 5321 4.5.3.1 */
#define ENVELOPE_PATH_MAX 323	/* octets of "<address>" and a NUL; RFC 5321 4.5.3.1 */

extern const struct cause	 envelope_no_utf8;
extern cause_table		 envelope_causes;

/*
 * May this stand between the brackets of MAIL FROM and RCPT TO: local part, '@' and
 * domain, at most 320 octets (RFC 5321 4.5.3.1), without blanks, brackets and comments
 * outside of quotes, and without control characters? Pure.
 */
bool	 envelope_is_address(const char *text);

/* The same, or the one recipient without a domain: postmaster (RFC 5321 4.5.1). */
bool	 envelope_is_recipient(const char *text);

/*
 * The '@' that ends the local part: the last one outside of quotes; the end of the text
 * where there is none. Pure.
 */
const char *envelope_at(const char *address);

/*
 * May this stand behind the '@': a domain, or an address literal in brackets, of at most
 * 255 octets (RFC 5321 4.5.3.1.2)? Pure.
 */
bool	 envelope_is_domain(const char *text);

/*
 * Is what the user typed a sender ("<>" is the null sender), or a recipient? -1 with a
 * sentence in why that begins with the option.
 */
int	 envelope_settle_sender(const char *option, const char *typed, struct buf *why);
int	 envelope_settle_recipient(const char *option, const char *typed,
	    struct buf *why);

/* The sender's address between the brackets: "" for a typed "<>". */
const char *envelope_sender(const char *typed);

/* Has it no letters that need SMTPUTF8 (RFC 6531)? */
bool	 envelope_is_ascii(const char *address);

/* What the server hears of a message before its recipients. */
struct envelope_mail {
	const char	*from;		/* "" is the null sender */
	bool		 utf8;		/* an address of the message is not ASCII, which
					 * the server has to know now (RFC 6531 3.4) */
	uint64_t	 size;		/* in octets (RFC 1870), told where the server
					 * takes it; 0: not told */
};

/*
 * MAIL FROM (stage "mail"), and RCPT TO (stage "rcpt"). What a server quotes of the
 * addresses is no reason of its own; so the sender's has to live until the next message
 * or the end. Causes: envelope_no_utf8, before anything is sent; what refusal_cause()
 * makes of a refusal; refusal_size where the server said yes and offers less.
 */
int	 envelope_from(struct smtp *m, const struct envelope_mail *mail, struct diag *d);
int	 envelope_to(struct smtp *m, const char *address, struct diag *d);

/* The same with all that stands behind "RCPT TO:", brackets included. */
int	 envelope_path(struct smtp *m, const char *path, struct diag *d);

/* Takes it all back: RSET (stage "rset"). */
int	 envelope_reset(struct smtp *m, struct diag *d);

#endif
