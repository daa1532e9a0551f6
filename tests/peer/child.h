/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: the plugin under test as a process, its output and its time. */

#ifndef PEER_CHILD_H
#define PEER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/list.h"

struct child {
	pid_t		 pid;
	int		 out_fd, err_fd;
	int64_t		 start;		/* of clock_nsec() */
	struct buf	 out, err;	/* what it wrote */
	int		 status;	/* of waitpid(2) */
	double		 seconds;	/* from its start to its end */
	bool		 tty;		/* stdout is a terminal */
	bool		 stuck;		/* it had to be killed */
	bool		 flooded;	/* it wrote more than anyone would read */
};

/*
 * Starts a program in a directory, with this environment only and nothing on stdin.
 * Its stdout is a pipe, or a terminal of 80 columns whose CR LF is taken for LF.
 */
void	 child_start(struct child *c, const struct list *argv, const struct list *env,
	    const char *dir, bool tty);

/*
 * Takes its output and waits for its end, for so many seconds at most; then it is killed.
 */
void	 child_wait(struct child *c, double limit_s);
void	 child_free(struct child *c);

#endif
