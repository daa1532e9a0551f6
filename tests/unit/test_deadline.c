/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <limits.h>
#include <poll.h>

#include "base/deadline.h"
#include "unit/unit.h"

/* How long a loaded machine may take between two lines of a test. */
#define SLACK 5.0

static const struct {
	double	 seconds;
	size_t	 steps;
	double	 share;
} shares[] = {
	{ 100, 1, 100 }, { 100, 2, 50 }, { 100, 4, 25 }, { 90, 3, 30 }, { 0, 3, 0 },
};

START_TEST(share)
{
	struct deadline by = deadline_in(shares[_i].seconds);
	double left = deadline_left(deadline_share(by, shares[_i].steps));

	ck_assert_double_le(left, shares[_i].share);
	ck_assert_double_ge(left, shares[_i].share - SLACK);
}
END_TEST

START_TEST(share_of_nothing)
{
	struct deadline gone = { clock_nsec() - 1000000000 };

	ck_assert_double_eq(deadline_left(deadline_share(gone, 3)), 0);
}
END_TEST

START_TEST(sooner)
{
	struct deadline near = deadline_in(10), far = deadline_in(20);

	ck_assert_int_eq(deadline_sooner(near, far).nsec, near.nsec);
	ck_assert_int_eq(deadline_sooner(far, near).nsec, near.nsec);
	ck_assert_int_eq(deadline_sooner(near, near).nsec, near.nsec);
}
END_TEST

START_TEST(passed)
{
	static const int64_t ago[] = { 0, 1, 1000000, 3600000000000 };
	struct deadline by = { clock_nsec() - ago[_i] };

	ck_assert_double_eq(deadline_left(by), 0);
	ck_assert_int_eq(deadline_ms(by), 0);
}
END_TEST

static const int64_t waits[] = {
	1, 999999, 1000000, 1000001, 10400000, 10999999, 11000001, 2000000001,
};

/* At least what is left afterwards, so never too early; at most a millisecond more. */
START_TEST(rounded_up)
{
	struct deadline by = { clock_nsec() + waits[_i] };
	int64_t before = by.nsec - clock_nsec();
	int64_t nsec = deadline_ms(by) * (int64_t)1000000;
	int64_t after = by.nsec - clock_nsec();

	ck_assert_int_ge(nsec, after);
	ck_assert_int_ge(nsec, 0);
	ck_assert_int_lt(nsec, (before > 0 ? before : 0) + 1000000);
}
END_TEST

START_TEST(wait_is_long_enough)
{
	int64_t start = clock_nsec();
	struct deadline by = deadline_in(0.0305);

	ck_assert_int_eq(poll(NULL, 0, deadline_ms(by)), 0);
	ck_assert_double_eq(deadline_left(by), 0);
	ck_assert_double_ge(clock_since(start), 0.0305);
	ck_assert_double_lt(clock_since(start), 0.0305 + SLACK);
}
END_TEST

static const struct {
	double	 seconds;
	int	 ms;		/* at most */
} longs[] = {
	{ 60, 60000 }, { 86400, 86400000 }, { 2147484, INT_MAX }, { 1e8, INT_MAX },
	{ DEADLINE_MAX, INT_MAX }, { 1e30, INT_MAX }, { 1e300, INT_MAX },
};

START_TEST(far_away)
{
	struct deadline by = deadline_in(longs[_i].seconds);

	ck_assert_int_gt(by.nsec, clock_nsec());
	ck_assert_int_le(deadline_ms(by), longs[_i].ms);
	ck_assert_int_gt(deadline_ms(by), longs[_i].ms - (int)(SLACK * 1000));
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, share, 0, LEN(shares));
	tcase_add_test(t, share_of_nothing);
	tcase_add_test(t, sooner);
	tcase_add_loop_test(t, passed, 0, 4);
	tcase_add_loop_test(t, rounded_up, 0, LEN(waits));
	tcase_add_test(t, wait_is_long_enough);
	tcase_add_loop_test(t, far_away, 0, LEN(longs));
}
