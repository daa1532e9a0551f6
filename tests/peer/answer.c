/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "peer/answer.h"
#include "peer/forge.h"

#define CHAIN_MAX 16	/* aliases that are followed */
#define SOA "test. 300 IN SOA ns.test. root.test. 1 3600 600 86400 300"
#define NS "test. 300 IN NS ns.test."

/* What is being put together. */
struct draft {
	const struct zone *zone;
	const struct vars *vars;
	struct answer	*a;
	const ldns_pkt	*query;
	ldns_pkt	*pkt;
	const struct fact *raw;		/* the message as it stands, or NULL */
	int		 rcode;
	bool		 known;		/* the name is in the zone, with whatever type */
};

static void
owner_set(ldns_rr *rr, const ldns_rdf *owner)
{
	ldns_rdf_deep_free(ldns_rr_owner(rr));
	ldns_rr_set_owner(rr, must(ldns_rdf_clone(owner)));
}

/* The record that came of it, NULL when it cannot be made. */
static const ldns_rr *
record_add(struct draft *d, const struct fact *f, const ldns_rdf *owner)
{
	char *type = must(ldns_rr_type2str((ldns_rr_type)f->type));
	struct buf line = { 0 };
	ldns_rr *rr = NULL;

	(void)buf_addf(&line, "x. %u IN %s ", (unsigned)f->ttl, type);
	expand(d->vars, f->data, EXPAND_PLAIN, &line);
	if (ldns_rr_new_frm_str(&rr, buf_str(&line), f->ttl, NULL, NULL) ==
	    LDNS_STATUS_OK) {
		owner_set(rr, owner);
		(void)ldns_pkt_push_rr(d->pkt, LDNS_SECTION_ANSWER, rr);
	} else {
		d->rcode = LDNS_RCODE_SERVFAIL;
	}
	free(type);
	buf_free(&line);
	return rr;
}

static const ldns_rr *
fact_use(struct draft *d, const struct fact *f, const ldns_rdf *owner)
{
	d->a->odd |= f->odd;
	if (f->late_ms > d->a->late_ms)
		d->a->late_ms = f->late_ms;
	if (f->rcode != NO_RCODE)
		d->rcode = f->rcode;
	if (f->raw != NULL)
		d->raw = f;
	return f->data != NULL ? record_add(d, f, owner) : NULL;
}

/* Is the fact about this name? NULL is the one that stands for any. */
static bool
is_about(const struct fact *f, const ldns_rdf *name)
{
	if (name == NULL || f->name == NULL)
		return f->name == name;
	return ldns_dname_compare(f->name, name) == 0;
}

/* Is it this fact's turn? Two that take turns are in every other answer each. */
static bool
has_turn(const struct fact *f, unsigned *answer)
{
	static atomic_uint answers;

	if (f->turn != 0 && *answer == 0)
		*answer = atomic_fetch_add(&answers, 1) % 2 + 1;
	return f->turn == 0 || f->turn == (int)*answer;
}

/* All facts about a name and type; returns how many there are. */
static size_t
facts_use(struct draft *d, const ldns_rdf *name, const ldns_rdf *owner, int type)
{
	const struct fact *f;
	unsigned answer = 0;
	size_t used = 0;

	for (size_t i = 0; i < d->zone->n; i++) {
		f = &d->zone->v[i];
		if (!is_about(f, name))
			continue;
		d->known = d->known || name != NULL;
		if ((f->type != 0 && f->type != type) || !has_turn(f, &answer))
			continue;
		(void)fact_use(d, f, owner);
		used++;
	}
	return used;
}

/* Where the owner's alias leads; NULL when it is none. */
static ldns_rdf *
alias_use(struct draft *d, const ldns_rdf *owner)
{
	const struct zone *zone = d->zone;
	const ldns_rr *rr;

	for (size_t i = 0; i < zone->n; i++) {
		if (zone->v[i].type != LDNS_RR_TYPE_CNAME || zone->v[i].data == NULL ||
		    !is_about(&zone->v[i], owner))
			continue;
		rr = fact_use(d, &zone->v[i], owner);
		return rr != NULL ? must(ldns_rdf_clone(ldns_rr_rdf(rr, 0))) : NULL;
	}
	return NULL;
}

/*
 * The records of the name, or its alias and what that leads to. A resolver knows that a
 * name is nowhere, who is authoritative cannot tell of one that an alias leads to.
 */
