/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dns_codec.h"

#define RECORD_MIN 11	/* root as owner, type, class, TTL, length of no data */
#define RECORDS_MAX 600	/* more than any honest answer has; bounds the work */
#define ALIASES_MAX 16	/* resolvers give up on longer chains, too */

/* A message that is being read. */
struct message {
	const unsigned char	*wire;
	size_t			 len, pos;
};

int
dns_question_write(const struct dns_query *q, uint16_t id, enum dns_manner manner,
    bool recurse, unsigned char wire[DNS_QUESTION_MAX], size_t *len)
{
	ldns_rdf *name = ldns_dname_new_frm_str(q->name);
	uint16_t flags = (uint16_t)((manner != DNS_PLAIN ? LDNS_AD : 0) |
	    (recurse ? LDNS_RD : 0) | (q->unchecked ? LDNS_CD : 0));
	ldns_pkt *packet;
	uint8_t *bytes = NULL;
	int rc = -1;

	if (name == NULL)
		return -1;
	packet = ldns_pkt_query_new(name, (ldns_rr_type)q->type, LDNS_RR_CLASS_IN, flags);
	if (packet == NULL) {
		ldns_rdf_deep_free(name);
		return -1;
	}
	ldns_pkt_set_id(packet, id);
	if (manner == DNS_EDNS)
		ldns_pkt_set_edns_udp_size(packet, DNS_EDNS_SIZE);
	if (ldns_pkt2wire(&bytes, packet, len) == LDNS_STATUS_OK &&
	    *len <= DNS_QUESTION_MAX) {
		memcpy(wire, bytes, *len);
		rc = 0;
	}
	free(bytes);
	ldns_pkt_free(packet);
	return rc;
}

