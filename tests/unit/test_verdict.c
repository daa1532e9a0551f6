/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge/verdict.h"
#include "unit/unit.h"

enum { TIME, HOSTS, LEFT, LEVEL };

static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS },
	{ .label = "hosts", .low_is_bad = true },
	{ .label = "days", .unit = UNIT_DAYS, .low_is_bad = true,
	    .warn = "21", .crit = "7" },
	{ .label = "level" }, { 0 },
};
static const struct metric none[] = { { 0 } };

static const struct cause refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL, "nobody listens", "start it", false,
};
static const struct cause silent = {
	"silent", CLASS_NETWORK, STATE_CRITICAL, "no answer in time", "wait", true,
};
static const struct cause greylisted = {
	"greylisted", CLASS_POLICY, STATE_WARNING, "not now", "wait", false,
};
static const struct cause weak = {
	"weak", CLASS_TLS, STATE_WARNING, "the key is short", "make a longer one", false,
};
static const struct cause exposed = {
	"exposed", CLASS_LOCAL, STATE_WARNING, "others may read it", "chmod", false,
};
static const struct cause resolver = {
	"resolver", CLASS_DNS, STATE_UNKNOWN, "our resolver is away", "look at it", false,
};

/* A verdict without thresholds of which nothing was recorded. */
static struct verdict
fresh(void)
{
	struct verdict v;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	v.measures[LEFT].warn.set = v.measures[LEFT].crit.set = false;
	return v;
}

static void
threshold(struct verdict *v, enum state state, const char *arg)
{
	const char *why = NULL;

	if (arg != NULL && verdict_threshold(v, state, arg, &why) == -1)
		ck_abort_msg("%s: %s", arg, why);
}

static const struct {
	const char	*warn, *crit;
	double		 value;
	enum state	 state;
} combos[] = {
	/* the threshold table of the older parser's tests */
	{ "30", "60", 15.3, STATE_OK },
	{ "30", "60", 30.001, STATE_WARNING },
	{ "30", "60", 69, STATE_CRITICAL },
	{ "-10:-2", "-30:20", -31, STATE_CRITICAL },
	{ "-10:-2", "-30:20", -29, STATE_WARNING },
	{ "-10:-2", "-30:20", -11, STATE_WARNING },
	{ "-10:-2", "-30:20", -10, STATE_OK },
	{ "-10:-2", "-30:20", -2, STATE_OK },
	{ "-10:-2", "-30:20", -1, STATE_WARNING },
	{ "-10:-2", "-30:20", 19, STATE_WARNING },
	{ "-10:-2", "-30:20", 21, STATE_CRITICAL },
	/* one of the two, or none */
	{ NULL, NULL, 1e9, STATE_OK },
	{ "5", NULL, 6, STATE_WARNING }, { "5", NULL, 5, STATE_OK },
	{ NULL, "5", 6, STATE_CRITICAL }, { NULL, "5", 5, STATE_OK },
	/* the wrong way round: critical is looked at first */
	{ "60", "30", 45, STATE_CRITICAL }, { "60", "30", 69, STATE_CRITICAL },
	{ "@10:20", "@15:20", 12, STATE_WARNING },
	{ "@10:20", "@15:20", 15, STATE_CRITICAL }, { "@10:20", "@15:20", 21, STATE_OK },
	/* the value is judged as it is printed, with three decimals */
	{ NULL, "2", 2.0004, STATE_OK }, { NULL, "2", 2.0006, STATE_CRITICAL },
	{ NULL, "2:", 1.9996, STATE_OK }, { NULL, "2:", 1.9994, STATE_CRITICAL },
	{ NULL, "0", 0.0004, STATE_OK }, { NULL, "0:", -0.0004, STATE_OK },
	{ NULL, "@0:2", 2.0004, STATE_CRITICAL },
};

START_TEST(judged)
{
	struct verdict v = fresh();

	threshold(&v, STATE_WARNING, combos[_i].warn);
	threshold(&v, STATE_CRITICAL, combos[_i].crit);
	verdict_say(&v, "fine");
	verdict_metric(&v, TIME, combos[_i].value);
	verdict_close(&v);
	ck_assert_int_eq(verdict_state(&v), combos[_i].state);
	ck_assert_int_eq(v.measures[TIME].state, combos[_i].state);
	ck_assert_uint_eq(v.nfindings, combos[_i].state == STATE_OK ? 0 : 1);
	if (v.nfindings > 0) {
		ck_assert_ptr_eq(v.findings[0].cause, &judge_threshold);
		ck_assert_ptr_null(v.findings[0].proof);
	}
	verdict_free(&v);
}
END_TEST

