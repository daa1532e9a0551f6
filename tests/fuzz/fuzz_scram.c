/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scram: both messages of a server, apart by LF. The first byte chooses the digest and
 * the channel, the second a bit of a signature. The server that stands here on its own
 * accepts every proof we make; and we accept its signature, and no other.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"
#include "mail/reply.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_scram.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NONCE "abc"
#define DEAREST 64		/* iterations that a fuzzer has time for */

struct server {
	const EVP_MD	*md;
	size_t		 size;
	unsigned char	 salted[SCRAM_DIGEST_MAX];
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
hmac(const struct server *v, const void *key, size_t nkey, const void *text, size_t n,
    unsigned char *out)
{
	require(HMAC(v->md, key, (int)nkey, text, n, out, NULL) != NULL);
}

/* Would the input take long? A count may stand anywhere in what need not be a message. */
static bool
dear(const char *s)
{
	while ((s = strstr(s, "i=")) != NULL) {
		size_t zeros = strspn(s += 2, "0"), n = strspn(s + zeros, "0123456789");
		unsigned long count = n > 0 && n < 9 ? strtoul(s, NULL, 10) : 0;

		if (count > DEAREST && count <= SCRAM_ITERATIONS_MAX)
			return true;
	}
	return false;
}

/* RFC 5802 2.2: Hi(), as it is written there, from a message that was found good. */
static void
salt_password(struct server *v, const char *password, const char *first)
{
	const char *s = strstr(first, ",s=") + 3, *i = strchr(s, ',') + 3;
	size_t n = (size_t)(i - 3 - s), pad = s[n - 2] == '=' ? 2 : s[n - 1] == '=';
	unsigned char salt[SCRAM_SALT_MAX + 16], u[SCRAM_DIGEST_MAX];
	int len = EVP_DecodeBlock(salt, (const unsigned char *)s, (int)n);

	require(len > (int)pad);
	memcpy(salt + len - pad, "\0\0\0\1", 4);
	hmac(v, password, strlen(password), salt, (size_t)len - pad + 4, u);
	memcpy(v->salted, u, v->size);
	for (long k = strtol(i, NULL, 10); k > 1; k--) {
		hmac(v, password, strlen(password), u, v->size, u);
		for (size_t x = 0; x < v->size; x++)
			v->salted[x] ^= u[x];
	}
}

/* Does the server take this proof? */
static bool
proven(const struct server *v, const struct buf *dialogue, const char *proof)
{
	unsigned char client[SCRAM_DIGEST_MAX], stored[SCRAM_DIGEST_MAX];
	unsigned char signature[SCRAM_DIGEST_MAX], digest[SCRAM_DIGEST_MAX];
	struct buf given = { 0 };
	bool right;

	hmac(v, v->salted, v->size, "Client Key", 10, client);
	require(EVP_Digest(client, v->size, stored, NULL, v->md, NULL) == 1);
	hmac(v, stored, v->size, dialogue->data, dialogue->len, signature);
	require(base64_decode(&given, proof, strlen(proof)) == 0);
	require(given.len == v->size);
	for (size_t i = 0; i < v->size; i++)
		signature[i] ^= (unsigned char)given.data[i];
	require(EVP_Digest(signature, v->size, digest, NULL, v->md, NULL) == 1);
	right = memcmp(digest, stored, v->size) == 0;
	buf_free(&given);
	return right;
}

/* The server's last message; one bit of it is turned where flip is not negative. */
static void
sign(const struct server *v, const struct buf *dialogue, int flip, struct buf *message)
{
	unsigned char key[SCRAM_DIGEST_MAX], signature[SCRAM_DIGEST_MAX];

	hmac(v, v->salted, v->size, "Server Key", 10, key);
	hmac(v, key, v->size, dialogue->data, dialogue->len, signature);
	if (flip >= 0)
		signature[(size_t)flip / 8 % v->size] ^= (unsigned char)(1 << flip % 8);
	buf_reset(message);
	(void)buf_puts(message, "v=");
	require(base64_encode(message, signature, v->size) == 0);
}

/* The message in memory of just its length, for AddressSanitizer. */
static char *
bare(const char *message, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, message, n);
	return copy;
}

static int
verify(struct scram *s, const char *message, size_t n, struct diag *d)
{
	char *copy = bare(message, n);
	int rc;

	*d = (struct diag){ .stage = "auth" };
	rc = scram_verify(s, copy, n, d);
	require((rc == -1) == diag_failed(d));
	require(rc == 0 || d->cause == &scram_unproven || d->cause == &reply_bad);
	free(copy);
	return rc;
}

