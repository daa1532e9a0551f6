/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCRAM over SMTP: the messages are sasl_scram's, the talk and the binding are here. */

#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>

#include "base/text.h"
#include "mail/refusal.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_exchange.h"
#include "mail/sasl_scram.h"
#include "wire/tls.h"

#define CHALLENGE 334		/* the reply that has the server's own word */
#define NONCE_BYTES 18		/* make 24 characters without padding */
#define UNSUPPORTED "unsupported-channel-binding-type"

/* What a server's own word for an error means (RFC 5802 7). */
static const struct cause *
error_cause(const char *word, const struct smtp *m)
{
	static const struct {
		const char *word;
		const struct cause *cause;
	} causes[] = {
		{ "invalid-proof", &refusal_auth_rejected },
		{ "unknown-user", &refusal_auth_rejected },
		{ "invalid-username-encoding", &refusal_auth_rejected },
		{ "no-resources", &refusal_auth_temporary },
		{ "channel-bindings-dont-match", &scram_unproven },
		{ "channel-binding-not-supported", &refusal_auth_mechanism },
		{ UNSUPPORTED, &refusal_auth_mechanism },
	};

	for (size_t i = 0; i < LEN(causes); i++)
		if (strcmp(causes[i].word, word) == 0)
			return causes[i].cause;
	return refusal_cause("auth", &m->reply, smtp_offered(m));
}

/* Scram's diagnoses do not know who they speak of. Leaves the exchange. Returns -1. */
static int
blame(struct sasl_exchange *x, const struct scram *s, const struct diag *one,
    struct diag *d)
{
	const char *error = scram_error(s);
	char word[sizeof(s->error)];

	text_copy(word, sizeof(word), error, strlen(error));
	stream_cover(&x->m->stream, word, strlen(word));
	sasl_cancel(x);
	if (error[0] == '\0')
		return diag_set(d, one->cause, "%s: %s", x->m->stream.peer, one->text);
	diag_heard(d, CHALLENGE, word, strlen(word));
	return diag_set(d, error_cause(error, x->m), "%s refused the login of %s: %s "
	    "(%s)", x->m->stream.peer, x->login->user, word, x->facts->mechanism);
}

/*
 * Without channel binding the client says "n": it does not do it. "y" would say that it
 * could, and fails where a load balancer ends the TLS of a server that can as well.
 */
static int
first_message(struct sasl_exchange *x, struct scram *s, struct buf *out, struct diag *d)
{
	struct scram_ask ask = {
		.digest = x->digest, .user = x->login->user,
		.password = x->login->secret, .gs2 = "n,,",
	};
	struct buf nonce = { 0 }, binding = { 0 };
	unsigned char random[NONCE_BYTES];
	bool bound = true;
	char gs2[64];
	int rc;

	if (x->facts->binding != NULL) {
		(void)snprintf(gs2, sizeof(gs2), "p=%s,,", x->facts->binding);
		ask.gs2 = gs2;
		bound = tls_binding(&x->m->stream, x->facts->binding, &binding) == 0;
	}
	ask.binding = binding.data;
	ask.nbinding = binding.len;
	if (!bound || RAND_bytes(random, sizeof(random)) != 1)
		rc = diag_set(d, &sasl_crypto, "OpenSSL on this machine has no %s",
		    bound ? "random numbers" : "channel binding any more");
	else if (base64_encode(&nonce, random, sizeof(random)) == -1)
		rc = diag_nomem(d);
	else {
		ask.nonce = nonce.data;
		rc = scram_first(s, &ask, out, d);
	}
	buf_free(&nonce);
	buf_free(&binding);
	return rc;
}

/*
 * The server has the proof. It answers with its own, which a last empty response
 * acknowledges (RFC 4954 4), and without one nothing is proven.
 */
static int
conclude(struct sasl_exchange *x, struct scram *s, struct diag *d)
{
	struct diag one = { .stage = d->stage };
	struct buf message = { 0 };
	int rc;

	if (x->m->reply.code == 235)
		return diag_set(d, &scram_unproven, "%s accepts the login and does not "
		    "prove that it knows the password", x->m->stream.peer);
	if (sasl_challenge(x, &message, d) == -1) {
		buf_free(&message);
		return -1;
	}
	rc = scram_verify(s, buf_str(&message), message.len, &one);
	buf_free(&message);
	if (rc == -1)
		return blame(x, s, &one, d);
	return sasl_respond(x, "", 0, d) == -1 ? -1 : sasl_accepted(x, d);
}

/*
 * The iterations look at no clock, and a million of them may take a second: as many as
 * fit into half of what is left, that one being slow.
 */
static unsigned
affordable(const struct sasl_exchange *x)
{
	double some = deadline_left(x->m->stream.by) / 2 * SCRAM_ITERATIONS_MAX;

	return some >= SCRAM_ITERATIONS_MAX ? SCRAM_ITERATIONS_MAX : (unsigned)some + 1;
}

static int
talk(struct sasl_exchange *x, struct scram *s, struct diag *d)
{
	struct buf mine = { 0 }, theirs = { 0 };
	struct diag one = { .stage = d->stage };
	int rc = first_message(x, s, &mine, d);

	if (rc == 0)
		rc = sasl_begin_with(x, mine.data, mine.len, d);
	if (rc == 0 && x->m->reply.code == 235)
		rc = diag_set(d, &scram_unproven, "%s accepts the login before it has "
		    "seen a proof of the password", x->m->stream.peer);
	if (rc == 0)
		rc = sasl_challenge(x, &theirs, d);
	buf_wipe(&mine);
	s->most = affordable(x);
	if (rc == 0 &&
	    (rc = scram_final(s, buf_str(&theirs), theirs.len, &mine, &one)) == -1)
		(void)blame(x, s, &one, d);
	x->facts->iterations = scram_iterations(s);
	if (rc == 0)
		rc = sasl_respond(x, mine.data, mine.len, d);
	buf_wipe(&mine);
	buf_free(&theirs);
	return rc == 0 ? conclude(x, s, d) : -1;
}

/* The types of channel binding (RFC 9266, RFC 5929), the better one first. */
static const char *const bindings[] = { "tls-exporter", "tls-server-end-point", NULL };

const char *
sasl_binding(const struct smtp *m, size_t *at)
{
	for (; bindings[*at] != NULL; (*at)++) {
		struct buf data = { 0 };
		int rc = tls_binding(&m->stream, bindings[*at], &data);

		buf_free(&data);
		if (rc == 0)
			return bindings[(*at)++];
	}
	return NULL;
}

/*
 * Servers do not say which types they know: one that does not know the better one is
 * asked once more.
 */
static int
scram_bound(struct sasl_exchange *x, struct diag *d)
{
	size_t at = 0;
	const char *next = sasl_binding(x->m, &at);

	for (;;) {
		struct diag one = { .stage = d->stage };
		struct scram s = { 0 };
		int rc;
		bool again;

		x->facts->binding = next;
		rc = talk(x, &s, &one);
		again = rc == -1 && strcmp(scram_error(&s), UNSUPPORTED) == 0 &&
		    !x->m->broken;
		scram_free(&s);
		if (!again || (next = sasl_binding(x->m, &at)) == NULL) {
			*d = one;
			return rc;
		}
	}
}

int
sasl_scram(struct sasl_exchange *x, struct diag *d)
{
	struct scram s = { 0 };
	int rc;

	/* With what the server says, others could try passwords without asking it. */
	x->m->stream.hush = "334";
	rc = x->bound ? scram_bound(x, d) : talk(x, &s, d);
	x->m->stream.hush = NULL;
	scram_free(&s);
	return rc;
}
