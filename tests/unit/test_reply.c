/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/reply.h"
#include "unit/unit.h"

#define BYTES(text) text, sizeof(text) - 1

/* The line without a NUL behind it, for AddressSanitizer. */
static int
take(struct reply *r, const char *line, size_t n, struct diag *d)
{
	char *copy = malloc(n > 0 ? n : 1);
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, line, n);
	rc = reply_line(r, copy, n, d);
	free(copy);
	return rc;
}

static const struct {
	const char	*line;
	size_t		 n;
	int		 rc, code;
	const char	*enhanced, *text;
} good[] = {
	{ BYTES("250 ok"),		0, 250, "", "ok" },
	{ BYTES("250-ok"),		1, 250, "", "ok" },
	{ BYTES("250"),			0, 250, "", "" },
	{ BYTES("250 "),		0, 250, "", "" },
	{ BYTES("250-"),		1, 250, "", "" },
	{ BYTES("250  two blanks "),	0, 250, "", " two blanks " },
	{ BYTES("250--"),		1, 250, "", "-" },
	{ BYTES("200 x"),		0, 200, "", "x" },
	{ BYTES("354 go on"),		0, 354, "", "go on" },
	{ BYTES("599 x"),		0, 599, "", "x" },
	{ BYTES("421 4.3.2 closing"),	0, 421, "4.3.2", "4.3.2 closing" },
	{ BYTES("535 5.7.8 no"),	0, 535, "5.7.8", "5.7.8 no" },
	{ BYTES("535-5.7.8 no"),	1, 535, "5.7.8", "5.7.8 no" },
	{ BYTES("535 5.7.8"),		0, 535, "5.7.8", "5.7.8" },
	{ BYTES("535 5.7.139 no"),	0, 535, "5.7.139", "5.7.139 no" },
	{ BYTES("550 5.123.456 no"),	0, 550, "5.123.456", "5.123.456 no" },
	{ BYTES("250 2.0.0 ok"),	0, 250, "2.0.0", "2.0.0 ok" },
	{ BYTES("535 5.7.8-no"),	0, 535, "", "5.7.8-no" },
	{ BYTES("535  5.7.8 no"),	0, 535, "", " 5.7.8 no" },
	{ BYTES("535 4.7.8 no"),	0, 535, "", "4.7.8 no" },
	{ BYTES("454 5.7.8 no"),	0, 454, "", "5.7.8 no" },
	{ BYTES("535 6.7.8 no"),	0, 535, "", "6.7.8 no" },
	{ BYTES("535 5.7 no"),		0, 535, "", "5.7 no" },
	{ BYTES("535 5..8 no"),		0, 535, "", "5..8 no" },
	{ BYTES("535 5.7. no"),		0, 535, "", "5.7. no" },
	{ BYTES("535 5.7.8.9 no"),	0, 535, "", "5.7.8.9 no" },
	{ BYTES("535 5.7.8a no"),	0, 535, "", "5.7.8a no" },
	{ BYTES("535 5.1234.5 no"),	0, 535, "", "5.1234.5 no" },
	{ BYTES("535 5.7.1234 no"),	0, 535, "", "5.7.1234 no" },
	{ BYTES("535 55.7.8 no"),	0, 535, "", "55.7.8 no" },
	{ BYTES("535 5.7,8 no"),	0, 535, "", "5.7,8 no" },
	{ BYTES("535 5.-7.8 no"),	0, 535, "", "5.-7.8 no" },
	{ BYTES("535 (#5.7.8)"),	0, 535, "", "(#5.7.8)" },
	{ BYTES("220 Exim 4.97.1"),	0, 220, "", "Exim 4.97.1" },
	{ BYTES("220 4.97.1 Exim"),	0, 220, "", "4.97.1 Exim" },
	{ BYTES("550 5.1"),		0, 550, "", "5.1" },
	{ BYTES("250 a\0b\0"),		0, 250, "", "a?b?" },
	{ BYTES("250 \xff\x1b|"),	0, 250, "", "\xff\x1b|" },
};

START_TEST(good_line)
{
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };

	ck_assert_int_eq(take(&r, good[_i].line, good[_i].n, &d), good[_i].rc);
	ck_assert_int_eq(r.code, good[_i].code);
	ck_assert_str_eq(r.enhanced, good[_i].enhanced);
	ck_assert_str_eq(buf_str(&r.text), good[_i].text);
	ck_assert_uint_eq(r.lines, 1);
	ck_assert(!diag_failed(&d));
	reply_free(&r);
	ck_assert_int_eq(r.code, 0);
	ck_assert_str_eq(r.enhanced, "");
	ck_assert_uint_eq(r.lines, 0);
	ck_assert_ptr_null(r.text.data);
}
END_TEST

