/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do all name servers of the zone answer, and all the same? And the resolver, too? */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/domain_judge.h"

static const struct cause inconsistent = {
	"ns-inconsistent", CLASS_DNS, STATE_WARNING,
	"the name servers do not give the same answers",
	"let the secondary servers fetch the zone again (look at their logs for a "
	"transfer that fails, and at the serial: was it raised?); which answer a sender "
	"gets is chance until then", false,
};

static const struct cause lame = {
	"ns-lame", CLASS_DNS, STATE_WARNING,
	"a name server of the zone is not in charge of it, or fails (CRITICAL when all "
	"are so)",
	"configure the zone on that server, or take the server out of the NS records, "
	"here and in the zone above: senders that ask it get no answer, or wait", false,
};

static const struct cause silent = {
	"ns-silent", CLASS_DNS, STATE_WARNING,
	"a name server of the zone does not answer (UNKNOWN when none answers from here)",
	"start the server, or let port 53 through to it, UDP and TCP; if no server "
	"answers from here, a firewall may keep this machine from asking any but its "
	"resolver",
	false,
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

static const struct cause stale = {
	"resolver-stale", CLASS_DNS, STATE_WARNING,
	"the resolver has another answer than the zone's name servers",
	"after a change that is normal until the time to live is over; who runs the "
	"resolver can empty its cache at once (unbound-control flush, rndc flushname). "
	"If it lasts, the resolver asks other servers than these: another delegation, or "
	"a view of its own", false,
};

cause_table domain_server_causes = {
	&inconsistent, &lame, &silent, &ns_alias, &not_found, &stale, NULL,
};

/* How a server fares. */
enum health { GOOD, LAME, SILENT, AWAY };

/* "ns1.example.org (192.0.2.53)" */
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

/* May a question about an exchanger be one for servers of a zone below? */
static bool
is_delegated(const struct dns_query *q, size_t which)
{
	return which >= MAILDNS_HOSTS && q->answered && (q->rcode == DNS_REFERRAL ||
	    (domain_answered(q) && !q->authoritative));
}

static bool
is_good(const struct dns_query *q)
{
	return domain_answered(q) && q->authoritative;
}

static bool
answers_nothing(const struct maildns_server *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->q[i].answered)
			return false;
	return true;
}

/* What a server without any answer says, or does not. */
static enum health
silence(const struct maildns_server *s, struct buf *why)
{
	int error = s->q[MAILDNS_MX].error;

	if (error == ENETUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT) {
		(void)buf_puts(why, "this machine has no way to it");
		return AWAY;
	}
	(void)buf_puts(why, error != 0 ? strerror(error) : "no answer in time");
	return SILENT;
}

/* The first answer that is none decides, with the reason. */
static enum health
health(const struct maildns_server *s, struct buf *why)
{
	if (s->q == NULL) {
		(void)buf_puts(why, "it has no address");
		return LAME;
	}
	if (answers_nothing(s))
		return silence(s, why);
	for (size_t i = 0; i < s->n; i++) {
		const struct dns_query *q = &s->q[i];
		const char *type = dns_type_name(q->type);
		const char *code = dns_rcode_name(q->rcode);

		if (i == MAILDNS_TXT || is_delegated(q, i) || is_good(q))
			continue;
		if (!q->answered) {
			(void)buf_addf(why, "no answer in time about %s of %s", type,
			    q->name);
			return SILENT;
		}
		if (domain_answered(q))
			(void)buf_addf(why, "it is not in charge of %s", q->name);
		else
			(void)buf_addf(why, "it answers %s about %s of %s",
			    code != NULL ? code : "an unknown code", type, q->name);
		return LAME;
	}
	return GOOD;
}

/* How many servers fare so, and how many could be asked at all. */
static size_t
count(const struct maildns *m, enum health h)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nservers; i++) {
		struct buf why = { 0 };

		n += health(&m->servers[i], &why) == h ? 1 : 0;
		buf_free(&why);
	}
	return n;
}

