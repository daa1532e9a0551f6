/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open_relay: would a server take mail from strangers for strangers, in whatever form? */

#ifndef MAIL_OPEN_RELAY_H
#define MAIL_OPEN_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/list.h"
#include "mail/inquiry.h"

/* Who asks for what. */
struct open_relay_ask {
	const char		*from;		/* "" is the null sender */
	const char		*third_party;	/* an address that is not the server's */
	const struct list	*relayed;	/* domains that it takes mail for */
	const struct list	*controls;	/* recipients it takes mail for; empty:
						 * its postmaster (RFC 5321 4.5.1) */
	/* Called for every form that it takes, with relay_open or relay_open_possible. */
	void			(*found)(void *arg, const struct diag *d);
	void			*arg;
};

/* What the server answered; zero before. */
struct open_relay {
	size_t	 forms;		/* there are */
	size_t	 accepted, refused, deferred;
	bool	 unknown;	/* it says that it knows no such recipient */
	char	 control[ENVELOPE_PATH_MAX];	/* what it took, as a path; or "" */
};

/*
 * Asks for a recipient that the server should take, then for each form of the third
 * party's address. A form whose sender is refused is asked for with ours as well. One
 * that could be a mailbox of the server's own is compared with an invented one there. A
 * form is asked twice before an end of the session counts for it. -1 when it is not
 * proven that all the others are refused: relay_unproven (stage "control" or "rcpt"),
 * relay_unfinished, or why no answer came at all.
 */
int	 open_relay_ask(struct inquiry *q, const struct open_relay_ask *ask,
	    struct open_relay *o, struct diag *d);

#endif
