/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/*
 * Decodes one UTF-8 sequence (RFC 3629) of at most n bytes into *point and returns its
 * length; 0 when it is cut, overlong, a surrogate or beyond Unicode.
 */
static size_t
utf8(const unsigned char *s, size_t n, unsigned *point)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (len == 1) {
		*point = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
		return 0;
	*point = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	if (*point < least[len] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return len;
}

/* May this code point stand in our output? */
static bool
harmless(unsigned point)
{
	static const struct {
		unsigned first, last;
	} harmful[] = {
		{ 0, 0x1f }, { '$', '$' }, { '|', '|' }, { 0x7f, 0x9f },
		{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < LEN(harmful); i++)
		if (point >= harmful[i].first && point <= harmful[i].last)
			return false;
	return true;
}

void
text_tame(char *s)
{
	const unsigned char *in = (const unsigned char *)s;
	size_t left = strlen(s);
	char *out = s;

	while (left > 0) {
		unsigned point = 0;
		size_t len = utf8(in, left, &point);

		if (len > 0 && harmless(point)) {
			memmove(out, in, len);
			out += len;
		} else {
			*out++ = *in == '\t' || *in == '\n' || *in == '\r' ? ' ' : '?';
		}
		in += len > 0 ? len : 1;
		left -= len > 0 ? len : 1;
	}
	*out = '\0';
}

/* Where to cut src instead of at n, so that no character of UTF-8 is cut. */
static size_t
between_characters(const char *src, size_t n)
{
	size_t back = 0;

	while (back < 3 && back < n && ((unsigned char)src[n - back] & 0xc0) == 0x80)
		back++;
	return ((unsigned char)src[n - back] & 0xc0) == 0xc0 ? n - back : n;
}

void
text_copy(char *dst, size_t size, const char *src, size_t n)
{
	size_t keep = n < size ? n : between_characters(src, size - 4);

	for (size_t i = 0; i < keep; i++) {
		dst[i] = src[i];
		if (dst[i] == '\0')
			dst[i] = '?';
	}
	if (keep < n) {
		memcpy(dst + keep, "...", 3);
		keep += 3;
	}
	dst[keep] = '\0';
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
text_same(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

bool
text_starts(const char *s, const char *prefix)
{
	while (*prefix != '\0' && lower(*s) == lower(*prefix)) {
		s++;
		prefix++;
	}
	return *prefix == '\0';
}

const char *
text_find(const char *s, const char *word)
{
	for (; *s != '\0'; s++)
		if (text_starts(s, word))
			return s;
	return *word == '\0' ? s : NULL;
}

bool
text_has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static size_t
digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i;
}

/* The length of the numeral at the start of s, 0 when there is none. */
static size_t
numeral(const char *s, size_t n)
{
	size_t i = n > 0 && s[0] == '-' ? 1 : 0;
	size_t whole = digits(s + i, n - i);

	if (whole == 0)
		return 0;
	i += whole;
	if (i < n && s[i] == '.') {
		size_t part = digits(s + i + 1, n - i - 1);

		return part > 0 ? i + 1 + part : 0;
	}
	return i;
}

size_t
text_columns(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80 ? 1 : 0;
	return count;
}

int
text_number(const char *s, size_t n, double *value)
{
	char copy[64];
	double number;

	if (n >= sizeof(copy) || numeral(s, n) != n || n == 0)
		return -1;
	memcpy(copy, s, n);
	copy[n] = '\0';
	number = strtod(copy, NULL);	/* no setlocale() in this
					 * suite: the dot is a dot */
	if (!isfinite(number))
		return -1;
	*value = number;
	return 0;
}

int
text_integer(const char *s, long min, long max, long *value)
{
	char *end;
	long number;
	size_t sign = s[0] == '-' ? 1 : 0;

	if (s[sign] == '\0' || digits(s + sign, strlen(s + sign)) != strlen(s + sign))
		return -1;
	errno = 0;
	number = strtol(s, &end, 10);
	if (errno != 0 || *end != '\0' || number < min || number > max)
		return -1;
	*value = number;
	return 0;
}

int
text_duration(const char *s, size_t n, double *seconds)
{
	static const struct {
		const char	*unit;
		double		 factor, part;
	} units[] = {	/* whole numbers: there is no double of 0.001 */
		{ "", 1, 1 }, { "ms", 1, 1000 }, { "s", 1, 1 }, { "m", 60, 1 },
		{ "h", 3600, 1 }, { "d", 86400, 1 }, { "w", 604800, 1 },
	};
	size_t len = numeral(s, n);
	double number;

	if (len == 0 || text_number(s, len, &number) == -1)
		return -1;
	for (size_t i = 0; i < LEN(units); i++) {
		if (strlen(units[i].unit) == n - len &&
		    memcmp(units[i].unit, s + len, n - len) == 0) {
			*seconds = number * units[i].factor / units[i].part;
			return 0;
		}
	}
	return -1;
}
