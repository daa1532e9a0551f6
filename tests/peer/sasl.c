/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exchanges that no fixed script can hold, because each side answers what the other made
 * up.
 */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"
#include "peer/play.h"

#define CHALLENGE "<1896.697170952@mail.test>"
#define SERVER_NONCE "3rfcNHYJY1ZVvWVs7j"
#define SALT "salt of the test"

static void
say_b64(struct play *p, const char *code, const struct buf *bytes)
{
	struct buf line = { 0 };

	(void)buf_addf(&line, "%s ", code);
	b64_add(buf_str(bytes), bytes->len, &line);
	(void)buf_puts(&line, "\r\n");
	conn_say(&p->conn, line.data, line.len);
	(void)conn_flush(&p->conn);
	buf_free(&line);
}

static enum played
hear_bytes_of(struct play *p, const struct step *st, struct buf *bytes)
{
	struct buf line = { 0 };
	enum played played = play_hear(p, st, &line);

	if (played == PLAYED && b64_take(buf_str(&line), line.len, bytes) == -1)
		played = play_fail(p, st, "\"%s\" is no base64", buf_str(&line));
	buf_free(&line);
	return played;
}

enum played
play_cram(struct play *p, const struct step *st)
{
	struct buf bytes = { 0 }, want = { 0 };
	char *words = copied(st->text), *rest = words, *user = word_take(&rest);
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	enum played played;

	(void)buf_puts(&bytes, CHALLENGE);
	say_b64(p, "334", &bytes);
	buf_reset(&bytes);
	(void)HMAC(EVP_md5(), rest, (int)strlen(rest), (const unsigned char *)CHALLENGE,
	    strlen(CHALLENGE), mac, &len);
	(void)buf_addf(&want, "%s ", user != NULL ? user : "");
	for (unsigned i = 0; i < len; i++)
		(void)buf_addf(&want, "%02x", mac[i]);
	played = hear_bytes_of(p, st, &bytes);
	if (played == PLAYED && strcmp(buf_str(&want), buf_str(&bytes)) != 0)
		played = play_fail(p, st, "the client said \"%s\", not \"%s\"",
		    buf_str(&bytes), buf_str(&want));
	buf_free(&bytes);
	buf_free(&want);
	free(words);
	return played;
}

/* The exchange as far as it has come. */
struct scram {
	const EVP_MD	*md;
	int		 size;		/* of a digest */
	const char	*digest, *user, *password;
	const char	*twist;		/* what the server does wrong, or "" */
	long		 iterations;
	struct buf	 first_bare;	/* of the client */
	struct buf	 gs2;
	struct buf	 nonce;		/* of both */
	struct buf	 server_first;
	struct buf	 message;	/* AuthMessage */
};

static int
scram_options(struct scram *s, char *words)
{
	char *word;

	*s = (struct scram){ .twist = "", .iterations = 4096 };
	s->digest = word_take(&words);
	s->user = word_take(&words);
	s->password = word_take(&words);
	if (s->password == NULL || (s->md = EVP_get_digestbyname(s->digest)) == NULL)
		return -1;
	s->size = EVP_MD_get_size(s->md);
	while ((word = word_take(&words)) != NULL)
		if (strncmp(word, "iterations=", 11) == 0) {
			if (text_integer(word + 11, 1, 1 << 24, &s->iterations) == -1)
				return -1;
		} else if (strcmp(word, "refuse") == 0 ||
		    strcmp(word, "wrong-nonce") == 0 ||
		    strcmp(word, "wrong-signature") == 0 || strcmp(word, "error") == 0) {
			s->twist = word;
		} else {
			return -1;
		}
	return 0;
}

static void
scram_free(struct scram *s)
{
	buf_free(&s->first_bare);
	buf_free(&s->gs2);
	buf_free(&s->nonce);
	buf_free(&s->server_first);
	buf_free(&s->message);
}

/*
 * "AUTH SCRAM-SHA-256 [b64]": the client's first message, at once or when it is asked
 * for.
 */
static enum played
first_hear(struct play *p, const struct step *st, const struct scram *s,
    struct buf *first)
{
	struct buf line = { 0 }, want = { 0 }, nothing = { 0 };
	enum played played = play_hear(p, st, &line);
	const char *rest;

	(void)buf_addf(&want, "AUTH SCRAM-%s", s->digest);
	if (played == PLAYED && !text_starts(buf_str(&line), want.data))
		played = play_fail(p, st, "the client said \"%s\"", buf_str(&line));
	if (played == PLAYED) {
		rest = line.data + want.len;
		if (*rest == '\0') {
			say_b64(p, "334", &nothing);
			played = hear_bytes_of(p, st, first);
		} else if (*rest != ' ' ||
		    b64_take(rest + 1, strlen(rest + 1), first) == -1) {
			played = play_fail(p, st, "\"%s\" is no base64", rest);
		}
	}
	buf_free(&line);
	buf_free(&want);
	return played;
}

