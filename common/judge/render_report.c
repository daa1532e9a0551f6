/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "judge/render.h"

/* Where the lines below a heading begin, those below them, and the values. */
enum { INSET = 4, HANG = 6, VALUES = 2 };

struct page {
	const struct verdict	*v;
	bool			 colour;
	size_t			 columns;
	size_t			 at;	/* the column of the cursor */
	struct buf		*out;
};

/* --- words in lines --- */

static void
end_line(struct page *p)
{
	(void)buf_puts(p->out, "\n");
	p->at = 0;
}

/*
 * Moves to where the next piece begins: so many blanks on, or where it does not fit there
 * (the last column stays free), in the next line. No line begins left of the indent.
 */
static void
advance(struct page *p, size_t blanks, size_t piece, size_t indent)
{
	if (p->at > indent && p->at + blanks + piece >= p->columns)
		end_line(p);
	else if (p->at > indent)
		indent = p->at + blanks;
	for (; p->at < indent; p->at++)
		(void)buf_puts(p->out, " ");
}

static void
put(struct page *p, const char *text, size_t n)
{
	(void)buf_add(p->out, text, n);
	p->at += text_columns(text, n);
}

/* A state's name; its width is that of the name, coloured or not. */
static void
put_state(struct page *p, enum state s)
{
	static const char *const colours[] = {
		[STATE_OK] = "\033[1;32m", [STATE_WARNING] = "\033[1;33m",
		[STATE_CRITICAL] = "\033[1;31m", [STATE_UNKNOWN] = "\033[1;35m",
	};

	(void)buf_puts(p->out, p->colour ? colours[s] : "");
	put(p, state_name(s), strlen(state_name(s)));
	(void)buf_puts(p->out, p->colour ? "\033[0m" : "");
}

/*
 * Words from the indent on, in as many lines as they need. Blanks between them stay, so
 * that the columns of a table do.
 */
static void
words(struct page *p, const char *text, size_t indent)
{
	size_t blanks = 1;

	text += strspn(text, " ");
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		advance(p, blanks, text_columns(text, n), indent);
		put(p, text, n);
		text += n;
		blanks = strspn(text, " ");
		text += blanks;
	}
}

static void
enclosed(struct page *p, const char *before, const char *text, const char *behind,
    size_t indent)
{
	struct buf all = { 0 };

	(void)buf_addf(&all, "%s%s%s", before, text, behind);
	words(p, buf_str(&all), indent);
	p->out->failed = p->out->failed || all.failed;
	buf_free(&all);
}

/* --- the parts --- */

static void
headline(struct page *p)
{
	const struct finding *worst = verdict_worst(p->v);
	enum state s = verdict_state(p->v);
	struct buf summary = { 0 };

	words(p, p->v->name, 0);
	advance(p, 1, strlen(state_name(s)), 0);
	put_state(p, s);
	words(p, "-", INSET);
	render_summary(p->v, &summary);
	words(p, buf_str(&summary), INSET);
	if (worst != NULL && worst->state != STATE_OK)
		enclosed(p, "[", worst->cause->slug, "]", INSET);
	end_line(p);
	p->out->failed = p->out->failed || summary.failed;
	buf_free(&summary);
}

static void
heading(struct page *p, const struct finding *f)
{
	put_state(p, f->state);
	put(p, " ", 1);
	put(p, f->cause->slug, strlen(f->cause->slug));
	if (f->stage != NULL) {
		words(p, "at", INSET);
		words(p, f->stage, INSET);
	}
	if (f->object != NULL)
		enclosed(p, "(", f->object, ")", INSET);
	end_line(p);
}

/* What the headline says is not said again. */
static void
finding(struct page *p, const struct finding *f, const struct finding *told_above)
{
	end_line(p);
	heading(p, f);
	if (f != told_above) {
		words(p, f->text, INSET);
		end_line(p);
	}
	if (render_has_proof(f)) {
		words(p, "the server said:", INSET);
		words(p, f->proof, HANG);
		end_line(p);
	}
	if (!render_is_told(p->v, f)) {
		words(p, "remedy:", INSET);
		enclosed(p, "", f->cause->remedy, ".", HANG);
		end_line(p);
	}
}

