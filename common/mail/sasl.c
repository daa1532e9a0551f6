/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "mail/refusal.h"
#include "mail/sasl.h"

#define ECHO_LEAST 8		/* octets of base64 that a server may quote by chance */
#define LOGIN_MAX 12286		/* octets of a line of AUTH without its end, RFC 4954 4 */
#define COMMAND_MAX 510		/* octets of a command without its end,
				 * RFC 5321 4.5.3.1.4 */

const struct cause sasl_withheld = {
	"password-withheld", CLASS_LOCAL, STATE_UNKNOWN,
	"the password was not sent, because others could have read it",
	"use --tls=starttls or --tls=implicit; --allow-plaintext sends it all the same",
	false,
};

cause_table sasl_causes = { &sasl_withheld, NULL };

/* Encodes n bytes into text; wipe it, for it may be a secret. -1 when memory is short. */
static int
encode(struct buf *text, const char *bytes, size_t n)
{
	size_t size = 4 * ((n + 2) / 3) + 1;
	unsigned char *out = malloc(size);
	int len, rc;

	if (out == NULL)
		return -1;
	len = EVP_EncodeBlock(out, (const unsigned char *)bytes, (int)n);
	rc = len < 0 ? -1 : buf_add(text, out, (size_t)len);
	explicit_bzero(out, size);
	free(out);
	return rc;
}

static bool
in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * A user "suspended@example.org" is not suspended because the server repeats the name;
 * nor is the "to" of "too many" a user of that name.
 */
static void
forget_user(struct reply *r, const char *user)
{
	size_t n = strlen(user);

	for (char *at = r->text.data; at != NULL && (at = strstr(at, user)) != NULL; at++)
		if ((at == r->text.data || !in_word(at[-1])) && !in_word(at[n]))
			memset(at, '*', n);
}

/* Neither success nor a challenge. Returns -1. */
static int
refused(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	const struct cause *cause;

	forget_user(&m->reply, login->user);
	cause = refusal_cause(d->stage, &m->reply);
	if (cause == &reply_bad)
		return diag_set(d, cause, "%s answers the login out of turn: %s",
		    m->stream.peer, d->proof);
	return diag_set(d, cause, cause == &refusal_auth_temporary
	    ? "%s could not check the login of %s: %s" : "%s refused the login of %s: %s",
	    m->stream.peer, login->user, d->proof);
}

static int
challenged(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	return m->reply.code == 334 ? 0 : refused(m, login, d);
}

static int
accepted(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	if (m->reply.code == 235)
		return 0;
	/* One more challenge than the mechanism has: leave the exchange (RFC 4954 4). */
	if (m->reply.code == 334) {
		struct diag ignored = { .stage = d->stage };

		(void)smtp_command(m, &ignored, "*");
		return diag_set(d, &reply_bad,
		    "%s asks for more than the mechanism knows: %s",
		    m->stream.peer, d->proof);
	}
	return refused(m, login, d);
}

