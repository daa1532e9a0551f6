/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "probe/relay_domains.h"
#include "wire/dns.h"

/* Does a name that could not be looked up keep the questions from being asked? */
static bool
matters(const struct relay_domain *domain, bool mx)
{
	if (domain->receives && mx)
		return diag_failed(&domain->d);
	return domain->d.cause == &mx_loop || domain->d.cause == &local_internal ||
	    dns_unanswered(&domain->d);
}

static void
tell_aliases(const struct relay_plan *plan, bool mx, struct verdict *v)
{
	bool any = false;

	for (size_t i = 0; i < plan->ndomains; i++) {
		const struct relay_domain *domain = &plan->domains[i];
		const struct list *names = &domain->mx.aliases;
		struct buf chain = { 0 };

		for (size_t a = 0; a < names->n; a++)
			(void)buf_addf(&chain, "%s%s", a > 0 ? ", of " : "", names->v[a]);
		if (names->n > 0)
			verdict_note(v, "%s is an alias of %s: Sendmail, unless "
			    "DontExpandCnames is set, writes %s in its place",
			    domain->name, buf_str(&chain), names->v[names->n - 1]);
		any = any || names->n > 0 ||
		    (diag_failed(&domain->d) && matters(domain, mx));
		buf_free(&chain);
	}
	if (!any)
		verdict_note(v, "none of the domains is an alias");
}

/* Says where the mail of a domain goes. */
static void
tell_exchangers(const struct relay_domain *domain, struct verdict *v)
{
	const struct mx *mx = &domain->mx;
	struct buf names = { 0 };

	if (mx->implicit) {
		verdict_note(v, "%s has no MX record: its mail goes to its own addresses",
		    mx->hosts[0].name);
		return;
	}
	for (size_t i = 0; i < mx->n; i++)
		(void)buf_addf(&names, "%s%u %s", i > 0 ? ", " : "",
		    mx->hosts[i].preference, mx->hosts[i].name);
	if (mx->n > 0)
		verdict_note(v, "mail exchangers of %s: %s%s", domain->name,
		    buf_str(&names), mx->partial ? " and more, which are not asked" : "");
	buf_free(&names);
}

static int
find_exchangers(const struct relay_plan *plan, const struct dns_conf *dns, bool expand,
    const struct session_conf *conf, const struct env *env, struct exchangers *e,
    struct verdict *v)
{
	struct deadline by = deadline_share(env->by, 2);

	e->ndomains = plan->ndomains;
	for (size_t i = 0; i < plan->ndomains; i++) {
		struct relay_domain *domain = &plan->domains[i];

		if (!domain->receives || domain->mx.n == 0)
			continue;
		mx_resolve(dns, &domain->mx, session_family(conf), (uint16_t)conf->port,
		    deadline_share(by, plan->ndomains - i));
		if (!expand && domain->mx.aliases.n > 0)
			verdict_note(v, "%s is an alias of %s and has its exchangers",
			    domain->name,
			    domain->mx.aliases.v[domain->mx.aliases.n - 1]);
		tell_exchangers(domain, v);
		if (exchangers_add(e, &domain->mx, domain->name, i, conf, v) == -1)
			return -1;
	}
	return 0;
}

int
relay_domains_look_up(struct relay_plan *plan, struct exchangers *e, bool expand,
    const struct session_conf *conf, const struct env *env, struct verdict *v,
    struct diag *d)
{
	struct dns_conf dns = { 0 };
	int rc = dns_conf_load(&dns, &conf->dns, d);

	if (rc == 0)
		relay_plan_look_up(plan, &dns, expand, deadline_share(env->by, 2));
	for (size_t i = 0; i < plan->ndomains && rc == 0; i++)
		if (matters(&plan->domains[i], e != NULL))
			verdict_diag_of(v, &plan->domains[i].d, plan->domains[i].name);
	if (rc == 0 && expand)
		tell_aliases(plan, e != NULL, v);
	if (rc == 0 && expand && relay_plan_expand(plan) == -1)
		rc = diag_nomem(d);
	if (rc == 0 && e != NULL &&
	    find_exchangers(plan, &dns, expand, conf, env, e, v) == -1)
		rc = diag_nomem(d);
	dns_conf_free(&dns);
	return rc;
}
