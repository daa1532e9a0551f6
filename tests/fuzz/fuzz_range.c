/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * range: the first byte chooses the metric, the rest is the text of -w. What is taken
 * fits a grammar that is written once more here; what is printed is read back the same.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/range.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct metric metrics[] = {
	{ .unit = UNIT_NONE }, { .unit = UNIT_NONE, .low_is_bad = true },
	{ .unit = UNIT_SECONDS }, { .unit = UNIT_DAYS, .low_is_bad = true },
	{ .unit = UNIT_BYTES }, { .unit = UNIT_PERCENT }, { .unit = UNIT_COUNTER },
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Steps over a numeral and a unit's letters; returns s when there is no numeral. */
static const char *
over_bound(const char *s, const struct metric *m)
{
	static const char *const letters[] = {
		[UNIT_NONE] = "", [UNIT_SECONDS] = "mshdw", [UNIT_DAYS] = "mshdw",
		[UNIT_BYTES] = "BkKMGT", [UNIT_PERCENT] = "%", [UNIT_COUNTER] = "",
	};
	const char *p = *s == '-' ? s + 1 : s;
	size_t n = strspn(p, "0123456789");

	if (n == 0)
		return s;
	p += n;
	if (*p == '.') {
		n = strspn(p + 1, "0123456789");
		if (n == 0)
			return s;
		p += 1 + n;
	}
	return p + strspn(p, letters[m->unit]);
}

/* [@] (bound | [~ | bound] ":" [bound]) */
static bool
grammatical(const char *s, const struct metric *m)
{
	const char *p = *s == '@' ? s + 1 : s, *start = p;

	p = *p == '~' ? p + 1 : over_bound(p, m);
	if (*p == '\0')
		return p > start && *start != '~';
	if (*p++ != ':' || (p == start + 1 && *p == '\0'))
		return false;
	return *over_bound(p, m) == '\0';
}

static void
check_judging(const struct range *r)
{
	require(r->start <= r->end);
	if (isfinite(r->start)) {
		require(range_alerts(r, r->start) == r->inside);
		require(range_alerts(r, r->start - 1 - fabs(r->start)) != r->inside);
	}
	if (isfinite(r->end)) {
		require(range_alerts(r, r->end) == r->inside);
		require(range_alerts(r, r->end + 1 + fabs(r->end)) != r->inside);
	}
}

static bool
same(double a, double b)
{
	return a <= b && a >= b;
}

/* Is the bound one that the six decimals of the printed form can hold? */
static bool
exact(double bound)
{
	char text[400];

	(void)snprintf(text, sizeof(text), "%.6f", bound);
	return isinf(bound) || (fabs(bound) < 1e9 && same(bound, strtod(text, NULL)));
}

static void
check_printing(const struct range *r)
{
	struct buf text = { 0 };
	struct range again = { 0 };
	const char *why;

	range_print(r, &text);
	require(!text.failed && text.len > 0);
	require(strspn(buf_str(&text), "@~:-.0123456789") == text.len);
	if (exact(r->start) && exact(r->end)) {
		require(range_parse(&again, buf_str(&text), &metrics[0], &why) == 0);
		require(same(again.start, r->start) && same(again.end, r->end));
		require(again.inside == r->inside);
	}
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct metric *m = &metrics[size > 0 ? data[0] % LEN(metrics) : 0];
	struct range r = { 0 };
	const char *why = NULL;
	char *text;

	if (size == 0 || (text = strndup((const char *)data + 1, size - 1)) == NULL)
		return 0;
	if (range_parse(&r, text, m, &why) == 0) {
		require(grammatical(text, m));
		check_judging(&r);
		check_printing(&r);
	} else {
		require(why != NULL);
	}
	free(text);
	return 0;
}
