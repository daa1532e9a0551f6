/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/oauth.h"
#include "mail/refusal.h"
#include "mail/sasl.h"
#include "mail/sasl_exchange.h"

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

static bool
can_bind(const struct smtp *m)
{
	size_t first = 0;

	return sasl_binding(m, &first) != NULL;
}

/* The index of the strongest that is offered and allowed, -1 when there is none. */
static int
choose(const struct smtp *m, const struct sasl_login *login)
{
	for (size_t i = 0; i < LEN(mechanisms); i++)
		if (allowed(login, i) && smtp_offers(&m->features, sasl_known[i]) &&
		    (!mechanisms[i].bound || can_bind(m)))
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
	    login->mechanisms.n > 0 ? "shall use" : "can use", buf_str(&wanted));
	buf_free(&wanted);
	return -1;
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
	    expiry <= login->now)
		return diag_set(d, &sasl_token_expired, "the token of %s expired %.1f "
		    "hours ago and was not sent", login->user,
		    difftime(login->now, expiry) / 3600);
	return 0;
}

int
sasl_login(struct smtp *m, const struct sasl_login *login, struct sasl_facts *facts,
    struct diag *d)
{
	struct sasl_exchange x = { .m = m, .login = login, .facts = facts };
	int chosen;

	diag_at(d, "auth");
	if ((chosen = choose(m, login)) == -1)
		return none_chosen(m, login, d);
	facts->mechanism = sasl_known[chosen];
	x.digest = mechanisms[chosen].digest;
	x.bound = mechanisms[chosen].bound;
	if (withheld(m, login, d) == -1)
		return -1;
	if (login->secret != NULL && stream_hide(&m->stream, login->secret,
	    strlen(login->secret), d) == -1)
		return -1;
	return mechanisms[chosen].talk(&x, d);
}
