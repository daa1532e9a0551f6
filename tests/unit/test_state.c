/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/state.h"
#include "unit/unit.h"

/* From the least grave on. */
static const enum state ranking[] = {
	STATE_OK, STATE_UNKNOWN, STATE_WARNING, STATE_CRITICAL,
};

START_TEST(worse)
{
	unsigned a = (unsigned)_i / LEN(ranking), b = (unsigned)_i % LEN(ranking);

	ck_assert_int_eq(state_worse(ranking[a], ranking[b]), ranking[a > b ? a : b]);
}
END_TEST

static const struct {
	enum state	 state;
	int		 code;
	const char	*name;
} states[] = {
	{ STATE_OK, 0, "OK" }, { STATE_WARNING, 1, "WARNING" },
	{ STATE_CRITICAL, 2, "CRITICAL" }, { STATE_UNKNOWN, 3, "UNKNOWN" },
};

START_TEST(name)
{
	ck_assert_int_eq(states[_i].state, states[_i].code);
	ck_assert_str_eq(state_name(states[_i].state), states[_i].name);
}
END_TEST

static const struct {
	const char	*word;
	enum state	 state;
} good[] = {
	{ "OK", STATE_OK }, { "Ok", STATE_OK }, { "ok", STATE_OK }, { "0", STATE_OK },
	{ "wArnINg", STATE_WARNING }, { "1", STATE_WARNING },
	{ "critical", STATE_CRITICAL }, { "2", STATE_CRITICAL },
	{ "Unknown", STATE_UNKNOWN }, { "3", STATE_UNKNOWN },
};

START_TEST(read)
{
	/* Something that the word is not. */
	enum state state = good[_i].state == STATE_OK ? STATE_CRITICAL : STATE_OK;

	ck_assert_int_eq(state_parse(good[_i].word, &state), 0);
	ck_assert_int_eq(state, good[_i].state);
}
END_TEST

static const char *const bad[] = {
	"", "00", "01", "10", "4", "-1", "9", "/", ":", " 0", "0 ", "OK ", " ok", "o",
	"okay",
	"warn", "warnings", "CRIT", "unknow", "OK\n", "0.0", "pending", "w", "c",
};

START_TEST(refused)
{
	enum state state = STATE_WARNING;

	ck_assert_msg(state_parse(bad[_i], &state) == -1, "%s", bad[_i]);
	ck_assert_int_eq(state, STATE_WARNING);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, worse, 0, LEN(ranking) * LEN(ranking));
	tcase_add_loop_test(t, name, 0, LEN(states));
	tcase_add_loop_test(t, read, 0, LEN(good));
	tcase_add_loop_test(t, refused, 0, LEN(bad));
}
