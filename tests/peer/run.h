/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run: plays cases with the plugins as clients; serve: plays one for whoever comes. */

#ifndef PEER_RUN_H
#define PEER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "peer/casefile.h"

struct options {
	const char	*build;		/* directory of the plugins */
	const char	*only;		/* glob of the names of cases, or NULL for all */
	const char	*wrap;		/* words before each command, or NULL */
	long		 jobs;		/* cases at once */
	double		 stretch;	/* times may be so much longer */
	bool		 verbose;
	uint16_t	 port;		/* to serve on; 0 is the kernel's choice */
};

enum result {
	RESULT_PASSED = 0,
	RESULT_FAILED = 1,
	RESULT_SKIPPED = 77,
};

/*
 * All cases, some at a time, each in a process of its own. Returns the program's exit
 * code.
 */
int	 run_all(const struct options *o, const struct cases *cases);

/* One case; what is to be told about it is appended to the report. */
enum result	 run_case(const struct options *o, const struct testcase *c,
    const char *scratch, size_t number, struct buf *report);

/*
 * The first case that is asked for, until a signal comes. Returns the program's exit
 * code.
 */
int	 serve(const struct options *o, const struct cases *cases);

/* Makes scratch directory and certificates for the cases that are asked for. */
const char	*prepare(const struct options *o, const struct cases *cases);

/* Is this one of the cases that are asked for? */
bool	 wanted(const struct options *o, const struct testcase *c);

#endif
