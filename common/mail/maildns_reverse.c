/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the exchangers' addresses, and whether these lead back. */

#include <stdlib.h>
#include <string.h>

#include "mail/maildns_ask.h"
#include "mail/maildns_name.h"


static bool
has_address(const struct maildns *m, const struct net_address *a)
{
	for (size_t i = 0; i < m->nreverse; i++)
		if (net_address_same(&m->reverse[i].address, a))
			return true;
	return false;
}

static int
add_address(struct maildns *m, const struct dns_record *r, struct diag *d)
{
	struct maildns_reverse *grown, *one;
	struct net_address a;
	char name[MAILDNS_REVERSE_MAX];

	dns_record_address(r, 0, &a);
	if (has_address(m, &a))
		return 0;
	if (m->nreverse == MAILDNS_REVERSE_LIMIT) {
		m->partial = true;
		return 0;
	}
	grown = reallocarray(m->reverse, m->nreverse + 1, sizeof(*grown));
	if (grown == NULL)
		return diag_nomem(d);
	m->reverse = grown;
	one = &grown[m->nreverse];
	maildns_reverse_name(&a, name);
	*one = (struct maildns_reverse){ .address = a, .name = strdup(name) };
	if (one->name == NULL)
		return diag_nomem(d);
	m->nreverse++;
	one->q = (struct dns_query){ .name = one->name, .type = DNS_PTR };
	return 0;
}

static int
list_addresses(struct maildns *m, struct diag *d)
{
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct maildns_host *h = maildns_target_host(m, &m->targets[i]);
		const struct dns_record *r;
		size_t at = 0;

		while (h != NULL && (r = maildns_next(h, &at)) != NULL)
			if (add_address(m, r, d) == -1)
				return -1;
	}
	return 0;
}

static int
ask_for_names(struct maildns *m, struct deadline by, struct diag *d)
{
	struct dns_query *q = calloc(m->nreverse + 1, sizeof(*q));
	int rc;

	if (q == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < m->nreverse; i++)
		q[i] = m->reverse[i].q;
	rc = dns_ask_through(&m->conf, q, m->nreverse, by, d);
	for (size_t i = 0; i < m->nreverse; i++)
		m->reverse[i].q = q[i];
	free(q);
	return rc;
}

int
maildns_ask_reverse(struct maildns *m, struct deadline by, struct diag *d)
{
	if (list_addresses(m, d) == -1 ||
	    ask_for_names(m, deadline_share(by, 2), d) == -1)
		return -1;
	for (size_t i = 0; i < m->nreverse; i++) {
		const struct dns_query *q = &m->reverse[i].q;
		size_t names = 0;

		for (size_t k = 0; k < q->nrecords && names < MAILDNS_NAMES_MAX; k++)
			if (dns_answers(q, &q->records[k]) && ++names &&
			    maildns_add_host(m, q->records[k].target, d) == -1)
				return -1;
	}
	return maildns_ask_hosts(m, by, d);
}

void
maildns_free_reverse(struct maildns *m)
{
	for (size_t i = 0; i < m->nreverse; i++) {
		dns_query_free(&m->reverse[i].q);
		free(m->reverse[i].name);
	}
	free(m->reverse);
}
