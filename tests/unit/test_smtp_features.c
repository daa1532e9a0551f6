/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "mail/smtp.h"
#include "unit/unit.h"

/* A reply of these lines, with text in place of the codes and hyphens. */
static void
answer(struct reply *r, const char *text)
{
	struct diag d = { .stage = "ehlo" };

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		char line[REPLY_LINE_MAX];

		(void)snprintf(line, sizeof(line), "250%c%.*s",
		    text[n] == '\n' ? '-' : ' ', (int)n, text);
		ck_assert_int_ge(reply_line(r, line, strlen(line), &d), 0);
		text += n + (text[n] == '\n' ? 1 : 0);
	}
}

static const struct {
	const char	*name, *lines;
	bool		 starttls;
	const char	*auth;
} replies[] = {
	{ "nothing", "mx", false, "" },
	{ "STARTTLS first", "mx\nSTARTTLS\nSIZE", true, "" },
	{ "STARTTLS last", "mx\nSIZE\nSTARTTLS", true, "" },
	{ "STARTTLS alone", "mx\nSTARTTLS", true, "" },
	{ "any case", "mx\nStartTls\nauth plain Login", true, "plain Login" },
	{ "blank behind", "mx\nSTARTTLS \nAUTH PLAIN  ", true, "PLAIN" },
	{ "tab behind", "mx\nSTARTTLS\t\nAUTH\tPLAIN\tLOGIN\t", true, "PLAIN LOGIN" },
	{ "parameter nobody knows", "mx\nSTARTTLS REQUIRED", true, "" },
	{ "lookalikes", "mx\nSTARTTLSX\nAUTHX PLAIN\nXSTARTTLS\nXAUTH PLAIN\nX STARTTLS\n"
	    "STARTTL\nAUT PLAIN", false, "" },
	{ "more lookalikes",
	    "mx\n STARTTLS\n-STARTTLS\nSTART TLS\nSTARTTLS=x\nAUTH-PLAIN\nAUTHPLAIN",
	    false, "" },
	{ "in the greeting line", "STARTTLS", false, "" },
	{ "in the greeting line, AUTH", "AUTH PLAIN\nSIZE", false, "" },
	{ "AUTH", "mx\nAUTH PLAIN LOGIN CRAM-MD5", false, "PLAIN LOGIN CRAM-MD5" },
	{ "AUTH=", "mx\nAUTH=PLAIN LOGIN", false, "PLAIN LOGIN" },
	{ "AUTH= and blank", "mx\nAUTH= PLAIN", false, "PLAIN" },
	{ "both", "mx\nAUTH PLAIN LOGIN\nAUTH=PLAIN LOGIN", false, "PLAIN LOGIN" },
	{ "both, different", "mx\nAUTH=LOGIN\nAUTH PLAIN LOGIN", false, "LOGIN PLAIN" },
	{ "twice in a line", "mx\nAUTH PLAIN plain PLAIN", false, "PLAIN" },
	{ "part of another", "mx\nAUTH SCRAM-SHA-1-PLUS SCRAM-SHA-1", false,
	    "SCRAM-SHA-1-PLUS SCRAM-SHA-1" },
	{ "another in part", "mx\nAUTH SCRAM-SHA-1 SCRAM-SHA-1-PLUS", false,
	    "SCRAM-SHA-1 SCRAM-SHA-1-PLUS" },
	{ "AUTH alone", "mx\nAUTH", false, "" },
	{ "AUTH and nothing", "mx\nAUTH \nAUTH=", false, "" },
	{ "many blanks", "mx\nAUTH   PLAIN    LOGIN", false, "PLAIN LOGIN" },
	{ "empty lines", "mx\n\n\nSTARTTLS\n\nSIZE", true, "" },
};

START_TEST(parse)
{
	struct smtp_features f = { .starttls = true, .auth = "left over" };
	struct reply r = { 0 };

	answer(&r, replies[_i].lines);
	smtp_features_parse(&f, &r);
	ck_assert_msg(f.starttls == replies[_i].starttls, "%s", replies[_i].name);
	ck_assert_msg(strcmp(f.auth, replies[_i].auth) == 0, "%s: %s", replies[_i].name,
	    f.auth);
	reply_free(&r);
}
END_TEST

