/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric: what a plugin measures, as a constant table beside its options. */

#ifndef JUDGE_METRIC_H
#define JUDGE_METRIC_H

#include <stdbool.h>
#include <stddef.h>

enum unit {
	UNIT_NONE,		/* a plain number */
	UNIT_SECONDS,
	UNIT_DAYS,		/* printed without a unit: the label says it */
	UNIT_BYTES,
	UNIT_PERCENT,
	UNIT_COUNTER,		/* ever growing */
};

/*
 * One metric. A plugin's table is closed by an entry without a label; the first is its
 * main metric, the one that a bare range in -w and -c judges.
 */
struct metric {
	const char	*label;
	enum unit	 unit;
	bool		 low_is_bad;	/* a bare threshold N means "N:" */
	const char	*warn, *crit;	/* default thresholds as typed, or NULL */
	const char	*help;
	bool		 below_zero;	/* may be negative, as days always may */
	const char	*family;	/* its name in OpenMetrics; NULL: the label */
	const char *const *marks;	/* stages beside the one of its label, and causes,
					 * whose findings a person is shown beside the
					 * value; closed by NULL, or NULL */
};

/* Is zero the least that the value can be? Of per cent nothing is said. */
bool		 metric_from_zero(const struct metric *m);

/* The unit as performance data spells it: "s", "B", "%", "c" or "". */
const char	*unit_suffix(enum unit unit);

/* How many decimals a value of the unit is printed with. */
int		 unit_decimals(enum unit unit);

/*
 * Reads a threshold number in the unit (durations for seconds and days, 10k 4M 2G for
 * bytes, 5% for percent) that fills exactly n bytes. -1 when it is not one.
 */
int		 unit_parse(enum unit unit, const char *s, size_t n, double *value);

#endif
