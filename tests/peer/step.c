/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each verb of a script does. */

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "peer/play.h"

#define FLOOD_BYTES (64u * 1024)	/* sent at once */

enum played
play_hear(struct play *p, const struct step *st, struct buf *line)
{
	int rc = conn_line(&p->conn, line);

	if (rc == 1)
		return PLAYED;
	if (rc == 0)
		return PLAY_GONE;
	return play_fail(p, st, "what the client sent is no line that ends in CR LF");
}

static enum played
compare(struct play *p, const struct step *st, const struct buf *heard)
{
	struct buf shown = { 0 };
	enum played played = PLAYED;

	if (!glob_expanded(p->vars, st->text, buf_str(heard), heard->len)) {
		visible(buf_str(heard), heard->len, &shown);
		played = play_fail(p, st, "the client said \"%s\"", buf_str(&shown));
	}
	buf_free(&shown);
	return played;
}

static enum played
hear(struct play *p, const struct step *st)
{
	struct buf line = { 0 };
	enum played played = play_hear(p, st, &line);

	if (played == PLAYED)
		played = compare(p, st, &line);
	buf_free(&line);
	return played;
}

static enum played
hear_b64(struct play *p, const struct step *st)
{
	struct buf bytes = { 0 };
	enum played played = play_hear_b64(p, st, &bytes);

	if (played == PLAYED)
		played = compare(p, st, &bytes);
	buf_free(&bytes);
	return played;
}

static enum played
hear_bytes(struct play *p, const struct step *st)
{
	struct buf bytes = { 0 };
	enum played played = PLAY_GONE;

	if (conn_bytes(&p->conn, (size_t)st->n, &bytes) == 1)
		played = compare(p, st, &bytes);
	buf_free(&bytes);
	return played;
}

static enum played
say(struct play *p, const struct step *st)
{
	struct buf bytes = { .max = 1u << 20 };

	meaning(p->vars, st->text, &bytes);
	if (st->verb == VERB_SAY)
		(void)buf_puts(&bytes, "\r\n");
	if (st->verb == VERB_BENEATH) {
		diary_talk(p->diary, "S!", buf_str(&bytes), bytes.len);
		(void)conn_send(&p->conn, buf_str(&bytes), bytes.len, true);
	} else {
		conn_say(&p->conn, buf_str(&bytes), bytes.len);
	}
	buf_free(&bytes);
	return PLAYED;
}

/* As many copies as make a good write, or as many as are wanted. */
static size_t
copies(const struct step *st, const struct buf *unit, struct buf *out)
{
	size_t n = 0;

	while ((st->n == 0 || n < (size_t)st->n) && out->len + unit->len <= FLOOD_BYTES) {
		(void)buf_add(out, unit->data, unit->len);
		n++;
	}
	return n;
}

/* The client may go away in the middle of it: that is what a flood is for. */
static enum played
flood(struct play *p, const struct step *st)
{
	struct buf unit = { 0 }, block = { .max = 2 * FLOOD_BYTES };
	size_t n, left = (size_t)st->n;

	meaning(p->vars, st->text, &unit);
	if (st->verb == VERB_FLOOD_LINES)
		(void)buf_puts(&unit, "\r\n");
	diary_note(p->diary, "the server sends \"%s\" %ld times", st->text, st->n);
	n = unit.len > 0 ? copies(st, &unit, &block) : 0;
	while (n > 0 && (st->n == 0 || left > 0)) {
		if (st->n != 0 && left < n)
			n = left;
		if (conn_send(&p->conn, block.data, n * unit.len, false) == -1)
			break;
		left -= st->n != 0 ? n : 0;
	}
	buf_free(&unit);
	buf_free(&block);
	return PLAYED;
}

/* What the options of a TLS step say. */
struct tls_wish {
	bool	 fails;
	char	*sni;
};

static int
version_of(const char *text)
{
	static const struct {
		const char	*text;
		int		 version;
	} versions[] = {
		{ "1.0", TLS1_VERSION }, { "1.1", TLS1_1_VERSION },
		{ "1.2", TLS1_2_VERSION }, { "1.3", TLS1_3_VERSION },
	};

	for (size_t i = 0; i < LEN(versions); i++)
		if (strcmp(versions[i].text, text) == 0)
			return versions[i].version;
	return -1;
}

