/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence: what came of a case, and what all who judge it need. */

#ifndef PEER_EVIDENCE_H
#define PEER_EVIDENCE_H

#include <stdbool.h>

#include "peer/child.h"
#include "peer/scene.h"

struct evidence {
	struct scene	*scene;
	const struct testcase *c;
	const struct child *child;
	struct list	 out, err;	/* lines */
	struct list	 plain;		/* of stdout, on a terminal without its colours */
	const char	*first;		/* plain line of stdout, "" when there is none */
};

/* The case has failed. */
void	 evidence_fail(const struct evidence *e, const char *what, const char *want,
	    const char *came);

/*
 * What holds for stdout as a whole, each for one form of it: text as monitoring systems
 * read it (and anything else), JSON, and OpenMetrics. "cause", "stage" and "json" are
 * looked at always, the rest of it unless the case is untidy.
 */
void	 form_text_check(const struct evidence *e);
void	 form_json_check(const struct evidence *e);
void	 form_metrics_check(const struct evidence *e);

#endif
