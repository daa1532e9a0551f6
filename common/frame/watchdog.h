/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watchdog: the end of a process that hangs where no deadline reaches, such as a dead file
 * system. One per process.
 */

#ifndef FRAME_WATCHDOG_H
#define FRAME_WATCHDOG_H

#include "base/buf.h"
#include "base/deadline.h"

/*
 * A quarter of a second after the deadline the process prints these words (cut at 4 KiB) and
 * ends with the exit code. Arming it again replaces what was set.
 */
void	 watchdog_arm(struct deadline by, const struct buf *words, int code);

/*
 * From here on the process writes words of its own and must not be interrupted by others: it
 * has a second for it, after which it dies of the signal.
 */
void	 watchdog_last_second(void);

#endif
