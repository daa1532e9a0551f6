/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "mail/maildns_ask.h"
#include "mail/maildns_name.h"
#include "wire/parallel.h"

#define PARENTS_MAX 8		/* no zone begins more labels above a mail domain */

/* --- hosts --- */

const struct maildns_host *
maildns_host(const struct maildns *m, const char *name)
{
	for (size_t i = 0; i < m->nhosts; i++)
		if (strcmp(m->hosts[i].name, name) == 0)
			return &m->hosts[i];
	return NULL;
}

const struct maildns_host *
maildns_target_host(const struct maildns *m, const struct maildns_target *t)
{
	return maildns_is_host(t) ? &m->hosts[t->host] : NULL;
}

const struct dns_record *
maildns_next(const struct maildns_host *h, size_t *at)
{
	size_t i = *at, before = h->q[0].nrecords;

	for (; i < before + h->q[1].nrecords; i++) {
		const struct dns_query *q = &h->q[i < before ? 0 : 1];
		const struct dns_record *r = &q->records[i < before ? i : i - before];

		if (!dns_answers(q, r))
			continue;
		*at = i + 1;
		return r;
	}
	return NULL;
}

bool
maildns_has_address(const struct maildns_host *h)
{
	size_t at = 0;

	return maildns_next(h, &at) != NULL;
}

int
maildns_add_host(struct maildns *m, const char *name, struct diag *d)
{
	struct maildns_host *grown, *h;

	if (maildns_host(m, name) != NULL)
		return 0;
	grown = reallocarray(m->hosts, m->nhosts + 1, sizeof(*grown));
	if (grown == NULL)
		return diag_nomem(d);
	m->hosts = grown;
	h = &grown[m->nhosts];
	*h = (struct maildns_host){ .name = strdup(name) };
	if (h->name == NULL)
		return diag_nomem(d);
	h->q[0] = (struct dns_query){ .name = h->name, .type = DNS_A };
	h->q[1] = (struct dns_query){ .name = h->name, .type = DNS_AAAA };
	m->nhosts++;
	return 0;
}

/* --- questions --- */

/*
 * Asks questions that lie apart, at once. Those that fail are asked again without
 * validation, to tell a zone whose signatures are broken from one whose servers are.
 */
static int
ask(const struct maildns *m, struct dns_query **apart, size_t n, struct deadline by,
    struct diag *d)
{
	struct dns_query *q = calloc(n > 0 ? n : 1, sizeof(*q));
	int rc;

	if (q == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < n; i++)
		q[i] = *apart[i];
	rc = dns_ask_through(&m->conf, q, n, by, d);
	if (rc == 0)
		rc = dns_find_bogus(&m->conf, q, n, by, d);
	for (size_t i = 0; i < n; i++)
		*apart[i] = q[i];
	free(q);
	return rc;
}

/* Forgets the addresses of a host beyond those that are looked at. */
static void
drop_surplus(struct maildns *m, struct dns_query *q)
{
	size_t kept = 0, addresses = 0;

	for (size_t i = 0; i < q->nrecords; i++) {
		struct dns_record *r = &q->records[i];

		if (!dns_answers(q, r) || ++addresses <= MAILDNS_ADDRESSES_MAX) {
			struct dns_record keep = *r;

			*r = q->records[kept];
			q->records[kept++] = keep;
		}
	}
	m->partial = m->partial || kept < q->nrecords;
	dns_query_cut(q, kept);
}

int
maildns_ask_hosts(struct maildns *m, struct deadline by, struct diag *d)
{
	struct dns_query **apart = calloc(2 * m->nhosts + 1, sizeof(struct dns_query *));
	size_t n = 0;
	int rc;

	if (apart == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < m->nhosts; i++) {
		if (m->hosts[i].asked)
			continue;
		m->hosts[i].asked = true;
		apart[n++] = &m->hosts[i].q[0];
		apart[n++] = &m->hosts[i].q[1];
	}
	rc = n > 0 ? ask(m, apart, n, by, d) : 0;
	for (size_t i = 0; i < n; i++)
		drop_surplus(m, apart[i]);
	free(apart);
	return rc;
}

/* --- the domain --- */

/* NS records tell where a zone begins: at the domain or above. */
static int
list_zones(struct maildns *m, struct diag *d)
{
	const char *name = m->wish.domain;

	if (!m->wish.servers)
		return 0;
	if ((m->ns = calloc(PARENTS_MAX, sizeof(*m->ns))) == NULL)
		return diag_nomem(d);
	for (; name != NULL && m->nns < PARENTS_MAX; name = maildns_parent(name))
		m->ns[m->nns++] = (struct dns_query){ .name = name, .type = DNS_NS };
	return 0;
}

/* MX, A, AAAA of the domain, and NS of it and of the names above, in one round trip. */
static int
ask_domain(struct maildns *m, struct deadline by, struct diag *d)
{
	struct dns_query *apart[3 + PARENTS_MAX];
	size_t n = 0;

	m->mx = (struct dns_query){ .name = m->wish.domain, .type = DNS_MX };
	if (maildns_add_host(m, m->wish.domain, d) == -1 || list_zones(m, d) == -1)
		return -1;
	m->hosts[0].asked = true;
	apart[n++] = &m->mx;
	apart[n++] = &m->hosts[0].q[0];
	apart[n++] = &m->hosts[0].q[1];
	for (size_t i = 0; i < m->nns; i++)
		apart[n++] = &m->ns[i];
	return ask(m, apart, n, by, d);
}

