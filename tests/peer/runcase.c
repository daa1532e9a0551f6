/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One case from its beginning to its report. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/text.h"
#include "peer/child.h"
#include "peer/expect.h"
#include "peer/run.h"
#include "peer/scene.h"

#define REPORTED_LINES 60	/* of each output of a failed case */
#define GRACE_S 3.0		/* beyond "within", to see how long it takes */

static bool
have_ipv6(void)
{
	struct listener l;
	uint16_t port = 0;

	if (listener_open(&l, "::1", &port, LISTEN_TRULY) == -1)
		return false;
	listener_close(&l);
	return true;
}

/* What the case needs and is not there; NULL when all is. */
static const char *
lacking(const struct testcase *c)
{
	for (size_t i = 0; i < c->need.n; i++) {
		const char *need = c->need.v[i];

		if ((strcmp(need, "ipv6") == 0 && !have_ipv6()) ||
		    (strcmp(need, "root") == 0 && geteuid() != 0) ||
		    (strcmp(need, "nonroot") == 0 && geteuid() == 0) ||
		    (*need == '/' && access(need, F_OK) == -1))
			return need;
	}
	return NULL;
}

/* The program: a path as it is, or a plugin by its name. */
static char *
program_of(const struct options *o, const char *name)
{
	char *path;

	if (strchr(name, '/') != NULL)
		return copied(name);
	if (asprintf(&path, "%s/plugins/%s", o->build, name) == -1)
		die("memory is short");
	return path;
}

static int
command_of(const struct options *o, const struct scene *s, struct list *argv)
{
	struct list words = { 0 };
	struct buf word = { .max = 1u << 20 };
	char *program;
	int rc = words_split(s->c->run, &words);

	if (o->wrap != NULL && words_split(o->wrap, argv) == -1)
		die("bad quotes: %s", o->wrap);
	for (size_t i = 0; i < words.n; i++) {
		buf_reset(&word);
		expand(&s->vars, words.v[i], EXPAND_PLAIN, &word);
		if (i > 0) {
			listed(argv, buf_str(&word));
			continue;
		}
		program = program_of(o, buf_str(&word));
		listed(argv, program);
		free(program);
	}
	list_free(&words);
	buf_free(&word);
	return rc;
}

static bool
sets(const struct list *env, const char *name)
{
	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->v[i], name, strlen(name)) == 0)
			return true;
	return false;
}

/*
 * The plugin sees nothing of the caller's environment but what makes programs run at all.
 */
static void
environment_of(const struct scene *s, struct list *env)
{
	static const char *const kept[] = {
		"PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
		"LSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE", "GCOV_PREFIX",
		"GCOV_PREFIX_STRIP",
	};
	struct buf entry = { .max = 1u << 20 };
	const char *value;

	for (size_t i = 0; i < LEN(kept); i++) {
		if ((value = getenv(kept[i])) == NULL)
			continue;
		buf_reset(&entry);
		(void)buf_addf(&entry, "%s=%s", kept[i], value);
		listed(env, buf_str(&entry));
	}
	buf_reset(&entry);
	(void)buf_addf(&entry, "HOME=%s", s->dir);
	listed(env, buf_str(&entry));
	listed(env, "TZ=UTC");
	if (s->c->tty && !sets(&s->c->env, "TERM="))
		listed(env, "TERM=xterm");
	for (size_t i = 0; i < s->c->env.n; i++) {
		buf_reset(&entry);
		expand(&s->vars, s->c->env.v[i], EXPAND_PLAIN, &entry);
		listed(env, buf_str(&entry));
	}
	buf_free(&entry);
}

static void
quote_lines(struct buf *report, const char *name, const struct buf *text)
{
	const char *at = buf_str(text), *end = at + text->len;
	size_t n;

	for (int i = 0; at < end && i < REPORTED_LINES; i++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		n = (size_t)((newline != NULL ? newline : end) - at);
		(void)buf_addf(report, "    %s: ", name);
		visible(at, n, report);
		(void)buf_puts(report, "\n");
		at += n + 1;
	}
	if (at < end)
		(void)buf_addf(report, "    %s: ...\n", name);
}

static void
report_failure(const struct scene *s, const struct child *child, const struct list *argv,
    struct buf *report)
{
	const struct testcase *c = s->c;

	(void)buf_addf(report, "FAIL %s:%d: %s: %s\n", c->path, c->line, c->name,
	    buf_str(&s->diary.wrong));
	(void)buf_puts(report, "    run:");
	for (size_t i = 0; i < argv->n; i++)
		(void)buf_addf(report, strchr(argv->v[i], ' ') != NULL ? " '%s'" : " %s",
		    argv->v[i]);
	(void)buf_puts(report, "\n");
	quote_lines(report, "peer", &s->diary.talk);
	quote_lines(report, "stdout", &child->out);
	quote_lines(report, "stderr", &child->err);
}

/* A case that tests the peer itself says how it must fail. */
static bool
has_failed(struct scene *s)
{
	const struct buf *wrong = &s->diary.wrong;

	if (s->c->fails == NULL)
		return wrong->len > 0 || wrong->failed;
	if (glob_expanded(&s->vars, s->c->fails, buf_str(wrong), wrong->len))
		return false;
	diary_fail(&s->diary, "fails: wanted \"%s\"", s->c->fails);
	return true;
}

static enum result
play(const struct options *o, struct scene *s, struct buf *report)
{
	struct list argv = { 0 }, env = { 0 };
	struct child child;
	bool failed;

	if (command_of(o, s, &argv) == -1)
		diary_fail(&s->diary, "run has a quote that does not end");
	environment_of(s, &env);
	/* Before any thread runs: a fork of threads is no place to be. */
	s->diary.start = clock_nsec();
	child_start(&child, &argv, &env, s->dir, s->c->tty);
	scene_start(s, false);
	child_wait(&child, s->c->within * o->stretch + GRACE_S);
	scene_end(s);
	expect_all(s, &child, o->stretch);
	failed = has_failed(s);
	if (failed)
		report_failure(s, &child, &argv, report);
	else if (o->verbose)
		(void)buf_addf(report, "ok   %s:%d: %s (%.3f s)\n", s->c->path,
		    s->c->line, s->c->name, child.seconds);
	child_free(&child);
	list_free(&argv);
	list_free(&env);
	return failed ? RESULT_FAILED : RESULT_PASSED;
}

enum result
run_case(const struct options *o, const struct testcase *c, const char *scratch,
    size_t number, struct buf *report)
{
	const char *lacks = lacking(c);
	enum result result;
	struct scene s;

	if (lacks != NULL) {
		(void)buf_addf(report, "SKIPPED: %s:%d: %s: needs %s\n", c->path, c->line,
		    c->name, lacks);
		return RESULT_SKIPPED;
	}
	scene_open(&s, c, scratch, number, 0);
	result = play(o, &s, report);
	scene_close(&s);
	return result;
}
