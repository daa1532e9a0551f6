/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_look: a look at one server. Private to probe/relay_*.c. */

#ifndef PROBE_RELAY_LOOK_H
#define PROBE_RELAY_LOOK_H

#include "probe/relay_answers.h"

struct relay_answer {
	int		 rc;		/* as that of inquiry_ask() */
	bool		 ours;		/* this server is to be asked at all */
	struct diag	 d;
};

/* A look at one server. */
struct relay_look {
	const struct relay_asking	*asking;
	const struct relay_plan		*plan;
	const struct session_server	*server;
	struct diag			*dead;
	struct verdict			*v;
	struct relay_answer		*answers;	/* to the questions */
	struct relay_result		*result;
	size_t				 asked, right;
	bool				 gone;		/* it took no connection */
};

/* The login of a question; NULL: none. */
const struct relay_user	*relay_look_user(const struct relay_look *l,
			    const struct relay_question *q);

/* Was the question that this is a form of answered by yes? */
bool	 relay_look_has_original(const struct relay_look *l,
	    const struct relay_question *q);

/* Counts and judges the answers: findings for those that are not as expected. */
void	 relay_look_judge(struct relay_look *l);

/* Tells all answers as a table, where there are several, and says what is right. */
void	 relay_look_tell(const struct relay_look *l);

/* What a refusal says: the server's words, or ours where it had none of its own. */
const char *relay_look_words(const struct diag *d);

/* "from <a> to <b>": those addresses of q that are others in the form. */
void	 relay_look_pair(const struct relay_question *form,
	    const struct relay_question *q, struct buf *out);

#endif
