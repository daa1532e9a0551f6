/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns: a batch of questions to resolvers, under one deadline. libldns is only the codec. */

#ifndef WIRE_DNS_H
#define WIRE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/diag.h"
#include "base/list.h"
#include "wire/dns_conf.h"

#define DNS_BATCH_MAX 32	/* questions under way at once */
#define DNS_NAME_MAX 1024	/* a name as text, every byte escaped as \DDD */

extern const struct cause	 dns_timeout, dns_failed, dns_no_such_host, dns_no_address;
extern cause_table		 dns_causes;

/* Types by their number (IANA), as far as this suite asks for them. */
enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_AAAA = 28,
};

enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_REFUSED = 5,
};

/* One record of an answer section. */
struct dns_record {
	char		*owner;		/* absolute, lower case, without the last dot */
	enum dns_type	 type;
	uint32_t	 ttl;		/* seconds */
	char		*target;	/* the name a CNAME points to, written as owner; else NULL */
	unsigned char	*data;		/* the record's data as on the wire */
	size_t		 len;
};

/* A question and what became of it. Zero but for name and type before the batch. */
struct dns_query {
	const char	*name;		/* absolute, with or without the last dot */
	enum dns_type	 type;

	bool		 answered;	/* a server answered, with whatever code */
	int		 rcode;
	bool		 authentic;	/* the AD bit */
	char		 server[80];	/* which server: "192.0.2.1" or "192.0.2.1#5353" */
	struct dns_record *records;	/* the answer section, in order, all types */
	size_t		 nrecords;
};

/*
 * Asks all questions at once, each from a UDP socket of its own with a random id; a truncated
 * answer is asked for again over TCP. Answers that do not echo id and question are ignored. A
 * server that is silent, unreachable or fails (SERVFAIL, REFUSED, NOTIMP, garbage) passes the
 * question on to the next one, for as many rounds as conf says and until the deadline. The last
 * failing answer stands if no better one comes; "answered" is false when none came at all.
 * -1 only when the batch could not be asked (memory, no sockets, a name that is none). Free
 * each query with dns_query_free() in either case.
 */
int	 dns_ask(const struct dns_conf *conf, struct dns_query *queries, size_t n,
	    struct deadline by, struct diag *d);

/*
 * Reads one DNS message into q, if it answers q's question. Pure; made for foreign bytes.
 * 0 when it does; 1 when it does and is truncated (nothing is stored); -1 when it is no
 * answer to this id and question.
 */
int	 dns_reply_parse(struct dns_query *q, uint16_t id, const unsigned char *wire, size_t len);

/* Frees the records and leaves the question as it was before it was asked. */
void	 dns_query_free(struct dns_query *q);

#endif
