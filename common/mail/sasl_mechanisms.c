/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mechanisms of one or two messages. */

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "mail/sasl_exchange.h"
#include "mail/sasl_scram.h"

/* RFC 4616: NUL, user, NUL, password. */
int
sasl_plain(struct sasl_exchange *x, struct diag *d)
{
	struct buf message = { 0 };
	int rc;

	(void)buf_add(&message, "", 1);
	(void)buf_puts(&message, x->login->user);
	(void)buf_add(&message, "", 1);
	(void)buf_puts(&message, x->login->secret);
	rc = message.failed ? diag_nomem(d)
	    : sasl_begin_with(x, message.data, message.len, d);
	buf_wipe(&message);
	return rc == 0 ? sasl_accepted(x, d) : -1;
}

/*
 * A draft that never became an RFC: two challenges, whose wording nobody may depend on.
 */
int
sasl_login_mechanism(struct sasl_exchange *x, struct diag *d)
{
	const char *user = x->login->user, *password = x->login->secret;

	if (sasl_begin(x, d) == -1 || sasl_challenge(x, NULL, d) == -1 ||
	    sasl_respond(x, user, strlen(user), d) == -1 ||
	    sasl_challenge(x, NULL, d) == -1 ||
	    sasl_respond(x, password, strlen(password), d) == -1)
		return -1;
	return sasl_accepted(x, d);
}

/* "user digest", the digest in lower case hexadecimal (RFC 2195 2). */
static int
cram_answer(const struct sasl_login *login, const struct buf *challenge, struct buf *out,
    struct diag *d)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (HMAC(EVP_md5(), login->secret, (int)strlen(login->secret),
	    (const unsigned char *)buf_str(challenge), challenge->len, mac, &len) == NULL)
		return diag_set(d, &sasl_crypto, "OpenSSL on this machine does not do "
		    "the MD5 that CRAM-MD5 needs");
	(void)buf_addf(out, "%s ", login->user);
	for (unsigned i = 0; i < len; i++)
		(void)buf_addf(out, "%02x", mac[i]);
	explicit_bzero(mac, sizeof(mac));
	return out->failed ? diag_nomem(d) : 0;
}

int
sasl_cram(struct sasl_exchange *x, struct diag *d)
{
	struct buf challenge = { 0 }, answer = { 0 };
	int rc = -1;

	if (sasl_begin(x, d) == 0 && sasl_challenge(x, &challenge, d) == 0) {
		if ((rc = cram_answer(x->login, &challenge, &answer, d)) == -1)
			sasl_cancel(x);
		else
			rc = sasl_respond(x, answer.data, answer.len, d);
	}
	buf_free(&challenge);
	buf_wipe(&answer);
	return rc == 0 ? sasl_accepted(x, d) : -1;
}

/* RFC 4422, appendix A: who the certificate in the handshake shall act for. */
int
sasl_external(struct sasl_exchange *x, struct diag *d)
{
	const char *user = x->login->user;

	return sasl_begin_with(x, user, strlen(user), d) == -1 ? -1 : sasl_accepted(x, d);
}
