/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the exchangers those that are expected, and no others? */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
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
	return dns_name(text, e->name);
}

__attribute__((format(printf, 4, 5)))
static void
find(const struct domain *c, const struct cause *cause, const char *object,
    const char *format, ...)
{
	struct diag d = { .stage = "mx" };
	char text[sizeof(d.text)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)diag_set(&d, cause, "%s %s", c->m->wish.domain, text);
	verdict_diag_of(c->v, &d, object);
}

/* "10 mx.example.org", or the host alone where any preference will do. */
static void
say_expected(const struct domain_expected *e, struct buf *out)
{
	if (e->preference >= 0)
		(void)buf_addf(out, "%ld ", e->preference);
	(void)buf_puts(out, e->name);
}

static bool
names(const struct domain_expected *e, const struct maildns_target *t)
{
	return strcmp(e->name, t->name) == 0;
}

static bool
is_exactly(const struct domain_expected *e, const struct maildns_target *t)
{
	return names(e, t) && (e->preference == -1 ||
	    (unsigned)e->preference == t->preference);
}

/* How an exchanger in the DNS compares with what is expected. */
enum match { NONE, NAME, EXACT };

static enum match
match_target(const struct domain *c, const struct maildns_target *t, long *preference)
{
	const struct list *all = &c->wish->expected;
	enum match best = NONE;

	for (size_t i = 0; i < all->n; i++) {
		struct domain_expected e;

		if (domain_expect_parse(all->v[i], &e) == -1 || !names(&e, t))
			continue;
		if (is_exactly(&e, t))
			return EXACT;
		*preference = e.preference;
		best = NAME;
	}
	return best;
}

static enum match
match_expected(const struct domain *c, const struct domain_expected *e)
{
	enum match best = NONE;

	for (size_t i = 0; i < c->m->ntargets && !c->m->implicit; i++) {
		if (is_exactly(e, &c->m->targets[i]))
			return EXACT;
		if (names(e, &c->m->targets[i]))
			best = NAME;
	}
	return best;
}

/* What is in the DNS. */
static bool
judge_published(const struct domain *c)
{
	bool same = true;

	for (size_t i = 0; i < c->m->ntargets && !c->m->implicit; i++) {
		const struct maildns_target *t = &c->m->targets[i];
		long wanted = 0;
		enum match match = match_target(c, t, &wanted);

		if (match == NONE)
			find(c, &unexpected, t->name, "has the exchanger %u %s, which is "
			    "not expected", t->preference, t->name);
		else if (match == NAME)
			find(c, &differs, t->name, "has the exchanger %s with the "
			    "preference %u instead of %ld", t->name, t->preference,
			    wanted);
		same = same && match == EXACT;
	}
	return same;
}

/* What should be. */
static bool
judge_wanted(const struct domain *c)
{
	const struct list *all = &c->wish->expected;
	bool same = true;

	for (size_t i = 0; i < all->n; i++) {
		struct domain_expected e;
		struct buf text = { 0 };

		if (domain_expect_parse(all->v[i], &e) == -1 ||
		    match_expected(c, &e) != NONE)
			continue;
		say_expected(&e, &text);
		find(c, &missing, e.name, "lacks the exchanger %s, which is expected "
		    "(asked DNS %s)", buf_str(&text), c->m->mx.server);
		buf_free(&text);
		same = false;
	}
	return same;
}

/* Both side by side, as diff(1) does it. */
static void
tell_difference(const struct domain *c)
{
	const struct list *all = &c->wish->expected;
	struct verdict *v = c->v;

	verdict_note(v, "expected (-) and found (+) exchangers of %s:",
	    c->m->wish.domain);
	for (size_t i = 0; i < all->n; i++) {
		struct domain_expected e;
		struct buf text = { 0 };

		if (domain_expect_parse(all->v[i], &e) == -1)
			continue;
		say_expected(&e, &text);
		verdict_note(v, "%s %s", match_expected(c, &e) == EXACT ? "=" : "-",
		    buf_str(&text));
		buf_free(&text);
	}
	for (size_t i = 0; i < c->m->ntargets && !c->m->implicit; i++) {
		const struct maildns_target *t = &c->m->targets[i];
		long wanted;

		if (match_target(c, t, &wanted) != EXACT)
			verdict_note(v, "+ %u %s", t->preference, t->name);
	}
}

static void
judge_null(const struct domain *c)
{
	const struct maildns *m = c->m;

	if (m->implicit)
		find(c, &missing, NULL, "has no MX record, and should have one that says "
		    "that it takes no mail (0 .; asked DNS %s)", m->mx.server);
	for (size_t i = 0; i < m->ntargets && !m->implicit; i++)
		if (strcmp(m->targets[i].name, ".") != 0)
			find(c, &unexpected, m->targets[i].name, "should take no mail, "
			    "and has the exchanger %u %s", m->targets[i].preference,
			    m->targets[i].name);
}

void
domain_judge_expected(const struct domain *c)
{
	const struct maildns *m = c->m;
	bool same;

	if (m->loop || !domain_answered(&m->mx) || m->mx.rcode == DNS_NXDOMAIN)
		return;
	if (c->wish->null_mx)
		judge_null(c);
	if (c->wish->expected.n == 0)
		return;
	same = judge_published(c);
	if (!judge_wanted(c) || !same)
		tell_difference(c);
}
