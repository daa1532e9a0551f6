/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict_record: how things get into a verdict; for the verdict's own files. */

#ifndef JUDGE_VERDICT_RECORD_H
#define JUDGE_VERDICT_RECORD_H

#include "judge/verdict.h"

/* Words in one line, cut and tamed, to be freed; NULL when memory is short. */
char	*verdict_words(struct verdict *v, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * Record a finding, or a fact in the place of the one before it with its name and object.
 * The texts are v's from then on; one that is missing says that memory was short.
 */
void	 verdict_add(struct verdict *v, const struct finding *f);
void	 verdict_keep(struct verdict *v, const struct fact *fact);

#endif