/* Options of TLS are set on a connection of their own: the context is shared. */
static int
tls_option(SSL *ssl, struct tls_wish *wish, char *word)
{
	char *value = strchr(word, '=');

	if (strcmp(word, "fails") == 0) {
		wish->fails = true;
		return 0;
	}
	if (value == NULL)
		return -1;
	*value++ = '\0';
	if (strcmp(word, "cert") == 0)
		return 0;
	if (strcmp(word, "max") == 0)
		return SSL_set_max_proto_version(ssl, version_of(value)) == 1 ? 0 : -1;
	if (strcmp(word, "min") == 0)
		return SSL_set_min_proto_version(ssl, version_of(value)) == 1 ? 0 : -1;
	if (strcmp(word, "cipher") == 0)
		return SSL_set_cipher_list(ssl, value) == 1 ? 0 : -1;
	if (strcmp(word, "clientcert") == 0) {
		if (strcmp(value, "ask") != 0 && strcmp(value, "require") != 0)
			return -1;
		SSL_set_verify(ssl, SSL_VERIFY_PEER | (strcmp(value, "require") == 0
		    ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
		return 0;
	}
	if (strcmp(word, "sni") != 0)
		return -1;
	free(wish->sni);
	wish->sni = copied(value);
	return 0;
}

static enum played
tls_compare(struct play *p, const struct step *st, const struct tls_wish *wish, int rc,
    const char *why)
{
	const char *sni;

	if (rc == -1)
		diary_note(p->diary, "the TLS handshake fails: %s", why);
	if (wish->fails)
		return rc == -1 ? PLAYED
		    : play_fail(p, st, "the TLS handshake succeeded");
	if (rc == -1)
		return play_fail(p, st, "%s", why);
	sni = SSL_get_servername(p->conn.ssl, TLSEXT_NAMETYPE_host_name);
	if (sni == NULL)
		sni = "";
	if (wish->sni != NULL && !glob_expanded(p->vars, wish->sni, sni, strlen(sni)))
		return play_fail(p, st, "the client asked for the name \"%s\"", sni);
	return PLAYED;
}

static enum played
tls(struct play *p, const struct step *st)
{
	struct buf why = { 0 };
	struct tls_wish wish = { 0 };
	char *options = copied(st->text), *rest = options, *word;
	SSL *ssl = st->tls != NULL ? SSL_new(st->tls) : NULL;
	enum played played = PLAYED;
	int rc;

	if (ssl == NULL)
		played = play_fail(p, st, "there is no certificate to show");
	while (played == PLAYED && (word = word_take(&rest)) != NULL)
		if (tls_option(ssl, &wish, word) == -1)
			played = play_fail(p, st, "no such option: %s", word);
	if (played == PLAYED) {
		rc = conn_tls(&p->conn, ssl, &why);
		played = tls_compare(p, st, &wish, rc, buf_str(&why));
	} else {
		SSL_free(ssl);
	}
	free(wish.sni);
	free(options);
	buf_free(&why);
	return played;
}

static enum played
wait_for(struct play *p, const struct step *st)
{
	if (st->n == -1)
		conn_deaf(&p->conn);
	else
		(void)await(-1, 0, p->over, st->n < 86400000 ? (int)st->n : 86400000);
	return PLAYED;
}

static enum played
expect_end(struct play *p, const struct step *st)
{
	struct buf line = { 0 }, shown = { 0 };
	int rc = conn_line(&p->conn, &line);
	enum played played = PLAYED;

	if (rc != 0) {
		visible(buf_str(&line), line.len, &shown);
		played = play_fail(p, st, "the client said \"%s\"", buf_str(&shown));
	}
	buf_free(&line);
	buf_free(&shown);
	return played;
}

/*
 * Closing with unread bytes would send RST instead of FIN: the socket is shut, and kept
 * until the case ends.
 */
static enum played
shut(struct play *p, bool polite)
{
	conn_shut(&p->conn, polite);
	play_park(p);
	return PLAYED;
}

static enum played
listed_step(struct play *p, const struct step *st)
{
	switch (st->verb) {
	case VERB_SAY:
	case VERB_RAW:
	case VERB_BENEATH:
		return say(p, st);
	case VERB_HEAR:
		return hear(p, st);
	case VERB_HEAR_B64:
		return hear_b64(p, st);
	case VERB_HEAR_BYTES:
		return hear_bytes(p, st);
	case VERB_TLS:
		return tls(p, st);
	case VERB_TLS_AGAIN:
		return conn_tls_again(&p->conn) == -1 ? PLAYED
		    : play_fail(p, st, "the client shook hands again");
	case VERB_TLS_KEYS:
		conn_tls_keys(&p->conn, st->n);
		return PLAYED;
	case VERB_WAIT:
		return wait_for(p, st);
	case VERB_CLOSE:
	case VERB_FIN:
		return shut(p, st->verb == VERB_CLOSE);
	case VERB_FLOOD:
	case VERB_FLOOD_LINES:
		return flood(p, st);
	case VERB_END:
		return expect_end(p, st);
	case VERB_CRAM:
		return play_cram(p, st);
	case VERB_SCRAM:
		return play_scram(p, st);
	case VERB_PROXY:
		return play_proxy(p, st);
	case VERB_SOURCE:
		return play_source(p, st);
	case VERB_DRIBBLE:
		p->conn.drip_ms = st->n;
		break;
	case VERB_RESET:
		conn_close(&p->conn, true);
		break;
	case VERB_OPTIONAL:
	case VERB_NEXT:
	case VERB_LISTEN:
	case VERB_SERVE:
	case VERB_ON:
	case VERB_BEHIND:
		break;
	}
	return PLAYED;
}

enum played
play_step(struct play *p, const struct step *st)
{
	if (st->verb == VERB_OPTIONAL) {
		p->optional = true;
		return PLAYED;
	}
	if (p->conn.fd == -1)
		return play_fail(p, st, "there is no connection any more");
	/*
	 * Lines that stand together leave in one write; everything else sends them first.
	 */
	if (st->verb != VERB_SAY && st->verb != VERB_RAW)
		(void)conn_flush(&p->conn);
	return listed_step(p, st);
}
