/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do all name servers of the zone say the same? And the resolver, too? */

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "probe/domain_servers.h"

const struct cause domain_inconsistent = {
	"ns-inconsistent", CLASS_DNS, STATE_WARNING,
	"the name servers do not give the same answers",
	"let the secondary servers fetch the zone again (look at their logs for a "
	"transfer that fails, and at the serial: was it raised?); which answer a sender "
	"gets is chance until then", false,
};

const struct cause domain_stale = {
	"resolver-stale", CLASS_DNS, STATE_WARNING,
	"the resolver has another answer than the zone's name servers",
	"after a change that is normal until the time to live is over; who runs the "
	"resolver can empty its cache at once (unbound-control flush, rndc flushname). "
	"If it lasts, the resolver asks other servers than these: another delegation, or "
	"a view of its own", false,
};

/* Those that give the same answer to a question. */
struct group {
	struct buf		 answer, who;
	const struct dns_query	*q;		/* the answer of one of them */
};

struct groups {
	struct group	 v[MAILDNS_SERVERS_MAX + 1];
	size_t		 n;
};

static void
add_answer(struct groups *g, const struct dns_query *q, const char *who)
{
	struct buf answer = { 0 };
	size_t i = 0;

	domain_say_answer(q, &answer);
	while (i < g->n && strcmp(buf_str(&g->v[i].answer), buf_str(&answer)) != 0)
		i++;
	if (i == g->n) {
		g->v[g->n++] = (struct group){ .answer = answer, .q = q };
		answer = (struct buf){ 0 };
	}
	(void)buf_addf(&g->v[i].who, "%s%s", g->v[i].who.len > 0 ? ", " : "", who);
	buf_free(&answer);
}

static void
group(const struct domain_servers *all, size_t which, struct groups *g)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct maildns_server *s = all->v[i].s;

		if (which < s->n && domain_is_good(&s->q[which]))
			add_answer(g, &s->q[which], buf_str(&all->v[i].who));
	}
}

static void
groups_free(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		buf_free(&g->v[i].answer);
		buf_free(&g->v[i].who);
	}
}

static bool
has_answer(const struct groups *g, const struct buf *said)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(buf_str(&g->v[i].answer), buf_str(said)) == 0)
			return true;
	return false;
}

/* What the resolver says of the same; NULL when it did not say. */
static const struct dns_query *
resolved(const struct domain *c, const struct dns_query *q)
{
	const struct maildns_host *h = maildns_host(c->m, q->name);
	const struct dns_query *here = q->type == DNS_MX ? &c->m->mx
	    : h != NULL ? &h->q[q->type == DNS_A ? 0 : 1] : NULL;

	return here != NULL && dns_settled(here) ? here : NULL;
}

/* An address that the resolver made of an IPv4 address, for networks without (DNS64). */
static bool
is_made_up(const struct dns_query *q)
{
	static const unsigned char prefix[12] = { 0x00, 0x64, 0xff, 0x9b };
	bool any = false;

	for (size_t i = 0; i < q->nrecords; i++) {
		if (!dns_answers(q, &q->records[i]))
			continue;
		if (q->type != DNS_AAAA ||
		    memcmp(q->records[i].data, prefix, sizeof(prefix)) != 0)
			return false;
		any = true;
	}
	return any;
}

static bool
overlap(const struct dns_query *a, const struct dns_query *b)
{
	for (size_t i = 0; i < a->nrecords; i++)
		for (size_t k = 0; k < b->nrecords; k++) {
			const struct dns_record *r = &a->records[i], *s = &b->records[k];

			if (dns_answers(a, r) && dns_answers(b, s) && r->len == s->len &&
			    memcmp(r->data, s->data, r->len) == 0)
				return true;
		}
	return false;
}

static void
say_serials(const struct domain_servers *all, struct buf *out)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct maildns_server *s = all->v[i].s;
		const struct dns_query *q = s->q != NULL ? &s->q[MAILDNS_SOA] : NULL;

		for (size_t k = 0; q != NULL && k < q->nrecords; k++)
			if (dns_answers(q, &q->records[k]))
				(void)buf_addf(out, "%s%s %u", out->len > 0 ? ", " : "",
				    s->name, (unsigned)q->records[k].serial);
	}
}

/* Does a server give other addresses every time that it is asked? */
static bool
is_pool(const struct domain_servers *all, size_t which)
{
	bool pool = false;

	for (size_t i = 0; i < all->n && which >= MAILDNS_HOSTS; i++) {
		const struct maildns_server *s = all->v[i].s;
		struct groups g = { .n = 0 };

		for (size_t k = which; k <= which + MAILDNS_PER_HOST / 2 && k < s->n;
		    k += MAILDNS_PER_HOST / 2)
			if (domain_is_good(&s->q[k]))
				add_answer(&g, &s->q[k], "");
		pool = pool || g.n > 1;
		groups_free(&g);
	}
	return pool;
}

