/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/envelope.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "probe/relay_answers.h"
#include "probe/server.h"

#define COLUMN_MAX 40		/* of the table of questions */
#define LINE_MAX_LEN 32

struct answer {
	int		 rc;		/* as that of inquiry_ask() */
	bool		 ours;		/* this server is to be asked at all */
	struct diag	 d;
};

/* A look at one server. */
struct look {
	const struct relay_asking	*asking;
	const struct relay_plan		*plan;
	const struct session_server	*server;
	struct diag			*dead;
	struct verdict			*v;
	struct answer			*answers;	/* to the questions */
	struct relay_result		*result;
	size_t				 asked, right;
	bool				 gone;		/* it took no connection */
};

static const struct relay_user *
user(const struct look *l, const struct relay_question *q)
{
	return relay_questions_user(l->asking->questions, q);
}

/* --- asking --- */

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
is_asked_as(const struct look *l, size_t login)
{
	for (size_t i = 0; i < l->plan->n; i++)
		if (l->answers[i].ours && l->plan->v[i].login == login)
			return true;
	return false;
}

static int
ask(const struct look *l, struct inquiry *q, const struct relay_question *one,
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
answered(const struct look *l)
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
ran_out(const struct look *l, int64_t heard, const struct diag *d)
{
	const struct env *env = l->server->env;

	return deadline_left(env->by) <= 0 && d->cause->timeout && answered(l) > 0 &&
	    2 * clock_since(heard) < clock_since(env->start);
}

/* There was no answer, or none any more. */
static void
tell_failed(struct look *l, const struct relay_question *first, bool accept,
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
		    user(l, first)->name, first->line, d->text);
	if (diag_failed(&late))
		d = &late;
	/* A server that has answered is not dead, whatever it does later. */
	l->gone = n == 0 && strcmp(d->stage, "connect") == 0;
	relay_answers_failed(d, accept, n > 0 ? NULL : l->dead, l->v);
}

/* Was the question that this is a form of answered by yes? */
static bool
has_taken_original(const struct look *l, const struct relay_question *q)
{
	return q->original != RELAY_NO_FORM && l->answers[q->original].rc == 0;
}

/* Would this answer make a finding of a canonical name in words that are not clear? */
static bool
is_unclear(const struct look *l, const struct relay_question *q, const struct diag *d)
{
	return q->canonical && q->accept && has_taken_original(l, q) &&
	    (d->cause == &refusal_recipient || d->cause == &refusal_sender);
}

/*
 * Asks one question. What a server says late in a session may come from what was before:
 * an unclear word is heard again in a session of its own.
 */
