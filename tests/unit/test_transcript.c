/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/file.h"
#include "frame/transcript.h"
#include "unit/unit.h"

/* What was written, line by line, without the seconds. */
static const char *const wanted[] = {
	"check_test " VERSION ", 2001-09-09 01:46:40 UTC, mx.test:25",
	"S: 220 mx", "*: what happened", "the verdict",
};

START_TEST(written)
{
	char path[] = "/tmp/test_transcript.XXXXXX";
	struct transcript t = { 0 };
	struct buf text = { 0 };
	struct stat st;
	char *line, *rest;

	ck_assert_int_ne(close(mkstemp(path)), -1);
	ck_assert_int_eq(unlink(path), 0);
	transcript_open(&t, path, "check_test", "mx.test:25", 1000000000, clock_nsec());
	transcript_line(&t, 'S', "220 mx");
	transcript_line(&t, '*', "what happened");
	ck_assert_int_eq(transcript_close(&t, "the verdict"), 0);
	transcript_line(&t, 'S', "too late");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(file_read(path, &text, NULL), 0);
	ck_assert_ptr_nonnull(rest = text.data);
	for (size_t i = 0; i < LEN(wanted); i++) {
		ck_assert_ptr_nonnull(line = strsep(&rest, "\n"));
		line += strspn(line, " 0123456789.") == 9 ? 9 : 0;
		ck_assert_str_eq(line, wanted[i]);
	}
	ck_assert_str_eq(rest, "");
	buf_free(&text);
	(void)unlink(path);
}
END_TEST

static const struct {
	const char	*path;
	int		 error;
} unwritable[] = {
	{ "/no/such/folder", ENOENT }, { "/", EISDIR }, { "/dev/full", ENOSPC },
};

START_TEST(errors)
{
	struct transcript t = { 0 };

	transcript_open(&t, unwritable[_i].path, "check_test", "", 0, 0);
	transcript_line(&t, 'S', "220 mx");
	ck_assert_int_eq(transcript_close(&t, "the verdict"), unwritable[_i].error);
}
END_TEST

START_TEST(nobody_asked)
{
	struct transcript t = { 0 };

	transcript_line(&t, 'S', "220 mx");
	ck_assert_int_eq(transcript_close(&t, "the verdict"), 0);
}
END_TEST

enum { THREADS = 4, LINES = 100, LENGTH = 2000 };

static void *
talk(void *arg)
{
	static atomic_int who;
	char line[LENGTH + 1];

	memset(line, 'a' + who++, LENGTH);
	line[LENGTH] = '\0';
	for (int i = 0; i < LINES; i++)
		transcript_line(arg, 'S', line);
	return NULL;
}

/* No line is torn: each is of one thread's letter, to its end. */
START_TEST(threads)
{
	char path[] = "/tmp/test_transcript.XXXXXX";
	struct transcript t = { 0 };
	struct buf text = { .max = (size_t)THREADS * LINES * (LENGTH + 20) + 100 };
	pthread_t thread[THREADS];
	size_t lines = 0;

	ck_assert_int_ne(close(mkstemp(path)), -1);
	transcript_open(&t, path, "check_test", "", 0, clock_nsec());
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, talk, &t), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
	ck_assert_int_eq(transcript_close(&t, "end"), 0);
	ck_assert_int_eq(file_read(path, &text, NULL), 0);
	for (char *p = strchr(text.data, '\n') + 1; strcmp(p, "end\n") != 0; lines++) {
		ck_assert_ptr_nonnull(p = strchr(p, ':'));
		p += 2;
		ck_assert_int_eq(memcmp(p, p + 1, LENGTH - 1), 0);
		ck_assert_int_eq(p[LENGTH], '\n');
		p += LENGTH + 1;
	}
	ck_assert_uint_eq(lines, (size_t)THREADS * LINES);
	buf_free(&text);
	(void)unlink(path);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, written);
	tcase_add_loop_test(t, errors, 0, LEN(unwritable));
	tcase_add_test(t, nobody_asked);
	tcase_add_test(t, threads);
}