/* Only the server's signature is taken: not another one, not another password's. */
static void
check_last(struct scram *s, const struct server *v, const struct buf *dialogue, int flip,
    const char *last, size_t n)
{
	struct buf right = { 0 }, wrong = { 0 };
	struct diag d;
	bool good;

	sign(v, dialogue, -1, &right);
	good = n >= right.len && memcmp(last, buf_str(&right), right.len) == 0;
	require(verify(s, last, n, &d) == -1 || good);
	require(verify(s, buf_str(&right), right.len, &d) == 0);
	sign(v, dialogue, flip, &wrong);
	require(verify(s, buf_str(&wrong), wrong.len, &d) == -1);
	require(d.cause == &scram_unproven);
	require(verify(s, buf_str(&right), right.len - 1, &d) == -1);
	(void)buf_puts(&right, ",x=y");
	require(verify(s, buf_str(&right), right.len, &d) == 0);
	buf_free(&right);
	buf_free(&wrong);
}

static void
check_other_password(struct scram *s, const struct server *v, const struct buf *dialogue,
    const char *first)
{
	struct server other = *v;
	struct buf wrong = { 0 };
	struct diag d;

	salt_password(&other, "Pencil", first);
	sign(&other, dialogue, -1, &wrong);
	require(verify(s, buf_str(&wrong), wrong.len, &d) == -1);
	require(d.cause == &scram_unproven);
	buf_free(&wrong);
}

/* The first message was taken: what we answered, and what we then believe. */
static void
check_exchange(struct scram *s, struct server *v, const char *first, const char *answer,
    int flip, const char *last, size_t n)
{
	const char *proof = strstr(answer, ",p=");
	struct buf dialogue = { .max = (size_t)1 << 20 };

	require(strncmp(first, "r=" NONCE, 5) == 0 && strchr("\n,", first[5]) == NULL);
	require(strncmp(answer, "c=", 2) == 0 && proof != NULL);
	require(strncmp(strchr(answer, ',') + 1, first, strcspn(first, ",") + 1) == 0);
	require(scram_iterations(s) >= 1 && scram_iterations(s) <= DEAREST);
	(void)buf_addf(&dialogue, "n=user,r=" NONCE ",%s,", first);
	require(buf_add(&dialogue, answer, (size_t)(proof - answer)) == 0);
	salt_password(v, "pencil", first);
	require(proven(v, &dialogue, proof + 3));
	check_last(s, v, &dialogue, flip, last, n);
	check_other_password(s, v, &dialogue, first);
	buf_free(&dialogue);
}

static void
play(const struct scram_ask *ask, const char *first, size_t nfirst, int flip,
    const char *last, size_t n)
{
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };
	struct server v = { .md = EVP_get_digestbyname(ask->digest) };
	char *text = strndup(first, nfirst), *copy = bare(first, nfirst);

	require(v.md != NULL && text != NULL);
	v.size = (size_t)EVP_MD_get_size(v.md);
	require(scram_first(&s, ask, &out, &d) == 0);
	require(strstr(buf_str(&out), "n=user,r=" NONCE) == out.data + strlen(ask->gs2));
	buf_reset(&out);
	if (scram_final(&s, copy, nfirst, &out, &d) == 0) {
		require(strlen(text) == nfirst);
		check_exchange(&s, &v, text, buf_str(&out), flip, last, n);
	} else {
		require(d.cause == &scram_unproven || d.cause == &scram_costly ||
		    d.cause == &reply_bad);
		require(out.len == 0 && d.text[0] != '\0');
		require(verify(&s, last, n, &d) == -1);
	}
	require(scram_error(&s)[0] == '\0' || strncmp(text, "e=", 2) == 0 ||
	    (n > 2 && strncmp(last, "e=", 2) == 0));
	require(s.password.data == NULL);
	scram_free(&s);
	buf_wipe(&out);
	free(copy);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scram_ask ask = { "SHA1", "user", "pencil", "n,,", NULL, 0, NONCE };
	char *text, *last;
	size_t n, first;

	if (size < 2)
		return 0;
	n = size - 2;
	require((text = malloc(n + 1)) != NULL);
	memcpy(text, data + 2, n);
	text[n] = '\0';
	ask.digest = (data[0] & 1) != 0 ? "SHA256" : "SHA1";
	if ((data[0] & 2) != 0) {
		ask.gs2 = "p=tls-exporter,,";
		ask.binding = data;
		ask.nbinding = size < 32 ? size : 32;
	}
	last = memchr(text, '\n', n);
	first = last != NULL ? (size_t)(last - text) : n;
	last = last != NULL ? last + 1 : text + n;
	if (!dear(text))
		play(&ask, text, first, data[1], last, (size_t)(text + n - last));
	free(text);
	return 0;
}
