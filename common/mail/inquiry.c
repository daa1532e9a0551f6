/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/inquiry.h"
#include "mail/refusal.h"

/* Postfix counts each RSET above a hundred as an error (smtpd_junk_command_limit). */
#define QUESTIONS_MAX 80	/* in one session */

/* Would a server that sends mail go on without TLS? */
static bool
may_be_plain(const struct inquiry *q, const struct diag *d)
{
	const struct session_conf *c = q->server->conf;

	return c->mode == SESSION_TLS_OPPORTUNISTIC && c->no_verify && q->login == NULL &&
	    q->plain[0] == '\0' && !d->cause->timeout && d->cause->class != CLASS_LOCAL &&
	    (strcmp(d->stage, "starttls") == 0 || strcmp(d->stage, "tls") == 0);
}

static int
open_session(struct inquiry *q, struct diag *d)
{
	struct session_server server = *q->server;
	struct diag one = { 0 };

	if (q->plain[0] != '\0')
		server.conf = &q->conf;
	if (session_open(&q->session, &server, &one) == 0)
		return 0;
	if (!may_be_plain(q, &one)) {
		*d = one;
		return -1;
	}
	session_close(&q->session);
	text_copy(q->plain, sizeof(q->plain), one.text, strlen(one.text));
	q->conf = *q->server->conf;
	q->conf.mode = SESSION_TLS_NONE;
	server.conf = &q->conf;
	return session_open(&q->session, &server, d);
}

int
inquiry_open(struct inquiry *q, struct diag *d)
{
	struct sasl_facts facts;

	q->open = true;
	q->dirty = false;
	q->errors = q->asked = 0;
	if (open_session(q, d) == -1)
		return -1;
	return q->login != NULL ? sasl_login(&q->session.smtp, q->login, &facts, d) : 0;
}

void
inquiry_close(struct inquiry *q)
{
	if (q->open)
		session_close(&q->session);
	q->open = false;
}

/* Was it the server's answer to the question, and not an end of the dialogue? */
static bool
is_answer(const struct diag *d)
{
	if (d->cause == &envelope_no_utf8 || d->cause == &refusal_size)
		return true;
	return (strcmp(d->stage, "mail") == 0 || strcmp(d->stage, "rcpt") == 0) &&
	    d->code >= 400 && d->cause != &smtp_closing && d->cause != &reply_bad;
}

/* One try, in the session that is open: 0, 1 or -1 as inquiry_ask(). */
static int
try(struct inquiry *q, const struct envelope_mail *mail, const char *path,
    struct diag *d)
{
	struct smtp *m = &q->session.smtp;

	if (q->dirty && envelope_reset(m, d) == -1)
		return -1;
	q->dirty = true;
	if (envelope_from(m, mail, d) == 0 && envelope_path(m, path, d) == 0) {
		q->asked++;
		return 0;
	}
	if (!is_answer(d))
		return -1;
	q->errors++;
	q->asked++;
	return 1;
}

static int
try_anew(struct inquiry *q, const struct envelope_mail *mail, const char *path,
    struct diag *d)
{
	inquiry_close(q);
	if (inquiry_open(q, d) == 0)
		return try(q, mail, path, d);
	inquiry_close(q);
	return -1;
}

int
inquiry_ask(struct inquiry *q, const struct envelope_mail *mail, const char *path,
    struct diag *d)
{
	struct diag one = { 0 };
	unsigned before = q->asked;
	int rc;

	if (!q->open || q->session.smtp.broken || q->errors >= q->max_errors ||
	    q->asked >= QUESTIONS_MAX)
		return try_anew(q, mail, path, d);
	rc = try(q, mail, path, &one);
	/*
	 * Patience that ends says nothing about the question it ended at; Exim's ends
	 * with "501 ... Too many syntax or protocol errors". Nor does a RSET that took
	 * more back than the message (503).
	 */
	if (before > 0 && (rc == -1 || one.code == 421 ||
	    one.code == 503 || (one.code / 100 == 5 && one.cause == &refusal_rate)) &&
	    deadline_left(q->server->env->by) > 0)
		return try_anew(q, mail, path, d);
	*d = one;
	return rc;
}
