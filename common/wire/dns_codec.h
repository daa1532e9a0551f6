/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_codec: questions as DNS messages. Private to wire/dns*.c; answers are read in
 * dns.h.
 */

#ifndef WIRE_DNS_CODEC_H
#define WIRE_DNS_CODEC_H

#include "wire/dns.h"

#define DNS_EDNS_SIZE 1232	/* no answer of this size is fragmented on its way */
#define DNS_QUESTION_MAX 282	/* header 12, name 255, type and class 4, OPT record 11 */

/* How much of what came after 1987 a question has. */
enum dns_manner {
	DNS_EDNS,	/* all */
	DNS_NO_EDNS,	/* no OPT record */
	DNS_PLAIN,	/* nor the AD bit */
};

/*
 * Writes the question as a message; recurse is the RD bit. -1 when its name is none or
 * memory is short.
 */
int	 dns_question_write(const struct dns_query *q, uint16_t id,
	    enum dns_manner manner, bool recurse, unsigned char wire[DNS_QUESTION_MAX],
	    size_t *len);

/*
 * The name that the aliases of q's records lead to from this one; "" for a circle, or for
 * more of them than resolvers follow.
 */
const char *dns_follow(const struct dns_query *q, const char *name);

#endif
