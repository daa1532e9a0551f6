/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the answers of a server mean. */

#include <stdio.h>
#include <string.h>

#include "mail/envelope.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "probe/relay_look.h"

#define LINE_MAX_LEN 32

/* " (line 7)" of a question of a file; else "". */
static const char *
line_of(const struct relay_question *q, char text[LINE_MAX_LEN])
{
	text[0] = '\0';
	if (q->line > 0)
		(void)snprintf(text, LINE_MAX_LEN, " (line %u)", q->line);
	return text;
}

const char *
relay_look_words(const struct diag *d)
{
	return d->code >= 400 || !diag_failed(d) ? d->proof : d->text;
}

/* "mx.example.org:25 refused mail from <a> to <b> after the login of c: 550 no". */
static int
complain(const struct relay_look *l, const struct relay_question *q,
    const struct diag *reply, const struct cause *cause, const char *did)
{
	struct diag d = { .stage = reply->stage };
	const struct relay_user *u = relay_look_user(l, q);
	char line[LINE_MAX_LEN];

	diag_heard(&d, reply->code, reply->proof, strlen(reply->proof));
	(void)diag_set(&d, cause, "%s %s mail from <%s> to <%s>%s%s%s: %s",
	    l->server->name, did, q->from, q->to, u != NULL ? " after the login of " : "",
	    u != NULL ? u->name : "", line_of(q, line),
	    relay_look_words(reply));
	verdict_diag(l->v, &d);
	return -1;
}

/* What the server did about mail that it should take. */
static const char *
refusal_word(const struct diag *d)
{
	if (d->cause == &envelope_no_utf8)
		return "cannot be asked for";
	return d->code / 100 == 4 ? "does not take" : "refuses";
}

/* A refusal as it should be may be one of less than it seems. */
static void
remark(const struct relay_look *l, const struct relay_question *q, const struct diag *d)
{
	if (d->cause == &refusal_recipient)
		verdict_note(l->v, "why <%s> is refused it does not say; a client that "
		    "it blocks might hear the same: a recipient that it must take, asked "
		    "for in the same run, would tell (--matrix)", q->to);
	else if (d->cause == &refusal_sender && q->login == 0)
		verdict_note(l->v, "it is the sender <%s> that is refused: whether "
		    "strangers may send to <%s>, ask with a sender that it takes",
		    q->from, q->to);
	else if (d->cause == &refusal_size)
		verdict_note(l->v, "it is the size that is refused: a smaller message to "
		    "<%s> may be taken", q->to);
}

/* -1 with a finding when the answer is not what is expected. */
static int
judge(const struct relay_look *l, const struct relay_question *q,
    const struct relay_answer *a)
{
	if (q->accept && a->rc != 0)
		return complain(l, q, &a->d, a->d.cause, refusal_word(&a->d));
	if (!q->accept && a->rc == 0)
		return complain(l, q, &a->d, &relay_accepted, "should refuse and takes");
	if (!q->accept && !relay_proves_refusal(&a->d))
		return complain(l, q, &a->d, &relay_unproven,
		    "says nothing that proves a refusal of");
	if (!q->accept)
		remark(l, q, &a->d);
	return 0;
}

void
relay_look_pair(const struct relay_question *form, const struct relay_question *q,
    struct buf *out)
{
	if (form->sender)
		(void)buf_addf(out, "from <%s>", q->from);
	if (form->recipient)
		(void)buf_addf(out, "%sto <%s>", form->sender ? " " : "", q->to);
}

/*
 * The original was taken and this form of it is refused. Senders write the canonical name
 * alone; the names on the way to it are told and harm nobody.
 */
static int
judge_form(const struct relay_look *l, const struct relay_question *q,
    const struct relay_answer *a)
{
	const struct relay_question *original = &l->plan->v[q->original];
	const struct relay_answer *first = &l->answers[q->original];
	struct diag d = { .stage = a->d.stage };
	struct buf form = { 0 }, alias = { 0 };
	char line[LINE_MAX_LEN];

	relay_look_pair(q, q, &form);
	relay_look_pair(q, original, &alias);
	diag_heard(&d, a->d.code, a->d.proof, strlen(a->d.proof));
	if (!q->canonical)
		verdict_note(l->v, "%s %s mail %s, a name on the way to the canonical "
		    "one, which no sender is known to write: %s", l->server->name,
		    refusal_word(&a->d), buf_str(&form), relay_look_words(&a->d));
	else
		(void)diag_set(&d, &relay_after_cname, "%s takes mail %s (%s) and "
		    "refuses it %s, which senders that expand aliases make of it%s: %s",
		    l->server->name, buf_str(&alias), first->d.proof, buf_str(&form),
		    line_of(q, line), relay_look_words(&a->d));
	verdict_diag(l->v, &d);
	buf_free(&form);
	buf_free(&alias);
	return diag_failed(&d) ? -1 : 0;
}

static void
count(struct relay_result *r, enum relay_outcome outcome)
{
	r->answered = r->answered || outcome != RELAY_UNASKED;
	r->accepted += outcome == RELAY_ACCEPTED ? 1 : 0;
	r->refused += outcome == RELAY_REFUSED ? 1 : 0;
	r->deferred += outcome == RELAY_DEFERRED ? 1 : 0;
}

void
relay_look_judge(struct relay_look *l)
{
	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *q = &l->plan->v[i];
		const struct relay_answer *a = &l->answers[i];
		bool form = q->original != RELAY_NO_FORM;
		int rc;

		if (!a->ours)
			continue;
		l->asked++;
		if (a->rc == -1)
			continue;
		count(l->result, relay_outcome(a->rc, &a->d));
		/* The original's finding says enough. */
		if (form && !relay_look_has_original(l, q))
			continue;
		rc = form && a->rc == 1 &&
		    (!q->canonical || relay_proves_refusal(&a->d))
		    ? judge_form(l, q, a) : judge(l, q, a);
		l->right += rc == 0 ? 1 : 0;
		l->result->unexpected += rc == -1 ? 1 : 0;
	}
}
