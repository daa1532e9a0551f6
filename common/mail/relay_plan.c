/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
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
	bool			 expand;
	struct deadline		 by;
};

static void
look_up(void *arg, size_t i)
{
	const struct work *w = arg;
	struct relay_domain *domain = &w->plan->domains[i];

	if (!domain->receives && !w->expand)
		return;
	if (mx_find(w->conf, domain->name, w->by, &domain->mx, &domain->d) == 0 &&
	    w->expand)
		(void)mx_find_alias(w->conf, domain->name, w->by, &domain->mx,
		    &domain->d);
}

void
relay_plan_look_up(struct relay_plan *p, const struct dns_conf *conf, bool expand,
    struct deadline by)
{
	struct work w = { p, conf, expand, by };

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

/*
 * Appends a form of the question at that place, with another domain of its sender, of its
 * recipient, or of both; NULL leaves one as it is.
 */
static int
add_form(struct relay_plan *p, size_t place, const char *sender, const char *recipient,
    bool canonical)
{
	struct relay_question form = p->v[place];
	const char *from = form.from, *to = form.to;

	form.original = place;
	form.canonical = canonical;
	form.sender = sender != NULL;
	form.recipient = recipient != NULL;
	form.from = form.sender ? rewritten(from, sender) : strdup(from);
	form.to = form.recipient ? rewritten(to, recipient) : strdup(to);
	/* The DNS may hold names that no sender can write behind an '@'. */
	if (form.from != NULL && form.to != NULL && (!envelope_is_address(form.to) ||
	    (form.sender && !envelope_is_address(form.from)))) {
		free(form.from);
		free(form.to);
		return 0;
	}
	return append(p, form);
}

/* The names that a domain leads to; none where they lead in a circle. */
static const struct list *
names_of(const struct relay_plan *p, size_t domain)
{
	static const struct list none;
	const struct relay_domain *d = domain != NO_DOMAIN ? &p->domains[domain] : NULL;

	return d == NULL || d->d.cause == &mx_loop ? &none : &d->mx.aliases;
}

static int
add_forms(struct relay_plan *p, size_t place, const struct list *sender,
    const struct list *recipient)
{
	for (size_t i = 0; i < recipient->n; i++)
		if (add_form(p, place, NULL, recipient->v[i],
		    i + 1 == recipient->n) == -1)
			return -1;
	for (size_t i = 0; i < sender->n; i++)
		if (add_form(p, place, sender->v[i], NULL, i + 1 == sender->n) == -1)
			return -1;
	if (sender->n == 0 || recipient->n == 0)
		return 0;
	return add_form(p, place, sender->v[sender->n - 1],
	    recipient->v[recipient->n - 1], true);
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
		size_t sender = NO_DOMAIN;

		if (rc == -1) {
			free(old[i].from);
			free(old[i].to);
			continue;
		}
		if ((rc = append(p, old[i])) == -1)
			continue;
		if (!old[i].accept)
			continue;
		if (mx_domain(old[i].from)[0] != '\0')
			sender = place_domain(p, mx_domain(old[i].from));
		rc = add_forms(p, p->n - 1, names_of(p, sender),
		    names_of(p, old[i].domain));
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
