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
	ODD_LAME	= 1 << 7,	/* in charge of nothing: no answer, no word why */
	ODD_REFERRAL	= 1 << 8,	/* the same, and it names other servers */
	ODD_NO_AA	= 1 << 9,	/* not in charge, whatever it says */
	ODD_BOGUS	= 1 << 10,	/* SERVFAIL to who does not set CD */
	ODD_NO_EDNS	= 1 << 11,	/* silent to who has an OPT record */
	ODD_OLD		= 1 << 12,	/* FORMERR to it */
	ODD_TCP_CLOSE	= 1 << 13,	/* over TCP: closes, */
	ODD_TCP_SILENT	= 1 << 14,	/* says nothing, */
	ODD_TCP_GARBAGE	= 1 << 15,	/* talks nonsense, */
	ODD_TCP_CUT	= 1 << 16,	/* closes in the middle of the answer */
	ODD_WRONG_TYPE	= 1 << 17,	/* these, too, send a bad message first */
	ODD_WRONG_CLASS	= 1 << 18,
	ODD_NO_QR	= 1 << 19,
	ODD_OPCODE	= 1 << 20,
	ODD_OTHER_PORT	= 1 << 21,	/* this one from another port */
	ODD_TWO_QUESTIONS = 1 << 22,
	ODD_NO_QUESTION	= 1 << 23,
	ODD_SHORT	= 1 << 24,
	ODD_TWICE	= 1 << 25,
	ODD_FLOOD	= 1 << 26,	/* of junk before the answer */
	ODD_UPCASE	= 1 << 27,	/* the name comes back in other case */
};

#define ODD_TCP (ODD_TCP_CLOSE | ODD_TCP_SILENT | ODD_TCP_GARBAGE | ODD_TCP_CUT)

/* One "dns" line of a case. */
struct fact {
	char		*name;		/* without the last dot, or "*" */
	int		 type;		/* 0: any */
	char		*data;		/* as in a zone file; NULL: none */
	char		*wire;		/* the whole answer, see wire.h; NULL: none */
	int		 rcode;		/* when there is no data */
	unsigned	 odd;
	uint32_t	 ttl;
	long		 late_ms;
};

struct zone {
	struct fact	*v;
	size_t		 n;
};

/* Reads "[-ttl N] [-late MS] [-ad] [-noaa] NAME TYPE VALUE" (text may be changed). */
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
