/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/text.h"
#include "judge/metric.h"

/* Days left may be negative, and per cent have their limits by nature. */
bool
metric_from_zero(const struct metric *m)
{
	return !m->below_zero && m->unit != UNIT_DAYS && m->unit != UNIT_PERCENT;
}

const char *
unit_suffix(enum unit unit)
{
	static const char *const suffixes[] = {
		[UNIT_NONE] = "", [UNIT_SECONDS] = "s", [UNIT_DAYS] = "",
		[UNIT_BYTES] = "B", [UNIT_PERCENT] = "%", [UNIT_COUNTER] = "c",
	};

	return suffixes[unit];
}

int
unit_decimals(enum unit unit)
{
	return unit == UNIT_SECONDS ? 3
	    : unit == UNIT_DAYS || unit == UNIT_PERCENT ? 1 : 0;
}

/* 4096, 4096B, 4k, 4K, 4M, 4G, 4T: powers of 1024, as MTAs and file systems count. */
static int
size_parse(const char *s, size_t n, double *value)
{
	double factor = 1;

	if (n > 0 && s[n - 1] == 'B')
		return text_number(s, n - 1, value);
	if (n > 0) {
		switch (s[n - 1]) {
		case 'T':
			factor *= 1024;
			/* FALLTHROUGH */
		case 'G':
			factor *= 1024;
			/* FALLTHROUGH */
		case 'M':
			factor *= 1024;
			/* FALLTHROUGH */
		case 'k':
		case 'K':
			factor *= 1024;
			n--;
			break;
		default:
			break;
		}
	}
	if (text_number(s, n, value) == -1)
		return -1;
	*value *= factor;
	return 0;
}

int
unit_parse(enum unit unit, const char *s, size_t n, double *value)
{
	switch (unit) {
	case UNIT_SECONDS:
		return text_duration(s, n, value);
	case UNIT_DAYS:
		if (text_number(s, n, value) == 0)
			return 0;
		if (text_duration(s, n, value) == -1)
			return -1;
		*value /= 86400;
		return 0;
	case UNIT_BYTES:
		return size_parse(s, n, value);
	case UNIT_PERCENT:
		return text_number(s, n > 0 && s[n - 1] == '%' ? n - 1 : n, value);
	case UNIT_NONE:
	case UNIT_COUNTER:
		break;
	}
	return text_number(s, n, value);
}
