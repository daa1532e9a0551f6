/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone: what a fake name server knows, and the answer it gives to a question. */

#ifndef PEER_ZONE_H
#define PEER_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "peer/words.h"

/* What may be odd about an answer. */
enum {
	ODD_SILENT	= 1 << 0,
	ODD_TRUNCATED	= 1 << 1,	/* over UDP */
	ODD_GARBAGE	= 1 << 2,	/* these send a bad message first */
	ODD_WRONG_ID	= 1 << 3,
	ODD_WRONG_NAME	= 1 << 4,
	ODD_EMPTY	= 1 << 5,
	ODD_AUTHENTIC	= 1 << 6,	/* the AD bit */
	ODD_LAME	= 1 << 7,	/* a referral to nowhere */
};

/* One "dns" line of a case. */
struct fact {
	char		*name;		/* without the last dot, or "*" */
	int		 type;		/* 0: any */
	char		*data;		/* as in a zone file; NULL: none */
	int		 rcode;		/* when there is no data */
	unsigned	 odd;
	uint32_t	 ttl;
	long		 late_ms;
};

struct zone {
	struct fact	*v;
	size_t		 n;
};

/* Reads "[-ttl N] [-late MS] [-ad] NAME TYPE VALUE" (text may be changed). */
int	 zone_add(struct zone *zone, char *text, struct buf *why);
void	 zone_free(struct zone *zone);

/* Everything about the answer to one question. */
struct answer {
	char		 question[600];	/* "mail.test A" */
	unsigned	 odd;
	long		 late_ms;
	struct buf	 wire;		/* the good message */
	struct buf	 bad;		/* the message that goes before it, if any */
};

/* -1 when the bytes are no question. Free with answer_free() in either case. */
int	 zone_answer(const struct zone *zone, const struct vars *vars, const void *wire,
	    size_t n, bool udp, struct answer *a);
void	 answer_free(struct answer *a);

#endif
