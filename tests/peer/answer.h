/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: what a fake name server says to a question, by what its zone holds. */

#ifndef PEER_ANSWER_H
#define PEER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "peer/words.h"
#include "peer/zone.h"

/* A bad message. */
struct forgery {
	struct buf	 wire;
	bool		 elsewhere;	/* it comes from another port */
};

/* Everything about the answer to one question. */
struct answer {
	char		 question[600];	/* "mail.test A" */
	unsigned	 odd;
	long		 late_ms;
	struct buf	 wire;		/* the good message */
	struct forgery	*before;	/* those that go before it, over UDP */
	size_t		 nbefore;
};

/* -1 when the bytes are no question. Free with answer_free() in either case. */
int	 answer_make(struct answer *a, const struct zone *zone, const struct vars *vars,
	    const void *wire, size_t n, bool udp);
void	 answer_free(struct answer *a);

#endif