/* Sends text as base64, behind a prefix that may be seen. Empty text is "=" there. */
static int
respond(struct smtp *m, const char *prefix, const char *text, size_t n, struct diag *d)
{
	struct buf line = { 0 }, shown = { 0 };
	size_t start = strlen(prefix), least;
	int rc;

	(void)buf_addf(&line, "%s", prefix);
	if (n == 0 && prefix[0] != '\0')
		(void)buf_puts(&line, "=");
	(void)buf_addf(&shown, "%s(hidden)", prefix);
	rc = encode(&line, text, n);
	least = line.len - start < ECHO_LEAST ? line.len - start : ECHO_LEAST;
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

/* RFC 4616: NUL, user, NUL, password, at once where it fits into a command line. */
static int
plain(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	struct buf message = { 0 };
	int rc = -1;

	(void)buf_add(&message, "", 1);
	(void)buf_puts(&message, login->user);
	(void)buf_add(&message, "", 1);
	(void)buf_puts(&message, login->password);
	if (message.failed) {
		rc = diag_nomem(d);
		goto out;
	}
	if (strlen("AUTH PLAIN ") + 4 * ((message.len + 2) / 3) <= COMMAND_MAX) {
		if (respond(m, "AUTH PLAIN ", message.data, message.len, d) == -1)
			goto out;
	} else if (smtp_command(m, d, "AUTH PLAIN") == -1) {
		goto out;
	} else if (challenged(m, login, d) == -1 ||
	    respond(m, "", message.data, message.len, d) == -1) {
		goto out;
	}
	rc = accepted(m, login, d);
out:
	buf_wipe(&message);
	return rc;
}

/*
 * A draft that never became an RFC: two challenges, whose wording nobody may depend on.
 */
static int
login_mechanism(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	if (smtp_command(m, d, "AUTH LOGIN") == -1 || challenged(m, login, d) == -1 ||
	    respond(m, "", login->user, strlen(login->user), d) == -1 ||
	    challenged(m, login, d) == -1 ||
	    respond(m, "", login->password, strlen(login->password), d) == -1)
		return -1;
	return accepted(m, login, d);
}

const char *const sasl_known[] = { "PLAIN", "LOGIN", NULL };

/* In the order of sasl_known. */
static int	(*const mechanisms[])(struct smtp *, const struct sasl_login *,
    struct diag *) = {
	plain, login_mechanism,
};

_Static_assert(LEN(mechanisms) == LEN(sasl_known) - 1, "a mechanism without a name");

/* The index of the strongest that is offered and allowed, -1 when there is none. */
static int
choose(const struct smtp *m, const struct sasl_login *login)
{
	for (int i = 0; sasl_known[i] != NULL; i++)
		if ((login->mechanisms.n == 0 ||
		    list_has(&login->mechanisms, sasl_known[i])) &&
		    smtp_offers(&m->features, sasl_known[i]))
			return i;
	return -1;
}

/*
 * What is offered is told for both sides of STARTTLS: the difference often is the answer.
 */
static int
none_offered(const struct smtp *m, struct diag *d)
{
	const char *then = m->before_tls.auth;

	if (!m->upgraded)
		return diag_set(d, &refusal_auth_not_offered, m->features.starttls
		    ? "%s offers no login in plain text; it offers STARTTLS"
		    : "%s offers no login", m->stream.peer);
	if (then[0] != '\0')
		return diag_set(d, &refusal_auth_not_offered, "%s offers no login after "
		    "STARTTLS, but before it: %s", m->stream.peer, then);
	return diag_set(d, &refusal_auth_not_offered, "%s offers no login, neither "
	    "before nor after STARTTLS", m->stream.peer);
}

static int
none_chosen(const struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	struct buf wanted = { 0 };

	if (m->features.auth[0] == '\0')
		return none_offered(m, d);
	for (size_t i = 0; sasl_known[i] != NULL; i++)
		if (login->mechanisms.n == 0 ||
		    list_has(&login->mechanisms, sasl_known[i]))
			(void)buf_addf(&wanted, "%s%s", wanted.len > 0 ? " or " : "",
			    sasl_known[i]);
	(void)diag_set(d, &refusal_auth_mechanism,
	    "%s offers the logins %s, and this check %s %s", m->stream.peer,
	    m->features.auth, login->mechanisms.n > 0 ? "shall use" : "can use",
	    buf_str(&wanted));
	buf_free(&wanted);
	return -1;
}

int
sasl_login(struct smtp *m, const struct sasl_login *login, const char **mechanism,
    struct diag *d)
{
	int chosen;

	diag_at(d, "auth");
	if ((chosen = choose(m, login)) == -1)
		return none_chosen(m, login, d);
	*mechanism = sasl_known[chosen];
	if (!m->protected && !login->allow_plaintext)
		return diag_set(d, &sasl_withheld, "the connection to %s is not "
		    "protected, so the password of %s was not sent", m->stream.peer,
		    login->user);
	if (stream_hide(&m->stream, login->password, strlen(login->password), d) == -1)
		return -1;
	return mechanisms[chosen](m, login, d);
}
