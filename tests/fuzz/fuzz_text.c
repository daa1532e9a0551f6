/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: whatever comes in, what comes out of the gate is valid UTF-8 without anything
 * that a terminal or a monitoring system acts upon. The checker here stands on its own:
 * it is written after the ABNF of RFC 3629.
 */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* How RFC 3629 writes characters of several bytes: range of the first, of the second. */
static const struct {
	unsigned char	 first, last, low, high;
	size_t		 len;
} forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* The length of the character at s, 0 when it is none. */
static size_t
character(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	for (size_t i = 0; i < LEN(forms); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		return forms[i].len;
	}
	return 0;
}

/* Characters of several bytes that must not come out, from first to last. */
static const char *const forbidden[][2] = {
	{ "\xc2\x80", "\xc2\x9f" }, { "\xc2\xad", "\xc2\xad" },
	{ "\xd8\x9c", "\xd8\x9c" },
	{ "\xe1\xa0\x8e", "\xe1\xa0\x8e" }, { "\xe2\x80\x8b", "\xe2\x80\x8f" },
	{ "\xe2\x80\xa8", "\xe2\x80\xae" }, { "\xe2\x81\xa0", "\xe2\x81\xaf" },
	{ "\xef\xbb\xbf", "\xef\xbb\xbf" }, { "\xef\xbf\xb9", "\xef\xbf\xbb" },
	{ "\xf3\xa0\x80\x80", "\xf3\xa0\x81\xbf" },
};

/* The order of UTF-8 is the order of its bytes. */
static bool
allowed(const unsigned char *s, size_t len)
{
	if (len == 1)
		return *s >= ' ' && *s < 0x7f && *s != '|' && *s != '$';
	for (size_t i = 0; i < LEN(forbidden); i++)
		if (strlen(forbidden[i][0]) == len &&
		    memcmp(s, forbidden[i][0], len) >= 0 &&
		    memcmp(s, forbidden[i][1], len) <= 0)
			return false;
	return true;
}

static bool
tame(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s != '\0') {
		size_t len = character(s);

		if (len == 0 || !allowed(s, len))
			return false;
		s += len;
	}
	return true;
}

static void
check_tame(const char *bytes, size_t n)
{
	char *in = strndup(bytes, n), *out = strndup(bytes, n), *twice;

	require(in != NULL && out != NULL);
	text_tame(out);
	require(strlen(out) <= strlen(in));
	require(tame(out));
	require(strcmp(in, out) == 0 || !tame(in));
	require((twice = strdup(out)) != NULL);
	text_tame(twice);
	require(strcmp(out, twice) == 0);
	free(in);
	free(out);
	free(twice);
}

/* Does the cut at s + n fall into a character that is there as a whole? */
static bool
inside_character(const char *s, size_t n)
{
	for (size_t back = 1; back < 4 && back <= n; back++)
		if (character((const unsigned char *)s + n - back) > back)
			return true;
	return false;
}

static void
check_copy(const char *bytes, size_t n, size_t size)
{
	char *src = calloc(1, n + 4), *dst = malloc(size);
	size_t kept;

	require(src != NULL && dst != NULL);
	memcpy(src, bytes, n);
	text_copy(dst, size, bytes, n);
	require(memchr(dst, '\0', size) != NULL);
	kept = strlen(dst);
	if (n < size) {
		require(kept == n);
	} else {
		require(kept >= 3 && strcmp(dst + kept - 3, "...") == 0);
		kept -= 3;
		require(kept + 7 >= size && !inside_character(src, kept));
	}
	for (size_t i = 0; i < kept; i++)
		require(dst[i] == src[i] || (src[i] == '\0' && dst[i] == '?'));
	free(src);
	free(dst);
}

static void
check_numbers(const char *bytes, size_t n)
{
	char *text = strndup(bytes, n);
	double value = 0;
	long integer = 0;

	require(text != NULL);
	if (text_number(bytes, n, &value) == 0)
		require(isfinite(value) && strspn(text, "-.0123456789") == n);
	if (text_duration(bytes, n, &value) == 0)
		require(isfinite(value) && strspn(text, "-.0123456789mshdw") == n);
	if (text_integer(text, -5, 1000, &integer) == 0)
		require(integer >= -5 && integer <= 1000);
	(void)text_has_control(text);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;

	check_tame(bytes, size);
	check_numbers(bytes, size);
	if (size > 0)
		check_copy(bytes + 1, size - 1, 4 + data[0] % 64);
	return 0;
}
