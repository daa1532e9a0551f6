/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diary: what was said in a case, and what was not as expected. Several threads write it.
 */

#ifndef PEER_DIARY_H
#define PEER_DIARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"

struct diary {
	pthread_mutex_t	 lock;
	int64_t		 start;		/* of clock_nsec() */
	bool		 loud;		/* failures go to stderr at once (peer serve) */
	struct buf	 talk;		/* the dialogue, a line each */
	struct buf	 wrong;		/* failures, parted by "; " */
	struct list	 asked;		/* "mail.test A", "DNS2 mail.test A" */
};

void	 diary_init(struct diary *d);
void	 diary_free(struct diary *d);

/* Something was said: who is "S", "C", "DNS", ... */
void	 diary_talk(struct diary *d, const char *who, const char *bytes, size_t n);
void	 diary_note(struct diary *d, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* The case has failed. */
void	 diary_fail(struct diary *d, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* A name server was asked something. */
void	 diary_asked(struct diary *d, const char *server, const char *question);

#endif
