/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the exchangers those that are expected, and no others? */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/maildns_name.h"
#include "probe/domain_judge.h"

static const struct cause unexpected = {
	"mx-unexpected", CLASS_DNS, STATE_CRITICAL,
	"the domain has an exchanger that is not expected",
	"if it was added on purpose, add it to the expectation (--expect); if not, find "
	"out who changed the zone: mail goes there", false,
};

static const struct cause missing = {
	"mx-expected-missing", CLASS_DNS, STATE_CRITICAL,
	"an exchanger that is expected is not in the DNS",
	"bring the MX record back, or take it out of the expectation (--expect); after a "
	"change, --authoritative tells an old answer in a cache from a wrong zone", false,
};

static const struct cause differs = {
	"mx-preference-differs", CLASS_DNS, STATE_WARNING,
	"an exchanger has another preference than expected",
	"correct the preference in the MX record, or in the expectation (--expect): the "
	"exchanger with the least is tried first", false,
};

cause_table domain_expect_causes = { &unexpected, &missing, &differs, NULL };

int
domain_expect_parse(const char *text, struct domain_expected *e)
{
	size_t n = strspn(text, "0123456789"), blanks = strspn(text + n, " \t");
	char number[8];

	e->preference = -1;
	if (n > 0 && blanks > 0) {
		text_copy(number, sizeof(number), text, n);
		if (text_integer(number, 0, UINT16_MAX, &e->preference) == -1)
			return -1;
		text += n + blanks;
	}
	if (text[strspn(text, "0123456789")] == '\0' ||
	    strpbrk(text, " \t/@:,") != NULL)
		return -1;
	if (dns_name(text, e->name) == -1)
		return -1;
	/* The root is a null MX, which has an option of its own. */
	return strcmp(e->name, ".") == 0 || maildns_is_address(e->name) ? -1 : 0;
}

/* An expectation, and the exchanger that it was paired with. */
struct pair {
	struct domain_expected	 e;
	size_t			 target;	/* its place, or NOBODY */
};

/* Who is paired with whom. Each exchanger counts for one expectation. */
struct pairs {
	struct pair		*v;
	size_t			 n;
	bool			 taken[MAILDNS_TARGETS_MAX];
};

#define NOBODY SIZE_MAX

/* "10 mx.example.org", or the host alone where any preference will do. */
static void
say_expected(const struct domain_expected *e, struct buf *out)
{
	if (e->preference >= 0)
		(void)buf_addf(out, "%ld ", e->preference);
	(void)buf_puts(out, e->name);
}

static bool
is_exactly(const struct domain_expected *e, const struct maildns_target *t)
{
	return strcmp(e->name, t->name) == 0 && (e->preference == -1 ||
	    (unsigned)e->preference == t->preference);
}

/* Pairs what is not paired yet: those that are equal, or only have the same name. */
static void
pair_up(struct pairs *p, const struct maildns *m, bool equal)
{
	size_t n = m->implicit ? 0 : m->ntargets;

	for (size_t i = 0; i < p->n; i++)
		for (size_t t = 0; t < n && p->v[i].target == NOBODY; t++)
			if (!p->taken[t] && (equal
			    ? is_exactly(&p->v[i].e, &m->targets[t])
			    : strcmp(p->v[i].e.name, m->targets[t].name) == 0)) {
				p->v[i].target = t;
				p->taken[t] = true;
			}
}

static int
pairs_make(struct pairs *p, const struct domain *c)
{
	const struct list *all = &c->wish->expected;

	*p = (struct pairs){ .v = calloc(all->n, sizeof(*p->v)) };
	if (p->v == NULL)
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		struct domain_expected e;
		size_t k = 0;

		if (domain_expect_parse(all->v[i], &e) == -1)
			continue;
		while (k < p->n && (p->v[k].e.preference != e.preference ||
		    strcmp(p->v[k].e.name, e.name) != 0))
			k++;
		if (k == p->n)
			p->v[p->n++] = (struct pair){ e, NOBODY };
	}
	pair_up(p, c->m, true);
	pair_up(p, c->m, false);
	return 0;
}

