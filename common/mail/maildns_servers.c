/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name servers of the zone, each asked for what it is in charge of. */

#include <stdlib.h>
#include <string.h>

#include "mail/maildns_ask.h"
#include "mail/maildns_name.h"

#define PORT 53
/* Seconds of each of two rounds: a server in charge need not look further. */
#define PATIENCE (MAILDNS_SERVER_TIME / 2)

/* One more, which has no address yet. NULL when memory is short. */
static struct maildns_server *
add_server(struct maildns *m, const char *name)
{
	struct maildns_server *s;

	if (m->servers == NULL && (m->servers = calloc(MAILDNS_SERVERS_MAX,
	    sizeof(*m->servers))) == NULL)
		return NULL;
	s = &m->servers[m->nservers];
	if ((s->name = strdup(name)) == NULL)
		return NULL;
	m->nservers++;
	return s;
}

/* The questions that every server gets. Those for hosts are about its own zone only. */
static int
list_questions(const struct maildns *m, struct maildns_server *s)
{
	static const enum dns_type types[] = {
		[MAILDNS_SOA] = DNS_SOA, [MAILDNS_MX] = DNS_MX,
		[MAILDNS_CNAME] = DNS_CNAME, [MAILDNS_A] = DNS_A,
		[MAILDNS_AAAA] = DNS_AAAA, [MAILDNS_TXT] = DNS_TXT,
	};

	if ((s->q = calloc(MAILDNS_HOSTS + MAILDNS_PER_HOST * MAILDNS_ZONE_HOSTS_MAX,
	    sizeof(*s->q))) == NULL)
		return -1;
	for (; s->n < MAILDNS_HOSTS; s->n++)
		s->q[s->n] = (struct dns_query){ .name = m->wish.domain,
		    .type = types[s->n] };
	/* A server that is named instead may know zones that are not delegated yet. */
	if (m->zone != NULL && m->wish.instead->n == 0)
		s->q[MAILDNS_SOA].name = m->zone;
	for (size_t i = 0; i < m->ntargets && !m->implicit && m->zone != NULL; i++) {
		const struct maildns_target *t = &m->targets[i];
		const char *name = t->name;

		if (!maildns_is_host(t) || t->repeated || !maildns_below(name, m->zone) ||
		    s->n >= MAILDNS_HOSTS + MAILDNS_PER_HOST * MAILDNS_ZONE_HOSTS_MAX)
			continue;
		for (size_t k = 0; k < MAILDNS_PER_HOST; k++)
			s->q[s->n++] = (struct dns_query){ .name = name,
			    .type = k % 2 == 0 ? DNS_A : DNS_AAAA };
	}
	return 0;
}

/* Is it one that is asked already, by another name? */
static bool
has_server(const struct maildns *m, const struct net_address *a)
{
	for (size_t i = 0; i < m->nservers; i++)
		if (net_address_same(&m->servers[i].address, a))
			return true;
	return false;
}

/* One more address of a server to ask; len 0: it has none. */
static int
add_address(struct maildns *m, const char *name, const struct net_address *a,
    struct diag *d)
{
	struct maildns_server *s;

	if (a->len > 0 && has_server(m, a))
		return 0;
	if (m->nservers == MAILDNS_SERVERS_MAX) {
		m->partial = true;
		return 0;
	}
	if ((s = add_server(m, name)) == NULL)
		return diag_nomem(d);
	s->address = *a;
	return 0;
}

static int
add_addresses(struct maildns *m, const char *name, struct diag *d)
{
	const struct maildns_host *h = maildns_host(m, name);
	const struct dns_record *r;
	struct net_address a = { .len = 0 };
	size_t at = 0, n = 0;

	for (; h != NULL && (r = maildns_next(h, &at)) != NULL; n++) {
		dns_record_address(r, PORT, &a);
		if (add_address(m, name, &a, d) == -1)
			return -1;
	}
	return n == 0 ? add_address(m, name, &a, d) : 0;
}

static int
add_all(struct maildns *m, struct diag *d)
{
	const char *name;
	size_t k = 0;

	for (; (name = maildns_ns(m, k)) != NULL; k++)
		if (add_addresses(m, name, d) == -1)
			return -1;
	m->partial = m->partial || k == MAILDNS_SERVERS_MAX;
	return 0;
}

static int
add_instead(struct maildns *m, struct diag *d)
{
	const struct list *typed = m->wish.instead;

	for (size_t i = 0; i < typed->n; i++) {
		struct net_address a;

		if (dns_server_parse(&a, typed->v[i]) == -1)
			a.len = 0;
		if (add_address(m, typed->v[i], &a, d) == -1)
			return -1;
	}
	return 0;
}

int
maildns_list_servers(struct maildns *m, struct diag *d)
{
	if (!m->wish.servers)
		return 0;
	if ((m->wish.instead->n > 0 ? add_instead(m, d) : add_all(m, d)) == -1)
		return -1;
	for (size_t i = 0; i < m->nservers; i++)
		if (m->servers[i].address.len > 0 &&
		    list_questions(m, &m->servers[i]) == -1)
			return diag_nomem(d);
	return 0;
}

void
maildns_ask_server(struct maildns *m, size_t i, struct deadline by)
{
	struct maildns_server *s = &m->servers[i];
	const struct dns_conf conf = {
		.servers[0] = s->address, .nservers = 1, .timeout = PATIENCE,
		.attempts = 2, .no_recursion = true, .trace = m->wish.conf->trace,
	};

	if (s->q != NULL)
		(void)dns_ask(&conf, s->q, s->n, by, &s->d);
}

void
maildns_free_servers(struct maildns *m)
{
	for (size_t i = 0; i < m->nservers; i++) {
		for (size_t k = 0; k < m->servers[i].n; k++)
			dns_query_free(&m->servers[i].q[k]);
		free(m->servers[i].q);
		free(m->servers[i].name);
	}
	free(m->servers);
}
