/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <float.h>
#include <string.h>

#include "base/buf.h"
#include "unit/unit.h"

/* What must hold after every operation. */
static void
sane(const struct buf *b)
{
	size_t max = b->max > 0 ? b->max : BUF_MAX;

	ck_assert_uint_le(b->len, max);
	if (b->data == NULL) {
		ck_assert_uint_eq(b->len, 0);
		ck_assert_uint_eq(b->cap, 0);
		ck_assert_str_eq(buf_str(b), "");
	} else {
		ck_assert_uint_lt(b->len, b->cap);
		ck_assert_int_eq(b->data[b->len], '\0');
		ck_assert_ptr_eq(buf_str(b), b->data);
	}
}

static const struct {
	const char	*name;
	size_t		 max, have;	/* the ceiling, and the bytes already in */
	size_t		 n;		/* bytes to add */
	int		 rc;
} ceilings[] = {
	{ "nothing to nothing",	5,	 0,		0,	     0 },
	{ "below",		5,	 0,		4,	     0 },
	{ "just full",		5,	 0,		5,	     0 },
	{ "one beyond",		5,	 0,		6,	    -1 },
	{ "fills the rest",	5,	 3,		2,	     0 },
	{ "beyond the rest",	5,	 3,		3,	    -1 },
	{ "nothing to full",	5,	 5,		0,	     0 },
	{ "one to full",	5,	 5,		1,	    -1 },
	{ "grows once",		1000,	 127,		1,	     0 },
	{ "grows far",		1000,	 1,		999,	     0 },
	{ "default, full",	0,	 BUF_MAX - 10,	10,	     0 },
	{ "default, beyond",	0,	 BUF_MAX - 10,	11,	    -1 },
	{ "above the default",	100000,	 BUF_MAX,	1,	     0 },
};

static char x[BUF_MAX + 1];

/* A buffer that holds so many x. */
static struct buf
filled(size_t max, size_t n)
{
	struct buf b = { .max = max };

	memset(x, 'x', sizeof(x));
	ck_assert_int_eq(buf_add(&b, x, n), 0);
	sane(&b);
	return b;
}

static void
check_ceiling(const struct buf *b, int rc, int i)
{
	size_t len = ceilings[i].have + (rc == 0 ? ceilings[i].n : 0);

	ck_assert_msg(rc == ceilings[i].rc, "%s", ceilings[i].name);
	ck_assert_int_eq(b->failed, rc == -1);
	ck_assert_uint_eq(b->len, len);
	ck_assert_uint_eq(strspn(buf_str(b), "x"), len);
	sane(b);
}

START_TEST(add)
{
	struct buf b = filled(ceilings[_i].max, ceilings[_i].have);

	check_ceiling(&b, buf_add(&b, x, ceilings[_i].n), _i);
	buf_free(&b);
}
END_TEST

START_TEST(addf)
{
	struct buf b = filled(ceilings[_i].max, ceilings[_i].have);

	check_ceiling(&b, buf_addf(&b, "%.*s", (int)ceilings[_i].n, x), _i);
	buf_free(&b);
}
END_TEST

START_TEST(failure_is_sticky)
{
	struct buf b = { .max = 5 };

	ck_assert_int_eq(buf_puts(&b, "abc"), 0);
	ck_assert_int_eq(buf_puts(&b, "defg"), -1);
	sane(&b);
	ck_assert_int_eq(buf_puts(&b, "d"), -1);
	ck_assert_int_eq(buf_add(&b, "", 0), -1);
	ck_assert_int_eq(buf_addf(&b, "%d", 1), -1);
	ck_assert_int_eq(buf_number(&b, 1, 0, false), -1);
	ck_assert_str_eq(buf_str(&b), "abc");
	ck_assert(b.failed);
	sane(&b);
	buf_reset(&b);
	sane(&b);
	ck_assert(!b.failed);
	ck_assert_str_eq(buf_str(&b), "");
	ck_assert_int_eq(buf_puts(&b, "defgh"), 0);
	ck_assert_str_eq(buf_str(&b), "defgh");
	buf_free(&b);
}
END_TEST

