/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "peer/words.h"

#define VISIBLE_MAX 1200		/* bytes of one message that a log shows */

void
die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)fputs("peer: ", stderr);
	(void)vfprintf(stderr, format, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

void *
must(void *memory)
{
	if (memory == NULL)
		die("memory is short");
	return memory;
}

/*
 * The room doubles whenever the number is a power of two. Case by case it would be copied
 * too often: what AddressSanitizer keeps of that makes every fork slow.
 */
void *
grown(void *array, size_t n, size_t size)
{
	char *more = (n & (n - 1)) != 0 ? array
	    : must(reallocarray(array, n > 0 ? 2 * n : 1, size));

	memset(more + n * size, 0, size);
	return more;
}

char *
copied(const char *text)
{
	return must(strdup(text));
}

void
listed(struct list *list, const char *text)
{
	if (list_add(list, text) == -1)
		die("memory is short");
}

void
vars_set(struct vars *vars, const char *name, const char *format, ...)
{
	va_list ap;
	char *value;

	va_start(ap, format);
	if (vasprintf(&value, format, ap) == -1)
		die("memory is short");
	va_end(ap);
	listed(&vars->names, name);
	listed(&vars->values, value);
	free(value);
}

const char *
vars_get(const struct vars *vars, const char *name, size_t n)
{
	for (size_t i = vars->names.n; i-- > 0;)
		if (strlen(vars->names.v[i]) == n &&
		    memcmp(vars->names.v[i], name, n) == 0)
			return vars->values.v[i];
	return NULL;
}

void
vars_free(struct vars *vars)
{
	list_free(&vars->names);
	list_free(&vars->values);
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) % 16 : -1;
}

/* *p stands behind a backslash; it moves behind the escape. */
static unsigned char
escape(const char **p)
{
	static const char from[] = "rnte0", to[] = "\r\n\t\033";
	const char *at, *s = *p;

	if (*s == '\0')
		return '\\';
	if (*s == 'x' && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
		*p = s + 3;
		return (unsigned char)(hex(s[1]) * 16 + hex(s[2]));
	}
	*p = s + 1;
	at = strchr(from, *s);
	return (unsigned char)(at != NULL ? to[at - from] : *s);
}

void
unescape(const char *text, struct buf *out)
{
	unsigned char byte;

	while (*text != '\0') {
		byte = (unsigned char)*text++;
		if (byte == '\\')
			byte = escape(&text);
		(void)buf_add(out, &byte, 1);
	}
}

static void
quoted(const char *value, struct buf *out)
{
	for (; *value != '\0'; value++) {
		if (strchr("\\*?", *value) != NULL)
			(void)buf_puts(out, "\\");
		(void)buf_add(out, value, 1);
	}
}

static void
expand_b64(const struct vars *vars, const char *text, size_t n, struct buf *out)
{
	struct buf bytes = { 0 };
	char *copy = must(strndup(text, n));

	meaning(vars, copy, &bytes);
	b64_add(buf_str(&bytes), bytes.len, out);
	buf_free(&bytes);
	free(copy);
}

/* text is what stands between two '@'; false when it means nothing. */
static bool
expand_one(const struct vars *vars, const char *text, size_t n, enum expansion how,
    struct buf *out)
{
	const char *value = vars_get(vars, text, n);

	if (value != NULL && how == EXPAND_QUOTED)
		quoted(value, out);
	else if (value != NULL)
		(void)buf_puts(out, value);
	else if (how != EXPAND_LETS && n >= 4 && memcmp(text, "B64:", 4) == 0)
		expand_b64(vars, text + 4, n - 4, out);
	else
		return false;
	return true;
}

/*
 * The '@' that ends what stands behind another one, NULL when there is none. Variables
 * may stand in a @B64:...@, and have two of their own.
 */
static const char *
expansion_end(const struct vars *vars, const char *text)
{
	const char *end = strchr(text, '@'), *inner;

	if (strncmp(text, "B64:", 4) != 0)
		return end;
	while (end != NULL && (inner = strchr(end + 1, '@')) != NULL &&
	    vars_get(vars, end + 1, (size_t)(inner - end - 1)) != NULL)
		end = strchr(inner + 1, '@');
	return end;
}

void
expand(const struct vars *vars, const char *text, enum expansion how, struct buf *out)
{
	const char *end;

	while (*text != '\0') {
		end = *text == '@' ? expansion_end(vars, text + 1) : NULL;
		if (end != NULL &&
		    expand_one(vars, text + 1, (size_t)(end - text - 1), how, out)) {
			text = end + 1;
		} else {
			(void)buf_add(out, text, 1);
			text++;
		}
	}
}

void
meaning(const struct vars *vars, const char *text, struct buf *out)
{
	struct buf expanded = { .max = out->max };

	expand(vars, text, EXPAND_QUOTED, &expanded);
	unescape(buf_str(&expanded), out);
	buf_free(&expanded);
}

