/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "judge/render.h"
#include "unit/unit.h"

enum { TIME, CONNECT, LEFT, LOAD, QUEUE, SENT };

static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS },
	{ .label = "connect", .unit = UNIT_SECONDS },
	{ .label = "days", .unit = UNIT_DAYS, .low_is_bad = true,
	    .warn = "21", .crit = "7" },
	{ .label = "load", .unit = UNIT_PERCENT },
	{ .label = "queue", .unit = UNIT_BYTES },
	{ .label = "sent", .unit = UNIT_COUNTER }, { 0 },
};

static const struct cause refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL, "nobody listens",
	"start the server. If it runs, look at the firewall", false,
};
static const struct cause weak = {
	"weak", CLASS_TLS, STATE_WARNING, "the key is short", "make a longer one", false,
};
static const struct cause resolver = {
	"resolver", CLASS_DNS, STATE_UNKNOWN, "our resolver is away", "look at it", false,
};

/* Each of these records one run. */

static void
fine(struct verdict *v)
{
	verdict_say(v, "mx.example.org:25 speaks SMTP");
	verdict_metric(v, TIME, 0.0914);
	verdict_metric(v, CONNECT, 0.002);
	verdict_metric(v, LEFT, 60);
	verdict_metric(v, LOAD, 12.34);
	verdict_metric(v, QUEUE, 4096);
	verdict_metric(v, SENT, 17);
}

static void
fine_with_thresholds(struct verdict *v)
{
	static const char *const warn[] = { "2", "load=80%", "queue=4k:" };
	static const char *const crit[] = { "1m", "connect=0:", "sent=@~:3" };
	const char *why;

	for (size_t i = 0; i < LEN(warn); i++)
		ck_assert_int_eq(verdict_threshold(v, STATE_WARNING, warn[i], &why), 0);
	for (size_t i = 0; i < LEN(crit); i++)
		ck_assert_int_eq(verdict_threshold(v, STATE_CRITICAL, crit[i], &why), 0);
	fine(v);
}

static void
fine_with_notes(struct verdict *v)
{
	fine(v);
	verdict_note(v, "offered: %s", "PIPELINING SIZE");
	verdict_note(v, "no login was tried");
}

static void
down(struct verdict *v)
{
	struct diag d = { 0 };

	diag_at(&d, "connect");
	(void)diag_set(&d, &refused, "%s:%d refuses connections", "mx.example.org", 25);
	verdict_diag(v, &d);
	verdict_metric(v, TIME, 0.001);
}

static void
down_with_proof(struct verdict *v)
{
	struct diag d = { 0 };

	diag_at(&d, "greeting");
	diag_heard(&d, 554, "5.7.1 go away", 13);
	(void)diag_set(&d, &refused, "the server takes no mail");
	verdict_diag(v, &d);
}

/* The sentence holds the peer's words already. */
static void
down_with_quote(struct verdict *v)
{
	struct diag d = { 0 };

	diag_heard(&d, 554, "5.7.1 go away", 13);
	(void)diag_set(&d, &refused, "refused: 554 %s", d.proof);
	verdict_diag(v, &d);
}

static void
many_findings(struct verdict *v)
{
	v->failed = true;	/* or the threshold of days would be missed */
	verdict_find(v, &resolver, "one");
	verdict_find(v, &weak, "two");
	verdict_find(v, &refused, "three");
	verdict_find(v, &weak, "four");
	verdict_say(v, "the rest is fine");
	verdict_note(v, "a note");
}

static void
late(struct verdict *v)
{
	const char *why;

	(void)verdict_threshold(v, STATE_WARNING, "2", &why);
	(void)verdict_threshold(v, STATE_CRITICAL, "5", &why);
	(void)verdict_threshold(v, STATE_CRITICAL, "load=95%", &why);
	verdict_say(v, "slow but fine");
	verdict_metric(v, LEFT, -3.04);
	verdict_metric(v, TIME, 7.5);
}

