/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/envelope.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "probe/relay_look.h"
#include "probe/server.h"

const struct relay_user *
relay_look_user(const struct relay_look *l, const struct relay_question *q)
{
	return relay_questions_user(l->asking->questions, q);
}

void
relay_answers_tell(const struct inquiry *q, const struct session_conf *conf,
    struct verdict *v)
{
	const struct session *s = &q->session;
	char address[NET_TEXT_MAX];

	server_tell(s, conf, v);
	if (q->plain[0] != '\0')
		verdict_note(v, "asked without TLS, as mail servers do where it fails: "
		    "%s", q->plain);
	if (s->times.connect <= 0 || session_is_local(conf))
		return;
	(void)net_address_text(&s->own, address);
	if (q->asked > 0)
		verdict_note(v, "asked %s %s, %s%s", conf->xclient != NULL ? "as if from"
		    : "from", conf->xclient != NULL ? conf->xclient : address,
		    q->login != NULL ? "after the login of " : "without a login",
		    q->login != NULL ? q->login->user : "");
	verdict_fact(v, "client_address", "%s",
	    conf->xclient != NULL ? conf->xclient : address);
}

void
relay_answers_failed(const struct diag *d, bool accept, struct diag *dead,
    struct verdict *v)
{
	struct diag unproven = { .stage = d->stage };

	if (dead != NULL && strcmp(d->stage, "connect") == 0) {
		*dead = *d;
	} else if (accept || d->cause->class != CLASS_POLICY) {
		verdict_diag(v, d);
	} else {
		diag_heard(&unproven, d->code, d->proof, strlen(d->proof));
		(void)diag_set(&unproven, &relay_unproven, "%s", d->text);
		verdict_diag(v, &unproven);
	}
}

/* Is there a question for this server with this login? */
static bool
is_asked_as(const struct relay_look *l, size_t login)
{
	for (size_t i = 0; i < l->plan->n; i++)
		if (l->answers[i].ours && l->plan->v[i].login == login)
			return true;
	return false;
}

static int
ask(const struct relay_look *l, struct inquiry *q, const struct relay_question *one,
    struct diag *d)
{
	const struct envelope_mail mail = {
		one->from, !envelope_is_ascii(one->from) || !envelope_is_ascii(one->to),
		l->asking->octets,
	};
	char path[ENVELOPE_PATH_MAX];

	(void)snprintf(path, sizeof(path), "<%s>", one->to);
	return inquiry_ask(q, &mail, path, d);
}

/* How many questions of this server have an answer so far. */
static size_t
answered(const struct relay_look *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->plan->n; i++)
		n += l->answers[i].ours && l->answers[i].rc != -1 ? 1 : 0;
	return n;
}

/*
 * Many questions take long, at a server that answers each: when the time is over, that is
 * no silence of the server.
 */
static bool
ran_out(const struct relay_look *l, int64_t heard, const struct diag *d)
{
	const struct env *env = l->server->env;

	return deadline_left(env->by) <= 0 && d->cause->timeout && answered(l) > 0 &&
	    2 * clock_since(heard) < clock_since(env->start);
}

/* There was no answer, or none any more. */
static void
tell_failed(struct relay_look *l, const struct relay_question *first, bool accept,
    int64_t heard, const struct diag *d)
{
	struct diag late = { .stage = d->stage };
	size_t n = answered(l), all = 0;

	diag_heard(&late, d->code, d->proof, strlen(d->proof));
	for (size_t i = 0; i < l->plan->n; i++)
		all += l->answers[i].ours ? 1 : 0;
	if (ran_out(l, heard, d)) {
		(void)diag_set(&late, &relay_unfinished, "time ran out after %zu of %zu "
		    "questions at %s: give more (-t)", n, all, l->server->name);
		verdict_diag(l->v, &late);
		return;
	}
	/* The login of a file is known by its section and by where it is used. */
	if (strcmp(d->stage, "auth") == 0 && first != NULL && first->line > 0)
		(void)diag_set(&late, d->cause, "the login %s (line %u): %s",
		    relay_look_user(l, first)->name, first->line, d->text);
	if (diag_failed(&late))
		d = &late;
	/* A server that has answered is not dead, whatever it does later. */
	l->gone = n == 0 && strcmp(d->stage, "connect") == 0;
	relay_answers_failed(d, accept, n > 0 ? NULL : l->dead, l->v);
}

