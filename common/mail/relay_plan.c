/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/relay_plan.h"
#include "wire/parallel.h"

#define JOBS 32			/* domains that are looked up at once */
#define NO_DOMAIN ((size_t)-1)

/* The domain's place in the plan; it is added where it is new. NO_DOMAIN: no memory. */
static size_t
place_domain(struct relay_plan *p, const char *name)
{
	struct relay_domain *grown;
	size_t i = 0;

	while (i < p->ndomains && !text_same(p->domains[i].name, name))
		i++;
	if (i < p->ndomains)
		return i;
	if ((grown = reallocarray(p->domains, i + 1, sizeof(*grown))) == NULL)
		return NO_DOMAIN;
	p->domains = grown;
	grown[i] = (struct relay_domain){ .name = strdup(name) };
	if (grown[i].name == NULL)
		return NO_DOMAIN;
	p->ndomains++;
	return i;
}

/* Appends a question whose texts the plan owns from now on, whatever comes of it. */
static int
append(struct relay_plan *p, struct relay_question q)
{
	struct relay_question *grown = reallocarray(p->v, p->n + 1, sizeof(*grown));

	if (grown != NULL)
		p->v = grown;
	if (grown == NULL || q.from == NULL || q.to == NULL) {
		free(q.from);
		free(q.to);
		return -1;
	}
	grown[p->n++] = q;
	return 0;
}

int
relay_plan_add(struct relay_plan *p, const struct relay_row *row, size_t login)
{
	const char *sending = mx_domain(row->from);
	struct relay_question q = {
		.login = login, .accept = row->accept, .line = row->line,
		.original = RELAY_NO_FORM,
	};
	size_t sender = NO_DOMAIN;

	q.domain = place_domain(p, mx_domain(row->to));
	if (sending[0] != '\0')
		sender = place_domain(p, sending);
	if (q.domain == NO_DOMAIN || (sending[0] != '\0' && sender == NO_DOMAIN))
		return -1;
	p->domains[q.domain].receives = true;
	q.from = strdup(row->from);
	q.to = strdup(row->to);
	return append(p, q);
}

/* What the threads share. */
struct work {
	struct relay_plan	*plan;
	const struct dns_conf	*conf;
	bool			 senders;
	struct deadline		 by;
};

static void
look_up(void *arg, size_t i)
{
	const struct work *w = arg;
	struct relay_domain *domain = &w->plan->domains[i];

	if (domain->receives || w->senders)
		(void)mx_find(w->conf, domain->name, w->by, &domain->mx, &domain->d);
}

void
relay_plan_look_up(struct relay_plan *p, const struct dns_conf *conf, bool senders,
    struct deadline by)
{
	struct work w = { p, conf, senders, by };

	parallel(p->ndomains, JOBS, look_up, &w);
}

/* The address with another domain behind its local part. */
static char *
rewritten(const char *address, const char *domain)
{
	int local = (int)(mx_domain(address) - address);
	char *text;

	return asprintf(&text, "%.*s%s", local, address, domain) == -1 ? NULL : text;
}

/* Appends the forms of the original with the names that this domain leads to. */
static int
add_forms(struct relay_plan *p, const struct relay_question *original, size_t place,
    const struct list *names, bool sender)
{
	for (size_t i = 0; i < names->n; i++) {
		struct relay_question form = *original;

		form.original = place;
		form.canonical = i + 1 == names->n;
		form.sender = sender;
		form.from = sender ? rewritten(original->from, names->v[i])
		    : strdup(original->from);
		form.to = sender ? strdup(original->to)
		    : rewritten(original->to, names->v[i]);
		if (append(p, form) == -1)
			return -1;
	}
	return 0;
}

int
relay_plan_expand(struct relay_plan *p)
{
	struct relay_question *old = p->v;
	size_t n = p->n;
	int rc = 0;

	p->v = NULL;
	p->n = 0;
	for (size_t i = 0; i < n; i++) {
		size_t place = p->n, domain = NO_DOMAIN;

		if (rc == -1) {
			free(old[i].from);
			free(old[i].to);
			continue;
		}
		if ((rc = append(p, old[i])) == -1)
			continue;
		if (mx_domain(old[i].from)[0] != '\0')
			domain = place_domain(p, mx_domain(old[i].from));
		rc = add_forms(p, &old[i], place, &p->domains[old[i].domain].mx.aliases,
		    false);
		if (rc == 0 && domain != NO_DOMAIN)
			rc = add_forms(p, &old[i], place, &p->domains[domain].mx.aliases,
			    true);
	}
	free(old);
	return rc;
}

void
relay_plan_free(struct relay_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].from);
		free(p->v[i].to);
	}
	for (size_t i = 0; i < p->ndomains; i++) {
		free(p->domains[i].name);
		mx_free(&p->domains[i].mx);
	}
	free(p->v);
	free(p->domains);
	*p = (struct relay_plan){ 0 };
}
