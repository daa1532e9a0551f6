/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "judge/render.h"

/* The base unit that a value is converted to, and with how many decimals. */
struct base {
	const char	*unit;		/* NULL: none */
	double		 factor, part;	/* whole numbers: there is no double of 0.01 */
	int		 decimals;
};

/* The labels of every series. */
struct series {
	const char	*plugin, *target;
};

static const struct base *
base_of(enum unit unit)
{
	static const struct base bases[] = {
		[UNIT_NONE] = { NULL, 1, 1, 0 },
		[UNIT_SECONDS] = { "seconds", 1, 1, 3 },
		[UNIT_DAYS] = { "seconds", 86400, 1, 0 },
		[UNIT_BYTES] = { "bytes", 1, 1, 0 },
		[UNIT_PERCENT] = { "ratio", 1, 100, 3 },
		[UNIT_COUNTER] = { NULL, 1, 1, 0 },
	};

	return &bases[unit];
}

static void
quoted(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)buf_addf(out, "\\%c", *text);
		else if (*text == '\n')
			(void)buf_puts(out, "\\n");
		else
			(void)buf_add(out, text, 1);
	}
}

/*
 * What stands before the series of a family. OpenMetrics and the older format of
 * Prometheus differ in what a counter is called and in whether a quote in a help text has
 * a backslash: so all are gauges, and no help text has a quote.
 */
static void
describe(const char *family, const char *unit, const char *help, struct buf *out)
{
	(void)buf_addf(out, "# TYPE %s gauge\n", family);
	if (unit != NULL)
		(void)buf_addf(out, "# UNIT %s %s\n", family, unit);
	(void)buf_addf(out, "# HELP %s ", family);
	for (; *help != '\0'; help++) {
		const char c[] = { *help == '"' ? '\'' : *help, '\0' };

		quoted(c, out);
	}
	(void)buf_puts(out, "\n");
}

static void
label(const char *name, const char *value, struct buf *out)
{
	(void)buf_addf(out, ",%s=\"", name);
	quoted(value, out);
	(void)buf_puts(out, "\"");
}

/* A series up to its further labels. */
static void
begin(const char *family, const struct series *s, struct buf *out)
{
	(void)buf_addf(out, "%s{plugin=\"", family);
	quoted(s->plugin, out);
	(void)buf_puts(out, "\"");
	label("target", s->target, out);
}

static bool
alike(const struct finding *a, const struct finding *b)
{
	return a->cause == b->cause && a->state == b->state &&
	    verdict_same(a->stage, b->stage);
}

/* How many findings are like that one; 0 when one before it was. */
static size_t
how_many(const struct verdict *v, size_t finding)
{
	size_t n = 0, i = 0;

	while (!alike(&v->findings[i], &v->findings[finding]))
		i++;
	if (i < finding)
		return 0;
	for (; i < v->nfindings; i++)
		n += alike(&v->findings[i], &v->findings[finding]) ? 1 : 0;
	return n;
}

static void
findings(const struct verdict *v, const struct series *s, struct buf *out)
{
	static const char family[] = "mailcheck_findings";

	if (v->nfindings > 0)
		describe(family, NULL, "what was found, by cause, stage and state", out);
	for (size_t i = 0; i < v->nfindings; i++) {
		const struct finding *f = &v->findings[i];
		size_t n = how_many(v, i);

		if (n == 0)
			continue;
		begin(family, s, out);
		label("cause", f->cause->slug, out);
		label("stage", f->stage != NULL ? f->stage : "", out);
		label("state", state_name(f->state), out);
		(void)buf_addf(out, "} %zu\n", n);
	}
}

static void
metric(const struct measure *m, const struct series *s, struct buf *out)
{
	const struct metric *about = m->metric;
	const struct base *base = base_of(about->unit);
	const char *name = s->plugin;
	struct buf family = { 0 };

	if (text_starts(name, "check_"))
		name += strlen("check_");
	(void)buf_addf(&family, "mailcheck_%s_%s%s%s", name,
	    about->family != NULL ? about->family : about->label,
	    base->unit != NULL ? "_" : "", base->unit != NULL ? base->unit : "");
	describe(buf_str(&family), base->unit,
	    about->help != NULL ? about->help : about->label, out);
	begin(buf_str(&family), s, out);
	(void)buf_puts(out, "} ");
	(void)buf_number(out, m->value * base->factor / base->part, base->decimals,
	    false);
	(void)buf_puts(out, "\n");
	out->failed = out->failed || family.failed;
	buf_free(&family);
}

void
render_openmetrics(const struct verdict *v, const char *plugin, struct buf *out)
{
	const struct series s = { plugin, v->target != NULL ? v->target : "" };
	static const char family[] = "mailcheck_state";

	describe(family, NULL, "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN", out);
	begin(family, &s, out);
	(void)buf_addf(out, "} %d\n", (int)verdict_state(v));
	findings(v, &s, out);
	for (size_t i = 0; i < v->nmeasures; i++)
		if (v->measures[i].measured)
			metric(&v->measures[i], &s, out);
	(void)buf_puts(out, "# EOF\n");
}
