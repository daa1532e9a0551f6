/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "judge/range.h"
#include "unit/unit.h"

static const struct metric plain = { 0 };
static const struct metric hosts = { .low_is_bad = true };
static const struct metric seconds = { .unit = UNIT_SECONDS };
static const struct metric days = { .unit = UNIT_DAYS, .low_is_bad = true };
static const struct metric bytes = { .unit = UNIT_BYTES };
static const struct metric percent = { .unit = UNIT_PERCENT };
static const struct metric counter = { .unit = UNIT_COUNTER };

static const double inf = (double)INFINITY;

static const struct {
	const char	*text;
	const struct metric *metric;
	double		 start, end;
	bool		 inside;
	const char	*printed;
} good[] = {
	/* the guideline's own examples: "10" starts at 0, not at minus infinity */
	{ "10", &plain, 0, 10, false, "10" },
	{ "10:", &plain, 10, inf, false, "10:" },
	{ "~:10", &plain, -inf, 10, false, "~:10" },
	{ "10:20", &plain, 10, 20, false, "10:20" },
	{ "@10:20", &plain, 10, 20, true, "@10:20" },
	/* the older parser's table */
	{ "6", &plain, 0, 6, false, "6" },
	{ "-7:23", &plain, -7, 23, false, "-7:23" },
	{ ":5.75", &plain, 0, 5.75, false, "5.75" },
	{ "~:-95.99", &plain, -inf, -95.99, false, "~:-95.99" },
	{ "12345678901234567890:", &plain, 12345678901234567890.0, inf, false,
	    "12345678901234567168:" },
	{ "~:0", &plain, -inf, 0, false, "~:0" },
	{ "@0:657.8210567", &plain, 0, 657.8210567, true, "@657.821057" },
	{ "@1:1", &plain, 1, 1, true, "@1:1" },
	{ "1:1", &plain, 1, 1, false, "1:1" },
	/* bounds at zero: no field may be printed empty */
	{ "0", &plain, 0, 0, false, "0" },
	{ "0:", &plain, 0, inf, false, "0:" },
	{ "0:0", &plain, 0, 0, false, "0" },
	{ "@0", &plain, 0, 0, true, "@0" },
	{ "@0:", &plain, 0, inf, true, "@0:" },
	{ "-0:", &plain, 0, inf, false, "0:" },
	{ "-5:-0", &plain, -5, 0, false, "-5:0" },
	{ "~:", &plain, -inf, inf, false, "~:" },
	{ "@~:", &plain, -inf, inf, true, "@~:" },
	/* neither octal nor saturated nor cut */
	{ "010", &plain, 0, 10, false, "10" },
	{ "-10:-2", &plain, -10, -2, false, "-10:-2" },
	{ "-2.5:-2.25", &plain, -2.5, -2.25, false, "-2.5:-2.25" },
	{ "99999999999999999999", &plain, 0, 1e20, false, "100000000000000000000" },
	{ "0.000001:", &plain, 0.000001, inf, false, "0.000001:" },
	/* little is bad: a bare N is the least */
	{ "2", &hosts, 2, inf, false, "2:" },
	{ "0", &hosts, 0, inf, false, "0:" },
	{ ":2", &hosts, 0, 2, false, "2" },
	{ "2:5", &hosts, 2, 5, false, "2:5" },
	{ "@2", &hosts, 0, 2, true, "@2" },
	{ "21", &days, 21, inf, false, "21:" },
	{ "-1", &days, -1, inf, false, "-1:" },
	/* units */
	{ "2", &seconds, 0, 2, false, "2" },
	{ "500ms", &seconds, 0, 0.5, false, "0.5" },
	{ "90s:4h", &seconds, 90, 14400, false, "90:14400" },
	{ "@1m:1w", &seconds, 60, 604800, true, "@60:604800" },
	{ "~:2d", &seconds, -inf, 172800, false, "~:172800" },
	{ "21d", &days, 21, inf, false, "21:" },
	{ "12h", &days, 0.5, inf, false, "0.5:" },
	{ "2w:", &days, 14, inf, false, "14:" },
	{ "-1d:7", &days, -1, 7, false, "-1:7" },
	{ "4096", &bytes, 0, 4096, false, "4096" },
	{ "4096B", &bytes, 0, 4096, false, "4096" },
	{ "4k", &bytes, 0, 4096, false, "4096" },
	{ "4K:2M", &bytes, 4096, 2097152, false, "4096:2097152" },
	{ "0.5G", &bytes, 0, 536870912, false, "536870912" },
	{ "1T:", &bytes, 1099511627776, inf, false, "1099511627776:" },
	{ "80%", &percent, 0, 80, false, "80" },
	{ "5%:12%", &percent, 5, 12, false, "5:12" },
	{ "12.5", &percent, 0, 12.5, false, "12.5" },
	{ "1000:", &counter, 1000, inf, false, "1000:" },
};

