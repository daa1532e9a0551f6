/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/state.h"
#include "base/text.h"
#include "peer/expect.h"

/* What a case is judged by. */
struct evidence {
	struct scene	*scene;
	const struct testcase *c;
	const struct child *child;
	struct list	 out, err;	/* lines */
	const char	*first;		/* line of stdout, "" when there is none */
};

static void
fail(const struct evidence *e, const char *what, const char *want, const char *came)
{
	struct buf shown = { 0 };

	visible(came, strlen(came), &shown);
	diary_fail(&e->scene->diary, "%s: wanted \"%s\", came \"%s\"", what, want,
	    buf_str(&shown));
	buf_free(&shown);
}

/*
 * A NUL byte would hide what stands behind it: it is shown as an escape, which no text
 * is.
 */
static void
lines_of(const struct buf *text, struct list *lines)
{
	struct buf line = { .max = text->len + 1 };

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '\0')
			(void)buf_puts(&line, "\x01");
		else if (text->data[i] != '\n')
			(void)buf_add(&line, &text->data[i], 1);
		if (text->data[i] == '\n' || i == text->len - 1) {
			listed(lines, buf_str(&line));
			buf_reset(&line);
		}
	}
	buf_free(&line);
}

static bool
some_line(const struct evidence *e, const struct list *lines, const char *glob)
{
	for (size_t i = 0; i < lines->n; i++)
		if (glob_expanded(&e->scene->vars, glob, lines->v[i],
		    strlen(lines->v[i])))
			return true;
	return false;
}

static void
check_end(const struct evidence *e, double stretch)
{
	const struct child *child = e->child;
	struct diary *d = &e->scene->diary;

	if (child->flooded)
		diary_fail(d, "it wrote without end and was killed");
	else if (child->stuck)
		diary_fail(d, "it did not end and was killed after %.1f s",
		    child->seconds);
	else if (WIFSIGNALED(child->status))
		diary_fail(d, "it died of signal %d", WTERMSIG(child->status));
	else if (WEXITSTATUS(child->status) != (int)e->c->status)
		diary_fail(d, "exit: wanted %d, came %d", (int)e->c->status,
		    WEXITSTATUS(child->status));
	if (child->seconds > e->c->within * stretch)
		diary_fail(d, "within: wanted %.3f s, came %.3f s", e->c->within,
		    child->seconds);
	if (child->seconds < e->c->after)
		diary_fail(d, "after: wanted %.3f s, came %.3f s", e->c->after,
		    child->seconds);
}

static bool
line_begins(const struct list *lines, const char *with)
{
	for (size_t i = 0; i < lines->n; i++)
		if (strncmp(lines->v[i], with, strlen(with)) == 0)
			return true;
	return false;
}

/*
 * "CRITICAL slug at stage: ..."; without a wanted stage, "CRITICAL slug" with any or
 * none.
 */
static void
check_cause(const struct evidence *e)
{
	const struct testcase *c = e->c;
	struct buf want = { 0 };
	char tag[128];

	if (c->cause == NULL)
		return;
	(void)snprintf(tag, sizeof(tag), " [%s]", c->cause);
	/* An OK first line names no cause: it may be one that --state has made OK. */
	if (c->status > 0 && strstr(e->first, tag) == NULL)
		fail(e, "cause", tag, e->first);
	if (c->stage != NULL || c->status <= 0) {
		(void)buf_addf(&want, "%s %s", state_name((enum state)c->status),
		    c->cause);
		if (c->stage != NULL)
			(void)buf_addf(&want, " at %s: ", c->stage);
		if (!line_begins(&e->out, want.data))
			fail(e, "stage", want.data, buf_str(&e->child->out));
	}
	buf_free(&want);
}

