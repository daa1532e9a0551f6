/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mail/mx.h"
#include "probe/domain_judge.h"

#define ALIASES_LONG 8		/* the longest chain that every resolver follows */

cause_table domain_dns_causes = {
	&dns_timeout, &dns_servfail, &dns_refused, &dns_malformed, &dns_failed,
	&dns_bogus, &dns_partial, NULL,
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
domain_is_null(const struct maildns *m)
{
	for (size_t i = 0; i < m->ntargets; i++)
		if (strcmp(m->targets[i].name, ".") != 0)
			return false;
	return m->ntargets > 0;
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
	list_sort(&texts);
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

void
domain_find(const struct domain *c, const struct cause *cause, const char *object,
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

/* Who shows an alias for one type and records for the other shows both. */
static void
judge_mixture(const struct domain *c)
{
	const struct maildns *m = c->m;
	const char *mx = dns_alias(&m->mx, m->wish.domain);
	const struct maildns_host *h = &m->hosts[0];

	for (size_t i = 0; i < 2; i++) {
		const struct dns_query *q = &h->q[i];
		const char *other = dns_alias(q, m->wish.domain);
		const char *type = dns_type_name(q->type);

		if (!dns_settled(q) || (mx == NULL) == (other == NULL) ||
		    (mx != NULL ? q : &m->mx)->nrecords == 0)
			continue;
		domain_find(c, &domain_other_data, NULL, "is an alias of %s when the DNS "
		    "is asked for its %s, and has records of its own when it is asked "
		    "for its %s (asked DNS %s)", mx != NULL ? mx : other,
		    mx != NULL ? "MX" : type, mx != NULL ? type : "MX", m->mx.server);
		return;
	}
}

static void
judge_alias(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->aliases.n > ALIASES_LONG)
		domain_find(c, &chain_long, NULL, "leads over %zu aliases: to %s",
		    m->aliases.n, buf_str(&chain));
	domain_find(c, &is_alias, NULL, "is an alias of %s: Sendmail turns user@%s into "
	    "user@%s, in envelope and headers", buf_str(&chain), m->wish.domain,
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
		domain_find(c, &implicit_mx, NULL, "has no MX record: its mail goes to "
		    "its own address %s", buf_str(&addresses));
	else if (dns_query_check(c->conf, &h->q[0], "A", &d) == -1 ||
	    dns_query_check(c->conf, &h->q[1], "AAAA", &d) == -1)
		verdict_diag(c->v, &d);
	else
		domain_find(c, &mx_no_host, NULL, "has neither an MX record nor an "
		    "address (asked DNS %s)", m->mx.server);
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
		domain_find(c, &null_mx_mixed, NULL, "has an MX record that names the "
		    "root (\".\"), which says that it takes no mail, and %zu that name "
		    "a server", m->ntargets - roots);
	else if (!c->wish->null_mx)
		domain_find(c, &mx_null, NULL, "takes no mail: its MX record names "
		    "\".\" (asked DNS %s)", m->mx.server);
	if (roots == m->ntargets && m->targets[0].preference != 0)
		verdict_note(c->v, "the null MX record of %s has the preference %u; it "
		    "should be 0 (RFC 7505, section 3)", m->wish.domain,
		    m->targets[0].preference);
}

static void
judge_gone(const struct domain *c)
{
	const struct maildns *m = c->m;
	bool address = maildns_has_address(&m->hosts[0]);
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->aliases.n > 0)
		domain_find(c, &dangling, NULL, "is an alias of %s, which does not exist "
		    "(asked DNS %s)", buf_str(&chain), m->mx.server);
	else
		domain_find(c, &no_such_domain, NULL, "does not exist%s (asked DNS %s)",
		    address ? ", by the answer about MX, although it has an address"
		    : "", m->mx.server);
	buf_free(&chain);
}

/* What was left out must not pass for well. */
static void
judge_partial(const struct domain *c)
{
	struct diag d = { .stage = "mx" };

	if (c->m->partial)
		(void)diag_set(&d, &dns_partial, "%s has more exchangers, addresses or "
		    "name servers than are looked at: %d exchangers, %d addresses of "
		    "each, %d addresses of name servers", c->m->wish.domain,
		    MAILDNS_TARGETS_MAX, MAILDNS_ADDRESSES_MAX, MAILDNS_SERVERS_MAX);
	verdict_diag(c->v, &d);
}

void
domain_judge_name(const struct domain *c)
{
	const struct maildns *m = c->m;
	struct diag d = { .stage = "mx" };
	struct buf chain = { 0 };

	say_chain(m, &chain);
	if (m->loop) {
		(void)diag_set(&d, &mx_loop, "the aliases of %s come to no end: %s",
		    m->wish.domain, buf_str(&chain));
		verdict_diag(c->v, &d);
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
		judge_partial(c);
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