/* Does the next element of the pattern, which is no '*', match c? *p moves behind it. */
static bool
element(const char **p, unsigned char c)
{
	char want = *(*p)++;

	if (want == '\\')
		return escape(p) == c;
	return want == '?' || (want != '\0' && (unsigned char)want == c);
}

bool
glob_match(const char *pattern, const char *bytes, size_t n)
{
	const char *star = NULL, *retry = NULL, *end = bytes + n, *next;

	while (bytes < end) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = bytes;
			continue;
		}
		next = pattern;
		if (element(&next, (unsigned char)*bytes)) {
			pattern = next;
			bytes++;
		} else if (star != NULL) {
			pattern = star;
			bytes = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
glob_expanded(const struct vars *vars, const char *pattern, const char *bytes, size_t n)
{
	struct buf p = { 0 };
	bool matches;

	expand(vars, pattern, EXPAND_QUOTED, &p);
	matches = glob_match(buf_str(&p), bytes, n);
	buf_free(&p);
	return matches;
}

size_t
utf8_char(const char *s)
{
	static const struct {
		unsigned char	 mask, lead;
		uint32_t	 least;		/* shorter forms would do for less */
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	unsigned char c = (unsigned char)*s;
	uint32_t code;
	size_t n = 0;

	while (n < LEN(forms) && (c & forms[n].mask) != forms[n].lead)
		n++;
	if (n == LEN(forms))
		return 0;
	code = c & (unsigned char)~forms[n].mask;
	for (size_t i = 1; i <= n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (code < forms[n].least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n + 1;
}

bool
printable(const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n) {
		n = utf8_char(s);
		if (n == 0 || (n == 1 && ((unsigned char)*s < ' ' || *s == 0x7f)) ||
		    (n == 2 && memcmp(s, "\xc2\x80", 2) >= 0 &&
		    memcmp(s, "\xc2\x9f", 2) <= 0))
			return false;
	}
	return true;
}

void
visible(const char *bytes, size_t n, struct buf *out)
{
	size_t shown = n < VISIBLE_MAX ? n : VISIBLE_MAX;
	unsigned char c;

	for (size_t i = 0; i < shown; i++) {
		c = (unsigned char)bytes[i];
		if (c == '\r' || c == '\n')
			(void)buf_puts(out, c == '\r' ? "\\r" : "\\n");
		else if (c < ' ' || c > '~')
			(void)buf_addf(out, "\\x%02x", c);
		else
			(void)buf_add(out, &c, 1);
	}
	if (shown < n)
		(void)buf_addf(out, "... (%zu bytes)", n);
}

void
b64_add(const void *bytes, size_t n, struct buf *out)
{
	unsigned char *text = must(malloc(n / 3 * 4 + 8));
	int len = EVP_EncodeBlock(text, bytes, (int)n);

	(void)buf_add(out, text, (size_t)len);
	free(text);
}

int
b64_take(const char *text, size_t n, struct buf *out)
{
	unsigned char *bytes;
	int len, pad = 0;

	if (n % 4 != 0)
		return -1;
	while (n > 0 && pad < 2 && text[n - 1 - (size_t)pad] == '=')
		pad++;
	bytes = must(malloc(n + 4));
	len = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
	if (len >= pad)
		(void)buf_add(out, bytes, (size_t)(len - pad));
	free(bytes);
	return len >= pad ? 0 : -1;
}

char *
word_take(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t n = strcspn(word, " \t");

	if (n == 0)
		return NULL;
	*rest = word + n;
	if (**rest != '\0') {
		*(*rest)++ = '\0';
		*rest += strspn(*rest, " \t");
	}
	return word;
}

/* *p stands at the first character of a word and moves behind its last one. */
static int
word_read(const char **p, struct buf *word)
{
	char quote = '\0';
	const char *s;

	for (s = *p; *s != '\0' && (quote != '\0' || (*s != ' ' && *s != '\t')); s++) {
		if (quote == '\0' && (*s == '\'' || *s == '"'))
			quote = *s;
		else if (quote != '\0' && *s == quote)
			quote = '\0';
		else if (*s == '\\' && quote != '\'' && s[1] != '\0')
			(void)buf_add(word, ++s, 1);
		else
			(void)buf_add(word, s, 1);
	}
	*p = s;
	return quote == '\0' ? 0 : -1;
}

int
words_split(const char *text, struct list *words)
{
	struct buf word = { 0 };
	int rc = 0;

	for (text += strspn(text, " \t"); rc == 0 && *text != '\0';
	    text += strspn(text, " \t")) {
		buf_reset(&word);
		rc = word_read(&text, &word);
		listed(words, buf_str(&word));
	}
	buf_free(&word);
	return rc;
}
