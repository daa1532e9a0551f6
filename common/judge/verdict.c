/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/verdict.h"

const struct cause judge_threshold = {
	"threshold", CLASS_LOCAL, STATE_CRITICAL,
	"a measured value left the range given with -w or -c",
	"look at the value and at the stage it belongs to; if it is normal here, "
	"widen the range", false,
};

const struct cause judge_not_measured = {
	"not-measured", CLASS_LOCAL, STATE_UNKNOWN,
	"a value that -w or -c shall judge was not measured in this run",
	"drop the threshold, or use the options that make the check measure the value",
	false,
};

cause_table judge_causes = { &judge_threshold, &judge_not_measured, NULL };

int
verdict_init(struct verdict *v, const char *name, const struct metric *metrics)
{
	const char *why;
	size_t n = 0;

	*v = (struct verdict){ 0 };
	(void)snprintf(v->name, sizeof(v->name), "%s", name);
	while (metrics[n].label != NULL)
		n++;
	if ((v->measures = calloc(n > 0 ? n : 1, sizeof(*v->measures))) == NULL)
		return -1;
	v->nmeasures = n;
	for (size_t i = 0; i < n; i++) {
		struct measure *m = &v->measures[i];

		m->metric = &metrics[i];
		m->warn.set = metrics[i].warn != NULL;
		m->crit.set = metrics[i].crit != NULL;
		if ((m->warn.set && range_parse(&m->warn.range, metrics[i].warn,
		    m->metric, &why) == -1) ||
		    (m->crit.set && range_parse(&m->crit.range, metrics[i].crit,
		    m->metric, &why) == -1))
			return -1;
	}
	return 0;
}

static void
finding_free(const struct finding *f)
{
	free(f->text);
	free(f->proof);
	free(f->object);
}

void
verdict_drop(struct verdict *v)
{
	for (size_t i = 0; i < v->nfindings; i++)
		finding_free(&v->findings[i]);
	free(v->findings);
	v->findings = NULL;
	v->nfindings = 0;
}

static void
facts_free(struct verdict *v)
{
	for (size_t i = 0; i < v->nfacts; i++) {
		free(v->facts[i].value);
		free(v->facts[i].object);
	}
	free(v->facts);
	v->facts = NULL;
	v->nfacts = 0;
}

void
verdict_free(struct verdict *v)
{
	verdict_drop(v);
	facts_free(v);
	free(v->measures);
	free(v->remaps);
	free(v->target);
	free(v->said);
	list_free(&v->notes);
	*v = (struct verdict){ 0 };
}

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

int
verdict_threshold(struct verdict *v, enum state state, const char *arg, const char **why)
{
	const char *equals = strchr(arg, '='), *range = equals != NULL ? equals + 1 : arg;
	size_t label = equals != NULL ? (size_t)(equals - arg) : 0;

	for (size_t i = 0; i < v->nmeasures; i++) {
		struct measure *m = &v->measures[i];
		struct threshold *t = state == STATE_WARNING ? &m->warn : &m->crit;

		if (equals != NULL && (strlen(m->metric->label) != label ||
		    strncmp(m->metric->label, arg, label) != 0))
			continue;
		if (range_parse(&t->range, range, m->metric, why) == -1)
			return -1;
		t->set = true;
		return 0;
	}
	*why = "this plugin has no such metric: --help lists them";
	return -1;
}

