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

/*
 * Writes the question as a message. Plain means as of 1987: neither EDNS nor the AD bit.
 * -1 when its name is none or memory is short.
 */
int	 dns_question_write(const struct dns_query *q, uint16_t id, bool plain,
	    unsigned char wire[DNS_QUESTION_MAX], size_t *len);

#endif
