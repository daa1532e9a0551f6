/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oauth: the input as octets and as a text of base64, as a token and as what stands in
 * one, as a user and a token apart by LF, and as what a server says. Base64 must come
 * back as it was, both ways; messages are taken apart again.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "mail/oauth.h"
#include "mail/sasl_base64.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM ((size_t)4 << 20)	/* no ceiling here is reached */

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* From base64 to base64url without padding. */
static void
make_url(struct buf *text)
{
	while (text->len > 0 && text->data[text->len - 1] == '=')
		text->data[--text->len] = '\0';
	for (size_t i = 0; i < text->len; i++) {
		char *c = &text->data[i];

		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	}
}

static bool
same(const struct buf *b, const char *bytes, size_t n)
{
	return b->len == n && memcmp(buf_str(b), bytes, n) == 0;
}

static void
check_encode(const char *bytes, size_t n)
{
	struct buf text = { .max = ROOM }, back = { .max = ROOM };

	require(base64_encode(&text, bytes, n) == 0);
	require(text.len == (n + 2) / 3 * 4 && strlen(buf_str(&text)) == text.len);
	require(base64_decode(&back, buf_str(&text), text.len) == 0);
	require(same(&back, bytes, n));
	buf_reset(&back);
	make_url(&text);
	require(base64url_decode(&back, buf_str(&text), text.len) == 0);
	require(same(&back, bytes, n));
	buf_free(&text);
	buf_free(&back);
}

/* There is but one text for every octets, so that a good text comes back as it was. */
static void
check_decode(const char *text, size_t n)
{
	struct buf octets = { .max = ROOM }, again = { .max = ROOM };
	size_t bare = n;

	if (base64_decode(&octets, text, n) == 0) {
		require(base64_encode(&again, buf_str(&octets), octets.len) == 0);
		require(same(&again, text, n));
	}
	require(!octets.failed);
	buf_reset(&octets);
	buf_reset(&again);
	if (base64url_decode(&octets, text, n) == 0) {
		require(base64_encode(&again, buf_str(&octets), octets.len) == 0);
		make_url(&again);
		while (bare > 0 && text[bare - 1] == '=')
			bare--;
		require(same(&again, text, bare) && (bare == n || n % 4 == 0));
	} else {
		require(octets.len == 0);
	}
	buf_free(&octets);
	buf_free(&again);
}

/* The input as a token, and as what a token says. */
static void
check_expiry(const char *bytes, size_t n)
{
	struct buf token = { .max = ROOM };
	char *text = strndup(bytes, n), *dot;
	time_t expiry = -42;
	double exp = -1;
	bool says;

	require(text != NULL);
	if (oauth_expiry(text, &expiry) == 0) {
		dot = strchr(text, '.');
		require(dot != NULL && (dot = strchr(dot + 1, '.')) != NULL);
		require(strchr(dot + 1, '.') == NULL);
		require(expiry >= 0 && expiry <= 253402300799);
	} else {
		require(expiry == -42);
	}
	free(text);
	require(base64_encode(&token, bytes, n) == 0);
	make_url(&token);
	text = NULL;
	require(asprintf(&text, "e30.%s.AA", buf_str(&token)) > 0);
	says = json_number(bytes, n, "exp", &exp) == 0 && exp >= 0 && exp <= 253402300799;
	require(oauth_expiry(text, &expiry) == (says ? 0 : 1) || n > BUF_MAX);
	require(!says || n > BUF_MAX || expiry == (time_t)exp);
	free(text);
	buf_free(&token);
}

/* Reads the name at s up to its comma, and compares it. Returns what follows it. */
static const char *
over_name(const char *s, const char *user)
{
	for (; *s != ','; s++, user++) {
		char c = *s;

		if (c == '=') {
			require(strncmp(s, "=2C", 3) == 0 || strncmp(s, "=3D", 3) == 0);
			c = s[2] == 'C' ? ',' : '=';
			s += 2;
		}
		require(c != '\0' && c == *user);
	}
	require(*user == '\0');
	return s + 1;
}

static void
check_messages(const char *user, const char *token)
{
	struct buf out = { .max = ROOM };
	char *end = NULL;
	const char *p;

	require(asprintf(&end, "\001auth=Bearer %s\001\001", token) > 0);
	require(oauth_xoauth2(&out, user, token) == 0);
	require(strncmp(out.data, "user=", 5) == 0);
	require(strncmp(out.data + 5, user, strlen(user)) == 0);
	require(strcmp(out.data + 5 + strlen(user), end) == 0);
	for (int port = 0; port <= 587; port += 587) {
		buf_reset(&out);
		require(oauth_bearer(&out, user, "mx", port, token) == 0);
		p = out.data;
		require(strncmp(p, user[0] != '\0' ? "n,a=" : "n,,", 3) == 0);
		p = user[0] != '\0' ? over_name(p + 4, user) : p + 3;
		if (port != 0) {
			require(strncmp(p, "\001host=mx\001port=587", 17) == 0);
			p += 17;
		}
		require(strcmp(p, end) == 0);
	}
	free(end);
	buf_wipe(&out);
}

static void
check_error(const char *bytes, size_t n)
{
	struct buf out = { .max = ROOM };

	oauth_error(bytes, n, &out);
	require(!out.failed && strlen(buf_str(&out)) == out.len);
	require((out.len > 0) == (n > 0) && out.len < 4 * 200 + 64);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1), *user, *token;

	if (size > ROOM / 16) {
		free(copy);
		return 0;
	}
	require(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	check_encode(copy, size);
	check_decode(copy, size);
	check_expiry(copy, size);
	check_error(copy, size);
	require((user = strndup(copy, size)) != NULL);
	token = user + strcspn(user, "\n");
	if (*token == '\n')
		*token++ = '\0';
	check_messages(user, token);
	free(user);
	free(copy);
	return 0;
}
