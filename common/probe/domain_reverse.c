/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Have the exchangers' addresses names that lead back to them? */

#include <string.h>

#include "probe/domain_judge.h"

static const struct cause ptr_missing = {
	"ptr-missing", CLASS_DNS, STATE_WARNING,
	"an exchanger's address has no name (PTR record)",
	"have a PTR record made by whoever the address is from (the provider): a server "
	"that also sends mail from there is refused by many without one", false,
};

static const struct cause ptr_not_confirmed = {
	"ptr-not-confirmed", CLASS_DNS, STATE_WARNING,
	"the name of an exchanger's address does not lead back to the address",
	"let the PTR record name the host that has this address, or give that host an A "
	"or AAAA record with it: receivers that compare the two refuse the server's mail",
	false,
};

cause_table domain_reverse_causes = { &ptr_missing, &ptr_not_confirmed, NULL };

static bool
leads_back(const struct maildns_host *h, const struct net_address *address)
{
	const struct dns_record *r;
	struct net_address a;
	size_t at = 0;

	while (h != NULL && (r = maildns_next(h, &at)) != NULL) {
		dns_record_address(r, 0, &a);
		if (net_address_same(&a, address))
			return true;
	}
	return false;
}

/* The names of an address as a text; *back is whether one of them leads back. */
static size_t
names_of(const struct maildns *m, const struct maildns_reverse *one, struct buf *out,
    bool *back)
{
	size_t n = 0;

	*back = false;
	for (size_t i = 0; i < one->q.nrecords; i++) {
		const struct dns_record *r = &one->q.records[i];

		if (!dns_answers(&one->q, r))
			continue;
		(void)buf_addf(out, "%s%s", n++ > 0 ? ", " : "", r->target);
		*back = *back || leads_back(maildns_host(m, r->target), &one->address);
	}
	return n;
}

/* Why the names' own addresses are not known. 0 when they are. */
static int
check_names(const struct domain *c, const struct maildns_reverse *one, struct diag *d)
{
	for (size_t i = 0; i < one->q.nrecords; i++) {
		const struct dns_record *r = &one->q.records[i];
		const struct maildns_host *h = r->target != NULL
		    ? maildns_host(c->m, r->target) : NULL;
		bool four = net_family(&one->address) == AF_INET;

		if (h != NULL && dns_query_check(c->conf, &h->q[four ? 0 : 1],
		    four ? "A" : "AAAA", d) == -1)
			return -1;
	}
	return 0;
}

static void
judge(const struct domain *c, const struct maildns_reverse *one)
{
	struct diag d = { .stage = "reverse" };
	char address[NET_TEXT_MAX];
	struct buf names = { 0 };
	size_t n = 0;
	bool back;

	(void)net_address_text(&one->address, address);
	if (dns_query_check(c->conf, &one->q, "PTR", &d) == -1)
		;	/* not known */
	else if ((n = names_of(c->m, one, &names, &back)) == 0)
		(void)diag_set(&d, &ptr_missing, "%s, an address of an exchanger of %s, "
		    "has no name (asked DNS %s)", address, c->m->wish.domain,
		    one->q.server);
	else if (!back && check_names(c, one, &d) == 0)
		(void)diag_set(&d, &ptr_not_confirmed, "%s, an address of an exchanger "
		    "of %s, has the name%s %s, %s", address, c->m->wish.domain,
		    n > 1 ? "s" : "", buf_str(&names), n == 1
		    ? "which does not have this address" : n <= MAILDNS_NAMES_MAX
		    ? "none of which has this address"
		    : "of which those that were looked up do not have this address");
	verdict_diag_of(c->v, &d, address);
	buf_free(&names);
}

void
domain_judge_reverse(const struct domain *c)
{
	for (size_t i = 0; i < c->m->nreverse; i++)
		judge(c, &c->m->reverse[i]);
}
