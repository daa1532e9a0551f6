/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds for output as OpenMetrics. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/state.h"
#include "base/text.h"
#include "peer/evidence.h"

#define LABELS_MAX 16

/* One sample: the texts are in words. */
struct sample {
	char		*words;
	const char	*name;
	const char	*labels[LABELS_MAX];	/* name="value" as written, sorted */
	size_t		 n;
	double		 value;
};

/* What was seen so far. */
struct exposition {
	const struct evidence *e;
	struct list	 series;	/* name and labels of each sample */
	struct list	 families;	/* in order; the last is the current one */
	struct list	 said;		/* "TYPE family" and the like */
	enum state	 state;		/* the worst of mailcheck_state */
	bool		 stated, caused, staged;
	bool		 ended;
};

static void
bad(const struct exposition *x, const char *want, const char *line)
{
	if (!x->e->c->untidy)
		evidence_fail(x->e, "tidy", want, line);
}

/* The case of letters counts here, unlike in list_has(). */
static bool
has(const struct list *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

static size_t
name_length(const char *s)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789";

	return *s >= '0' && *s <= '9' ? 0 : strspn(s, letters);
}

/* Moves behind name="value"; NULL when it is something else. */
static char *
label_end(char *s)
{
	size_t n = name_length(s);

	if (n == 0 || s[n] != '=' || s[n + 1] != '"')
		return NULL;
	for (s += n + 2; *s != '"'; s++) {
		if (*s == '\\' && (s[1] == '\0' || strchr("\\\"n", *++s) == NULL))
			return NULL;
		if (*s == '\0')
			return NULL;
	}
	return s + 1;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Behind the brace; *end is set behind the other one. */
static int
labels_read(struct sample *s, char *at, char **end)
{
	char *next;
	char sep;

	do {
		next = label_end(at);
		if (next == NULL || s->n == LABELS_MAX)
			return -1;
		s->labels[s->n++] = at;
		sep = *next;
		*next = '\0';
		at = next + 1;
	} while (sep == ',');
	*end = at;
	qsort(s->labels, s->n, sizeof(s->labels[0]), by_text);
	return sep == '}' ? 0 : -1;
}

/* name{label="value",...} value */
static int
sample_read(struct sample *s, const char *line)
{
	char *at, *end, sep;

	*s = (struct sample){ .words = copied(line) };
	s->name = s->words;
	at = s->words + name_length(s->words);
	sep = *at;
	if (at == s->words || (sep != '{' && sep != ' '))
		return -1;
	*at++ = '\0';
	if (sep == '{' && labels_read(s, at, &at) == -1)
		return -1;
	if (sep == '{' && *at++ != ' ')
		return -1;
	s->value = strtod(at, &end);
	return end > at && *end == '\0' ? 0 : -1;
}

/* Is it a sample of the current family? */
static bool
belongs(const struct exposition *x, const char *name)
{
	static const char *const suffixes[] = {
		"", "_total", "_created", "_count", "_sum", "_bucket", "_info",
	};
	const char *family = x->families.n > 0 ? x->families.v[x->families.n - 1] : "";
	size_t n = strlen(family);

	for (size_t i = 0; n > 0 && i < LEN(suffixes); i++)
		if (strncmp(name, family, n) == 0 && strcmp(name + n, suffixes[i]) == 0)
			return true;
	return false;
}

static void
family_begin(struct exposition *x, const char *name, const char *line)
{
	if (x->families.n > 0 && strcmp(x->families.v[x->families.n - 1], name) == 0)
		return;
	if (has(&x->families, name))
		bad(x, "each family in one place", line);
	listed(&x->families, name);
}

/* "# TYPE name ...", "# HELP name ...", "# UNIT name ...", "# EOF" */
static void
comment(struct exposition *x, const char *line)
{
	static const char *const kinds[] = { "# TYPE ", "# HELP ", "# UNIT " };
	struct buf said = { 0 };
	size_t n = 0;

	x->ended = strcmp(line, "# EOF") == 0;
	if (x->ended)
		return;
	for (size_t i = 0; i < LEN(kinds); i++)
		if (strncmp(line, kinds[i], strlen(kinds[i])) == 0)
			n = name_length(line + strlen(kinds[i]));
	if (n == 0 || line[strlen(kinds[0]) + n] != ' ') {
		bad(x, "TYPE, HELP, UNIT or EOF", line);
		return;
	}
	(void)buf_add(&said, line, strlen(kinds[0]) + n);
	if (has(&x->said, buf_str(&said)))
		bad(x, "this only once for a family", line);
	listed(&x->said, buf_str(&said));
	family_begin(x, said.data + strlen(kinds[0]), line);
	buf_free(&said);
}

/* The value of a label as it is written, "" when there is none. */
static void
label_of(const struct sample *s, const char *name, char *value, size_t size)
{
	size_t n = strlen(name);

	value[0] = '\0';
	for (size_t i = 0; i < s->n; i++)
		if (strncmp(s->labels[i], name, n) == 0 && s->labels[i][n] == '=')
			(void)snprintf(value, size, "%.*s",
			    (int)strlen(s->labels[i] + n + 2) - 1, s->labels[i] + n + 2);
}

static void
finding(struct exposition *x, const struct sample *s)
{
	const struct testcase *c = x->e->c;
	char cause[128], stage[128], word[128];
	enum state state;

	label_of(s, "cause", cause, sizeof(cause));
	label_of(s, "stage", stage, sizeof(stage));
	label_of(s, "state", word, sizeof(word));
	if (c->cause == NULL || strcmp(cause, c->cause) != 0)
		return;
	x->caused = true;
	if (c->stage != NULL && strcmp(stage, c->stage) == 0 &&
	    state_parse(word, &state) == 0 && (int)state == (int)c->status)
		x->staged = true;
}

static void
sample(struct exposition *x, const char *line)
{
	struct buf id = { 0 };
	struct sample s;

	if (sample_read(&s, line) == -1) {
		bad(x, "a sample", line);
		free(s.words);
		return;
	}
	if (!belongs(x, s.name))
		family_begin(x, s.name, line);
	(void)buf_puts(&id, s.name);
	for (size_t i = 0; i < s.n; i++)
		(void)buf_addf(&id, ",%s", s.labels[i]);
	if (has(&x->series, buf_str(&id)))
		bad(x, "no series twice", line);
	listed(&x->series, buf_str(&id));
	if (strcmp(s.name, "mailcheck_state") == 0) {
		x->stated = true;
		x->state = state_worse(x->state, s.value >= 0 && s.value <= 3
		    ? (enum state)s.value : STATE_UNKNOWN);
	} else if (strcmp(s.name, "mailcheck_findings") == 0) {
		finding(x, &s);
	}
	buf_free(&id);
	free(s.words);
}

static void
check_end(const struct exposition *x)
{
	const struct evidence *e = x->e;

	if (!x->ended)
		bad(x, "# EOF at the end", e->out.v[e->out.n - 1]);
	if (!x->stated || (int)x->state != (int)e->c->status)
		bad(x, "a mailcheck_state that is the exit code",
		    buf_str(&e->child->out));
	if (e->c->cause != NULL && !x->caused)
		evidence_fail(e, "cause", e->c->cause, buf_str(&e->child->out));
	if (e->c->stage != NULL && x->caused && !x->staged)
		evidence_fail(e, "stage", e->c->stage, buf_str(&e->child->out));
	for (size_t i = 0; i < e->c->json.n; i++)
		evidence_fail(e, "json", e->c->json.v[i], e->first);
}

void
form_metrics_check(const struct evidence *e)
{
	struct exposition x = { .e = e };
	const char *line;

	for (size_t i = 0; i < e->out.n; i++) {
		line = e->out.v[i];
		if (!printable(line))
			bad(&x, "no control characters", line);
		if (x.ended)
			bad(&x, "nothing behind # EOF", line);
		if (line[0] == '#')
			comment(&x, line);
		else
			sample(&x, line);
	}
	check_end(&x);
	list_free(&x.series);
	list_free(&x.families);
	list_free(&x.said);
}