static const struct {
	size_t		 metric;
	const char	*crit;
	double		 value;
	const char	*text;
} breaches[] = {
	{ TIME, "2", 2.5, "time is 2.500s, outside the critical range 2" },
	{ TIME, "time=@1:", 2.5, "time is 2.500s, inside the critical range @1:" },
	{ TIME, "500ms", 0.75, "time is 0.750s, outside the critical range 0.5" },
	{ HOSTS, "hosts=2", 1, "hosts is 1, outside the critical range 2:" },
	{ LEFT, "days=2w", 3.14, "days is 3.1, outside the critical range 14:" },
	{ LEFT, "days=0", -3, "days is -3.0, outside the critical range 0:" },
	{ LEVEL, "level=~:5", 6, "level is 6, outside the critical range ~:5" },
};

START_TEST(breach)
{
	struct verdict v = fresh();

	threshold(&v, STATE_CRITICAL, breaches[_i].crit);
	verdict_metric(&v, breaches[_i].metric, breaches[_i].value);
	ck_assert_uint_eq(v.nfindings, 1);
	ck_assert_str_eq(v.findings[0].text, breaches[_i].text);
	verdict_free(&v);
}
END_TEST

/* A warning is worded as such; -w and -c of several metrics go to their own. */
START_TEST(thresholds_by_name)
{
	struct verdict v = fresh();

	threshold(&v, STATE_WARNING, "hosts=3");
	threshold(&v, STATE_CRITICAL, "5");
	threshold(&v, STATE_CRITICAL, "10");	/* the later one counts */
	verdict_metric(&v, TIME, 7);
	ck_assert_uint_eq(v.nfindings, 0);
	verdict_metric(&v, HOSTS, 2);
	ck_assert_uint_eq(v.nfindings, 1);
	ck_assert_str_eq(v.findings[0].text, "hosts is 2, outside the warning range 3:");
	ck_assert_int_eq(v.findings[0].state, STATE_WARNING);
	verdict_free(&v);
}
END_TEST

static const char *const bad_thresholds[] = {
	"", "time=", "=5", "tim=5", "times=5", "TIME=5", "time =5", "nothing=5",
	"time=5=6", "20:10", "time=20:10", "hosts=5s", "5foo", "=", "level=", "days",
};

START_TEST(bad_threshold)
{
	struct verdict v = fresh();
	const char *arg = bad_thresholds[_i], *why = NULL;

	threshold(&v, STATE_CRITICAL, "1");
	ck_assert_msg(verdict_threshold(&v, STATE_CRITICAL, arg, &why) == -1, "%s", arg);
	ck_assert_ptr_nonnull(why);
	verdict_metric(&v, TIME, 2);		/* the good one is still there */
	ck_assert_int_eq(verdict_state(&v), STATE_CRITICAL);
	verdict_free(&v);
}
END_TEST

START_TEST(no_metrics)
{
	struct verdict v;
	const char *why = NULL;

	ck_assert_int_eq(verdict_init(&v, "TEST", none), 0);
	ck_assert_int_eq(verdict_threshold(&v, STATE_WARNING, "5", &why), -1);
	ck_assert_ptr_nonnull(why);
	verdict_say(&v, "fine");
	verdict_close(&v);
	ck_assert_int_eq(verdict_state(&v), STATE_OK);
	verdict_free(&v);
}
END_TEST

static const struct {
	double		 value;
	enum state	 state;
} defaults[] = {
	{ 30, STATE_OK }, { 21, STATE_OK }, { 20.9, STATE_WARNING }, { 7, STATE_WARNING },
	{ 6.9, STATE_CRITICAL }, { -1, STATE_CRITICAL },
};

START_TEST(default_thresholds)
{
	struct verdict v;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	verdict_say(&v, "fine");
	verdict_metric(&v, LEFT, defaults[_i].value);
	ck_assert_int_eq(verdict_state(&v), defaults[_i].state);
	verdict_free(&v);
}
END_TEST