/* Who says what, line by line, and in a sentence. */
static void
tell_groups(const struct domain *c, const struct domain_servers *all,
    const struct dns_query *q, const struct groups *g)
{
	struct diag d = { .stage = "authority" };
	struct buf said = { 0 }, serials = { 0 };
	const char *type = dns_type_name(q->type);

	for (size_t i = 0; i < g->n; i++) {
		const char *who = buf_str(&g->v[i].who);
		const char *answer = buf_str(&g->v[i].answer);

		(void)buf_addf(&said, "%s%s: %s", i > 0 ? "; " : "", who, answer);
		verdict_note(c->v, "%s of %s at %s: %s", type, q->name, who, answer);
	}
	say_serials(all, &serials);
	(void)diag_set(&d, &domain_inconsistent, "the name servers of %s do not agree "
	    "about %s of %s: %s (serials: %s)", c->m->wish.domain, type, q->name,
	    buf_str(&said), serials.len > 0 ? buf_str(&serials) : "none");
	verdict_diag_of(c->v, &d, q->type == DNS_MX ? NULL : q->name);
	buf_free(&said);
	buf_free(&serials);
}

/* "for 55 seconds more" */
static void
say_rest(const struct dns_query *q, struct buf *out)
{
	uint32_t least = q->final ? q->final_ttl : UINT32_MAX;

	for (size_t i = 0; i < q->nrecords; i++)
		if (q->records[i].ttl < least)
			least = q->records[i].ttl;
	if (least < UINT32_MAX)
		(void)buf_addf(out, "for %u seconds more", (unsigned)least);
	else
		(void)buf_puts(out, "for as long as it remembers that there is none");
}

/* The resolver says what none of the servers says. */
static void
tell_stale(const struct domain *c, const struct dns_query *here, const struct group *g)
{
	struct diag d = { .stage = "authority" };
	struct buf said = { 0 }, rest = { 0 };

	domain_say_answer(here, &said);
	say_rest(here, &rest);
	if (here->type != DNS_MX && overlap(here, g->q))
		verdict_note(c->v, "DNS %s says of %s of %s: %s, %s; the zone's name "
		    "servers say: %s", here->server, dns_type_name(here->type),
		    here->name, buf_str(&said), buf_str(&rest), buf_str(&g->answer));
	else
		(void)diag_set(&d, &domain_stale, "DNS %s says of %s of %s: %s, and will "
		    "do so %s; the zone's name servers say: %s", here->server,
		    dns_type_name(here->type), here->name, buf_str(&said),
		    buf_str(&rest), buf_str(&g->answer));
	verdict_diag_of(c->v, &d, here->type == DNS_MX ? NULL : here->name);
	buf_free(&said);
	buf_free(&rest);
}

/* Nothing that is given out by turns can be compared. */
static void
tell_pool(const struct domain *c, const struct dns_query *q)
{
	verdict_note(c->v, "the name servers of %s give other addresses of %s every time "
	    "(%s): these were not compared", c->m->wish.domain, q->name,
	    dns_type_name(q->type));
}

/* Compares the answers to one question. */
static void
judge_question(const struct domain *c, const struct domain_servers *all,
    const struct dns_query *q, size_t which)
{
	const struct dns_query *here = resolved(c, q);
	bool instead = c->wish->name_servers.n > 0;
	struct groups g = { .n = 0 };
	struct buf who = { 0 }, said = { 0 };

	group(all, which, &g);
	if (here != NULL && (g.n == 0 || is_made_up(here)))
		here = NULL;
	if (here != NULL) {
		(void)buf_addf(&who, "the resolver %s", here->server);
		domain_say_answer(here, &said);
	}
	/* Servers that are not the DNS' own differ from it; it is not behind them. */
	if (here != NULL && instead && (q->type == DNS_MX || has_answer(&g, &said) ||
	    !overlap(here, g.v[0].q)))
		add_answer(&g, here, buf_str(&who));
	if (is_pool(all, which))
		tell_pool(c, q);
	else if (g.n > 1)
		tell_groups(c, all, q, &g);
	else if (here != NULL && !instead && !has_answer(&g, &said))
		tell_stale(c, here, &g.v[0]);
	groups_free(&g);
	buf_free(&who);
	buf_free(&said);
}

/* Serials that differ under answers that do not are a transfer under way, mostly. */
static void
tell_serials(const struct domain *c, const struct domain_servers *all)
{
	struct groups g = { .n = 0 };
	struct buf serials = { 0 };

	group(all, MAILDNS_SOA, &g);
	say_serials(all, &serials);
	if (g.n > 1)
		verdict_note(c->v, "the serials of the zone differ: %s",
		    buf_str(&serials));
	groups_free(&g);
	buf_free(&serials);
}

void
domain_compare(const struct domain *c, const struct domain_servers *all)
{
	const struct maildns_server *s = NULL;
	bool implicit = c->m->implicit;

	/* All get the same questions: any server has the list. */
	for (size_t i = 0; i < all->n && s == NULL; i++)
		s = all->v[i].s->q != NULL ? all->v[i].s : NULL;
	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (i == MAILDNS_MX || (i >= MAILDNS_HOSTS && (i - MAILDNS_HOSTS) %
		    MAILDNS_PER_HOST < MAILDNS_PER_HOST / 2) ||
		    (implicit && (i == MAILDNS_A || i == MAILDNS_AAAA)))
			judge_question(c, all, &s->q[i], i);
	tell_serials(c, all);
}
