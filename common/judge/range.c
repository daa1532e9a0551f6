/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "judge/range.h"

static int
bound(const char *s, size_t n, const struct metric *m, double *value, const char **why)
{
	if (unit_parse(m->unit, s, n, value) == 0)
		return 0;
	*why = m->unit == UNIT_SECONDS || m->unit == UNIT_DAYS
	    ? "a bound is a number or a duration such as 90s, 4h or 21d"
	    : "a bound is a number";
	return -1;
}

int
range_parse(struct range *r, const char *text, const struct metric *m, const char **why)
{
	struct range out = { .start = 0, .end = INFINITY, .inside = text[0] == '@' };
	const char *start = text + (out.inside ? 1 : 0), *colon = strchr(start, ':');
	const char *end = colon != NULL ? colon + 1 : start;

	if (start[0] == '\0' || strcmp(start, ":") == 0) {
		*why = "a range has at least one bound";
		return -1;
	}
	if (colon == start + 1 && start[0] == '~')
		out.start = -INFINITY;
	else if (colon > start &&
	    bound(start, (size_t)(colon - start), m, &out.start, why) == -1)
		return -1;
	if (*end != '\0' && bound(end, strlen(end), m, &out.end, why) == -1)
		return -1;
	if (colon == NULL && m->low_is_bad && !out.inside) {
		out.start = out.end;
		out.end = INFINITY;
	}
	if (out.start > out.end) {
		*why = "a range starts at or below its end";
		return -1;
	}
	*r = out;
	return 0;
}

bool
range_alerts(const struct range *r, double value)
{
	bool in = value >= r->start && value <= r->end;

	return in == r->inside;
}

void
range_print(const struct range *r, struct buf *out)
{
	if (r->inside)
		(void)buf_puts(out, "@");
	if (isinf(r->start))
		(void)buf_puts(out, "~:");
	else if (r->start < 0 || r->start > 0 || isinf(r->end)) {
		(void)buf_number(out, r->start, 6, true);
		(void)buf_puts(out, ":");
	}
	if (!isinf(r->end))
		(void)buf_number(out, r->end, 6, true);
}