static void
all_the_same(struct page *p)
{
	end_line(p);
	put_state(p, STATE_OK);
	put(p, ":", 1);
	words(p, p->v->said, INSET);
	end_line(p);
}

static bool
lists(const char *const *marks, const char *name)
{
	for (; marks != NULL && *marks != NULL; marks++)
		if (strcmp(*marks, name) == 0)
			return true;
	return false;
}

/*
 * The value beside which a finding is marked, NULL when there is none: the metric that
 * lists its cause, or else the one that is named as its stage or lists it.
 */
static const struct measure *
place(const struct verdict *v, const struct finding *f)
{
	for (size_t i = 0; i < v->nmeasures; i++)
		if (lists(v->measures[i].metric->marks, f->cause->slug))
			return &v->measures[i];
	for (size_t i = 0; f->stage != NULL && i < v->nmeasures; i++)
		if (strcmp(v->measures[i].metric->label, f->stage) == 0 ||
		    lists(v->measures[i].metric->marks, f->stage))
			return &v->measures[i];
	return NULL;
}

/* The worst finding that belongs beside the value; NULL when all went well. */
static const struct finding *
trouble(const struct verdict *v, const struct measure *m)
{
	const struct finding *f = NULL;

	while ((f = verdict_next(v, f)) != NULL && f->state != STATE_OK)
		if (place(v, f) == m)
			return f;
	return NULL;
}

/* "connect 0.002s"; "-" is a value that was not measured. */
static void
value(const struct measure *m, struct buf *out)
{
	enum unit unit = m->metric->unit;

	(void)buf_addf(out, "%s ", m->metric->label);
	if (m->measured)
		(void)buf_number(out, m->value, unit_decimals(unit), false);
	(void)buf_puts(out, m->measured ? unit_suffix(unit) : "-");
}

/* What went wrong: with the stage, or with the value. */
static void
reason(const struct measure *m, const struct finding *f, struct buf *out)
{
	(void)buf_addf(out, " %s", f != NULL ? f->cause->slug : judge_threshold.slug);
	if (f != NULL)
		return;
	(void)buf_puts(out, " ");
	range_print(m->state == STATE_CRITICAL ? &m->crit.range : &m->warn.range, out);
}

/* A value and its mark, in one piece: "auth - <- CRITICAL auth-rejected". */
static void
item(struct page *p, const struct measure *m)
{
	static const char arrow[] = " <- ";
	const struct finding *f = trouble(p->v, m);
	enum state s = f != NULL ? f->state : m->state;
	struct buf text = { 0 }, why = { 0 };
	size_t mark = 0;

	value(m, &text);
	if (s != STATE_OK) {
		reason(m, f, &why);
		mark = strlen(arrow) + strlen(state_name(s)) + why.len;
	}
	advance(p, 2, text.len + mark, VALUES);
	put(p, buf_str(&text), text.len);
	if (s != STATE_OK) {
		put(p, arrow, strlen(arrow));
		put_state(p, s);
		put(p, buf_str(&why), why.len);
	}
	p->out->failed = p->out->failed || text.failed || why.failed;
	buf_free(&text);
	buf_free(&why);
}

/* The values, unless there are none, as when the arguments made no sense. */
static void
values(struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->v->nmeasures; i++)
		any = any || p->v->measures[i].measured;
	if (!any)
		return;
	end_line(p);
	for (size_t i = 0; i < p->v->nmeasures; i++)
		item(p, &p->v->measures[i]);
	end_line(p);
}

static void
notes(struct page *p)
{
	if (p->v->notes.n > 0)
		end_line(p);
	for (size_t i = 0; i < p->v->notes.n; i++) {
		words(p, "note:", 0);
		words(p, p->v->notes.v[i], HANG);
		end_line(p);
	}
}

void
render_report(const struct verdict *v, bool colour, size_t columns, struct buf *out)
{
	struct page p = { v, colour, columns, 0, out };
	const struct finding *worst = verdict_worst(v), *f = NULL;
	/* Is that the headline? */
	bool said = v->said != NULL && (worst == NULL || worst->state == STATE_OK);

	headline(&p);
	while ((f = verdict_next(v, f)) != NULL)
		finding(&p, f, said ? NULL : worst);
	if (v->said != NULL && !said)
		all_the_same(&p);
	values(&p);
	notes(&p);
}
