/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/json.h"
#include "base/wrap.h"
#include "frame/help.h"

#define INDENT 28		/* where the text of an option begins */

static void
option(const struct opt *row, struct buf *out)
{
	size_t start = out->len, at;
	struct buf text = { 0 };

	if (row->letter != '\0')
		(void)buf_addf(out, "  -%c, --%s", row->letter, row->word);
	else
		(void)buf_addf(out, "      --%s", row->word);
	if (row->arg != NULL)
		(void)buf_addf(out,
		    row->optional || row->kind == OPT_KIND_EXTRA ? "[=%s]" : "=%s",
		    row->arg);
	at = out->len - start;
	if (at >= INDENT) {
		(void)buf_puts(out, "\n");
		at = 0;
	}
	(void)buf_addf(&text, "%s", row->help);
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
		(void)buf_addf(&text, "%s%s", i == 0 ? ": " : ", ", row->choices[i]);
	if (row->fallback != NULL)
		(void)buf_addf(&text, " (default: %s)", row->fallback);
	wrap_text(out, buf_str(&text), at, INDENT);
	buf_free(&text);
}

static void
metrics(const struct plugin *p, struct buf *out)
{
	(void)buf_puts(out,
	    "\nMetrics for -w and -c (the first is the one a bare range judges):\n");
	for (const struct metric *m = p->metrics; m->label != NULL; m++) {
		struct buf text = { 0 };

		(void)buf_addf(out, "  %-25s ", m->label);
		(void)buf_addf(&text, "%s%s", m->help,
		    m->low_is_bad ? "; low is bad: N means N:" : "");
		wrap_text(out, buf_str(&text), INDENT, INDENT);
		buf_free(&text);
	}
}

void
help_text(const struct plugin *p, const struct opt_set *sets, struct buf *out)
{
	struct buf more = { 0 };

	(void)buf_addf(out, "%s %s\n\n", p->name, VERSION);
	wrap_text(out, p->purpose, 0, 0);
	for (const struct opt_set *set = sets; set->title != NULL; set++) {
		(void)buf_addf(out, "\n%s:\n", set->title);
		for (const struct opt *row = set->rows; row->word != NULL; row++)
			if (row->help != NULL)
				option(row, out);
	}
	metrics(p, out);
	(void)buf_puts(out, "\n");
	wrap_text(out, "Thresholds are ranges: 10 is 0 to 10, 10: from 10 up, "
	    "~:10 up to 10, 10:20 between, @10:20 not between; 90s, 4h and 21d are "
	    "durations. Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.", 0, 0);
	(void)buf_addf(&more, "The manual: man %s. Causes and remedies: %s --explain",
	    p->name, p->name);
	wrap_text(out, buf_str(&more), 0, 0);
	buf_free(&more);
}

static void
member(struct buf *out, const char *name, const char *text, const char *behind)
{
	(void)buf_addf(out, "\"%s\":", name);
	json_string(out, text);
	(void)buf_puts(out, behind);
}

static const char *
kind_name(enum opt_kind kind)
{
	static const char *const names[] = {
		[OPT_KIND_FLAG] = "flag", [OPT_KIND_COUNT] = "flag",
		[OPT_KIND_PRESET] = "flag", [OPT_KIND_STRING] = "string",
		[OPT_KIND_SECRET] = "secret", [OPT_KIND_LIST] = "string",
		[OPT_KIND_WORDS] = "words", [OPT_KIND_PORT] = "port",
		[OPT_KIND_NUMBER] = "number", [OPT_KIND_CHOICE] = "choice",
		[OPT_KIND_EXTRA] = "string",
	};

	return names[kind];
}

static void
option_json(const char *group, const struct opt *row, struct buf *out)
{
	const char letter[] = { row->letter, '\0' };
	bool again = row->kind == OPT_KIND_LIST || row->kind == OPT_KIND_COUNT ||
	    row->kind == OPT_KIND_EXTRA;

	(void)buf_puts(out, "{");
	member(out, "group", group, ",");
	member(out, "letter", letter[0] != '\0' ? letter : NULL, ",");
	member(out, "word", row->word, ",");
	member(out, "argument", row->arg, ",");
	member(out, "type", kind_name(row->kind), ",");
	(void)buf_puts(out, again ? "\"repeatable\":true," : "\"repeatable\":false,");
	(void)buf_puts(out, "\"choices\":[");
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++) {
		(void)buf_puts(out, i > 0 ? "," : "");
		json_string(out, row->choices[i]);
	}
	(void)buf_puts(out, "],");
	member(out, "default", row->fallback, ",");
	member(out, "help", row->help, "}");
}

static void
causes_json(const struct plugin *p, struct buf *out)
{
	const char *comma = "";

	for (size_t t = 0; p->causes[t] != NULL; t++) {
		for (size_t i = 0; p->causes[t][i] != NULL; i++) {
			const struct cause *c = p->causes[t][i];

			(void)buf_addf(out, "%s{", comma);
			member(out, "slug", c->slug, ",");
			member(out, "class", class_name(c->class), ",");
			member(out, "state", state_name(c->state), ",");
			member(out, "meaning", c->meaning, ",");
			member(out, "remedy", c->remedy, "}");
			comma = ",";
		}
	}
}

void
help_json(const struct plugin *p, const struct opt_set *sets, struct buf *out)
{
	const char *comma = "";

	(void)buf_puts(out, "{");
	member(out, "plugin", p->name, ",");
	member(out, "version", VERSION, ",");
	member(out, "purpose", p->purpose, ",");
	(void)buf_puts(out, "\"options\":[");
	for (const struct opt_set *set = sets; set->title != NULL; set++) {
		for (const struct opt *row = set->rows; row->word != NULL; row++) {
			if (row->help == NULL)
				continue;
			(void)buf_puts(out, comma);
			option_json(set->title, row, out);
			comma = ",";
		}
	}
	(void)buf_puts(out, "],\"metrics\":[");
	for (const struct metric *m = p->metrics; m->label != NULL; m++) {
		(void)buf_puts(out, m > p->metrics ? ",{" : "{");
		member(out, "label", m->label, ",");
		member(out, "unit", unit_suffix(m->unit), ",");
		(void)buf_addf(out, "\"low_is_bad\":%s,",
		    m->low_is_bad ? "true" : "false");
		member(out, "help", m->help, "}");
	}
	(void)buf_puts(out, "],\"causes\":[");
	causes_json(p, out);
	(void)buf_puts(out, "]}\n");
}

static void
explain(const struct cause *c, struct buf *out)
{
	struct buf remedy = { 0 };

	(void)buf_addf(out, "%s (%s, %s%s)\n", c->slug, class_name(c->class),
	    state_name(c->state), c->timeout ? "; -t DURATION:STATE changes it" : "");
	wrap_text(out, c->meaning, 0, 4);
	(void)buf_addf(&remedy, "remedy: %s", c->remedy);
	wrap_text(out, buf_str(&remedy), 0, 4);
	buf_free(&remedy);
}

int
help_explain(const struct plugin *p, const char *slug, struct buf *out)
{
	const struct cause *one = slug[0] != '\0' ? plugin_cause(p, slug) : NULL;

	if (one != NULL)
		explain(one, out);
	if (slug[0] != '\0')
		return one != NULL ? 0 : -1;
	for (size_t t = 0; p->causes[t] != NULL; t++)
		for (size_t i = 0; p->causes[t][i] != NULL; i++)
			explain(p->causes[t][i], out);
	return 0;
}
