/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/wrap.h"
#include "unit/unit.h"

#define TEN "123456789 "
#define DIGITS "1234567890"
#define LONG DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS "123456789"
#define THREE "\303\251\303\251\303\251"
#define NINE THREE THREE THREE

static const struct {
	const char	*name, *text;
	size_t		 at, indent;
	const char	*lines;
} wraps[] = {
	{ "short", "one two", 0, 0, "one two\n" },
	{ "nothing", "", 0, 4, "\n" },
	{ "blanks", "  one   two  ", 0, 0, "one two\n" },
	{ "indented", "one two", 0, 4, "    one two\n" },
	{ "up to the column", "one", 2, 4, "  one\n" },
	{ "at the column", "one", 4, 4, "one\n" },
	{ "behind it", "one two", 6, 4, " one two\n" },
	{ "79 columns", TEN TEN TEN TEN TEN TEN TEN "123456789", 0, 0,
	    TEN TEN TEN TEN TEN TEN TEN "123456789\n" },
	{ "80 columns", TEN TEN TEN TEN TEN TEN TEN "1234567890", 0, 2,
	    "  " TEN TEN TEN TEN TEN TEN "123456789\n  1234567890\n" },
	{ "a long word", "a " LONG "0 b", 0, 0, "a\n" LONG "0\nb\n" },
	{ "a long word first", LONG "0", 0, 0, LONG "0\n" },
	{ "a long word behind a heading", LONG, 8, 4, "\n    " LONG "\n" },
	{ "letters of two bytes", TEN TEN TEN TEN TEN TEN TEN
	    NINE, 0, 0,
	    TEN TEN TEN TEN TEN TEN TEN
	    NINE "\n" },
};

START_TEST(wrapped)
{
	struct buf out = { 0 };

	wrap_text(&out, wraps[_i].text, wraps[_i].at, wraps[_i].indent);
	ck_assert_msg(strcmp(buf_str(&out), wraps[_i].lines) == 0, "%s:\n%s",
	    wraps[_i].name, buf_str(&out));
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, wrapped, 0, LEN(wraps));
}