START_TEST(parse)
{
	struct range r = { 7, 7, !good[_i].inside };
	const char *why = NULL;

	ck_assert_msg(range_parse(&r, good[_i].text, good[_i].metric, &why) == 0,
	    "%s: %s", good[_i].text, why);
	ck_assert_double_eq(r.start, good[_i].start);
	ck_assert_double_eq(r.end, good[_i].end);
	ck_assert_int_eq(r.inside, good[_i].inside);
}
END_TEST

/* Graphers and humans read what we print back as the same range. */
START_TEST(print)
{
	struct range r = { 0 }, again = { 0 };
	struct buf text = { 0 }, twice = { 0 };
	const char *why;

	ck_assert_int_eq(range_parse(&r, good[_i].text, good[_i].metric, &why), 0);
	range_print(&r, &text);
	ck_assert_str_eq(buf_str(&text), good[_i].printed);
	ck_assert_int_eq(range_parse(&again, buf_str(&text), &plain, &why), 0);
	range_print(&again, &twice);
	ck_assert_str_eq(buf_str(&twice), good[_i].printed);
	ck_assert_int_eq(again.inside, r.inside);
	buf_free(&text);
	buf_free(&twice);
}
END_TEST

static const struct {
	const char	*text;
	const struct metric *metric;
	const char	*why;		/* how the reason begins */
} bad[] = {
	{ "", &plain, "a range has" }, { "@", &plain, "a range has" },
	{ ":", &plain, "a range has" }, { "@:", &plain, "a range has" },
	{ "2:1", &plain, "a range starts" }, { "20:10", &plain, "a range starts" },
	{ "@20:10", &plain, "a range starts" }, { "-1:-2", &plain, "a range starts" },
	{ "0:-1", &plain, "a range starts" }, { "-5", &plain, "a range starts" },
	{ ":-5", &plain, "a range starts" }, { "1m:59s", &seconds, "a range starts" },
	{ "~", &plain, "a bound" }, { "~10", &plain, "a bound" },
	{ "~~:1", &plain, "a bound" }, { "10:~", &plain, "a bound" },
	{ "-~:5", &plain, "a bound" }, { "@@1", &plain, "a bound" },
	{ "1:@2", &plain, "a bound" }, { "1:2:3", &plain, "a bound" },
	{ "1::", &plain, "a bound" }, { "::1", &plain, "a bound" },
	{ "5foo", &plain, "a bound" }, { "foo", &plain, "a bound" },
	{ "5:foo", &plain, "a bound" }, { "0x10", &plain, "a bound" },
	{ "1e3", &plain, "a bound" }, { "1E3:", &plain, "a bound" },
	{ "inf", &plain, "a bound" }, { "nan", &plain, "a bound" },
	{ "-inf:5", &plain, "a bound" }, { "0,5", &plain, "a bound" },
	{ ".5", &plain, "a bound" }, { "5.", &plain, "a bound" },
	{ "+5", &plain, "a bound" }, { "--5:", &plain, "a bound" },
	{ "-", &plain, "a bound" }, { " 10", &plain, "a bound" },
	{ "10 ", &plain, "a bound" }, { "1 : 2", &plain, "a bound" },
	{ "10\n", &plain, "a bound" }, { "10,20", &plain, "a bound" },
	{ "10;20", &plain, "a bound" },
	/* units in the wrong place */
	{ "5s", &plain, "a bound" }, { "5%", &plain, "a bound" },
	{ "4k", &plain, "a bound" }, { "21d", &hosts, "a bound" },
	{ "1:12%", &plain, "a bound" }, { "5%", &seconds, "a bound" },
	{ "4k", &seconds, "a bound" }, { "5S", &seconds, "a bound" },
	{ "1h30m", &seconds, "a bound" }, { "5%", &days, "a bound" },
	{ "d", &days, "a bound" }, { "5s", &bytes, "a bound" },
	{ "k", &bytes, "a bound" }, { "B", &bytes, "a bound" },
	{ "4kB", &bytes, "a bound" }, { "4kk", &bytes, "a bound" },
	{ "4m", &bytes, "a bound" }, { "%", &percent, "a bound" },
	{ "5%%", &percent, "a bound" }, { "5s", &percent, "a bound" },
	{ "5c", &counter, "a bound" },
};