static const struct {
	const struct cause *found[4];
	size_t		 worst;
	enum state	 state;
} worsts[] = {
	{ { &refused }, 0, STATE_CRITICAL },
	{ { &refused, &silent }, 0, STATE_CRITICAL },	/* the first among equals */
	{ { &silent, &refused }, 0, STATE_CRITICAL },
	{ { &weak, &refused, &greylisted }, 1, STATE_CRITICAL },
	{ { &weak, &greylisted }, 0, STATE_WARNING },
	/* not by exit code */
	{ { &resolver, &weak, &greylisted }, 1, STATE_WARNING },
	{ { &resolver, &refused }, 1, STATE_CRITICAL },
	{ { &resolver }, 0, STATE_UNKNOWN },
	{ { &weak, &resolver, &silent, &refused }, 2, STATE_CRITICAL },
};

START_TEST(worst)
{
	struct verdict v = fresh();

	verdict_say(&v, "fine so far");
	for (size_t i = 0; i < 4 && worsts[_i].found[i] != NULL; i++)
		verdict_find(&v, worsts[_i].found[i], "finding %zu", i);
	ck_assert_int_eq(verdict_state(&v), worsts[_i].state);
	ck_assert_ptr_eq(verdict_worst(&v), &v.findings[worsts[_i].worst]);
	ck_assert_ptr_eq(verdict_worst(&v)->cause, worsts[_i].found[worsts[_i].worst]);
	verdict_free(&v);
}
END_TEST

/*
 * A remark about this machine against a failure and other findings: the first letters of
 * who comes in, and of how they stand at last.
 */
static const struct {
	const char	*name;
	const char	*order, *ranked;
	struct remap	 remap;
	enum state	 state;
} remarks[] = {
	{ "alone", "r", "r", { 0 }, STATE_WARNING },
	{ "a failure", "rF", "Fr", { 0 }, STATE_UNKNOWN },
	{ "the other way round", "Fr", "Fr", { 0 }, STATE_UNKNOWN },
	{ "two of each", "rFrF", "FFrr", { 0 }, STATE_UNKNOWN },
	{ "no failure", "ru", "ur", { 0 }, STATE_UNKNOWN },
	{ "both", "urF", "uFr", { 0 }, STATE_UNKNOWN },
	{ "a grave one", "rC", "Cr", { 0 }, STATE_CRITICAL },
	{ "a warning of the run", "rFW", "WFr", { 0 }, STATE_WARNING },
	{ "a finding about the peer", "rFw", "wFr", { 0 }, STATE_WARNING },
	{ "a value", "rFt", "tFr", { 0 }, STATE_WARNING },
	{ "remapped", "rF", "rF", { "exposed", STATE_CRITICAL }, STATE_CRITICAL },
	{ "forgiven", "rF", "Fr", { "exposed", STATE_OK }, STATE_UNKNOWN },
	{ "a failure remapped", "rF", "Fr", { "dns", STATE_WARNING }, STATE_WARNING },
	{ "a failure forgiven", "rF", "rF", { "dns", STATE_OK }, STATE_WARNING },
	{ "of this machine", "rL", "Lr", { "exposed", STATE_WARNING }, STATE_WARNING },
};

static void
come_in(struct verdict *v, char who)
{
	const struct cause *cause = who == 'F' || who == 'u' ? &resolver
	    : who == 'C' ? &refused : who == 'r' || who == 'L' ? &exposed : &weak;
	struct diag d = { 0 };

	if (who == 't')
		verdict_metric(v, TIME, 6);
	else if (who == 'r' || who == 'u' || who == 'w')
		verdict_find(v, cause, "%c", who);
	else
		(void)diag_set(&d, cause, "%c", who);
	verdict_diag(v, &d);
}

START_TEST(remarked)
{
	struct verdict v = fresh(), child;
	const struct finding *f = NULL;

	threshold(&v, STATE_WARNING, "5");
	if (remarks[_i].remap.name != NULL)
		ck_assert_int_eq(verdict_remap(&v, remarks[_i].remap.name,
		    remarks[_i].remap.state), 0);
	verdict_say(&v, "fine");
	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	for (const char *p = remarks[_i].order; *p != '\0'; p++)
		come_in(&child, *p);
	verdict_merge(&v, &child, "a part");	/* all the same */
	for (const char *p = remarks[_i].ranked; *p != '\0'; p++) {
		ck_assert_msg((f = verdict_next(&v, f)) != NULL, "%s", remarks[_i].name);
		ck_assert_msg(f->text[0] == *p, "%s", remarks[_i].name);
	}
	ck_assert_ptr_null(verdict_next(&v, f));
	ck_assert_msg(verdict_state(&v) == remarks[_i].state, "%s", remarks[_i].name);
	verdict_free(&child);
	verdict_free(&v);
}
END_TEST

#define NO_STATE ((enum state)9)	/* -t without :STATE */