/* Why the name of a server has no address, where that is not sure. */
static bool
is_unknown(const struct domain *c, const struct maildns_server *s, struct diag *d)
{
	const struct maildns_host *h = maildns_host(c->m, s->name);

	return s->q == NULL && h != NULL &&
	    (dns_query_check(c->conf, &h->q[0], "A", d) == -1 ||
	    dns_query_check(c->conf, &h->q[1], "AAAA", d) == -1);
}

static void
judge_health(const struct domain *c, const struct maildns_server *s, bool all)
{
	struct diag d = { .stage = "authority" };
	struct buf who = { 0 }, why = { 0 };
	enum health h = health(s, &why);

	say_server(s, &who);
	if (diag_failed(&s->d)) {
		verdict_diag_of(c->v, &s->d, s->name);
	} else if (is_unknown(c, s, &d)) {
		verdict_diag_of(c->v, &d, s->name);
	} else if (h == AWAY) {
		verdict_note(c->v, "the name server %s was not asked: %s", buf_str(&who),
		    buf_str(&why));
	} else if (h != GOOD) {
		(void)diag_set(&d, h == LAME ? &lame : &silent, "the name server %s of "
		    "%s %s: %s", buf_str(&who), c->m->wish.domain,
		    h == LAME ? "is lame" : "is silent", buf_str(&why));
		verdict_diag_as(c->v, &d, buf_str(&who), !all ? STATE_WARNING :
		    h == LAME ? STATE_CRITICAL : STATE_UNKNOWN);
	}
	buf_free(&who);
	buf_free(&why);
}

/* Those that give the same answer to a question. */
struct group {
	struct buf	 answer, who;
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
		g->v[g->n++] = (struct group){ .answer = answer };
		answer = (struct buf){ 0 };
	}
	(void)buf_addf(&g->v[i].who, "%s%s", g->v[i].who.len > 0 ? ", " : "", who);
	buf_free(&answer);
}

static void
groups_free(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		buf_free(&g->v[i].answer);
		buf_free(&g->v[i].who);
	}
}

/* Is the resolver one to compare with servers that were named instead of the DNS' own? */
static bool
has_instead(const struct domain *c)
{
	return c->wish->name_servers.n > 0;
}

/* What the resolver says of the same. */
static const struct dns_query *
resolved(const struct domain *c, const struct dns_query *q)
{
	const struct maildns_host *h = maildns_host(c->m, q->name);

	if (q->type == DNS_MX)
		return &c->m->mx;
	return h != NULL ? &h->q[q->type == DNS_A ? 0 : 1] : NULL;
}

static void
group(const struct domain *c, size_t which, struct groups *g)
{
	const struct maildns *m = c->m;

	for (size_t i = 0; i < m->nservers; i++) {
		const struct maildns_server *s = &m->servers[i];
		struct buf who = { 0 };

		if (which >= s->n || !is_good(&s->q[which]))
			continue;
		say_server(s, &who);
		add_answer(g, &s->q[which], buf_str(&who));
		buf_free(&who);
	}
}

static void
say_serials(const struct maildns *m, struct buf *out)
{
	for (size_t i = 0; i < m->nservers; i++) {
		const struct maildns_server *s = &m->servers[i];

		for (size_t k = 0; s->q != NULL && k < s->q[MAILDNS_SOA].nrecords; k++) {
			const struct dns_record *r = &s->q[MAILDNS_SOA].records[k];

			if (!dns_answers(&s->q[MAILDNS_SOA], r))
				continue;
			(void)buf_addf(out, "%s%s %u", out->len > 0 ? ", " : "", s->name,
			    (unsigned)r->serial);
		}
	}
}