static int
ask_one(const struct look *l, struct inquiry *q, const struct relay_question *one,
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
ask_in_turn(struct look *l, struct inquiry *q, size_t login)
{
	const struct relay_question *first = NULL;
	int64_t heard = clock_nsec();
	struct diag d = { 0 };
	bool accept = false;
	int rc = inquiry_open(q, &d);

	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *one = &l->plan->v[i];
		struct answer *a = &l->answers[i];

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
ask_as(struct look *l, size_t login)
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

/* --- what the answers mean --- */

/* " (line 7)" of a question of a file; else "". */
static const char *
line_of(const struct relay_question *q, char text[LINE_MAX_LEN])
{
	text[0] = '\0';
	if (q->line > 0)
		(void)snprintf(text, LINE_MAX_LEN, " (line %u)", q->line);
	return text;
}

/* "mx.example.org:25 refused mail from <a> to <b> after the login of c: 550 no". */
static int
complain(const struct look *l, const struct relay_question *q, const struct diag *reply,
    const struct cause *cause, const char *did)
{
	struct diag d = { .stage = reply->stage };
	const struct relay_user *u = user(l, q);
	char line[LINE_MAX_LEN];

	diag_heard(&d, reply->code, reply->proof, strlen(reply->proof));
	(void)diag_set(&d, cause, "%s %s mail from <%s> to <%s>%s%s%s: %s",
	    l->server->name, did, q->from, q->to, u != NULL ? " after the login of " : "",
	    u != NULL ? u->name : "", line_of(q, line),
	    reply->code >= 400 || cause == &relay_accepted ? reply->proof : reply->text);
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
remark(const struct look *l, const struct relay_question *q, const struct diag *d)
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
judge(const struct look *l, const struct relay_question *q, const struct answer *a)
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

/* "from <a> to <b>": those addresses of the question that are others in the form. */
static void
put_pair(const struct relay_question *form, const struct relay_question *q,
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
judge_form(const struct look *l, const struct relay_question *q, const struct answer *a)
{
	const struct relay_question *original = &l->plan->v[q->original];
	const struct answer *first = &l->answers[q->original];
	struct diag d = { .stage = a->d.stage };
	struct buf form = { 0 }, alias = { 0 };
	char line[LINE_MAX_LEN];

	put_pair(q, q, &form);
	put_pair(q, original, &alias);
	diag_heard(&d, a->d.code, a->d.proof, strlen(a->d.proof));
	if (!q->canonical)
		verdict_note(l->v, "%s refuses mail %s, a name on the way to the "
		    "canonical one, which no sender is known to write: %s",
		    l->server->name, buf_str(&form), a->d.proof);
	else
		(void)diag_set(&d, &relay_after_cname, "%s takes mail %s (%s) and "
		    "refuses it %s, which senders that expand aliases make of it%s: %s",
		    l->server->name, buf_str(&alias), first->d.proof, buf_str(&form),
		    line_of(q, line), a->d.proof);
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

static void
judge_all(struct look *l)
{
	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *q = &l->plan->v[i];
		const struct answer *a = &l->answers[i];
		bool form = q->original != RELAY_NO_FORM && q->accept;
		int rc;

		if (!a->ours)
			continue;
		l->asked++;
		if (a->rc == -1)
			continue;
		count(l->result, relay_outcome(a->rc, &a->d));
		/* The original's finding says enough. */
		if (form && !has_taken_original(l, q))
			continue;
		rc = form && a->rc == 1 && relay_proves_refusal(&a->d)
		    ? judge_form(l, q, a) : judge(l, q, a);
		l->right += rc == 0 ? 1 : 0;
		l->result->unexpected += rc == -1 ? 1 : 0;
	}
}

/* --- what is told of them --- */

static const char *
outcome_name(const struct answer *a)
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

/* How many columns of a terminal a text takes: characters of UTF-8. */
static int
columns(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80 ? 1 : 0;
	return n;
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
measure(const struct look *l)
{
	struct widths w = { (int)strlen("SENDER"), (int)strlen("RECIPIENT"),
	    (int)strlen("LOGIN") };

	for (size_t i = 0; i < l->plan->n; i++) {
		const struct relay_question *q = &l->plan->v[i];
		const struct relay_user *u = user(l, q);

		w.from = wider(w.from, q->from);
		w.to = wider(w.to, q->to);
		w.login = wider(w.login, u != NULL ? u->name : "-");
	}
	return w;
}

static void
tell_row(const struct look *l, const struct widths *w, const struct relay_question *q,
    const struct answer *a)
{
	const struct relay_user *u = user(l, q);
	struct buf row = { 0 };

	put_cell(&row, w->from, q->from[0] != '\0' ? q->from : "<>");
	put_cell(&row, w->to, q->to);
	put_cell(&row, w->login, u != NULL ? u->name : "-");
	(void)buf_addf(&row, "%s  %s%s%s", q->accept ? "accept" : "refuse",
	    outcome_name(a), a->d.proof[0] != '\0' ? ": " : "", a->d.proof);
	verdict_note(l->v, "%s", buf_str(&row));
	buf_free(&row);
}

/* All questions with their answers, one a line. */
static void
tell_table(const struct look *l)
{
	struct widths w = measure(l);

	if (l->asked < 2)
		return;
	verdict_note(l->v, "%-*s  %-*s  %-*s  EXPECT  ANSWER", w.from, "SENDER", w.to,
	    "RECIPIENT", w.login, "LOGIN");
	for (size_t i = 0; i < l->plan->n; i++)
		if (l->answers[i].ours)
			tell_row(l, &w, &l->plan->v[i], &l->answers[i]);
}

static void
say_form(const struct relay_question *form, struct buf *said)
{
	(void)buf_puts(said, "; also ");
	put_pair(form, form, said);
}

/* One question, with its forms: "also as <user@target.example.net>". */
static void
say_one(const struct look *l)
{
	const struct relay_plan *plan = l->plan;
	struct buf said = { 0 };

	for (size_t i = 0; i < plan->n; i++) {
		const struct relay_question *q = &plan->v[i];
		const struct relay_user *u = user(l, q);

		if (!l->answers[i].ours)
			continue;
		if (q->original == RELAY_NO_FORM)
			(void)buf_addf(&said, "%s %s mail from <%s> to <%s>%s%s%s%s",
			    l->server->name, q->accept ? "takes" : "refuses", q->from,
			    q->to, u != NULL ? " after the login of " : "",
			    u != NULL ? u->name : "", q->accept ? ""
			    : ", as it should: ", q->accept ? "" : l->answers[i].d.proof);
		else if (l->answers[i].rc == 0 || !q->accept)
			say_form(q, &said);
	}
	verdict_say(l->v, "%s", buf_str(&said));
	buf_free(&said);
}

static void
say(const struct look *l)
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

static void
ask_all(struct look *l, const bool *serves)
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
	struct look l = {
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
	judge_all(&l);
	tell_table(&l);
	say(&l);
	free(l.answers);
}
