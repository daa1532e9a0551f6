/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/mx.h"
#include "mail/open_relay.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "mail/relay_forms.h"

#define BROKEN_MAX 2		/* sessions in a row that end without an answer */

/* The battery under way. */
struct battery {
	struct inquiry			*q;
	const struct open_relay_ask	*ask;
	struct open_relay		*o;
	struct diag			*found;		/* for each form that is taken */
	size_t				 nfound;
	size_t				 unproven;	/* forms */
	struct diag			 first;		/* what the first of them got */
	bool				 logins_only;	/* all that was heard is that a
							 * login is needed */
};

static int
ask_path(const struct battery *b, const char *from, const char *path, struct diag *d)
{
	const struct envelope_mail mail = {
		from, !envelope_is_ascii(from) || !envelope_is_ascii(path), 0,
	};

	return inquiry_ask(b->q, &mail, path, d);
}

/* --- a server that refuses everybody proves nothing --- */

static int
ask_control(struct battery *b, const char *recipient, struct diag *d)
{
	char path[sizeof(b->o->control)];
	int rc;

	(void)snprintf(path, sizeof(path), "<%s>", recipient);
	rc = ask_path(b, b->ask->from, path, d);
	if (rc == 0)
		(void)snprintf(b->o->control, sizeof(b->o->control), "%s", path);
	return rc;
}

/* 0 when one was taken, 1 when none was, with the last answer in d; -1 without one. */
static int
ask_controls(struct battery *b, struct diag *d)
{
	const struct list *controls = b->ask->controls;
	int rc;

	if (controls->n == 0)
		return ask_control(b, "postmaster", d);
	for (size_t i = 0; i < controls->n; i++) {
		*d = (struct diag){ 0 };
		if ((rc = ask_control(b, controls->v[i], d)) != 1)
			return rc;
	}
	return 1;
}

/* --- one form --- */

/* A diagnosis at the stage and with the proof of another one. */
static struct diag
like(const struct diag *other)
{
	struct diag d = { .stage = other->stage };

	diag_heard(&d, other->code, other->proof, strlen(other->proof));
	return d;
}

/* Does the server take an invented mailbox too, where the form could be one? */
static int
compare(const struct battery *b, const struct relay_form *form, const char *from,
    struct diag *d)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "<nobody-%llx%s%s>",
	    (unsigned long long)b->q->server->env->start,
	    form->home[0] != '\0' ? "@" : "", form->home);
	return ask_path(b, from, path, d);
}

/* The server took the form: what does that mean? */
static void
keep_accepted(struct battery *b, const struct relay_form *form, const char *from,
    const struct diag *reply)
{
	struct diag found = like(reply), other = { 0 };
	int rc = form->home != NULL ? compare(b, form, from, &other) : 1;
	struct buf what = { 0 };

	(void)buf_addf(&what, "%s takes mail from <%s> for %s (%s): %s",
	    b->q->server->name, from, form->path, form->name, reply->proof);
	if (form->home == NULL)
		(void)diag_set(&found, &relay_open, "%s; unless %s is a domain of its "
		    "own, that is relaying", buf_str(&what),
		    mx_domain(b->ask->third_party));
	else if (rc == 1 && relay_proves_refusal(&other))
		(void)diag_set(&found, &relay_open, "%s; it refuses an invented mailbox "
		    "there (%d), so this is no mailbox but a way to %s", buf_str(&what),
		    other.code, b->ask->third_party);
	else
		(void)diag_set(&found, &relay_open_possible, "%s; %s, so this may be a "
		    "mailbox to it as well as a way to %s", buf_str(&what), rc == 0
		    ? "it takes an invented mailbox there too"
		    : "what it does with an invented mailbox there is not known",
		    b->ask->third_party);
	b->found[b->nfound++] = found;
	buf_free(&what);
}

