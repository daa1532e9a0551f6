/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "unit/runs.h"
#include "unit/unit.h"

#define FINE_TABLE \
	"  time          0.091 s\n" \
	"  connect       0.002 s\n" \
	"  auth          0.050 s\n" \
	"  cert_days    60.5\n" \
	"  load         12.3   %\n" \
	"  queue      4096     B\n" \
	"  growth       -3\n"

static const char *const wanted[LEN(runs)] = {
	/* fine */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n" FINE_TABLE,
	/* facts */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n" FINE_TABLE "\n"
	"note: the first hop only\n",
	/* rejection */
	"TEST CRITICAL - mx.example.org:587 refused the login of alice: 535 5.7.8 "
	"no\n"
	"    such luck [auth-rejected]\n"
	"\n"
	"  time       1.250 s\n"
	"  connect    0.002 s\n"
	"  auth       -        <- CRITICAL auth-rejected\n"
	"  cert_days  -\n"
	"  load       -\n"
	"  queue      -\n"
	"  growth     -\n"
	"\n"
	"CRITICAL auth-rejected at auth\n"
	"    remedy: check user name and password: is the name an address there, "
	"and was\n"
	"      the password changed.\n",
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
	"  time          1.500 s  <- WARNING threshold 1\n"
	"  connect       0.002 s\n"
	"  auth          0.050 s\n"
	"  cert_days    20.0      <- WARNING threshold 21:\n"
	"  load         12.3   %  <- CRITICAL threshold @10:20\n"
	"  queue      4096     B\n"
	"  growth       -3\n"
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
	"OK: alice logged in to mx.example.org:587\n",
	/* objects */
	"TEST CRITICAL - 192.0.2.2: the connection was refused [refused]\n"
	"\n"
	"  time        -\n"
	"  connect     0.250 s  <- CRITICAL refused\n"
	"  auth        -\n"
	"  cert_days  30.0\n"
	"  load        -\n"
	"  queue       -\n"
	"  growth      -\n"
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
	"note: 192.0.2.1: it offers PLAIN\n",
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
	"\n" FINE_TABLE,
	/* forgiven */
	"TEST OK - alice logged in to mx.example.org:587\n"
	"\n" FINE_TABLE "\n"
	"OK weak\n"
	"    the key has 1024 bits\n"
	"    remedy: make a longer one.\n",
	/* hostile */
	"TEST CRITICAL - a \"quote\" \\ back\\n??HOME? b?[2J ?\303\251??%s end "
	"[auth-rejected]\n"
	"\n"
	"CRITICAL auth-rejected at auth (a \"quote\" \\ back\\n??HOME? b?[2J "
	"?\303\251??%s end)\n"
	"    the server said: a \"quote\" \\ back\\n??HOME? b?[2J ?\303\251??%s "
	"end?\n"
	"    remedy: check user name and password: is the name an address there, "
	"and was\n"
	"      the password changed.\n"
	"\n"
	"WARNING weak (a \"quote\" \\ back\\n??HOME? b?[2J ?\303\251??%s end)\n"
	"    short\n"
	"    remedy: make a longer one.\n"
	"\n"
	"OK: a \"quote\" \\ back\\n??HOME? b?[2J ?\303\251??%s end\n"
	"\n"
	"note: a \"quote\" \\ back\\n??HOME? b?[2J ?\303\251??%s end: a \"quote\" "
	"\\ back\\n??HOME?\n"
	"      b?[2J ?\303\251??%s end\n",
};

START_TEST(whole)
{
	struct verdict v = recorded(_i);
	struct buf out = { 0 };

	render_report(&v, false, &out);
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

	render_report(&v, true, &out);
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

/* Words of every length, of letters of one byte to three. */
static const char *const letters[] = { "a", "\303\251", "\342\202\254" };

START_TEST(wrapped)
{
	static const char *const ends[] = { " ", "  ", " " };
	struct verdict v;
	struct buf words = { 0 }, out = { 0 };
	const char *p;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	for (int n = 0; n < 70 && words.len < VERDICT_WORDS - 300; n += 7) {
		for (int i = 0; i < n; i++)
			(void)buf_puts(&words, letters[_i]);
		(void)buf_puts(&words, ends[n % 3]);
	}
	verdict_find(&v, &weak, "%s", buf_str(&words));
	verdict_find(&v, &refused, "%s", buf_str(&words));
	verdict_note(&v, "%s", buf_str(&words));
	render_report(&v, false, &out);
	for (p = buf_str(&out); *p != '\0'; p += strcspn(p, "\n") + 1) {
		size_t width = 0;

		for (const char *c = p; *c != '\n'; c++)
			width += ((unsigned char)*c & 0xc0) != 0x80 ? 1 : 0;
		ck_assert_msg(width <= 79, "%.*s", (int)strcspn(p, "\n"), p);
	}
	buf_free(&words);
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
	render_report(&v, false, &out);
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
	tcase_add_loop_test(t, wrapped, 0, LEN(letters));
	tcase_add_test(t, long_word);
}
