/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of the answers of a server: a table, and a sentence. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/relay.h"
#include "probe/relay_look.h"

#define COLUMN_MAX 40		/* of the table of questions */
#define ROWS_MAX 100

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

/* How wide the columns of the table are. */
struct widths {
	int	from, to, login;
};

static int
columns(const char *text)
{
	return (int)text_columns(text, strlen(text));
}

static int
wider(int width, const char *text)
{
	int n = columns(text);

	return n > width && n <= COLUMN_MAX ? n : width;
}

/* The text with blanks up to that width, and two more. */
static void
put_cell(struct buf *row, int width, const char *text)
{
	int blanks = width > columns(text) ? width - columns(text) : 0;

	(void)buf_addf(row, "%s%*s", text, blanks + 2, "");
}

static struct widths
measure(const struct relay_look *l)
{
	struct widths w = { (int)strlen("SENDER"), (int)strlen("RECIPIENT"),
	    (int)strlen("LOGIN") };

	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *q = &l->plan->v[i];
		const struct relay_user *u = relay_look_user(l, q);

		w.from = wider(w.from, q->from);
		w.to = wider(w.to, q->to);
		w.login = wider(w.login, u != NULL ? u->name : "-");
	}
	return w;
}

static void
tell_row(const struct relay_look *l, const struct widths *w,
    const struct relay_question *q, const struct relay_answer *a)
{
	const struct relay_user *u = relay_look_user(l, q);
	const char *words = relay_look_words(&a->d);
	struct buf row = { 0 };

	put_cell(&row, w->from, q->from[0] != '\0' ? q->from : "<>");
	put_cell(&row, w->to, q->to);
	put_cell(&row, w->login, u != NULL ? u->name : "-");
	(void)buf_addf(&row, "%s  %s%s%s", q->accept ? "accept" : "refuse",
	    outcome_name(a), words[0] != '\0' ? ": " : "", words);
	verdict_note(l->v, "%s", buf_str(&row));
	buf_free(&row);
}

/* All questions with their answers, one a line. */
static void
tell_table(const struct relay_look *l)
{
	struct widths w = measure(l);
	size_t rows = 0;

	if (l->asked < 2)
		return;
	verdict_note(l->v, "%-*s  %-*s  %-*s  EXPECT  ANSWER", w.from, "SENDER", w.to,
	    "RECIPIENT", w.login, "LOGIN");
	for (size_t i = 0; i < l->plan->n && rows < ROWS_MAX; i++)
		if (l->answers[i].ours) {
			tell_row(l, &w, &l->plan->v[i], &l->answers[i]);
			rows++;
		}
	if (rows < l->asked)
		verdict_note(l->v, "and %zu more", l->asked - rows);
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
