/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit/unit.h"

#define BYTES(text) text, sizeof(text) - 1

/* The text without a NUL behind it, for AddressSanitizer. */
static int
look_up(const char *text, size_t n, const char *name, struct buf *out)
{
	char *copy = malloc(n > 0 ? n : 1);
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, n);
	rc = json_member(copy, n, name, out);
	ck_assert_int_eq(json_member(copy, n, name, NULL), rc);
	free(copy);
	return rc;
}

/* What the member "a" is. */
static const struct {
	const char	*text, *value;		/* NULL: there is none */
} good[] = {
	{ "{}",				NULL },
	{ " \t\r\n{ \t\r\n} \t\r\n",	NULL },
	{ "{\"b\":1}",			NULL },
	{ "{\"A\":1}",			NULL },
	{ "{\"\":1}",			NULL },
	{ "{\"aa\":1}",			NULL },
	{ "{\"a\\u0000\":1}",		NULL },
	{ "{\"a\":\"x\"}",		"x" },
	{ " { \"a\" : \"x\" , \"b\" : 1 } ", "x" },
	{ "{\"b\":1,\"a\":\"x\"}",	"x" },
	{ "{\"\\u0061\":\"x\"}",	"x" },
	{ "{\"a\":\"\"}",		"" },
	{ "{\"b\":\"\\\"a\\\":1\"}",	NULL },
	/* Members of members are none. */
	{ "{\"b\":{\"a\":1}}",		NULL },
	{ "{\"b\":[{\"a\":1}]}",	NULL },
	{ "{\"b\":{\"a\":1},\"a\":2}",	"2" },
	{ "{\"b\":\"a\"}",		NULL },
	/* Neither object nor array is a value to be told. */
	{ "{\"a\":{}}",			NULL },
	{ "{\"a\":[]}",			NULL },
	{ "{\"a\":[1,2]}",		NULL },
	{ "{\"a\":{\"a\":1}}",		NULL },
	/* Words and numbers, as they are written. */
	{ "{\"a\":true}",		"true" },
	{ "{\"a\":false}",		"false" },
	{ "{\"a\":null}",		"null" },
	{ "{\"a\":0}",			"0" },
	{ "{\"a\":-0}",			"-0" },
	{ "{\"a\":12 }",		"12" },
	{ "{\"a\":-1.50}",		"-1.50" },
	{ "{\"a\":0.1}",		"0.1" },
	{ "{\"a\":1e5}",		"1e5" },
	{ "{\"a\":1E+05}",		"1E+05" },
	{ "{\"a\":0e-0}",		"0e-0" },
	{ "{\"a\":1.25e-10}",		"1.25e-10" },
	{ "{\"a\":123456789012345678901234567890}", "123456789012345678901234567890" },
	{ "{\"a\":1e999}",		"1e999" },
	/* Escapes. */
	{ "{\"a\":\"\\\"\\\\\\/\"}",	"\"\\/" },
	{ "{\"a\":\"\\b\\f\\n\\r\\t\"}", "\b\f\n\r\t" },
	{ "{\"a\":\"\\u0041\\u00e4\"}",	"A\xc3\xa4" },
	{ "{\"a\":\"\\u20AC\\uFFFF\"}",	"\xe2\x82\xac\xef\xbf\xbf" },
	{ "{\"a\":\"\\u007f\\u0080\"}",	"\x7f\xc2\x80" },
	{ "{\"a\":\"\\u07ff\\u0800\"}",	"\xdf\xbf\xe0\xa0\x80" },
	{ "{\"a\":\"\\ud83d\\ude00\"}",	"\xf0\x9f\x98\x80" },
	{ "{\"a\":\"\\uD800\\uDC00\"}",	"\xf0\x90\x80\x80" },
	{ "{\"a\":\"\\uDBFF\\uDFFF\"}",	"\xf4\x8f\xbf\xbf" },
	{ "{\"a\":\"\\u0000\"}",	"\xef\xbf\xbd" },
	{ "{\"a\":\"\\ud83d\"}",	"\xef\xbf\xbd" },
	{ "{\"a\":\"\\ude00\"}",	"\xef\xbf\xbd" },
	{ "{\"a\":\"\\ud83dx\"}",	"\xef\xbf\xbdx" },
	{ "{\"a\":\"\\ud83d\\n\"}",	"\xef\xbf\xbd\n" },
	{ "{\"a\":\"\\ud83d\\u0041\"}",	"\xef\xbf\xbd" "A" },
	{ "{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	{ "{\"a\":\"\\ude00\\ud83d\"}",	"\xef\xbf\xbd\xef\xbf\xbd" },
	{ "{\"a\":\"\\\\u0041\"}",	"\\u0041" },
	/* UTF-8 as it is. */
	{ "{\"a\":\"gr\xc3\xbc\xc3\x9f\"}", "gr\xc3\xbc\xc3\x9f" },
	{ "{\"a\":\"\xe2\x82\xac\xf0\x9f\x98\x80\"}", "\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "{\"a\":\"\x7f\"}",		"\x7f" },
	{ "{\"a\":\"\xef\xbf\xbf\"}",	"\xef\xbf\xbf" },
	/* Other values on the way. */
	{ "{\"b\":[],\"c\":{},\"d\":[[],{}],\"a\":1}", "1" },
	{ "{\"b\":[1, 2 ,true,null,\"]\",[-1]],\"a\":1}", "1" },
	{ "{\"b\":{\"c\":{\"d\":\"}\"}} ,\"a\":1}", "1" },
	/* Twice is told only of the member that is asked for. */
	{ "{\"b\":1,\"b\":2,\"a\":3}",	"3" },
	/* What servers send. */
	{ "{\"status\":\"401\",\"schemes\":\"bearer\",\"a\":\"mail\"}", "mail" },
};

START_TEST(object)
{
	const char *text = good[_i].text, *value = good[_i].value;
	struct buf out = { 0 };

	ck_assert_int_eq(buf_puts(&out, "> "), 0);
	ck_assert_int_eq(look_up(text, strlen(text), "a", &out), value != NULL ? 0 : 1);
	ck_assert_str_eq(buf_str(&out) + 2, value != NULL ? value : "");
	buf_free(&out);
}
END_TEST

/* RFC 8259, to the letter: what some reader somewhere takes is none all the same. */
static const struct {
	const char	*text;
	size_t		 n;
} bad[] = {
	{ BYTES("") }, { BYTES(" ") }, { BYTES("\0") }, { BYTES("x") },
	/* JSON, but no object. */
	{ BYTES("[]") }, { BYTES("\"a\"") }, { BYTES("1") }, { BYTES("null") },
	{ BYTES("[{\"a\":1}]") },
	/* Cut. */
	{ BYTES("{") }, { BYTES("{\"") }, { BYTES("{\"a") }, { BYTES("{\"a\"") },
	{ BYTES("{\"a\":") }, { BYTES("{\"a\":1") }, { BYTES("{\"a\":1,") },
	{ BYTES("{\"a\":\"x") }, { BYTES("{\"a\":\"x\\") }, { BYTES("{\"a\":\"x\\u00") },
	{ BYTES("{\"a\":\"\\ud83d\\ude0") }, { BYTES("{\"a\":tru") },
	{ BYTES("{\"a\":[") }, { BYTES("{\"a\":[1") }, { BYTES("{\"a\":[1,") },
	{ BYTES("{\"a\":{") }, { BYTES("{\"a\":{}") }, { BYTES("{\"a\":-") },
	{ BYTES("{\"a\":1.") }, { BYTES("{\"a\":1e") }, { BYTES("{\"a\":1e+") },
	{ BYTES("{\"a\":\"\xc3") },
	/* More than an object. */
	{ BYTES("{}{}") }, { BYTES("{}x") }, { BYTES("{},") }, { BYTES("{} 1") },
	{ BYTES("{}\0") }, { BYTES("{}}") }, { BYTES("x{}") }, { BYTES("{\"a\":1}]") },
	{ BYTES("\xef\xbb\xbf{}") },
	/* Commas and colons. */
	{ BYTES("{,}") }, { BYTES("{\"a\":1,}") }, { BYTES("{,\"a\":1}") },
	{ BYTES("{\"a\":1,,\"b\":2}") }, { BYTES("{\"a\":1 \"b\":2}") },
	{ BYTES("{\"a\":1;\"b\":2}") }, { BYTES("{\"a\"}") }, { BYTES("{\"a\",1}") },
	{ BYTES("{\"a\"=1}") }, { BYTES("{\"a\"::1}") }, { BYTES("{\"a\":}") },
	{ BYTES("{\"a\":1:2}") }, { BYTES("{\"a\":[1,]}") }, { BYTES("{\"a\":[,1]}") },
	{ BYTES("{\"a\":[1 2]}") }, { BYTES("{\"a\":[,]}") }, { BYTES("{:1}") },
	{ BYTES("{\"a\":{\"b\"}}") }, { BYTES("{\"a\":{1}}") },
	{ BYTES("{\"a\":[\"b\":1]}") },
	/* Brackets that do not fit. */
	{ BYTES("{\"a\":[}") }, { BYTES("{\"a\":[1}]") }, { BYTES("{\"a\":{]}") },
	{ BYTES("{\"a\":]}") }, { BYTES("{]") }, { BYTES("{\"a\":[[]}") },
	/* Names. */
	{ BYTES("{a:1}") }, { BYTES("{'a':1}") }, { BYTES("{1:1}") },
	{ BYTES("{null:1}") }, { BYTES("{[]:1}") }, { BYTES("{\"a:1}") },
	{ BYTES("{a\":1}") },
	/* Numbers. */
	{ BYTES("{\"a\":01}") }, { BYTES("{\"a\":-01}") }, { BYTES("{\"a\":00}") },
	{ BYTES("{\"a\":+1}") }, { BYTES("{\"a\":.5}") }, { BYTES("{\"a\":-.5}") },
	{ BYTES("{\"a\":5.}") }, { BYTES("{\"a\":1.e5}") }, { BYTES("{\"a\":1e}") },
	{ BYTES("{\"a\":1e5.5}") }, { BYTES("{\"a\":1e+-5}") }, { BYTES("{\"a\":0x10}") },
	{ BYTES("{\"a\":--1}") }, { BYTES("{\"a\":-}") }, { BYTES("{\"a\":1 2}") },
	{ BYTES("{\"a\":NaN}") }, { BYTES("{\"a\":Infinity}") },
	{ BYTES("{\"a\":-Infinity}") }, { BYTES("{\"a\":inf}") },
	{ BYTES("{\"a\":1_000}") }, { BYTES("{\"a\":1,000}") },
	{ BYTES("{\"a\":1.2.3}") }, { BYTES("{\"a\":- 1}") }, { BYTES("{\"a\":1f}") },
	/* Words. */
	{ BYTES("{\"a\":True}") }, { BYTES("{\"a\":TRUE}") }, { BYTES("{\"a\":truex}") },
	{ BYTES("{\"a\":nul}") }, { BYTES("{\"a\":undefined}") }, { BYTES("{\"a\":x}") },
	{ BYTES("{\"a\":true false}") },
	/* Strings. */
	{ BYTES("{\"a\":'x'}") }, { BYTES("{\"a\":\"x\ny\"}") },
	{ BYTES("{\"a\":\"\t\"}") }, { BYTES("{\"a\":\"\0\"}") },
	{ BYTES("{\"a\":\"\x1f\"}") }, { BYTES("{\"a\":\"\\x\"}") },
	{ BYTES("{\"a\":\"\\'\"}") }, { BYTES("{\"a\":\"\\0\"}") },
	{ BYTES("{\"a\":\"\\\0\"}") }, { BYTES("{\"a\":\"\\U0041\"}") },
	{ BYTES("{\"a\":\"\\u004\"}") }, { BYTES("{\"a\":\"\\u004g\"}") },
	{ BYTES("{\"a\":\"\\u+041\"}") }, { BYTES("{\"a\":\"\\u 041\"}") },
	{ BYTES("{\"a\":\"\\ud83d\\u00\"}") }, { BYTES("{\"a\":\"\\ud83d\\x\"}") },
	{ BYTES("{\"a\":\"x\"y\"}") }, { BYTES("{\"a\":\"x\" \"y\"}") },
	{ BYTES("{\"a\":\"\\\"}") },
	/* What is not UTF-8. */
	{ BYTES("{\"a\":\"\xe4\"}") }, { BYTES("{\"a\":\"\x80\"}") },
	{ BYTES("{\"a\":\"\xff\"}") }, { BYTES("{\"a\":\"\xc0\xaf\"}") },
	{ BYTES("{\"a\":\"\xc1\xbc\"}") }, { BYTES("{\"a\":\"\xe0\x9f\xbf\"}") },
	{ BYTES("{\"a\":\"\xed\xa0\x80\"}") }, { BYTES("{\"a\":\"\xf0\x8f\xbf\xbf\"}") },
	{ BYTES("{\"a\":\"\xf4\x90\x80\x80\"}") },
	{ BYTES("{\"a\":\"\xf5\x80\x80\x80\"}") }, { BYTES("{\"a\":\"\xe2\x82\"}") },
	{ BYTES("{\"a\":\"\xe2\x82x\"}") }, { BYTES("{\"\xe4\":1}") },
	{ BYTES("\xe4{}") },
	/* Blanks that are none, and comments. */
	{ BYTES("\v{}") }, { BYTES("\f{}") }, { BYTES("\xc2\xa0{}") }, { BYTES("{\0}") },
	{ BYTES("{}//") }, { BYTES("{/**/}") }, { BYTES("#\n{}") },
	/* Twice what is asked for, whatever it is and however it is written. */
	{ BYTES("{\"a\":1,\"a\":1}") }, { BYTES("{\"a\":1,\"b\":2,\"a\":[]}") },
	{ BYTES("{\"a\":{},\"a\":1}") }, { BYTES("{\"a\":1,\"\\u0061\":2}") },
	{ BYTES("{\"a\":1,\"a\":2,\"a\":3}") },
};

START_TEST(no_object)
{
	struct buf out = { 0 };
	double number = 42;

	ck_assert_int_eq(buf_puts(&out, "as it was"), 0);
	ck_assert_msg(look_up(bad[_i].text, bad[_i].n, "a", &out) == -1, "row %d: %s", _i,
	    bad[_i].text);
	ck_assert_int_eq(json_number(bad[_i].text, bad[_i].n, "a", &number), -1);
	ck_assert(number == 42);
	ck_assert_str_eq(buf_str(&out), "as it was");
	buf_free(&out);
}
END_TEST

/* A character in the name of the member is looked up as it is, however it is written. */
static const struct {
	const char	*text, *name;
	int		 rc;
} names[] = {
	{ "{\"gr\xc3\xbc\":1}",		"gr\xc3\xbc",	0 },
	{ "{\"gr\\u00fc\":1}",		"gr\xc3\xbc",	0 },
	{ "{\"\\uD83D\\uDE00\":1}",	"\xf0\x9f\x98\x80", 0 },
	{ "{\"a\\nb\":1}",		"a\nb",		0 },
	{ "{\"a\\\"b\":1}",		"a\"b",		0 },
	{ "{\"\":1}",			"",		0 },
	{ "{\" a\":1}",			"a",		1 },
	{ "{\"a \":1}",			"a",		1 },
	{ "{\"ab\":1}",			"a",		1 },
	{ "{\"a\":1}",			"ab",		1 },
	{ "{\"a\":1}",			"",		1 },
	{ "{\"openid-configuration\":\"https://example.org/\"}",
	    "openid-configuration", 0 },
};

START_TEST(name)
{
	struct buf out = { 0 };

	ck_assert_int_eq(look_up(names[_i].text, strlen(names[_i].text), names[_i].name,
	    &out), names[_i].rc);
	buf_free(&out);
}
END_TEST

static const struct {
	const char	*text;
	int		 rc;
	double		 value;
} numbers[] = {
	{ "{\"a\":0}",			0, 0 },
	{ "{\"a\":-1}",			0, -1 },
	{ "{\"a\":1700000000}",		0, 1700000000 },
	{ "{\"a\":1700000000.75}",	0, 1700000000.75 },
	{ "{\"a\": 5 ,\"b\":6}",	0, 5 },
	{ "{\"a\":\"5\"}",		1, 42 },
	{ "{\"a\":1e5}",		1, 42 },
	{ "{\"a\":1E5}",		1, 42 },
	{ "{\"a\":true}",		1, 42 },
	{ "{\"a\":null}",		1, 42 },
	{ "{\"a\":[5]}",		1, 42 },
	{ "{\"a\":{}}",			1, 42 },
	{ "{\"b\":5}",			1, 42 },
	{ "{}",				1, 42 },
};

START_TEST(number)
{
	double value = 42;

	ck_assert_int_eq(json_number(numbers[_i].text, strlen(numbers[_i].text), "a",
	    &value), numbers[_i].rc);
	ck_assert(value == numbers[_i].value);
}
END_TEST

/* As deep as is allowed, and one deeper: arrays, objects, in front of the member. */
START_TEST(depth)
{
	static const char *const open[] = { "[", "{\"a\":" };
	static const char *const closed[] = { "]", "}" };

	for (int deep = JSON_DEPTH_MAX; deep <= JSON_DEPTH_MAX + 1; deep++) {
		struct buf text = { 0 };

		(void)buf_puts(&text, "{\"b\":");
		for (int i = 2; i < deep; i++)
			(void)buf_puts(&text, open[_i]);
		(void)buf_puts(&text, "{}");
		for (int i = 2; i < deep; i++)
			(void)buf_puts(&text, closed[_i]);
		(void)buf_puts(&text, ",\"a\":1}");
		ck_assert_int_eq(look_up(text.data, text.len, "a", NULL),
		    deep <= JSON_DEPTH_MAX ? 0 : -1);
		buf_free(&text);
	}
}
END_TEST

/* Only what stands within each other counts; and a tower of brackets is no danger. */
START_TEST(breadth_and_tower)
{
	struct buf text = { .max = (size_t)4 << 20 };

	(void)buf_puts(&text, "{\"b\":[");
	for (int i = 0; i < 1000; i++)
		(void)buf_puts(&text, "[{}],");
	(void)buf_puts(&text, "1],\"a\":1}");
	ck_assert_int_eq(look_up(text.data, text.len, "a", NULL), 0);
	buf_reset(&text);
	(void)buf_puts(&text, "{\"a\":");
	for (int i = 0; i < 1000000; i++)
		(void)buf_puts(&text, "[");
	ck_assert_int_eq(look_up(text.data, text.len, "a", NULL), -1);
	buf_free(&text);
}
END_TEST

/* What does not fit is not begun. */
START_TEST(ceiling)
{
	static const char *const texts[] = {
		"{\"a\":\"four\"}", "{\"a\":true}", "{\"a\":1234}",
		"{\"a\":\"\\uD83D\\uDE00\"}",
	};
	struct buf out = { .max = 6 };

	(void)buf_puts(&out, "> ");
	ck_assert_int_eq(json_member(texts[_i], strlen(texts[_i]), "a", &out), 0);
	ck_assert_uint_eq(out.len, 6);
	buf_reset(&out);
	(void)buf_puts(&out, ">> ");
	ck_assert_int_eq(json_member(texts[_i], strlen(texts[_i]), "a", &out), -1);
	ck_assert_str_eq(buf_str(&out), ">> ");
	ck_assert_uint_eq(out.len, 3);
	ck_assert(out.failed);
	buf_free(&out);
}
END_TEST

/* What the writer writes, the reader reads. */
START_TEST(there_and_back)
{
	static const char *const texts[] = {
		"", "plain", "\"quoted\" \\ and /", "a\tb\nc\rd\be\ff", "\x01\x1f\x7f",
		"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "{\"a\":1}", "\\u0041",
	};
	struct buf text = { 0 }, out = { 0 };

	(void)buf_puts(&text, "{\"a\":");
	json_string(&text, texts[_i]);
	(void)buf_puts(&text, "}");
	ck_assert_int_eq(look_up(text.data, text.len, "a", &out), 0);
	ck_assert_str_eq(buf_str(&out), texts[_i]);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, object, 0, LEN(good));
	tcase_add_loop_test(t, no_object, 0, LEN(bad));
	tcase_add_loop_test(t, name, 0, LEN(names));
	tcase_add_loop_test(t, number, 0, LEN(numbers));
	tcase_add_loop_test(t, depth, 0, 2);
	tcase_add_test(t, breadth_and_tower);
	tcase_add_loop_test(t, ceiling, 0, 4);
	tcase_add_loop_test(t, there_and_back, 0, 8);
}
