/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common: the options that every plugin has, and what they mean for a verdict. */

#ifndef FRAME_COMMON_H
#define FRAME_COMMON_H

#include <stdbool.h>

#include "base/env.h"
#include "base/list.h"
#include "frame/opt.h"
#include "frame/plugin.h"
#include "judge/verdict.h"

/* In the order of the choices of --output, from 1. */
enum common_output { OUTPUT_TEXT = 1, OUTPUT_JSON, OUTPUT_OPENMETRICS };

struct common {
	bool		 help, version, help_json;
	char		*explain;
	int		 verbose;
	char		*timeout;
	struct list	 warnings, criticals, states;
	int		 unmeasured;
	int		 output;	/* enum common_output */
	char		*transcript;
};

extern const struct opt common_rows[];

/*
 * The --output that a command line asks for, found without understanding the rest: who
 * reads the answer cannot read another form because of a typing error. 0 when none.
 */
int	 common_output_ahead(int argc, char **argv);

/*
 * Takes -t: the end of the run into env, a state of its own for lack of time into v.
 * -1 with a sentence in why.
 */
int	 common_timeout(const struct common *c, struct env *env, struct verdict *v,
	    struct buf *why);

/*
 * Takes -w, -c, --state and --unmeasured into v, which then refers to texts of c.
 * -1 with a sentence in why.
 */
int	 common_judgement(struct common *c, const struct plugin *p, struct verdict *v,
	    struct buf *why);

#endif