static bool
is_met(const struct pairs *p, size_t i, const struct maildns *m)
{
	return p->v[i].target != NOBODY &&
	    is_exactly(&p->v[i].e, &m->targets[p->v[i].target]);
}

/* Returns whether all is as expected. */
static bool
judge_pairs(const struct domain *c, const struct pairs *p)
{
	const struct maildns *m = c->m;
	bool same = true;

	for (size_t i = 0; i < p->n; i++) {
		const struct domain_expected *e = &p->v[i].e;
		struct buf text = { 0 };

		if (is_met(p, i, m))
			continue;
		same = false;
		say_expected(e, &text);
		if (p->v[i].target == NOBODY)
			domain_find(c, &missing, e->name, "lacks the exchanger %s, which "
			    "is expected (asked DNS %s)", buf_str(&text), m->mx.server);
		else
			domain_find(c, &differs, e->name, "has the exchanger %s with the "
			    "preference %u instead of %ld", e->name,
			    m->targets[p->v[i].target].preference, e->preference);
		buf_free(&text);
	}
	return same;
}

static bool
judge_others(const struct domain *c, const struct pairs *p)
{
	const struct maildns *m = c->m;
	bool same = true;

	for (size_t i = 0; i < m->ntargets && !m->implicit; i++) {
		if (p->taken[i])
			continue;
		same = false;
		domain_find(c, &unexpected, m->targets[i].name, "has the exchanger %u "
		    "%s, which is not expected", m->targets[i].preference,
		    m->targets[i].name);
	}
	return same;
}

/* Both side by side, as diff(1) does it. */
static void
tell_difference(const struct domain *c, const struct pairs *p)
{
	const struct maildns *m = c->m;

	verdict_note(c->v, "expected (-) and found (+) exchangers of %s:",
	    m->wish.domain);
	for (size_t i = 0; i < p->n; i++) {
		struct buf text = { 0 };
		bool met = is_met(p, i, m);

		say_expected(&p->v[i].e, &text);
		verdict_note(c->v, "%s %s", met ? "=" : "-", buf_str(&text));
		if (!met && p->v[i].target != NOBODY)
			verdict_note(c->v, "+ %u %s",
			    m->targets[p->v[i].target].preference, p->v[i].e.name);
		buf_free(&text);
	}
	for (size_t i = 0; i < m->ntargets && !m->implicit; i++)
		if (!p->taken[i])
			verdict_note(c->v, "+ %u %s", m->targets[i].preference,
			    m->targets[i].name);
}

static void
judge_null(const struct domain *c)
{
	const struct maildns *m = c->m;

	if (m->implicit)
		domain_find(c, &missing, NULL, "has no MX record, and should have one "
		    "that says that it takes no mail (0 .; asked DNS %s)", m->mx.server);
	for (size_t i = 0; i < m->ntargets && !m->implicit; i++)
		if (strcmp(m->targets[i].name, ".") != 0)
			domain_find(c, &unexpected, m->targets[i].name, "should take no "
			    "mail, and has the exchanger %u %s",
			    m->targets[i].preference, m->targets[i].name);
}

void
domain_judge_expected(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct diag d = { 0 };
	struct pairs p;
	bool same;

	if (m->loop || !dns_settled(&m->mx) || m->mx.rcode == DNS_NXDOMAIN)
		return;
	if (c->wish->null_mx)
		judge_null(c);
	if (c->wish->expected.n == 0)
		return;
	if (pairs_make(&p, c) == 0) {
		same = judge_pairs(c, &p);
		if (!judge_others(c, &p) || !same)
			tell_difference(c, &p);
	} else {
		(void)diag_nomem(&d);
	}
	verdict_diag(c->v, &d);
	free(p.v);
}
