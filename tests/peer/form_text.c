/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds for output as monitoring systems read it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/state.h"
#include "base/text.h"
#include "peer/evidence.h"

/* Does some line begin with these words? */
static bool
line_begins(const struct list *lines, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i < lines->n; i++)
		if (strncmp(lines->v[i], words, n) == 0 &&
		    strchr(" :", lines->v[i][n]) != NULL)
			return true;
	return false;
}

/*
 * "CRITICAL slug at stage: ..."; without a wanted stage, "CRITICAL slug" with any or
 * none. A terminal's first line may be folded: there it is this line that counts.
 */
static void
check_cause(const struct evidence *e)
{
	const struct testcase *c = e->c;
	struct buf want = { 0 };
	char tag[128];

	if (c->cause == NULL)
		return;
	if (c->status > STATE_UNKNOWN) {
		evidence_fail(e, "cause", "an exit code that is a state", e->first);
		return;
	}
	(void)snprintf(tag, sizeof(tag), " [%s]", c->cause);
	/* An OK first line names no cause: it may be one that --state has made OK. */
	if (c->status > 0 && !c->tty && strstr(e->first, tag) == NULL)
		evidence_fail(e, "cause", tag, e->first);
	if (c->stage != NULL || c->status <= 0 || c->tty) {
		(void)buf_addf(&want, "%s %s", state_name((enum state)c->status),
		    c->cause);
		if (c->stage != NULL)
			(void)buf_addf(&want, " at %s", c->stage);
		if (!line_begins(&e->plain, want.data))
			evidence_fail(e, c->stage != NULL ? "stage" : "cause", want.data,
			    buf_str(&e->child->out));
	}
	buf_free(&want);
}

/* Is it "NAME STATE - ...", as plugins speak to monitoring systems? */
static bool
speaks(const struct evidence *e, enum state *state)
{
	const char *at = e->first + strspn(e->first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	char name[16];
	size_t n;

	if (at == e->first || *at != ' ')
		return false;
	n = strcspn(++at, " ");
	if (n >= sizeof(name) || strncmp(at + n, " - ", 3) != 0)
		return false;
	memcpy(name, at, n);
	name[n] = '\0';
	return state_parse(name, state) == 0;
}

static bool
tidy(const char *text, size_t n)
{
	char *copy = must(strndup(text, n));
	bool clean;

	text_tame(copy);
	clean = strncmp(copy, text, n) == 0;
	free(copy);
	return clean;
}

/*
 * No control characters, no '|' but the first and no '$' in what a monitoring system
 * reads.
 */
static void
check_tame(const struct evidence *e)
{
	size_t n = strcspn(e->first, "|");
	enum state state;

	if (!speaks(e, &state))
		return;
	if ((int)state != (int)e->c->status)
		evidence_fail(e, "tidy", "a first line that says what the exit code says",
		    e->first);
	if (!tidy(e->first, n) || (e->first[n] == '|' &&
	    !tidy(e->first + n + 1, strlen(e->first + n + 1))))
		evidence_fail(e, "tidy", "no control characters, second | or $",
		    e->first);
	for (size_t i = 1; i < e->plain.n; i++)
		if (!tidy(e->plain.v[i], strlen(e->plain.v[i])))
			evidence_fail(e, "tidy", "no control characters, | or $",
			    e->plain.v[i]);
}

/* A terminal obeys what it gets, whoever speaks. */
static void
check_terminal(const struct evidence *e)
{
	for (size_t i = 0; i < e->plain.n; i++)
		if (!printable(e->plain.v[i]))
			evidence_fail(e, "tidy", "no control characters but colours",
			    e->plain.v[i]);
}

void
form_text_check(const struct evidence *e)
{
	check_cause(e);
	for (size_t i = 0; i < e->c->json.n; i++)
		evidence_fail(e, "json", e->c->json.v[i], e->first);
	if (e->c->untidy)
		return;
	check_tame(e);
	if (e->c->tty)
		check_terminal(e);
}
