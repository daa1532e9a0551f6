/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * envelope: asks a server whether it would take a message (RFC 5321 3.3), and never sends
 * one.
 */

#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include <stdbool.h>

#include "base/diag.h"
#include "mail/smtp.h"

extern const struct cause	 envelope_no_utf8;
extern cause_table		 envelope_causes;

/*
 * May this stand between the brackets of MAIL FROM and RCPT TO: local part, '@' and
 * domain, at most 320 octets (RFC 5321 4.5.3.1), without blanks, brackets and comments
 * outside of quotes, and without control characters? Pure.
 */
bool	 envelope_is_address(const char *text);

/* Has it no letters that need SMTPUTF8 (RFC 6531)? */
bool	 envelope_is_ascii(const char *address);

/*
 * MAIL FROM (stage "mail"; "" is the null sender) and RCPT TO (stage "rcpt"). utf8 says
 * that one of the message's addresses is not ASCII, which the server has to know at MAIL
 * FROM (RFC 6531 3.4). Causes: envelope_no_utf8, before anything is sent; else what
 * refusal_cause() makes of a refusal.
 */
int	 envelope_from(struct smtp *m, const char *address, bool utf8, struct diag *d);
int	 envelope_to(struct smtp *m, const char *address, struct diag *d);

/* Takes it all back: RSET (stage "rset"). */
int	 envelope_reset(struct smtp *m, struct diag *d);

#endif
