/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/ini.h"
#include "unit/unit.h"

/* Writes down what it is told; refuses the key "bad". */
static int
note(void *arg, const char *key, const char *value, struct buf *why)
{
	struct buf *told = arg;

	if (strcmp(key, "bad") == 0) {
		(void)buf_puts(why, "refused");
		return -1;
	}
	(void)buf_addf(told, "<%s", key);
	if (value != NULL)
		(void)buf_addf(told, "=%s", value);
	(void)buf_puts(told, ">");
	return 0;
}

#define CASE(text) text, sizeof(text) - 1

static const struct {
	const char	*name;
	const char	*bytes;
	size_t		 n;
	const char	*told;
	const char	*why;	/* NULL: there is nothing to complain about */
} cases[] = {
	{ "one", CASE("[a]\nuser=alice\n"), "<user=alice>", NULL },
	{ "several", CASE("[a]\nuser=alice\nport=25\n"), "<user=alice><port=25>", NULL },
	{ "no final newline", CASE("[a]\nuser=alice"), "<user=alice>", NULL },
	{ "heading alone", CASE("[a]"), "", NULL },
	{ "other sections", CASE("[b]\nx=1\n[a]\ny=2\n[c]\nz=3\n"), "<y=2>", NULL },
	{ "the same twice", CASE("[a]\nx=1\n[b]\ny=2\n[a]\nz=3\n"), "<x=1><z=3>", NULL },
	{ "ahead of sections", CASE("x=1\n[a]\ny=2\n"), "<y=2>", NULL },
	{ "case of a section", CASE("[A]\nx=1\n[a]\ny=2\n"), "<y=2>", NULL },
	{ "longer section", CASE("[ab]\nx=1\n[a]\ny=2\n"), "<y=2>", NULL },
	{ "blanks in heading", CASE("[ a ]\nx=1\n[\ta]\ny=2\n"), "<x=1><y=2>", NULL },
	{ "blanks before heading", CASE("  [a]  \nx=1\n"), "<x=1>", NULL },
	{ "comments", CASE("; c\n[a]\n# c\nx=1\n  ; c\n\t# c\n"), "<x=1>", NULL },
	{ "nonsense in comments", CASE("#[b\n[a]\n;=1\nx=1\n"), "<x=1>", NULL },
	{ "empty lines", CASE("\n\n[a]\n\n  \n\t\nx=1\n\n"), "<x=1>", NULL },
	{ "blanks", CASE("[a]\n \tx \t = \t1 2\t \n"), "<x=1 2>", NULL },
	{ "DOS", CASE("[a]\r\nx=1\r\n\r\n; c\r\ny=\r\nz\r\n"), "<x=1><y><z>", NULL },
	{ "CR within", CASE("[a]\nx=1\r2\r\r\n"), "<x=1\r2>", NULL },
	{ "key alone", CASE("[a]\nverbose\n"), "<verbose>", NULL },
	{ "key without value", CASE("[a]\nx=\ny = \n"), "<x><y>", NULL },
	{ "equals in value", CASE("[a]\nx=a=b==\ny==\n"), "<x=a=b==><y==>", NULL },
	{ "comment signs in value", CASE("[a]\nx=a;b #c\n"), "<x=a;b #c>", NULL },
	{ "quotes are kept", CASE("[a]\nx=\"1\"\n"), "<x=\"1\">", NULL },
	{ "bracket in value", CASE("[a]\nx=[b]\ny=1\n"), "<x=[b]><y=1>", NULL },
	{ "UTF-8", CASE("[a]\nx=gr\xc3\xbc\xc3\x9f" "e\n"), "<x=gr\xc3\xbc\xc3\x9f" "e>",
	    NULL },
	{ "empty file", CASE(""), "", "there is no section [a]" },
	{ "only others", CASE("[b]\nx=1\n"), "", "there is no section [a]" },
	{ "heading in a comment", CASE("#[a]\nx=1\n"), "", "there is no section [a]" },
	{ "broken heading", CASE("[a]\nx=1\n[broken\ny=2\n"), "<x=1>",
	    "line 3 is neither [section] nor key=value" },
	{ "behind a heading", CASE("[a] x\n"), "",
	    "line 1 is neither [section] nor key=value" },
	{ "lone bracket", CASE("\n[\n"), "",
	    "line 2 is neither [section] nor key=value" },
	{ "value alone", CASE("[a]\n=secret\n"), "",
	    "line 2 is neither [section] nor key=value" },
	{ "blank key", CASE("[a]\n\t = secret\n"), "",
	    "line 2 is neither [section] nor key=value" },
	{ "CR as key", CASE("[a]\n\r = secret\n"), "",
	    "line 2 is neither [section] nor key=value" },
	{ "nonsense elsewhere", CASE("[b]\n=x\n[a]\ny=1\n"), "",
	    "line 2 is neither [section] nor key=value" },
	{ "NUL", CASE("[a]\nx=1\0" "2\n"), "", "line 2 is too long or holds a NUL" },
	{ "NUL elsewhere", CASE("[a]\nx=1\n[b]\n\0\n"), "<x=1>",
	    "line 4 is too long or holds a NUL" },
	{ "the sink stops", CASE("[a]\nx=1\nbad=secret\ny=2\n"), "<x=1>",
	    "refused (line 3)" },
	{ "the sink is not asked", CASE("[b]\nbad\n[a]\ny=2\n"), "<y=2>", NULL },
};