static void
check_lines(const struct evidence *e)
{
	const struct testcase *c = e->c;

	if (c->first != NULL &&
	    !glob_expanded(&e->scene->vars, c->first, e->first, strlen(e->first)))
		fail(e, "first", c->first, e->first);
	for (size_t i = 0; i < c->out.n; i++)
		if (!some_line(e, &e->out, c->out.v[i]))
			fail(e, "out", c->out.v[i], buf_str(&e->child->out));
	for (size_t i = 0; i < c->err.n; i++)
		if (!some_line(e, &e->err, c->err.v[i]))
			fail(e, "err", c->err.v[i], buf_str(&e->child->err));
}

/* A file of @DIR@; -1 when there is none. */
static int
file_read(const struct evidence *e, const char *name, struct buf *text)
{
	char path[2 * sizeof(e->scene->dir)], bytes[8192];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", e->scene->dir, name);
	if ((f = fopen(path, "r")) == NULL)
		return -1;
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		(void)buf_add(text, bytes, n);
	(void)fclose(f);
	return 0;
}

/* "in FILE GLOB" */
static void
check_in(const struct evidence *e, const char *in)
{
	struct buf text = { .max = 1u << 20 };
	struct list lines = { 0 };
	char *copy = copied(in), *rest = copy;
	const char *name = word_take(&rest);

	if (name == NULL || file_read(e, name, &text) == -1)
		fail(e, "in", in, "no such file");
	lines_of(&text, &lines);
	if (name != NULL && !some_line(e, &lines, rest))
		fail(e, "in", in, buf_str(&text));
	list_free(&lines);
	buf_free(&text);
	free(copy);
}

static bool
holds(const struct buf *text, const void *bytes, size_t n)
{
	return n > 0 && text->len >= n && memmem(text->data, text->len, bytes, n) != NULL;
}

/*
 * Does a text hold the secret, or its base64 at any of three alignments? Of the latter
 * only the characters count that do not depend on the neighbours of the secret.
 */
static bool
leaks(const struct buf *text, const struct buf *secret)
{
	static const size_t skip[] = { 0, 2, 3 };
	struct buf padded = { 0 }, encoded = { 0 };
	size_t whole;
	bool found = holds(text, buf_str(secret), secret->len);

	for (size_t shift = 0; shift < LEN(skip) && !found; shift++) {
		buf_reset(&padded);
		buf_reset(&encoded);
		(void)buf_add(&padded, "\0\0", shift);
		(void)buf_add(&padded, buf_str(secret), secret->len);
		b64_add(buf_str(&padded), padded.len, &encoded);
		whole = padded.len * 8 / 6;
		if (whole >= skip[shift] + 4)
			found = holds(text, encoded.data + skip[shift],
			    whole - skip[shift]);
	}
	buf_free(&padded);
	buf_free(&encoded);
	return found;
}

static void
check_not(const struct evidence *e, const char *not)
{
	struct buf secret = { 0 }, text = { .max = 1u << 20 };
	struct diary *d = &e->scene->diary;
	char *copy, *rest;

	meaning(&e->scene->vars, not, &secret);
	if (leaks(&e->child->out, &secret))
		diary_fail(d, "not: \"%s\" is on stdout", not);
	if (leaks(&e->child->err, &secret))
		diary_fail(d, "not: \"%s\" is on stderr", not);
	for (size_t i = 0; i < e->c->in.n; i++) {
		copy = copied(e->c->in.v[i]);
		rest = copy;
		buf_reset(&text);
		(void)file_read(e, word_take(&rest), &text);
		if (leaks(&text, &secret))
			diary_fail(d, "not: \"%s\" is in %s", not, copy);
		free(copy);
	}
	buf_free(&secret);
	buf_free(&text);
}

static bool
line_same(const struct evidence *e, const char *want, const char *came)
{
	struct buf text = { 0 };
	bool same;

	if (*want == '~')
		return glob_expanded(&e->scene->vars, want + 1, came, strlen(came));
	expand(&e->scene->vars, want, EXPAND_PLAIN, &text);
	same = strcmp(buf_str(&text), came) == 0;
	buf_free(&text);
	return same;
}