static void
answer_fill(struct draft *d, const ldns_rr *question)
{
	ldns_rdf *owner = must(ldns_rdf_clone(ldns_rr_owner(question))), *next;
	int type = (int)ldns_rr_get_type(question), hops;
	size_t used = 0;

	for (hops = 0; hops < CHAIN_MAX; hops++) {
		d->known = false;
		used = facts_use(d, owner, owner, type);
		if (used > 0 || (next = alias_use(d, owner)) == NULL)
			break;
		ldns_rdf_deep_free(owner);
		owner = next;
	}
	if (used == 0 && !d->known)
		used = facts_use(d, NULL, owner, type);
	if (d->rcode == NO_RCODE)
		d->rcode = used > 0 || d->known || (hops > 0 && !ldns_pkt_rd(d->query))
		    ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN;
	ldns_rdf_deep_free(owner);
}

static void
records_drop(ldns_pkt *pkt)
{
	ldns_rr_list_deep_free(ldns_pkt_answer(pkt));
	ldns_pkt_set_answer(pkt, must(ldns_rr_list_new()));
	ldns_pkt_set_ancount(pkt, 0);
}

/* There is a code and nothing else. */
static void
fail(struct draft *d, int rcode)
{
	records_drop(d->pkt);
	d->rcode = rcode;
	d->raw = NULL;
	d->a->odd &= ~(unsigned)ODD_TRUNCATING;
}

/* Servers that do not take to how they were asked. */
static void
manner_heed(struct draft *d)
{
	unsigned *odd = &d->a->odd;

	if (*odd & ODD_NO_EDNS && ldns_pkt_edns(d->query))
		*odd = ODD_SILENT;
	if (*odd & ODD_BOGUS) {
		*odd &= ~(unsigned)ODD_AUTHENTIC;
		if (!ldns_pkt_cd(d->query))
			fail(d, LDNS_RCODE_SERVFAIL);
	}
	if (*odd & ODD_OLD) {
		if (ldns_pkt_edns(d->query))
			fail(d, LDNS_RCODE_FORMERR);
		ldns_pkt_set_edns_udp_size(d->pkt, 0);
	}
}

static void
authority_add(ldns_pkt *pkt, const char *record, const ldns_rdf *owner)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr, record, 300, NULL, NULL) != LDNS_STATUS_OK)
		return;
	if (owner != NULL)
		owner_set(rr, owner);
	(void)ldns_pkt_push_rr(pkt, LDNS_SECTION_AUTHORITY, rr);
}

static bool
is_sound(const struct draft *d)
{
	return d->rcode == LDNS_RCODE_NOERROR || d->rcode == LDNS_RCODE_NXDOMAIN;
}

/* A referral names servers of the parent; a negative answer carries a SOA. */
static void
authority_fill(struct draft *d, const ldns_rdf *name)
{
	unsigned odd = d->a->odd;
	ldns_rdf *parent;

	if (odd & ODD_REFERRAL || (odd & ODD_LAME && !ldns_pkt_rd(d->query))) {
		parent = ldns_dname_left_chop(name);
		authority_add(d->pkt, NS, parent);
		ldns_rdf_deep_free(parent);
	} else if (!(odd & ODD_LAME) && d->raw == NULL &&
	    ldns_pkt_ancount(d->pkt) == 0 && is_sound(d)) {
		authority_add(d->pkt, SOA, NULL);
	}
}

/* Who is asked for recursion is a resolver, who is not is authoritative. */
static void
header_fill(struct draft *d)
{
	bool rd = ldns_pkt_rd(d->query);
	unsigned odd = d->a->odd;

	ldns_pkt_set_rcode(d->pkt, (uint8_t)d->rcode);
	ldns_pkt_set_ra(d->pkt, rd && !(odd & ODD_REFERRAL));
	ldns_pkt_set_aa(d->pkt, !rd && !(odd & (ODD_LAME | ODD_REFERRAL | ODD_NO_AA)) &&
	    is_sound(d));
	ldns_pkt_set_ad(d->pkt, (odd & ODD_AUTHENTIC) != 0);
	ldns_pkt_set_cd(d->pkt, ldns_pkt_cd(d->query));
}

static void
case_flip(ldns_rdf *name)
{
	uint8_t *label = ldns_rdf_data(name);

	for (; *label > 0; label += 1 + *label)
		for (size_t i = 1; i <= *label; i++)
			if (isalpha(label[i]))
				label[i] ^= 'a' ^ 'A';
}

static void
owners_flip(const ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		case_flip(ldns_rr_owner(ldns_rr_list_rr(list, i)));
}