/* Tells who says what: in a sentence, and line by line. */
static void
tell_groups(const struct domain *c, const struct dns_query *q, const struct groups *g)
{
	struct diag d = { .stage = "authority" };
	struct buf said = { 0 }, serials = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		(void)buf_addf(&said, "%s%s: %s", i > 0 ? "; " : "",
		    buf_str(&g->v[i].who), buf_str(&g->v[i].answer));
		verdict_note(c->v, "%s of %s at %s: %s", dns_type_name(q->type), q->name,
		    buf_str(&g->v[i].who), buf_str(&g->v[i].answer));
	}
	say_serials(c->m, &serials);
	(void)diag_set(&d, &inconsistent, "the name servers of %s do not agree about %s "
	    "of %s: %s (serials: %s)", c->m->wish.domain, dns_type_name(q->type), q->name,
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

/* Does the resolver say what none of the servers says? */
static void
judge_stale(const struct domain *c, const struct dns_query *here, const struct groups *g)
{
	struct diag d = { .stage = "authority" };
	struct buf said = { 0 }, rest = { 0 };
	bool known = false;

	domain_say_answer(here, &said);
	for (size_t i = 0; i < g->n; i++)
		known = known || strcmp(buf_str(&g->v[i].answer), buf_str(&said)) == 0;
	if (!known) {
		say_rest(here, &rest);
		(void)diag_set(&d, &stale, "DNS %s says of %s of %s: %s, and will do so "
		    "%s; the zone's name servers say: %s", here->server,
		    dns_type_name(here->type), here->name, buf_str(&said),
		    buf_str(&rest), buf_str(&g->v[0].answer));
		verdict_diag_of(c->v, &d, here->type == DNS_MX ? NULL : here->name);
	}
	buf_free(&said);
	buf_free(&rest);
}

/* Compares the answers to one question. */
static void
judge_question(const struct domain *c, const struct dns_query *q, size_t which)
{
	const struct dns_query *here = resolved(c, q);
	struct groups g = { .n = 0 };
	struct buf who = { 0 };

	group(c, which, &g);
	if (g.n > 0 && here != NULL && domain_answered(here) && has_instead(c)) {
		(void)buf_addf(&who, "the resolver %s", here->server);
		add_answer(&g, here, buf_str(&who));
	}
	if (g.n > 1)
		tell_groups(c, q, &g);
	else if (g.n == 1 && here != NULL && domain_answered(here))
		judge_stale(c, here, &g);
	groups_free(&g);
	buf_free(&who);
}

/* A server that knows the most questions; NULL when none is good. */
static const struct maildns_server *
model(const struct maildns *m)
{
	for (size_t i = 0; i < m->nservers; i++)
		if (m->servers[i].q != NULL && is_good(&m->servers[i].q[MAILDNS_MX]))
			return &m->servers[i];
	return NULL;
}

static void
judge_answers(const struct domain *c)
{
	const struct maildns_server *s = model(c->m);

	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (i == MAILDNS_MX || i >= MAILDNS_HOSTS ||
		    (c->m->implicit && (i == MAILDNS_A || i == MAILDNS_AAAA)))
			judge_question(c, &s->q[i], i);
}

/* Has the name such a record itself, not by way of an alias? */
static bool
owns(const struct dns_query *q)
{
	char name[DNS_NAME_MAX];

	if (!domain_answered(q) || dns_name(q->name, name) == -1)
		return false;
	for (size_t i = 0; i < q->nrecords; i++)
		if (q->records[i].type == q->type &&
		    strcmp(q->records[i].owner, name) == 0)
			return true;
	return false;
}

/* The types of records that a server has beside a CNAME; 0 when there is none. */
static size_t
other_types(const struct domain *c, const struct maildns_server *s, struct buf *out)
{
	static const size_t places[] = {
		MAILDNS_SOA, MAILDNS_MX, MAILDNS_A, MAILDNS_AAAA, MAILDNS_TXT,
	};
	bool apex = c->m->zone != NULL && strcmp(c->m->zone, c->m->wish.domain) == 0;
	size_t n = 0;

	if (s->q == NULL || !owns(&s->q[MAILDNS_CNAME]))
		return 0;
	for (size_t i = 0; i < LEN(places); i++) {
		const struct dns_query *q = &s->q[places[i]];

		if (owns(q) && (places[i] != MAILDNS_SOA || apex))
			(void)buf_addf(out, "%s%s", n++ > 0 ? ", " : "",
			    dns_type_name(q->type));
	}
	return n;
}

static void
judge_mixture(const struct domain *c, const struct maildns_server *s)
{
	struct diag d = { .stage = "authority" };
	struct buf types = { 0 }, who = { 0 };

	if (other_types(c, s, &types) > 0) {
		say_server(s, &who);
		(void)diag_set(&d, &domain_other_data, "the name server %s has for %s an "
		    "alias (CNAME), of %s, and beside it: %s", buf_str(&who),
		    c->m->wish.domain, s->q[MAILDNS_CNAME].records[0].target,
		    buf_str(&types));
		verdict_diag_of(c->v, &d, buf_str(&who));
	}
	buf_free(&types);
	buf_free(&who);
}

static void
judge_aliases(const struct domain *c)
{
	const struct maildns *m = c->m;

	for (size_t i = 0; i < m->nservers; i++) {
		const char *name = m->servers[i].name, *alias = NULL;
		const struct maildns_host *h = maildns_host(m, name);
		struct diag d = { .stage = "authority" };

		if (i > 0 && strcmp(m->servers[i - 1].name, name) == 0)
			continue;
		for (size_t k = 0; h != NULL && k < 2 && alias == NULL; k++)
			alias = dns_alias(&h->q[k], name);
		if (alias == NULL)
			continue;
		(void)diag_set(&d, &ns_alias, "the name server %s of %s is an alias of "
		    "%s", name, m->wish.domain, alias);
		verdict_diag_of(c->v, &d, name);
	}
}

static void
judge_no_servers(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct diag d = { .stage = "authority" };

	for (size_t i = 0; i < m->nns; i++)
		if (dns_query_check(c->conf, &m->ns[i], "NS", &d) == -1)
			break;
	/* The zone may be the one whose question failed. */
	if (!diag_failed(&d))
		(void)diag_set(&d, &not_found, "no name server of %s was found (asked "
		    "DNS %s)", m->wish.domain, m->ns[0].server);
	verdict_diag(c->v, &d);
}

/* Serials that differ under answers that do not are a transfer under way, mostly. */
static void
tell_serials(const struct domain *c)
{
	struct groups g = { .n = 0 };
	struct buf serials = { 0 };

	group(c, MAILDNS_SOA, &g);
	say_serials(c->m, &serials);
	if (g.n > 1)
		verdict_note(c->v, "the serials of the zone differ: %s",
		    buf_str(&serials));
	groups_free(&g);
	buf_free(&serials);
}

void
domain_judge_servers(const struct domain *c)
{
	const struct maildns *m = c->m;
	size_t good = count(m, GOOD), lames = count(m, LAME), silents = count(m, SILENT);

	if (!m->wish.servers)
		return;
	if (m->nservers == 0) {
		judge_no_servers(c);
		return;
	}
	for (size_t i = 0; i < m->nservers; i++) {
		judge_health(c, &m->servers[i],
		    good == 0 && (lames == 0 || silents == 0));
		judge_mixture(c, &m->servers[i]);
	}
	if (good + lames + silents == 0) {
		struct diag d = { .stage = "authority" };

		(void)diag_set(&d, &not_found, "this machine has no way to any name "
		    "server of %s", m->wish.domain);
		verdict_diag(c->v, &d);
	}
	judge_aliases(c);
	judge_answers(c);
	tell_serials(c);
	verdict_metric(c->v, c->metrics->servers, (double)good);
}
