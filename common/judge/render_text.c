/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "judge/render.h"

/*
 * label=value[unit];[warn];[crit];min, min being 0 for all that cannot be below it: days
 * left may be negative, and per cent have their limits by nature.
 */
static void
perfdata(const struct measure *m, struct buf *out)
{
	const struct metric *metric = m->metric;
	bool from_zero = metric->unit != UNIT_DAYS && metric->unit != UNIT_PERCENT;

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
	const struct finding *worst = verdict_worst(v);
	const char *bar = " |";

	(void)buf_addf(out, "%s %s - ", v->name, state_name(verdict_state(v)));
	if (v->broken)
		(void)buf_puts(out, "memory is short, findings may be missing: ");
	if (worst != NULL && worst->state != STATE_OK)
		(void)buf_addf(out, "%s [%s]", worst->text, worst->cause->slug);
	else
		(void)buf_puts(out, v->said != NULL ? v->said
		    : worst != NULL ? worst->text : "nothing was checked");
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
finding(const struct finding *f, struct buf *out)
{
	(void)buf_addf(out, "%s %s", state_name(f->state), f->cause->slug);
	if (f->stage != NULL)
		(void)buf_addf(out, " at %s", f->stage);
	(void)buf_addf(out, ": %s\n", f->text);
	if (f->proof != NULL && strstr(f->text, f->proof) == NULL)
		(void)buf_addf(out, "the server said: %s\n", f->proof);
	(void)buf_addf(out, "remedy: %s.\n", f->cause->remedy);
}

void
render_text(const struct verdict *v, bool long_text, struct buf *out)
{
	static const enum state order[] = {
		STATE_CRITICAL, STATE_WARNING, STATE_UNKNOWN, STATE_OK,
	};

	first_line(v, out);
	if (!long_text)
		return;
	if (v->said != NULL && verdict_state(v) != STATE_OK)
		(void)buf_addf(out, "OK: %s\n", v->said);
	for (size_t s = 0; s < LEN(order); s++)
		for (size_t i = 0; i < v->nfindings; i++)
			if (v->findings[i].state == order[s])
				finding(&v->findings[i], out);
	for (size_t i = 0; i < v->notes.n; i++)
		(void)buf_addf(out, "note: %s\n", v->notes.v[i]);
}
