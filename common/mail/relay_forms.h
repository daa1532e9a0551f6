/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relay_forms: the ways to write a stranger's address that have made servers relay which
 * should not. Pure.
 */

#ifndef MAIL_RELAY_FORMS_H
#define MAIL_RELAY_FORMS_H

#include <stddef.h>

#include "base/list.h"

/* One question. */
struct relay_form {
	const char	*name;		/* what it plays on, in a few words; static */
	char		*from;		/* between the brackets of MAIL FROM; "" is <> */
	char		*path;		/* all behind "RCPT TO:" */
	char		*home;		/* behind which '@' the server would find a
					 * mailbox of its own in it; "": in the bare
					 * local part; NULL: nowhere, to take it is
					 * to relay */
};

/* Zero is a valid empty object. */
struct relay_forms {
	struct relay_form	*v;
	size_t			 n;
};

/* What the forms are made of; from and third_party are addresses (mail/envelope.h). */
struct relay_names {
	const char		*from;		/* our sender; "" is the null sender */
	const char		*third_party;	/* a recipient that is not the server's */
	const char		*server;	/* its name, as it says itself; used only
						 * if it may stand behind an '@' */
	const char		*address;	/* "192.0.2.1", "2001:db8::1"; NULL: it
						 * has none (a UNIX socket) */
	const struct list	*relayed;	/* domains that it takes mail for; used as
						 * the server's name is */
};

/*
 * Makes the forms, each pair of sender and recipient once, without control characters and
 * none longer than a command line may be (RFC 5321 4.5.3.1). Those that need what there
 * is none of are left out. -1 when memory is short. Free them with relay_forms_free() in
 * either case. Pure.
 */
int	 relay_forms_make(struct relay_forms *forms, const struct relay_names *names);
void	 relay_forms_free(struct relay_forms *forms);

#endif
