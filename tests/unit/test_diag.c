/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/diag.h"
#include "unit/unit.h"

static const struct cause refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL, "nobody listens", "start it", false,
};
static const struct cause silent = {
	"silent", CLASS_NETWORK, STATE_CRITICAL, "no answer in time", "wait", true,
};

START_TEST(nothing_failed)
{
	struct diag d = { 0 };

	ck_assert(!diag_failed(&d));
	diag_at(&d, "greeting");
	diag_heard(&d, 220, "mx", 2);
	ck_assert(!diag_failed(&d));
	ck_assert_str_eq(d.stage, "greeting");
	ck_assert_int_eq(d.code, 220);
	ck_assert_str_eq(d.proof, "mx");
}
END_TEST

START_TEST(first_cause_wins)
{
	struct diag d = { 0 };

	diag_at(&d, "connect");
	diag_heard(&d, 421, "too busy", 8);
	ck_assert_int_eq(diag_set(&d, &refused, "%s:%d refuses", "mx", 25), -1);
	ck_assert_int_eq(diag_set(&d, &silent, "and is silent"), -1);
	ck_assert_int_eq(diag_nomem(&d), -1);
	diag_at(&d, "quit");
	diag_heard(&d, 221, "bye", 3);
	ck_assert(diag_failed(&d));
	ck_assert_ptr_eq(d.cause, &refused);
	ck_assert_str_eq(d.text, "mx:25 refuses");
	ck_assert_str_eq(d.stage, "connect");
	ck_assert_int_eq(d.code, 421);
	ck_assert_str_eq(d.proof, "too busy");
}
END_TEST

START_TEST(stage_forgets_what_was_heard)
{
	struct diag d = { 0 };

	diag_at(&d, "greeting");
	diag_heard(&d, 220, "mx", 2);
	diag_at(&d, "ehlo");
	ck_assert_int_eq(diag_set(&d, &silent, "no answer"), -1);
	ck_assert_str_eq(d.stage, "ehlo");
	ck_assert_int_eq(d.code, 0);
	ck_assert_str_eq(d.proof, "");
}
END_TEST

START_TEST(last_words_count)
{
	struct diag d = { 0 };

	diag_heard(&d, 250, "a long line of words", 20);
	diag_heard(&d, 550, "no\0\xff|", 5);
	ck_assert_int_eq(d.code, 550);
	ck_assert_str_eq(d.proof, "no?\xff|");	/* raw but for the NUL */
	diag_heard(&d, 0, "", 0);
	ck_assert_int_eq(d.code, 0);
	ck_assert_str_eq(d.proof, "");
}
END_TEST

START_TEST(no_memory)
{
	struct diag d = { 0 };

	ck_assert_int_eq(diag_nomem(&d), -1);
	ck_assert_ptr_eq(d.cause, &local_internal);
	ck_assert_int_eq(d.cause->state, STATE_UNKNOWN);
}
END_TEST

/* What a text of n bytes, the last of them a euro sign, becomes in a field of 512. */
static const struct {
	size_t	 n, kept;
	bool	 dots;
} cuts[] = {
	{ 3, 3, false }, { 511, 511, false }, { 512, 508, true }, { 513, 508, true },
	{ 1023, 508, true }, { 1024, 508, true }, { 1025, 508, true },
	{ 5000, 508, true },
};

static void
check_cut(const char *text, int i)
{
	size_t kept = cuts[i].kept;

	ck_assert_uint_eq(strlen(text), kept + (cuts[i].dots ? 3 : 0));
	ck_assert_str_eq(text + kept - (cuts[i].dots ? 0 : 3), cuts[i].dots ? "..." :
	    "\xe2\x82\xac");
}

START_TEST(cut)
{
	struct diag d = { 0 };
	char text[5001];
	size_t n = cuts[_i].n;

	memset(text, 'x', sizeof(text));
	memcpy(text + n - 3, "\xe2\x82\xac", 4);
	diag_heard(&d, 250, text, n);
	ck_assert_int_eq(diag_set(&d, &refused, "%s", text), -1);
	check_cut(d.text, _i);
	check_cut(d.proof, _i);
}
END_TEST

/* The cut would fall into the character: it goes as a whole. */
START_TEST(cut_between_characters)
{
	struct diag d = { 0 };
	char text[601];

	memset(text, 'x', sizeof(text) - 1);
	text[600] = '\0';
	memcpy(text + 506, "\xe2\x82\xac", 3);
	diag_heard(&d, 250, text, 600);
	ck_assert_int_eq(diag_set(&d, &refused, "%s", text), -1);
	ck_assert_str_eq(d.text + 505, "x...");
	ck_assert_str_eq(d.proof + 505, "x...");
}
END_TEST

static const char *const classes[] = {
	"network", "dns", "tls", "certificate", "protocol", "auth", "policy", "queue",
	"local",
};

START_TEST(class_names)
{
	ck_assert_uint_eq(LEN(classes), CLASS_COUNT);
	ck_assert_str_eq(class_name((enum cause_class)_i), classes[_i]);
	for (size_t i = 0; diag_causes[i] != NULL; i++)
		ck_assert_str_ne(diag_causes[i]->slug, classes[_i]);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, nothing_failed);
	tcase_add_test(t, first_cause_wins);
	tcase_add_test(t, stage_forgets_what_was_heard);
	tcase_add_test(t, last_words_count);
	tcase_add_test(t, no_memory);
	tcase_add_loop_test(t, cut, 0, LEN(cuts));
	tcase_add_test(t, cut_between_characters);
	tcase_add_loop_test(t, class_names, 0, LEN(classes));
}
