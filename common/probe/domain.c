/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/mx.h"
#include "probe/domain_judge.h"

#define ALIASES_LONG 8		/* the longest chain that every resolver follows */

cause_table domain_dns_causes = {
	&dns_timeout, &dns_servfail, &dns_refused, &dns_malformed, &dns_failed,
	&dns_bogus, NULL,
};

static const struct cause no_such_domain = {
	"no-such-domain", CLASS_DNS, STATE_CRITICAL,
	"the mail domain does not exist",
	"check the spelling; if it is right, the domain has expired or was never "
	"delegated (whois, dig +trace), or the name was removed from its zone", false,
};

static const struct cause implicit_mx = {
	"implicit-mx", CLASS_DNS, STATE_WARNING,
	"the domain has no MX record, so that mail goes to its own address",
	"publish an MX record that names the mail server: without one mail goes to "
	"whatever answers at the domain's address, often a web server, and no other "
	"server can stand in", false,
};

static const struct cause null_mx_mixed = {
	"null-mx-mixed", CLASS_DNS, STATE_CRITICAL,
	"one MX record says that the domain takes no mail, and another names a server",
	"remove the record that names the root (\".\") if the domain shall take mail, "
	"else all others (RFC 7505, section 3): senders do not agree on which one counts",
	false,
};

static const struct cause is_alias = {
	"domain-is-alias", CLASS_DNS, STATE_WARNING,
	"the mail domain is an alias (CNAME): some senders put the name that it leads to "
	"in its place",
	"publish an MX instead of a CNAME for the domain; until then the mail server "
	"must take mail for the canonical name as well (check_smtp_relay --expand-cname "
	"asks it). A Sendmail keeps the name with confDONT_EXPAND_CNAMES set to `True' "
	"or FEATURE(nocanonify), but that helps only its own users", false,
};

static const struct cause chain_long = {
	"alias-chain-long", CLASS_DNS, STATE_WARNING,
	"the domain leads over so many aliases that some resolvers give up",
	"let the first alias lead to the last name at once, or give the domain MX "
	"records of its own", false,
};

static const struct cause dangling = {
	"alias-dangling", CLASS_DNS, STATE_CRITICAL,
	"the domain is an alias (CNAME) of a name that does not exist",
	"correct the CNAME record, or bring back the name that it leads to; whoever "
	"registers that name would get the domain's mail", false,
};

const struct cause domain_other_data = {
	"alias-and-other-data", CLASS_DNS, STATE_CRITICAL,
	"beside an alias (CNAME) the domain has other records, which must not be: which "
	"of them a sender sees depends on what its resolver asked for before",
	"remove the CNAME record and publish MX and address records in its place, or "
	"remove all others (RFC 1034, section 3.6.2; RFC 2181, section 10.1)", false,
};

cause_table domain_causes = {
	&no_such_domain, &mx_no_host, &implicit_mx, &mx_null, &null_mx_mixed, &is_alias,
	&mx_loop, &chain_long, &dangling, &domain_other_data, NULL,
};

bool
domain_answered(const struct dns_query *q)
{
	return q->answered && (q->rcode == DNS_NOERROR || q->rcode == DNS_NXDOMAIN);
}

bool
domain_is_null(const struct maildns *m)
{
	for (size_t i = 0; i < m->ntargets; i++)
		if (strcmp(m->targets[i].name, ".") != 0)
			return false;
	return m->ntargets > 0;
}

static int
by_text(const void *a, const void *b)
{
	char *const *s = a, *const *t = b;

	return strcmp(*s, *t);
}

void
domain_say_answer(const struct dns_query *q, struct buf *out)
{
	char name[DNS_NAME_MAX];
	const char *alias = dns_name(q->name, name) == 0 ? dns_alias(q, name) : NULL;
	struct list texts = { 0 };

	for (size_t i = 0; i < q->nrecords && alias == NULL; i++) {
		struct buf text = { 0 };

		if (!dns_answers(q, &q->records[i]))
			continue;
		dns_record_text(&q->records[i], &text);
		if (list_add(&texts, buf_str(&text)) == -1)
			out->failed = true;
		buf_free(&text);
	}
	if (texts.n > 0)
		qsort(texts.v, texts.n, sizeof(*texts.v), by_text);
	for (size_t i = 0; i < texts.n; i++)
		(void)buf_addf(out, "%s%s", i > 0 ? ", " : "", texts.v[i]);
	if (alias != NULL)
		(void)buf_addf(out, "an alias of %s", alias);
	else if (texts.n == 0)
		(void)buf_puts(out, q->rcode == DNS_NXDOMAIN ? "does not exist"
		    : "nothing");
	list_free(&texts);
}

/* "a, an alias of b, of c" */
static void
say_chain(const struct maildns *m, struct buf *out)
{
	for (size_t i = 0; i < m->aliases.n; i++)
		(void)buf_addf(out, "%s%s", i > 0 ? ", of " : "", m->aliases.v[i]);
}

