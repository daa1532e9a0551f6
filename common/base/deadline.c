/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <limits.h>
#include <time.h>

#include "base/deadline.h"

#define NSEC 1000000000

int64_t
clock_nsec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NSEC + now.tv_nsec;
}

double
clock_since(int64_t start)
{
	return (double)(clock_nsec() - start) / NSEC;
}

struct deadline
deadline_in(double seconds)
{
	double bounded = seconds < DEADLINE_MAX ? seconds : DEADLINE_MAX;

	return (struct deadline){ clock_nsec() + (int64_t)(bounded * NSEC) };
}

static int64_t
left(struct deadline by)
{
	int64_t nsec = by.nsec - clock_nsec();

	return nsec > 0 ? nsec : 0;
}

double
deadline_left(struct deadline by)
{
	return (double)left(by) / NSEC;
}

int
deadline_ms(struct deadline by)
{
	int64_t ms = (left(by) + 999999) / 1000000;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

struct deadline
deadline_sooner(struct deadline a, struct deadline b)
{
	return a.nsec < b.nsec ? a : b;
}

struct deadline
deadline_share(struct deadline by, size_t steps)
{
	return (struct deadline){ clock_nsec() + left(by) / (int64_t)steps };
}
