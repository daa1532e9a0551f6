/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/wrap.h"
#include "judge/render.h"

/* Where the lines below a heading begin, and those below them. */
enum { INSET = 4, HANG = 6 };

struct page {
	const struct verdict	*v;
	bool			 colour;
	struct buf		*out;
};

/* Appends a state's name; its width is that of the name, coloured or not. */
static size_t
state(const struct page *p, enum state s)
{
	static const char *const colours[] = {
		[STATE_OK] = "\033[1;32m", [STATE_WARNING] = "\033[1;33m",
		[STATE_CRITICAL] = "\033[1;31m", [STATE_UNKNOWN] = "\033[1;35m",
	};

	(void)buf_addf(p->out, "%s%s%s", p->colour ? colours[s] : "", state_name(s),
	    p->colour ? "\033[0m" : "");
	return strlen(state_name(s));
}

static void
headline(const struct page *p)
{
	const struct finding *worst = verdict_worst(p->v);
	enum state s = verdict_state(p->v);
	struct buf line = { 0 };

	(void)buf_addf(p->out, "%s ", p->v->name);
	(void)buf_puts(&line, "- ");
	render_summary(p->v, &line);
	if (worst != NULL && worst->state != STATE_OK)
		(void)buf_addf(&line, " [%s]", worst->cause->slug);
	wrap_text(p->out, buf_str(&line), strlen(p->v->name) + 1 + state(p, s), INSET);
	p->out->failed = p->out->failed || line.failed;
	buf_free(&line);
}

/* The worst finding of the stage that the value belongs to; NULL when all went well. */
static const struct finding *
trouble(const struct page *p, const struct measure *m)
{
	const struct finding *f = NULL;

	while ((f = verdict_next(p->v, f)) != NULL && f->state != STATE_OK)
		if (f->stage != NULL && strcmp(f->stage, m->metric->label) == 0)
			return f;
	return NULL;
}

/* What went wrong in this row of the table: the stage itself, or the value. */
static void
mark(const struct page *p, const struct measure *m)
{
	const struct finding *f = trouble(p, m);

	if (f == NULL && m->state == STATE_OK)
		return;
	(void)buf_puts(p->out, "  <- ");
	(void)state(p, f != NULL ? f->state : m->state);
	(void)buf_addf(p->out, " %s", f != NULL ? f->cause->slug : judge_threshold.slug);
	if (f == NULL) {
		(void)buf_puts(p->out, " ");
		range_print(m->state == STATE_CRITICAL ? &m->crit.range : &m->warn.range,
		    p->out);
	}
}

/* The columns of the table: a label, and a number on both sides of its dot. */
struct columns {
	int	 label, whole, part;
};

static int
wider(int width, size_t n)
{
	return n > (size_t)width ? (int)n : width;
}

static void
value(const struct measure *m, struct buf *text)
{
	buf_reset(text);
	if (m->measured)
		(void)buf_number(text, m->value, unit_decimals(m->metric->unit), false);
	else
		(void)buf_puts(text, "-");
}

static void
row(const struct page *p, const struct measure *m, const struct columns *c)
{
	const char *unit = m->measured ? unit_suffix(m->metric->unit) : "";
	struct buf text = { 0 };
	size_t whole;
	int room;

	value(m, &text);
	whole = strcspn(buf_str(&text), ".");
	room = c->whole - (int)whole;
	(void)buf_addf(p->out, "  %-*s  %*s%s", c->label, m->metric->label, room, "",
	    buf_str(&text));
	room = c->part - (int)(text.len - whole);
	if (unit[0] != '\0' || trouble(p, m) != NULL || m->state != STATE_OK)
		(void)buf_addf(p->out, "%*s %s", room, "", unit[0] != '\0' ? unit : " ");
	mark(p, m);
	(void)buf_puts(p->out, "\n");
	buf_free(&text);
}

/* The values, unless there are none, as when the arguments made no sense. */
static void
table(const struct page *p)
{
	struct columns c = { 0, 0, 0 };
	struct buf text = { 0 };
	bool any = false;

	for (size_t i = 0; i < p->v->nmeasures; i++) {
		const struct measure *m = &p->v->measures[i];
		size_t whole;

		value(m, &text);
		whole = strcspn(buf_str(&text), ".");
		c.label = wider(c.label, strlen(m->metric->label));
		c.whole = wider(c.whole, whole);
		c.part = wider(c.part, text.len - whole);
		any = any || m->measured;
	}
	buf_free(&text);
	if (any)
		(void)buf_puts(p->out, "\n");
	for (size_t i = 0; any && i < p->v->nmeasures; i++)
		row(p, &p->v->measures[i], &c);
}

/* "WHAT: text" below a heading. */
static void
below(const struct page *p, const char *what, const char *text, const char *end)
{
	struct buf line = { 0 };

	(void)buf_addf(p->out, "%*s%s", INSET, "", what);
	(void)buf_addf(&line, "%s%s", text, end);
	wrap_text(p->out, buf_str(&line), INSET + strlen(what), HANG);
	p->out->failed = p->out->failed || line.failed;
	buf_free(&line);
}

/* Was the remedy told before, with a finding of the same cause? */
static bool
told(const struct page *p, const struct finding *finding)
{
	const struct finding *f = NULL;

	while ((f = verdict_next(p->v, f)) != finding)
		if (f->cause == finding->cause)
			return true;
	return false;
}

static void
heading(const struct page *p, const struct finding *f)
{
	struct buf where = { 0 };
	size_t at = state(p, f->state);

	(void)buf_addf(p->out, " %s", f->cause->slug);
	if (f->stage != NULL)
		(void)buf_addf(&where, "at %s ", f->stage);
	if (f->object != NULL)
		(void)buf_addf(&where, "(%s)", f->object);
	wrap_text(p->out, buf_str(&where), at + 1 + strlen(f->cause->slug), INSET);
	p->out->failed = p->out->failed || where.failed;
	buf_free(&where);
}

/* What the headline says is not said again. */
static void
finding(const struct page *p, const struct finding *f, const struct finding *told_above)
{
	(void)buf_puts(p->out, "\n");
	heading(p, f);
	if (f != told_above)
		wrap_text(p->out, f->text, 0, INSET);
	if (render_has_proof(f))
		below(p, "the server said:", f->proof, "");
	if (!told(p, f))
		below(p, "remedy:", f->cause->remedy, ".");
}

static void
notes(const struct page *p)
{
	if (p->v->notes.n > 0)
		(void)buf_puts(p->out, "\n");
	for (size_t i = 0; i < p->v->notes.n; i++) {
		(void)buf_puts(p->out, "note:");
		wrap_text(p->out, p->v->notes.v[i], strlen("note:"), HANG);
	}
}

void
render_report(const struct verdict *v, bool colour, struct buf *out)
{
	const struct page p = { v, colour, out };
	const struct finding *worst = verdict_worst(v), *f = NULL;
	/* Is that the headline? */
	bool said = v->said != NULL && (worst == NULL || worst->state == STATE_OK);
	size_t at;

	headline(&p);
	table(&p);
	while ((f = verdict_next(v, f)) != NULL)
		finding(&p, f, said ? NULL : worst);
	if (v->said != NULL && !said) {
		(void)buf_puts(out, "\n");
		at = state(&p, STATE_OK);
		(void)buf_puts(out, ":");
		wrap_text(out, v->said, at + 1, INSET);
	}
	notes(&p);
}
