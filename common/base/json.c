/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define REPLACEMENT 0xfffdu	/* U+FFFD: a character that cannot be told */

void
json_string(struct buf *out, const char *text)
{
	if (text == NULL) {
		(void)buf_puts(out, "null");
		return;
	}
	(void)buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)buf_addf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			(void)buf_addf(out, "\\u%04x", (unsigned)*text);
		else
			(void)buf_add(out, text, 1);
	}
	(void)buf_puts(out, "\"");
}

/* What is left to read, or a part of the text. */
struct span {
	const char	*p, *end;
};

static bool	 value(struct span *s, int depth);

/* The next byte, '\0' at the end: a NUL is as wrong everywhere as the end is. */
static char
next(const struct span *s)
{
	return s->p < s->end ? *s->p : '\0';
}

static void
blanks(struct span *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' ||
	    *s->p == '\r'))
		s->p++;
}

/* Takes this byte, blanks before and behind it too, if it is the next. */
static bool
sign(struct span *s, char c)
{
	blanks(s);
	if (next(s) != c)
		return false;
	s->p++;
	blanks(s);
	return true;
}

static bool
digits(struct span *s)
{
	const char *start = s->p;

	while (next(s) >= '0' && next(s) <= '9')
		s->p++;
	return s->p > start;
}

/* RFC 8259 6: no plus sign, no leading zeros, digits on both sides of a dot. */
static bool
number(struct span *s)
{
	if (next(s) == '-')
		s->p++;
	if (next(s) == '0')
		s->p++;
	else if (!digits(s))
		return false;
	if (next(s) == '.') {
		s->p++;
		if (!digits(s))
			return false;
	}
	if (next(s) == 'e' || next(s) == 'E') {
		s->p++;
		if (next(s) == '+' || next(s) == '-')
			s->p++;
		if (!digits(s))
			return false;
	}
	return true;
}

static bool
word(struct span *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n) != 0)
		return false;
	s->p += n;
	return true;
}

/* How RFC 3629 writes characters: range of the first byte, range of the second. */
static const struct {
	unsigned char	 first, last, low, high;
	ptrdiff_t	 len;
} forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Takes a character of several bytes. */
static bool
beyond_ascii(struct span *s)
{
	const unsigned char *c = (const unsigned char *)s->p;

	for (size_t i = 0; i < LEN(forms); i++) {
		if (c[0] < forms[i].first || c[0] > forms[i].last)
			continue;
		if (s->end - s->p < forms[i].len ||
		    c[1] < forms[i].low || c[1] > forms[i].high)
			return false;
		for (ptrdiff_t k = 2; k < forms[i].len; k++)
			if ((c[k] & 0xc0) != 0x80)
				return false;
		s->p += forms[i].len;
		return true;
	}
	return false;
}

/* Four hexadecimal digits. */
static bool
hex(struct span *s, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, s->p++) {
		char c = next(s);

		if (c >= '0' && c <= '9')
			*unit = *unit << 4 | (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*unit = *unit << 4 | (unsigned)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			*unit = *unit << 4 | (unsigned)(c - 'A' + 10);
		else
			return false;
	}
	return true;
}

/* What stands behind "\u": one unit of UTF-16, or a pair with its second escape. */
static bool
unicode(struct span *s, unsigned *point)
{
	struct span second;
	unsigned unit;

	if (!hex(s, point))
		return false;
	second = *s;
	if (*point >= 0xd800 && *point <= 0xdbff && word(&second, "\\u") &&
	    hex(&second, &unit) && unit >= 0xdc00 && unit <= 0xdfff) {
		*point = 0x10000 + ((*point - 0xd800) << 10) + (unit - 0xdc00);
		*s = second;
	}
	if (*point == 0 || (*point >= 0xd800 && *point <= 0xdfff))
		*point = REPLACEMENT;
	return true;
}

/* Takes an escape, the backslash before it taken. */
static bool
escape(struct span *s, unsigned *point)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	char c = next(s);

	if (c == '\0' || (c != 'u' && strchr(letters, c) == NULL))
		return false;
	s->p++;
	if (c == 'u')
		return unicode(s, point);
	letter = strchr(letters, c);
	*point = (unsigned char)meant[letter - letters];
	return true;
}

/* Writes the code point as UTF-8 and returns its length. */
static size_t
utf8(unsigned point, char out[static 4])
{
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(lead[n] | point);
	return n;
}

