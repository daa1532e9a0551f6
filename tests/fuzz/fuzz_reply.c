/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply: the lines of a server, apart by LF, as many replies as they make. The first byte
 * is the room for a reply's words. What is believed of a reply is compared with a second
 * opinion.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/refusal.h"
#include "mail/smtp.h"
#include "wire/tls.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* One to three digits at s, closed by one of these characters: what follows it. */
static const char *
over_number(const char *s, const char *closing)
{
	size_t n = s != NULL ? strspn(s, "0123456789") : 0;

	return n >= 1 && n <= 3 && strchr(closing, s[n]) != NULL ? s + n + 1 : NULL;
}

/* Does a line of the text start with that enhanced code, as a word of its own? */
static bool
stands_in(const char *text, const char *enhanced)
{
	size_t n = strlen(enhanced);

	while (text != NULL) {
		if (strncmp(text, enhanced, n) == 0 && strchr(" \n", text[n]) != NULL)
			return true;
		text = strchr(text, '\n');
		text += text != NULL ? 1 : 0;
	}
	return false;
}

static void
check_reply(const struct reply *r)
{
	const char *text = buf_str(&r->text), *e = r->enhanced;

	require(r->code >= 200 && r->code <= 599);
	require(r->lines >= 1 && r->lines <= REPLY_LINES_MAX);
	require(r->text.len <= REPLY_MAX && strlen(text) == r->text.len);
	if (e[0] == '\0')
		return;
	require(e[0] == '0' + r->code / 100 && e[1] == '.');
	require(over_number(over_number(e + 2, "."), "") == e + strlen(e) + 1);
	require(stands_in(text, e));
}

static void
check_words(const struct reply *r, size_t room)
{
	char *words = malloc(room);

	require(words != NULL);
	memset(words, 'x', room);
	reply_words(r, words, room);
	require(memchr(words, '\0', room) != NULL && strchr(words, '\n') == NULL);
	if (room > 7)
		require(strtol(words, NULL, 10) == r->code);
	free(words);
}

/* Every mechanism stands in the reply, is found, and stands only once in the list. */
static void
check_features(const struct reply *r)
{
	struct smtp_features f = { .starttls = true };
	const char *word = f.auth;

	smtp_features_parse(&f, r);
	require(strlen(f.auth) < sizeof(f.auth));
	require(!f.starttls || text_find(buf_str(&r->text), "\nSTARTTLS") != NULL);
	require(f.auth[0] == '\0' || text_find(buf_str(&r->text), "\nAUTH") != NULL);
	require(!f.size || text_find(buf_str(&r->text), "\nSIZE") != NULL);
	require(f.size_max == 0 || (f.size && f.size_max < 1000000000000000000));
	require(!f.xclient || text_find(buf_str(&r->text), "\nXCLIENT") != NULL);
	while (*word != '\0') {
		char one[sizeof(f.auth)];
		size_t n = strcspn(word, " ");
		struct smtp_features rest = { 0 };

		require(n > 0);
		memcpy(one, word, n);
		one[n] = '\0';
		require(strstr(buf_str(&r->text), one) != NULL);
		require(smtp_offers(&f, one));
		word += n;
		require(*word == '\0' || word[1] != '\0');
		word += *word != '\0' ? 1 : 0;
		memcpy(rest.auth, word, strlen(word));
		require(!smtp_offers(&rest, one));
	}
}

/* The server's name goes into addresses: nothing in it may end one or route. */
static void
check_name(const struct reply *r)
{
	char name[SMTP_NAME_MAX];

	smtp_name_parse(name, r);
	require(strlen(name) < sizeof(name));
	require(strpbrk(name, "@%!<>\"\\ \t\r\n:[]") == NULL);
	require(name[0] == '\0' || strchr(name, '.') != NULL);
	require(strncmp(buf_str(&r->text), name, strlen(name)) == 0);
}

static void
check_cause(const struct reply *r)
{
	static const char *const stages[] = { "auth", "mail", "rcpt" };

	for (size_t s = 0; s < 3; s++) {
		unsigned offered = (unsigned)(r->text.len & 3);
		const struct cause *cause = refusal_cause(stages[s], r, offered);
		bool known = cause == &reply_bad || cause == &smtp_ehlo_refused ||
		    cause == &tls_client_refused;

		for (size_t i = 0; refusal_causes[i] != NULL; i++)
			known = known || refusal_causes[i] == cause;
		require(known);
		require((cause == &reply_bad) == (r->code < 400));
	}
}

/* The line in memory of just its length, for AddressSanitizer. */
static int
take(struct reply *r, const char *bytes, size_t n, struct diag *d)
{
	char *line = malloc(n > 0 ? n : 1);
	int more;

	require(line != NULL);
	memcpy(line, bytes, n);
	more = reply_line(r, line, n, d);
	free(line);
	return more;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1, *end = (const char *)data + size;
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };

	while (size > 0 && bytes < end && !diag_failed(&d)) {
		const char *lf = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t n = (size_t)((lf != NULL ? lf : end) - bytes);
		int more = take(&r, bytes, n, &d);

		require(more == 0 || more == 1 || diag_failed(&d));
		if (more == 0) {
			check_reply(&r);
			check_words(&r, 4 + (size_t)data[0]);
			check_features(&r);
			check_name(&r);
			check_cause(&r);
			reply_reset(&r);
		}
		bytes += n + 1;
	}
	require(d.cause == NULL || d.cause == &reply_bad || d.cause == &reply_too_long);
	require(diag_failed(&d) == (d.text[0] != '\0'));
	reply_free(&r);
	require(r.text.data == NULL && r.lines == 0 && r.code == 0);
	return 0;
}