static const struct {
	const char	*line;
	size_t		 n;
	const char	*shown;
} bad[] = {
	{ BYTES(""),			"an empty line" },
	{ BYTES("2"),			"2" },
	{ BYTES("25"),			"25" },
	{ BYTES("2500"),		"2500" },
	{ BYTES("2500 ok"),		"2500 ok" },
	{ BYTES("2x0 ok"),		"2x0 ok" },
	{ BYTES("25x ok"),		"25x ok" },
	{ BYTES("x50 ok"),		"x50 ok" },
	{ BYTES("199 ok"),		"199 ok" },
	{ BYTES("600 ok"),		"600 ok" },
	{ BYTES("000 ok"),		"000 ok" },
	{ BYTES("-250 ok"),		"-250 ok" },
	{ BYTES(" 250 ok"),		" 250 ok" },
	{ BYTES("250ok"),		"250ok" },
	{ BYTES("250\tok"),		"250\tok" },
	{ BYTES("250_ok"),		"250_ok" },
	{ BYTES("250\0ok"),		"250?ok" },
	{ BYTES("250\r"),		"250\r" },
	{ BYTES("\0\0\0\0"),		"????" },
	{ BYTES("2.5 ok"),		"2.5 ok" },
	{ BYTES("2:0 ok"),		"2:0 ok" },
	{ BYTES("2/0 ok"),		"2/0 ok" },
	{ BYTES("\xb2\xb5\xb0 ok"),	"\xb2\xb5\xb0 ok" },
	{ BYTES("* OK IMAP4rev1"),	"* OK IMAP4rev1" },
	{ BYTES("+OK POP3"),		"+OK POP3" },
	{ BYTES("SSH-2.0-OpenSSH_9.9"),	"SSH-2.0-OpenSSH_9.9" },
	{ BYTES("\x15\x03\x01\0\x02"),	"\x15\x03\x01?\x02" },
};

START_TEST(bad_line)
{
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };

	ck_assert_int_eq(take(&r, bad[_i].line, bad[_i].n, &d), -1);
	ck_assert_ptr_eq(d.cause, &reply_bad);
	ck_assert_ptr_nonnull(strstr(d.text, bad[_i].shown));
	ck_assert_ptr_nonnull(strstr(d.text, "(stage ehlo)"));
	ck_assert_str_eq(d.proof, bad[_i].n > 0 ? bad[_i].shown : "");
	ck_assert_uint_eq(r.lines, 0);
	ck_assert_int_eq(r.code, 0);
	reply_free(&r);
}
END_TEST

static const struct {
	const char	*first, *last;
} turned[] = {
	{ "535-no", "235 yes" }, { "421-bye", "250 ok" }, { "450-wait", "334 go" },
	{ "554-mx", "250 ok" },
};

/* A refusal does not become an acceptance. */
START_TEST(turned_around)
{
	const char *first = turned[_i].first, *last = turned[_i].last;
	struct diag d = { .stage = "auth" };
	struct reply r = { 0 };

	ck_assert_int_eq(reply_line(&r, first, strlen(first), &d), 1);
	ck_assert_int_eq(reply_line(&r, last, strlen(last), &d), -1);
	ck_assert_ptr_eq(d.cause, &reply_bad);
	ck_assert_str_eq(d.proof, last);
	reply_free(&r);
}
END_TEST

#define LINES_MAX 5

static const struct {
	const char	*name;
	const char	*lines[LINES_MAX + 1];
	int		 code;
	const char	*enhanced, *text, *words;
} replies[] = {
	{ "one", { "250 ok" }, 250, "", "ok", "250 ok" },
	{ "code alone", { "250" }, 250, "", "", "250" },
	{ "several", { "250-mx", "250-STARTTLS", "250 AUTH PLAIN" }, 250, "",
	    "mx\nSTARTTLS\nAUTH PLAIN", "250 mx STARTTLS AUTH PLAIN" },
	{ "code alone at the end", { "250-mx", "250" }, 250, "", "mx\n", "250 mx" },
	{ "empty lines", { "250-", "250-x", "250-", "250" }, 250, "", "\nx\n\n",
	    "250  x" },
	{ "only empty lines", { "250-", "250-", "250 " }, 250, "", "\n\n", "250" },
	{ "another code at the end", { "220-mx", "554 go away" }, 554, "", "mx\ngo away",
	    "554 mx go away" },
	{ "another refusal", { "450-mx", "554 no" }, 554, "", "mx\nno", "554 mx no" },
	{ "enhanced on all lines", { "535-5.7.8 a", "535 5.7.8 b" }, 535, "5.7.8",
	    "5.7.8 a\n5.7.8 b", "535 5.7.8 a 5.7.8 b" },
	{ "enhanced on the first", { "535-5.7.8 a", "535 b" }, 535, "5.7.8", "5.7.8 a\nb",
	    "535 5.7.8 a b" },
	{ "enhanced on the last", { "535-a", "535 5.7.8 b" }, 535, "5.7.8", "a\n5.7.8 b",
	    "535 a 5.7.8 b" },
	{ "enhanced, two of them", { "535-5.7.8 a", "535 5.7.9 b" }, 535, "5.7.9",
	    "5.7.8 a\n5.7.9 b", "535 5.7.8 a 5.7.9 b" },
	{ "enhanced of another class", { "220-2.0.0 mx", "554 go" }, 554, "",
	    "2.0.0 mx\ngo", "554 2.0.0 mx go" },
	{ "blanks at the end", { "250 ok  " }, 250, "", "ok  ", "250 ok" },
};