/* As glob_match() does it, with lines for characters and "..." for '*'. */
static bool
whole_same(const struct evidence *e, const struct list *want, const struct list *came,
    size_t *w, size_t *c)
{
	size_t star = 0, retry = 0;
	bool starred = false;

	*w = *c = 0;
	while (*c < came->n) {
		if (*w < want->n && strcmp(want->v[*w], "...") == 0) {
			starred = true;
			star = ++*w;
			retry = *c;
		} else if (*w < want->n && line_same(e, want->v[*w], came->v[*c])) {
			++*w;
			++*c;
		} else if (starred) {
			*w = star;
			*c = ++retry;
		} else {
			return false;
		}
	}
	while (*w < want->n && strcmp(want->v[*w], "...") == 0)
		++*w;
	return *w == want->n;
}

static void
check_whole(const struct evidence *e, const struct whole *whole)
{
	struct buf text = { .max = 1u << 20 };
	struct list lines = { 0 };
	size_t w, c;

	if (strcmp(whole->where, "stdout") == 0)
		lines_of(&e->child->out, &lines);
	else if (strcmp(whole->where, "stderr") == 0)
		lines_of(&e->child->err, &lines);
	else if (file_read(e, whole->where, &text) == 0)
		lines_of(&text, &lines);
	else
		fail(e, "output", whole->where, "no such file");
	if (!whole_same(e, &whole->lines, &lines, &w, &c))
		diary_fail(&e->scene->diary, "%s, line %zu: wanted \"%s\", came \"%s\"",
		    whole->where, c + 1, w < whole->lines.n ? whole->lines.v[w] : "(end)",
		    c < lines.n ? lines.v[c] : "(end)");
	list_free(&lines);
	buf_free(&text);
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

/* What holds for the output of every run: one '|' at most, no control characters, ... */
static void
check_hygiene(const struct evidence *e)
{
	const struct buf *out = &e->child->out;
	size_t n = strcspn(e->first, "|");
	enum state state;

	if (out->len == 0 || out->data[out->len - 1] != '\n')
		fail(e, "tidy", "lines", buf_str(out));
	if (speaks(e, &state)) {
		if ((int)state != (int)e->c->status)
			fail(e, "tidy", "a first line that says what the exit code says",
			    e->first);
		if (!tidy(e->first, n) || (e->first[n] == '|' &&
		    !tidy(e->first + n + 1, strlen(e->first + n + 1))))
			fail(e, "tidy", "no control characters, second | or $", e->first);
		for (size_t i = 1; i < e->out.n; i++)
			if (!tidy(e->out.v[i], strlen(e->out.v[i])))
				fail(e, "tidy", "no control characters, | or $",
				    e->out.v[i]);
	}
	if (e->c->err.n == 0 && e->child->err.len > 0 && e->c->nwholes == 0)
		fail(e, "tidy", "nothing on stderr", buf_str(&e->child->err));
}

static void
check_asked(const struct evidence *e, const char *asked)
{
	if (!list_has(&e->scene->diary.asked, asked))
		diary_fail(&e->scene->diary, "asked: \"%s\" was not asked of the DNS",
		    asked);
}

void
expect_all(struct scene *s, const struct child *child, double stretch)
{
	struct evidence e = { .scene = s, .c = s->c, .child = child };

	lines_of(&child->out, &e.out);
	lines_of(&child->err, &e.err);
	e.first = e.out.n > 0 ? e.out.v[0] : "";
	check_end(&e, stretch);
	check_cause(&e);
	check_lines(&e);
	for (size_t i = 0; i < s->c->in.n; i++)
		check_in(&e, s->c->in.v[i]);
	for (size_t i = 0; i < s->c->not.n; i++)
		check_not(&e, s->c->not.v[i]);
	for (size_t i = 0; i < s->c->asked.n; i++)
		check_asked(&e, s->c->asked.v[i]);
	for (size_t i = 0; i < s->c->nwholes; i++)
		check_whole(&e, &s->c->wholes[i]);
	if (!s->c->untidy)
		check_hygiene(&e);
	list_free(&e.out);
	list_free(&e.err);
}
