/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parallel: independent pieces of work, some at once. */

#ifndef WIRE_PARALLEL_H
#define WIRE_PARALLEL_H

#include <stddef.h>

/*
 * Calls work(arg, i) once for every i below n, at most jobs at once and begun in order,
 * and returns when all are done. The calling thread takes its part, and all of it where n
 * or jobs is 1 or no thread can be had. The other threads take no signals: the watchdog's
 * stays where it was.
 */
void	 parallel(size_t n, size_t jobs, void (*work)(void *arg, size_t i), void *arg);

#endif
