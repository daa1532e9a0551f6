/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit/unit.h"

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
unit_remove(const char *dir)
{
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
unit_must(bool so)
{
	if (!so)
		abort();
}

int
main(void)
{
	Suite *suite = suite_create(program_invocation_short_name);
	TCase *t = tcase_create("all");
	SRunner *runner;
	int run, failed;

	tests(t);
	tcase_set_timeout(t, 20);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_SILENT);
	srunner_print(runner, CK_NORMAL);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	printf("%s: %d passed, %d failed, 0 skipped\n", program_invocation_short_name,
	    run - failed, failed);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
