/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SCRAM (RFC 5802): an exchange that no fixed script can hold, because each side answers
 * what the other made up.
 */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"
#include "peer/play.h"

#define SERVER_NONCE "3rfcNHYJY1ZVvWVs7j"
#define ITERATIONS_MAX (1 << 24)	/* that the server computes too */

/* What the server does other than it should; those from FIRST_ONLY on end early. */
enum twist {
	HONEST,
	REFUSE,
	WRONG_SIGNATURE,
	ERROR,
	NO_SIGNATURE,
	UNSUPPORTED_BINDING,
	EARLY,
	FIRST_ONLY,		/* its first message is all it says */
	WRONG_NONCE,
	SAME_NONCE,
	MALFORMED,
	EXTENSION,
};

static const struct {
	const char	*word;
	enum twist	 twist;
} twists[] = {
	{ "refuse",              REFUSE },
	{ "wrong-signature",     WRONG_SIGNATURE },
	{ "error",               ERROR },
	{ "no-signature",        NO_SIGNATURE },
	{ "unsupported-binding", UNSUPPORTED_BINDING },
	{ "early",               EARLY },
	{ "first-only",          FIRST_ONLY },
	{ "wrong-nonce",         WRONG_NONCE },
	{ "same-nonce",          SAME_NONCE },
	{ "malformed",           MALFORMED },
	{ "extension",           EXTENSION },
};

/* The exchange as far as it has come. */
struct scram {
	const EVP_MD	*md;
	int		 size;		/* of a digest */
	const char	*digest, *user, *password;
	const char	*binding;	/* the type of it, NULL for none */
	const char	*gs2;		/* what will do instead: "n", "y" or "ny" */
	const char	*iterations;	/* as they are sent */
	const char	*salt;
	enum twist	 twist;
	struct buf	 bound;		/* GS2 header and what the channel is known by */
	struct buf	 first_bare;	/* of the client */
	struct buf	 nonce;		/* of both */
	struct buf	 server_first;
	struct buf	 message;	/* AuthMessage */
};

/* What stands behind NAME= in a word, NULL when it is another. */
static const char *
value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int
scram_option(struct scram *s, const char *word)
{
	const char *value;

	if ((value = value_of(word, "iterations")) != NULL) {
		s->iterations = value;
		return 0;
	}
	if ((value = value_of(word, "salt")) != NULL) {
		s->salt = strcmp(value, "empty") == 0 ? "" : "salt";
		return is_one_of(value, "empty", "short") ? 0 : -1;
	}
	if ((value = value_of(word, "gs2")) != NULL) {
		s->gs2 = value;
		return is_one_of(value, "n", "y") ? 0 : -1;
	}
	if ((value = value_of(word, "binding")) != NULL) {
		s->binding = strcmp(value, "none") != 0 ? value : NULL;
		return s->binding == NULL ||
		    is_one_of(value, "tls-exporter", "tls-server-end-point") ? 0 : -1;
	}
	for (size_t i = 0; i < LEN(twists); i++)
		if (strcmp(twists[i].word, word) == 0) {
			s->twist = twists[i].twist;
			return 0;
		}
	return -1;
}

static int
scram_options(struct scram *s, char *words)
{
	const char *word;
	int rc = 0;

	*s = (struct scram){
		.gs2 = "ny", .iterations = "4096", .salt = "salt of the test",
	};
	s->digest = word_take(&words);
	s->user = word_take(&words);
	s->password = word_take(&words);
	if (s->password == NULL || (s->md = EVP_get_digestbyname(s->digest)) == NULL)
		return -1;
	s->size = EVP_MD_get_size(s->md);
	while (rc == 0 && (word = word_take(&words)) != NULL)
		rc = scram_option(s, word);
	return rc;
}

static void
scram_free(struct scram *s)
{
	buf_free(&s->bound);
	buf_free(&s->first_bare);
	buf_free(&s->nonce);
	buf_free(&s->server_first);
	buf_free(&s->message);
}

/* RFC 9266: an empty context, which TLS 1.2 tells from none. */
static int
exporter_add(SSL *ssl, struct buf *out)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	unsigned char key[32];

	if (SSL_export_keying_material(ssl, key, sizeof(key), label, sizeof(label) - 1,
	    (const unsigned char *)"", 0, 1) != 1)
		return -1;
	return buf_add(out, key, sizeof(key));
}

