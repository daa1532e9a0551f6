/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "base/text.h"
#include "peer/wire.h"
#include "peer/zone.h"
#include "wire/dns.h"

#define CHAIN_MAX 16	/* aliases that are followed */
#define NO_RCODE (-1)
#define WIRE "wire "	/* a value that begins so is a whole answer */
#define ROOT ". 300 IN NS ns.test."
#define SOA "test. 300 IN SOA ns.test. root.test. 1 3600 600 86400 300"

static const struct {
	const char	*word;
	int		 rcode;
	unsigned	 odd;
} specials[] = {
	{ "nodata",    LDNS_RCODE_NOERROR,  0 },
	{ "nxdomain",  LDNS_RCODE_NXDOMAIN, 0 },
	{ "servfail",  LDNS_RCODE_SERVFAIL, 0 },
	{ "refused",   LDNS_RCODE_REFUSED,  0 },
	{ "formerr",   LDNS_RCODE_FORMERR,  0 },
	{ "notimp",    LDNS_RCODE_NOTIMPL,  0 },
	{ "silent",    NO_RCODE,            ODD_SILENT },
	{ "truncate",  NO_RCODE,            ODD_TRUNCATED },
	{ "garbage",   NO_RCODE,            ODD_GARBAGE },
	{ "wrongid",   NO_RCODE,            ODD_WRONG_ID },
	{ "wrongname", NO_RCODE,            ODD_WRONG_NAME },
	{ "empty",     NO_RCODE,            ODD_EMPTY },
	{ "lame",      NO_RCODE,            ODD_LAME },
	{ "referral",  NO_RCODE,            ODD_REFERRAL },
	{ "bogus",     NO_RCODE,            ODD_BOGUS },
	{ "noedns",    NO_RCODE,            ODD_NO_EDNS },
	{ "old",       NO_RCODE,            ODD_OLD },
	{ "tcpclose",  NO_RCODE,            ODD_TRUNCATED | ODD_TCP_CLOSE },
	{ "tcpsilent", NO_RCODE,            ODD_TRUNCATED | ODD_TCP_SILENT },
	{ "tcpgarbage", NO_RCODE,           ODD_TRUNCATED | ODD_TCP_GARBAGE },
	{ "tcpcut",    NO_RCODE,            ODD_TRUNCATED | ODD_TCP_CUT },
	{ "wrongtype", NO_RCODE,            ODD_WRONG_TYPE },
	{ "wrongclass", NO_RCODE,           ODD_WRONG_CLASS },
	{ "noqr",      NO_RCODE,            ODD_NO_QR },
	{ "opcode",    NO_RCODE,            ODD_OPCODE },
	{ "otherport", NO_RCODE,            ODD_OTHER_PORT },
	{ "twoquestions", NO_RCODE,         ODD_TWO_QUESTIONS },
	{ "noquestion", NO_RCODE,           ODD_NO_QUESTION },
	{ "short",     NO_RCODE,            ODD_SHORT },
	{ "twice",     NO_RCODE,            ODD_TWICE },
	{ "flood",     NO_RCODE,            ODD_FLOOD },
	{ "upcase",    NO_RCODE,            ODD_UPCASE },
};

static int
type_read(struct fact *f, const char *word)
{
	if (strcmp(word, "*") == 0)
		return 0;
	f->type = (int)ldns_get_rr_type_by_name(word);
	return f->type != 0 ? 0 : -1;
}

static void
value_read(struct fact *f, const char *value)
{
	for (size_t i = 0; i < LEN(specials); i++)
		if (strcmp(specials[i].word, value) == 0) {
			f->rcode = specials[i].rcode;
			f->odd |= specials[i].odd;
			return;
		}
	if (text_starts(value, WIRE))
		f->wire = copied(value + strlen(WIRE));
	else
		f->data = copied(value);
}

static int
flag_read(struct fact *f, const char *flag, char **rest)
{
	char *word = NULL;
	long n = 0;

	if (strcmp(flag, "-ad") == 0 || strcmp(flag, "-noaa") == 0) {
		f->odd |= flag[1] == 'a' ? ODD_AUTHENTIC : ODD_NO_AA;
		return 0;
	}
	if ((word = word_take(rest)) == NULL || text_integer(word, 0, 1 << 30, &n) == -1)
		return -1;
	if (strcmp(flag, "-ttl") == 0)
		f->ttl = (uint32_t)n;
	else if (strcmp(flag, "-late") == 0)
		f->late_ms = n;
	else
		return -1;
	return 0;
}

/* Names are kept, and compared, in the one form that dns_name() writes. */
static char *
name_of(const char *text)
{
	char name[DNS_NAME_MAX];

	return copied(dns_name(text, name) == 0 ? name : text);
}

/*
 * Is the value good for a record of the type? Those with @VARIABLES@ are seen when asked.
 */