START_TEST(bytes_are_bytes)
{
	struct buf b = { 0 };

	ck_assert_int_eq(buf_add(&b, "a\0b", 3), 0);
	ck_assert_int_eq(buf_addf(&b, "%s-%03d", "c", 7), 0);
	sane(&b);
	ck_assert_uint_eq(b.len, 8);
	ck_assert_mem_eq(b.data, "a\0bc-007", 9);
	buf_free(&b);
}
END_TEST

/* Grown a byte at a time, through every size of memory. */
START_TEST(byte_by_byte)
{
	struct buf b = { .max = 3000 };

	for (int i = 0; i < 3000; i++) {
		ck_assert_int_eq(buf_addf(&b, "%c", 'a' + i % 26), 0);
		sane(&b);
	}
	ck_assert_int_eq(buf_puts(&b, "x"), -1);
	for (int i = 0; i < 3000; i++)
		ck_assert_int_eq(b.data[i], 'a' + i % 26);
	buf_free(&b);
}
END_TEST

static void
check_emptied(struct buf *b, size_t max)
{
	sane(b);
	ck_assert_uint_eq(b->len, 0);
	ck_assert_uint_eq(b->max, max);
	ck_assert(!b->failed);
}

START_TEST(emptied)
{
	static void (*const empties[])(struct buf *) = { buf_reset, buf_free, buf_wipe };
	struct buf b = { .max = 9 };

	empties[_i](&b);
	check_emptied(&b, 9);
	ck_assert_int_eq(buf_puts(&b, "secret"), 0);
	ck_assert_int_eq(buf_puts(&b, "secret"), -1);
	empties[_i](&b);
	check_emptied(&b, 9);
	empties[_i](&b);
	check_emptied(&b, 9);
	ck_assert_int_eq(buf_puts(&b, "again"), 0);
	ck_assert_str_eq(buf_str(&b), "again");
	buf_free(&b);
}
END_TEST

static const struct {
	double		 value;
	int		 decimals;
	bool		 trim;
	const char	*text;
} numbers[] = {
	{ 0, 0, false, "0" }, { 0, 3, false, "0.000" }, { 0, 3, true, "0" },
	{ -0.0, 0, false, "0" }, { -0.0, 3, false, "0.000" }, { -0.0, 3, true, "0" },
	{ -0.0004, 3, false, "0.000" }, { -0.0004, 3, true, "0" }, { -0.4, 0, true, "0" },
	{ -0.0005001, 3, true, "-0.001" },
	{ -0.5, 3, true, "-0.5" }, { -0.5, 3, false, "-0.500" }, { -10, 6, true, "-10" },
	{ 10, 0, true, "10" }, { 100, 6, true, "100" }, { 100, 0, true, "100" },
	{ 1.5, 6, true, "1.5" }, { 1.05, 6, true, "1.05" }, { 2.0004, 3, false, "2.000" },
	{ 0.0000549, 9, false, "0.000054900" },				/* %g: 5.49e-05 */
	{ 0.0000549, 6, true, "0.000055" },
	{ 1, 20, false, "1.000000000" },				/* at most 9 */
	{ 1e21, 0, false, "1000000000000000000000" },			/* %g: 1e+21 */
	{ 1e21, 3, true, "1000000000000000000000" },
	{ 123456789.125, 6, true, "123456789.125" },
};

START_TEST(number)
{
	struct buf b = { 0 };

	ck_assert_int_eq(buf_number(&b, numbers[_i].value, numbers[_i].decimals,
	    numbers[_i].trim), 0);
	sane(&b);
	ck_assert_str_eq(buf_str(&b), numbers[_i].text);
	buf_free(&b);
}
END_TEST

START_TEST(largest_number)
{
	struct buf b = { 0 };

	ck_assert_int_eq(buf_number(&b, -DBL_MAX, 9, false), 0);
	sane(&b);
	ck_assert_uint_eq(b.len, 1 + 309 + 1 + 9);
	ck_assert_uint_eq(strspn(b.data, "-.0123456789"), b.len);
	buf_free(&b);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, add, 0, LEN(ceilings));
	tcase_add_loop_test(t, addf, 0, LEN(ceilings));
	tcase_add_test(t, failure_is_sticky);
	tcase_add_test(t, bytes_are_bytes);
	tcase_add_test(t, byte_by_byte);
	tcase_add_loop_test(t, emptied, 0, 3);
	tcase_add_loop_test(t, number, 0, LEN(numbers));
	tcase_add_test(t, largest_number);
}