bool
relay_look_has_original(const struct relay_look *l, const struct relay_question *q)
{
	return q->original != RELAY_NO_FORM && l->answers[q->original].rc == 0;
}

/* Would this answer make a finding of a canonical name in words that are not clear? */
static bool
is_unclear(const struct relay_look *l, const struct relay_question *q,
    const struct diag *d)
{
	return q->canonical && relay_look_has_original(l, q) &&
	    (d->cause == &refusal_recipient || d->cause == &refusal_sender);
}

/*
 * Asks one question. What a server says late in a session may come from what was before:
 * an unclear word is heard again in a session of its own.
 */
static int
ask_one(const struct relay_look *l, struct inquiry *q, const struct relay_question *one,
    struct diag *d)
{
	struct diag again = { 0 };
	int rc = ask(l, q, one, d);

	if (rc != 1 || q->asked <= 1 || !is_unclear(l, one, d))
		return rc;
	inquiry_close(q);
	/* Without another answer the first one stands. */
	if ((rc = ask(l, q, one, &again)) == -1)
		return 1;
	*d = again;
	return rc;
}

/* Asks the questions of one login in order, until there is no answer. */
static void
ask_in_turn(struct relay_look *l, struct inquiry *q, size_t login)
{
	const struct relay_question *first = NULL;
	int64_t heard = clock_nsec();
	struct diag d = { 0 };
	bool accept = false;
	int rc = inquiry_open(q, &d);

	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *one = &l->plan->v[i];
		struct relay_answer *a = &l->answers[i];

		if (one->login != login || !a->ours)
			continue;
		first = first == NULL ? one : first;
		accept = accept || one->accept;
		if (rc == -1)
			continue;
		rc = a->rc = ask_one(l, q, one, &a->d);
		if (rc == -1)
			d = a->d;
		else
			heard = clock_nsec();
	}
	if (rc == -1)
		tell_failed(l, first, accept, heard, &d);
}

static void
ask_as(struct relay_look *l, size_t login)
{
	const struct relay_asking *asking = l->asking;
	struct session_conf conf = *l->server->conf;
	const struct session_server server = {
		&conf, l->server->addresses, l->server->name, l->server->env,
	};
	struct sasl_login proof = { 0 };
	struct inquiry q = { .server = &server, .max_errors = asking->max_errors };

	if (login > 0) {
		proof = asking->questions->users[login - 1].login;
		proof.host = conf.host;
		conf.mode = asking->login_mode;
		conf.no_verify = !asking->verify;
		q.login = &proof;
	}
	ask_in_turn(l, &q, login);
	relay_answers_tell(&q, &conf, l->v);
	if (asking->octets > 0 && q.asked > 0 && !q.session.smtp.features.size)
		verdict_note(l->v, "the server does not offer SIZE, so that it was not "
		    "told how long the message is");
	inquiry_close(&q);
}

static void
ask_all(struct relay_look *l, const bool *serves)
{
	size_t nusers = l->asking->questions->nusers;

	for (size_t i = 0; i < l->plan->n; i++) {
		l->answers[i].rc = -1;
		l->answers[i].ours = serves == NULL || serves[l->plan->v[i].domain];
	}
	/* No other login helps where there is no connection. */
	for (size_t login = 0; login <= nusers && !l->gone; login++)
		if (is_asked_as(l, login))
			ask_as(l, login);
}

void
relay_answers(const struct relay_asking *asking, const struct session_server *server,
    const bool *serves, struct diag *dead, struct relay_result *r, struct verdict *v)
{
	struct relay_look l = {
		.asking = asking, .plan = &asking->questions->plan, .server = server,
		.dead = dead, .v = v, .result = r,
	};
	struct diag d = { 0 };

	if ((l.answers = calloc(l.plan->n, sizeof(*l.answers))) == NULL) {
		(void)diag_nomem(&d);
		verdict_diag(v, &d);
		return;
	}
	ask_all(&l, serves);
	relay_look_judge(&l);
	relay_look_tell(&l);
	free(l.answers);
}