static const struct {
	const char	*name;
	struct remap	 remaps[3];
	enum state	 timeout;
	const struct cause *cause;
	enum state	 state;
} remaps[] = {
	{ "none", { { 0 } }, NO_STATE, &refused, STATE_CRITICAL },
	{ "slug", { { "refused", STATE_OK } }, NO_STATE, &refused, STATE_OK },
	{ "class", { { "network", STATE_WARNING } }, NO_STATE, &refused, STATE_WARNING },
	{ "other slug", { { "silent", STATE_OK } }, NO_STATE, &refused, STATE_CRITICAL },
	{ "other class", { { "tls", STATE_OK } }, NO_STATE, &refused, STATE_CRITICAL },
	{ "to worse", { { "weak", STATE_CRITICAL } }, NO_STATE, &weak, STATE_CRITICAL },
	{ "to unknown", { { "policy", STATE_UNKNOWN } },
	NO_STATE, &greylisted, STATE_UNKNOWN },
	{ "slug beats class before", { { "network", STATE_OK },
	{ "refused", STATE_WARNING } },
	    NO_STATE, &refused, STATE_WARNING },
	{ "slug beats class after", { { "refused", STATE_WARNING },
	{ "network", STATE_OK } },
	    NO_STATE, &refused, STATE_WARNING },
	{ "later slug", { { "weak", STATE_OK }, { "weak", STATE_UNKNOWN } },
	    NO_STATE, &weak, STATE_UNKNOWN },
	{ "later class", { { "tls", STATE_OK }, { "tls", STATE_UNKNOWN } },
	    NO_STATE, &weak, STATE_UNKNOWN },
	{ "timeout", { { 0 } }, STATE_UNKNOWN, &silent, STATE_UNKNOWN },
	{ "timeout beats slug", { { "silent", STATE_OK } }, STATE_WARNING, &silent,
	    STATE_WARNING },
	{ "timeout beats class", { { "network", STATE_CRITICAL } }, STATE_OK, &silent,
	    STATE_OK },
	{ "no :STATE", { { "silent", STATE_OK } }, NO_STATE, &silent, STATE_OK },
	{ "no timeout", { { "refused", STATE_WARNING } }, STATE_UNKNOWN, &refused,
	    STATE_WARNING },
	{ "threshold stays", { { "threshold", STATE_OK }, { "local", STATE_OK } },
	    STATE_OK, &judge_threshold, STATE_CRITICAL },
};

static void
remap(struct verdict *v, int i)
{
	for (size_t n = 0; n < 3 && remaps[i].remaps[n].name != NULL; n++)
		ck_assert_int_eq(verdict_remap(v, remaps[i].remaps[n].name,
		    remaps[i].remaps[n].state), 0);
	v->timeout_set = remaps[i].timeout != NO_STATE;
	v->timeout_state = v->timeout_set ? remaps[i].timeout : STATE_OK;
}

/* However the cause comes in. */
START_TEST(remapped)
{
	struct verdict v = fresh();
	struct diag d = { 0 };

	remap(&v, _i);
	if (remaps[_i].cause == &judge_threshold) {
		threshold(&v, STATE_CRITICAL, "5");
		verdict_metric(&v, TIME, 6);
	} else {
		(void)diag_set(&d, remaps[_i].cause, "by a dialogue");
		verdict_diag(&v, &d);
		verdict_find(&v, remaps[_i].cause, "by itself");
		ck_assert_uint_eq(v.nfindings, 2);
		ck_assert_int_eq(v.findings[1].state, remaps[_i].state);
	}
	ck_assert_msg(v.findings[0].state == remaps[_i].state, "%s", remaps[_i].name);
	ck_assert_int_eq(verdict_state(&v), remaps[_i].state);
	verdict_free(&v);
}
END_TEST

START_TEST(nothing_said_is_unknown)
{
	struct verdict v = fresh();

	verdict_metric(&v, TIME, 1);
	verdict_note(&v, "a note is no verdict");
	verdict_diag(&v, &(struct diag){ .stage = "greeting" });
	verdict_close(&v);
	ck_assert_ptr_null(verdict_worst(&v));
	ck_assert_int_eq(verdict_state(&v), STATE_UNKNOWN);
	verdict_say(&v, "first");
	verdict_say(&v, "last");
	ck_assert_int_eq(verdict_state(&v), STATE_OK);
	ck_assert_str_eq(v.said, "last");
	verdict_free(&v);
}
END_TEST

