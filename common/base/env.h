/* SPDX-License-Identifier: GPL-3.0-or-later */
/* env: what a run hands down to the rooms below: its time, the date, and who listens. */

#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <time.h>

#include "base/deadline.h"
#include "base/trace.h"

struct env {
	int64_t			 start;	/* clock_nsec() when it began */
	struct deadline		 by;	/* when the run ends */
	time_t			 now;	/* the date, for certificates */
	const struct trace	*trace;	/* NULL: nobody */
};

#endif
