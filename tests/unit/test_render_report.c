/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "unit/runs.h"
#include "unit/unit.h"

#define FINE_VALUES \
	"  time 0.091s  connect 0.002s  auth 0.050s  cert_days 60.5  load 12.3%\n" \
	"  queue 4096B  growth -3\n"

static const char *const wanted[LEN(runs)] = {
	/* fine */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n" FINE_VALUES,
	/* facts */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n" FINE_VALUES "\n"
	"note: the first hop only\n",
	/* rejection */
	"TEST CRITICAL - mx.example.org:587 refused the login of alice: 535 5.7.8 "
	"no\n"
	"    such luck [auth-rejected]\n"
	"\n"
	"CRITICAL auth-rejected at auth\n"
	"    remedy: check user name and password: is the name an address there, "
	"and was\n"
	"      the password changed.\n"
	"\n"
	"  time 1.250s  connect 0.002s  auth - <- CRITICAL auth-rejected  cert_days "
	"-\n"
	"  load -  queue -  growth -\n",
	/* proof */
	"TEST CRITICAL - the server takes no mail [refused]\n"
	"\n"
	"CRITICAL refused at greeting\n"
	"    the server said: 5.7.1 go away\n"
	"    remedy: start the server. If it runs, look at the firewall.\n"
	"\n"
	"WARNING weak\n"
	"    the key has 1024 bits\n"
	"    remedy: make a longer one.\n",
	/* late */
	"TEST CRITICAL - mx.example.org:587: load is 12.3%, inside the critical "
	"range\n"
	"    @10:20 [threshold]\n"
	"\n"
	"CRITICAL threshold\n"
	"    remedy: look at the value and at the stage it belongs to; if it is "
	"normal\n"
	"      here, widen the range.\n"
	"\n"
	"WARNING threshold\n"
	"    mx.example.org:587: time is 1.500s, outside the warning range 1\n"
	"\n"
	"WARNING threshold\n"
	"    mx.example.org:587: cert_days is 20.0, outside the warning range 21:\n"
	"\n"
	"OK: alice logged in to mx.example.org:587\n"
	"\n"
	"  time 1.500s <- WARNING threshold 1  connect 0.002s  auth 0.050s\n"
	"  cert_days 20.0 <- WARNING threshold 21:\n"
	"  load 12.3% <- CRITICAL threshold @10:20  queue 4096B  growth -3\n",
	/* objects */
	"TEST CRITICAL - 192.0.2.2: the connection was refused [refused]\n"
	"\n"
	"CRITICAL refused at connect (192.0.2.2)\n"
	"    remedy: start the server. If it runs, look at the firewall.\n"
	"\n"
	"WARNING weak (192.0.2.1)\n"
	"    the key has 1024 bits\n"
	"    remedy: make a longer one.\n"
	"\n"
	"WARNING weak (192.0.2.2)\n"
	"    192.0.2.2:587 has a key of 512 bits\n"
	"\n"
	"  time -  connect 0.250s <- CRITICAL refused  auth -  cert_days 30.0  load "
	"-\n"
	"  queue -  growth -\n"
	"\n"
	"note: 192.0.2.1: it offers PLAIN\n"
	"note: 192.0.2.1: well\n",
	/* nothing */
	"TEST UNKNOWN - cert_days has a threshold and was not measured in this "
	"run\n"
	"    [not-measured]\n"
	"\n"
	"UNKNOWN not-measured\n"
	"    remedy: drop the threshold, or use the options that make the check "
	"measure\n"
	"      the value.\n",
	/* broken */
	"TEST UNKNOWN - memory is short, findings may be missing: alice logged in "
	"to\n"
	"    mx.example.org:587\n"
	"\n" FINE_VALUES,
	/* forgiven */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n"
	"OK weak\n"
	"    the key has 1024 bits\n"
	"    remedy: make a longer one.\n"
	"\n" FINE_VALUES,
	/* hostile */
	"TEST CRITICAL - a \"quote\" \\ back\\n??HOME?  b?[2J ?\303\251??%s end "
	"[auth-rejected]\n"
	"\n"
	"CRITICAL auth-rejected at auth (a \"quote\" \\ back\\n??HOME?  b?[2J "
	"?\303\251??%s end)\n"
	"    the server said: a \"quote\" \\ back\\n??HOME?  b?[2J ?\303\251??%s "
	"end?\n"
	"    remedy: check user name and password: is the name an address there, "
	"and was\n"
	"      the password changed.\n"
	"\n"
	"WARNING weak (a \"quote\" \\ back\\n??HOME?  b?[2J ?\303\251??%s end)\n"
	"    short\n"
	"    remedy: make a longer one.\n"
	"\n"
	"OK: a \"quote\" \\ back\\n??HOME?  b?[2J ?\303\251??%s end\n"
	"\n"
	"note: a \"quote\" \\ back\\n??HOME?  b?[2J ?\303\251??%s end: a \"quote\" "
	"\\ back\\n??HOME?\n"
	"      b?[2J ?\303\251??%s end\n",
};