static void
accepted_as_ok(struct verdict *v)
{
	/* Forgiven, but nothing was said to be right. */
	(void)verdict_remap(v, "weak", STATE_OK);
	verdict_find(v, &weak, "the key has 1024 bits");
	verdict_metric(v, LEFT, 60);
}

static void
silent(struct verdict *v)
{
	verdict_metric(v, LEFT, 60);
}

static void
short_of_memory(struct verdict *v)
{
	fine(v);
	v->broken = true;
}

static void
omitting(struct verdict *v)
{
	v->omit_unmeasured = true;
	down(v);
}

static void
omitting_all(struct verdict *v)
{
	v->omit_unmeasured = true;
	down_with_proof(v);
}

#define FINE \
	"time=0.091s;;;0 connect=0.002s;;;0 days=60.0;21:;7: load=12.3% " \
	"queue=4096B;;;0 sent=17c;;;0\n"
#define UNMEASURED(time, days) \
	"time=" time " connect=U;;;0 days=" days ";21:;7: load=U queue=U;;;0 sent=U;;;0\n"
#define REFUSED_REMEDY "remedy: start the server. If it runs, look at the firewall.\n"

static const struct {
	const char	*name;
	void		(*record)(struct verdict *);
	bool		 long_text;
	const char	*text;
} wholes[] = {
	{ "fine", fine, false, "TEST OK - mx.example.org:25 speaks SMTP | " FINE },
	{ "fine, long", fine, true, "TEST OK - mx.example.org:25 speaks SMTP | " FINE },
	{ "thresholds", fine_with_thresholds, false,
	    "TEST OK - mx.example.org:25 speaks SMTP | time=0.091s;2;60;0 "
	    "connect=0.002s;;0:;0 days=60.0;21:;7: load=12.3%;80 queue=4096B;4096:;;0 "
	    "sent=17c;;@~:3;0\n" },
	{ "notes, short", fine_with_notes, false,
	    "TEST OK - mx.example.org:25 speaks SMTP | " FINE },
	{ "notes", fine_with_notes, true,
	    "TEST OK - mx.example.org:25 speaks SMTP | " FINE
	    "note: offered: PIPELINING SIZE\nnote: no login was tried\n" },
	{ "down", down, false,
	    "TEST CRITICAL - mx.example.org:25 refuses connections [refused] | "
	    UNMEASURED("0.001s;;;0", "U") },
	{ "down, long", down, true,
	    "TEST CRITICAL - mx.example.org:25 refuses connections [refused] | "
	    UNMEASURED("0.001s;;;0", "U")
	    "CRITICAL refused at connect: mx.example.org:25 refuses connections\n"
	    REFUSED_REMEDY },
	{ "proof", down_with_proof, true,
	    "TEST CRITICAL - the server takes no mail [refused] | "
	    UNMEASURED("U;;;0", "U")
	    "CRITICAL refused at greeting: the server takes no mail\n"
	    "the server said: 5.7.1 go away\n"
	    REFUSED_REMEDY },
	{ "proof once", down_with_quote, true,
	    "TEST CRITICAL - refused: 554 5.7.1 go away [refused] | "
	    UNMEASURED("U;;;0", "U")
	    "CRITICAL refused: refused: 554 5.7.1 go away\n"
	    REFUSED_REMEDY },
	{ "worst first", many_findings, true,
	    "TEST CRITICAL - three [refused] | " UNMEASURED("U;;;0", "U")
	    "CRITICAL refused: three\n" REFUSED_REMEDY
	    "WARNING weak: two\nremedy: make a longer one.\n"
	    "WARNING weak: four\n"
	    "UNKNOWN resolver: one\nremedy: look at it.\n"
	    "OK: the rest is fine\n"
	    "note: a note\n" },
	{ "late", late, false,
	    "TEST CRITICAL - days is -3.0, outside the critical range 7: [threshold] | "
	    "time=7.500s;2;5;0 connect=U;;;0 days=-3.0;21:;7: load=U;;95 queue=U;;;0 "
	    "sent=U;;;0\n" },
	{ "remapped to OK", accepted_as_ok, true,
	    "TEST UNKNOWN - the key has 1024 bits | " UNMEASURED("U;;;0", "60.0")
	    "OK weak: the key has 1024 bits\nremedy: make a longer one.\n" },
	{ "nothing said", silent, true,
	    "TEST UNKNOWN - nothing was checked | " UNMEASURED("U;;;0", "60.0") },
	{ "memory", short_of_memory, false,
	    "TEST UNKNOWN - memory is short, findings may be missing: "
	    "mx.example.org:25 speaks SMTP | " FINE },
	{ "omitting", omitting, false,
	    "TEST CRITICAL - mx.example.org:25 refuses connections [refused] | "
	    "time=0.001s;;;0\n" },
	{ "omitting all", omitting_all, false,
	    "TEST CRITICAL - the server takes no mail [refused]\n" },
};

