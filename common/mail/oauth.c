/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "mail/oauth.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_scram.h"

#define EXPIRY_MAX 253402300799.0	/* the last second of the year 9999 */
#define WORDS_MAX 200			/* octets of a value in a sentence */

/* The second of a token's three parts, which tells about it (RFC 7519 3). */
static int
claims(const char *token, struct buf *out)
{
	struct buf ignored = { 0 };
	int parts = 0, rc = 0;

	for (const char *p = token;; p++) {
		size_t n = strcspn(p, ".");

		rc |= base64url_decode(parts == 1 ? out : &ignored, p, n);
		parts++;
		p += n;
		if (*p == '\0' || rc != 0)
			break;
	}
	buf_wipe(&ignored);
	return rc == 0 && parts == 3 ? 0 : -1;
}

int
oauth_expiry(const char *token, time_t *expiry)
{
	struct buf json = { 0 };
	double exp = -1;
	int rc = 1;

	if (claims(token, &json) == 0 &&
	    json_number(buf_str(&json), json.len, "exp", &exp) == 0 &&
	    exp >= 0 && exp <= EXPIRY_MAX) {
		*expiry = (time_t)exp;
		rc = 0;
	}
	buf_wipe(&json);
	return rc;
}

/* As much of the text as a sentence bears. */
static void
add_words(struct buf *out, const char *text, size_t n)
{
	char words[WORDS_MAX];

	text_copy(words, sizeof(words), text, n);
	(void)buf_puts(out, words);
}

int
oauth_claims(const char *token, struct buf *out)
{
	static const struct {
		const char *claim, *name;
	} known[] = {
		{ "sub", "subject" }, { "upn", "user" }, { "iss", "issuer" },
		{ "aud", "audience" }, { "scope", "scope" }, { "scp", "scope" },
	};
	struct buf json = { 0 }, value = { 0 };
	size_t start = out->len;
	int rc = claims(token, &json);

	for (size_t i = 0; i < LEN(known) && rc != -1; i++) {
		buf_reset(&value);
		rc = json_member(buf_str(&json), json.len, known[i].claim, &value);
		if (rc != 0 || value.len == 0)
			continue;
		(void)buf_addf(out, "%s%s ", out->len > start ? ", " : "", known[i].name);
		add_words(out, value.data, value.len);
	}
	buf_wipe(&json);
	buf_free(&value);
	return rc == -1 ? -1 : 0;
}

int
oauth_xoauth2(struct buf *out, const char *user, const char *token)
{
	return buf_addf(out, "user=%s\001auth=Bearer %s\001\001", user, token);
}

int
oauth_bearer(struct buf *out, const char *user, const char *host, int port,
    const char *token)
{
	(void)buf_puts(out, user[0] != '\0' ? "n,a=" : "n,");
	(void)scram_name(out, user);
	(void)buf_puts(out, ",\001");
	if (port != 0)
		(void)buf_addf(out, "host=%s\001port=%d\001", host, port);
	return buf_addf(out, "auth=Bearer %s\001\001", token);
}

void
oauth_error(const char *json, size_t n, struct buf *out)
{
	static const char *const members[] = {
		"status", "schemes", "scope", "openid-configuration",
	};
	struct buf words = { 0 }, value = { 0 };
	int rc = 1;

	for (size_t i = 0; i < LEN(members) && rc != -1; i++) {
		buf_reset(&value);
		rc = json_member(json, n, members[i], &value);
		if (rc != 0 || value.len == 0)
			continue;
		(void)buf_addf(&words, "%s%s ", words.len > 0 ? ", " : "", members[i]);
		add_words(&words, value.data, value.len);
	}
	if (rc == -1 || words.len == 0)
		add_words(out, json, n);
	else
		(void)buf_add(out, words.data, words.len);
	buf_free(&words);
	buf_free(&value);
}
