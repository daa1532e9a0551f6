/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "frame/each.h"
#include "unit/unit.h"

#define MOST (2 * EACH_JOBS + 1)

static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS }, { 0 },
};
static const struct cause refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL, "nobody listens", "start it", false,
};
static const struct cause weak = {
	"weak", CLASS_TLS, STATE_WARNING, "the key is short", "make a longer one", false,
};

/* A verdict that forgives what is weak. */
static struct verdict
fresh(void)
{
	struct verdict v;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	ck_assert_int_eq(verdict_remap(&v, "weak", STATE_OK), 0);
	return v;
}

/* "object 0" and so on. */
static struct list
named(size_t n)
{
	struct list objects = { 0 };
	char name[32];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "object %zu", i);
		ck_assert_int_eq(list_add(&objects, name), 0);
	}
	return objects;
}

static void
pause_for(double seconds)
{
	const struct timespec t = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};

	(void)nanosleep(&t, NULL);
}

/* The earlier ones of a round end last. */
static void
look_slowly(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	(void)env;
	(void)atomic_fetch_add((atomic_int *)arg + i, 1);
	pause_for(0.002 * (double)(8 - i % 8));
	verdict_find(v, &refused, "finding %zu", i);
	verdict_note(v, "note %zu", i);
	verdict_metric(v, 0, (double)i);
}

static const size_t sizes[] = { 0, 1, 2, 7, 8, 9, 17, MOST };

/* Whatever the order of the ends: merged is in the order of the objects. */
START_TEST(in_order)
{
	size_t n = sizes[_i];
	struct verdict v = fresh();
	struct list objects = named(n);
	const struct env env = { .by = deadline_in(10) };
	atomic_int calls[MOST] = { 0 };
	char text[64];

	ck_assert_uint_eq(each_object(&v, &env, &objects, look_slowly, calls), 0);
	ck_assert_uint_eq(v.nfindings, n);
	ck_assert_uint_eq(v.notes.n, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(atomic_load(&calls[i]), 1);
		(void)snprintf(text, sizeof(text), "finding %zu", i);
		ck_assert_str_eq(v.findings[i].text, text);
		ck_assert_str_eq(v.findings[i].object, objects.v[i]);
		(void)snprintf(text, sizeof(text), "object %zu: note %zu", i, i);
		ck_assert_str_eq(v.notes.v[i], text);
	}
	ck_assert_int_eq(v.measures[0].measured, n > 0);
	ck_assert_int_eq((int)v.measures[0].value, n > 0 ? (int)n - 1 : 0);
	ck_assert(!v.broken && !v.failed && v.said == NULL);
	list_free(&objects);
	verdict_free(&v);
}
END_TEST

/* What comes of each object, by a letter. */
static void
look_as_told(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	char how = ((const char *)arg)[i];
	struct diag d = { 0 };

	(void)env;
	if (strchr("sSfC", how) != NULL)
		verdict_say(v, "well");
	if (how == 'f' || how == 'F')
		(void)diag_set(&d, &weak, "a failure that is forgiven");
	if (how == 'C' || how == 'c')
		(void)diag_set(&d, &refused, "a failure");
	verdict_diag(v, &d);
}

static const struct {
	const char	*how;
	size_t		 well;
	enum state	 state;		/* when v itself says something */
} tallies[] = {
	{ "s", 1, STATE_OK }, { "ssssssssss", 10, STATE_OK },
	{ "-", 0, STATE_OK }, { "c", 0, STATE_CRITICAL }, { "C", 0, STATE_CRITICAL },
	/* forgiven is not well; what went well before it is */
	{ "F", 0, STATE_OK }, { "sFs", 2, STATE_OK }, { "fF", 1, STATE_OK },
	{ "sFcC-s", 2, STATE_CRITICAL },
};

