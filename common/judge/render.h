/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render: a verdict as bytes. Pure. */

#ifndef JUDGE_RENDER_H
#define JUDGE_RENDER_H

#include <stdbool.h>

#include "base/buf.h"
#include "judge/verdict.h"

/*
 * Appends the text that Nagios and Icinga read: "NAME STATE - sentence [cause] |
 * perfdata" on the first line, all performance data there, in the table's order, whatever
 * the state. With long_text follow the findings, worst first, each with its stage, the
 * peer's words and the remedy, and the notes.
 */
void	 render_text(const struct verdict *v, bool long_text, struct buf *out);

#endif