/* Has the name, and not one that it is an alias of, such records? */
static bool
owns(const struct dns_query *q)
{
	char name[DNS_NAME_MAX];

	if (dns_name(q->name, name) == -1 || strcmp(q->canonical, name) != 0)
		return false;
	for (size_t i = 0; i < q->nrecords; i++)
		if (dns_answers(q, &q->records[i]))
			return true;
	return false;
}

/*
 * The zone is the nearest that has NS records. Where that is not known of a name, those
 * above it must not be taken for it.
 */
static void
find_zone(struct maildns *m)
{
	for (size_t i = 0; i < m->nns && dns_settled(&m->ns[i]); i++)
		if (owns(&m->ns[i])) {
			m->zone = m->ns[i].name;
			return;
		}
}

/* The NS records of the zone; NULL when that was not found. */
static const struct dns_query *
zone_servers(const struct maildns *m)
{
	for (size_t i = 0; i < m->nns; i++)
		if (m->zone != NULL && m->ns[i].name == m->zone)
			return &m->ns[i];
	return NULL;
}

const char *
maildns_ns(const struct maildns *m, size_t k)
{
	const struct dns_query *q = zone_servers(m);

	if (q == NULL || k >= MAILDNS_SERVERS_MAX)
		return NULL;
	for (size_t i = 0; i < q->nrecords; i++)
		if (dns_answers(q, &q->records[i]) && k-- == 0)
			return q->records[i].target;
	return NULL;
}

/* Takes the aliases of an answer. */
static int
follow(struct maildns *m, const struct dns_query *q, struct diag *d)
{
	const char *next;

	while ((next = dns_alias(q, maildns_canonical(m))) != NULL && !m->loop) {
		m->loop = m->aliases.n == MAILDNS_ALIASES_MAX ||
		    strcmp(next, m->wish.domain) == 0 || list_has(&m->aliases, next);
		if (list_add(&m->aliases, next) == -1)
			return diag_nomem(d);
	}
	return 0;
}

/*
 * A name that has other records beside its alias shows the one or the other, as the
 * server likes, so the other answers are looked at as well.
 */
static int
find_aliases(struct maildns *m, struct diag *d)
{
	const struct dns_query *q[] = { &m->mx, &m->hosts[0].q[0], &m->hosts[0].q[1] };

	for (size_t i = 0; i < 3 && m->aliases.n == 0; i++)
		if (follow(m, q[i], d) == -1)
			return -1;
	return 0;
}

const char *
maildns_canonical(const struct maildns *m)
{
	return m->aliases.n > 0 ? m->aliases.v[m->aliases.n - 1] : m->wish.domain;
}

/* --- exchangers --- */

static int
by_preference(const void *a, const void *b)
{
	const struct maildns_target *s = a, *t = b;

	if (s->preference != t->preference)
		return s->preference < t->preference ? -1 : 1;
	return strcmp(s->name, t->name);
}

bool
maildns_is_host(const struct maildns_target *t)
{
	return strcmp(t->name, ".") != 0 && !maildns_is_address(t->name);
}

/*
 * An exchanger that ends in the name of the zone may have lost its dot: what was meant?
 * The zone begins at the domain or above, but not at the top.
 */
static int
find_origin(const struct maildns *m, struct maildns_target *t, struct diag *d)
{
	const char *origin = maildns_canonical(m);
	size_t n = 0;

	for (; origin != NULL && n == 0; origin = maildns_parent(origin))
		if (origin == maildns_canonical(m) || maildns_parent(origin) != NULL)
			n = maildns_without_origin(t->name, origin);
	if (n > 0 && (t->without_origin = strndup(t->name, n)) == NULL)
		return diag_nomem(d);
	return 0;
}

/* Does an earlier record name the same exchanger? They are in order of preference. */
static bool
is_repeated(const struct maildns *m, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(m->targets[k].name, m->targets[i].name) == 0)
			return true;
	return false;
}

static int
list_targets(struct maildns *m, struct diag *d)
{
	const struct dns_query *q = &m->mx;

	if ((m->targets = calloc(q->nrecords + 1, sizeof(*m->targets))) == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < q->nrecords; i++) {
		const struct dns_record *r = &q->records[i];

		if (dns_answers(q, r))
			m->targets[m->ntargets++] = (struct maildns_target){
				.name = r->target, .preference = r->preference,
				.ttl = r->ttl,
			};
	}
	if (m->ntargets == 0 && q->answered && q->rcode == DNS_NOERROR && !m->loop) {
		m->implicit = true;
		m->targets[m->ntargets++].name = m->wish.domain;
	}
	qsort(m->targets, m->ntargets, sizeof(*m->targets), by_preference);
	m->partial = m->ntargets > MAILDNS_TARGETS_MAX;
	m->ntargets = m->partial ? MAILDNS_TARGETS_MAX : m->ntargets;
	for (size_t i = 0; i < m->ntargets; i++) {
		m->targets[i].repeated = is_repeated(m, i);
		if (!m->implicit && find_origin(m, &m->targets[i], d) == -1)
			return -1;
	}
	return 0;
}

