/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "base/buf.h"
#include "frame/each.h"
#include "wire/parallel.h"

/* What the threads share. */
struct work {
	const struct env	*env;
	const struct list	*objects;
	struct verdict		*verdicts;
	void			(*look)(void *arg, size_t i, const struct env *env,
				    struct verdict *v);
	void			*arg;
};

/* A trace in front of another one. */
struct tag {
	const char		*object;
	const struct trace	*trace;
};

/* The dialogues are told apart by their objects. */
static void
tell_whose(void *arg, char who, const char *bytes, size_t n)
{
	const struct tag *tag = arg;
	struct buf line = { 0 };

	(void)buf_addf(&line, "[%s] ", tag->object);
	(void)buf_add(&line, bytes, n);
	trace_line(tag->trace, who, buf_str(&line), line.len);
	buf_free(&line);
}

static void
look_at(void *arg, size_t i)
{
	const struct work *w = arg;
	struct env env = *w->env;
	struct tag tag = { w->objects->v[i], w->env->trace };
	const struct trace trace = { tell_whose, &tag };

	if (env.trace != NULL)
		env.trace = &trace;
	/* So many rounds are still to come, this one counted. */
	env.by = deadline_share(env.by, (w->objects->n - i + EACH_JOBS - 1) / EACH_JOBS);
	w->look(w->arg, i, &env, &w->verdicts[i]);
}

size_t
each_object(struct verdict *v, const struct env *env, const struct list *objects,
    void (*look)(void *arg, size_t i, const struct env *env, struct verdict *v),
    void *arg)
{
	struct work w = { env, objects, calloc(objects->n, sizeof(*w.verdicts)), look,
	    arg };
	struct diag d = { 0 };
	size_t n = 0, well = 0;

	while (w.verdicts != NULL && n < objects->n &&
	    verdict_fork(v, &w.verdicts[n]) == 0)
		n++;
	if (n == objects->n)
		parallel(n, EACH_JOBS, look_at, &w);
	else
		(void)diag_nomem(&d);
	verdict_diag(v, &d);
	for (size_t i = 0; i < n; i++) {
		well += verdict_state(&w.verdicts[i]) == STATE_OK &&
		    w.verdicts[i].said != NULL ? 1 : 0;
		verdict_merge(v, &w.verdicts[i], objects->v[i]);
		verdict_free(&w.verdicts[i]);
	}
	free(w.verdicts);
	return well;
}
