/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a domain: what is right, a table of the exchangers, what senders do. */

#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "probe/domain_judge.h"

#define NAMED_MAX 5		/* exchangers that a sentence names */

static void
list_addresses(const struct maildns *m, struct list *all)
{
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct maildns_host *h = maildns_target_host(m, &m->targets[i]);
		const struct dns_record *r;
		size_t at = 0;

		while (h != NULL && (r = maildns_next(h, &at)) != NULL) {
			struct buf text = { 0 };

			dns_record_text(r, &text);
			(void)list_add(all, buf_str(&text));
			buf_free(&text);
		}
	}
}

/* Each address is counted once. */
static size_t
address_count(const struct domain *c)
{
	struct list all = { 0 };
	size_t n = 0;

	list_addresses(c->m, &all);
	list_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		n += i == 0 || strcmp(all.v[i], all.v[i - 1]) != 0 ? 1 : 0;
	list_free(&all);
	return n;
}

static bool
is_known(const struct maildns *m)
{
	return !m->loop && dns_settled(&m->mx);
}

/* Was every question about the exchangers' addresses answered? */
static bool
are_addresses_known(const struct maildns *m)
{
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct maildns_host *h = maildns_target_host(m, &m->targets[i]);

		if (h != NULL && (!dns_settled(&h->q[0]) || !dns_settled(&h->q[1])))
			return false;
	}
	return true;
}

/* What our own resolver did not tell is not measured: nobody may be judged by it. */
static void
measure(const struct domain *c)
{
	const struct maildns *m = c->m;
	size_t records = 0;

	if (!is_known(m))
		return;
	for (size_t i = 0; i < m->ntargets && !m->implicit; i++)
		records += strcmp(m->targets[i].name, ".") != 0 ? 1 : 0;
	verdict_metric(c->v, c->metrics->mx, (double)records);
	if (are_addresses_known(m))
		verdict_metric(c->v, c->metrics->addresses, (double)address_count(c));
	if (!m->implicit && m->ntargets > 0)
		verdict_metric(c->v, c->metrics->ttl, (double)m->targets[0].ttl);
}

static void
list_exchangers(const struct maildns *m, size_t most, struct buf *out)
{
	for (size_t i = 0; i < m->ntargets && i < most; i++)
		(void)buf_addf(out, "%s%u %s", i > 0 ? ", " : "",
		    m->targets[i].preference, m->targets[i].name);
	if (m->ntargets > most)
		(void)buf_addf(out, " and %zu more", m->ntargets - most);
}

static void
say(const struct domain *c)
{
	const struct maildns *m = c->m;
	const char *domain = m->wish.domain;
	size_t addresses = address_count(c), usable = domain_usable(c);
	size_t exchangers = domain_exchangers(c);
	struct buf names = { 0 };

	if (!is_known(m) || m->mx.rcode == DNS_NXDOMAIN || (!c->wish->null_mx &&
	    m->ntargets > 0 && strcmp(m->targets[0].name, ".") == 0))
		return;
	list_exchangers(m, NAMED_MAX, &names);
	if (domain_is_null(m) && c->wish->null_mx)
		verdict_say(c->v, "%s takes no mail, as it should (null MX)", domain);
	else if (m->implicit && addresses > 0)
		verdict_say(c->v, "%s takes mail at its own address", domain);
	else if (!m->implicit && usable > 0 && usable < exchangers)
		verdict_say(c->v, "%s: %zu of %zu exchangers can take mail", domain,
		    usable, exchangers);
	else if (!m->implicit && usable > 0)
		verdict_say(c->v, "%s: %zu exchanger%s with %zu address%s: %s", domain,
		    exchangers, exchangers == 1 ? "" : "s", addresses,
		    addresses == 1 ? "" : "es", buf_str(&names));
	buf_free(&names);
}

/* --- the table --- */

static void
put_number(struct table *t, const char *format, unsigned long number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), format, number);
	table_add(t, text);
}

/* The name of the address, and whether it leads back. */
static void
put_reverse(const struct domain *c, const struct dns_record *r, struct table *t)
{
	const struct maildns *m = c->m;
	struct net_address a;

	if (!m->wish.reverse)
		return;
	dns_record_address(r, 0, &a);
	for (size_t i = 0; i < m->nreverse; i++) {
		const struct dns_query *q = &m->reverse[i].q;
		struct buf name = { 0 };

		if (!net_address_same(&m->reverse[i].address, &a))
			continue;
		if (dns_settled(q))
			domain_say_answer(q, &name);
		table_add(t, name.len > 0 ? buf_str(&name) : "not known");
		buf_free(&name);
		return;
	}
	table_add(t, "-");
}