START_TEST(refused)
{
	struct range r = { 3, 4, true };
	const char *why = NULL;

	ck_assert_msg(range_parse(&r, bad[_i].text, bad[_i].metric, &why) == -1, "%s",
	    bad[_i].text);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strncmp(why, bad[_i].why, strlen(bad[_i].why)) == 0, "%s: %s",
	    bad[_i].text, why);
	ck_assert(r.inside);	/* untouched */
	ck_assert_double_eq(r.start, 3);
	ck_assert_double_eq(r.end, 4);
}
END_TEST

static const struct {
	const char	*text;
	const struct metric *metric;
	double		 value;
	bool		 alerts;
} values[] = {
	{ "10", &plain, -0.001, true }, { "10", &plain, -5, true },
	{ "10", &plain, 0, false }, { "10", &plain, 10, false },
	{ "10", &plain, 10.001, true }, { "10:", &plain, 9.999, true },
	{ "10:", &plain, 10, false }, { "10:", &plain, 1e300, false },
	{ "10:", &plain, -1e300, true }, { "~:10", &plain, -1e300, false },
	{ "~:10", &plain, 10, false }, { "~:10", &plain, 10.001, true },
	{ "10:20", &plain, 10, false }, { "10:20", &plain, 20, false },
	{ "10:20", &plain, 9.999, true }, { "10:20", &plain, 20.001, true },
	{ "@10:20", &plain, 10, true }, { "@10:20", &plain, 20, true },
	{ "@10:20", &plain, 9.999, false }, { "@10:20", &plain, 20.001, false },
	{ "-10:-2", &plain, -1, true }, { "-10:-2", &plain, -2, false },
	{ "-10:-2", &plain, -2.5, false }, { "-10:-2", &plain, -11, true },
	{ "~:-95.99", &plain, -96, false }, { "~:-95.99", &plain, -95.98, true },
	{ "~:0", &plain, 0, false }, { "~:0", &plain, -0.0, false },
	{ "~:0", &plain, 1, true }, { "0:", &plain, -0.0, false },
	{ "0:", &plain, -1, true }, { "0:", &plain, 0, false }, { "0", &plain, 0, false },
	{ "0", &plain, 1, true }, { "@0", &plain, 0, true }, { "@1:1", &plain, 1, true },
	{ "@1:1", &plain, 2, false }, { "1:1", &plain, 1, false },
	{ "1:1", &plain, 1.001, true }, { "~:", &plain, -1e300, false },
	{ "@~:", &plain, 5, true }, { "2", &hosts, 1, true }, { "2", &hosts, 2, false },
	{ "2", &hosts, 100, false }, { "21", &days, 20.9, true },
	{ "21d", &days, 21, false }, { "21d", &days, -3, true },
	{ "1m", &seconds, 60, false }, { "1m", &seconds, 60.001, true },
	{ "4k", &bytes, 4096, false }, { "4k", &bytes, 4097, true },
	{ "80%", &percent, 80.1, true }, { "80%", &percent, 80, false },
};

START_TEST(alerts)
{
	struct range r = { 0 };
	const char *why;

	ck_assert_int_eq(range_parse(&r, values[_i].text, values[_i].metric, &why), 0);
	ck_assert_msg(range_alerts(&r, values[_i].value) == values[_i].alerts, "%s of %f",
	    values[_i].text, values[_i].value);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, parse, 0, LEN(good));
	tcase_add_loop_test(t, print, 0, LEN(good));
	tcase_add_loop_test(t, refused, 0, LEN(bad));
	tcase_add_loop_test(t, alerts, 0, LEN(values));
}