START_TEST(whole)
{
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };
	char words[64];

	for (int again = 0; again < 2; again++) {
		size_t n = 0;

		reply_reset(&r);
		for (; replies[_i].lines[n] != NULL; n++) {
			const char *line = replies[_i].lines[n];

			ck_assert_int_eq(take(&r, line, strlen(line), &d),
			    replies[_i].lines[n + 1] != NULL ? 1 : 0);
		}
		ck_assert_uint_eq(r.lines, n);
		ck_assert_int_eq(r.code, replies[_i].code);
		ck_assert_str_eq(r.enhanced, replies[_i].enhanced);
		ck_assert_str_eq(buf_str(&r.text), replies[_i].text);
		reply_words(&r, words, sizeof(words));
		ck_assert_msg(strcmp(words, replies[_i].words) == 0, "%s: %s",
		    replies[_i].name, words);
	}
	reply_free(&r);
}
END_TEST

static const struct {
	size_t		 size;
	const char	*words;
} cuts[] = {
	{ 32, "535 gr\xc3\xbc\xc3\x9f" "e" }, { 12, "535 gr\xc3\xbc\xc3\x9f" "e" },
	{ 11, "535 gr..." }, { 10, "535 gr..." }, { 9, "535 g..." }, { 5, "5..." },
	{ 4, "..." },
};

START_TEST(words_are_cut)
{
	struct reply r = { 0 };
	struct diag d = { .stage = "auth" };
	char *words = malloc(cuts[_i].size);

	ck_assert_ptr_nonnull(words);
	ck_assert_int_eq(take(&r, BYTES("535 gr\xc3\xbc\xc3\x9f" "e"), &d), 0);
	reply_words(&r, words, cuts[_i].size);
	ck_assert_str_eq(words, cuts[_i].words);
	free(words);
	reply_free(&r);
}
END_TEST

/* As many lines as are allowed, and one more. */
START_TEST(too_many_lines)
{
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };

	for (int i = 0; i < REPLY_LINES_MAX - 1; i++)
		ck_assert_int_eq(reply_line(&r, "250-x", 5, &d), 1);
	if (_i == 0) {
		ck_assert_int_eq(reply_line(&r, "250 x", 5, &d), 0);
		ck_assert_uint_eq(r.lines, REPLY_LINES_MAX);
	} else {
		ck_assert_int_eq(reply_line(&r, "250-x", 5, &d), 1);
		ck_assert_int_eq(reply_line(&r, "250 x", 5, &d), -1);
		ck_assert_ptr_eq(d.cause, &reply_too_long);
	}
	reply_free(&r);
}
END_TEST

/* The same for octets: they count without codes, with an LF between lines. */
START_TEST(too_many_octets)
{
	enum { CHUNK = 1024 };
	char line[4 + CHUNK + 1] = "250-";
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };
	size_t n = 0;

	memset(line + 4, 'x', CHUNK);
	for (; n + CHUNK < REPLY_MAX; n += CHUNK)
		ck_assert_int_eq(reply_line(&r, line, 4 + CHUNK - 1, &d), 1);
	ck_assert_uint_eq(r.text.len, n - 1);
	ck_assert_int_eq(reply_line(&r, line, 4 + CHUNK + (size_t)_i, &d),
	    _i == 0 ? 1 : -1);
	if (_i == 0)
		ck_assert_uint_eq(r.text.len, REPLY_MAX);
	else
		ck_assert_ptr_eq(d.cause, &reply_too_long);
	reply_free(&r);
}
END_TEST

/* What was too long before is forgotten with the rest. */
START_TEST(reset_after_too_much)
{
	static const char *const lines[] = { "250-x", "250 x" };
	struct reply r = { 0 };
	struct diag d = { .stage = "ehlo" };

	for (int i = 0; i <= REPLY_LINES_MAX; i++)
		(void)reply_line(&r, lines[0], 5, &d);
	ck_assert(diag_failed(&d));
	d = (struct diag){ .stage = "ehlo" };
	reply_reset(&r);
	ck_assert_int_eq(reply_line(&r, lines[1], 5, &d), 0);
	ck_assert_str_eq(buf_str(&r.text), "x");
	ck_assert(!diag_failed(&d));
	reply_free(&r);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, good_line, 0, LEN(good));
	tcase_add_loop_test(t, bad_line, 0, LEN(bad));
	tcase_add_loop_test(t, turned_around, 0, LEN(turned));
	tcase_add_loop_test(t, whole, 0, LEN(replies));
	tcase_add_loop_test(t, words_are_cut, 0, LEN(cuts));
	tcase_add_loop_test(t, too_many_lines, 0, 2);
	tcase_add_loop_test(t, too_many_octets, 0, 2);
	tcase_add_test(t, reset_after_too_much);
}