/* The first cells of a row, empty in the rows of further addresses. */
static void
put_target(const struct maildns *m, const struct maildns_target *t, bool first,
    struct table *out)
{
	if (first && !m->implicit) {
		put_number(out, "%lu", t->preference);
		table_add(out, t->name);
		put_number(out, "%lu s", t->ttl);
		return;
	}
	table_add(out, first ? "-" : "");
	table_add(out, first ? t->name : "");
	table_add(out, first ? "-" : "");
}

/* Why there is no address, in a cell. */
static const char *
lack(const struct maildns_host *h)
{
	if (h == NULL)
		return "none";
	if (!dns_settled(&h->q[0]) || !dns_settled(&h->q[1]))
		return "not known";
	return h->q[0].rcode == DNS_NXDOMAIN ? "does not exist" : "none";
}

static void
put_rows(const struct domain *c, const struct maildns_target *t, struct table *out)
{
	const struct maildns_host *h = maildns_target_host(c->m, t);
	const struct dns_record *r;
	size_t at = 0, n = 0;

	while (h != NULL && (r = maildns_next(h, &at)) != NULL) {
		struct buf address = { 0 };

		put_target(c->m, t, n++ == 0, out);
		dns_record_text(r, &address);
		if (strcmp(r->owner, t->name) != 0)
			(void)buf_addf(&address, " by way of %s", r->owner);
		table_add(out, buf_str(&address));
		put_number(out, "%lu s", r->ttl);
		put_reverse(c, r, out);
		buf_free(&address);
	}
	if (n > 0)
		return;
	put_target(c->m, t, true, out);
	table_add(out, lack(h));
	table_add(out, "-");
	if (c->m->wish.reverse)
		table_add(out, "-");
}

static void
tell_table(const struct domain *c)
{
	static const char *const heads[] = {
		"PREF", "EXCHANGER", "TTL", "ADDRESS", "TTL", "ITS NAME",
	};
	struct table t = { .columns = c->m->wish.reverse ? 6 : 5 };

	if (c->m->ntargets == 0 || domain_is_null(c->m))
		return;
	for (size_t i = 0; i < t.columns; i++)
		table_add(&t, heads[i]);
	for (size_t i = 0; i < c->m->ntargets; i++)
		put_rows(c, &c->m->targets[i], &t);
	verdict_table(c->v, &t);
	table_free(&t);
}

/* --- facts --- */

static void
tell_facts(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct buf names = { 0 }, chain = { 0 };

	if (!is_known(m))
		return;
	if (!m->implicit && m->ntargets > 0) {
		list_exchangers(m, SIZE_MAX, &names);
		verdict_fact(c->v, "mx", "%s", buf_str(&names));
	}
	for (size_t i = 0; i < m->aliases.n; i++)
		(void)buf_addf(&chain, "%s%s", i > 0 ? ", " : "", m->aliases.v[i]);
	if (m->aliases.n > 0)
		verdict_fact(c->v, "aliases", "%s", buf_str(&chain));
	verdict_fact(c->v, "resolver", "%s", m->mx.server);
	if (m->zone != NULL)
		verdict_fact(c->v, "zone", "%s", m->zone);
	if (domain_trusts(c, &m->mx))
		verdict_fact(c->v, "dnssec", "%s", m->mx.authentic ? "yes" : "no");
	buf_free(&names);
	buf_free(&chain);
}

static void
tell_servers(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct buf names = { 0 };

	for (size_t i = 0; i < m->nservers; i++)
		if (i == 0 || strcmp(m->servers[i].name, m->servers[i - 1].name) != 0)
			(void)buf_addf(&names, "%s%s", i > 0 ? ", " : "",
			    m->servers[i].name);
	if (m->nservers > 0 && c->wish->name_servers.n == 0)
		verdict_note(c->v, "name servers of the zone %s: %s", m->zone,
		    buf_str(&names));
	if (m->nservers > 0)
		verdict_fact(c->v, "name_servers", "%s", buf_str(&names));
	if (m->nservers > 0 && m->aliases.n > 0)
		verdict_note(c->v, "these are the servers of the alias: check %s by "
		    "itself, for its records may be in another zone",
		    maildns_canonical(m));
	buf_free(&names);
}

void
domain_tell(const struct domain *c)
{
	measure(c);
	say(c);
	tell_table(c);
	tell_servers(c);
	tell_facts(c);
	domain_tell_senders(c);
}
