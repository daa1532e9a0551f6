/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines: a file of lines that people write, taken apart in place. Pure. */

#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stddef.h>

#include "base/buf.h"

struct lines {
	char		*next, *end;
	unsigned	 number;	/* of the line taken last, from 1 */
};

/*
 * Begins with n bytes and a NUL, which have to live as long as the lines are used. A byte
 * order mark in front is passed over.
 */
struct lines	 lines_begin(char *bytes, size_t n);

/*
 * Takes the next line, without its end, DOS line ends too. 1 when there was one; 0 at the
 * end; -1 with a sentence in why when it holds a NUL byte.
 */
int		 lines_next(struct lines *l, char **line, struct buf *why);

#endif
