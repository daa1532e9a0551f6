/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "probe/credentials.h"

enum sasl_proof
credentials_proof(const struct credentials *c)
{
	if (c->token.file != NULL)
		return SASL_TOKEN;
	return c->mechanisms.n == 1 &&
	    sasl_works_with(c->mechanisms.v[0], SASL_CERTIFICATE)
	    ? SASL_CERTIFICATE : SASL_PASSWORD;
}

bool
credentials_allow(const struct credentials *c, enum sasl_proof proof)
{
	for (size_t i = 0; i < c->mechanisms.n; i++)
		if (sasl_works_with(c->mechanisms.v[i], proof))
			return true;
	return c->mechanisms.n == 0;
}

static int
settle_user(const struct credentials *c, const struct session_conf *session, bool given,
    struct buf *why)
{
	enum sasl_proof proof = credentials_proof(c);

	if (given && c->token.file != NULL)
		return buf_refuse(why, "a password and --token-file exclude each other");
	if (proof == SASL_PASSWORD && !given)
		return buf_refuse(why, "-U (--user) needs a password: --password-file, "
		    "--password-env or password= in an ini file; or --token-file");
	if (proof == SASL_CERTIFICATE && (given || session->tls.client_cert == NULL))
		return buf_refuse(why, "--mechanism=EXTERNAL needs --client-cert and no "
		    "password");
	if (!credentials_allow(c, proof))
		return buf_refuse(why, proof == SASL_TOKEN
		    ? "--mechanism names none that works with a token"
		    : "--mechanism names none that works with a password");
	if (!c->allow_plaintext && session->mode == SESSION_TLS_NONE &&
	    !session_is_local(session))
		return buf_refuse(why, "--tls=none would send the password in clear: add "
		    "--allow-plaintext if that is meant");
	return 0;
}

int
credentials_settle(const struct credentials *c, const struct session_conf *session,
    struct buf *why)
{
	bool given;

	if (secret_settle(&c->password, &given, why) == -1)
		return -1;
	if (c->user != NULL)
		return settle_user(c, session, given, why);
	if (given || c->token.file != NULL)
		return buf_refuse(why,
		    "a password or token needs -U (--user): without it no "
		    "login is tried");
	return 0;
}

/* Files also hold "Bearer ...", or the JSON that a token came in (RFC 6750 2.1). */
static int
load_token(const struct credentials *c, struct buf *secret, struct verdict *v,
    struct diag *d)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";

	if (secret_load(&c->token, "token", secret, v, d) == -1)
		return -1;
	if (strspn(buf_str(secret), letters) != secret->len)
		return diag_set(d, &secret_missing, "the line in %s is no bearer token: "
		    "it is the token alone, without \"Bearer\" and quotes",
		    c->token.file);
	return 0;
}

int
credentials_load(const struct credentials *c, const struct session_conf *session,
    const struct env *env, struct buf *secret, struct sasl_login *login,
    struct verdict *v, struct diag *d)
{
	const struct tls_conf *tls = &session->tls;

	if ((c->token.file != NULL ? load_token(c, secret, v, d)
	    : secret_load(&c->password, "password", secret, v, d)) == -1)
		return -1;
	if (tls->client_cert != NULL)
		secret_guard(tls->client_key != NULL ? tls->client_key
		    : tls->client_cert, "key file", v);
	*login = (struct sasl_login){
		.user = c->user, .proof = credentials_proof(c),
		.secret = buf_str(secret), .mechanisms = c->mechanisms,
		.allow_plaintext = c->allow_plaintext, .host = session->host,
		.port = session->port, .now = env->now,
	};
	return 0;
}