static struct verdict
recorded(void (*record)(struct verdict *))
{
	struct verdict v;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	record(&v);
	verdict_close(&v);
	return v;
}

START_TEST(whole)
{
	struct verdict v = recorded(wholes[_i].record);
	struct buf out = { 0 };

	render_text(&v, wholes[_i].long_text, &out);
	ck_assert(!out.failed);
	ck_assert_str_eq(buf_str(&out), wholes[_i].text);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* Cuts the values out of the performance data: the labels, each with a blank after it. */
static void
labels(const char *text, struct buf *out)
{
	const char *p = strchr(text, '|');

	ck_assert_ptr_nonnull(p);
	for (p++; *p == ' '; p += strcspn(p, " \n")) {
		p++;
		ck_assert_int_eq(buf_addf(out, "%.*s ", (int)strcspn(p, "="), p), 0);
	}
}

static void (*const states[])(struct verdict *) = {
	fine, fine_with_thresholds, down, many_findings, late, accepted_as_ok, silent,
	short_of_memory,
};

START_TEST(labels_in_every_state)
{
	struct verdict v = recorded(states[_i]);
	struct buf text = { 0 }, found = { 0 };

	render_text(&v, true, &text);
	labels(buf_str(&text), &found);
	ck_assert_str_eq(buf_str(&found), "time connect days load queue sent ");
	buf_free(&found);
	buf_free(&text);
	verdict_free(&v);
}
END_TEST

static const struct {
	const char	*text, *object;
	bool		 named;		/* in the text itself */
} sentences[] = {
	{ "refused", "192.0.2.1", false },
	{ "192.0.2.1 refused", "192.0.2.1", true },
	{ "192.0.2.1:587 refused", "192.0.2.1", true },
	{ "[2001:db8::1]:587 refused", "2001:db8::1", true },
	{ "refused by 192.0.2.1.", "192.0.2.1", true },
	{ "refused by 192.0.2.1: go away", "192.0.2.1", true },
	{ "192.0.2.10 refused", "192.0.2.1", false },
	{ "10.192.0.2.1 refused", "192.0.2.1", false },
	{ "192.0.2.10 and 192.0.2.1 refused", "192.0.2.1", true },
	{ "2001:db8::1:2 refused", "2001:db8::1", false },
	{ "2001:db8::1 refused", "db8::1", false },
	{ "mx1.example.org refused", "x1.example.org", false },
	{ "mx.example.org.uk refused", "mx.example.org", false },
	{ "mx-2 refused", "mx", false },
	{ "refused", "", false }, { "", "mx", false },
};

START_TEST(objects)
{
	struct verdict v, child;
	struct diag d = { .stage = "auth" };
	struct buf out = { 0 }, wanted = { 0 };
	const char *object = sentences[_i].named ? "" : sentences[_i].object;
	const char *colon = sentences[_i].named ? "" : ": ";

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	ck_assert_int_eq(verdict_fork(&v, &child), 0);
	(void)diag_set(&d, &refused, "%s", sentences[_i].text);
	verdict_diag(&child, &d);
	verdict_merge(&v, &child, sentences[_i].object);
	v.omit_unmeasured = true;
	render_text(&v, true, &out);
	(void)buf_addf(&wanted, "TEST CRITICAL - %s%s%s [refused]\n"
	    "CRITICAL refused at auth: %s%s%s\n" REFUSED_REMEDY, object, colon,
	    sentences[_i].text, object, colon, sentences[_i].text);
	ck_assert_str_eq(buf_str(&out), buf_str(&wanted));
	buf_free(&wanted);
	buf_free(&out);
	verdict_free(&child);
	verdict_free(&v);
}
END_TEST

static const char hostile[] =
    "550 a|b=1;;;\r\nCRITICAL - forged | c=2\t$HOSTNAME$ \x1b[2J\x7f \xc2\x9b "
    "\xff\xe2\x82 \xe2\x80\xae\xe2\x80\xa8%s%n end";

static void
hostile_say(struct verdict *v)
{
	fine(v);
	verdict_say(v, "%s", hostile);
}

static void
hostile_find(struct verdict *v)
{
	v->failed = true;
	verdict_find(v, &weak, "%s", hostile);
}

static void
hostile_note(struct verdict *v)
{
	fine(v);
	verdict_note(v, "%s", hostile);
}

static void
hostile_text(struct verdict *v)
{
	struct diag d = { 0 };

	(void)diag_set(&d, &refused, "%s", hostile);
	verdict_diag(v, &d);
}

static void
hostile_proof(struct verdict *v)
{
	struct diag d = { 0 };

	diag_heard(&d, 550, hostile, sizeof(hostile));	/* with its NUL */
	(void)diag_set(&d, &refused, "refused");
	verdict_diag(v, &d);
}

static void
hostile_all(struct verdict *v)
{
	hostile_find(v);
	hostile_note(v);
	hostile_text(v);
	hostile_proof(v);
	hostile_say(v);
}

static const struct {
	void	(*record)(struct verdict *);
	int	 lines;
	int	 ends;		/* how often the hostile text is there, to its end */
} hostiles[] = {
	{ hostile_say, 1, 1 }, { hostile_find, 3, 2 }, { hostile_note, 2, 1 },
	{ hostile_text, 3, 2 }, { hostile_proof, 4, 1 }, { hostile_all, 9, 6 },
};

static int
count(const struct buf *out, const char *word)
{
	int n = 0;

	for (const char *p = out->data; (p = strstr(p, word)) != NULL; p += strlen(word))
		n++;
	return n;
}

START_TEST(hostile_words)
{
	struct verdict v = recorded(hostiles[_i].record);
	struct buf out = { 0 };

	render_text(&v, true, &out);
	ck_assert_int_eq(count(&out, "|"), 1);
	ck_assert_int_eq(count(&out, "$"), 0);
	ck_assert_int_eq(count(&out, "\n"), hostiles[_i].lines);
	ck_assert_int_eq(count(&out, "%s%n end"), hostiles[_i].ends);
	ck_assert_int_eq(count(&out, "\xe2"), 0);
	for (const char *p = out.data; *p != '\0'; p++)
		ck_assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* Whatever the room, what is written is a beginning of the whole. */
START_TEST(any_ceiling)
{
	struct verdict v = recorded(many_findings);
	struct buf all = { 0 };

	render_text(&v, true, &all);
	for (size_t max = 1; max <= all.len; max++) {
		struct buf out = { .max = max };

		render_text(&v, true, &out);
		ck_assert_int_eq(out.failed, max < all.len);
		ck_assert_uint_le(out.len, max);
		ck_assert_int_eq(strncmp(buf_str(&out), buf_str(&all), out.len), 0);
		buf_free(&out);
	}
	buf_free(&all);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, whole, 0, LEN(wholes));
	tcase_add_loop_test(t, objects, 0, LEN(sentences));
	tcase_add_loop_test(t, labels_in_every_state, 0, LEN(states));
	tcase_add_loop_test(t, hostile_words, 0, LEN(hostiles));
	tcase_add_test(t, any_ceiling);
}