/* gs2 header "n," [authzid] ",", then "n=user,r=nonce". */
static enum played
first_read(struct play *p, const struct step *st, struct scram *s, const char *first)
{
	const char *bare = strchr(first, ','), *nonce;
	struct buf user = { 0 };
	bool good;

	bare = bare != NULL ? strchr(bare + 1, ',') : NULL;
	if (bare == NULL || strchr("ny", first[0]) == NULL)
		return play_fail(p, st, "\"%s\" is no first message", first);
	bare++;
	(void)buf_add(&s->gs2, first, (size_t)(bare - first));
	(void)buf_puts(&s->first_bare, bare);
	(void)buf_addf(&user, "n=%s,r=", s->user);
	nonce = bare + user.len;
	good = strncmp(bare, user.data, user.len) == 0 && strlen(nonce) >= 16;
	buf_free(&user);
	if (!good)
		return play_fail(p, st, "\"%s\" has another user, or a short nonce",
		    first);
	(void)buf_addf(&s->nonce, "%s%s", strcmp(s->twist, "wrong-nonce") == 0
	    ? "another" : nonce, SERVER_NONCE);
	return PLAYED;
}

static void
server_first(struct play *p, struct scram *s)
{
	(void)buf_addf(&s->server_first, "r=%s,s=", buf_str(&s->nonce));
	b64_add(SALT, strlen(SALT), &s->server_first);
	(void)buf_addf(&s->server_first, ",i=%ld", s->iterations);
	say_b64(p, "334", &s->server_first);
}

/* HMAC of the key of digest size. */
static void
mac(const struct scram *s, const unsigned char *key, const char *text, unsigned char *out)
{
	(void)HMAC(s->md, key, s->size, (const unsigned char *)text, strlen(text), out,
	    NULL);
}

/* Proof of the client and signature of the server over the message. */
static void
scram_compute(const struct scram *s, unsigned char *proof, unsigned char *signature)
{
	unsigned char salted[EVP_MAX_MD_SIZE], key[EVP_MAX_MD_SIZE];
	unsigned char stored[EVP_MAX_MD_SIZE];

	(void)PKCS5_PBKDF2_HMAC(s->password, -1, (const unsigned char *)SALT,
	    (int)strlen(SALT), (int)s->iterations, s->md, s->size, salted);
	mac(s, salted, "Client Key", key);
	(void)EVP_Digest(key, (size_t)s->size, stored, NULL, s->md, NULL);
	mac(s, stored, buf_str(&s->message), proof);
	for (int i = 0; i < s->size; i++)
		proof[i] ^= key[i];
	mac(s, salted, "Server Key", key);
	mac(s, key, buf_str(&s->message), signature);
}

/* The client's last message must be exactly the one that is computed here. */
static enum played
final_hear(struct play *p, const struct step *st, struct scram *s,
    unsigned char *signature)
{
	unsigned char proof[EVP_MAX_MD_SIZE];
	struct buf want = { 0 }, heard = { 0 };
	enum played played;

	(void)buf_puts(&want, "c=");
	b64_add(s->gs2.data, s->gs2.len, &want);
	(void)buf_addf(&want, ",r=%s", buf_str(&s->nonce));
	(void)buf_addf(&s->message, "%s,%s,%s", buf_str(&s->first_bare),
	    buf_str(&s->server_first), buf_str(&want));
	scram_compute(s, proof, signature);
	(void)buf_puts(&want, ",p=");
	b64_add(proof, (size_t)s->size, &want);
	played = hear_bytes_of(p, st, &heard);
	if (played == PLAYED && strcmp(buf_str(&heard), buf_str(&want)) != 0)
		played = play_fail(p, st, "the client said \"%s\", not \"%s\"",
		    buf_str(&heard), buf_str(&want));
	buf_free(&want);
	buf_free(&heard);
	return played;
}

/* The server's proof; an honest one must be answered by an empty line. */
static enum played
server_final(struct play *p, const struct step *st, const struct scram *s,
    unsigned char *signature)
{
	struct buf text = { 0 }, line = { 0 };
	enum played played = PLAYED;

	if (strcmp(s->twist, "wrong-signature") == 0)
		signature[0] ^= 1;
	if (strcmp(s->twist, "error") == 0) {
		(void)buf_puts(&text, "e=other-error");
	} else {
		(void)buf_puts(&text, "v=");
		b64_add(signature, (size_t)s->size, &text);
	}
	say_b64(p, "334", &text);
	if (*s->twist == '\0') {
		played = play_hear(p, st, &line);
		if (played == PLAYED && line.len > 0)
			played = play_fail(p, st,
			    "the client said \"%s\", not an empty line", line.data);
	}
	buf_free(&text);
	buf_free(&line);
	return played;
}

enum played
play_scram(struct play *p, const struct step *st)
{
	unsigned char signature[EVP_MAX_MD_SIZE] = { 0 };
	char *words = copied(st->text);
	struct buf first = { 0 };
	struct scram s;
	enum played played = PLAYED;

	if (scram_options(&s, words) == -1)
		played = play_fail(p, st, "wanted: SCRAM DIGEST USER PASSWORD [TWIST]");
	if (played == PLAYED)
		played = first_hear(p, st, &s, &first);
	if (played == PLAYED)
		played = first_read(p, st, &s, buf_str(&first));
	if (played == PLAYED) {
		server_first(p, &s);
		/* What a client says to a nonce that is not its own is for the script. */
		if (strcmp(s.twist, "wrong-nonce") != 0)
			played = final_hear(p, st, &s, signature);
	}
	if (played == PLAYED && strcmp(s.twist, "wrong-nonce") != 0 &&
	    strcmp(s.twist, "refuse") != 0)
		played = server_final(p, st, &s, signature);
	scram_free(&s);
	buf_free(&first);
	free(words);
	return played;
}
