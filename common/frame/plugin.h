/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plugin: the frame that every plugin hangs in. It owns the command line, the clock, the
 * output and the exit code; a plugin owns a struct of options and a run().
 */

#ifndef FRAME_PLUGIN_H
#define FRAME_PLUGIN_H

#include <stddef.h>

#include "base/env.h"
#include "frame/opt.h"
#include "judge/verdict.h"

extern const struct cause	 frame_usage, frame_watchdog;
extern cause_table		 frame_causes;

/* Rows of the plugin's own struct under a heading. */
struct opt_group {
	const char	*title;
	const struct opt *rows;
};

struct plugin {
	const char		*name;		/* "check_smtp_auth" */
	const char		*label;		/* "SMTP_AUTH" */
	const char		*purpose;	/* the question it answers */
	const struct opt_group	*groups;	/* closed by one without a title */
	size_t			 conf_size;	/* of the plugin's struct,
						 * zeroed before parsing */
	const struct metric	*metrics;	/* closed by one without a label */
	const struct cause *const *const *causes;	/* tables of the
							 * rooms used; NULL ends */

	/*
	 * Completes conf, checks what one option alone cannot know, and names
	 * what will be looked at ("mx.example.org:25"): -1 with a sentence in why.
	 */
	int	(*settle)(void *conf, struct buf *target, struct buf *why);
	/* Looks, and records what it finds in v. */
	void	(*run)(const void *conf, const struct env *env, struct verdict *v);
};

/* The whole program. Returns the exit code. */
int	 plugin_main(const struct plugin *p, int argc, char **argv);

/*
 * The cause of that slug among those of the plugin and the frame;
 * NULL when there is none.
 */
const struct cause	*plugin_cause(const struct plugin *p, const char *slug);

#endif
