/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_questions: who may send to whom, by options or a file, and with which logins. */

#ifndef PROBE_RELAY_QUESTIONS_H
#define PROBE_RELAY_QUESTIONS_H

#include "base/env.h"
#include "base/list.h"
#include "judge/verdict.h"
#include "mail/relay_plan.h"
#include "mail/sasl.h"
#include "probe/account.h"
#include "probe/credentials.h"

extern const struct cause	 relay_questions_unreadable;
extern cause_table		 relay_questions_causes;

/* A login that questions are asked with. */
struct relay_user {
	const char		*name;
	struct sasl_login	 login;
};

/* Zero is a valid empty object. */
struct relay_questions {
	struct relay_plan	 plan;
	struct relay_user	*users;		/* login 1 of a question is the first */
	size_t			 nusers;
	struct account		*accounts;	/* those of a file */
	size_t			 naccounts;
	struct buf		 secret;	/* that of the options */
};

/*
 * The questions of the options: every sender ("<>" is the null sender) with every
 * recipient, after the login where there is one. -1 with the causes of
 * credentials_load().
 */
int	 relay_questions_pair(struct relay_questions *q, const struct list *from,
	    const struct list *to, bool accept, const struct credentials *login,
	    const struct session_conf *session, const struct env *env, struct verdict *v,
	    struct diag *d);

/*
 * The questions of a file (mail/relay_matrix.h), whose logins are sections of ini files;
 * program is the default section's name. session is what they are used in, and
 * allow_plaintext holds for all of them. Stage "matrix" or "password". -1 with
 * relay_questions_unreadable or secret_missing; the sentence names file and line.
 */
int	 relay_questions_read(struct relay_questions *q, const char *path,
	    const char *program, bool allow_plaintext,
	    const struct session_conf *session, const struct env *env, struct verdict *v,
	    struct diag *d);

/* The login of a question; NULL: none. */
const struct relay_user *relay_questions_user(const struct relay_questions *q,
	    const struct relay_question *one);

void	 relay_questions_free(struct relay_questions *q);

#endif
