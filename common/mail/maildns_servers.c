/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name servers of the zone, each asked for what it is in charge of. */

#include <stdlib.h>
#include <string.h>

#include "mail/maildns_ask.h"
#include "mail/maildns_name.h"

#define PORT 53
#define PATIENCE 2	/* seconds of a round: a server in charge need not look further */

/* One more, which has no address yet. NULL when memory is short, or there are enough. */
static struct maildns_server *
add_server(struct maildns *m, const char *name)
{
	struct maildns_server *s;

	if (m->nservers == MAILDNS_SERVERS_MAX)
		return NULL;
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

	if ((s->q = calloc(MAILDNS_HOSTS + 2 * m->ntargets, sizeof(*s->q))) == NULL)
		return -1;
	for (; s->n < MAILDNS_HOSTS; s->n++)
		s->q[s->n] = (struct dns_query){ .name = m->wish.domain,
		    .type = types[s->n] };
	if (m->zone != NULL)
		s->q[MAILDNS_SOA].name = m->zone;
	for (size_t i = 0; i < m->ntargets && !m->implicit && m->zone != NULL; i++) {
		const char *name = m->targets[i].name;

		if (!maildns_is_host(&m->targets[i]) || !maildns_below(name, m->zone))
			continue;
		s->q[s->n++] = (struct dns_query){ .name = name, .type = DNS_A };
		s->q[s->n++] = (struct dns_query){ .name = name, .type = DNS_AAAA };
	}
	return 0;
}

/* Each address of the name server is one to ask. */
static int
add_addresses(struct maildns *m, const char *name, struct diag *d)
{
	const struct maildns_host *h = maildns_host(m, name);
	const struct dns_record *r;
	struct maildns_server *s;
	size_t at = 0, before = m->nservers;

	while (h != NULL && (r = maildns_next(h, &at)) != NULL &&
	    m->nservers < MAILDNS_SERVERS_MAX) {
		if ((s = add_server(m, name)) == NULL)
			return diag_nomem(d);
		dns_record_address(r, PORT, &s->address);
	}
	if (m->nservers == before && m->nservers < MAILDNS_SERVERS_MAX &&
	    add_server(m, name) == NULL)
		return diag_nomem(d);
	return 0;
}

static int
add_all(struct maildns *m, struct diag *d)
{
	for (size_t i = 0; i < m->nns; i++)
		for (size_t k = 0; m->ns[i].name == m->zone && k < m->ns[i].nrecords; k++)
			if (dns_answers(&m->ns[i], &m->ns[i].records[k]) &&
			    add_addresses(m, m->ns[i].records[k].target, d) == -1)
				return -1;
	return 0;
}

static int
add_instead(struct maildns *m, struct diag *d)
{
	const struct list *typed = m->wish.instead;

	for (size_t i = 0; i < typed->n && i < MAILDNS_SERVERS_MAX; i++) {
		struct maildns_server *s = add_server(m, typed->v[i]);

		if (s == NULL)
			return diag_nomem(d);
		if (dns_server_parse(&s->address, typed->v[i]) == -1)
			s->address.len = 0;
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
