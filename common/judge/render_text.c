/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "judge/render.h"

/*
 * Does the text name the object, and not a longer name or address that begins or ends
 * like it? A port may follow what has no colon itself.
 */
static bool
names(const char *text, const char *object)
{
	static const char all[] = ":.-_0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *part = strchr(object, ':') != NULL ? all : all + 1;
	size_t len = strlen(object);

	for (const char *p = text; (p = strstr(p, object)) != NULL && *p != '\0'; p++) {
		size_t n = len + strspn(p + len, part);

		while (n > len && (p[n - 1] == '.' || p[n - 1] == ':'))
			n--;		/* of the sentence */
		if (n == len && (p == text || strchr(all, p[-1]) == NULL))
			return true;
	}
	return false;
}

void
render_sentence(const struct finding *f, struct buf *out)
{
	if (f->object != NULL && !names(f->text, f->object))
		(void)buf_addf(out, "%s: ", f->object);
	(void)buf_puts(out, f->text);
}

void
render_summary(const struct verdict *v, struct buf *out)
{
	const struct finding *worst = verdict_worst(v);

	if (v->broken)
		(void)buf_puts(out, "memory is short, findings may be missing: ");
	if (worst != NULL && (worst->state != STATE_OK || v->said == NULL))
		render_sentence(worst, out);
	else
		(void)buf_puts(out, v->said != NULL ? v->said : "nothing was checked");
}

void
render_headline(const struct verdict *v, struct buf *out)
{
	const struct finding *worst = verdict_worst(v);

	(void)buf_addf(out, "%s %s - ", v->name, state_name(verdict_state(v)));
	render_summary(v, out);
	if (worst != NULL && worst->state != STATE_OK)
		(void)buf_addf(out, " [%s]", worst->cause->slug);
}

bool
render_has_proof(const struct finding *f)
{
	return f->proof != NULL && strstr(f->text, f->proof) == NULL;
}

bool
render_is_told(const struct verdict *v, const struct finding *finding)
{
	const struct finding *f = NULL;

	while ((f = verdict_next(v, f)) != finding)
		if (f->cause == finding->cause)
			return true;
	return false;
}

/* label=value[unit];[warn];[crit];min */
static void
perfdata(const struct measure *m, struct buf *out)
{
	const struct metric *metric = m->metric;
	bool from_zero = metric_from_zero(metric);

	(void)buf_addf(out, " %s=", metric->label);
	if (m->measured) {
		(void)buf_number(out, m->value, unit_decimals(metric->unit), false);
		(void)buf_puts(out, unit_suffix(metric->unit));
	} else {
		(void)buf_puts(out, "U");
	}
	if (m->warn.set || m->crit.set || from_zero)
		(void)buf_puts(out, ";");
	if (m->warn.set)
		range_print(&m->warn.range, out);
	if (m->crit.set || from_zero)
		(void)buf_puts(out, ";");
	if (m->crit.set)
		range_print(&m->crit.range, out);
	if (from_zero)
		(void)buf_puts(out, ";0");
}

static void
first_line(const struct verdict *v, struct buf *out)
{
	const char *bar = " |";

	render_headline(v, out);
	for (size_t i = 0; i < v->nmeasures; i++) {
		if (!v->measures[i].measured && v->omit_unmeasured)
			continue;
		(void)buf_puts(out, bar);
		bar = "";
		perfdata(&v->measures[i], out);
	}
	(void)buf_puts(out, "\n");
}

static void
finding(const struct verdict *v, const struct finding *f, struct buf *out)
{
	(void)buf_addf(out, "%s %s", state_name(f->state), f->cause->slug);
	if (f->stage != NULL)
		(void)buf_addf(out, " at %s", f->stage);
	(void)buf_puts(out, ": ");
	render_sentence(f, out);
	(void)buf_puts(out, "\n");
	if (render_has_proof(f))
		(void)buf_addf(out, "the server said: %s\n", f->proof);
	if (!render_is_told(v, f))
		(void)buf_addf(out, "remedy: %s.\n", f->cause->remedy);
}

void
render_text(const struct verdict *v, bool long_text, struct buf *out)
{
	const struct finding *f = NULL;

	first_line(v, out);
	if (!long_text)
		return;
	while ((f = verdict_next(v, f)) != NULL)
		finding(v, f, out);
	if (v->said != NULL && verdict_state(v) != STATE_OK)
		(void)buf_addf(out, "OK: %s\n", v->said);
	for (size_t i = 0; i < v->notes.n; i++)
		(void)buf_addf(out, "note: %s\n", v->notes.v[i]);
}
