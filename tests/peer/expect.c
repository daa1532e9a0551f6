/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"
#include "peer/evidence.h"
#include "peer/expect.h"

void
evidence_fail(const struct evidence *e, const char *what, const char *want,
    const char *came)
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

/* Bytes of a colour or the like ("\e[1;31m") that begin a text; 0 when none do. */
static size_t
colour(const char *s)
{
	size_t n;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	n = 2 + strspn(s + 2, "0123456789;");
	return s[n] == 'm' ? n + 1 : 0;
}

/* The lines without colours. */
static void
uncoloured(const struct list *lines, struct list *plain)
{
	struct buf line = { .max = 1u << 20 };
	const char *s;
	size_t n;

	for (size_t i = 0; i < lines->n; i++) {
		buf_reset(&line);
		for (s = lines->v[i]; *s != '\0'; s += n > 0 ? n : 1)
			if ((n = colour(s)) == 0)
				(void)buf_add(&line, s, 1);
		listed(plain, buf_str(&line));
	}
	buf_free(&line);
}

static bool
line_matches(const struct evidence *e, const char *glob, const char *line)
{
	return glob_expanded(&e->scene->vars, glob, line, strlen(line));
}

static bool
some_line(const struct evidence *e, const struct list *lines, const char *glob)
{
	for (size_t i = 0; i < lines->n; i++)
		if (line_matches(e, glob, lines->v[i]))
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

/* Patterns of stdout may speak of colours, or not. */
static void
check_lines(const struct evidence *e)
{
	const struct testcase *c = e->c;

	if (c->first != NULL && !line_matches(e, c->first, e->first) &&
	    (e->out.n == 0 || !line_matches(e, c->first, e->out.v[0])))
		evidence_fail(e, "first", c->first, e->first);
	for (size_t i = 0; i < c->out.n; i++)
		if (!some_line(e, &e->out, c->out.v[i]) &&
		    !some_line(e, &e->plain, c->out.v[i]))
			evidence_fail(e, "out", c->out.v[i], buf_str(&e->child->out));
	for (size_t i = 0; i < c->err.n; i++)
		if (!some_line(e, &e->err, c->err.v[i]))
			evidence_fail(e, "err", c->err.v[i], buf_str(&e->child->err));
}

static void
check_columns(const struct evidence *e)
{
	size_t columns, n;

	for (size_t i = 0; i < e->plain.n; i++) {
		columns = 0;
		for (const char *s = e->plain.v[i]; *s != '\0'; s += n > 0 ? n : 1) {
			n = utf8_char(s);
			columns++;
		}
		if (e->c->columns > 0 && (double)columns > e->c->columns)
			diary_fail(&e->scene->diary, "columns: wanted %.0f, came %zu: "
			    "\"%s\"", e->c->columns, columns, e->plain.v[i]);
	}
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
		evidence_fail(e, "in", in, "no such file");
	lines_of(&text, &lines);
	if (name != NULL && !some_line(e, &lines, rest))
		evidence_fail(e, "in", in, buf_str(&text));
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
		evidence_fail(e, "output", whole->where, "no such file");
	if (!whole_same(e, &whole->lines, &lines, &w, &c))
		diary_fail(&e->scene->diary, "%s, line %zu: wanted \"%s\", came \"%s\"",
		    whole->where, c + 1, w < whole->lines.n ? whole->lines.v[w] : "(end)",
		    c < lines.n ? lines.v[c] : "(end)");
	list_free(&lines);
	buf_free(&text);
}

static void
check_asked(const struct evidence *e)
{
	struct diary *d = &e->scene->diary;
	const struct testcase *c = e->c;

	for (size_t i = 0; i < c->asked.n; i++)
		if (!list_has(&d->asked, c->asked.v[i]))
			diary_fail(d, "asked: \"%s\" was not asked of the DNS",
			    c->asked.v[i]);
	for (size_t i = 0; i < c->unasked.n; i++)
		if (list_has(&d->asked, c->unasked.v[i]))
			diary_fail(d, "unasked: \"%s\" was asked of the DNS",
			    c->unasked.v[i]);
}

/* What holds for stdout, in the form that it has. */
static void
check_form(const struct evidence *e)
{
	const struct buf *out = &e->child->out;

	if (e->first[0] == '{')
		form_json_check(e);
	else if (strncmp(e->first, "# ", 2) == 0)
		form_metrics_check(e);
	else
		form_text_check(e);
	if (e->c->untidy)
		return;
	if (out->len == 0 || out->data[out->len - 1] != '\n')
		evidence_fail(e, "tidy", "lines", buf_str(out));
	if (e->c->err.n == 0 && e->child->err.len > 0 && e->c->nwholes == 0)
		evidence_fail(e, "tidy", "nothing on stderr", buf_str(&e->child->err));
}

void
expect_all(struct scene *s, const struct child *child, double stretch)
{
	struct evidence e = { .scene = s, .c = s->c, .child = child };

	lines_of(&child->out, &e.out);
	lines_of(&child->err, &e.err);
	if (s->c->tty)
		uncoloured(&e.out, &e.plain);
	else
		lines_of(&child->out, &e.plain);
	e.first = e.plain.n > 0 ? e.plain.v[0] : "";
	check_end(&e, stretch);
	check_lines(&e);
	check_columns(&e);
	for (size_t i = 0; i < s->c->in.n; i++)
		check_in(&e, s->c->in.v[i]);
	for (size_t i = 0; i < s->c->not.n; i++)
		check_not(&e, s->c->not.v[i]);
	check_asked(&e);
	for (size_t i = 0; i < s->c->nwholes; i++)
		check_whole(&e, &s->c->wholes[i]);
	check_form(&e);
	list_free(&e.out);
	list_free(&e.err);
	list_free(&e.plain);
}
