/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/relay_matrix.h"
#include "unit/unit.h"

/* Parses a copy of n bytes and a NUL. */
static int
parse(const char *bytes, size_t n, struct relay_matrix *m, char **copy, struct buf *why)
{
	*copy = malloc(n + 1);
	ck_assert_ptr_nonnull(*copy);
	memcpy(*copy, bytes, n);
	(*copy)[n] = '\0';
	return relay_matrix_parse(m, *copy, n, why);
}

static const struct {
	const char	*bytes;
	size_t		 n;		/* questions */
	struct relay_row last;
} good[] = {
	{ "a@b.example c@d.example - accept\n", 1,
	    { "a@b.example", "c@d.example", NULL, true, 1 } },
	{ "a@b c@d - refuse", 1, { "a@b", "c@d", NULL, false, 1 } },
	{ "<> c@d - Accept\n", 1, { "", "c@d", NULL, true, 1 } },
	{ "a@b c@d alice REFUSE\n", 1, { "a@b", "c@d", "alice", false, 1 } },
	{ "a@b c@d alice@/etc/check.ini accept\n", 1,
	    { "a@b", "c@d", "alice@/etc/check.ini", true, 1 } },
	{ "\t a@b\t\tc@d  -\taccept \t\r\n", 1, { "a@b", "c@d", NULL, true, 1 } },
	{ "# who\n\n \t\r\n  # may\na@b c@d - accept # our own\n", 1,
	    { "a@b", "c@d", NULL, true, 5 } },
	{ "a@b c@d - accept\r\n<> \"e f\"@d x accept\r", 2,
	    { "", "\"e f\"@d", "x", true, 2 } },
	{ "\"a \\\" #b\"@c \"\\\\ d\"@e - accept\n", 1,
	    { "\"a \\\" #b\"@c", "\"\\\\ d\"@e", NULL, true, 1 } },
	{ "a#b@c d@e x#y accept\n", 1, { "a#b@c", "d@e", "x#y", true, 1 } },
	{ "a@b c@d it\"s accept\n", 1, { "a@b", "c@d", "it\"s", true, 1 } },
	{ "a@b c@d -- accept\n", 1, { "a@b", "c@d", "--", true, 1 } },
	{ "a@[192.0.2.1] c@[IPv6:2001:db8::1] - accept\n", 1,
	    { "a@[192.0.2.1]", "c@[IPv6:2001:db8::1]", NULL, true, 1 } },
	{ "k\xc3\xa4se@b c%d@e - refuse\n", 1,
	    { "k\xc3\xa4se@b", "c%d@e", NULL, false, 1 } },
	{ "\xef\xbb\xbf" "a@b c@d - accept\n", 1, { "a@b", "c@d", NULL, true, 1 } },
	{ "\xef\xbb\xbf" "# a\na@b c@d - accept\n", 1, { "a@b", "c@d", NULL, true, 2 } },
	{ "", 0, { 0 } },
	{ "\n \t\r\n#a@b c@d\n", 0, { 0 } },
	{ "# \x1b[31m\n", 0, { 0 } },
};

START_TEST(reads_questions)
{
	const struct relay_row *want = &good[_i].last, *row;
	struct relay_matrix m = { 0 };
	struct buf why = { 0 };
	char *copy;

	ck_assert_int_eq(parse(good[_i].bytes, strlen(good[_i].bytes), &m, &copy, &why),
	    0);
	ck_assert_str_eq(buf_str(&why), "");
	ck_assert_uint_eq(m.n, good[_i].n);
	if (m.n > 0) {
		row = &m.v[m.n - 1];
		ck_assert_str_eq(row->from, want->from);
		ck_assert_str_eq(row->to, want->to);
		ck_assert_pstr_eq(row->login, want->login);
		ck_assert(row->accept == want->accept);
		ck_assert_uint_eq(row->line, want->line);
	}
	relay_matrix_free(&m);
	ck_assert_uint_eq(m.n, 0);
	buf_free(&why);
	free(copy);
}
END_TEST

