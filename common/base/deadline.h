/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deadline: a moment on the monotonic clock at which waiting ends. */

#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEADLINE_MAX 1e9	/* seconds: what is longer means as much as for ever */

struct deadline {
	int64_t	 nsec;		/* CLOCK_MONOTONIC */
};

/* Nanoseconds on the monotonic clock. */
int64_t		 clock_nsec(void);

/* Seconds that went by since the moment start of clock_nsec(). */
double		 clock_since(int64_t start);

/* The moment so many seconds (at least 0, at most DEADLINE_MAX) from now. */
struct deadline	 deadline_in(double seconds);

/* Seconds left, 0 when the moment has passed. */
double		 deadline_left(struct deadline by);

/*
 * The same in milliseconds for poll(2), rounded up, so that a wait never ends too early.
 */
int		 deadline_ms(struct deadline by);

/* The nearer of two moments: a step may narrow the run's deadline and never widen it. */
struct deadline	 deadline_sooner(struct deadline a, struct deadline b);

/*
 * The end of an equal share of what is left, for the first of so many (at least 1) steps.
 */
struct deadline	 deadline_share(struct deadline by, size_t steps);

#endif
