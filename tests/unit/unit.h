/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit: what every unit test file shares. It defines tests(); main() is in unit.c. */

#ifndef UNIT_H
#define UNIT_H

#include <check.h>

#include "base/text.h"

/* Adds the file's tests: tcase_add_test(), tcase_add_loop_test(t, f, 0, LEN(table)). */
void	 tests(TCase *t);

/* Removes a directory that a test made, with all that is in it. */
void	 unit_remove(const char *dir);

#endif