/* The first one says how many there are. */
static void
tell_accepted(const struct battery *b)
{
	for (size_t i = 0; i < b->nfound; i++) {
		struct diag one = like(&b->found[i]);

		if (i == 0 && b->nfound > 1)
			(void)diag_set(&one, b->found[i].cause, "%s (and %zu more of %zu "
			    "forms)", b->found[i].text, b->nfound - 1, b->o->forms);
		else
			one = b->found[i];
		b->ask->found(b->ask->arg, &one);
	}
}

static bool
is_plain(const struct battery *b, const struct relay_form *form)
{
	char plain[sizeof(b->o->control)];

	(void)snprintf(plain, sizeof(plain), "<%s>", b->ask->third_party);
	return strcmp(form->path, plain) == 0;
}

/* Where the recipient is plain, it is a sender not ours that the form plays on. */
static bool
plays_on_sender(const struct battery *b, const struct relay_form *form)
{
	return is_plain(b, form) && strcmp(form->from, b->ask->from) != 0;
}

/* The sender stood before the question: it is asked with one that may pass. */
static int
ask_form(const struct battery *b, const struct relay_form *form, const char **from,
    struct diag *d)
{
	struct diag one = { 0 };
	int rc = ask_path(b, form->from, form->path, &one);

	*from = form->from;
	if (rc == 1 && one.cause == &refusal_sender && !plays_on_sender(b, form) &&
	    strcmp(form->from, b->ask->from) != 0) {
		one = (struct diag){ 0 };
		*from = b->ask->from;
		rc = ask_path(b, *from, form->path, &one);
	}
	*d = one;
	return rc;
}

static void
take_answer(struct battery *b, const struct relay_form *form, const char *from, int rc,
    const struct diag *d)
{
	struct open_relay *o = b->o;

	switch (relay_outcome(rc, d)) {
	case RELAY_ACCEPTED:
		o->accepted++;
		keep_accepted(b, form, from, d);
		return;
	case RELAY_DEFERRED:
		o->deferred++;
		break;
	case RELAY_REFUSED:
		o->refused++;
		break;
	case RELAY_UNASKED:
		break;
	}
	o->unknown = o->unknown || (d->cause == &refusal_recipient_unknown &&
	    is_plain(b, form));
	b->logins_only = b->logins_only && d->cause == &refusal_relay_login;
	/* Postfix refuses a sender whose domain does not exist with 450, by default. */
	if (d->cause == &refusal_sender && plays_on_sender(b, form))
		return;
	/* Our own sender refused: no rule on relaying was looked at. */
	if ((!relay_proves_refusal(d) || d->cause == &refusal_sender) &&
	    b->unproven++ == 0)
		b->first = *d;
}

/* --- all of them --- */

/* Asks until the end, or until the server or the time are gone. How many were asked. */
static size_t
ask_all(struct battery *b, const struct relay_forms *forms)
{
	unsigned broken = 0;
	size_t i = 0;

	for (; i < forms->n && broken < BROKEN_MAX &&
	    deadline_left(b->q->server->env->by) > 0; i++) {
		const char *from;
		struct diag d = { 0 };
		int rc = ask_form(b, &forms->v[i], &from, &d);

		broken = rc == -1 ? broken + 1 : 0;
		take_answer(b, &forms->v[i], from, rc, &d);
	}
	return i;
}

/* The time was over before the end, though there were answers. */
static bool
ran_out(const struct battery *b, size_t done)
{
	return deadline_left(b->q->server->env->by) <= 0 &&
	    (done < b->o->forms || b->first.cause->timeout);
}

static int
conclude(const struct battery *b, size_t done, bool control, const struct diag *refusal,
    struct diag *d)
{
	const char *server = b->q->server->name;
	size_t n = b->o->forms, heard = b->o->accepted + b->o->refused + b->o->deferred;

