/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/text.h"
#include "mail/reply.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_scram.h"

_Static_assert(SCRAM_DIGEST_MAX == EVP_MAX_MD_SIZE, "a digest does not fit");

const struct cause scram_unproven = {
	"server-not-authenticated", CLASS_AUTH, STATE_CRITICAL,
	"the server did not prove that it knows the password",
	"make sure that it is the right server before the password is used again, for "
	"something between may play it; if it is, the keys it stores for this account "
	"are broken: set the password anew", false,
};

const struct cause scram_costly = {
	"scram-iterations", CLASS_PROTOCOL, STATE_CRITICAL,
	"the server asks for so many iterations that every login burns CPU time",
	"lower the iteration count on the server and set the password anew; if the count "
	"there is low, something between changes the dialogue", false,
};

const struct cause sasl_crypto = {
	"crypto-unavailable", CLASS_LOCAL, STATE_UNKNOWN,
	"OpenSSL on this machine cannot compute what the login needs",
	"look at the policy of this machine (FIPS mode, openssl.cnf), or take another "
	"mechanism with --mechanism", false,
};

cause_table scram_causes = { &scram_unproven, &scram_costly, &sasl_crypto, NULL };

/* A part of a message. */
struct part {
	const char	*p;
	size_t		 n;
};

static int
malformed(struct diag *d, const char *why)
{
	return diag_set(d, &reply_bad, "the server sent a malformed message of SCRAM: %s",
	    why);
}

static int
no_crypto(const char *what, struct diag *d)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return diag_set(d, &sasl_crypto, "OpenSSL cannot compute %s here: %s", what,
	    why != NULL ? why : "it does not say why");
}

int
scram_name(struct buf *out, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, ",=");

		(void)buf_add(out, name, n);
		name += n;
		if (*name != '\0')
			(void)buf_puts(out, *name++ == ',' ? "=2C" : "=3D");
	}
	return out->failed ? -1 : 0;
}

int
scram_first(struct scram *s, const struct scram_ask *ask, struct buf *out,
    struct diag *d)
{
	scram_free(s);
	if ((s->md = EVP_MD_fetch(NULL, ask->digest, NULL)) == NULL)
		return no_crypto(ask->digest, d);
	(void)buf_puts(&s->password, ask->password);
	(void)buf_puts(&s->binding, ask->gs2);
	(void)buf_add(&s->binding, ask->binding, ask->nbinding);
	(void)buf_puts(&s->nonce, ask->nonce);
	(void)buf_puts(&s->dialogue, "n=");
	(void)scram_name(&s->dialogue, ask->user);
	(void)buf_addf(&s->dialogue, ",r=%s", ask->nonce);
	(void)buf_puts(out, ask->gs2);
	(void)buf_add(out, buf_str(&s->dialogue), s->dialogue.len);
	if (s->password.failed || s->binding.failed || s->nonce.failed ||
	    s->dialogue.failed || out->failed)
		return diag_nomem(d);
	return 0;
}

/*
 * Takes the attribute of that name, and the comma behind it, from the front of the rest.
 * -1 when another or an empty one stands there, or when nothing follows a comma.
 */
static int
take(struct part *rest, char name, struct part *value)
{
	const char *comma;

	if (rest->n < 3 || rest->p[0] != name || rest->p[1] != '=')
		return -1;
	value->p = rest->p + 2;
	comma = memchr(value->p, ',', rest->n - 2);
	value->n = comma != NULL ? (size_t)(comma - value->p) : rest->n - 2;
	if (value->n == 0 || (comma != NULL && value->n + 3 == rest->n))
		return -1;
	rest->n -= value->n + (comma != NULL ? 3 : 2);
	rest->p = value->p + value->n + (comma != NULL ? 1 : 0);
	return 0;
}

/* What both messages of the server may be instead, and may not have. */
static int
look(struct scram *s, struct part message, struct diag *d)
{
	struct part word;

	if (message.n > SCRAM_MESSAGE_MAX)
		return malformed(d, "it is too long");
	for (size_t i = 0; i < message.n; i++)
		if ((unsigned char)message.p[i] < ' ' || message.p[i] == 0x7f)
			return malformed(d, "it has control characters");
	if (take(&message, 'e', &word) == -1)
		return 0;
	text_copy(s->error, sizeof(s->error), word.p, word.n);
	return diag_set(d, &reply_bad, "the server ended the exchange of SCRAM: %s",
	    s->error);
}

