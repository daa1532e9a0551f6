/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static const char long_digits[] =
    "1234567890123456789012345678901234567890123456789012345678901234";

static const struct {
	const char	*name, *in, *out;
} tames[] = {
	{ "empty",		"",				"" },
	{ "plain", "250 2.1.5 Ok [x] {y} ~ `z`", "250 2.1.5 Ok [x] {y} ~ `z`" },
	{ "bar",		"up | time=0s;;;",		"up ? time=0s;;;" },
	{ "macro", "$USER1$ and $HOSTNAME$", "?USER1? and ?HOSTNAME?" },
	{ "colours",		"\x1b[31mred\x1b[0m",		"?[31mred?[0m" },
	{ "window title",	"\x1b]0;owned\x07",		"?]0;owned?" },
	{ "line ends",		"a\r\nb\nc\td",			"a  b c d" },
	{ "all of C0",		"\x01\x08\x0b\x0c\x0e\x1f",	"??????" },
	{ "DEL",		"a\x7f" "b",			"a?b" },
	{ "C1 NEL",		"a\xc2\x85" "b",		"a?b" },
	{ "C1 CSI",		"\xc2\x9b" "31m",		"?31m" },
	{ "C1 first and last",	"\xc2\x80\xc2\x9f",		"??" },
	{ "first after C1",	"a\xc2\xa0" "b",		"a\xc2\xa0" "b" },
	{ "overlong bar",	"\xc1\xbc",			"??" },
	{ "overlong slash",	"\xc0\xaf",			"??" },
	{ "overlong of three",	"\xe0\x9f\xbf",			"???" },
	{ "overlong of four",	"\xf0\x8f\xbf\xbf",		"????" },
	{ "surrogates",		"\xed\xa0\x80\xed\xbf\xbf",	"??????" },
	{ "beyond Unicode",	"\xf4\x90\x80\x80",		"????" },
	{ "far beyond",		"\xf5\x80\x80\x80",		"????" },
	{ "five bytes",		"\xf8\x88\x80\x80\x80",		"?????" },
	{ "lead of five",	"\xf9\x80\x80\x80",		"????" },
	{ "never a byte",	"a\xff\xfe" "b",		"a??b" },
	{ "Latin-1",		"Gr\xfc\xdf" "e",		"Gr??e" },
	{ "only the rest",	"\x80\xbf",			"??" },
	{ "cut at the end",	"a\xe2\x82",			"a??" },
	{ "cut of four",	"\xf0\x9f\x98",			"???" },
	{ "cut before a bar",	"\xe2\x82|x",			"???x" },
	{ "cut before good",	"\xe2\xc3\xa4",			"?\xc3\xa4" },
	{ "right to left",	"moc\xe2\x80\xae" "evil",	"moc?evil" },
	{ "isolates",		"\xe2\x81\xa6x\xe2\x81\xa9",	"?x?" },
	{ "Arabic mark",	"a\xd8\x9c" "b",		"a?b" },
	{ "direction marks",	"\xe2\x80\x8e\xe2\x80\x8f",	"??" },
	{ "zero width",		"pay\xe2\x80\x8bpal",		"pay?pal" },
	{ "word joiner",	"a\xe2\x81\xa0" "b",		"a?b" },
	{ "soft hyphen",	"a\xc2\xad" "b",		"a?b" },
	{ "byte order mark",	"\xef\xbb\xbf" "220",		"?220" },
	{ "line separator",	"a\xe2\x80\xa8" "b",		"a?b" },
	{ "paragraph",		"a\xe2\x80\xa9" "b",		"a?b" },
	{ "annotation",		"\xef\xbf\xb9" "a\xef\xbf\xbb",	"?a?" },
	{ "tags",		"a\xf3\xa0\x81\xa1" "b",	"a?b" },
	{ "umlauts", "Gr\xc3\xbc\xc3\x9f" "e", "Gr\xc3\xbc\xc3\x9f" "e" },
	{ "beside controls", "\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf" },
	{ "Japanese", "\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "face",		"\xf0\x9f\x98\x80",		"\xf0\x9f\x98\x80" },
	{ "least of three",	"\xe0\xa0\x80",			"\xe0\xa0\x80" },
	{ "least of four",	"\xf0\x90\x80\x80",		"\xf0\x90\x80\x80" },
	{ "beside surrogates", "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
	{ "last of Unicode",	"\xf4\x8f\xbf\xbf",		"\xf4\x8f\xbf\xbf" },
	{ "bad between good",	"\xc3\xa4\xff\xc3\xb6",		"\xc3\xa4?\xc3\xb6" },
	{ "moved to the front",	"\xe2\x80\xae\xe6\x97\xa5|x",	"?\xe6\x97\xa5?x" },
};

START_TEST(tame)
{
	char text[64];

	ck_assert_uint_lt(strlen(tames[_i].in), sizeof(text));
	(void)snprintf(text, sizeof(text), "%s", tames[_i].in);
	text_tame(text);
	ck_assert_msg(strcmp(text, tames[_i].out) == 0, "%s: %s", tames[_i].name, text);
	text_tame(text);
	ck_assert_msg(strcmp(text, tames[_i].out) == 0, "%s again: %s", tames[_i].name,
	    text);
}
END_TEST

/* Every single byte, in the middle of a text: only printable ASCII stays as it is. */
START_TEST(tame_byte)
{
	char text[] = { 'a', (char)_i, 'b', '\0' };
	bool stays = _i >= ' ' && _i < 0x7f && _i != '|' && _i != '$';
	bool blank = _i == '\t' || _i == '\n' || _i == '\r';

	text_tame(text);
	ck_assert_int_eq(text[1], stays ? _i : blank ? ' ' : '?');
	ck_assert_str_eq(text + 2, "b");
}
END_TEST

static const struct {
	const char	*name, *in;
	size_t		 n, size;
	const char	*out;
} copies[] = {
	{ "nothing",		"",			0,  8,	"" },
	{ "room",		"abc",			3,  8,	"abc" },
	{ "just fits",		"abcdefg",		7,  8,	"abcdefg" },
	{ "one too long",	"abcdefgh",		8,  8,	"abcd..." },
	{ "part of more",	"abcdefgh",		2,  8,	"ab" },
	{ "least room",		"abcd",			4,  4,	"..." },
	{ "least room, fits",	"abc",			3,  4,	"abc" },
	{ "NUL",		"a\0b\0",		4,  8,	"a?b?" },
	{ "NUL, too long",	"\0\0\0\0\0\0\0\0",	8,  8,	"????..." },
	{ "cut before two",	"abc\xc3\xa4" "efg",	8,  8,	"abc..." },
	{ "cut after two",	"ab\xc3\xa4" "efgh",	8,  8,	"ab\xc3\xa4..." },
	{ "two just fit",	"abcde\xc3\xa4",	7,  8,	"abcde\xc3\xa4" },
	{ "cut in three",	"ab\xe2\x82\xac" "fgh",	8,  8,	"ab..." },
	{ "cut in four",	"a\xf0\x9f\x98\x80" "fgh", 8, 8, "a..." },
	{ "four first",		"\xf0\x9f\x98\x80" "efgh", 8, 8, "\xf0\x9f\x98\x80..." },
	{ "no character",	"\x80\x80\x80\x80\x80\x80\x80\x80", 8, 8,
	    "\x80\x80\x80\x80..." },
	{ "stray bytes",	"a\xe2\x82\xac\x80\x80\x80\x80\x80", 9, 9,
	    "a\xe2\x82\xac\x80..." },
};

/* Source and destination are exactly as large as told, for AddressSanitizer. */
START_TEST(copy)
{
	char *src = malloc(copies[_i].n > 0 ? copies[_i].n : 1);
	char *dst = malloc(copies[_i].size);

	ck_assert(src != NULL && dst != NULL);
	memcpy(src, copies[_i].in, copies[_i].n);
	memset(dst, 'x', copies[_i].size);
	text_copy(dst, copies[_i].size, src, copies[_i].n);
	ck_assert_msg(strcmp(dst, copies[_i].out) == 0, "%s: %s", copies[_i].name, dst);
	free(src);
	free(dst);
}
END_TEST

static const struct {
	const char	*text;
	double		 value;
} numbers[] = {
	{ "0", 0 }, { "5", 5 }, { "-5", -5 }, { "0.5", 0.5 }, { "-0.25", -0.25 },
	{ "010", 10 }, { "-0", 0 }, { "5.0", 5 }, { "00.50", 0.5 },
	{ "12345678901234567890", 12345678901234567890.0 },
};

START_TEST(number)
{
	const char *text = numbers[_i].text;
	double value = 77;

	ck_assert_int_eq(text_number(text, strlen(text), &value), 0);
	ck_assert_double_eq(value, numbers[_i].value);
}
END_TEST

static const char *const no_numbers[] = {
	"", " 5", "5 ", "5\n", "+5", "1e3", "1E3", "0x10", "5foo", "5s", "inf", "-inf",
	"nan", "infinity", "-", "--5", "5-", ".", ".5", "5.", "-.5", "1,5", "1.2.3",
	"1_000",
	"\xef\xbc\x95", long_digits,
};

START_TEST(no_number)
{
	const char *text = no_numbers[_i];
	double value = 77;

	ck_assert_msg(text_number(text, strlen(text), &value) == -1, "%s", text);
	ck_assert_double_eq(value, 77);
}
END_TEST

START_TEST(number_of_n_bytes)
{
	static const char unclosed[] = { '1', '5', '.', '5' };
	double value = 77;

	ck_assert_int_eq(text_number("15foo", 2, &value), 0);
	ck_assert_double_eq(value, 15);
	ck_assert_int_eq(text_number(unclosed, sizeof(unclosed), &value), 0);
	ck_assert_double_eq(value, 15.5);
	ck_assert_int_eq(text_number(unclosed, 3, &value), -1);
	ck_assert_int_eq(text_number("5\0", 2, &value), -1);
	ck_assert_int_eq(text_number(long_digits, 63, &value), 0);
}
END_TEST

static const struct {
	const char	*text;
	long		 min, max, value;
} integers[] = {
	{ "0", 0, 9, 0 }, { "9", 0, 9, 9 }, { "-1", -1, 9, -1 }, { "-0", 0, 9, 0 },
	{ "010", 0, 99, 10 }, { "65535", 1, 65535, 65535 }, { "1", 1, 65535, 1 },
};

START_TEST(integer)
{
	long min = integers[_i].min, max = integers[_i].max, value = 77;

	ck_assert_int_eq(text_integer(integers[_i].text, min, max, &value), 0);
	ck_assert_int_eq(value, integers[_i].value);
}
END_TEST

static const struct {
	const char	*text;
	long		 min, max;
} no_integers[] = {
	{ "10", 0, 9 }, { "-1", 0, 9 }, { "65536", 1, 65535 }, { "0", 1, 65535 },
	{ "", 0, 9 }, { " 5", 0, 9 }, { "5 ", 0, 9 }, { "+5", 0, 9 }, { "5foo", 0, 9 },
	{ "1e3", 0, 9999 }, { "0x10", 0, 99 }, { "-", -9, 9 }, { "--1", -9, 9 },
	{ "5.0", 0, 9 }, { "1,5", 0, 99 }, { "inf", 0, 9 },
	{ "99999999999999999999", LONG_MIN, LONG_MAX },
	{ "-99999999999999999999", LONG_MIN, LONG_MAX },
	{ long_digits, LONG_MIN, LONG_MAX },
};

START_TEST(no_integer)
{
	const char *text = no_integers[_i].text;
	long value = 77;

	ck_assert_msg(text_integer(text, no_integers[_i].min, no_integers[_i].max,
	    &value) == -1, "%s", text);
	ck_assert_int_eq(value, 77);
}
END_TEST

static const struct {
	const char	*text;
	double		 value;
} durations[] = {
	{ "0", 0 }, { "30", 30 }, { "30s", 30 }, { "250ms", 0.25 }, { "23330ms", 23.33 },
	{ "9ms", 0.009 }, { "2m", 120 },
	{ "4h", 14400 }, { "21d", 1814400 }, { "2w", 1209600 }, { "0.5h", 1800 },
	{ "-1m", -60 },
};

START_TEST(duration)
{
	const char *text = durations[_i].text;
	double value = 77;

	ck_assert_int_eq(text_duration(text, strlen(text), &value), 0);
	ck_assert_double_eq(value, durations[_i].value);
}
END_TEST

static const char *const no_durations[] = {
	"", "s", "5 s", " 5s", "5s ", "5S", "5M", "5min", "5mss", "1h30m", "5y", "5.s",
	".5s", "1e3s", "1,5s", "0x10s", "inf", "nan", "-", "-s", "5foo", "5\xc2\xb5s",
	long_digits,
};

START_TEST(no_duration)
{
	const char *text = no_durations[_i];
	double value = 77;

	ck_assert_msg(text_duration(text, strlen(text), &value) == -1, "%s", text);
	ck_assert_double_eq(value, 77);
}
END_TEST

static const struct {
	const char	*s, *word;
	bool		 same, starts;
	int		 at;		/* -1: nowhere */
} words[] = {
	{ "STARTTLS", "starttls", true, true, 0 },
	{ "starttls", "STARTTLS", true, true, 0 },
	{ "STARTTLS", "start", false, true, 0 },
	{ "start", "STARTTLS", false, false, -1 },
	{ "250-StartTLS here", "STARTTLS", false, false, 4 },
	{ "aaab", "AAB", false, false, 1 },
	{ "", "", true, true, 0 },
	{ "a", "", false, true, 0 },
	{ "", "a", false, false, -1 },
	{ "[x", "{X", false, false, -1 }, /* apart by the bit that letters differ by */
	{ "@", "`", false, false, -1 },
	{ "\xc3\x84", "\xc3\xa4", false, false, -1 },	/* ASCII only */
	{ "\xff", "\xff", true, true, 0 },
	{ "i", "I", true, true, 0 },		/* in a Turkish locale, too */
};

START_TEST(word)
{
	const char *found = text_find(words[_i].s, words[_i].word);

	ck_assert_int_eq(text_same(words[_i].s, words[_i].word), words[_i].same);
	ck_assert_int_eq(text_starts(words[_i].s, words[_i].word), words[_i].starts);
	ck_assert_int_eq(found != NULL ? (int)(found - words[_i].s) : -1, words[_i].at);
}
END_TEST

static const struct {
	const char	*text;
	bool		 control;
} controls[] = {
	{ "", false }, { "user name~", false }, { "Gr\xc3\xbc", false },
	{ "a\r\nQUIT", true },
	{ "\x01", true }, { "tab\t", true }, { "\x1f", true }, { "\x7f", true },
};

START_TEST(control)
{
	ck_assert_int_eq(text_has_control(controls[_i].text), controls[_i].control);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, tame, 0, LEN(tames));
	tcase_add_loop_test(t, tame_byte, 1, 256);
	tcase_add_loop_test(t, copy, 0, LEN(copies));
	tcase_add_loop_test(t, number, 0, LEN(numbers));
	tcase_add_loop_test(t, no_number, 0, LEN(no_numbers));
	tcase_add_test(t, number_of_n_bytes);
	tcase_add_loop_test(t, integer, 0, LEN(integers));
	tcase_add_loop_test(t, no_integer, 0, LEN(no_integers));
	tcase_add_loop_test(t, duration, 0, LEN(durations));
	tcase_add_loop_test(t, no_duration, 0, LEN(no_durations));
	tcase_add_loop_test(t, word, 0, LEN(words));
	tcase_add_loop_test(t, control, 0, LEN(controls));
}
