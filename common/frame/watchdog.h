/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watchdog: the end of a process that hangs where no deadline reaches, such as a dead
 * file system. One per process.
 */

#ifndef FRAME_WATCHDOG_H
#define FRAME_WATCHDOG_H

#include "base/buf.h"
#include "base/deadline.h"

#define WATCHDOG_WORDS ((size_t)16 * 1024)	/* it can keep so many bytes */

/*
 * A quarter of a second after the deadline the process prints these words (cut at
 * WATCHDOG_WORDS) and ends with the exit code. Arming it again replaces what was set.
 */
void	 watchdog_arm(struct deadline by, const struct buf *words, int code);

/*
 * From here on the process writes words of its own, and the watchdog's must not
 * follow them. It has until the deadline for it, but a second at least; then it
 * ends with STATE_UNKNOWN.
 */
void	 watchdog_finish(struct deadline by);

#endif
