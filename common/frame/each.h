/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * each: one check of several objects at once, such as the addresses of a host, each with
 * a verdict of its own, merged in order.
 */

#ifndef FRAME_EACH_H
#define FRAME_EACH_H

#include "base/env.h"
#include "base/list.h"
#include "judge/verdict.h"

#define EACH_JOBS 32		/* objects that are looked at at once: all addresses
				 * that a host may have */

/*
 * Calls look(arg, i, env, verdict) for each of the objects, at most EACH_JOBS at once, in
 * threads: env is the same but for its trace, whose lines begin with the object, and for
 * its deadline: where there are more of them, each gets its share of the time, so that
 * silent ones do not eat it. Their verdicts become part of v. Returns how many of them
 * are well: OK by themselves, not only because a finding was given that state. Memory
 * that is short is a failure of v.
 */
size_t	 each_object(struct verdict *v, const struct env *env,
	    const struct list *objects,
	    void (*look)(void *arg, size_t i, const struct env *env, struct verdict *v),
	    void *arg);

#endif