/* What the server offers beside: SIZE, and which attributes of XCLIENT. */
static const struct {
	const char	*lines;
	bool		 size, xclient, name;
	uint64_t	 size_max;
} others[] = {
	{ "mx", false, false, false, 0 },
	{ "mx\nSIZE\n8BITMIME", true, false, false, 0 },
	{ "mx\nSIZE 0", true, false, false, 0 },
	{ "mx\nsize 10240000", true, false, false, 10240000 },
	{ "mx\nSIZE \t12345678901234567", true, false, false, 12345678901234567 },
	{ "mx\nSIZE 123456789012345678", true, false, false, 0 },
	{ "mx\nSIZE 10M", true, false, false, 0 },
	{ "mx\nSIZE 10\nSIZE", true, false, false, 0 },
	{ "mx\nSIZE=10\nXSIZE\nSIZES", false, false, false, 0 },
	{ "SIZE\nX", false, false, false, 0 },
	{ "mx\nXCLIENT NAME ADDR PROTO HELO", false, true, true, 0 },
	{ "mx\nxclient addr", false, true, false, 0 },
	{ "mx\nXCLIENT NAME PROTO", false, false, true, 0 },
	{ "mx\nXCLIENT", false, false, false, 0 },
	{ "mx\nXCLIENT DESTADDR ADDRESS\nXCLIENTS ADDR", false, false, false, 0 },
};

START_TEST(other_offers)
{
	struct smtp_features f = { 0 };
	struct reply r = { 0 };

	answer(&r, others[_i].lines);
	smtp_features_parse(&f, &r);
	ck_assert_msg(f.size == others[_i].size &&
	    f.size_max == others[_i].size_max && f.xclient == others[_i].xclient &&
	    f.xclient_name == others[_i].name, "%s", others[_i].lines);
	reply_free(&r);
}
END_TEST

static const struct {
	const char	*lines, *name;
} names[] = {
	{ "mx.example.org", "mx.example.org" },
	{ "mx.example.org Hello probe [192.0.2.1]\nSIZE", "mx.example.org" },
	{ "MX-1.example_x.org\tat your service", "MX-1.example_x.org" },
	{ "mx.example.org\nSTARTTLS", "mx.example.org" },
	{ "localhost", "" }, { "Hello there", "" }, { "", "" },
	{ "[192.0.2.1]", "" }, { "mx.example.org, hello", "" },
	{ "mx.ex%ample.org x", "" }, { "a@mx.example.org", "" },
	{ "m\xc3\xbc.example.org", "" }, { " mx.example.org", "" },
};

START_TEST(name)
{
	char got[SMTP_NAME_MAX] = "left over";
	struct reply r = { 0 };

	answer(&r, names[_i].lines);
	smtp_name_parse(got, &r);
	ck_assert_str_eq(got, names[_i].name);
	reply_free(&r);
}
END_TEST

/* One that no name can be so long. */
START_TEST(long_name)
{
	char got[SMTP_NAME_MAX] = "left over";
	struct buf lines = { 0 };
	struct reply r = { 0 };

	for (int i = 0; i < SMTP_NAME_MAX / 2 + _i; i++)
		(void)buf_puts(&lines, "a.");
	answer(&r, buf_str(&lines));
	smtp_name_parse(got, &r);
	ck_assert_uint_eq(strlen(got), _i < 0 ? SMTP_NAME_MAX - 2 : 0);
	buf_free(&lines);
	reply_free(&r);
}
END_TEST

static const struct {
	const char	*lines;
	bool		 offered;
} utf8s[] = {
	{ "mx", false }, { "mx\nSMTPUTF8", true }, { "mx\nsmtputf8 x\nSIZE", true },
	{ "SMTPUTF8\nSIZE", false },
	{ "mx\nSMTPUTF\nSMTPUTF8X\nSMTPUTF8=\nSMTPSIZE\nXMTPUTF8", false },
};

START_TEST(utf8_offered)
{
	struct smtp_features f = { .smtputf8 = true };
	struct reply r = { 0 };

	answer(&r, utf8s[_i].lines);
	smtp_features_parse(&f, &r);
	ck_assert_msg(f.smtputf8 == utf8s[_i].offered, "%s", utf8s[_i].lines);
	reply_free(&r);
}
END_TEST

/* A NUL must not hide what stands behind it. */
START_TEST(nul)
{
	static const char line[] = "250-X\0X";
	struct diag d = { .stage = "ehlo" };
	struct smtp_features f = { 0 };
	struct reply r = { 0 };

	ck_assert_int_eq(reply_line(&r, "250-mx", 6, &d), 1);
	ck_assert_int_eq(reply_line(&r, line, sizeof(line) - 1, &d), 1);
	ck_assert_int_eq(reply_line(&r, "250 STARTTLS", 12, &d), 0);
	smtp_features_parse(&f, &r);
	ck_assert(f.starttls);
	reply_free(&r);
}
END_TEST

