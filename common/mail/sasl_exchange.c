/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "mail/refusal.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_exchange.h"

#define CANCEL_WAIT 1.0		/* seconds to wait for an answer that changes nothing */
#define LOGIN_MAX 12286		/* octets of a line of AUTH without its end, RFC 4954 4 */
#define COMMAND_MAX 510		/* octets of a command without its end,
				 * RFC 5321 4.5.3.1.4 */

int
sasl_refused(struct sasl_exchange *x, struct diag *d)
{
	bool token = x->login->proof == SASL_TOKEN;
	const struct cause *cause;

	cause = refusal_cause(d->stage, &x->m->reply, smtp_offered(x->m));
	if (cause == &reply_bad)
		return diag_set(d, cause, "%s answers the login out of turn: %s",
		    x->m->stream.peer, d->proof);
	if (cause == &refusal_auth_rejected && token)
		cause = &refusal_token;
	return diag_set(d, cause, cause == &refusal_auth_temporary
	    ? "%s could not check the %s of %s: %s" : "%s refused the %s of %s: %s",
	    x->m->stream.peer, token ? "token" : "login", x->login->user, d->proof);
}

void
sasl_cancel(struct sasl_exchange *x)
{
	struct stream *s = &x->m->stream;
	struct diag ignored = { .stage = "auth" };
	struct deadline by = s->by;

	if (x->m->broken)
		return;
	s->by = deadline_sooner(by, deadline_in(CANCEL_WAIT));
	(void)smtp_command(x->m, &ignored, "*");
	s->by = by;
}

int
sasl_challenge(struct sasl_exchange *x, struct buf *challenge, struct diag *d)
{
	const char *text = buf_str(&x->m->reply.text);
	size_t n = x->m->reply.text.len;

	if (x->m->reply.code != 334)
		return sasl_refused(x, d);
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	if (challenge == NULL || base64_decode(challenge, text, n) == 0)
		return 0;
	sasl_cancel(x);
	return diag_set(d, &reply_bad, "%s sends a challenge that is no base64: %s",
	    x->m->stream.peer, d->proof);
}

int
sasl_accepted(struct sasl_exchange *x, struct diag *d)
{
	if (x->m->reply.code == 235)
		return 0;
	if (x->m->reply.code != 334)
		return sasl_refused(x, d);
	/* One more challenge than the mechanism has. */
	(void)diag_set(d, &reply_bad, "%s asks for more than the mechanism knows: %s",
	    x->m->stream.peer, d->proof);
	sasl_cancel(x);
	return -1;
}

/* Sends octets as base64 behind a prefix that may be seen. No octets are "=" there. */
static int
respond(struct smtp *m, const char *prefix, const char *bytes, size_t n, struct diag *d)
{
	struct buf line = { 0 }, shown = { 0 };
	size_t start = strlen(prefix), least;
	int rc;

	(void)buf_addf(&line, "%s", prefix);
	if (n == 0 && prefix[0] != '\0')
		(void)buf_puts(&line, "=");
	(void)buf_addf(&shown, "%s%s", prefix,
	    n > 0 ? "(hidden)" : buf_str(&line) + start);
	rc = base64_encode(&line, bytes, n);
	least = line.len - start < SASL_TELLING ? line.len - start : SASL_TELLING;
	if (rc == -1 || line.failed || shown.failed)
		rc = diag_nomem(d);
	else if (line.len > LOGIN_MAX)
		rc = diag_set(d, &local_internal, "a login of %zu octets is more than "
		    "the %d that SMTP allows", line.len, LOGIN_MAX);
	else if (stream_hide(&m->stream, line.data + start, least, d) == -1)
		rc = -1;
	else
		rc = smtp_secret(m, line.data, buf_str(&shown), d);
	buf_wipe(&line);
	buf_free(&shown);
	return rc;
}

int
sasl_respond(struct sasl_exchange *x, const char *bytes, size_t n, struct diag *d)
{
	return respond(x->m, "", bytes, n, d);
}

int
sasl_begin(struct sasl_exchange *x, struct diag *d)
{
	return smtp_command(x->m, d, "AUTH %s", x->facts->mechanism);
}

int
sasl_begin_with(struct sasl_exchange *x, const char *bytes, size_t n, struct diag *d)
{
	char prefix[64];

	(void)snprintf(prefix, sizeof(prefix), "AUTH %s ", x->facts->mechanism);
	if (strlen(prefix) + 4 * ((n + 2) / 3) <= COMMAND_MAX)
		return respond(x->m, prefix, bytes, n, d);
	if (sasl_begin(x, d) == -1 || sasl_challenge(x, NULL, d) == -1)
		return -1;
	return sasl_respond(x, bytes, n, d);
}
