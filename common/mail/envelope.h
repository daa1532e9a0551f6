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

/*
 * May this stand between the brackets of MAIL FROM and RCPT TO: local part, '@' and
 * domain without blanks and brackets outside of quotes? Pure.
 */
bool	 envelope_is_address(const char *text);

/*
 * MAIL FROM (stage "mail"; "" is the null sender) and RCPT TO (stage "rcpt"). Causes:
 * what refusal_cause() makes of a refusal.
 */
int	 envelope_from(struct smtp *m, const char *address, struct diag *d);
int	 envelope_to(struct smtp *m, const char *address, struct diag *d);

/* Takes it all back: RSET (stage "rset"). */
int	 envelope_reset(struct smtp *m, struct diag *d);

#endif