static int
value_check(const struct fact *f)
{
	struct buf line = { 0 };
	ldns_rr *rr = NULL;
	char *type;
	int rc = 0;

	if (f->data == NULL || strchr(f->data, '@') != NULL)
		return 0;
	if (f->type == 0)
		return -1;
	type = must(ldns_rr_type2str((ldns_rr_type)f->type));
	(void)buf_addf(&line, "x.test. 1 IN %s %s", type, f->data);
	if (ldns_rr_new_frm_str(&rr, buf_str(&line), 1, NULL, NULL) != LDNS_STATUS_OK)
		rc = -1;
	ldns_rr_free(rr);
	buf_free(&line);
	free(type);
	return rc;
}

int
zone_add(struct zone *zone, char *text, struct buf *why)
{
	struct fact f = { .rcode = NO_RCODE, .ttl = 300 };
	char *word = word_take(&text), *type;

	while (word != NULL && *word == '-') {
		if (flag_read(&f, word, &text) == -1) {
			(void)buf_addf(why, "bad flag %s", word);
			return -1;
		}
		word = word_take(&text);
	}
	type = word_take(&text);
	if (word == NULL || type == NULL || *text == '\0' || type_read(&f, type) == -1) {
		(void)buf_puts(why, "wanted: NAME TYPE VALUE");
		return -1;
	}
	f.name = name_of(word);
	value_read(&f, text);
	zone->v = grown(zone->v, zone->n, sizeof(*zone->v));
	zone->v[zone->n++] = f;
	if (value_check(&f) == -1 || (f.wire != NULL && wire_check(f.wire) == -1)) {
		(void)buf_addf(why, "\"%s\" is no value of type %s", text, type);
		return -1;
	}
	return 0;
}

void
zone_free(struct zone *zone)
{
	for (size_t i = 0; i < zone->n; i++) {
		free(zone->v[i].name);
		free(zone->v[i].data);
		free(zone->v[i].wire);
	}
	free(zone->v);
	*zone = (struct zone){ 0 };
}

/* What is being put together. */
struct draft {
	const struct zone *zone;
	const struct vars *vars;
	struct answer	*a;
	ldns_pkt	*pkt;
	int		 rcode;
	bool		 known;		/* the name is in the zone, with whatever type */
	const char	*form;		/* the answer as a fact has it; or NULL */
};

static void
record_add(struct draft *d, const struct fact *f, const char *owner)
{
	char *type = ldns_rr_type2str((ldns_rr_type)f->type);
	struct buf line = { 0 };
	ldns_rr *rr = NULL;

	(void)buf_addf(&line, "%s. %u IN %s ", owner, (unsigned)f->ttl, type);
	expand(d->vars, f->data, EXPAND_PLAIN, &line);
	if (ldns_rr_new_frm_str(&rr, buf_str(&line), f->ttl, NULL, NULL) ==
	    LDNS_STATUS_OK)
		(void)ldns_pkt_push_rr(d->pkt, LDNS_SECTION_ANSWER, rr);
	else
		d->rcode = LDNS_RCODE_SERVFAIL;
	free(type);
	buf_free(&line);
}

static void
fact_use(struct draft *d, const struct fact *f, const char *owner)
{
	d->a->odd |= f->odd;
	if (f->late_ms > d->a->late_ms)
		d->a->late_ms = f->late_ms;
	if (f->rcode != NO_RCODE)
		d->rcode = f->rcode;
	if (f->data != NULL)
		record_add(d, f, owner);
	if (f->wire != NULL)
		d->form = f->wire;
}

/* All facts about a name (as it is written in the zone: "*" is one) and type. */
static size_t
facts_use(struct draft *d, const char *name, const char *owner, int type)
{
	const struct fact *f;
	size_t used = 0;

	for (size_t i = 0; i < d->zone->n; i++) {
		f = &d->zone->v[i];
		if (strcmp(f->name, name) != 0)
			continue;
		d->known = d->known || strcmp(name, "*") != 0;
		if (f->type != 0 && f->type != type)
			continue;
		fact_use(d, f, owner);
		used++;
	}
	return used;
}

static const struct fact *
alias_of(const struct zone *zone, const char *name)
{
	for (size_t i = 0; i < zone->n; i++)
		if (zone->v[i].type == LDNS_RR_TYPE_CNAME && zone->v[i].data != NULL &&
		    strcmp(zone->v[i].name, name) == 0)
			return &zone->v[i];
	return NULL;
}

/* As a resolver does: the records of the name, or its alias and what that leads to. */
static void
answer_fill(struct draft *d, const char *name, int type)
{
	char *owner = copied(name);
	const struct fact *alias;
	size_t used;

	for (int i = 0; i < CHAIN_MAX; i++) {
		d->known = false;
		used = facts_use(d, owner, owner, type);
		alias = used == 0 ? alias_of(d->zone, owner) : NULL;
		if (alias == NULL)
			break;
		fact_use(d, alias, owner);
		free(owner);
		owner = name_of(alias->data);
	}
	if (used == 0 && !d->known)
		used = facts_use(d, "*", owner, type);
	if (used == 0 && d->rcode == NO_RCODE)
		d->rcode = d->known ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN;
	if (d->rcode == NO_RCODE)
		d->rcode = LDNS_RCODE_NOERROR;
	free(owner);
}

