/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/buf.h"
#include "mail/relay_plan.h"
#include "unit/unit.h"

static void
add(struct relay_plan *p, const char *from, const char *to, unsigned line)
{
	const struct relay_row row = {
		.from = from, .to = to, .accept = true, .line = line,
	};

	ck_assert_int_eq(relay_plan_add(p, &row, 2), 0);
}

/* As the DNS would: the domain leads to these names. */
static void
lead(struct relay_plan *p, const char *domain, const char *one, const char *two)
{
	for (size_t i = 0; i < p->ndomains; i++) {
		if (strcmp(p->domains[i].name, domain) != 0)
			continue;
		ck_assert_int_eq(list_add(&p->domains[i].mx.aliases, one), 0);
		if (two != NULL)
			ck_assert_int_eq(list_add(&p->domains[i].mx.aliases, two), 0);
	}
}

/* "from>to" of each question; forms "=original", canonical, of the sender, recipient. */
static void
ck_plan(const struct relay_plan *p, const char *wanted)
{
	struct buf seen = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct relay_question *q = &p->v[i];

		(void)buf_addf(&seen, "%s%s>%s", i > 0 ? " " : "", q->from, q->to);
		if (q->original != RELAY_NO_FORM)
			(void)buf_addf(&seen, "=%zu%s%s%s", q->original,
			    q->canonical ? "c" : "", q->sender ? "s" : "",
			    q->recipient ? "r" : "");
		ck_assert_uint_eq(q->login, 2);
		ck_assert(q->accept);
	}
	ck_assert_str_eq(buf_str(&seen), wanted);
	buf_free(&seen);
}

START_TEST(domains_once)
{
	struct relay_plan p = { 0 };

	add(&p, "a@x.test", "b@Y.test", 1);
	add(&p, "", "c@y.TEST", 2);
	add(&p, "d@y.test", "\"e@f\"@z.test", 3);
	ck_assert_uint_eq(p.ndomains, 3);
	ck_assert_str_eq(p.domains[0].name, "Y.test");
	ck_assert_str_eq(p.domains[1].name, "x.test");
	ck_assert_str_eq(p.domains[2].name, "z.test");
	ck_assert(p.domains[0].receives && !p.domains[1].receives);
	ck_assert(p.domains[2].receives);
	ck_assert_uint_eq(p.v[0].domain, 0);
	ck_assert_uint_eq(p.v[1].domain, 0);
	ck_assert_uint_eq(p.v[2].domain, 2);
	ck_assert_uint_eq(p.v[2].line, 3);
	relay_plan_free(&p);
	ck_assert_uint_eq(p.n + p.ndomains, 0);
}
END_TEST

START_TEST(forms_behind_their_original)
{
	struct relay_plan p = { 0 };

	add(&p, "a@x.test", "b@y.test", 1);
	add(&p, "", "\"c@d\"@y.test", 2);
	add(&p, "a@x.test", "e@z.test", 3);
	lead(&p, "y.test", "y1.test", "y2.test");
	lead(&p, "x.test", "x1.test", NULL);
	ck_assert_int_eq(relay_plan_expand(&p), 0);
	ck_plan(&p, "a@x.test>b@y.test a@x.test>b@y1.test=0r a@x.test>b@y2.test=0cr "
	    "a@x1.test>b@y.test=0cs a@x1.test>b@y2.test=0csr "
	    ">\"c@d\"@y.test >\"c@d\"@y1.test=5r >\"c@d\"@y2.test=5cr "
	    "a@x.test>e@z.test a@x1.test>e@z.test=8cs");
	ck_assert_uint_eq(p.v[1].domain, p.v[0].domain);
	relay_plan_free(&p);
}
END_TEST

/* What leads in a circle, or to what is no name for mail, is written by no sender. */
START_TEST(names_for_nobody)
{
	struct relay_plan p = { 0 };
	struct diag loop = { .cause = &mx_loop };

	add(&p, "a@x.test", "b@y.test", 1);
	add(&p, "a@x.test", "b@w.test", 2);
	lead(&p, "y.test", "y1.test", NULL);
	lead(&p, "w.test", "w1>.te\\032st", "w2.test");
	p.domains[p.v[0].domain].d = loop;
	ck_assert_int_eq(relay_plan_expand(&p), 0);
	ck_plan(&p, "a@x.test>b@y.test a@x.test>b@w.test a@x.test>b@w2.test=1cr");
	relay_plan_free(&p);
}
END_TEST

/* Of the sender's names too the last is canonical, and what is no address left out. */
START_TEST(senders_lead_on)
{
	struct relay_plan p = { 0 };

	add(&p, "a@x.test", "b@y.test", 1);
	lead(&p, "x.test", "x1.test", "x2.test");
	add(&p, "a@v.test", "b@y.test", 2);
	lead(&p, "v.test", "v1>.test", "v2.test");
	ck_assert_int_eq(relay_plan_expand(&p), 0);
	ck_plan(&p, "a@x.test>b@y.test a@x1.test>b@y.test=0s a@x2.test>b@y.test=0cs "
	    "a@v.test>b@y.test a@v2.test>b@y.test=3cs");
	relay_plan_free(&p);
}
END_TEST

START_TEST(no_alias_no_form)
{
	struct relay_plan p = { 0 };

	add(&p, "a@x.test", "b@y.test", 1);
	ck_assert_int_eq(relay_plan_expand(&p), 0);
	ck_plan(&p, "a@x.test>b@y.test");
	relay_plan_free(&p);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, domains_once);
	tcase_add_test(t, forms_behind_their_original);
	tcase_add_test(t, names_for_nobody);
	tcase_add_test(t, senders_lead_on);
	tcase_add_test(t, no_alias_no_form);
}
