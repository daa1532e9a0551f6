/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of the answers of a server: a table, and a sentence. */

#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "mail/relay.h"
#include "probe/relay_look.h"

static const char *
outcome_name(const struct relay_answer *a)
{
	switch (relay_outcome(a->rc, &a->d)) {
	case RELAY_ACCEPTED:
		return "accepted";
	case RELAY_DEFERRED:
		return "deferred";
	case RELAY_REFUSED:
		return "refused";
	case RELAY_UNASKED:
		break;
	}
	return "no answer";
}

static void
put_row(const struct relay_look *l, const struct relay_question *q,
    const struct relay_answer *a, struct table *t)
{
	const struct relay_user *u = relay_look_user(l, q);
	const char *words = relay_look_words(&a->d);
	struct buf answer = { 0 };

	(void)buf_addf(&answer, "%s%s%s", outcome_name(a), words[0] != '\0' ? ": " : "",
	    words);
	table_add(t, q->from[0] != '\0' ? q->from : "<>");
	table_add(t, q->to);
	table_add(t, u != NULL ? u->name : "-");
	table_add(t, q->accept ? "accept" : "refuse");
	table_add(t, buf_str(&answer));
	buf_free(&answer);
}

/* All questions with their answers, one a line. */
static void
tell_table(const struct relay_look *l)
{
	static const char *const heads[] = {
		"SENDER", "RECIPIENT", "LOGIN", "EXPECT", "ANSWER",
	};
	struct table t = { .columns = LEN(heads) };

	if (l->asked < 2)
		return;
	for (size_t i = 0; i < LEN(heads); i++)
		table_add(&t, heads[i]);
	for (size_t i = 0; i < l->plan->n; i++)
		if (l->answers[i].ours)
			put_row(l, &l->plan->v[i], &l->answers[i], &t);
	verdict_table(l->v, &t);
	table_free(&t);
}

static void
say_form(const struct relay_question *form, struct buf *said)
{
	(void)buf_puts(said, "; also ");
	relay_look_pair(form, form, said);
}

/* One question, with its forms: "also to <user@target.example.net>". */
static void
say_one(const struct relay_look *l)
{
	const struct relay_plan *plan = l->plan;
	struct buf said = { 0 };

	for (size_t i = 0; i < plan->n; i++) {
		const struct relay_question *q = &plan->v[i];
		const struct relay_user *u = relay_look_user(l, q);

		if (!l->answers[i].ours)
			continue;
		if (q->original == RELAY_NO_FORM)
			(void)buf_addf(&said, "%s %s mail from <%s> to <%s>%s%s%s%s",
			    l->server->name, q->accept ? "takes" : "refuses", q->from,
			    q->to, u != NULL ? " after the login of " : "",
			    u != NULL ? u->name : "", q->accept ? ""
			    : ", as it should: ", q->accept ? ""
			    : relay_look_words(&l->answers[i].d));
		else if (l->answers[i].rc == 0)
			say_form(q, &said);
	}
	verdict_say(l->v, "%s", buf_str(&said));
	buf_free(&said);
}

static void
say(const struct relay_look *l)
{
	size_t originals = 0;

	for (size_t i = 0; i < l->plan->n; i++)
		originals += l->answers[i].ours &&
		    l->plan->v[i].original == RELAY_NO_FORM ? 1 : 0;
	if (l->right < l->asked || l->asked == 0)
		return;
	if (originals == 1)
		say_one(l);
	else
		verdict_say(l->v, "%s answers all %zu questions as expected: %zu "
		    "accepted, %zu refused", l->server->name, l->asked,
		    l->result->accepted, l->result->refused);
}

void
relay_look_tell(const struct relay_look *l)
{
	tell_table(l);
	say(l);
}