/* Writes an octet of a label as text; returns how many characters that took. */
static size_t
put_octet(char *out, unsigned char c)
{
	if (c <= ' ' || c >= 0x7f) {
		out[0] = '\\';
		out[1] = (char)('0' + c / 100);
		out[2] = (char)('0' + c / 10 % 10);
		out[3] = (char)('0' + c % 10);
		return 4;
	}
	if (c == '.' || c == '\\') {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	out[0] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	return 1;
}

/*
 * ldns' own ldns_rdf2str() is slow enough for a hostile answer to cost a good part of a
 * second.
 */
static void
write_name(const ldns_rdf *rdf, char name[DNS_NAME_MAX])
{
	const uint8_t *label = ldns_rdf_data(rdf);
	size_t n = 0;

	for (; *label > 0; label += 1 + *label) {
		if (n > 0)
			name[n++] = '.';
		for (size_t i = 1; i <= *label; i++)
			n += put_octet(name + n, label[i]);
	}
	if (n == 0)
		name[n++] = '.';
	name[n] = '\0';
}

int
dns_name(const char *text, char name[DNS_NAME_MAX])
{
	ldns_rdf *rdf = ldns_dname_new_frm_str(text);

	if (rdf == NULL)
		return -1;
	write_name(rdf, name);
	ldns_rdf_deep_free(rdf);
	return 0;
}

/* Steps over a name, which ends in the root or in a pointer. */
static int
skip_name(struct message *m)
{
	while (m->pos < m->len) {
		unsigned char label = m->wire[m->pos];

		if (label >= 0xc0) {
			m->pos += 2;
			return m->pos <= m->len ? 0 : -1;
		}
		if (label > LDNS_MAX_LABELLEN)
			return -1;
		m->pos += 1u + label;
		if (label == 0)
			return 0;
	}
	return -1;
}

/* Steps over a record. *fixed is then the place of its type, class, TTL and length. */
static int
skip_record(struct message *m, size_t *fixed)
{
	if (skip_name(m) == -1 || m->len - m->pos < RECORD_MIN - 1)
		return -1;
	*fixed = m->pos;
	m->pos += RECORD_MIN - 1;
	m->pos += ldns_read_uint16(m->wire + m->pos - 2);
	return m->pos <= m->len ? 0 : -1;
}

/* Is what the record says of the length that its type demands? */
static bool
plausible(const struct dns_record *r)
{
	switch (r->type) {
	case DNS_A:
		return r->len == LDNS_IP4ADDRLEN;
	case DNS_AAAA:
		return r->len == LDNS_IP6ADDRLEN;
	default:
		return true;
	}
}

/* An SOA record is two names and five numbers, of which the first counts versions. */
static int
read_serial(struct dns_record *r, const ldns_rr *rr)
{
	if (ldns_rr_rd_count(rr) != 7)
		return -1;
	r->serial = ldns_rdf2native_int32(ldns_rr_rdf(rr, 2));
	return 0;
}

static bool
has_target(enum dns_type type)
{
	return type == DNS_CNAME || type == DNS_NS || type == DNS_PTR || type == DNS_MX;
}

/* A record that leads somewhere is a name, an MX record a number and a name. */
static int
read_target(struct dns_record *r, const ldns_rr *rr)
{
	size_t last = r->type == DNS_MX ? 1 : 0;
	char name[DNS_NAME_MAX];

	if (r->type == DNS_SOA)
		return read_serial(r, rr);
	if (!has_target(r->type))
		return 0;
	if (ldns_rr_rd_count(rr) != last + 1)
		return -1;
	if (r->type == DNS_MX)
		r->preference = ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
	write_name(ldns_rr_rdf(rr, last), name);
	r->target = strdup(name);
	return r->target != NULL ? 0 : -1;
}

static int
copy_record(struct dns_record *r, const ldns_rr *rr)
{
	uint32_t ttl = ldns_rr_ttl(rr);
	char name[DNS_NAME_MAX];

	r->type = (enum dns_type)ldns_rr_get_type(rr);
	r->ttl = ttl <= INT32_MAX ? ttl : 0;	/* RFC 2181, section 8 */
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		r->len += ldns_rdf_size(ldns_rr_rdf(rr, i));
	write_name(ldns_rr_owner(rr), name);
	if ((r->owner = strdup(name)) == NULL || (r->data = malloc(r->len + 1)) == NULL)
		return -1;
	r->len = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *part = ldns_rr_rdf(rr, i);

		memcpy(r->data + r->len, ldns_rdf_data(part), ldns_rdf_size(part));
		r->len += ldns_rdf_size(part);
	}
	return read_target(r, rr) == 0 && plausible(r) ? 0 : -1;
}

/*
 * Reads a record of the answer section into the next place of q; other classes than IN
 * are stepped over. ldns takes data that is longer or shorter than the record says it is:
 * then it does not arrive where the record ends.
 */