/* Memory was short: findings may be missing. */
START_TEST(broken_is_never_ok)
{
	struct verdict v = fresh();

	verdict_say(&v, "fine");
	v.broken = true;
	ck_assert_int_eq(verdict_state(&v), STATE_UNKNOWN);
	verdict_find(&v, &weak, "worse than unknown");
	ck_assert_int_eq(verdict_state(&v), STATE_WARNING);
	verdict_drop(&v);
	verdict_find(&v, &exposed, "no worse");
	ck_assert_int_eq(verdict_state(&v), STATE_UNKNOWN);
	verdict_free(&v);
}
END_TEST

static const struct {
	const char	*name, *warn, *crit;
	const struct cause *found;	/* a finding beside it, or NULL */
	bool		 failed;	/* the finding is that the dialogue broke off */
	bool		 measured;	/* the time; hosts never are */
	size_t		 findings;
	enum state	 state;
} closes[] = {
	{ "no threshold", NULL, NULL, NULL, false, false, 0, STATE_OK },
	{ "warning", "5", NULL, NULL, false, false, 1, STATE_UNKNOWN },
	{ "critical", NULL, "5", NULL, false, false, 1, STATE_UNKNOWN },
	{ "both are one", "5", "9", NULL, false, false, 1, STATE_UNKNOWN },
	{ "measured", "5", "9", NULL, false, true, 0, STATE_OK },
	{ "breached", "0", NULL, NULL, false, true, 1, STATE_WARNING },
	{ "two metrics", "5", "hosts=2", NULL, false, false, 2, STATE_UNKNOWN },
	{ "one of two", "5", "hosts=2", NULL, false, true, 1, STATE_UNKNOWN },
	{ "one breached", "0", "hosts=2", NULL, false, true, 2, STATE_WARNING },
	{ "it broke off", "5", "hosts=2", &refused, true, false, 1, STATE_CRITICAL },
	{ "a finding beside it", "5", NULL, &weak, false, false, 2, STATE_WARNING },
};

START_TEST(closed)
{
	struct verdict v = fresh();
	struct diag d = { 0 };

	threshold(&v, STATE_WARNING, closes[_i].warn);
	threshold(&v, STATE_CRITICAL, closes[_i].crit);
	verdict_say(&v, "fine");
	if (closes[_i].failed)
		(void)diag_set(&d, closes[_i].found, "it");
	else if (closes[_i].found != NULL)
		verdict_find(&v, closes[_i].found, "it");
	verdict_diag(&v, &d);
	if (closes[_i].measured)
		verdict_metric(&v, TIME, 1);
	verdict_close(&v);
	ck_assert_msg(v.nfindings == closes[_i].findings, "%s", closes[_i].name);
	ck_assert_msg(verdict_state(&v) == closes[_i].state, "%s", closes[_i].name);
	if (closes[_i].state == STATE_UNKNOWN)
		ck_assert_ptr_eq(v.findings[0].cause, &judge_not_measured);
	verdict_free(&v);
}
END_TEST

static const struct {
	double	 value;
	bool	 measured;
} recorded[] = {
	{ (double)NAN, false }, { (double)INFINITY, false }, { (double)-INFINITY, false },
	{ 0, true }, { -1, true }, { 1e300, true },
};

START_TEST(only_numbers_are_recorded)
{
	struct verdict v = fresh();

	threshold(&v, STATE_CRITICAL, "@~:");		/* whatever it is */
	verdict_metric(&v, TIME, recorded[_i].value);
	ck_assert_int_eq(v.measures[TIME].measured, recorded[_i].measured);
	ck_assert_uint_eq(v.nfindings, recorded[_i].measured ? 1 : 0);
	verdict_free(&v);
}
END_TEST

START_TEST(diag_is_kept)
{
	struct verdict v = fresh();
	struct diag d = { 0 };

	diag_at(&d, "auth");
	diag_heard(&d, 535, "no | $HOME$", 11);
	(void)diag_set(&d, &refused, "refused with \x1b[1m%s", "words");
	verdict_diag(&v, &d);
	ck_assert_uint_eq(v.nfindings, 1);
	ck_assert_ptr_eq(v.findings[0].cause, &refused);
	ck_assert_str_eq(v.findings[0].stage, "auth");
	ck_assert_str_eq(v.findings[0].text, "refused with ?[1mwords");
	ck_assert_str_eq(v.findings[0].proof, "no ? ?HOME?");
	verdict_free(&v);
}
END_TEST