/* RFC 5929, section 4.1: the hash that signed the certificate, SHA-256 for weak ones. */
static int
end_point_add(const SSL *ssl, struct buf *out)
{
	X509 *cert = SSL_get_certificate(ssl);
	unsigned char digest[EVP_MAX_MD_SIZE];
	int nid = NID_undef;
	unsigned n = 0;

	if (cert == NULL || X509_get_signature_info(cert, &nid, NULL, NULL, NULL) != 1)
		return -1;
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	if (X509_digest(cert, EVP_get_digestbynid(nid), digest, &n) != 1)
		return -1;
	return buf_add(out, digest, n);
}

/* Adds what the channel is known by, when the header asks for it. */
static int
binding_add(const struct play *p, struct scram *s)
{
	if (s->binding == NULL)
		return 0;
	if (p->conn.ssl == NULL)
		return -1;
	return strcmp(s->binding, "tls-exporter") == 0
	    ? exporter_add(p->conn.ssl, &s->bound)
	    : end_point_add(p->conn.ssl, &s->bound);
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

	(void)buf_addf(&want, "AUTH SCRAM-%s%s", s->digest,
	    s->binding != NULL ? "-PLUS" : "");
	rest = played == PLAYED && text_starts(buf_str(&line), want.data)
	    ? line.data + want.len : "?";
	if (played == PLAYED && *rest == '\0') {
		play_say_b64(p, "334", &nothing);
		played = play_hear_b64(p, st, first);
	} else if (played == PLAYED && (*rest != ' ' ||
	    b64_take(rest + 1, strlen(rest + 1), first) == -1)) {
		played = play_fail(p, st, "the client said \"%s\"", buf_str(&line));
	}
	buf_free(&line);
	buf_free(&want);
	return played;
}

/* Does the GS2 header begin as the server has it: "n,", "y," or "p=tls-exporter,,"? */
static bool
header_fits(const struct scram *s, const char *first)
{
	const char *type = value_of(first, "p");

	if (s->binding == NULL)
		return *first != '\0' && strchr(s->gs2, *first) != NULL &&
		    first[1] == ',';
	return type != NULL && strncmp(type, s->binding, strlen(s->binding)) == 0 &&
	    strncmp(type + strlen(s->binding), ",,", 2) == 0;
}

/* GS2 header, authzid, ",", then "n=user,r=nonce". */
static enum played
first_read(struct play *p, const struct step *st, struct scram *s, const char *first)
{
	const char *bare = strchr(first, ','), *nonce;
	struct buf user = { 0 };
	bool good;

	bare = bare != NULL ? strchr(bare + 1, ',') : NULL;
	if (bare == NULL || !header_fits(s, first))
		return play_fail(p, st, "\"%s\" is no such first message", first);
	bare++;
	(void)buf_add(&s->bound, first, (size_t)(bare - first));
	(void)buf_puts(&s->first_bare, bare);
	(void)buf_addf(&user, "n=%s,r=", s->user);
	nonce = bare + user.len;
	good = strncmp(bare, user.data, user.len) == 0 && strlen(nonce) >= 16;
	buf_free(&user);
	if (!good)
		return play_fail(p, st, "\"%s\" has another user, or a short nonce",
		    first);
	(void)buf_addf(&s->nonce, "%s%s", s->twist == WRONG_NONCE ? "another" : nonce,
	    s->twist == SAME_NONCE ? "" : SERVER_NONCE);
	return PLAYED;
}

