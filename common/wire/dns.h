/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns: a batch of questions to resolvers, under one deadline */

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

extern const struct cause	 dns_timeout, dns_servfail, dns_refused, dns_malformed,
				 dns_failed, dns_bogus, dns_no_such_host, dns_no_address,
				 dns_partial;
extern cause_table		 dns_causes;

/* Types by their number (IANA), as far as this suite asks for them. */
enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
};

enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_BADVERS = 16,	/* of EDNS */
	DNS_GARBAGE = -1,	/* none of DNS's own: the answer was malformed */
	DNS_REFERRAL = -2,	/* nor this: it names other servers to ask, at best */
};

/* One record of an answer section. */
struct dns_record {
	char		*owner;		/* as dns_name() writes it */
	enum dns_type	 type;
	uint32_t	 ttl;		/* seconds */
	char		*target;	/* where a CNAME, NS or PTR record leads, or the
					 * exchanger of an MX record, like owner; else
					 * NULL */
	unsigned	 preference;	/* of an MX record */
	uint32_t	 serial;	/* of an SOA record */
	unsigned char	*data;		/* as on the wire, but names in it uncompressed */
	size_t		 len;		/* 4 of an A, 16 of an AAAA record: checked */
};

/*
 * A question and what became of it. Zero but for name, type and unchecked before the
 * batch.
 */
struct dns_query {
	const char	*name;		/* absolute, with or without the last dot */
	enum dns_type	 type;
	bool		 unchecked;	/* ask without DNSSEC validation: the CD bit */

	bool		 answered;	/* a server answered, with whatever code */
	int		 rcode;
	bool		 authoritative;	/* the AA bit */
	bool		 authentic;	/* the AD bit */
	bool		 final;		/* an SOA record says that there is no more
					 * than this (RFC 2308), and for how many
					 * seconds that may be believed */
	uint32_t	 final_ttl;
	bool		 bogus;		/* SERVFAIL, and an answer to who does not
					 * validate: see dns_find_bogus() */
	char		 server[NET_TEXT_MAX];	/* which server: see dns_server_text() */
	/*
	 * The owner whose records answer the question: its name, or the one where the
	 * aliases in the answer lead from there; "" when they lead in a circle. Records
	 * of another owner answer nothing. NULL when not answered, or with garbage.
	 */
	char		*canonical;
	struct dns_record *records;	/* the answer section, in order, all types */
	size_t		 nrecords;

	int		 error;		/* not answered: errno, 0 when one kept silent */
};

/*
 * Writes a name in the one way that names are compared in: lower case, no last dot (the
 * root is "."), odd bytes escaped. -1 when the DNS can hold no such name.
 */
int	 dns_name(const char *text, char name[DNS_NAME_MAX]);

/*
 * Asks all questions at once, each from a UDP socket of its own with a random id; a
 * truncated answer is asked for again over TCP. Answers that do not echo id and question
 * are ignored. A server that is silent, unreachable or fails (SERVFAIL, REFUSED, NOTIMP,
 * a referral, garbage) passes the question on to the next one, for as many rounds as conf
 * says and until the deadline; from the second round on it is put without EDNS, which
 * some drop (RFC 6891 6.2.2). The last failing answer stands if no better one comes;
 * "answered" is false when none came at all. -1 only when the batch could not be asked
 * (memory, no sockets, a name that is none). Free each query with dns_query_free() in
 * either case.
 */
int	 dns_ask(const struct dns_conf *conf, struct dns_query *queries, size_t n,
	    struct deadline by, struct diag *d);

/*
 * The same, and asks on where aliases lead to a name of which the answer says nothing,
 * for a server need not follow them into another zone: what comes of that joins the
 * records, and its code takes the place of the first (RFC 6604).
 */
int	 dns_ask_through(const struct dns_conf *conf, struct dns_query *queries, size_t n,
	    struct deadline by, struct diag *d);

/*
 * Asks the questions that were answered with SERVFAIL again, without validation, and once
 * more with it. Those that are answered without and not with it are marked as bogus: not
 * the domain's servers fail, but its DNSSEC. Where the server now has an answer, it takes
 * the place of the failure.
 */
int	 dns_find_bogus(const struct dns_conf *conf, struct dns_query *queries, size_t n,
	    struct deadline by, struct diag *d);

/*
 * Reads one DNS message into q, if it answers q's question. Pure; made for foreign bytes.
 * 0 when it does, be it with a failure or with garbage behind the question (DNS_GARBAGE,
 * no records); 1 when it does and is truncated (nothing is stored); -1 when it is no
 * answer to this id and question (nothing is stored). A failure need not echo the
 * question: servers that could not read it do not.
 */
int	 dns_reply_parse(struct dns_query *q, uint16_t id, const unsigned char *wire,
	    size_t len);

/* Does the answer say what there is, or that there is nothing (NXDOMAIN, too)? */
bool	 dns_settled(const struct dns_query *q);

/*
 * 0 when the answer settles the question: there is what was asked for, or there is not
 * (NXDOMAIN too). Else -1 with one of the causes that dns_unanswered() knows, or with
 * dns_bogus, and a sentence that says who was asked, and for which type ("MX") unless
 * that is NULL.
 */
int	 dns_query_check(const struct dns_conf *conf, const struct dns_query *q,
	    const char *type, struct diag *d);

/*
 * Did no server give an answer? dns_timeout, dns_servfail, dns_refused, dns_malformed,
 * dns_failed: then nothing is known, least of all that a name does not exist.
 */
bool	 dns_unanswered(const struct diag *d);

/* The type by its name: "MX". */
const char *dns_type_name(enum dns_type type);

/* The code by its name: "NXDOMAIN", "garbage"; NULL for one that is not in the list. */
const char *dns_rcode_name(int rcode);

/* Where an alias leads by q's answer; NULL when the owner is none there. */
const char *dns_alias(const struct dns_query *q, const char *owner);

/* Is this record of q's answer what was asked for, where the aliases lead? */
bool	 dns_answers(const struct dns_query *q, const struct dns_record *r);

/* What a record says, without its owner: "10 mx.example.org", "192.0.2.1". */
void	 dns_record_text(const struct dns_record *r, struct buf *out);

/* The address of an A or AAAA record, with a port. */
void	 dns_record_address(const struct dns_record *r, uint16_t port,
	    struct net_address *a);

/* Frees all records but the first n. */
void	 dns_query_cut(struct dns_query *q, size_t n);

/* Frees the records and leaves the question as it was before it was asked. */
void	 dns_query_free(struct dns_query *q);

#endif