	if (heard == 0 && b->unproven > 0) {
		*d = b->first;
		return -1;
	}
	if ((done < n || b->unproven > 0) && ran_out(b, done)) {
		diag_at(d, "rcpt");
		return diag_set(d, &relay_unfinished, "time ran out after %zu of %zu "
		    "forms of %s at %s: give more (-t)", heard, n, b->ask->third_party,
		    server);
	}
	if (b->unproven > 0) {
		*d = like(&b->first);
		return diag_set(d, &relay_unproven, "%zu of %zu forms of %s at %s got no "
		    "answer that proves a refusal; the first: %s",
		    b->unproven + n - done, n, b->ask->third_party, server,
		    b->first.text);
	}
	if (!control && b->o->accepted == 0 && !b->logins_only) {
		*d = like(refusal);
		d->stage = "control";
		return diag_set(d, &relay_unproven, "%s refuses all forms of %s, but "
		    "takes no mail for a recipient of its own either, so that this "
		    "proves nothing (name one with --to): %s", server,
		    b->ask->third_party, refusal->text);
	}
	return 0;
}

/* Does it still take what it took before the forms? Else they may have got it banned. */
static int
ask_control_again(const struct battery *b, struct diag *d)
{
	struct diag one = { 0 };

	if (b->o->accepted > 0 || ask_path(b, b->ask->from, b->o->control, &one) == 0)
		return 0;
	*d = like(&one);
	d->stage = "control";
	if (deadline_left(b->q->server->env->by) <= 0)
		return diag_set(d, &relay_unfinished, "time ran out after the forms of "
		    "%s at %s, before the control was asked again: give more (-t)",
		    b->ask->third_party, b->q->server->name);
	return diag_set(d, &relay_unproven, "%s took mail for %s before the forms of %s "
	    "and does not after them, so that this client may be what it refuses: %s",
	    b->q->server->name, b->o->control, b->ask->third_party, one.text);
}

static int
ask_forms(struct battery *b, const struct relay_forms *forms, struct diag *d)
{
	struct diag refusal = { 0 };
	int control = ask_controls(b, &refusal), rc;

	if (control == -1) {
		*d = refusal;
		return -1;
	}
	if ((b->found = calloc(forms->n, sizeof(*b->found))) == NULL)
		return diag_nomem(d);
	b->logins_only = control == 1 && refusal.cause == &refusal_relay_login;
	b->o->forms = forms->n;
	rc = conclude(b, ask_all(b, forms), control == 0, &refusal, d);
	tell_accepted(b);
	free(b->found);
	return rc == 0 && control == 0 ? ask_control_again(b, d) : rc;
}

/* Of its own domain a server takes mail by right. */
static int
is_stranger(const struct relay_names *names, const char *server, struct diag *d)
{
	const char *domain = mx_domain(names->third_party);
	const char *address = names->address != NULL ? names->address : "";

	if (!text_same(domain, names->server) && !text_same(domain, address))
		return 0;
	diag_at(d, "control");
	return diag_set(d, &relay_unproven, "%s is %s itself: the third party has to be "
	    "a stranger to it", domain, server);
}

int
open_relay_ask(struct inquiry *q, const struct open_relay_ask *ask, struct open_relay *o,
    struct diag *d)
{
	struct battery b = { .q = q, .ask = ask, .o = o };
	const struct session *s = &q->session;
	char address[NET_TEXT_MAX];
	struct relay_forms forms = { 0 };
	const struct relay_names names = {
		.from = ask->from, .third_party = ask->third_party,
		.server = s->smtp.name[0] != '\0' ? s->smtp.name : q->server->conf->host,
		.address = session_is_local(q->server->conf) ? NULL
		    : net_address_text(&s->address, address),
		.relayed = ask->relayed,
	};
	int rc = is_stranger(&names, q->server->name, d);

	diag_at(d, "rcpt");
	if (rc == 0 && relay_forms_make(&forms, &names) == -1)
		rc = diag_nomem(d);
	if (rc == 0)
		rc = ask_forms(&b, &forms, d);
	relay_forms_free(&forms);
	return rc;
}