/*
 * What may follow: extensions nobody must know. "m" stands for one that must be known
 * (RFC 5802 5.1), and there is none that we know.
 */
static int
skip_extensions(struct part rest, struct diag *d)
{
	struct part ignored;

	while (rest.n > 0) {
		char name = rest.p[0];

		if (name == 'm')
			return malformed(d, "it asks for an extension");
		if (!((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z')) ||
		    take(&rest, name, &ignored) == -1)
			return malformed(d, "it does not end as it should");
	}
	return 0;
}

static bool
printable(struct part text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return false;
	return true;
}

static int
read_salt(struct part text, struct buf *salt, struct diag *d)
{
	if (text.n > 4 * ((SCRAM_SALT_MAX + 2) / 3))
		return malformed(d, "its salt is too long");
	if (base64_decode(salt, text.p, text.n) == 0 && salt->len <= SCRAM_SALT_MAX)
		return 0;
	if (salt->failed)
		return diag_nomem(d);
	return malformed(d, salt->len > 0 ? "its salt is too long"
	    : "its salt is no base64");
}

/* A number too long for any type is costly too. */
static int
read_iterations(struct scram *s, struct part text, struct diag *d)
{
	unsigned count = 0;

	if (text.p[0] < '1' || text.p[0] > '9')
		return malformed(d, "its iteration count is no number");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return malformed(d, "its iteration count is no number");
		if (count <= SCRAM_ITERATIONS_MAX)
			count = 10 * count + (unsigned)(text.p[i] - '0');
	}
	if (count > SCRAM_ITERATIONS_MAX)
		return diag_set(d, &scram_costly, "the server asks for more than %d "
		    "iterations of the digest", SCRAM_ITERATIONS_MAX);
	if (s->most > 0 && count > s->most)
		return diag_set(d, &scram_costly, "the server asks for %u iterations of "
		    "the digest, for which the time left is too short", count);
	s->iterations = count;
	return 0;
}

/*
 * The server's first message. Whether the nonce is ours is asked before anything is
 * computed: one that is not may be an answer to somebody else.
 */
static int
read_first(struct scram *s, struct part message, struct part *nonce, struct buf *salt,
    struct diag *d)
{
	struct part text;

	if (look(s, message, d) == -1)
		return -1;
	if (message.n > 0 && message.p[0] == 'm')
		return malformed(d, "it asks for an extension");
	if (take(&message, 'r', nonce) == -1 || !printable(*nonce))
		return malformed(d, "it has no nonce");
	if (nonce->n > SCRAM_NONCE_MAX)
		return malformed(d, "its nonce is too long");
	if (take(&message, 's', &text) == -1)
		return malformed(d, "it has no salt");
	if (read_salt(text, salt, d) == -1)
		return -1;
	if (take(&message, 'i', &text) == -1)
		return malformed(d, "it has no iteration count");
	if (skip_extensions(message, d) == -1)
		return -1;
	if (nonce->n <= s->nonce.len ||
	    memcmp(nonce->p, s->nonce.data, s->nonce.len) != 0)
		return diag_set(d, &scram_unproven, "the server answers to a nonce that "
		    "is not the one of this login");
	return read_iterations(s, text, d);
}

/* What is computed on the way, to be wiped at once. */
struct keys {
	unsigned char	 salted[SCRAM_DIGEST_MAX], client[SCRAM_DIGEST_MAX];
	unsigned char	 stored[SCRAM_DIGEST_MAX], server[SCRAM_DIGEST_MAX];
	unsigned char	 signature[SCRAM_DIGEST_MAX];
};

static bool
hmac(const struct scram *s, const unsigned char *key, const char *text, size_t n,
    unsigned char *out)
{
	return EVP_Q_mac(NULL, "HMAC", NULL, EVP_MD_get0_name(s->md), NULL, key,
	    (size_t)EVP_MD_get_size(s->md), (const unsigned char *)text, n, out,
	    SCRAM_DIGEST_MAX, NULL) != NULL;
}

/* RFC 5802 3, in its order. */
static bool
derive(struct scram *s, const struct buf *salt, struct keys *k)
{
	static const char client[] = "Client Key", server[] = "Server Key";
	int size = EVP_MD_get_size(s->md);

	return PKCS5_PBKDF2_HMAC(buf_str(&s->password), (int)s->password.len,
	    (const unsigned char *)salt->data, (int)salt->len, (int)s->iterations, s->md,
	    size, k->salted) == 1 &&
	    hmac(s, k->salted, client, strlen(client), k->client) &&
	    EVP_Digest(k->client, (size_t)size, k->stored, NULL, s->md, NULL) == 1 &&
	    hmac(s, k->stored, s->dialogue.data, s->dialogue.len, k->signature) &&
	    hmac(s, k->salted, server, strlen(server), k->server) &&
	    hmac(s, k->server, s->dialogue.data, s->dialogue.len, s->signature);
}

/*
 * Appends the proof: the client's key, covered by a signature that needs no more than the
 * key's digest, which is what the server stores.
 */
static int
prove(struct scram *s, const struct buf *salt, struct buf *out, struct diag *d)
{
	struct keys k;
	size_t size = (size_t)EVP_MD_get_size(s->md);
	int rc = -1;

	if (!derive(s, salt, &k)) {
		rc = no_crypto("SCRAM", d);
		goto out;
	}
	s->nsignature = size;
	for (size_t i = 0; i < size; i++)
		k.client[i] ^= k.signature[i];
	rc = base64_encode(out, k.client, size) == -1 ? diag_nomem(d) : 0;
out:
	explicit_bzero(&k, sizeof(k));
	return rc;
}

/* Both sides sign all messages; the last one without its proof. */
static int
add_dialogue(struct scram *s, struct part first, struct part nonce, struct buf *out,
    struct diag *d)
{
	struct buf *all = &s->dialogue;
	size_t start;

	(void)buf_puts(all, ",");
	(void)buf_add(all, first.p, first.n);
	(void)buf_puts(all, ",");
	start = all->len;
	(void)buf_puts(all, "c=");
	(void)base64_encode(all, s->binding.data, s->binding.len);
	(void)buf_puts(all, ",r=");
	(void)buf_add(all, nonce.p, nonce.n);
	if (all->failed || buf_add(out, all->data + start, all->len - start) == -1 ||
	    buf_puts(out, ",p=") == -1)
		return diag_nomem(d);
	return 0;
}

int
scram_final(struct scram *s, const char *server_first, size_t n, struct buf *out,
    struct diag *d)
{
	struct part first = { server_first, n }, nonce = { "", 0 };
	struct buf salt = { 0 };
	int rc = -1;

	if (read_first(s, first, &nonce, &salt, d) == 0 &&
	    add_dialogue(s, first, nonce, out, d) == 0)
		rc = prove(s, &salt, out, d);
	buf_wipe(&s->password);
	buf_wipe(&salt);
	return rc;
}

int
scram_verify(struct scram *s, const char *server_final, size_t n, struct diag *d)
{
	struct part message = { server_final, n }, text;
	struct buf signature = { 0 };
	bool right;

	if (n == 0)
		return diag_set(d, &scram_unproven,
		    "the server ended the exchange of SCRAM without its signature");
	if (look(s, message, d) == -1)
		return -1;
	if (take(&message, 'v', &text) == -1)
		return malformed(d, "it has no signature");
	if (skip_extensions(message, d) == -1)
		return -1;
	if (base64_decode(&signature, text.p, text.n) == -1) {
		bool memory = signature.failed;

		buf_wipe(&signature);
		return memory ? diag_nomem(d)
		    : malformed(d, "its signature is no base64");
	}
	right = s->nsignature > 0 && signature.len == s->nsignature &&
	    CRYPTO_memcmp(signature.data, s->signature, s->nsignature) == 0;
	buf_wipe(&signature);
	if (!right)
		return diag_set(d, &scram_unproven, "the server's signature is not the "
		    "one that the password gives");
	return 0;
}

const char *
scram_error(const struct scram *s)
{
	return s->error;
}

unsigned
scram_iterations(const struct scram *s)
{
	return s->iterations;
}

void
scram_free(struct scram *s)
{
	EVP_MD_free(s->md);
	buf_wipe(&s->password);
	buf_wipe(&s->binding);
	buf_wipe(&s->nonce);
	buf_wipe(&s->dialogue);
	explicit_bzero(s, sizeof(*s));
}
