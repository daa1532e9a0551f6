/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "probe/exchangers.h"
#include "unit/unit.h"

#define MANY 4

static const struct metric no_metrics[] = { { 0 } };

/*
 * Addresses of exchangers, each as "host state": up, refused, or away, which this machine
 * has no route to; and what becomes of them, in order: the causes of findings.
 */
static const struct {
	const char	*hosts[MANY], *states[MANY];
	const char	*found;
	size_t		 noted;
} rows[] = {
	{ { "a" }, { "up" }, "", 0 },
	{ { "a" }, { "refused" }, "refused", 0 },
	{ { "a" }, { "away" }, "unreachable", 0 },
	{ { "a", "a" }, { "refused", "up" }, "address-dead", 0 },
	{ { "a", "A" }, { "up", "refused" }, "address-dead", 0 },
	{ { "a", "a" }, { "away", "up" }, "", 1 },
	{ { "a", "a" }, { "away", "refused" }, "refused", 1 },
	{ { "a", "a" }, { "away", "away" }, "unreachable unreachable", 0 },
	{ { "a", "b" }, { "refused", "up" }, "refused", 0 },
	{ { "a", "b" }, { "away", "up" }, "unreachable", 0 },
	{ { "a", "a", "a" }, { "refused", "refused", "up" }, "address-dead address-dead",
	    0 },
	{ { "a", "a", "b", "b" }, { "up", "refused", "refused", "away" },
	    "address-dead refused", 1 },
};

static void
set_state(struct exchanger *one, const char *state)
{
	if (strcmp(state, "up") == 0)
		return;
	diag_at(&one->dead, "connect");
	(void)diag_set(&one->dead, strcmp(state, "away") == 0 ? &net_unreachable
	    : &net_refused, "no connection to %s", one->host);
}

/* The slugs of the findings, in the order they were met. */
static void
ck_found(const struct verdict *v, const char *wanted)
{
	struct buf found = { 0 };

	for (size_t i = 0; i < v->nfindings; i++) {
		(void)buf_addf(&found, "%s%s", i > 0 ? " " : "",
		    v->findings[i].cause->slug);
		ck_assert_str_eq(v->findings[i].stage, "connect");
		ck_assert_ptr_nonnull(v->findings[i].object);
	}
	ck_assert_str_eq(buf_str(&found), wanted);
	buf_free(&found);
}

START_TEST(judged)
{
	struct server_target targets[MANY] = { { .object = NULL } };
	struct exchanger v[MANY] = { { .host = NULL } };
	struct exchangers e = { .targets = targets, .v = v };
	char names[MANY][8], object[] = "an object";
	struct verdict verdict;

	ck_assert_int_eq(verdict_init(&verdict, "TEST", no_metrics), 0);
	for (; e.n < MANY && rows[_i].hosts[e.n] != NULL; e.n++) {
		(void)strncpy(names[e.n], rows[_i].hosts[e.n], sizeof(names[0]));
		v[e.n].host = names[e.n];
		targets[e.n].object = object;
		set_state(&v[e.n], rows[_i].states[e.n]);
	}
	ck_assert_uint_eq(exchangers_judge(&e, &verdict), rows[_i].noted);
	ck_assert_uint_eq(verdict.notes.n, rows[_i].noted);
	ck_found(&verdict, rows[_i].found);
	verdict_free(&verdict);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, judged, 0, LEN(rows));
}