/* The file's bytes without a NUL behind them, for AddressSanitizer. */
START_TEST(parse)
{
	struct buf told = { 0 }, why = { 0 };
	const struct ini_sink sink = { note, &told };
	char *bytes = malloc(cases[_i].n > 0 ? cases[_i].n : 1);
	int rc;

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, cases[_i].bytes, cases[_i].n);
	rc = ini_parse(bytes, cases[_i].n, "a", &sink, &why);
	ck_assert_msg(rc == (cases[_i].why == NULL ? 0 : -1), "%s: %s", cases[_i].name,
	    buf_str(&why));
	ck_assert_str_eq(buf_str(&told), cases[_i].told);
	ck_assert_str_eq(buf_str(&why), cases[_i].why != NULL ? cases[_i].why : "");
	free(bytes);
	buf_free(&told);
	buf_free(&why);
}
END_TEST

/* 4096 octets do not fit a line, 4095 do. */
START_TEST(long_line)
{
	struct buf file = { 0 }, told = { 0 }, why = { 0 };
	const struct ini_sink sink = { note, &told };
	size_t n = 4094 + (size_t)_i;	/* of the line */

	(void)buf_puts(&file, "[a]\nx=");
	for (size_t i = 2; i < n; i++)
		(void)buf_puts(&file, "v");
	(void)buf_puts(&file, "\ny=2\n");
	if (n < 4096) {
		ck_assert_int_eq(ini_parse(file.data, file.len, "a", &sink, &why), 0);
		ck_assert_uint_eq(told.len, n + strlen("<><y=2>"));
	} else {
		ck_assert_int_eq(ini_parse(file.data, file.len, "a", &sink, &why), -1);
		ck_assert_str_eq(buf_str(&why), "line 2 is too long or holds a NUL");
		ck_assert_uint_eq(told.len, 0);
	}
	buf_free(&file);
	buf_free(&told);
	buf_free(&why);
}
END_TEST

/* A file for a test, in a directory of its own. */
static char path[64];

static void
write_file(const char *text, mode_t mode)
{
	FILE *f;

	(void)snprintf(path, sizeof(path), "/tmp/test_ini.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	(void)snprintf(path + strlen(path), sizeof(path) - strlen(path), "/x@y.ini");
	ck_assert_ptr_nonnull(f = fopen(path, "w"));
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void
remove_file(void)
{
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(rmdir(path), 0);
}

static const struct {
	const char	*section;	/* before the @; NULL: by MP_CONFIG_FILE alone */
	mode_t		 mode;
	const char	*told;
	bool		 exposed;
} loads[] = {
	{ "a", 0600, "<x=1>", false },
	{ "b", 0600, "<y=2>", false },
	{ "", 0600, "<z=3>", false },
	{ NULL, 0600, "<z=3>", false },
	{ "a", 0640, "<x=1>", false },
	{ "a", 0660, "<x=1>", false },
	{ "a", 0644, "<x=1>", true },
	{ "a", 0604, "<x=1>", true },
	{ "a", 0602, "<x=1>", true },
	{ "a", 0601, "<x=1>", false },
};

START_TEST(load)
{
	struct buf told = { 0 }, where = { 0 }, got = { 0 }, why = { 0 };
	const struct ini_sink sink = { note, &told };
	bool exposed = !loads[_i].exposed;
	int rc;

	write_file("[a]\nx=1\n[b]\ny=2\n[check_x]\nz=3\n", loads[_i].mode);
	ck_assert_int_eq(setenv("MP_CONFIG_FILE", path, 1), 0);
	if (loads[_i].section != NULL)
		(void)buf_addf(&where, "%s@%s", loads[_i].section, path);
	rc = ini_load(loads[_i].section != NULL ? buf_str(&where) : NULL, "check_x",
	    &sink, &got, &exposed, &why);
	ck_assert_msg(rc == 0, "%s", buf_str(&why));
	ck_assert_str_eq(buf_str(&told), loads[_i].told);
	ck_assert_str_eq(buf_str(&got), path);
	ck_assert_int_eq(exposed, loads[_i].exposed);
	remove_file();
	buf_free(&told);
	buf_free(&where);
	buf_free(&got);
	buf_free(&why);
}
END_TEST

START_TEST(section_in_the_default_file)
{
	struct buf told = { 0 }, got = { 0 }, why = { 0 };
	const struct ini_sink sink = { note, &told };
	bool exposed = true;

	write_file("[a]\nx=1\n[b]\ny=2\n", 0600);
	ck_assert_int_eq(setenv("MP_CONFIG_FILE", path, 1), 0);
	ck_assert_int_eq(ini_load("b", "check_x", &sink, &got, &exposed, &why), 0);
	ck_assert_str_eq(buf_str(&told), "<y=2>");
	remove_file();
	buf_free(&told);
	buf_free(&got);
	buf_free(&why);
}
END_TEST

static const struct {
	const char	*where, *why;
} failures[] = {
	{ "a@/nowhere/x.ini",
	    "/nowhere/x.ini: cannot be read: No such file or directory" },
	{ "a@/", "/: cannot be read: Is a directory" },
	{ "a@", ": cannot be read: No such file or directory" },
	{ "a@/dev/null", "/dev/null: there is no section [a]" },
	{ "@/dev/null", "/dev/null: there is no section [check_x]" },
};

START_TEST(failure)
{
	struct buf told = { 0 }, got = { 0 }, why = { 0 };
	const struct ini_sink sink = { note, &told };
	bool exposed = false;

	ck_assert_int_eq(ini_load(failures[_i].where, "check_x", &sink, &got, &exposed,
	    &why), -1);
	ck_assert_str_eq(buf_str(&why), failures[_i].why);
	ck_assert_uint_eq(told.len, 0);
	buf_free(&told);
	buf_free(&got);
	buf_free(&why);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, parse, 0, LEN(cases));
	tcase_add_loop_test(t, long_line, 0, 4);
	tcase_add_loop_test(t, load, 0, LEN(loads));
	tcase_add_test(t, section_in_the_default_file);
	tcase_add_loop_test(t, failure, 0, LEN(failures));
}
