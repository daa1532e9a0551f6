/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_trace: questions and answers as lines of the dialogue. Private to wire/dns*.c. */

#ifndef WIRE_DNS_TRACE_H
#define WIRE_DNS_TRACE_H

#include "wire/dns.h"
#include "wire/dns_codec.h"

/* A question on its way to a server, an answer of q->server, and the lack of one. */
void	 dns_tell_question(const struct dns_conf *conf, const struct net_address *server,
	    const struct dns_query *q, enum dns_manner manner, bool tcp);
void	 dns_tell_answer(const struct dns_conf *conf, const struct dns_query *q);
void	 dns_tell_silence(const struct dns_conf *conf, const struct net_address *server,
	    const struct dns_query *q);

#endif