START_TEST(well)
{
	struct verdict v = fresh();
	const char *how = tallies[_i].how;
	struct list objects = named(strlen(how));
	const struct env env = { .by = deadline_in(10) };
	char letters[16];

	(void)snprintf(letters, sizeof(letters), "%s", how);
	ck_assert_uint_eq(each_object(&v, &env, &objects, look_as_told, letters),
	    tallies[_i].well);
	ck_assert_ptr_null(v.said);
	verdict_say(&v, "all of them");
	ck_assert_int_eq(verdict_state(&v), tallies[_i].state);
	list_free(&objects);
	verdict_free(&v);
}
END_TEST

struct shares {
	double	 left[MOST];	/* the seconds that each object was given */
	int	 silent;	/* the first so many wait for their deadline */
};

static void
look_in_silence(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	struct shares *s = arg;

	(void)v;
	s->left[i] = deadline_left(env->by);
	if (i < (size_t)s->silent)
		pause_for(deadline_left(env->by));
}

static const struct {
	size_t	 n;
	int	 silent;
} silences[] = {
	{ EACH_JOBS + 1, EACH_JOBS }, { EACH_JOBS + 4, EACH_JOBS + 4 },
	{ 2 * EACH_JOBS + 1, 2 * EACH_JOBS + 1 },
};

/* Who keeps silent leaves a good part of the run for the rest. */
START_TEST(shared_time)
{
	static const double whole = 1;
	struct verdict v = fresh();
	struct list objects = named(silences[_i].n);
	struct shares s = { .silent = silences[_i].silent };
	const struct env env = { .start = clock_nsec(), .by = deadline_in(whole) };

	(void)each_object(&v, &env, &objects, look_in_silence, &s);
	for (size_t i = 0; i < silences[_i].n; i++)
		ck_assert_msg(s.left[i] > whole / 20, "%zu of %zu: %f", i,
		    silences[_i].n, s.left[i]);
	ck_assert_double_le(s.left[0], whole /
	    (silences[_i].n > (size_t)2 * EACH_JOBS ? 3 : 2));
	ck_assert_double_gt(clock_since(env.start), whole / 2);
	ck_assert_double_lt(clock_since(env.start), whole + 5);
	list_free(&objects);
	verdict_free(&v);
}
END_TEST

/* So many go at once, so each has all the time. */
START_TEST(time_for_all)
{
	struct verdict v = fresh();
	struct list objects = named((size_t)_i);
	struct shares s = { 0 };
	const struct env env = { .by = deadline_in(1000) };

	(void)each_object(&v, &env, &objects, look_in_silence, &s);
	for (int i = 0; i < _i; i++)
		ck_assert_double_gt(s.left[i], 900);
	list_free(&objects);
	verdict_free(&v);
}
END_TEST

/* Line by line. There is one object, so that one thread writes. */
static void
hear(void *arg, char who, const char *bytes, size_t n)
{
	(void)buf_addf(arg, "%c: ", who);
	(void)buf_add(arg, bytes, n);
	(void)buf_puts(arg, "\n");
}

static void
look_and_talk(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	(void)arg;
	(void)i;
	(void)v;
	trace_line(env->trace, 'C', "EHLO me, and nothing behind it", 7);
	trace_line(env->trace, '*', "", 0);
}

START_TEST(tagged)
{
	struct verdict v = fresh();
	struct list objects = { 0 };
	struct buf heard = { 0 };
	const struct trace trace = { hear, &heard };
	const struct env env = { .by = deadline_in(10), .trace = &trace };
	const struct env deaf = { .by = deadline_in(10) };

	ck_assert_int_eq(list_add(&objects, "2001:db8::1"), 0);
	(void)each_object(&v, &deaf, &objects, look_and_talk, NULL);
	ck_assert_str_eq(buf_str(&heard), "");
	(void)each_object(&v, &env, &objects, look_and_talk, NULL);
	ck_assert_str_eq(buf_str(&heard), "C: [2001:db8::1] EHLO me\n"
	    "*: [2001:db8::1] \n");
	list_free(&objects);
	buf_free(&heard);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, in_order, 0, LEN(sizes));
	tcase_add_loop_test(t, well, 0, LEN(tallies));
	tcase_add_loop_test(t, shared_time, 0, LEN(silences));
	tcase_add_loop_test(t, time_for_all, 0, 9);
	tcase_add_test(t, tagged);
}
