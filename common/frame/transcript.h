/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transcript: the dialogue in a file, safe to paste into a ticket (--transcript). */

#ifndef FRAME_TRANSCRIPT_H
#define FRAME_TRANSCRIPT_H

#include <stdatomic.h>
#include <time.h>

#include "base/diag.h"

extern const struct cause	 transcript_unwritable;

/* Zero is a transcript that nobody asked for. */
struct transcript {
	const char	*path;		/* NULL: none */
	int		 fd;		/* -1 when it could not be opened */
	int64_t		 start;		/* clock_nsec() that the lines count from */
	atomic_int	 error;		/* the first errno; nothing is written after it */
};

/*
 * Creates the file for its owner only, or empties it, and writes the first line: plugin,
 * version, date and target. A symbolic link is followed, for it may lead to /dev/stderr;
 * so the path must not lie where others may create files. It does not wait for the reader
 * of a FIFO; a file system that hangs is the watchdog's. All texts, here and below, are
 * such as text_tame() leaves them.
 */
void	 transcript_open(struct transcript *t, const char *path, const char *plugin,
	    const char *target, time_t now, int64_t start);

/*
 * Writes a line of the dialogue at once and in one piece, so that several threads
 * may call it and a run that hangs leaves what was said so far.
 */
void	 transcript_line(struct transcript *t, char who, const char *line);

/*
 * Writes the last line and closes the file. 0, or the errno of the first thing that did
 * not work since the file was to be opened.
 */
int	 transcript_close(struct transcript *t, const char *last);

#endif
