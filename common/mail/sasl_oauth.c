/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OAUTHBEARER (RFC 7628) and Google's XOAUTH2, which it came from. */

#include <string.h>

#include "mail/oauth.h"
#include "mail/refusal.h"
#include "mail/sasl_exchange.h"

/*
 * A server that refuses a token says why in a challenge, which has to be answered
 * before it refuses (RFC 7628 3.2.3).
 */
static int
token_refused(struct sasl_exchange *x, const char *answer, size_t n, struct diag *d)
{
	struct buf json = { 0 }, reason = { 0 };
	struct diag last = { .stage = d->stage };
	int rc = sasl_challenge(x, &json, d);

	if (rc == 0) {
		stream_cover(&x->m->stream, json.data, json.len);
		oauth_error(buf_str(&json), json.len, &reason);
		stream_cover(&x->m->stream, reason.data, reason.len);
		rc = sasl_respond(x, answer, n, &last);
	}
	if (rc == 0 && x->m->reply.code == 235)
		rc = diag_set(d, &reply_bad, "%s accepts the token that it has "
		    "refused before (%s)", x->m->stream.peer, buf_str(&reason));
	else if (rc == 0)
		(void)sasl_accepted(x, &last);
	if (!diag_failed(d)) {
		diag_heard(d, last.code, last.proof, strlen(last.proof));
		rc = diag_set(d, last.cause, "%s (%s)", last.text, buf_str(&reason));
	}
	buf_free(&json);
	buf_free(&reason);
	return rc;
}

static int
exchange(struct sasl_exchange *x, struct buf *message, const char *answer, size_t n,
    struct diag *d)
{
	int rc = message->failed ? diag_nomem(d)
	    : sasl_begin_with(x, message->data, message->len, d);

	buf_wipe(message);
	if (rc == -1)
		return -1;
	return x->m->reply.code == 334 ? token_refused(x, answer, n, d)
	    : sasl_accepted(x, d);
}

int
sasl_bearer(struct sasl_exchange *x, struct diag *d)
{
	const struct sasl_login *login = x->login;
	struct buf message = { 0 };

	(void)oauth_bearer(&message, login->user, login->host, login->port,
	    login->secret);
	return exchange(x, &message, "\x01", 1, d);
}

int
sasl_xoauth2(struct sasl_exchange *x, struct diag *d)
{
	struct buf message = { 0 };

	(void)oauth_xoauth2(&message, x->login->user, x->login->secret);
	return exchange(x, &message, "", 0, d);
}
