/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/pairs.h"
#include "unit/unit.h"

/* Parses a copy of n bytes and a NUL. */
static int
parse(const char *bytes, size_t n, struct pairs *p, char **copy, struct buf *why)
{
	*copy = malloc(n + 1);
	ck_assert_ptr_nonnull(*copy);
	memcpy(*copy, bytes, n);
	(*copy)[n] = '\0';
	return pairs_parse(p, *copy, n, why);
}

static const struct {
	const char	*bytes;
	size_t		 n;		/* logins */
	const char	*user, *password;	/* of the last one */
	unsigned	 line;
} good[] = {
	{ "alarmpoint:alarmpoint\n", 1, "alarmpoint", "alarmpoint", 1 },
	{ "admin:admin", 1, "admin", "admin", 1 },
	{ "# shipped defaults\n\nadmin:admin\nroot:to:or\n", 2, "root", "to:or", 4 },
	{ "a:b\r\nc:d\r\n", 2, "c", "d", 2 },
	{ "a: b \n", 1, "a", " b ", 1 },
	{ "user@example.org:p#\n", 1, "user@example.org", "p#", 1 },
	{ "", 0, NULL, NULL, 0 },
	{ "\n \t\r\n#a:b\n", 0, NULL, NULL, 0 },
};

START_TEST(reads_logins)
{
	struct pairs p = { 0 };
	struct buf why = { 0 };
	char *copy;

	ck_assert_int_eq(parse(good[_i].bytes, strlen(good[_i].bytes), &p, &copy, &why),
	    0);
	ck_assert_uint_eq(p.n, good[_i].n);
	if (p.n > 0) {
		ck_assert_str_eq(p.v[p.n - 1].user, good[_i].user);
		ck_assert_str_eq(p.v[p.n - 1].password, good[_i].password);
		ck_assert_uint_eq(p.v[p.n - 1].line, good[_i].line);
	}
	pairs_free(&p);
	ck_assert_uint_eq(p.n, 0);
	buf_free(&why);
	free(copy);
}
END_TEST

static const struct {
	const char	*bytes;
	size_t		 n;
	const char	*why;
} bad[] = {
	{ "s3cret\n", 7, "line 1 is not user:password" },
	{ "a:b\n:s3cret\n", 12, "line 2 is not user:password" },
	{ "a:b\n\ns3cret:\n", 13, "line 3 has no password behind the colon" },
	{ "a:s3\tcret\n", 10, "line 1 is not user:password" },
	{ "a:s3\rcret\n", 10, "line 1 is not user:password" },
	{ "a:b\nc:s3cret\0d\n", 15, "line 2 holds a NUL byte" },
};

START_TEST(refuses_the_rest)
{
	struct pairs p = { 0 };
	struct buf why = { 0 };
	char *copy;

	ck_assert_int_eq(parse(bad[_i].bytes, bad[_i].n, &p, &copy, &why), -1);
	ck_assert_str_eq(buf_str(&why), bad[_i].why);
	pairs_free(&p);
	buf_free(&why);
	free(copy);
}
END_TEST

START_TEST(stops_at_a_thousand)
{
	struct pairs p = { 0 };
	struct buf bytes = { 0 }, why = { 0 };
	char *copy;

	for (int i = 0; i < PAIRS_MAX; i++)
		(void)buf_puts(&bytes, "a:b\n");
	ck_assert_int_eq(parse(bytes.data, bytes.len, &p, &copy, &why), 0);
	ck_assert_uint_eq(p.n, PAIRS_MAX);
	pairs_free(&p);
	free(copy);
	(void)buf_puts(&bytes, "a:b\n");
	ck_assert_int_eq(parse(bytes.data, bytes.len, &p, &copy, &why), -1);
	ck_assert_str_eq(buf_str(&why), "there are more than 1000 logins");
	pairs_free(&p);
	buf_free(&bytes);
	buf_free(&why);
	free(copy);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, reads_logins, 0, LEN(good));
	tcase_add_loop_test(t, refuses_the_rest, 0, LEN(bad));
	tcase_add_test(t, stops_at_a_thousand);
}