/* So many mechanisms of that many letters: each is there as a whole or not at all. */
static const struct {
	size_t	 count, letters;
	size_t	 kept;
} lists[] = {
	{ 1, 2, 1 }, { 10, 10, 10 },
	{ 1, 63, 1 }, { 1, 64, 0 }, { 1, 1000, 0 },	/* no mechanism has such a name */
	{ 7, 63, 7 }, { 8, 63, 8 }, { 9, 63, 8 },	/* 8 * 63 + 7 blanks: full */
	{ 127, 3, 127 }, { 128, 3, 128 }, { 129, 3, 128 }, { 400, 3, 128 },
};

START_TEST(long_list)
{
	struct buf lines = { 0 };
	struct smtp_features f;
	struct reply r = { 0 };
	size_t kept = 0;

	(void)buf_puts(&lines, "mx\nAUTH");
	for (size_t i = 0; i < lists[_i].count; i++) {
		(void)buf_addf(&lines, " %c%c", (int)('A' + i / 20), (int)('a' + i % 20));
		for (size_t k = 2; k < lists[_i].letters; k++)
			(void)buf_puts(&lines, "x");
	}
	answer(&r, buf_str(&lines));
	smtp_features_parse(&f, &r);
	ck_assert_uint_lt(strlen(f.auth), sizeof(f.auth));
	for (const char *word = f.auth; *word != '\0'; kept++) {
		size_t n = strcspn(word, " ");

		ck_assert_uint_eq(n, lists[_i].letters);
		word += n + strspn(word + n, " ");
	}
	ck_assert_uint_eq(kept, lists[_i].kept);
	buf_free(&lines);
	reply_free(&r);
}
END_TEST

/* As many lines as a reply may have, the last one of use. */
START_TEST(last_of_many)
{
	struct buf lines = { 0 };
	struct smtp_features f;
	struct reply r = { 0 };

	for (int i = 1; i < REPLY_LINES_MAX; i++)
		(void)buf_addf(&lines, "X-%d\n", i);
	(void)buf_puts(&lines, "AUTH PLAIN");
	answer(&r, buf_str(&lines));
	smtp_features_parse(&f, &r);
	ck_assert_str_eq(f.auth, "PLAIN");
	buf_free(&lines);
	reply_free(&r);
}
END_TEST

static const struct {
	const char	*auth, *mechanism;
	bool		 offered;
} offers[] = {
	{ "PLAIN", "PLAIN", true }, { "PLAIN", "plain", true },
	{ "plain", "PLAIN", true },
	{ "PLAIN LOGIN", "PLAIN", true }, { "PLAIN LOGIN", "LOGIN", true },
	{ "A PLAIN LOGIN", "PLAIN", true },
	{ "PLAINX", "PLAIN", false }, { "PLAIN", "PLAINX", false },
	{ "XPLAIN", "PLAIN", false }, { "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", false },
	{ "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", false },
	{ "SCRAM-SHA-1-PLUS SCRAM-SHA-1", "SCRAM-SHA-1", true },
	{ "SCRAM-SHA-1 SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS", true },
	{ "SCRAM-SHA-256", "SCRAM-SHA-1", false },
	{ "PLAIN LOGIN", "PLAIN LOGIN", false }, { "PLAIN LOGIN", "", false },
	{ "", "PLAIN", false }, { "", "", false },
};

START_TEST(offer)
{
	struct smtp_features f = { 0 };

	(void)snprintf(f.auth, sizeof(f.auth), "%s", offers[_i].auth);
	ck_assert_int_eq(smtp_offers(&f, offers[_i].mechanism), offers[_i].offered);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, parse, 0, LEN(replies));
	tcase_add_loop_test(t, name, 0, LEN(names));
	tcase_add_loop_test(t, long_name, -1, 2);
	tcase_add_loop_test(t, other_offers, 0, LEN(others));
	tcase_add_loop_test(t, utf8_offered, 0, LEN(utf8s));
	tcase_add_test(t, nul);
	tcase_add_loop_test(t, long_list, 0, LEN(lists));
	tcase_add_test(t, last_of_many);
	tcase_add_loop_test(t, offer, 0, LEN(offers));
}
