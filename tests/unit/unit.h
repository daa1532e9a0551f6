/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit: what every unit test file shares. It defines tests(); main() is in unit.c. */

#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdbool.h>

#include "base/text.h"

/* Adds the file's tests: tcase_add_test(), tcase_add_loop_test(t, f, 0, LEN(table)). */
void	 tests(TCase *t);

/*
 * What has to be so in a process that a test forks: check's own assertions write to the
 * pipe of the test at the same time as the test does, and garble it.
 */
void	 unit_must(bool so);

/* Removes a directory that a test made, with all that is in it. */
void	 unit_remove(const char *dir);

#endif
