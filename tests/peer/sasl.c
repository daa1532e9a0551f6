/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What logins have in common: lines of base64. And CRAM-MD5, the smallest of them. */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "peer/play.h"

#define CHALLENGE "<1896.697170952@mail.test>"

void
play_say_b64(struct play *p, const char *code, const struct buf *bytes)
{
	struct buf line = { 0 };

	(void)buf_addf(&line, "%s ", code);
	b64_add(buf_str(bytes), bytes->len, &line);
	(void)buf_puts(&line, "\r\n");
	conn_say(&p->conn, line.data, line.len);
	(void)conn_flush(&p->conn);
	buf_free(&line);
}

enum played
play_hear_b64(struct play *p, const struct step *st, struct buf *bytes)
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
	play_say_b64(p, "334", &bytes);
	buf_reset(&bytes);
	(void)HMAC(EVP_md5(), rest, (int)strlen(rest), (const unsigned char *)CHALLENGE,
	    strlen(CHALLENGE), mac, &len);
	(void)buf_addf(&want, "%s ", user != NULL ? user : "");
	for (unsigned i = 0; i < len; i++)
		(void)buf_addf(&want, "%02x", mac[i]);
	played = play_hear_b64(p, st, &bytes);
	if (played == PLAYED && strcmp(buf_str(&want), buf_str(&bytes)) != 0)
		played = play_fail(p, st, "the client said \"%s\", not \"%s\"",
		    buf_str(&bytes), buf_str(&want));
	buf_free(&bytes);
	buf_free(&want);
	free(words);
	return played;
}
