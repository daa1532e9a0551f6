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
 * peer's words and the remedy, what is right all the same, and the notes.
 */
void	 render_text(const struct verdict *v, bool long_text, struct buf *out);

/*
 * Appends what a person reads on a terminal of so many columns. What is wrong stands at
 * the top, for the window may be small: the first line without its performance data, the
 * findings, what is right all the same, the values with a mark where something went
 * wrong, the notes. A word, and a value with its mark, stay whole, be they longer than a
 * line. With colour, states stand between ANSI's sequences for it.
 */
void	 render_report(const struct verdict *v, bool colour, size_t columns,
	    struct buf *out);

/*
 * Appends the verdict of that plugin ("check_smtp_auth") as one JSON object (RFC 8259)
 * and a line end. contrib/json/verdict.schema.json describes it.
 */
void	 render_json(const struct verdict *v, const char *plugin, struct buf *out);

/*
 * Appends the verdict as an exposition of OpenMetrics 1.0, "# EOF" included, which the
 * older parsers of Prometheus read too.
 */
void	 render_openmetrics(const struct verdict *v, const char *plugin, struct buf *out);

/*
 * Parts of the above. A finding's sentence, after its object unless it names that itself;
 * the sentence of the whole; the first line up to the performance data.
 */
void	 render_sentence(const struct finding *f, struct buf *out);
void	 render_summary(const struct verdict *v, struct buf *out);
void	 render_headline(const struct verdict *v, struct buf *out);

/* Did the peer say something that the finding's sentence does not hold? */
bool	 render_has_proof(const struct finding *f);

/* Was the remedy told before, with a worse or earlier finding of the same cause? */
bool	 render_is_told(const struct verdict *v, const struct finding *f);

#endif
