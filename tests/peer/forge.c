/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>

#include "base/text.h"
#include "peer/forge.h"

#define FLOOD 200	/* datagrams: they fit into the socket's buffer at its default */

static const struct {
	ldns_rr_type	 type;
	const char	*record;
} lies[] = {
	{ LDNS_RR_TYPE_A,     "x. 300 IN A 203.0.113.66" },
	{ LDNS_RR_TYPE_AAAA,  "x. 300 IN AAAA 2001:db8::66" },
	{ LDNS_RR_TYPE_MX,    "x. 300 IN MX 1 evil.test." },
	{ LDNS_RR_TYPE_NS,    "x. 300 IN NS evil.test." },
	{ LDNS_RR_TYPE_CNAME, "x. 300 IN CNAME evil.test." },
	{ LDNS_RR_TYPE_PTR,   "x. 300 IN PTR evil.test." },
	{ LDNS_RR_TYPE_SOA,   "x. 300 IN SOA evil.test. evil.test. 666 9 9 9 9" },
	{ LDNS_RR_TYPE_TXT,   "x. 300 IN TXT \"evil\"" },
};

static const unsigned odds[] = {
	ODD_GARBAGE, ODD_EMPTY, ODD_SHORT, ODD_WRONG_ID, ODD_WRONG_NAME, ODD_WRONG_TYPE,
	ODD_WRONG_CLASS, ODD_NO_QR, ODD_OPCODE, ODD_OTHER_PORT, ODD_NO_QUESTION,
	ODD_TWO_QUESTIONS,
};

static struct forgery *
forgery_add(struct answer *a)
{
	a->before = grown(a->before, a->nbefore, sizeof(*a->before));
	return &a->before[a->nbefore++];
}

static void
lie_add(ldns_pkt *packet, const ldns_rr *question)
{
	ldns_rr *rr = NULL;

	for (size_t i = 0; i < LEN(lies); i++) {
		if (lies[i].type != ldns_rr_get_type(question) ||
		    ldns_rr_new_frm_str(&rr, lies[i].record, 300, NULL, NULL) !=
		    LDNS_STATUS_OK)
			continue;
		ldns_rdf_deep_free(ldns_rr_owner(rr));
		ldns_rr_set_owner(rr, must(ldns_rdf_clone(ldns_rr_owner(question))));
		(void)ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, rr);
	}
}

/* A message that would be believed, but for what makes it odd. */
static void
lie_write(const ldns_pkt *packet, unsigned odd, struct buf *out)
{
	ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	ldns_pkt *lie = must(ldns_pkt_new());
	uint8_t *wire = NULL;
	size_t n = 0;

	ldns_pkt_set_id(lie, ldns_pkt_id(packet));
	ldns_pkt_set_qr(lie, true);
	ldns_pkt_set_aa(lie, !ldns_pkt_rd(packet));
	ldns_pkt_set_rd(lie, ldns_pkt_rd(packet));
	ldns_pkt_set_ra(lie, ldns_pkt_rd(packet));
	for (int i = odd == ODD_TWO_QUESTIONS ? 2 : odd != ODD_NO_QUESTION; i > 0; i--)
		(void)ldns_pkt_push_rr(lie, LDNS_SECTION_QUESTION,
		    must(ldns_rr_clone(question)));
	lie_add(lie, question);
	if (ldns_pkt2wire(&wire, lie, &n) == LDNS_STATUS_OK)
		(void)buf_add(out, wire, n);
	free(wire);
	ldns_pkt_free(lie);
}

/* type is where the question has its type, and behind it its class. */
static void
twist(unsigned odd, size_t type, struct buf *wire)
{
	unsigned char *byte = (unsigned char *)wire->data;

	switch (odd) {
	case ODD_SHORT:
		wire->len = LDNS_HEADER_SIZE - 1;
		break;
	case ODD_WRONG_ID:
		byte[0] ^= 0x55;
		break;
	case ODD_WRONG_NAME:
		byte[13] = byte[13] != 'q' ? 'q' : 'z';
		break;
	case ODD_WRONG_TYPE:
		byte[type + 1] ^= 0x10;
		break;
	case ODD_WRONG_CLASS:
		byte[type + 3] = LDNS_RR_CLASS_CH;
		break;
	case ODD_NO_QR:
		byte[2] &= 0x7f;
		break;
	case ODD_OPCODE:
		byte[2] |= LDNS_PACKET_STATUS << 3;
		break;
	default:
		break;
	}
}

void
forge(struct answer *a, const ldns_pkt *packet)
{
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
	size_t type = LDNS_HEADER_SIZE + ldns_rdf_size(ldns_rr_owner(question));
	struct forgery *f;

	for (size_t i = 0; i < LEN(odds); i++) {
		if (!(a->odd & odds[i]))
			continue;
		f = forgery_add(a);
		f->elsewhere = odds[i] == ODD_OTHER_PORT;
		if (odds[i] == ODD_GARBAGE)
			(void)buf_puts(&f->wire, GARBAGE);
		if (odds[i] == ODD_GARBAGE || odds[i] == ODD_EMPTY)
			continue;
		lie_write(packet, odds[i], &f->wire);
		twist(odds[i], type, &f->wire);
	}
	for (int i = 0; a->odd & ODD_FLOOD && i < FLOOD; i++)
		(void)buf_puts(&forgery_add(a)->wire, GARBAGE);
}
