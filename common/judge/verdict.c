/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/verdict_record.h"

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
remapped(const struct verdict *v, const struct cause *cause, enum state state)
{
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

bool
verdict_accepts(const struct verdict *v, const struct cause *cause)
{
	return remapped(v, cause, STATE_CRITICAL) == STATE_OK;
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

void
verdict_table(struct verdict *v, const struct table *t)
{
	size_t rows = table_rows(t);

	v->broken = v->broken || t->failed;
	for (size_t i = 0; i < rows && i <= VERDICT_ROWS; i++) {
		struct buf line = { 0 };

		table_line(t, i, &line);
		verdict_note(v, "%s", buf_str(&line));
		buf_free(&line);
	}
	if (rows > VERDICT_ROWS + 1)
		verdict_note(v, "and %zu more", rows - VERDICT_ROWS - 1);
}

char *
verdict_words(struct verdict *v, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = words(v, format, ap);
	va_end(ap);
	return text;
}

bool
verdict_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void
verdict_keep(struct verdict *v, const struct fact *fact)
{
	struct fact *grown;
	size_t i = 0;

	while (i < v->nfacts && (!verdict_same(v->facts[i].name, fact->name) ||
	    !verdict_same(v->facts[i].object, fact->object)))
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
	verdict_keep(v, &fact);
}

void
verdict_add(struct verdict *v, const struct finding *f)
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
	verdict_diag_of(v, d, NULL);
}

void
verdict_diag_of(struct verdict *v, const struct diag *d, const char *object)
{
	if (diag_failed(d))
		verdict_diag_as(v, d, object, d->cause->state);
}

void
verdict_diag_as(struct verdict *v, const struct diag *d, const char *object,
    enum state state)
{
	struct finding f = { .cause = d->cause, .stage = d->stage, .failure = true };

	if (!diag_failed(d))
		return;
	v->failed = true;
	f.state = remapped(v, d->cause, state);
	f.text = strdup(d->text);
	f.proof = d->proof[0] != '\0' ? strdup(d->proof) : NULL;
	f.object = object != NULL ? verdict_words(v, "%s", object) : NULL;
	if (f.text != NULL)
		text_tame(f.text);
	if (f.proof != NULL)
		text_tame(f.proof);
	verdict_add(v, &f);
}

void
verdict_find(struct verdict *v, const struct cause *cause, const char *format, ...)
{
	struct finding f = { .cause = cause, .state = remapped(v, cause, cause->state) };
	va_list ap;

	va_start(ap, format);
	f.text = words(v, format, ap);
	va_end(ap);
	verdict_add(v, &f);
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
	verdict_add(v, &f);
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

/* As its breach would be, the finding is out of the reach of --state. */
static void
not_measured(struct verdict *v, const struct measure *m)
{
	struct finding f = { .cause = &judge_not_measured, .state = STATE_UNKNOWN };

	if (asprintf(&f.text, "%s has a threshold and was not measured in this run",
	    m->metric->label) == -1)
		f.text = NULL;
	verdict_add(v, &f);
}

void
verdict_close(struct verdict *v)
{
	bool excused = v->failed && verdict_state(v) != STATE_OK;

	for (size_t i = 0; i < v->nmeasures && !excused; i++) {
		const struct measure *m = &v->measures[i];

		if (!m->measured && (m->warn.set || m->crit.set))
			not_measured(v, m);
	}
}

/*
 * A remark about this machine itself, such as that others may read a file. It is there in
 * every run, good or bad, so that it must not stand in front of a failure: who has learnt
 * to live with the warning would not see that nothing is checked any more.
 */
static bool
is_remark(const struct finding *f)
{
	return !f->failure && f->state == STATE_WARNING &&
	    f->cause->class == CLASS_LOCAL && f->cause != &judge_threshold;
}

/* How far behind the worst findings it stands. */
static int
rank(const struct finding *f)
{
	switch (f->state) {
	case STATE_CRITICAL:
		return 0;
	case STATE_WARNING:
		return is_remark(f) ? 3 : 1;
	case STATE_UNKNOWN:
		return 2;
	case STATE_OK:
		break;
	}
	return 4;
}

const struct finding *
verdict_next(const struct verdict *v, const struct finding *f)
{
	size_t i = f != NULL ? (size_t)(f - v->findings) + 1 : 0;

	for (int r = f != NULL ? rank(f) : 0; r <= 4; r++, i = 0)
		for (; i < v->nfindings; i++)
			if (rank(&v->findings[i]) == r)
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
	if (v->broken)
		return worst != NULL && is_remark(worst) ? STATE_UNKNOWN
		    : state_worse(state, STATE_UNKNOWN);
	return state;
}
