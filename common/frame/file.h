/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file: whole small files, such as secrets and ini files. */

#ifndef FRAME_FILE_H
#define FRAME_FILE_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Reads a file up to the buffer's ceiling. *exposed says whether others than its owner and
 * group may read or write it. -1 with a sentence (without the name) in why.
 */
int	 file_read(const char *path, struct buf *bytes, bool *exposed, struct buf *why);

#endif