/*
 * Takes the next character of a string and decodes it. Returns its length; 0 where no
 * character of a string stands, and takes nothing: at the closing quote, at the end, at
 * an error. So a quote within a broken escape is not taken for the closing one.
 */
static size_t
character(struct span *s, char out[static 4])
{
	const char *start = s->p;
	unsigned point;

	if (next(s) == '"' || (s->p < s->end && (unsigned char)*s->p < ' ') ||
	    s->p == s->end)
		return 0;
	if (*s->p == '\\') {
		s->p++;
		if (escape(s, &point))
			return utf8(point, out);
		s->p = start;
		return 0;
	}
	if ((unsigned char)*s->p < 0x80)
		s->p++;
	else if (!beyond_ascii(s))
		return 0;
	memcpy(out, start, (size_t)(s->p - start));
	return (size_t)(s->p - start);
}

/* Takes a string with its quotes; what stands between them goes to *content. */
static bool
string(struct span *s, struct span *content)
{
	char ignored[4];

	if (next(s) != '"')
		return false;
	content->p = ++s->p;
	while (character(s, ignored) > 0)
		;
	content->end = s->p;
	return word(s, "\"");
}

/* Takes a name and its colon. */
static bool
name_of(struct span *s, struct span *name)
{
	return string(s, name) && sign(s, ':');
}

/* Takes the rest of an array or object, its opening bracket taken. */
static bool
rest(struct span *s, char closing, int depth)
{
	struct span ignored;

	if (sign(s, closing))
		return true;
	do
		if ((closing == '}' && !name_of(s, &ignored)) || !value(s, depth))
			return false;
	while (sign(s, ','));
	return sign(s, closing);
}

/* Takes a value that may hold so many arrays or objects within each other. */
static bool
value(struct span *s, int depth)
{
	struct span ignored;

	switch (next(s)) {
	case '{':
	case '[':
		if (depth == 0)
			return false;
		return rest(s, *s->p++ == '{' ? '}' : ']', depth - 1);
	case '"':
		return string(s, &ignored);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return number(s);
	}
}

/* Do these characters of a string spell the name? */
static bool
spells(struct span s, const char *name)
{
	size_t left = strlen(name), n;
	char c[4];

	while ((n = character(&s, c)) > 0) {
		if (n > left || memcmp(name, c, n) != 0)
			return false;
		name += n;
		left -= n;
	}
	return left == 0;
}

/*
 * The value of the member as it is written: 0 when it is there, 1 when not, -1 when text
 * is no object or has it twice.
 */
static int
find(const char *text, size_t n, const char *name, struct span *found)
{
	struct span s = { text, text + n }, key, it;
	int rc = 1;

	if (!sign(&s, '{'))
		return -1;
	if (next(&s) != '}') {
		do {
			if (!name_of(&s, &key))
				return -1;
			it.p = s.p;
			if (!value(&s, JSON_DEPTH_MAX - 1))
				return -1;
			it.end = s.p;
			if (spells(key, name)) {
				if (rc == 0)
					return -1;
				rc = 0;
				*found = it;
			}
		} while (sign(&s, ','));
	}
	return sign(&s, '}') && s.p == s.end ? rc : -1;
}

/* Appends the characters of a string, all of them or none. */
static int
decode(struct span s, struct buf *out)
{
	size_t before = out->len, n;
	char c[4];

	s.p++;
	while ((n = character(&s, c)) > 0)
		(void)buf_add(out, c, n);
	if (!out->failed)
		return buf_add(out, "", 0);
	if (out->data != NULL)
		out->data[before] = '\0';
	out->len = before;
	return -1;
}

int
json_member(const char *text, size_t n, const char *name, struct buf *out)
{
	struct span it = { 0 };
	int rc = find(text, n, name, &it);

	if (rc == 0 && (*it.p == '{' || *it.p == '['))
		return 1;
	if (rc != 0 || out == NULL)
		return rc;
	if (*it.p == '"')
		return decode(it, out);
	return buf_add(out, it.p, (size_t)(it.end - it.p));
}

int
json_number(const char *text, size_t n, const char *name, double *out)
{
	struct span it = { 0 };
	int rc = find(text, n, name, &it);

	if (rc == 0 && text_number(it.p, (size_t)(it.end - it.p), out) == -1)
		return 1;
	return rc;
}