/* However long a foreign text is, ours is not; a character is kept or goes as a whole. */
START_TEST(words_are_cut)
{
	struct verdict v = fresh();
	static const char euro[3] = { '\xe2', '\x82', '\xac' };
	char text[5000] = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text + VERDICT_WORDS - 5, euro, sizeof(euro));
	verdict_say(&v, "%s", text);
	verdict_note(&v, "%s", text);
	verdict_find(&v, &weak, "%s", text);
	ck_assert_uint_eq(strlen(v.said), VERDICT_WORDS - 5 + 3);
	ck_assert_str_eq(v.said + VERDICT_WORDS - 6, "x...");
	ck_assert_str_eq(v.notes.v[0], v.said);
	ck_assert_str_eq(v.findings[0].text, v.said);
	verdict_free(&v);
}
END_TEST

static void
fact_is(const struct verdict *v, size_t i, const char *object, const char *name,
    const char *value)
{
	ck_assert_uint_lt(i, v->nfacts);
	ck_assert_str_eq(v->facts[i].name, name);
	ck_assert_str_eq(v->facts[i].value, value);
	ck_assert_pstr_eq(v->facts[i].object, object);
}

START_TEST(facts_are_kept)
{
	struct verdict v = fresh();

	verdict_fact(&v, "tls_version", "TLSv%s", "1.2");
	verdict_fact(&v, "cipher", "a|b $HOME$ \x1b\xff");
	verdict_fact(&v, "tls_version", "TLSv1.3");
	ck_assert_uint_eq(v.nfacts, 2);
	fact_is(&v, 0, NULL, "tls_version", "TLSv1.3");
	fact_is(&v, 1, NULL, "cipher", "a?b ?HOME? ??");
	ck_assert_int_eq(verdict_state(&v), STATE_UNKNOWN);	/* it says nothing */
	verdict_free(&v);
}
END_TEST

/* A child judges as its parent, and knows nothing of what that has recorded. */
START_TEST(forked)
{
	struct verdict v = fresh(), child;

	threshold(&v, STATE_WARNING, "5");
	threshold(&v, STATE_CRITICAL, "hosts=2");
	ck_assert_int_eq(verdict_remap(&v, "weak", STATE_CRITICAL), 0);
	v.timeout_set = v.omit_unmeasured = true;
	v.timeout_state = STATE_WARNING;
	verdict_say(&v, "fine");
	verdict_note(&v, "a note");
	verdict_fact(&v, "fact", "value");
	verdict_metric(&v, TIME, 6);
	v.broken = v.failed = true;
	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	ck_assert_str_eq(child.name, "TEST");
	ck_assert(child.omit_unmeasured && !child.broken && !child.failed);
	ck_assert_uint_eq(child.nfindings + child.nfacts + child.notes.n, 0);
	ck_assert_ptr_null(child.said);
	ck_assert(!child.measures[TIME].measured);
	ck_assert_int_eq(child.measures[TIME].state, STATE_OK);
	verdict_find(&child, &weak, "remapped");
	verdict_find(&child, &silent, "by -t");
	verdict_metric(&child, TIME, 6);
	verdict_metric(&child, HOSTS, 1);
	ck_assert_uint_eq(child.nfindings, 4);
	ck_assert_int_eq(child.findings[0].state, STATE_CRITICAL);
	ck_assert_int_eq(child.findings[1].state, STATE_WARNING);
	ck_assert_int_eq(child.findings[2].state, STATE_WARNING);
	ck_assert_int_eq(child.findings[3].state, STATE_CRITICAL);
	ck_assert_uint_eq(v.nfindings, 1);
	verdict_free(&v);
	verdict_free(&child);
}
END_TEST

