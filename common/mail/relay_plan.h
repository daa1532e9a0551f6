/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relay_plan: the questions of a run, the domains they are about, and the forms that
 * senders make of them which put canonical names in the place of aliases.
 */

#ifndef MAIL_RELAY_PLAN_H
#define MAIL_RELAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "mail/mx.h"
#include "mail/relay_matrix.h"

#define RELAY_NO_FORM ((size_t)-1)

/* Would the server take mail from this sender for this recipient? */
struct relay_question {
	char	*from;		/* "" is the null sender */
	char	*to;
	size_t	 login;		/* which of the caller's, from 1; 0: none */
	bool	 accept;	/* what is expected */
	unsigned line;		/* of the file it comes from; 0: of none */
	size_t	 domain;	/* the recipient's, as the user named it */
	/* Of forms alone: */
	size_t	 original;	/* the question it is a form of; else RELAY_NO_FORM */
	bool	 canonical;	/* the end of the chain of aliases, not a name within */
	bool	 sender;	/* the sender has another form, */
	bool	 recipient;	/* and the recipient has */
};

/* A domain in these addresses, in the order they came. */
struct relay_domain {
	char		*name;
	bool		 receives;	/* else it only sends */
	struct mx	 mx;
	struct diag	 d;	/* why mx_find() failed, or mx_find_alias(): then
				 * the exchangers are known nevertheless */
};

/* Zero is a valid empty object. */
struct relay_plan {
	struct relay_question	*v;
	size_t			 n;
	struct relay_domain	*domains;
	size_t			 ndomains;
};

/* Adds a question, with copies of the row's addresses. -1 when memory is short. */
int	 relay_plan_add(struct relay_plan *p, const struct relay_row *row, size_t login);

/*
 * Asks the DNS for the domains, all at once: those of recipients, and, to expand aliases,
 * those of senders too. What fails is in the domain's d.
 */
void	 relay_plan_look_up(struct relay_plan *p, const struct dns_conf *conf,
	    bool expand, struct deadline by);

/*
 * Puts behind each question that shall be answered by yes its forms: with each name that
 * the recipient's domain leads to, and each that the sender's does, and, where both are
 * aliases, with both canonical names. Sendmail writes the last ones, unless
 * DontExpandCnames is set. Names in a circle, and those that cannot stand behind an '@',
 * are left out. -1 when memory is short.
 */
int	 relay_plan_expand(struct relay_plan *p);

void	 relay_plan_free(struct relay_plan *p);

#endif