/* A negative answer carries a SOA, a referral the servers of the root. */
static void
authority_add(ldns_pkt *pkt, const char *line)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr, line, 300, NULL, NULL) == LDNS_STATUS_OK)
		(void)ldns_pkt_push_rr(pkt, LDNS_SECTION_AUTHORITY, rr);
}

static void
wire_add(ldns_pkt *pkt, struct buf *out)
{
	uint8_t *wire = NULL;
	size_t n = 0;

	if (ldns_pkt2wire(&wire, pkt, &n) == LDNS_STATUS_OK)
		(void)buf_add(out, wire, n);
	free(wire);
}

static void
drop_records(ldns_pkt *pkt)
{
	ldns_rr_list_deep_free(ldns_pkt_answer(pkt));
	ldns_pkt_set_answer(pkt, ldns_rr_list_new());
	ldns_pkt_set_ancount(pkt, 0);
}

/* What depends on how the question was put. */
static void
heed_question(struct draft *d, const ldns_pkt *query)
{
	struct answer *a = d->a;
	bool edns = ldns_pkt_edns(query);

	if (a->odd & ODD_NO_EDNS && edns)
		a->odd |= ODD_SILENT;
	if (a->odd & ODD_OLD && edns)
		d->rcode = LDNS_RCODE_FORMERR;
	if (a->odd & ODD_BOGUS && !ldns_pkt_cd(query))
		d->rcode = LDNS_RCODE_SERVFAIL;
	if ((a->odd & ODD_OLD && edns) || (a->odd & ODD_BOGUS && !ldns_pkt_cd(query)) ||
	    a->odd & (ODD_LAME | ODD_REFERRAL))
		drop_records(d->pkt);
	if (!ldns_pkt_rd(query) || a->odd & ODD_REFERRAL)
		ldns_pkt_set_ra(d->pkt, false);
	ldns_pkt_set_aa(d->pkt, !ldns_pkt_rd(query) &&
	    !(a->odd & (ODD_LAME | ODD_REFERRAL | ODD_NO_AA)));
}

/* Makes the bytes; what a UDP answer cannot hold is cut off, as servers do. */
static void
bytes_make(struct draft *d, size_t room)
{
	struct answer *a = d->a;

	ldns_pkt_set_rcode(d->pkt, (uint8_t)d->rcode);
	ldns_pkt_set_ad(d->pkt, (a->odd & ODD_AUTHENTIC) != 0);
	if (a->odd & ODD_REFERRAL)
		authority_add(d->pkt, ROOT);
	else if (ldns_pkt_ancount(d->pkt) == 0 && !(a->odd & ODD_LAME) &&
	    (d->rcode == LDNS_RCODE_NOERROR || d->rcode == LDNS_RCODE_NXDOMAIN))
		authority_add(d->pkt, SOA);
	wire_add(d->pkt, &a->wire);
	if (room > 0 && (a->wire.len > room || a->odd & ODD_TRUNCATED)) {
		drop_records(d->pkt);
		ldns_pkt_set_tc(d->pkt, true);
		buf_reset(&a->wire);
		wire_add(d->pkt, &a->wire);
	}
}

static ldns_pkt *
reply_to(const ldns_pkt *query, const ldns_rr *question)
{
	ldns_pkt *pkt = must(ldns_pkt_new());

	ldns_pkt_set_id(pkt, ldns_pkt_id(query));
	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_rd(pkt, ldns_pkt_rd(query));
	ldns_pkt_set_ra(pkt, true);
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

int
zone_answer(const struct zone *zone, const struct vars *vars, const void *wire, size_t n,
    bool udp, struct answer *a)
{
	struct draft d = { .zone = zone, .vars = vars, .a = a, .rcode = NO_RCODE };
	ldns_pkt *query = NULL;
	ldns_rr *question;
	char *text, *name, *type;

	*a = (struct answer){ 0 };
	if (ldns_wire2pkt(&query, wire, n) != LDNS_STATUS_OK)
		return -1;
	question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
	if (question == NULL || ldns_pkt_qr(query)) {
		ldns_pkt_free(query);
		return -1;
	}
	text = must(ldns_rdf2str(ldns_rr_owner(question)));
	name = name_of(text);
	type = must(ldns_rr_type2str(ldns_rr_get_type(question)));
	(void)snprintf(a->question, sizeof(a->question), "%.500s %s", name, type);
	d.pkt = reply_to(query, question);
	answer_fill(&d, name, (int)ldns_rr_get_type(question));
	heed_question(&d, query);
	if (d.form != NULL)
		wire_form(d.form, wire, n, &a->wire);
	else
		bytes_make(&d, udp ? room_of(query) : 0);
	wire_spoil(a);
	ldns_pkt_free(d.pkt);
	ldns_pkt_free(query);
	free(text);
	free(name);
	free(type);
	return 0;
}

void
answer_free(struct answer *a)
{
	buf_free(&a->wire);
	buf_free(&a->bad);
}
