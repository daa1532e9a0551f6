/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch: the directory of one run, and the files in it. */

#ifndef PEER_SCRATCH_H
#define PEER_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

/* Makes a directory below TMPDIR that is removed when this very process exits. */
const char	*scratch_make(void);

/* Removes it at once, for those who leave without exit(3). */
void		 scratch_remove(void);

/* Makes the directory and those above it (0700), as far as they do not exist. */
void		 dir_make(const char *path);

/*
 * Writes a file of that mode, its time of change so many seconds ago; makes its
 * directories.
 */
void		 file_write(const char *path, mode_t mode, double age_s,
		    const char *bytes, size_t n);

#endif