/* The addresses of exchangers and name servers, in one round trip. */
static int
ask_for_addresses(struct maildns *m, struct deadline by, struct diag *d)
{
	for (size_t i = 0; i < m->ntargets; i++) {
		struct maildns_target *t = &m->targets[i];

		if (!maildns_is_host(t))
			continue;
		if (maildns_add_host(m, t->name, d) == -1)
			return -1;
		t->host = (size_t)(maildns_host(m, t->name) - m->hosts);
	}
	for (size_t k = 0; m->wish.instead->n == 0 && maildns_ns(m, k) != NULL; k++)
		if (maildns_add_host(m, maildns_ns(m, k), d) == -1)
			return -1;
	return maildns_ask_hosts(m, by, d);
}

/* Of exchangers that have none, the addresses of what may have been meant. */
static int
ask_for_meant(struct maildns *m, struct deadline by, struct diag *d)
{
	for (size_t i = 0; i < m->ntargets; i++) {
		const char *meant = m->targets[i].without_origin;
		const struct maildns_host *h = maildns_target_host(m, &m->targets[i]);

		if (meant != NULL && h != NULL && !maildns_has_address(h) &&
		    !maildns_is_address(meant) && maildns_add_host(m, meant, d) == -1)
			return -1;
	}
	return maildns_ask_hosts(m, by, d);
}

/*
 * Without the MX records there is nothing else to ask: a resolver that is slow may have
 * all the time that is left.
 */
static int
ask_for_mx_again(struct maildns *m, struct deadline by, struct diag *d)
{
	struct dns_query *mx = &m->mx;

	if (mx->answered || mx->error != 0 || deadline_left(by) <= 0)
		return 0;
	return ask(m, &mx, 1, by, d);
}

/* A resolver that kept silent or failed would cost its time at every stage. */
static void
prefer_answering(struct maildns *m)
{
	char text[NET_TEXT_MAX];

	for (size_t i = 1; i < m->conf.nservers; i++) {
		const struct net_address good = m->conf.servers[i];

		if (!m->mx.answered ||
		    strcmp(dns_server_text(&good, text), m->mx.server) != 0)
			continue;
		m->conf.servers[i] = m->conf.servers[0];
		m->conf.servers[0] = good;
		return;
	}
}

/* --- what can be asked side by side --- */

struct pool {
	struct maildns	*m;
	struct deadline	 by;
	struct diag	 d;		/* of the reverse names */
};

/* The reverse names first: they take two round trips. */
static void
ask_side(void *arg, size_t i)
{
	struct pool *p = arg;

	if (!p->m->wish.reverse)
		maildns_ask_server(p->m, i, p->by);
	else if (i > 0)
		maildns_ask_server(p->m, i - 1, p->by);
	else
		(void)maildns_ask_reverse(p->m, p->by, &p->d);
}

static int
ask_sides(struct maildns *m, struct deadline by, struct diag *d)
{
	struct pool p = { .m = m, .by = by };
	size_t n = m->nservers + (m->wish.reverse ? 1 : 0);

	parallel(n, n, ask_side, &p);
	return diag_failed(&p.d) ? diag_set(d, p.d.cause, "%s", p.d.text) : 0;
}

int
maildns_look(struct maildns *m, const struct maildns_wish *wish, struct deadline by,
    struct diag *d)
{
	bool later = wish->servers || wish->reverse;

	*m = (struct maildns){ .wish = *wish, .conf = *wish->conf };
	if (ask_domain(m, deadline_share(by, 3), d) == -1 ||
	    ask_for_mx_again(m, by, d) == -1)
		return -1;
	find_zone(m);
	prefer_answering(m);
	if (find_aliases(m, d) == -1 || list_targets(m, d) == -1 ||
	    ask_for_addresses(m, deadline_share(by, later ? 2 : 1), d) == -1 ||
	    ask_for_meant(m, deadline_share(by, later ? 2 : 1), d) == -1 ||
	    maildns_list_servers(m, d) == -1)
		return -1;
	m->hurried = deadline_left(by) < MAILDNS_SERVER_TIME;
	return ask_sides(m, by, d);
}

void
maildns_free(struct maildns *m)
{
	dns_query_free(&m->mx);
	for (size_t i = 0; i < m->ntargets; i++)
		free(m->targets[i].without_origin);
	free(m->targets);
	for (size_t i = 0; i < m->nhosts; i++) {
		dns_query_free(&m->hosts[i].q[0]);
		dns_query_free(&m->hosts[i].q[1]);
		free(m->hosts[i].name);
	}
	free(m->hosts);
	for (size_t i = 0; i < m->nns; i++)
		dns_query_free(&m->ns[i]);
	free(m->ns);
	maildns_free_servers(m);
	maildns_free_reverse(m);
	list_free(&m->aliases);
	*m = (struct maildns){ 0 };
}