static void
wire_add(const ldns_pkt *pkt, struct buf *out)
{
	uint8_t *wire = NULL;
	size_t n = 0;

	if (ldns_pkt2wire(&wire, pkt, &n) == LDNS_STATUS_OK)
		(void)buf_add(out, wire, n);
	free(wire);
}

static void
number_add(uint16_t n, struct buf *out)
{
	unsigned char bytes[2] = { (unsigned char)(n >> 8), (unsigned char)n };

	(void)buf_add(out, bytes, sizeof(bytes));
}

/* The message that a case gives byte for byte, but for the id and the question. */
static void
raw_add(const struct draft *d, const ldns_rr *question, struct buf *out)
{
	uint8_t *wire = NULL;
	size_t n = 0;

	number_add(ldns_pkt_id(d->query), out);
	for (size_t i = 0; i < LEN(d->raw->head); i++)
		number_add(d->raw->head[i], out);
	if (d->raw->head[1] > 0 && ldns_rr2wire(&wire, question, LDNS_SECTION_QUESTION,
	    &n) == LDNS_STATUS_OK)
		(void)buf_add(out, wire, n);
	free(wire);
	meaning(d->vars, d->raw->raw, out);
}

/* Makes the bytes; what a UDP answer cannot hold is cut off, as servers do. */
static void
wire_make(struct draft *d, const ldns_rr *question, size_t room)
{
	struct buf *wire = &d->a->wire;
	bool cut = room > 0 && d->a->odd & ODD_TRUNCATING;

	if (d->a->odd & ODD_UPCASE) {
		owners_flip(ldns_pkt_question(d->pkt));
		owners_flip(ldns_pkt_answer(d->pkt));
	}
	if (d->raw != NULL && !cut) {
		raw_add(d, question, wire);
		return;
	}
	wire_add(d->pkt, wire);
	if (cut || (room > 0 && wire->len > room)) {
		records_drop(d->pkt);
		ldns_pkt_set_tc(d->pkt, true);
		buf_reset(wire);
		wire_add(d->pkt, wire);
	}
}

static ldns_pkt *
reply_to(const ldns_pkt *query, const ldns_rr *question)
{
	ldns_pkt *pkt = must(ldns_pkt_new());

	ldns_pkt_set_id(pkt, ldns_pkt_id(query));
	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_rd(pkt, ldns_pkt_rd(query));
	if (ldns_pkt_edns(query))
		ldns_pkt_set_edns_udp_size(pkt, 1232);
	(void)ldns_pkt_push_rr(pkt, LDNS_SECTION_QUESTION, must(ldns_rr_clone(question)));
	return pkt;
}

static size_t
room_of(const ldns_pkt *query)
{
	return ldns_pkt_edns(query) && ldns_pkt_edns_udp_size(query) > 512
	    ? ldns_pkt_edns_udp_size(query) : 512;
}

/* "mail.test A" */
static void
question_write(const ldns_rr *question, struct answer *a)
{
	char *name = must(ldns_rdf2str(ldns_rr_owner(question)));
	char *type = must(ldns_rr_type2str(ldns_rr_get_type(question)));
	size_t n = strlen(name);

	if (n > 1)
		name[n - 1] = '\0';
	(void)snprintf(a->question, sizeof(a->question), "%.500s %s", name, type);
	free(name);
	free(type);
}

int
answer_make(struct answer *a, const struct zone *zone, const struct vars *vars,
    const void *wire, size_t n, bool udp)
{
	struct draft d = { .zone = zone, .vars = vars, .a = a, .rcode = NO_RCODE };
	ldns_pkt *query = NULL;
	ldns_rr *question;

	*a = (struct answer){ 0 };
	if (ldns_wire2pkt(&query, wire, n) != LDNS_STATUS_OK)
		return -1;
	question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
	if (question == NULL || ldns_pkt_qr(query)) {
		ldns_pkt_free(query);
		return -1;
	}
	question_write(question, a);
	d.query = query;
	d.pkt = reply_to(query, question);
	answer_fill(&d, question);
	manner_heed(&d);
	authority_fill(&d, ldns_rr_owner(question));
	header_fill(&d);
	forge(a, d.pkt);
	wire_make(&d, question, udp ? room_of(query) : 0);
	ldns_pkt_free(d.pkt);
	ldns_pkt_free(query);
	return 0;
}

void
answer_free(struct answer *a)
{
	for (size_t i = 0; i < a->nbefore; i++)
		buf_free(&a->before[i].wire);
	free(a->before);
	buf_free(&a->wire);
}
