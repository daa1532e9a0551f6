/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "unit/unit.h"

static const struct {
	const char	*bytes;
	size_t		 n;
	const char	*seen;		/* the lines in brackets, and how it ended */
} files[] = {
	{ "", 0, "0" },
	{ "a", 1, "[a]0" },
	{ "a\n", 2, "[a]0" },
	{ "a\nb", 3, "[a][b]0" },
	{ "\n\n", 2, "[][]0" },
	{ "a\r\nb\r", 5, "[a][b]0" },
	{ "a\r\r\n", 4, "[a\r]0" },
	{ "\xef\xbb\xbf" "a\n", 5, "[a]0" },
	{ "\xef\xbb\xbf", 3, "0" },
	{ "\xef\xbb", 2, "[\xef\xbb]0" },
	{ "a\nb\0c\nd", 7, "[a]line 2 holds a NUL byte" },
	{ "\0", 1, "line 1 holds a NUL byte" },
};

START_TEST(taken)
{
	char *copy = malloc(files[_i].n + 1);
	struct buf seen = { 0 };
	struct lines lines;
	unsigned count = 0;
	char *line;
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, files[_i].bytes, files[_i].n);
	copy[files[_i].n] = '\0';
	lines = lines_begin(copy, files[_i].n);
	while ((rc = lines_next(&lines, &line, &seen)) == 1) {
		(void)buf_addf(&seen, "[%s]", line);
		ck_assert_uint_eq(lines.number, ++count);
	}
	if (rc == 0)
		(void)buf_puts(&seen, "0");
	ck_assert_str_eq(buf_str(&seen), files[_i].seen);
	buf_free(&seen);
	free(copy);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, taken, 0, LEN(files));
}