int
verdict_remap(struct verdict *v, const char *name, enum state state)
{
	struct remap *grown = reallocarray(v->remaps, v->nremaps + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	grown[v->nremaps++] = (struct remap){ name, state };
	v->remaps = grown;
	return 0;
}

/* A cause named by itself beats its class; of two equal namings the later one counts. */
static enum state
remapped(const struct verdict *v, const struct cause *cause)
{
	enum state state = cause->state;

	if (cause->timeout && v->timeout_set)
		return v->timeout_state;
	for (size_t i = 0; i < v->nremaps; i++)
		if (strcmp(v->remaps[i].name, class_name(cause->class)) == 0)
			state = v->remaps[i].state;
	for (size_t i = 0; i < v->nremaps; i++)
		if (strcmp(v->remaps[i].name, cause->slug) == 0)
			state = v->remaps[i].state;
	return state;
}

/*
 * Words come in through here: cut, and tamed at the gate. NULL when memory is short. (A
 * diagnosis has limits of its own; verdict_diag() leads its texts through the gate.)
 */
__attribute__((format(printf, 2, 0)))
static char *
words(struct verdict *v, const char *format, va_list ap)
{
	char all[2 * VERDICT_WORDS], cut[VERDICT_WORDS], *text;

	(void)vsnprintf(all, sizeof(all), format, ap);
	text_copy(cut, sizeof(cut), all, strlen(all));
	text_tame(cut);
	if ((text = strdup(cut)) == NULL)
		v->broken = true;
	return text;
}

void
verdict_target(struct verdict *v, const char *target)
{
	free(v->target);
	if ((v->target = strdup(target)) == NULL)
		v->broken = true;
	else
		text_tame(v->target);
}

void
verdict_say(struct verdict *v, const char *format, ...)
{
	va_list ap;

	free(v->said);
	va_start(ap, format);
	v->said = words(v, format, ap);
	va_end(ap);
}

void
verdict_note(struct verdict *v, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = words(v, format, ap);
	va_end(ap);
	if (text == NULL || list_add(&v->notes, text) == -1)
		v->broken = true;
	free(text);
}

__attribute__((format(printf, 2, 3)))
static char *
wording(struct verdict *v, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = words(v, format, ap);
	va_end(ap);
	return text;
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Takes ownership of the fact's texts; of one kept before with its name, the place. */
static void
keep(struct verdict *v, const struct fact *fact)
{
	struct fact *grown;
	size_t i = 0;

	while (i < v->nfacts && (!same(v->facts[i].name, fact->name) ||
	    !same(v->facts[i].object, fact->object)))
		i++;
	grown = i < v->nfacts ? v->facts
	    : reallocarray(v->facts, v->nfacts + 1, sizeof(*grown));
	if (grown == NULL || fact->value == NULL) {
		v->broken = true;
		free(fact->value);
		free(fact->object);
		if (grown != NULL)
			v->facts = grown;
		return;
	}
	v->facts = grown;
	if (i == v->nfacts) {
		v->nfacts++;
	} else {
		free(grown[i].value);
		free(grown[i].object);
	}
	grown[i] = *fact;
}

void
verdict_fact(struct verdict *v, const char *name, const char *format, ...)
{
	struct fact fact = { .name = name };
	va_list ap;

	va_start(ap, format);
	fact.value = words(v, format, ap);
	va_end(ap);
	keep(v, &fact);
}

/* Takes ownership of f's texts. */
static void
add(struct verdict *v, const struct finding *f)
{
	struct finding *grown = reallocarray(v->findings, v->nfindings + 1,
	    sizeof(*grown));

	if (grown == NULL || f->text == NULL) {
		v->broken = true;
		finding_free(f);
		if (grown != NULL)
			v->findings = grown;
		return;
	}
	grown[v->nfindings++] = *f;
	v->findings = grown;
}

void
verdict_diag(struct verdict *v, const struct diag *d)
{
	struct finding f = { .cause = d->cause, .stage = d->stage };

	if (!diag_failed(d))
		return;
	v->failed = true;
	f.state = remapped(v, d->cause);
	f.text = strdup(d->text);
	f.proof = d->proof[0] != '\0' ? strdup(d->proof) : NULL;
	if (f.text != NULL)
		text_tame(f.text);
	if (f.proof != NULL)
		text_tame(f.proof);
	add(v, &f);
}

void
verdict_find(struct verdict *v, const struct cause *cause, const char *format, ...)
{
	struct finding f = { .cause = cause, .state = remapped(v, cause) };
	va_list ap;

	va_start(ap, format);
	f.text = words(v, format, ap);
	va_end(ap);
	add(v, &f);
}

/* A threshold's finding. Its state is the threshold's own: --state must not touch it. */
static void
breach(struct verdict *v, const struct measure *m, const struct threshold *t,
    enum state state)
{
	struct finding f = { .cause = &judge_threshold, .state = state };
	struct buf text = { 0 };

	(void)buf_addf(&text, "%s%s%s is ", v->target != NULL ? v->target : "",
	    v->target != NULL ? ": " : "", m->metric->label);
	(void)buf_number(&text, m->value, unit_decimals(m->metric->unit), false);
	(void)buf_addf(&text, "%s, %s the %s range ", unit_suffix(m->metric->unit),
	    t->range.inside ? "inside" : "outside",
	    state == STATE_CRITICAL ? "critical" : "warning");
	range_print(&t->range, &text);
	f.text = text.failed ? NULL : strdup(buf_str(&text));
	buf_free(&text);
	add(v, &f);
}

/* The value as it will be printed, so that nobody reads "2.000s is above 2". */
static double
as_printed(double value, enum unit unit)
{
	char text[400];		/* the largest double has 309 digits */

	(void)snprintf(text, sizeof(text), "%.*f", unit_decimals(unit), value);
	return strtod(text, NULL);
}

void
verdict_metric(struct verdict *v, size_t metric, double value)
{
	struct measure *m = &v->measures[metric];

	if (!isfinite(value))
		return;
	m->measured = true;
	m->value = as_printed(value, m->metric->unit);
	m->state = STATE_OK;
	if (m->crit.set && range_alerts(&m->crit.range, m->value)) {
		m->state = STATE_CRITICAL;
		breach(v, m, &m->crit, m->state);
	} else if (m->warn.set && range_alerts(&m->warn.range, m->value)) {
		m->state = STATE_WARNING;
		breach(v, m, &m->warn, m->state);
	}
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
			child->findings[i].object = wording(v, "%s", object);
		add(v, &child->findings[i]);
	}
	child->nfindings = 0;
	for (size_t i = 0; i < child->nfacts; i++) {
		if (child->facts[i].object == NULL)
			child->facts[i].object = wording(v, "%s", object);
		keep(v, &child->facts[i]);
	}
	child->nfacts = 0;
	for (size_t i = 0; i < child->notes.n; i++)
		verdict_note(v, "%s: %s", object, child->notes.v[i]);
	list_free(&child->notes);
	if (child->said != NULL)
		verdict_note(v, "%s: %s", object, child->said);
	merge_measures(v, child);
	v->failed = v->failed || child->failed;
	v->broken = v->broken || child->broken;
	child->failed = child->broken = false;
	free(child->said);
	child->said = NULL;
}

/* As its breach would be, the finding is out of the reach of --state. */
static void
not_measured(struct verdict *v, const struct measure *m)
{
	struct finding f = { .cause = &judge_not_measured, .state = STATE_UNKNOWN };

	if (asprintf(&f.text, "%s has a threshold and was not measured in this run",
	    m->metric->label) == -1)
		f.text = NULL;
	add(v, &f);
}

void
verdict_close(struct verdict *v)
{
	for (size_t i = 0; i < v->nmeasures && !v->failed; i++) {
		const struct measure *m = &v->measures[i];

		if (!m->measured && (m->warn.set || m->crit.set))
			not_measured(v, m);
	}
}

const struct finding *
verdict_next(const struct verdict *v, const struct finding *f)
{
	static const enum state order[] = {
		STATE_CRITICAL, STATE_WARNING, STATE_UNKNOWN, STATE_OK,
	};
	size_t i = f != NULL ? (size_t)(f - v->findings) + 1 : 0, s = 0;

	while (f != NULL && order[s] != f->state)
		s++;
	for (; s < LEN(order); s++, i = 0)
		for (; i < v->nfindings; i++)
			if (v->findings[i].state == order[s])
				return &v->findings[i];
	return NULL;
}

const struct finding *
verdict_worst(const struct verdict *v)
{
	return verdict_next(v, NULL);
}

enum state
verdict_state(const struct verdict *v)
{
	const struct finding *worst = verdict_worst(v);
	enum state state = worst != NULL ? worst->state : STATE_OK;

	/* Only what was said, or a failure that the user calls so, is OK. */
	if (state == STATE_OK && v->said == NULL && !v->failed)
		state = STATE_UNKNOWN;
	return v->broken ? state_worse(state, STATE_UNKNOWN) : state;
}
