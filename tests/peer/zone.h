/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone: what a fake name server knows, and how it is to say it. */

#ifndef PEER_ZONE_H
#define PEER_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include <ldns/ldns.h>

#include "base/buf.h"

/* What may be odd about an answer. */
enum {
	ODD_SILENT	 = 1 << 0,
	ODD_TRUNCATED	 = 1 << 1,	/* over UDP; the next four, too */
	ODD_TCP_CLOSE	 = 1 << 2,
	ODD_TCP_SILENT	 = 1 << 3,
	ODD_TCP_GARBAGE	 = 1 << 4,
	ODD_TCP_CUT	 = 1 << 5,
	ODD_AUTHENTIC	 = 1 << 6,	/* the AD bit */
	ODD_NO_AA	 = 1 << 7,
	ODD_LAME	 = 1 << 8,	/* a referral to nowhere */
	ODD_REFERRAL	 = 1 << 9,	/* the same, even to who wants recursion */
	ODD_BOGUS	 = 1 << 10,	/* DNSSEC is broken */
	ODD_NO_EDNS	 = 1 << 11,	/* silent to EDNS */
	ODD_OLD		 = 1 << 12,	/* knows no EDNS */
	ODD_TWICE	 = 1 << 13,
	ODD_UPCASE	 = 1 << 14,
	ODD_GARBAGE	 = 1 << 15,	/* all from here on send a bad message first */
	ODD_EMPTY	 = 1 << 16,
	ODD_SHORT	 = 1 << 17,
	ODD_FLOOD	 = 1 << 18,
	ODD_WRONG_ID	 = 1 << 19,
	ODD_WRONG_NAME	 = 1 << 20,
	ODD_WRONG_TYPE	 = 1 << 21,
	ODD_WRONG_CLASS	 = 1 << 22,
	ODD_NO_QR	 = 1 << 23,
	ODD_OPCODE	 = 1 << 24,
	ODD_OTHER_PORT	 = 1 << 25,
	ODD_NO_QUESTION	 = 1 << 26,
	ODD_TWO_QUESTIONS = 1 << 27,
	ODD_TRUNCATING	 = ODD_TRUNCATED | ODD_TCP_CLOSE | ODD_TCP_SILENT |
			   ODD_TCP_GARBAGE | ODD_TCP_CUT,
};

#define NO_RCODE (-1)

/* One "dns" line of a case. */
struct fact {
	ldns_rdf	*name;		/* NULL: any that is nowhere else */
	int		 type;		/* 0: any */
	char		*data;		/* as in a zone file; NULL: none */
	char		*raw;		/* the bytes behind the question; NULL: none */
	uint16_t	 head[5];	/* of a raw message: its flags and counts */
	int		 rcode;		/* NO_RCODE: what fits the records */
	unsigned	 odd;
	uint32_t	 ttl;
	long		 late_ms;
	int		 turn;		/* 1, 2: only in every other answer; 0: always */
};

struct zone {
	struct fact	*v;
	size_t		 n;
};

/* Reads "[FLAG...] NAME TYPE VALUE" (text may be changed). */
int	 zone_add(struct zone *zone, char *text, struct buf *why);
void	 zone_free(struct zone *zone);

#endif
