/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds for output as JSON. */

#include <stdlib.h>
#include <string.h>

#include "base/state.h"
#include "peer/evidence.h"
#include "peer/json_tree.h"

/* What a value is compared with. */
struct wish {
	const struct evidence *e;
	const char	*cause, *stage;		/* of a finding, or */
	const char	*glob;			/* of any value */
};

static bool
matches(const struct tree *value, const void *arg)
{
	const struct wish *w = arg;

	return glob_expanded(&w->e->scene->vars, w->glob, value->text,
	    strlen(value->text));
}

static bool
says(const struct tree *object, const char *key, const char *text)
{
	const struct tree *value = tree_member(object, key);

	return value != NULL && value->kind == TREE_STRING &&
	    strcmp(value->text, text) == 0;
}

static bool
fits_exit(const struct evidence *e, const struct tree *object)
{
	const struct tree *value = tree_member(object, "state");
	enum state state;

	return value != NULL && value->kind == TREE_STRING &&
	    state_parse(value->text, &state) == 0 && (int)state == (int)e->c->status;
}

/* Has the finding this cause, and if a stage is wanted, that stage and the state too? */
static bool
is_finding(const struct tree *finding, const void *arg)
{
	const struct wish *w = arg;

	return says(finding, "cause", w->cause) && (w->stage == NULL ||
	    (says(finding, "stage", w->stage) && fits_exit(w->e, finding)));
}

static void
check_findings(const struct evidence *e, const struct tree *t)
{
	const struct wish cause = { .e = e, .cause = e->c->cause };
	const struct wish both = { .e = e, .cause = e->c->cause, .stage = e->c->stage };

	if (e->c->cause == NULL)
		return;
	if (!tree_some(t, "findings[]", is_finding, &cause))
		evidence_fail(e, "cause", e->c->cause, t->text);
	else if (!tree_some(t, "findings[]", is_finding, &both))
		evidence_fail(e, "stage", e->c->stage, t->text);
}

/* "PATH GLOB" */
static void
check_value(const struct evidence *e, const struct tree *t, const char *text)
{
	char *copy = copied(text), *rest = copy;
	const char *path = word_take(&rest);
	const struct wish w = { .e = e, .glob = rest };

	if (path == NULL || !tree_some(t, path, matches, &w))
		evidence_fail(e, "json", text, t->text);
	free(copy);
}

static bool
clean(const struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!clean(&t->v[i]))
			return false;
	return printable(t->text) && (t->key == NULL || printable(t->key));
}

static void
check_hygiene(const struct evidence *e, const struct tree *t)
{
	const struct tree *code = tree_member(t, "exit_code");
	long number = code != NULL && code->kind == TREE_NUMBER
	    ? strtol(code->text, NULL, 10) : -1;

	if (e->out.n != 1)
		evidence_fail(e, "tidy", "one line", buf_str(&e->child->out));
	if (number != (long)e->c->status)
		evidence_fail(e, "tidy", "an exit_code that is the exit code", t->text);
	if (!fits_exit(e, t))
		evidence_fail(e, "tidy", "a state that fits the exit code", t->text);
	if (!clean(t))
		evidence_fail(e, "tidy", "no control characters", t->text);
}

void
form_json_check(const struct evidence *e)
{
	const struct buf *out = &e->child->out;
	struct buf why = { 0 };
	struct tree t = { 0 };

	if (!e->c->untidy && strlen(buf_str(out)) != out->len)
		evidence_fail(e, "tidy", "no NUL byte", buf_str(out));
	if (tree_read(buf_str(out), &t, &why) == -1) {
		if (!e->c->untidy || e->c->cause != NULL || e->c->json.n > 0)
			evidence_fail(e, "tidy", "JSON", buf_str(&why));
	} else {
		check_findings(e, &t);
		for (size_t i = 0; i < e->c->json.n; i++)
			check_value(e, &t, e->c->json.v[i]);
		if (!e->c->untidy)
			check_hygiene(e, &t);
	}
	tree_free(&t);
	buf_free(&why);
}