static int
read_record(struct dns_query *q, struct message *m)
{
	size_t pos = m->pos, fixed;
	ldns_rr *rr = NULL;
	int rc = -1;

	if (skip_record(m, &fixed) == -1 || ldns_wire2rr(&rr, m->wire, m->len, &pos,
	    LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		return -1;
	if (pos == m->pos)
		rc = ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN ?
		    copy_record(&q->records[q->nrecords++], rr) : 0;
	ldns_rr_free(rr);
	return rc;
}

const char *
dns_follow(const struct dns_query *q, const char *name)
{
	for (size_t hop = 0; hop <= ALIASES_MAX; hop++) {
		const char *target = dns_alias(q, name);

		if (target == NULL || q->type == DNS_CNAME)
			return name;
		name = target;
	}
	return "";
}

static int
read_answers(struct dns_query *q, struct message *m, size_t count)
{
	char name[DNS_NAME_MAX];

	if (count > RECORDS_MAX || count > m->len / RECORD_MIN)
		return -1;
	if (count > 0 && (q->records = calloc(count, sizeof(*q->records))) == NULL)
		return -1;
	while (count-- > 0)
		if (read_record(q, m) == -1)
			return -1;
	if (dns_name(q->name, name) == -1)
		return -1;
	q->canonical = strdup(dns_follow(q, name));
	return q->canonical != NULL ? 0 : -1;
}

/* How long to believe that there is nothing: the lesser of two numbers (RFC 2308 5). */
static void
read_final(struct dns_query *q, const struct message *m, size_t fixed)
{
	uint32_t ttl = ldns_read_uint32(m->wire + fixed + 4), least = ttl;

	/* Behind two names of an octet at least stand five numbers, this one last. */
	if (m->pos - fixed >= RECORD_MIN - 1 + 2 + 20)
		least = ldns_read_uint32(m->wire + m->pos - 4);
	q->final = true;
	q->final_ttl = least < ttl ? least : ttl;
}

/*
 * Steps over the other sections. An SOA record in the one, of authority, says that there
 * is no more; an OPT record in the other has more bits of the rcode.
 */
static int
read_rest(struct dns_query *q, struct message *m, size_t authority, size_t additional)
{
	for (size_t i = 0; i < authority + additional; i++) {
		size_t fixed;
		uint16_t type;

		if (skip_record(m, &fixed) == -1)
			return -1;
		type = ldns_read_uint16(m->wire + fixed);
		if (i < authority && type == LDNS_RR_TYPE_SOA)
			read_final(q, m, fixed);
		if (i >= authority && type == LDNS_RR_TYPE_OPT)
			q->rcode |= m->wire[fixed + 4] << 4;
	}
	return 0;
}

/*
 * Neither an answer nor the word that there is none, from a server that is not in charge
 * and does not look further: libc's resolver, too, goes on to the next one then.
 */
static bool
is_referral(const struct dns_query *q, const unsigned char *wire)
{
	return q->rcode == DNS_NOERROR && q->nrecords == 0 && !q->final &&
	    !q->authoritative && !LDNS_RA_WIRE(wire);
}

/* Is the message's question the one that was asked? Its case may have changed. */
static bool
echoes(const struct dns_query *q, struct message *m)
{
	ldns_rdf *name = ldns_dname_new_frm_str(q->name);
	ldns_rr *rr = NULL;
	bool same;

	same = name != NULL && LDNS_QDCOUNT(m->wire) == 1 &&
	    ldns_wire2rr(&rr, m->wire, m->len, &m->pos, LDNS_SECTION_QUESTION) ==
	    LDNS_STATUS_OK &&
	    ldns_dname_compare(ldns_rr_owner(rr), name) == 0 &&
	    ldns_rr_get_type(rr) == (ldns_rr_type)q->type &&
	    ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN;
	if (rr != NULL)
		ldns_rr_free(rr);
	if (name != NULL)
		ldns_rdf_deep_free(name);
	return same;
}

int
dns_reply_parse(struct dns_query *q, uint16_t id, const unsigned char *wire, size_t len)
{
	struct message m = { wire, len, LDNS_HEADER_SIZE };
	struct dns_query answer = { .name = q->name, .type = q->type, .answered = true };
	bool failure;

	if (len < LDNS_HEADER_SIZE || LDNS_ID_WIRE(wire) != id || !LDNS_QR_WIRE(wire) ||
	    LDNS_OPCODE_WIRE(wire) != LDNS_PACKET_QUERY)
		return -1;
	answer.rcode = LDNS_RCODE_WIRE(wire);
	answer.unchecked = q->unchecked;
	answer.authoritative = LDNS_AA_WIRE(wire) != 0;
	answer.authentic = LDNS_AD_WIRE(wire) != 0;
	failure = answer.rcode != DNS_NOERROR && answer.rcode != DNS_NXDOMAIN;
	if (!(failure && LDNS_QDCOUNT(wire) == 0) && !echoes(q, &m))
		return -1;
	if (LDNS_TC_WIRE(wire))
		return 1;
	if (read_answers(&answer, &m, LDNS_ANCOUNT(wire)) == -1 ||
	    read_rest(&answer, &m, LDNS_NSCOUNT(wire), LDNS_ARCOUNT(wire)) == -1) {
		dns_query_free(&answer);
		answer.answered = true;
		answer.rcode = DNS_GARBAGE;
	} else if (is_referral(&answer, wire)) {
		answer.rcode = DNS_REFERRAL;
	}
	dns_query_free(q);
	*q = answer;
	return 0;
}
