/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is what the DNS says of a domain's mail signed, by the word of a trusted resolver? */

#include <netinet/in.h>
#include <string.h>

#include "probe/domain_judge.h"

static const struct cause unsigned_dns = {
	"dnssec-missing", CLASS_DNS, STATE_CRITICAL,
	"an answer that should be signed (--require-dnssec) is not",
	"sign the zone, and have the DS record of its key published in the zone above; "
	"if it is signed, check that the resolver validates (dig +adflag shows \"ad\" "
	"for a name that is signed)", false,
};

static const struct cause unproven = {
	"dnssec-unproven", CLASS_LOCAL, STATE_UNKNOWN,
	"whether answers are signed cannot be known: the resolver is not on this "
	"machine, and anybody on the way could say that it validated",
	"run a validating resolver (Unbound, say) on this machine and ask it (--dns), "
	"or, where the way to it is safe, say so: --trust-resolver", false,
};

cause_table domain_dnssec_causes = { &unsigned_dns, &unproven, NULL };

/* Is the server on this machine? */
static bool
is_loopback(const char *server)
{
	const struct net_address none = { .len = 0 };
	struct net_address a = none;
	const struct sockaddr_in *four = (const struct sockaddr_in *)&a.sa;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a.sa;

	if (dns_server_parse(&a, server) == -1)
		return false;
	return net_family(&a) == AF_INET
	    ? ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET
	    : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

bool
domain_trusts(const struct domain *c, const struct dns_query *q)
{
	return c->wish->trust || is_loopback(q->server);
}

static void
judge_answer(const struct domain *c, const struct dns_query *q, const char *object)
{
	struct diag d = { .stage = object == NULL ? "mx" : "resolve" };

	/* What failed is a finding already. */
	if (!dns_settled(q))
		return;
	if (!domain_trusts(c, q))
		(void)diag_set(&d, &unproven, "the answer of DNS %s about %s of %s may "
		    "be anybody's: it is not on this machine", q->server,
		    dns_type_name(q->type), q->name);
	else if (!q->authentic)
		(void)diag_set(&d, &unsigned_dns, "the answer about %s of %s is not "
		    "signed (asked DNS %s)", dns_type_name(q->type), q->name, q->server);
	verdict_diag_of(c->v, &d, object);
}

void
domain_judge_dnssec(const struct domain *c)
{
	const struct maildns *m = c->m;

	if (!c->wish->require_dnssec)
		return;
	judge_answer(c, &m->mx, NULL);
	if (!domain_trusts(c, &m->mx))
		return;
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct maildns_target *t = &m->targets[i];
		const struct maildns_host *h = maildns_target_host(m, t);

		if (h == NULL || t->repeated)
			continue;
		judge_answer(c, h->q[0].authentic ? &h->q[1] : &h->q[0], t->name);
	}
}
