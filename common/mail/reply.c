/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/reply.h"

const struct cause reply_bad = {
	"protocol-error", CLASS_PROTOCOL, STATE_CRITICAL,
	"the server did not keep to the protocol",
	"look at what it said (-vv shows the dialogue): another service may listen on "
	"this port, or something between here and there changes the dialogue", false,
};

const struct cause reply_too_long = {
	"reply-too-long", CLASS_PROTOCOL, STATE_CRITICAL,
	"the server sends lines or replies without end",
	"look at what it said (-vv shows the dialogue): this is no sane mail server",
	false,
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of up to three digits at s. */
static size_t
number(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && i < 3 && digit(s[i]))
		i++;
	return i;
}

/*
 * "5.7.8 " at the start of the text: class, subject, detail (RFC 3463 2). Believed
 * only when its class agrees with the code, so that free text such as a version
 * number is not. A line without one leaves that of the lines before, unless the code
 * has changed its class.
 */
static void
find_enhanced(struct reply *r, const char *text, size_t n)
{
	size_t subject, detail, len;

	if (r->enhanced[0] != '0' + r->code / 100)
		r->enhanced[0] = '\0';
	if (n < 5 || text[0] != '0' + r->code / 100 || text[1] != '.')
		return;
	subject = number(text + 2, n - 2);
	if (subject == 0 || 2 + subject >= n || text[2 + subject] != '.')
		return;
	detail = number(text + 3 + subject, n - 3 - subject);
	len = 3 + subject + detail;
	if (detail == 0 || (len < n && text[len] != ' '))
		return;
	text_copy(r->enhanced, sizeof(r->enhanced), text, len);
}

/* Adds a line's text, NUL bytes as '?', so that the whole is a string. */
static void
add_text(struct reply *r, const char *text, size_t n)
{
	size_t at;

	r->text.max = REPLY_MAX;
	if (r->lines > 0)
		(void)buf_add(&r->text, "\n", 1);
	at = r->text.len;
	if (n > 0)
		(void)buf_add(&r->text, text, n);
	for (; at < r->text.len; at++)
		if (r->text.data[at] == '\0')
			r->text.data[at] = '?';
}

int
reply_line(struct reply *r, const char *line, size_t n, struct diag *d)
{
	const char *text = n > 4 ? line + 4 : "";
	size_t len = n > 4 ? n - 4 : 0;
	int code;

	if (n < 3 || line[0] < '2' || line[0] > '5' || !digit(line[1]) ||
	    !digit(line[2]) || (n > 3 && line[3] != ' ' && line[3] != '-')) {
		diag_heard(d, 0, line, n);
		return diag_set(d, &reply_bad,
		    "the server sent what is no SMTP reply (stage %s): %s", d->stage,
		    n > 0 ? d->proof : "an empty line");
	}
	code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	if (r->lines > 0 && r->code >= 400 && code < 400) {
		diag_heard(d, code, line, n);
		return diag_set(d, &reply_bad, "the server refuses and accepts in one "
		    "reply (stage %s): %s", d->stage, d->proof);
	}
	if (r->lines > 0 && r->code / 100 == 3 && code / 100 == 2) {
		diag_heard(d, code, line, n);
		return diag_set(d, &reply_bad, "the server asks and accepts in one reply "
		    "(stage %s): %s", d->stage, d->proof);
	}
	r->code = code;
	find_enhanced(r, text, len);
	add_text(r, text, len);
	if (++r->lines > REPLY_LINES_MAX || r->text.failed)
		return diag_set(d, &reply_too_long, "the server sent a reply of more "
		    "than %d lines or %d octets (stage %s)",
		    REPLY_LINES_MAX, REPLY_MAX, d->stage);
	return n > 3 && line[3] == '-' ? 1 : 0;
}

void
reply_words(const struct reply *r, char *words, size_t size)
{
	struct buf all = { .max = REPLY_MAX + 16 };

	(void)buf_addf(&all, "%03d ", r->code);
	(void)buf_add(&all, buf_str(&r->text), r->text.len);
	while (all.len > 0 &&
	    (all.data[all.len - 1] == ' ' || all.data[all.len - 1] == '\n'))
		all.len--;
	for (size_t i = 0; i < all.len; i++)
		if (all.data[i] == '\n')
			all.data[i] = ' ';
	text_copy(words, size, buf_str(&all), all.len);
	buf_free(&all);
}

static bool
in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void
reply_forget(struct reply *r, const char *text)
{
	size_t n = strlen(text);
	const char *found;

	if (n == 0 || r->text.data == NULL)
		return;
	for (char *at = r->text.data; (found = text_find(at, text)) != NULL; at++) {
		at += found - at;
		if ((at == r->text.data || !in_word(at[-1])) && !in_word(at[n]))
			memset(at, '*', n);
	}
}

void
reply_reset(struct reply *r)
{
	r->code = 0;
	r->enhanced[0] = '\0';
	r->lines = 0;
	buf_reset(&r->text);
}

void
reply_free(struct reply *r)
{
	buf_free(&r->text);
	reply_reset(r);
}