static void
find(const struct domain *c, const struct cause *cause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
find(const struct domain *c, const struct cause *cause, const char *format, ...)
{
	struct diag d = { .stage = "mx" };
	char text[sizeof(d.text)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)diag_set(&d, cause, "%s", text);
	verdict_diag(c->v, &d);
}

/* Who shows an alias for one type and records for the other shows both. */
static void
judge_mixture(const struct domain *c)
{
	const struct maildns *m = c->m;
	const char *mx = dns_alias(&m->mx, m->wish.domain);
	const struct maildns_host *h = &m->hosts[0];

	for (size_t i = 0; i < 2; i++) {
		const char *other = dns_alias(&h->q[i], m->wish.domain);
		bool any = h->q[i].nrecords > 0;

		if (!domain_answered(&m->mx) || !domain_answered(&h->q[i]) ||
		    (mx == NULL) == (other == NULL))
			continue;
		if ((mx == NULL && m->mx.nrecords > 0) || (other == NULL && any)) {
			find(c, &domain_other_data, "%s is an alias of %s when the DNS "
			    "is asked for its %s, and has records of its own when it is "
			    "asked for its %s (asked DNS %s)", m->wish.domain,
			    mx != NULL ? mx : other,
			    mx != NULL ? "MX" : dns_type_name(h->q[i].type),
			    mx != NULL ? dns_type_name(h->q[i].type) : "MX",
			    m->mx.server);
			return;
		}
	}
}

static void
judge_alias(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->aliases.n > ALIASES_LONG)
		find(c, &chain_long, "%s leads over %zu aliases: to %s", m->wish.domain,
		    m->aliases.n, buf_str(&chain));
	find(c, &is_alias, "%s is an alias of %s: Sendmail turns user@%s into user@%s, "
	    "in envelope and headers", m->wish.domain, buf_str(&chain), m->wish.domain,
	    maildns_canonical(m));
	buf_free(&chain);
}

/* Without an MX record the addresses count. */
static void
judge_implicit(const struct domain *c)
{
	const struct maildns *m = c->m;
	const struct maildns_host *h = &m->hosts[0];
	struct buf addresses = { 0 };
	struct diag d = { .stage = "mx" };
	const struct dns_record *r;
	size_t at = 0;

	while ((r = maildns_next(h, &at)) != NULL) {
		(void)buf_puts(&addresses, addresses.len > 0 ? ", " : "");
		dns_record_text(r, &addresses);
	}
	if (c->wish->null_mx)
		;	/* that it is missing is said with what is expected */
	else if (addresses.len > 0)
		find(c, &implicit_mx, "%s has no MX record: its mail goes to its own "
		    "address %s", m->wish.domain, buf_str(&addresses));
	else if (dns_query_check(c->conf, &h->q[0], "A", &d) == -1 ||
	    dns_query_check(c->conf, &h->q[1], "AAAA", &d) == -1)
		verdict_diag(c->v, &d);
	else
		find(c, &mx_no_host, "%s has neither an MX record nor an address (asked "
		    "DNS %s)", m->wish.domain, m->mx.server);
	buf_free(&addresses);
}

static void
judge_null(const struct domain *c)
{
	const struct maildns *m = c->m;
	size_t roots = 0;

	for (size_t i = 0; i < m->ntargets; i++)
		roots += strcmp(m->targets[i].name, ".") == 0 ? 1 : 0;
	if (roots == 0)
		return;
	if (roots < m->ntargets)
		find(c, &null_mx_mixed, "%s has an MX record that names the root "
		    "(\".\"), which says that it takes no mail, and %zu that name "
		    "a server",
		    m->wish.domain, m->ntargets - roots);
	else if (!c->wish->null_mx)
		find(c, &mx_null, "%s takes no mail: its MX record names \".\" (asked "
		    "DNS %s)", m->wish.domain, m->mx.server);
	if (roots == m->ntargets && m->targets[0].preference != 0)
		verdict_note(c->v, "the null MX record of %s has the preference %u; it "
		    "should be 0 (RFC 7505, section 3)", m->wish.domain,
		    m->targets[0].preference);
}

static void
judge_gone(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->aliases.n > 0)
		find(c, &dangling, "%s is an alias of %s, which does not exist (asked "
		    "DNS %s)", m->wish.domain, buf_str(&chain), m->mx.server);
	else
		find(c, &no_such_domain, "%s does not exist (asked DNS %s)",
		    m->wish.domain, m->mx.server);
	buf_free(&chain);
}

void
domain_judge_name(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct diag d = { .stage = "mx" };
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->loop) {
		find(c, &mx_loop, "the aliases of %s come to no end: %s", m->wish.domain,
		    buf_str(&chain));
	} else if (dns_query_check(c->conf, &m->mx, "MX", &d) == -1) {
		verdict_diag(c->v, &d);
	} else if (m->mx.rcode == DNS_NXDOMAIN) {
		judge_gone(c);
	} else {
		judge_mixture(c);
		if (m->aliases.n > 0)
			judge_alias(c);
		if (m->implicit)
			judge_implicit(c);
		judge_null(c);
	}
	buf_free(&chain);
}

static int
look(struct domain *c, struct maildns *m, const char *domain, const struct env *env,
    struct dns_conf *conf, struct diag *d)
{
	const struct domain_wish *wish = c->wish;
	const struct maildns_wish asked = {
		.conf = conf, .domain = domain,
		.servers = wish->authoritative || wish->name_servers.n > 0,
		.instead = &wish->name_servers, .reverse = wish->reverse,
	};

	diag_at(d, "mx");
	if (dns_conf_load(conf, &wish->dns, d) == -1)
		return -1;
	conf->trace = env->trace;
	return maildns_look(m, &asked, env->by, d);
}

void
domain_look(const struct domain_wish *wish, const struct domain_metrics *metrics,
    const char *domain, const struct env *env, struct verdict *v)
{
	struct dns_conf conf = { 0 };
	struct maildns m = { 0 };
	struct domain c = { wish, metrics, &conf, &m, v };
	struct diag d = { 0 };

	if (look(&c, &m, domain, env, &conf, &d) == 0) {
		domain_judge_name(&c);
		domain_judge_targets(&c);
		domain_judge_expected(&c);
		domain_judge_servers(&c);
		domain_judge_dnssec(&c);
		domain_judge_reverse(&c);
		domain_tell(&c);
	}
	verdict_diag(v, &d);
	maildns_free(&m);
	dns_conf_free(&conf);
}