#define SENDER "the sender is no address (user@example.org, or <> for the null sender)"
#define RECIPIENT "the recipient is no address (user@example.org)"
#define INSTEAD " instead of SENDER RECIPIENT LOGIN EXPECT"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char	*bytes;
	size_t		 n;
	size_t		 before;	/* questions read before it */
	const char	*why;
} bad[] = {
	{ BYTES("a@b\n"), 0, "line 1: there is 1 column" INSTEAD },
	{ BYTES("a@b c@d - accept\n\na@b c@d accept\n"), 1,
	    "line 3: there are 3 columns" INSTEAD },
	{ BYTES("a@b c@d - # accept\n"), 0, "line 1: there are 3 columns" INSTEAD },
	{ BYTES("a@b c@d - accept please"), 0, "line 1: there are 5 columns" INSTEAD },
	{ BYTES("a@b c@d - accept 5 6 7\n"), 0, "line 1: there are 7 columns" INSTEAD },
	{ BYTES("nobody c@d - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("<a@b> c@d - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("- c@d - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("\"\" c@d - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("\"a b@c d@e - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("a@b \"c d\\\"@e - accept\n"), 0, "line 1: " RECIPIENT },
	{ BYTES("a@b <> - accept\n"), 0, "line 1: " RECIPIENT },
	{ BYTES("# x\na@b nobody - accept\n"), 0, "line 2: " RECIPIENT },
	{ BYTES("a\x01@b c@d - accept\n"), 0, "line 1: " SENDER },
	{ BYTES("a@b c@d\x7f - accept\n"), 0, "line 1: " RECIPIENT },
	{ BYTES("a@b c@d x\x1b[31m accept\n"), 0,
	    "line 1: LOGIN holds a control character" },
	{ BYTES("a@b c@d - accept\ra@b\n"), 0, "line 1: EXPECT is accept or refuse" },
	{ BYTES("a@b c@d - accept#\n"), 0, "line 1: EXPECT is accept or refuse" },
	{ BYTES("a@b c@d - deny\n"), 0, "line 1: EXPECT is accept or refuse" },
	{ BYTES("a@b c@d - accepted\n"), 0, "line 1: EXPECT is accept or refuse" },
	{ BYTES("a@b c@d accept -\n"), 0, "line 1: EXPECT is accept or refuse" },
	{ BYTES("a@b c@d - accept\na@b\0c@d - accept\n"), 1, "line 2 holds a NUL byte" },
	{ BYTES("# \0\n"), 0, "line 1 holds a NUL byte" },
};

START_TEST(refuses_the_rest)
{
	struct relay_matrix m = { 0 };
	struct buf why = { 0 };
	char *copy;

	ck_assert_int_eq(parse(bad[_i].bytes, bad[_i].n, &m, &copy, &why), -1);
	ck_assert_str_eq(buf_str(&why), bad[_i].why);
	ck_assert_uint_eq(m.n, bad[_i].before);
	relay_matrix_free(&m);
	buf_free(&why);
	free(copy);
}
END_TEST

START_TEST(stops_at_a_thousand)
{
	struct relay_matrix m = { 0 };
	struct buf bytes = { 0 }, why = { 0 };
	char *copy;

	for (int i = 0; i < RELAY_ROWS_MAX; i++)
		(void)buf_puts(&bytes, "a@b c@d - accept\n");
	ck_assert_int_eq(parse(bytes.data, bytes.len, &m, &copy, &why), 0);
	ck_assert_uint_eq(m.n, RELAY_ROWS_MAX);
	ck_assert_uint_eq(m.v[m.n - 1].line, RELAY_ROWS_MAX);
	relay_matrix_free(&m);
	free(copy);
	(void)buf_puts(&bytes, "a@b c@d - accept\n");
	ck_assert_int_eq(parse(bytes.data, bytes.len, &m, &copy, &why), -1);
	ck_assert_str_eq(buf_str(&why), "there are more than 1000 questions");
	ck_assert_uint_eq(m.n, RELAY_ROWS_MAX);
	relay_matrix_free(&m);
	buf_free(&bytes);
	buf_free(&why);
	free(copy);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, reads_questions, 0, LEN(good));
	tcase_add_loop_test(t, refuses_the_rest, 0, LEN(bad));
	tcase_add_test(t, stops_at_a_thousand);
}
