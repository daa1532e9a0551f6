/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ini: the first byte says which key is refused (0: none), the rest is a file of which
 * the section [check] is read. No content may get into a complaint.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame/ini.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Not empty, on one line, and without blanks at its ends. */
static bool
trimmed(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && strchr(s, '\n') == NULL && strchr(" \t\r", s[0]) == NULL &&
	    strchr(" \t\r", s[n - 1]) == NULL;
}

struct sink {
	unsigned	 calls, refused;
	size_t		 octets;	/* that were told */
};

static int
option(void *arg, const char *key, const char *value, struct buf *why)
{
	struct sink *sink = arg;

	require(trimmed(key) && strchr(key, '=') == NULL && key[0] != '[');
	require(key[0] != ';' && key[0] != '#');
	require(value == NULL || trimmed(value));
	sink->octets += strlen(key) + (value != NULL ? strlen(value) : 0);
	if (++sink->calls != sink->refused)
		return 0;
	(void)buf_puts(why, "refused");
	return -1;
}

/* Is the complaint one of ours, numbers aside? */
static bool
our_words(const char *why)
{
	static const char *const ours[] = {
		"there is no section [check]",
		"line # is neither [section] nor key=value",
		"line # is too long or holds a NUL", "refused (line #)",
	};
	char text[64] = { 0 };
	size_t n = 0;

	for (; *why != '\0' && n < sizeof(text) - 1; n++) {
		size_t digits = strspn(why, "0123456789");

		text[n] = '#';
		if (digits == 0)
			text[n] = *why;
		why += digits > 0 ? digits : 1;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(text, ours[i]) == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink told = { .refused = size > 0 ? data[0] : 0 };
	const struct ini_sink sink = { option, &told };
	struct buf why = { 0 };
	int rc;

	if (size == 0)
		return 0;
	rc = ini_parse((const char *)data + 1, size - 1, "check", &sink, &why);
	require(told.octets <= size - 1);
	require(rc == 0 || rc == -1);
	require((rc == 0) == (why.len == 0));
	require(rc == 0 || our_words(buf_str(&why)));
	require(rc == -1 || told.refused == 0 || told.calls < told.refused);
	require(rc == -1 || memmem(data + 1, size - 1, "check", 5) != NULL);
	buf_free(&why);
	return 0;
}