START_TEST(merged)
{
	struct verdict v = fresh(), child;
	struct diag d = { 0 };

	verdict_fact(&v, "tls_version", "none");
	verdict_say(&v, "one of two works");
	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	diag_at(&d, "connect");
	(void)diag_set(&d, &refused, "refused");
	verdict_diag(&child, &d);
	verdict_fact(&child, "tls_version", "TLSv1.3");
	verdict_note(&child, "a note");
	verdict_say(&child, "well");
	verdict_merge(&v, &child, "192.0.2.|");
	ck_assert_uint_eq(child.nfindings + child.nfacts + child.notes.n, 0);
	ck_assert(child.said == NULL && !child.failed);
	verdict_find(&child, &weak, "weak");
	verdict_fact(&child, "tls_version", "TLSv1.2");
	child.broken = true;
	verdict_merge(&v, &child, "192.0.2.2");
	ck_assert(v.failed && v.broken);
	ck_assert_str_eq(v.said, "one of two works");
	ck_assert_uint_eq(v.nfindings, 2);
	ck_assert_str_eq(v.findings[0].object, "192.0.2.?");
	ck_assert_str_eq(v.findings[0].stage, "connect");
	ck_assert_str_eq(v.findings[1].object, "192.0.2.2");
	ck_assert_uint_eq(v.nfacts, 3);
	fact_is(&v, 0, NULL, "tls_version", "none");
	fact_is(&v, 1, "192.0.2.?", "tls_version", "TLSv1.3");
	fact_is(&v, 2, "192.0.2.2", "tls_version", "TLSv1.2");
	ck_assert_uint_eq(v.notes.n, 2);
	ck_assert_str_eq(v.notes.v[0], "192.0.2.?: a note");
	ck_assert_str_eq(v.notes.v[1], "192.0.2.?: well");
	verdict_free(&child);
	verdict_free(&v);
}
END_TEST

/* What was merged into a child keeps the object it was first marked with. */
START_TEST(merged_twice)
{
	struct verdict v = fresh(), child, grandchild;

	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	ck_assert_int_eq(verdict_fork(&child, &grandchild), 0);
	verdict_find(&grandchild, &weak, "weak");
	verdict_fact(&grandchild, "fact", "value");
	verdict_merge(&child, &grandchild, "192.0.2.1");
	verdict_merge(&v, &child, "mx1.example.org");
	verdict_merge(&v, &grandchild, "nothing");
	ck_assert_uint_eq(v.nfindings, 1);
	ck_assert_str_eq(v.findings[0].object, "192.0.2.1");
	fact_is(&v, 0, "192.0.2.1", "fact", "value");
	verdict_free(&grandchild);
	verdict_free(&child);
	verdict_free(&v);
}
END_TEST

static const struct {
	const char	*name;
	size_t		 metric;
	const char	*crit;
	double		 first, second, kept;	/* NAN: not measured */
	enum state	 state;
} merges[] = {
	{ "greater", TIME, NULL, 1, 2, 2, STATE_OK },
	{ "greater, the other way round", TIME, NULL, 2, 1, 2, STATE_OK },
	{ "smaller where low is bad", HOSTS, NULL, 1, 2, 1, STATE_OK },
	{ "and the other way round", HOSTS, NULL, 2, 1, 1, STATE_OK },
	{ "only one", TIME, NULL, (double)NAN, 2, 2, STATE_OK },
	{ "only the other", TIME, NULL, 2, (double)NAN, 2, STATE_OK },
	{ "with its state", TIME, "5", 4, 6, 6, STATE_CRITICAL },
	{ "state first", TIME, "5:", 4, 6, 4, STATE_CRITICAL },
};

START_TEST(merged_values)
{
	struct verdict v = fresh(), child;
	size_t metric = merges[_i].metric;

	threshold(&v, STATE_CRITICAL, merges[_i].crit);
	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	verdict_metric(&child, metric, merges[_i].first);
	verdict_merge(&v, &child, "a");
	verdict_metric(&child, metric, merges[_i].second);
	verdict_merge(&v, &child, "b");
	ck_assert(v.measures[metric].measured && !child.measures[metric].measured);
	ck_assert_msg(fabs(v.measures[metric].value - merges[_i].kept) < 1e-9, "%s",
	    merges[_i].name);
	ck_assert_int_eq(v.measures[metric].state, merges[_i].state);
	verdict_free(&child);
	verdict_free(&v);
}
END_TEST

START_TEST(walked)
{
	struct verdict v = fresh();
	const struct finding *f = NULL;

	ck_assert_ptr_null(verdict_next(&v, NULL));
	(void)verdict_remap(&v, "greylisted", STATE_OK);
	verdict_find(&v, &greylisted, "4");
	verdict_find(&v, &resolver, "3");
	verdict_find(&v, &weak, "1");
	verdict_find(&v, &refused, "0");
	verdict_find(&v, &weak, "2");
	for (char n = '0'; (f = verdict_next(&v, f)) != NULL; n++)
		ck_assert_int_eq(f->text[0], n);
	verdict_free(&v);
}
END_TEST

START_TEST(sameness)
{
	const char word[] = "word";

	ck_assert(verdict_same(NULL, NULL) && verdict_same(word, "word"));
	ck_assert(!verdict_same(NULL, "") && !verdict_same("", NULL));
	ck_assert(!verdict_same(word, "Word"));
}
END_TEST

