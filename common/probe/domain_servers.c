/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do all name servers of the zone answer, and are they in charge of it? */

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "probe/domain_servers.h"

static const struct cause lame = {
	"ns-lame", CLASS_DNS, STATE_WARNING,
	"a name server of the zone is not in charge of it, or fails (CRITICAL when none "
	"serves it)",
	"configure the zone on that server, or take the server out of the NS records, "
	"here and in the zone above: senders that ask it get no answer, or wait", false,
};

static const struct cause silent = {
	"ns-silent", CLASS_DNS, STATE_WARNING,
	"a name server of the zone does not answer (UNKNOWN when none answers from here)",
	"start the server, or let port 53 through to it, UDP and TCP; if no server "
	"answers from here, a firewall may keep this machine from asking any but its "
	"resolver",
	true,
};

static const struct cause ns_alias = {
	"ns-is-alias", CLASS_DNS, STATE_WARNING,
	"an NS record names an alias (CNAME)",
	"let the NS record name the host itself (RFC 2181, section 10.3): some resolvers "
	"do not ask such servers at all", false,
};

static const struct cause not_found = {
	"ns-not-found", CLASS_DNS, STATE_UNKNOWN,
	"the name servers of the domain's zone were not found, so they were not asked",
	"look for the NS records with dig +trace, or name the servers: "
	"--name-server", false,
};

cause_table domain_server_causes = {
	&domain_inconsistent, &lame, &silent, &ns_alias, &not_found, &domain_stale, NULL,
};

static void
say_server(const struct maildns_server *s, struct buf *out)
{
	char address[NET_TEXT_MAX] = "";

	if (s->address.len > 0)
		(void)dns_server_text(&s->address, address);
	(void)buf_puts(out, s->name);
	if (strstr(s->name, address) == NULL)
		(void)buf_addf(out, " (%s)", address);
}

bool
domain_is_good(const struct dns_query *q)
{
	return dns_settled(q) && q->authoritative;
}

/* Is a question about an exchanger one for the servers of a zone below? */
static bool
is_delegated(const struct dns_query *q, size_t which)
{
	return which >= MAILDNS_HOSTS && q->answered && (q->rcode == DNS_REFERRAL ||
	    (dns_settled(q) && !q->authoritative && q->nrecords == 0));
}

static bool
answers_nothing(const struct maildns_server *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->q[i].answered)
			return false;
	return true;
}

/* Is it this machine that cannot send there? */
static bool
is_ours(int error)
{
	return error == ENETUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT ||
	    error == EPERM || error == EACCES;
}

/* What a server without any answer says, or does not. */
static enum health
silence(const struct maildns *m, const struct maildns_server *s, struct buf *why)
{
	int error = s->q[MAILDNS_MX].error;

	if (is_ours(error)) {
		(void)buf_addf(why, "was not asked: %s", strerror(error));
		return AWAY;
	}
	(void)buf_addf(why, "does not answer%s%s", error != 0 ? ": " : "",
	    error != 0 ? strerror(error) : "");
	return error == 0 && m->hurried ? HURRIED : SILENT;
}

/* A server with an address that answers something. */
static enum health
health_of_answers(const struct maildns *m, const struct maildns_server *s,
    struct buf *why)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct dns_query *q = &s->q[i];
		const char *type = dns_type_name(q->type);
		const char *code = dns_rcode_name(q->rcode);

		if (i == MAILDNS_TXT || is_delegated(q, i) || domain_is_good(q))
			continue;
		if (!q->answered)
			(void)buf_addf(why, "does not answer about %s of %s", type,
			    q->name);
		else if (dns_settled(q))
			(void)buf_addf(why, "is not in charge of %s", q->name);
		else
			(void)buf_addf(why, "answers %s about %s of %s",
			    code != NULL ? code : "an unknown code", type, q->name);
		return q->answered ? LAME : m->hurried ? HURRIED : SILENT;
	}
	return GOOD;
}