START_TEST(whole)
{
	struct verdict v = recorded(_i);
	struct buf out = { 0 };

	render_report(&v, false, 80, &out);
	ck_assert(!out.failed);
	dump(_i, "report", &out);
	ck_assert_str_eq(buf_str(&out), wanted[_i]);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* The colours are the only control characters, and without them the text is the same. */
START_TEST(coloured)
{
	static const char *const colours[] = {
		"\033[1;32mOK\033[0m", "\033[1;33mWARNING\033[0m",
		"\033[1;31mCRITICAL\033[0m", "\033[1;35mUNKNOWN\033[0m",
	};
	struct verdict v = recorded(_i);
	struct buf out = { 0 }, plain = { 0 };
	char *p;

	render_report(&v, true, 80, &out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), colours[verdict_state(&v)]));
	for (p = out.data; *p != '\0'; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			ck_assert_int_eq(buf_add(&plain, p, 1), 0);
	}
	ck_assert_str_eq(buf_str(&plain), wanted[_i]);
	buf_free(&plain);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* Where a value's finding is marked. */
static const struct metric stages[] = {
	{ .label = "connect", .unit = UNIT_SECONDS },
	{ .label = "tls", .unit = UNIT_SECONDS,
	    .marks = (const char *const[]){ "starttls", "certificate", NULL } },
	{ .label = "days", .unit = UNIT_DAYS,
	    .marks = (const char *const[]){ "weak", NULL } },
	{ 0 },
};

static const struct {
	const char	*stage;
	const struct cause *cause;
	const char	*values;
} marks[] = {
	{ "connect", &refused, "connect 1.000s <- CRITICAL refused  tls -  days -" },
	{ "tls", &refused, "connect 1.000s  tls - <- CRITICAL refused  days -" },
	{ "starttls", &refused, "connect 1.000s  tls - <- CRITICAL refused  days -" },
	{ "certificate", &refused, "connect 1.000s  tls - <- CRITICAL refused  days -" },
	/* the cause says it better than the stage */
	{ "certificate", &weak, "connect 1.000s  tls -  days - <- WARNING weak" },
	{ NULL, &weak, "connect 1.000s  tls -  days - <- WARNING weak" },
	{ "greeting", &refused, "connect 1.000s  tls -  days -" },
	{ NULL, &refused, "connect 1.000s  tls -  days -" },
};

