/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap: text in lines that a terminal of 80 columns shows whole. */

#ifndef BASE_WRAP_H
#define BASE_WRAP_H

#include <stddef.h>

#include "base/buf.h"

#define WRAP_COLUMNS ((size_t)79)

/*
 * Appends text and a line end, the cursor standing at column at. Words go from the column
 * indent on, in as many lines as they need; a blank parts the first from what stands
 * there. A word longer than a line stays whole. Columns are characters of UTF-8.
 */
void	 wrap_text(struct buf *out, const char *text, size_t at, size_t indent);

#endif