START_TEST(freed_is_empty)
{
	struct verdict v = fresh();

	verdict_say(&v, "fine");
	verdict_fact(&v, "fact", "value");
	verdict_note(&v, "a note");
	verdict_find(&v, &weak, "a finding");
	ck_assert_int_eq(verdict_remap(&v, "weak", STATE_OK), 0);
	verdict_free(&v);
	ck_assert_ptr_null(v.findings);
	ck_assert_ptr_null(v.measures);
	ck_assert_ptr_null(v.remaps);
	ck_assert_ptr_null(v.said);
	ck_assert_ptr_null(v.facts);
	ck_assert_uint_eq(v.nfindings + v.nmeasures + v.nremaps + v.notes.n, 0);
	verdict_free(&v);
}
END_TEST

/* The state that the caller gives stands before the cause's, and --state before both. */
START_TEST(another_state)
{
	static const struct {
		struct remap	 remap;
		enum state	 given, state;
	} rows[] = {
		{ { 0 }, STATE_WARNING, STATE_WARNING },
		{ { 0 }, STATE_UNKNOWN, STATE_UNKNOWN },
		{ { "refused", STATE_CRITICAL }, STATE_WARNING, STATE_CRITICAL },
		{ { "network", STATE_UNKNOWN }, STATE_WARNING, STATE_UNKNOWN },
	};

	for (size_t i = 0; i < LEN(rows); i++) {
		struct verdict v = fresh();
		struct diag d = { 0 };

		if (rows[i].remap.name != NULL)
			ck_assert_int_eq(verdict_remap(&v, rows[i].remap.name,
			    rows[i].remap.state), 0);
		verdict_say(&v, "fine");
		verdict_diag_as(&v, &d, "a thing", rows[i].given);
		ck_assert_uint_eq(v.nfindings, 0);
		(void)diag_set(&d, &refused, "no");
		verdict_diag_as(&v, &d, "a thing", rows[i].given);
		ck_assert_int_eq(verdict_state(&v), rows[i].state);
		ck_assert_str_eq(v.findings[0].object, "a thing");
		verdict_free(&v);
	}
}
END_TEST

START_TEST(tables_have_an_end)
{
	struct verdict v = fresh();
	struct table t = { .columns = 1 };

	table_add(&t, "HEAD");
	for (int i = 0; i < VERDICT_ROWS; i++)
		table_add(&t, "row|");
	verdict_table(&v, &t);
	ck_assert_uint_eq(v.notes.n, VERDICT_ROWS + 1);
	ck_assert_str_eq(v.notes.v[1], "row?");
	table_add(&t, "row");
	table_add(&t, "row");
	verdict_table(&v, &t);
	ck_assert_uint_eq(v.notes.n, 2 * (VERDICT_ROWS + 1) + 1);
	ck_assert_str_eq(v.notes.v[v.notes.n - 1], "and 2 more");
	ck_assert(!v.broken);
	t.failed = true;
	verdict_table(&v, &t);
	ck_assert(v.broken);
	table_free(&t);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, another_state);
	tcase_add_test(t, tables_have_an_end);
	tcase_add_loop_test(t, judged, 0, LEN(combos));
	tcase_add_loop_test(t, breach, 0, LEN(breaches));
	tcase_add_test(t, thresholds_by_name);
	tcase_add_loop_test(t, bad_threshold, 0, LEN(bad_thresholds));
	tcase_add_test(t, no_metrics);
	tcase_add_loop_test(t, default_thresholds, 0, LEN(defaults));
	tcase_add_loop_test(t, worst, 0, LEN(worsts));
	tcase_add_loop_test(t, remarked, 0, LEN(remarks));
	tcase_add_loop_test(t, remapped, 0, LEN(remaps));
	tcase_add_test(t, nothing_said_is_unknown);
	tcase_add_test(t, broken_is_never_ok);
	tcase_add_loop_test(t, closed, 0, LEN(closes));
	tcase_add_loop_test(t, only_numbers_are_recorded, 0, LEN(recorded));
	tcase_add_test(t, diag_is_kept);
	tcase_add_test(t, words_are_cut);
	tcase_add_test(t, facts_are_kept);
	tcase_add_test(t, forked);
	tcase_add_test(t, merged);
	tcase_add_test(t, merged_twice);
	tcase_add_loop_test(t, merged_values, 0, LEN(merges));
	tcase_add_test(t, walked);
	tcase_add_test(t, sameness);
	tcase_add_test(t, freed_is_empty);
}
