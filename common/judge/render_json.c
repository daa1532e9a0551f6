/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All texts of a verdict went through the gate, so that they are UTF-8. */

#include "base/json.h"
#include "judge/render.h"

static void
member(struct buf *out, const char *name, const char *text, const char *behind)
{
	(void)buf_addf(out, "\"%s\":", name);
	json_string(out, text);
	(void)buf_puts(out, behind);
}

static void
finding(const struct finding *f, struct buf *out)
{
	(void)buf_puts(out, "{");
	member(out, "cause", f->cause->slug, ",");
	member(out, "class", class_name(f->cause->class), ",");
	member(out, "stage", f->stage, ",");
	member(out, "state", state_name(f->state), ",");
	member(out, "text", f->text, ",");
	member(out, "proof", f->proof, ",");
	member(out, "remedy", f->cause->remedy, ",");
	member(out, "object", f->object, "}");
}

/* A range is made of digits and a few signs: nothing in it needs an escape. */
static void
threshold(const char *name, const struct threshold *t, struct buf *out)
{
	(void)buf_addf(out, "\"%s\":%s", name, t->set ? "\"" : "null");
	if (t->set)
		range_print(&t->range, out);
	(void)buf_puts(out, t->set ? "\"," : ",");
}

static void
metric(const struct measure *m, struct buf *out)
{
	enum unit unit = m->metric->unit;

	(void)buf_puts(out, "{");
	member(out, "label", m->metric->label, ",\"value\":");
	if (m->measured)
		(void)buf_number(out, m->value, unit_decimals(unit), false);
	else
		(void)buf_puts(out, "null");
	(void)buf_puts(out, ",");
	member(out, "unit", unit_suffix(unit), ",");
	threshold("warn", &m->warn, out);
	threshold("crit", &m->crit, out);
	(void)buf_addf(out, "\"min\":%s,\"max\":null,",
	    metric_from_zero(m->metric) ? "0" : "null");
	member(out, "state", m->measured ? state_name(m->state) : NULL, "}");
}

/* The facts of one object, or of the whole; returns what parts the next member. */
static const char *
facts_of(const struct verdict *v, const char *object, struct buf *out)
{
	const char *comma = "";

	for (size_t i = 0; i < v->nfacts; i++) {
		if (!verdict_same(v->facts[i].object, object))
			continue;
		(void)buf_puts(out, comma);
		member(out, v->facts[i].name, v->facts[i].value, "");
		comma = ",";
	}
	return comma;
}

/* Is it the first fact of its object? */
static bool
begins(const struct verdict *v, size_t fact)
{
	size_t i = 0;

	while (!verdict_same(v->facts[i].object, v->facts[fact].object))
		i++;
	return i == fact;
}

static void
facts(const struct verdict *v, struct buf *out)
{
	const char *before = facts_of(v, NULL, out), *behind = "";

	for (size_t i = 0; i < v->nfacts; i++) {
		if (v->facts[i].object == NULL || !begins(v, i))
			continue;
		(void)buf_addf(out, "%s%s", before,
		    behind[0] == '\0' ? "\"objects\":{" : "");
		json_string(out, v->facts[i].object);
		(void)buf_puts(out, ":{");
		(void)facts_of(v, v->facts[i].object, out);
		(void)buf_puts(out, "}");
		before = ",";
		behind = "}";
	}
	(void)buf_puts(out, behind);
}

static void
head(const struct verdict *v, const char *plugin, struct buf *out)
{
	struct buf summary = { 0 };

	member(out, "plugin", plugin, ",");
	member(out, "version", VERSION, ",");
	member(out, "target", v->target, ",");
	member(out, "state", state_name(verdict_state(v)), ",");
	(void)buf_addf(out, "\"exit_code\":%d,", (int)verdict_state(v));
	render_summary(v, &summary);
	member(out, "summary", buf_str(&summary), ",");
	out->failed = out->failed || summary.failed;
	buf_free(&summary);
}

void
render_json(const struct verdict *v, const char *plugin, struct buf *out)
{
	const struct finding *f = NULL;
	const char *comma = "";

	(void)buf_puts(out, "{");
	head(v, plugin, out);
	(void)buf_puts(out, "\"findings\":[");
	while ((f = verdict_next(v, f)) != NULL) {
		(void)buf_puts(out, comma);
		finding(f, out);
		comma = ",";
	}
	(void)buf_puts(out, "],\"metrics\":[");
	for (size_t i = 0; i < v->nmeasures; i++) {
		(void)buf_puts(out, i > 0 ? "," : "");
		metric(&v->measures[i], out);
	}
	(void)buf_puts(out, "],\"facts\":{");
	facts(v, out);
	(void)buf_puts(out, "}}\n");
}
