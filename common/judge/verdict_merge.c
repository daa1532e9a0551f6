/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "judge/verdict_record.h"

int
verdict_fork(const struct verdict *v, struct verdict *child)
{
	*child = (struct verdict){
		.timeout_set = v->timeout_set, .timeout_state = v->timeout_state,
		.omit_unmeasured = v->omit_unmeasured,
	};
	memcpy(child->name, v->name, sizeof(child->name));
	child->measures = calloc(v->nmeasures > 0 ? v->nmeasures : 1,
	    sizeof(*child->measures));
	child->remaps = calloc(v->nremaps > 0 ? v->nremaps : 1, sizeof(*child->remaps));
	if (child->measures == NULL || child->remaps == NULL) {
		verdict_free(child);
		return -1;
	}
	for (; child->nmeasures < v->nmeasures; child->nmeasures++) {
		const struct measure *m = &v->measures[child->nmeasures];

		child->measures[child->nmeasures] = (struct measure){
			.metric = m->metric, .warn = m->warn, .crit = m->crit,
		};
	}
	for (; child->nremaps < v->nremaps; child->nremaps++)
		child->remaps[child->nremaps] = v->remaps[child->nremaps];
	return 0;
}

/* Is the first value, with its judgement, worse than the second? */
static bool
worse(const struct measure *a, const struct measure *b)
{
	if (!a->measured || !b->measured)
		return a->measured;
	if (a->state != b->state)
		return state_worse(b->state, a->state) == a->state;
	return a->metric->low_is_bad ? a->value < b->value : a->value > b->value;
}

/* Moves the judged values, and leaves unmeasured ones behind. */
static void
merge_measures(struct verdict *v, struct verdict *child)
{
	for (size_t i = 0; i < child->nmeasures; i++) {
		struct measure *from = &child->measures[i], *to = &v->measures[i];

		if (worse(from, to)) {
			to->measured = true;
			to->value = from->value;
			to->state = from->state;
		}
		from->measured = false;
		from->state = STATE_OK;
	}
}

void
verdict_merge(struct verdict *v, struct verdict *child, const char *object)
{
	for (size_t i = 0; i < child->nfindings; i++) {
		if (child->findings[i].object == NULL)
			child->findings[i].object = verdict_words(v, "%s", object);
		verdict_add(v, &child->findings[i]);
	}
	child->nfindings = 0;
	for (size_t i = 0; i < child->nfacts; i++) {
		if (child->facts[i].object == NULL)
			child->facts[i].object = verdict_words(v, "%s", object);
		verdict_keep(v, &child->facts[i]);
	}
	child->nfacts = 0;
	for (size_t i = 0; i < child->notes.n; i++)
		verdict_note(v, "%s: %s", object, child->notes.v[i]);
	list_free(&child->notes);
	if (child->said != NULL && strstr(child->said, object) != NULL)
		verdict_note(v, "%s", child->said);
	else if (child->said != NULL)
		verdict_note(v, "%s: %s", object, child->said);
	merge_measures(v, child);
	v->failed = v->failed || child->failed;
	v->broken = v->broken || child->broken;
	child->failed = child->broken = false;
	free(child->said);
	child->said = NULL;
}
