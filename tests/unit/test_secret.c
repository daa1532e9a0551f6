/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/secret.h"
#include "unit/unit.h"

#define ROOM 16384	/* octets of the longest secret */

static const struct metric no_metrics[] = { { 0 } };

/* One run: a verdict, and a file in a directory of its own. */
static struct verdict verdict;
static struct diag diag;
static struct buf got;
static char path[64];

static void
begin(void)
{
	ck_assert_int_eq(verdict_init(&verdict, "TEST", no_metrics), 0);
	(void)snprintf(path, sizeof(path), "/tmp/test_secret.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	(void)strncat(path, "/secret", sizeof(path) - strlen(path) - 1);
}

static void
write_file(const char *bytes, size_t n, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void
end(void)
{
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(rmdir(path), 0);
	verdict_free(&verdict);
	buf_wipe(&got);
}

static int
load_file(void)
{
	const struct secret_conf conf = { NULL, path, NULL };

	return secret_load(&conf, "password", &got, &verdict, &diag);
}

#define BYTES(text) text, sizeof(text) - 1
#define NOT_ONE_LINE " is not one line, or holds control characters"

static const struct {
	const char	*name, *bytes;
	size_t		 n;
	const char	*secret;	/* NULL: refused */
	const char	*why;
} files[] = {
	{ "no line end", BYTES("s3cret"), "s3cret", NULL },
	{ "LF", BYTES("s3cret\n"), "s3cret", NULL },
	{ "CR LF", BYTES("s3cret\r\n"), "s3cret", NULL },
	{ "blanks are kept", BYTES(" a b \n"), " a b ", NULL },
	{ "UTF-8", BYTES("gr\xc3\xbc\xc3\x9f" "e\n"), "gr\xc3\xbc\xc3\x9f" "e", NULL },
	{ "Latin-1", BYTES("\xfc\n"), "\xfc", NULL },
	{ "one letter", BYTES("x"), "x", NULL },
	{ "empty", BYTES(""), NULL, " is empty" },
	{ "only LF", BYTES("\n"), NULL, " is empty" },
	{ "only CR LF", BYTES("\r\n"), NULL, " is empty" },
	{ "two lines", BYTES("s3cret\nmore\n"), NULL, NOT_ONE_LINE },
	{ "empty second line", BYTES("s3cret\n\n"), NULL, NOT_ONE_LINE },
	{ "empty first line", BYTES("\ns3cret\n"), NULL, NOT_ONE_LINE },
	{ "two CR LF", BYTES("s3cret\r\n\r\n"), NULL, NOT_ONE_LINE },
	{ "two CR", BYTES("s3cret\r\r\n"), NULL, NOT_ONE_LINE },
	{ "CR within", BYTES("s3\rcret\n"), NULL, NOT_ONE_LINE },
	{ "tab", BYTES("s3\tcret\n"), NULL, NOT_ONE_LINE },
	{ "escape", BYTES("\x1b[A\n"), NULL, NOT_ONE_LINE },
	{ "DEL", BYTES("s3cret\x7f\n"), NULL, NOT_ONE_LINE },
	{ "NUL within", BYTES("s3\0cret\n"), NULL, NOT_ONE_LINE },
	{ "NUL behind", BYTES("s3cret\0"), NULL, NOT_ONE_LINE },
	{ "NUL alone", BYTES("\0"), NULL, NOT_ONE_LINE },
};

START_TEST(from_file)
{
	begin();
	write_file(files[_i].bytes, files[_i].n, 0600);
	ck_assert_msg(load_file() == (files[_i].secret != NULL ? 0 : -1), "%s: %s",
	    files[_i].name, diag.text);
	if (files[_i].secret != NULL) {
		ck_assert_str_eq(buf_str(&got), files[_i].secret);
		ck_assert_uint_eq(got.len, strlen(files[_i].secret));
		ck_assert(!diag_failed(&diag));
	} else {
		ck_assert_ptr_eq(diag.cause, &secret_missing);
		ck_assert_str_eq(diag.stage, "password");
		ck_assert_ptr_nonnull(strstr(diag.text, path));
		ck_assert_ptr_nonnull(strstr(diag.text, files[_i].why));
	}
	ck_assert_uint_eq(verdict.nfindings, 0);
	end();
}
END_TEST

static const struct {
	mode_t	 mode;
	bool	 exposed;
} modes[] = {
	{ 0600, false }, { 0400, false }, { 0640, false }, { 0660, false },
	{ 0601, false },
	{ 0644, true }, { 0604, true }, { 0602, true }, { 0666, true },
};

/* Who may read a password is a finding, and the password is loaded all the same. */
START_TEST(exposed)
{
	begin();
	write_file("s3cret\n", 7, modes[_i].mode);
	ck_assert_int_eq(load_file(), 0);
	ck_assert_str_eq(buf_str(&got), "s3cret");
	ck_assert_uint_eq(verdict.nfindings, modes[_i].exposed ? 1 : 0);
	if (modes[_i].exposed) {
		ck_assert_ptr_eq(verdict.findings[0].cause, &secret_exposed);
		ck_assert_int_eq(verdict_state(&verdict), STATE_WARNING);
		ck_assert_ptr_nonnull(strstr(verdict.findings[0].text, path));
		ck_assert_ptr_null(strstr(verdict.findings[0].text, "s3cret"));
	}
	end();
}
END_TEST

static const struct {
	size_t	 n;		/* octets of the file */
	int	 rc;
} sizes[] = { { ROOM - 1, 0 }, { ROOM, 0 }, { ROOM + 1, -1 }, { 4 * ROOM, -1 } };

START_TEST(too_long)
{
	char *bytes = malloc(sizes[_i].n);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'x', sizes[_i].n);
	begin();
	write_file(bytes, sizes[_i].n, 0600);
	ck_assert_int_eq(load_file(), sizes[_i].rc);
	if (sizes[_i].rc == 0) {
		ck_assert_uint_eq(got.len, sizes[_i].n);
	} else {
		ck_assert_ptr_eq(diag.cause, &secret_missing);
		ck_assert_ptr_nonnull(strstr(diag.text, "File too large"));
	}
	free(bytes);
	end();
}
END_TEST

START_TEST(missing)
{
	begin();
	ck_assert_int_eq(load_file(), -1);
	ck_assert_ptr_eq(diag.cause, &secret_missing);
	ck_assert_ptr_nonnull(strstr(diag.text, path));
	ck_assert_ptr_nonnull(strstr(diag.text, "No such file or directory"));
	ck_assert_str_eq(buf_str(&got), "");
	end();
}
END_TEST

START_TEST(a_directory)
{
	const struct secret_conf conf = { NULL, path, NULL };
	char *slash;

	begin();
	slash = strrchr(path, '/');
	*slash = '\0';
	ck_assert_int_eq(secret_load(&conf, "password", &got, &verdict, &diag), -1);
	*slash = '/';
	ck_assert_ptr_eq(diag.cause, &secret_missing);
	ck_assert_ptr_nonnull(strstr(diag.text, "Is a directory"));
	end();
}
END_TEST

/* Root may read everything: it becomes somebody else for the while. */
START_TEST(unreadable)
{
	uid_t uid = geteuid();

	begin();
	write_file("s3cret\n", 7, 0000);
	ck_assert_int_eq(seteuid(uid == 0 ? 65534 : uid), 0);
	ck_assert_int_eq(load_file(), -1);
	ck_assert_int_eq(seteuid(uid), 0);
	ck_assert_ptr_eq(diag.cause, &secret_missing);
	ck_assert_ptr_nonnull(strstr(diag.text, "Permission denied"));
	end();
}
END_TEST

static const struct {
	const char	*value;		/* of the variable; NULL: unset */
	int		 rc;
	const char	*why;
} variables[] = {
	{ "s3cret", 0, NULL },
	{ " a b ", 0, NULL },
	{ NULL, -1, "the environment has no variable of the name given" },
	{ "", -1, " is empty" },
	{ "s3cret\n", -1, NOT_ONE_LINE },
	{ "s3\tcret", -1, NOT_ONE_LINE },
};

START_TEST(from_environment)
{
	const struct secret_conf conf = { NULL, NULL, "TEST_SECRET" };

	begin();
	if (variables[_i].value != NULL)
		ck_assert_int_eq(setenv("TEST_SECRET", variables[_i].value, 1), 0);
	ck_assert_int_eq(secret_load(&conf, "password", &got, &verdict, &diag),
	    variables[_i].rc);
	if (variables[_i].rc == 0) {
		ck_assert_str_eq(buf_str(&got), variables[_i].value);
	} else {
		ck_assert_ptr_eq(diag.cause, &secret_missing);
		ck_assert_ptr_nonnull(strstr(diag.text, variables[_i].why));
	}
	end();
}
END_TEST

START_TEST(long_variable)
{
	const struct secret_conf conf = { NULL, NULL, "TEST_SECRET" };
	char *value = malloc(ROOM + 2);

	ck_assert_ptr_nonnull(value);
	memset(value, 'x', ROOM + 1);
	value[ROOM + 1] = '\0';
	begin();
	ck_assert_int_eq(setenv("TEST_SECRET", value, 1), 0);
	ck_assert_int_eq(secret_load(&conf, "password", &got, &verdict, &diag), -1);
	ck_assert_str_eq(diag.text, "the password is longer than 16384 octets");
	free(value);
	end();
}
END_TEST

static const struct {
	const char	*password;
	bool		 file;
	const char	*env, *secret;
} several[] = {
	{ NULL, false, NULL, "" },		/* none is asked for, none is missed */
	{ "typed", false, NULL, "typed" },
	{ "typed", false, "TEST_SECRET", "exported" },
	{ "typed", true, "TEST_SECRET", "filed" },
	{ "typed", true, NULL, "filed" },
	{ NULL, true, "TEST_SECRET", "filed" },
};

START_TEST(precedence)
{
	char password[] = "typed", env[] = "TEST_SECRET";
	const struct secret_conf conf = {
		several[_i].password != NULL ? password : NULL,
		several[_i].file ? path : NULL,
		several[_i].env != NULL ? env : NULL,
	};

	begin();
	write_file("filed\n", 6, 0600);
	ck_assert_int_eq(setenv("TEST_SECRET", "exported", 1), 0);
	ck_assert_int_eq(secret_load(&conf, "password", &got, &verdict, &diag), 0);
	ck_assert_str_eq(buf_str(&got), several[_i].secret);
	end();
}
END_TEST

START_TEST(typed_with_a_control_character)
{
	char password[] = "a\r\nQUIT";
	const struct secret_conf conf = { password, NULL, NULL };

	begin();
	ck_assert_int_eq(secret_load(&conf, "password", &got, &verdict, &diag), -1);
	ck_assert_str_eq(diag.text, "the password" NOT_ONE_LINE);
	end();
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, from_file, 0, LEN(files));
	tcase_add_loop_test(t, exposed, 0, LEN(modes));
	tcase_add_loop_test(t, too_long, 0, LEN(sizes));
	tcase_add_test(t, missing);
	tcase_add_test(t, a_directory);
	tcase_add_test(t, unreadable);
	tcase_add_loop_test(t, from_environment, 0, LEN(variables));
	tcase_add_test(t, long_variable);
	tcase_add_loop_test(t, precedence, 0, LEN(several));
	tcase_add_test(t, typed_with_a_control_character);
}