static enum health
health(const struct maildns *m, const struct maildns_server *s, struct buf *why)
{
	const struct maildns_host *h = maildns_host(m, s->name);

	if (s->q != NULL)
		return answers_nothing(s) ? silence(m, s, why)
		    : health_of_answers(m, s, why);
	(void)buf_puts(why, "has no address");
	return h != NULL && (!dns_settled(&h->q[0]) || !dns_settled(&h->q[1]))
	    ? UNKNOWN : LAME;
}

static size_t
count(const struct domain_servers *all, enum health h)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->v[i].health == h ? 1 : 0;
	return n;
}

/* How many of a family fare so; h GOOD, SILENT, ...; -1 is any. */
static size_t
count_family(const struct domain_servers *all, int family, int h)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->v[i].s->address.len > 0 &&
		    net_family(&all->v[i].s->address) == family &&
		    (h == -1 || (int)all->v[i].health == h) ? 1 : 0;
	return n;
}

/*
 * Is nobody heard over this one of two protocols? Then it may be this machine's.
 */
static bool
is_deaf(const struct domain_servers *all, int family)
{
	size_t n = count_family(all, family, -1);

	return n > 1 && count_family(all, family, SILENT) == n && count(all, GOOD) > 0;
}

static void
judge_family(const struct domain *c, const struct domain_servers *all, int family)
{
	struct diag d = { .stage = "authority" };

	if (!is_deaf(all, family))
		return;
	(void)diag_set(&d, &silent, "none of the name servers of %s answers over %s (%zu "
	    "addresses), and others do: they do not serve it, or this machine's %s does "
	    "not work", c->m->wish.domain, family == AF_INET ? "IPv4" : "IPv6",
	    count_family(all, family, -1), family == AF_INET ? "IPv4" : "IPv6");
	verdict_diag_as(c->v, &d, NULL, STATE_UNKNOWN);
}

/* What a server that is not good means depends on the others. */
static enum state
state_of(const struct domain_servers *all, enum health h)
{
	size_t good = count(all, GOOD), lames = count(all, LAME);

	if (h == LAME)
		return good + count(all, AWAY) + count(all, UNKNOWN) +
		    count(all, HURRIED) == 0 ? STATE_CRITICAL : STATE_WARNING;
	return good + lames == 0 ? STATE_UNKNOWN : STATE_WARNING;
}

static void
judge_health(const struct domain *c, const struct domain_servers *all,
    const struct domain_server *one)
{
	struct diag d = { .stage = "authority" };
	const char *who = buf_str(&one->who), *why = buf_str(&one->why);
	const char *domain = c->m->wish.domain;

	if (diag_failed(&one->s->d))
		verdict_diag_of(c->v, &one->s->d, who);
	if (one->health == AWAY)
		verdict_note(c->v, "the name server %s of %s %s", who, domain, why);
	if (one->health == HURRIED)
		(void)diag_set(&d, &dns_timeout, "the name server %s of %s %s, and had "
		    "less time than usual (-t)", who, domain, why);
	if (one->health == LAME || (one->health == SILENT &&
	    !is_deaf(all, net_family(&one->s->address))))
		(void)diag_set(&d, one->health == LAME ? &lame : &silent,
		    "the name server %s of %s %s", who, domain, why);
	if (diag_failed(&d))
		verdict_diag_as(c->v, &d, who, one->health == HURRIED ? STATE_UNKNOWN
		    : state_of(all, one->health));
}

/* The types of records that a server has beside a CNAME; 0 when there is none. */
static size_t
other_types(const struct domain *c, const struct maildns_server *s, struct buf *out)
{
	static const size_t places[] = {
		MAILDNS_SOA, MAILDNS_MX, MAILDNS_A, MAILDNS_AAAA, MAILDNS_TXT,
	};
	const char *domain = c->m->wish.domain;
	size_t n = 0;

	if (s->q == NULL || dns_alias(&s->q[MAILDNS_CNAME], domain) == NULL)
		return 0;
	for (size_t i = 0; i < LEN(places); i++) {
		const struct dns_query *q = &s->q[places[i]];
		bool own = false;

		for (size_t k = 0; k < q->nrecords && dns_settled(q); k++)
			own = own || (q->records[k].type == q->type &&
			    strcmp(q->records[k].owner, domain) == 0);
		if (own)
			(void)buf_addf(out, "%s%s", n++ > 0 ? ", " : "",
			    dns_type_name(q->type));
	}
	return n;
}

