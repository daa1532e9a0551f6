/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/unit.h"

START_TEST(reads_up_to_the_ceiling)
{
	struct buf text = { .max = 100000 };

	ck_assert_int_eq(file_read("/nonexistent/file", &text, NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(file_read("/", &text, NULL), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_int_eq(file_read("/dev/null", &text, NULL), 0);
	ck_assert_uint_eq(text.len, 0);
	ck_assert_int_eq(file_read("/dev/zero", &text, NULL), -1);
	ck_assert_int_eq(errno, EFBIG);
	buf_free(&text);
}
END_TEST

static const struct {
	mode_t	 mode;
	bool	 exposed;
} modes[] = {
	{ 0600, false }, { 0640, false }, { 0660, false }, { 0604, true }, { 0602, true },
	{ 0644, true }, { 0666, true },
};

START_TEST(tells_who_may_read)
{
	char path[] = "/tmp/test_file.XXXXXX";
	struct buf text = { 0 };
	bool exposed = !modes[_i].exposed;
	int fd = mkstemp(path);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "a\0b", 3), 3);
	ck_assert_int_eq(fchmod(fd, modes[_i].mode), 0);
	ck_assert_int_eq(file_read(path, &text, &exposed), 0);
	ck_assert_int_eq(exposed, modes[_i].exposed);
	ck_assert_uint_eq(text.len, 3);
	ck_assert_mem_eq(text.data, "a\0b", 3);
	(void)close(fd);
	(void)unlink(path);
	buf_free(&text);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, reads_up_to_the_ceiling);
	tcase_add_loop_test(t, tells_who_may_read, 0, LEN(modes));
}
