/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file: whole small files, such as secrets, ini files and the hosts file. */

#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Reads a file up to the buffer's ceiling. *exposed (may be NULL) says whether others
 * than its owner and group may read or change it. -1 with the reason in errno, EFBIG for
 * a file above the ceiling; the buffer may then hold a part of it.
 */
int	 file_read(const char *path, struct buf *bytes, bool *exposed);

/* May others than its owner and group read or change the file? No when there is none. */
bool	 file_is_exposed(const char *path);

#endif
