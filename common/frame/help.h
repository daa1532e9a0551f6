/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help: what the tables say, for people and for generators. Pure. */

#ifndef FRAME_HELP_H
#define FRAME_HELP_H

#include "frame/opt.h"
#include "frame/plugin.h"

/* --help: at most 80 columns. */
void	 help_text(const struct plugin *p, const struct opt_set *sets, struct buf *out);

/* --help-json: options, metrics and causes as one JSON object on one line. */
void	 help_json(const struct plugin *p, const struct opt_set *sets, struct buf *out);

/* --explain: all causes, or the one of that slug. -1 when there is none of that slug. */
int	 help_explain(const struct plugin *p, const char *slug, struct buf *out);

#endif