static void
judge_mixture(const struct domain *c, const struct domain_server *one)
{
	struct diag d = { .stage = "authority" };
	const char *domain = c->m->wish.domain;
	struct buf types = { 0 };

	if (other_types(c, one->s, &types) > 0)
		(void)diag_set(&d, &domain_other_data, "the name server %s has for %s an "
		    "alias (CNAME), of %s, and beside it: %s", buf_str(&one->who),
		    domain, dns_alias(&one->s->q[MAILDNS_CNAME], domain),
		    buf_str(&types));
	verdict_diag_of(c->v, &d, buf_str(&one->who));
	buf_free(&types);
}

/* Are the names of the servers names of hosts, and are all their addresses known? */
static void
judge_names(const struct domain *c)
{
	const char *name;

	for (size_t k = 0; (name = maildns_ns(c->m, k)) != NULL; k++) {
		const struct maildns_host *h = maildns_host(c->m, name);
		struct diag d = { .stage = "authority" };
		struct diag alias = { .stage = "authority" };
		const char *end = NULL;

		for (size_t i = 0; h != NULL && i < 2; i++) {
			(void)dns_query_check(c->conf, &h->q[i],
			    dns_type_name(h->q[i].type), &d);
			end = end != NULL ? end : dns_alias(&h->q[i], name);
		}
		verdict_diag_of(c->v, &d, name);
		if (end != NULL)
			(void)diag_set(&alias, &ns_alias, "the name server %s of %s is "
			    "an alias of %s", name, c->m->wish.domain, end);
		verdict_diag_of(c->v, &alias, name);
	}
}

static void
judge_no_servers(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct diag d = { .stage = "authority" };

	for (size_t i = 0; i < m->nns && !diag_failed(&d); i++)
		(void)dns_query_check(c->conf, &m->ns[i], "NS", &d);
	if (!diag_failed(&d))
		(void)diag_set(&d, &not_found, "no name server of %s was found (asked "
		    "DNS %s)", m->wish.domain, m->ns[0].server);
	verdict_diag(c->v, &d);
}

/* Who could not be asked by this machine leaves nothing to judge. */
static void
judge_reach(const struct domain *c, const struct domain_servers *all)
{
	struct diag d = { .stage = "authority" };

	if (count(all, AWAY) == all->n)
		(void)diag_set(&d, &not_found, "this machine has no way to any name "
		    "server of %s", c->m->wish.domain);
	verdict_diag(c->v, &d);
}

static void
look_at_all(const struct maildns *m, struct domain_servers *all)
{
	for (; all->n < m->nservers; all->n++) {
		struct domain_server *one = &all->v[all->n];

		*one = (struct domain_server){ .s = &m->servers[all->n] };
		say_server(one->s, &one->who);
		one->health = health(m, one->s, &one->why);
	}
}

static void
judge_all(const struct domain *c, const struct domain_servers *all)
{
	for (size_t i = 0; i < all->n; i++) {
		judge_health(c, all, &all->v[i]);
		judge_mixture(c, &all->v[i]);
	}
	judge_family(c, all, AF_INET);
	judge_family(c, all, AF_INET6);
	judge_reach(c, all);
	domain_compare(c, all);
	/* What our own means did not find out is no number to judge. */
	if (count(all, UNKNOWN) + count(all, HURRIED) == 0)
		verdict_metric(c->v, c->metrics->servers, (double)count(all, GOOD));
}

void
domain_judge_servers(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct domain_servers all = { .n = 0 };

	if (!m->wish.servers)
		return;
	if (m->wish.instead->n == 0)
		judge_names(c);
	look_at_all(m, &all);
	if (all.n == 0)
		judge_no_servers(c);
	else
		judge_all(c, &all);
	for (size_t i = 0; i < all.n; i++) {
		buf_free(&all.v[i].who);
		buf_free(&all.v[i].why);
	}
}
