/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/oauth.h"
#include "mail/refusal.h"
#include "mail/sasl.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_exchange.h"

#define LEEWAY 60		/* seconds that clocks may differ, as servers have it */
#define TOKEN_TELLING 16	/* octets of a token that betray it */

const struct cause sasl_withheld = {
	"password-withheld", CLASS_LOCAL, STATE_UNKNOWN,
	"the password was not sent, because others could have read it",
	"use --tls=starttls or --tls=implicit; --allow-plaintext sends it all the same",
	false,
};

const struct cause sasl_token_expired = {
	"token-expired", CLASS_AUTH, STATE_CRITICAL,
	"the bearer token says of itself that it has expired, so it was not sent",
	"look at what renews the token file (its job, its refresh token, its rights), "
	"and at this machine's clock", false,
};

cause_table sasl_causes = { &sasl_withheld, &sasl_token_expired, NULL };

const char *const sasl_known[] = {
	"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
	"CRAM-MD5", "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2", "EXTERNAL", NULL,
};

/* In the order of sasl_known. */
static const struct mechanism {
	int		(*talk)(struct sasl_exchange *x, struct diag *d);
	enum sasl_proof	 proof;
	const char	*digest;
	bool		 bound;		/* needs TLS */
} mechanisms[] = {
	{ sasl_scram, SASL_PASSWORD, "SHA-256", true },
	{ sasl_scram, SASL_PASSWORD, "SHA-1", true },
	{ sasl_scram, SASL_PASSWORD, "SHA-256", false },
	{ sasl_scram, SASL_PASSWORD, "SHA-1", false },
	{ sasl_cram, SASL_PASSWORD, NULL, false },
	{ sasl_plain, SASL_PASSWORD, NULL, false },
	{ sasl_login_mechanism, SASL_PASSWORD, NULL, false },
	{ sasl_bearer, SASL_TOKEN, NULL, false },
	{ sasl_xoauth2, SASL_TOKEN, NULL, false },
	{ sasl_external, SASL_CERTIFICATE, NULL, false },
};

_Static_assert(LEN(mechanisms) == LEN(sasl_known) - 1, "a mechanism without a name");

bool
sasl_works_with(const char *mechanism, enum sasl_proof proof)
{
	for (size_t i = 0; i < LEN(mechanisms); i++)
		if (text_same(sasl_known[i], mechanism))
			return mechanisms[i].proof == proof;
	return false;
}

/* May the login use this mechanism, if it is offered? */
static bool
allowed(const struct sasl_login *login, size_t i)
{
	return mechanisms[i].proof == login->proof && (login->mechanisms.n == 0 ||
	    list_has(&login->mechanisms, sasl_known[i]));
}

/*
 * Servers do not say which types of binding they know. With TLS 1.3 it is tls-exporter;
 * before, it may well be one that we do not have, so the user has to ask for that.
 */
static bool
can_bind(const struct smtp *m, const struct sasl_login *login)
{
	size_t first = 0;
	const char *type = sasl_binding(m, &first);

	return type != NULL &&
	    (login->mechanisms.n > 0 || strcmp(type, "tls-exporter") == 0);
}

/* The index of the strongest that is offered and allowed, -1 when there is none. */
static int
choose(const struct smtp *m, const struct sasl_login *login)
{
	for (size_t i = 0; i < LEN(mechanisms); i++)
		if (allowed(login, i) && smtp_offers(&m->features, sasl_known[i]) &&
		    (!mechanisms[i].bound || can_bind(m, login)))
			return (int)i;
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
	const char *then = m->before_tls.auth;
	struct buf wanted = { 0 };

	if (m->features.auth[0] == '\0')
		return none_offered(m, d);
	for (size_t i = 0; i < LEN(mechanisms); i++)
		if (allowed(login, i))
			(void)buf_addf(&wanted, "%s%s", wanted.len > 0 ? ", " : "",
			    sasl_known[i]);
	(void)diag_set(d, &refusal_auth_mechanism, "%s offers the logins %s%s%s%s, and "
	    "this check %s %s", m->stream.peer, m->features.auth,
	    m->upgraded ? " (before STARTTLS: " : "",
	    !m->upgraded ? "" : then[0] != '\0' ? then : "none",
	    m->upgraded ? ")" : "",
	    login->mechanisms.n > 0 ? "may use only" : "can use", buf_str(&wanted));
	buf_free(&wanted);
	return -1;
}

static int
token_expired(const struct sasl_login *login, double seconds, struct diag *d)
{
	static const struct { double seconds; const char *name; } units[] = {
		{ 86400, "days" }, { 3600, "hours" }, { 60, "minutes" }, { 1, "seconds" },
	};
	size_t i = 0;

	while (i < LEN(units) - 1 && seconds < 2 * units[i].seconds)
		i++;
	return diag_set(d, &sasl_token_expired, "the token of %s expired %.0f %s ago and "
	    "was not sent", login->user, seconds / units[i].seconds, units[i].name);
}

/* Why the server will not be asked at all. */
static int
withheld(const struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	time_t expiry;

	if (!m->protected && !login->allow_plaintext)
		return diag_set(d, &sasl_withheld, "the connection to %s is not "
		    "protected, so the %s of %s was not sent", m->stream.peer,
		    login->proof == SASL_TOKEN ? "token" : "password", login->user);
	if (login->proof == SASL_TOKEN && oauth_expiry(login->secret, &expiry) == 0 &&
	    login->now - expiry > LEEWAY)
		return token_expired(login, difftime(login->now, expiry), d);
	return 0;
}

/*
 * A server may quote the secret, and within base64 as well, where it looks different at
 * each of three places. The letters at both ends depend on what stands beside it.
 */
static int
hide_secret(struct smtp *m, const struct sasl_login *login, struct diag *d)
{
	const char *secret = login->secret;
	size_t n = strlen(secret);
	int rc = stream_hide(&m->stream, secret, login->proof == SASL_TOKEN &&
	    n > TOKEN_TELLING ? TOKEN_TELLING : n, d);

	for (size_t before = 0; before < 3 && rc == 0; before++) {
		size_t first = (8 * before + 5) / 6, end = 8 * (before + n) / 6;
		struct buf bytes = { 0 }, text = { 0 };

		(void)buf_add(&bytes, "\0\0", before);
		(void)buf_add(&bytes, secret, n);
		if (bytes.failed || base64_encode(&text, bytes.data, bytes.len) == -1)
			rc = diag_nomem(d);
		if (rc == 0 && text.len >= end && end >= first + SASL_TELLING) {
			text.data[end] = '\0';
			rc = stream_hide(&m->stream, text.data + first, SASL_TELLING, d);
		}
		buf_wipe(&bytes);
		buf_wipe(&text);
	}
	return rc;
}

int
sasl_login(struct smtp *m, const struct sasl_login *login, struct sasl_facts *facts,
    struct diag *d)
{
	struct sasl_exchange x = { .m = m, .login = login, .facts = facts };
	int chosen, rc;

	*facts = (struct sasl_facts){ 0 };
	diag_at(d, "auth");
	if ((chosen = choose(m, login)) == -1)
		return none_chosen(m, login, d);
	facts->mechanism = sasl_known[chosen];
	x.digest = mechanisms[chosen].digest;
	x.bound = mechanisms[chosen].bound;
	if (withheld(m, login, d) == -1)
		return -1;
	if (login->secret != NULL && hide_secret(m, login, d) == -1)
		return -1;
	m->quoted[0] = login->user;
	rc = mechanisms[chosen].talk(&x, d);
	m->quoted[0] = NULL;
	return rc;
}
