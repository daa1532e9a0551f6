/* SPDX-License-Identifier: GPL-3.0-or-later */
/* range: the threshold grammar of the monitoring-plugins guideline, strictly. */

#ifndef JUDGE_RANGE_H
#define JUDGE_RANGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "judge/metric.h"

struct range {
	double	 start, end;	/* end points belong to the range; infinite where open */
	bool	 inside;	/* "@": alert inside the range instead of outside */
};

/*
 * Reads "[@][start:][end]" with numbers in the metric's unit: "10" is 0 to 10, "10:" from
 * 10 up, "~:10" up to 10, "10:20" between, "@10:20" alerts inside. A bare "N" means "N:"
 * for a metric of which low is bad. The whole text must be one range, with start <= end.
 * -1 otherwise, with *why a static text that says what is wrong.
 */
int	 range_parse(struct range *r, const char *text, const struct metric *m,
	    const char **why);

/* Does the value call for an alert? */
bool	 range_alerts(const struct range *r, double value);

/* Appends the range in the guideline's form; a plain number where it is 0 to N. */
void	 range_print(const struct range *r, struct buf *out);

#endif