static void
server_first(struct play *p, struct scram *s)
{
	if (s->twist == MALFORMED) {
		(void)buf_puts(&s->server_first, "who are you?");
	} else {
		(void)buf_addf(&s->server_first, "%sr=%s,s=",
		    s->twist == EXTENSION ? "m=must-know," : "", buf_str(&s->nonce));
		b64_add(s->salt, strlen(s->salt), &s->server_first);
		(void)buf_addf(&s->server_first, ",i=%s", s->iterations);
	}
	play_say_b64(p, "334", &s->server_first);
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
scram_compute(const struct scram *s, long iterations, unsigned char *proof,
    unsigned char *signature)
{
	unsigned char salted[EVP_MAX_MD_SIZE], key[EVP_MAX_MD_SIZE];
	unsigned char stored[EVP_MAX_MD_SIZE];

	(void)PKCS5_PBKDF2_HMAC(s->password, -1, (const unsigned char *)s->salt,
	    (int)strlen(s->salt), (int)iterations, s->md, s->size, salted);
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
	long iterations;

	if (text_integer(s->iterations, 1, ITERATIONS_MAX, &iterations) == -1)
		return play_fail(p, st, "such iterations go with first-only");
	(void)buf_puts(&want, "c=");
	b64_add(s->bound.data, s->bound.len, &want);
	(void)buf_addf(&want, ",r=%s", buf_str(&s->nonce));
	(void)buf_addf(&s->message, "%s,%s,%s", buf_str(&s->first_bare),
	    buf_str(&s->server_first), buf_str(&want));
	scram_compute(s, iterations, proof, signature);
	(void)buf_puts(&want, ",p=");
	b64_add(proof, (size_t)s->size, &want);
	played = play_hear_b64(p, st, &heard);
	if (played == PLAYED && strcmp(buf_str(&heard), buf_str(&want)) != 0)
		played = play_fail(p, st, "the client said \"%s\", not \"%s\"",
		    buf_str(&heard), buf_str(&want));
	buf_free(&want);
	buf_free(&heard);
	return played;
}

static enum played
say_code(struct play *p, const char *line)
{
	conn_say(&p->conn, line, strlen(line));
	(void)conn_flush(&p->conn);
	return PLAYED;
}

/* After an error a client may say what it likes, as long as it is a line. */
static enum played
binding_refuse(struct play *p, const struct step *st)
{
	struct buf text = { 0 }, line = { 0 };
	enum played played;

	(void)buf_puts(&text, "e=unsupported-channel-binding-type");
	play_say_b64(p, "334", &text);
	played = play_hear(p, st, &line);
	buf_free(&text);
	buf_free(&line);
	return played == PLAYED ? say_code(p, "535 5.7.8 no such binding\r\n") : played;
}

/* The server's proof; an honest one must be answered by an empty line. */
static enum played
signature_say(struct play *p, const struct step *st, const struct scram *s,
    unsigned char *signature)
{
	struct buf text = { 0 }, line = { 0 };
	enum played played = PLAYED;

	if (s->twist == WRONG_SIGNATURE)
		signature[0] ^= 1;
	if (s->twist == ERROR) {
		(void)buf_puts(&text, "e=other-error");
	} else {
		(void)buf_puts(&text, "v=");
		b64_add(signature, (size_t)s->size, &text);
	}
	play_say_b64(p, "334", &text);
	if (s->twist == HONEST) {
		played = play_hear(p, st, &line);
		if (played == PLAYED && line.len > 0)
			played = play_fail(p, st,
			    "the client said \"%s\", not an empty line", line.data);
	}
	buf_free(&text);
	buf_free(&line);
	return played;
}

/* From the server's first message on. */
static enum played
scram_go_on(struct play *p, const struct step *st, struct scram *s)
{
	unsigned char signature[EVP_MAX_MD_SIZE] = { 0 };
	enum played played;

	if (s->twist == EARLY)
		return say_code(p, "235 2.7.0 welcome\r\n");
	server_first(p, s);
	if (s->twist >= FIRST_ONLY)
		return PLAYED;
	played = final_hear(p, st, s, signature);
	if (played != PLAYED || s->twist == REFUSE)
		return played;
	if (s->twist == NO_SIGNATURE)
		return say_code(p, "235 2.7.0 welcome\r\n");
	if (s->twist == UNSUPPORTED_BINDING)
		return binding_refuse(p, st);
	return signature_say(p, st, s, signature);
}

enum played
play_scram(struct play *p, const struct step *st)
{
	char *words = copied(st->text);
	struct buf first = { 0 };
	struct scram s;
	enum played played = PLAYED;

	if (scram_options(&s, words) == -1)
		played = play_fail(p, st, "wanted: SCRAM DIGEST USER PASSWORD [OPTION]");
	if (played == PLAYED)
		played = first_hear(p, st, &s, &first);
	if (played == PLAYED)
		played = first_read(p, st, &s, buf_str(&first));
	if (played == PLAYED && binding_add(p, &s) == -1)
		played = play_fail(p, st, "this TLS, or none, has nothing to bind to");
	if (played == PLAYED)
		played = scram_go_on(p, st, &s);
	scram_free(&s);
	buf_free(&first);
	free(words);
	return played;
}