START_TEST(marked)
{
	struct verdict v;
	struct diag d = { .stage = marks[_i].stage };
	struct buf out = { 0 };
	char *line;

	ck_assert_int_eq(verdict_init(&v, "TEST", stages), 0);
	(void)diag_set(&d, marks[_i].cause, "it");
	verdict_diag(&v, &d);
	verdict_metric(&v, 0, 1);
	render_report(&v, false, 80, &out);
	ck_assert_ptr_nonnull(line = strstr(out.data, "connect 1.000s"));
	line[strcspn(line, "\n")] = '\0';
	ck_assert_str_eq(line, marks[_i].values);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* In characters. */
static size_t
longest_line(const struct buf *out)
{
	size_t longest = 0, n = 0;

	for (const char *p = buf_str(out); *p != '\0'; p++) {
		n = *p == '\n' ? 0 : n + (((unsigned char)*p & 0xc0) != 0x80 ? 1 : 0);
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* Words of every length that fits, of letters of one byte to three. */
static const char *const letters[] = { "a", "\303\251", "\342\202\254" };
static const size_t windows[] = { 40, 59, 80, 100 };

START_TEST(wrapped)
{
	static const char *const ends[] = { " ", "  ", " " };
	const char *letter = letters[_i % (int)LEN(letters)];
	size_t columns = windows[_i / (int)LEN(letters)];
	struct verdict v;
	struct buf text = { 0 }, out = { 0 };

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	for (size_t n = 0; n < columns - 6 && text.len < VERDICT_WORDS - 300; n += 7) {
		for (size_t i = 0; i < n; i++)
			(void)buf_puts(&text, letter);
		(void)buf_puts(&text, ends[n % 3]);
	}
	fine(&v);
	verdict_find(&v, &weak, "%s", buf_str(&text));
	verdict_find(&v, &refused, "%s", buf_str(&text));
	verdict_note(&v, "%s", buf_str(&text));
	render_report(&v, false, columns, &out);
	ck_assert_msg(longest_line(&out) < columns, "%s", out.data);
	ck_assert_uint_gt(longest_line(&out), columns - 12);
	buf_free(&text);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* A failure that is told at length is all in a window of 24 lines. */
START_TEST(small_window)
{
	struct verdict v = recorded(2);		/* rejection */
	struct buf out = { 0 };
	size_t lines = 0;

	for (int i = 0; i < 6; i++)
		verdict_note(&v, "something seen on the way that takes more than one "
		    "line of the window to be told");
	render_report(&v, false, 80, &out);
	for (const char *p = out.data; *p != '\0'; p++)
		lines += *p == '\n' ? 1 : 0;
	ck_assert_uint_lt(lines, 24);		/* and one for the prompt */
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

/* A value and its mark are one piece, whatever the window. */
START_TEST(marks_hold)
{
	static const char *const whole_marks[] = {
		"  time 1.500s <- WARNING threshold 1",
		"  cert_days 20.0 <- WARNING threshold 21:",
		"  load 12.3% <- CRITICAL threshold @10:20",
	};
	struct verdict v = recorded(4);		/* late */
	struct buf out = { 0 };

	render_report(&v, false, (size_t)_i, &out);
	for (size_t i = 0; i < LEN(whole_marks); i++)
		ck_assert_ptr_nonnull(strstr(out.data, whole_marks[i]));
	ck_assert_uint_lt(longest_line(&out), _i < 44 ? 44 : (size_t)_i);
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

START_TEST(long_word)
{
	struct verdict v;
	struct buf out = { 0 };
	char word[201];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	verdict_say(&v, "a %s b", word);
	render_report(&v, false, 80, &out);
	ck_assert_uint_eq(strcspn(out.data, "\n"), strlen("TEST OK - a"));
	ck_assert_int_eq(strncmp(out.data, "TEST OK - a\n    xxx", 19), 0);
	ck_assert_ptr_nonnull(strstr(out.data, word));
	ck_assert_ptr_nonnull(strstr(out.data, "x\n    b\n"));
	buf_free(&out);
	verdict_free(&v);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, whole, 0, LEN(runs));
	tcase_add_loop_test(t, coloured, 0, LEN(runs));
	tcase_add_loop_test(t, marked, 0, LEN(marks));
	tcase_add_loop_test(t, wrapped, 0, LEN(letters) * LEN(windows));
	tcase_add_test(t, small_window);
	tcase_add_loop_test(t, marks_hold, 40, 101);
	tcase_add_test(t, long_word);
}
