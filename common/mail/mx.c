/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "mail/mx.h"
#include "wire/dns_host.h"
#include "wire/parallel.h"

const struct cause mx_null = {
	"null-mx", CLASS_DNS, STATE_CRITICAL,
	"the domain says that it takes no mail (a null MX record, RFC 7505)",
	"if this is meant, write to another address; if not, replace the MX record that "
	"names the root (\".\") by records that name the domain's mail servers", false,
};

const struct cause mx_no_host = {
	"no-mail-host", CLASS_DNS, STATE_CRITICAL,
	"the domain has neither MX records nor an address: mail has nowhere to go",
	"check the spelling; if the domain shall take mail, publish MX records that name "
	"its servers; if it never shall, a null MX record (\"0 .\", RFC 7505) lets "
	"senders know at once", false,
};

const struct cause mx_loop = {
	"alias-loop", CLASS_DNS, STATE_CRITICAL,
	"the domain is an alias (CNAME) that leads in a circle, or over more names than "
	"senders follow",
	"look at each CNAME record on the way (dig NAME CNAME); best give the domain MX "
	"records of its own in place of the alias", false,
};

const struct cause mx_literal = {
	"mx-target-is-address", CLASS_DNS, STATE_CRITICAL,
	"an MX record names an address where a host name has to stand",
	"give the server a name with an A or AAAA record, and let the MX record name "
	"that: some senders connect to the address (Postfix, Sendmail), others return "
	"the mail (Exim)", false,
};

cause_table mx_causes = { &mx_null, &mx_no_host, &mx_loop, &mx_literal, NULL };

/* What the questions for one domain share. */
struct search {
	const struct dns_conf	*conf;
	const char		*domain;	/* as dns_name() writes it */
	struct deadline		 by;
	struct mx		*mx;
};

/* The name that mail for the domain leads to, as far as it is known. */
static const char *
canonical(const struct search *s)
{
	const struct list *aliases = &s->mx->aliases;

	return aliases->n > 0 ? aliases->v[aliases->n - 1] : s->domain;
}

/* Says what is true of the domain, or of the name that it leads to, and who said so. */
static int
refuse(const struct search *s, const struct dns_query *q, const struct cause *cause,
    const char *fact, struct diag *d)
{
	bool alias = s->mx->aliases.n > 0;

	return diag_set(d, cause, "%s%s%s%s %s (asked DNS %s)", s->domain,
	    alias ? " is an alias of " : "", alias ? canonical(s) : "",
	    alias ? ", which" : "", fact, q->server);
}

static int
refuse_aliases(const struct search *s, const char *next, struct diag *d)
{
	const struct list *aliases = &s->mx->aliases;
	struct buf names = { 0 };

	for (size_t i = 0; i < aliases->n; i++)
		(void)buf_addf(&names, "%s, ", aliases->v[i]);
	(void)diag_set(d, &mx_loop, "the aliases of %s come to no end: %s%s", s->domain,
	    buf_str(&names), next);
	buf_free(&names);
	return -1;
}

/* Notes the aliases that the answer leads over. */
static int
follow(const struct search *s, const struct dns_query *q, struct diag *d)
{
	struct list *aliases = &s->mx->aliases;
	const char *next;

	while ((next = dns_alias(q, canonical(s))) != NULL) {
		if (aliases->n == MX_ALIASES_MAX || strcmp(next, s->domain) == 0 ||
		    list_has(aliases, next))
			return refuse_aliases(s, next, d);
		if (list_add(aliases, next) == -1)
			return diag_nomem(d);
	}
	return 0;
}

/* By preference, then in the order of the answer, which is that of their places. */
static bool
is_before(const struct dns_record *a, const struct dns_record *b)
{
	return a->preference != b->preference ? a->preference < b->preference : a < b;
}

/* The MX record that comes after last, the first one for NULL; NULL when none does. */
static const struct dns_record *
next_best(const struct dns_query *q, const struct dns_record *last)
{
	const struct dns_record *best = NULL;

	for (size_t i = 0; i < q->nrecords; i++) {
		const struct dns_record *r = &q->records[i];

		if (dns_answers(q, r) && (last == NULL || is_before(last, r)) &&
		    (best == NULL || is_before(r, best)))
			best = r;
	}
	return best;
}

static bool
has_host(const struct mx *mx, const char *name)
{
	for (size_t i = 0; i < mx->n; i++)
		if (strcmp(mx->hosts[i].name, name) == 0)
			return true;
	return false;
}

static int
add_host(struct mx *mx, const char *name, unsigned preference, struct diag *d)
{
	struct mx_host *host;

	if (mx->hosts == NULL &&
	    (mx->hosts = calloc(MX_HOSTS_MAX, sizeof(*mx->hosts))) == NULL)
		return diag_nomem(d);
	host = &mx->hosts[mx->n];
	host->preference = preference;
	if ((host->name = strdup(name)) == NULL)
		return diag_nomem(d);
	mx->n++;
	return 0;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 4.1.3). -1 when the text is neither. */
static int
parse_literal(struct net_address *a, const char *text)
{
	const char *tag = "[IPv6:";
	bool six = text_starts(text, tag);
	size_t skip = six ? strlen(tag) : 1, n = strlen(text);
	char address[NET_TEXT_MAX];

	if (text[0] != '[' || text[n - 1] != ']')
		return -1;
	text_copy(address, sizeof(address), text + skip, n - skip - 1);
	if (net_address_parse(a, address, 0) == -1)
		return -1;
	return net_family(a) == (six ? AF_INET6 : AF_INET) ? 0 : -1;
}

/* Adds the exchanger of a record. An address would pass for a host later. */
static int
add_exchanger(const struct search *s, const struct dns_record *r, struct diag *d)
{
	struct mx *mx = s->mx;
	struct net_address a;
	struct diag *why;

	if (strcmp(r->target, ".") == 0 || has_host(mx, r->target))
		return 0;
	if (mx->n == MX_HOSTS_MAX) {
		mx->partial = true;
		return 0;
	}
	if (add_host(mx, r->target, r->preference, d) == -1)
		return -1;
	if (net_address_parse(&a, r->target, 0) == 0 ||
	    parse_literal(&a, r->target) == 0) {
		why = &mx->hosts[mx->n - 1].d;
		diag_at(why, "mx");
		(void)diag_set(why, &mx_literal, "an MX record of %s names %s, which is "
		    "an address and no host name", r->owner, r->target);
	}
	return 0;
}

/* Takes the exchangers over, best first. 1 when there are any records of them. */
static int
take(const struct search *s, const struct dns_query *q, struct diag *d)
{
	const struct dns_record *r = next_best(q, NULL);
	int rc = r != NULL;

	for (; r != NULL && !s->mx->partial; r = next_best(q, r))
		if (add_exchanger(s, r, d) == -1)
			return -1;
	return rc;
}

static int
judge(const struct search *s, const struct dns_query *q, struct diag *d)
{
	int rc;

	if (follow(s, q, d) == -1 || dns_query_check(s->conf, q, "MX", d) == -1)
		return -1;
	if (q->rcode == DNS_NXDOMAIN)
		return refuse(s, q, &dns_no_such_host, "does not exist", d);
	if ((rc = take(s, q, d)) == -1)
		return -1;
	if (rc == 1 && s->mx->n == 0)
		return refuse(s, q, &mx_null,
		    "takes no mail: its MX record names \".\"", d);
	if (rc == 1)
		return 0;
	s->mx->implicit = true;
	return add_host(s->mx, canonical(s), 0, d);
}

static int
ask(const struct search *s, struct diag *d)
{
	struct dns_query q = { .name = s->domain, .type = DNS_MX };
	int rc = dns_ask_through(s->conf, &q, 1, s->by, d);

	if (rc == 0)
		rc = judge(s, &q, d);
	dns_query_free(&q);
	return rc;
}

static int
take_literal(struct mx *mx, const char *domain, struct diag *d)
{
	struct net_address a;
	char text[NET_TEXT_MAX];

	if (parse_literal(&a, domain) == -1)
		return diag_set(d, &dns_no_such_host, "\"%s\" is neither a domain nor an "
		    "address literal", domain);
	return add_host(mx, net_address_text(&a, text), 0, d);
}

int
mx_find(const struct dns_conf *conf, const char *domain, struct deadline by,
    struct mx *mx, struct diag *d)
{
	char name[DNS_NAME_MAX];
	struct search s = { .conf = conf, .domain = name, .by = by, .mx = mx };

	*mx = (struct mx){ 0 };
	diag_at(d, "mx");
	if (domain[0] == '[')
		return take_literal(mx, domain, d);
	if (!envelope_is_ascii(domain))
		return diag_set(d, &dns_no_such_host, "the DNS does not know \"%s\" in "
		    "this form: write the domain in ASCII (it has parts that begin with "
		    "xn--)", domain);
	if (dns_name(domain, name) == -1 || strcmp(name, ".") == 0)
		return diag_set(d, &dns_no_such_host, "\"%s\" is no domain", domain);
	return ask(&s, d);
}

int
mx_find_alias(const struct dns_conf *conf, const char *domain, struct deadline by,
    struct mx *mx, struct diag *d)
{
	char name[DNS_NAME_MAX];
	struct search s = { .conf = conf, .domain = name, .by = by, .mx = mx };
	struct dns_query q = { .name = name, .type = DNS_A };
	int rc;

	diag_at(d, "mx");
	if (mx->aliases.n > 0 || domain[0] == '[' || dns_name(domain, name) == -1)
		return 0;
	rc = dns_ask(conf, &q, 1, by, d);
	if (rc == 0)
		rc = dns_query_check(conf, &q, "A", d);
	if (rc == 0)
		rc = follow(&s, &q, d);
	dns_query_free(&q);
	return rc;
}

/* What the look-ups of a domain's hosts share. */
struct lookups {
	const struct dns_conf	*conf;
	struct mx		*mx;
	int			 family;
	uint16_t		 port;
	struct deadline		 by;
};

static void
resolve(void *arg, size_t i)
{
	const struct lookups *l = arg;
	struct mx_host *host = &l->mx->hosts[i];
	char name[DNS_NAME_MAX + 1];
	struct diag d = { 0 };

	if (diag_failed(&host->d))
		return;
	/* It would pass for the path of a socket, to which passwords go unprotected. */
	if (host->name[0] == '/') {
		diag_at(&host->d, "resolve");
		(void)diag_set(&host->d, &dns_no_such_host, "\"%s\" is no host name",
		    host->name);
		return;
	}
	(void)snprintf(name, sizeof(name), "%s.", host->name);
	(void)dns_host(l->conf, name, l->family, l->port, l->by, &host->addresses, &d);
	diag_at(&host->d, "resolve");
	if (d.cause == &dns_no_address && l->mx->implicit && l->family == AF_UNSPEC)
		(void)diag_set(&host->d, &mx_no_host, "there is no MX record, and %s",
		    d.text);
	else
		host->d = d;
}

void
mx_resolve(const struct dns_conf *conf, struct mx *mx, int family, uint16_t port,
    struct deadline by)
{
	struct dns_conf own = *conf;
	struct lookups l = { &own, mx, family, port, by };

	own.no_hosts = true;
	parallel(mx->n, mx->n, resolve, &l);
}

void
mx_free(struct mx *mx)
{
	for (size_t i = 0; i < mx->n; i++)
		free(mx->hosts[i].name);
	free(mx->hosts);
	list_free(&mx->aliases);
	*mx = (struct mx){ 0 };
}

const char *
mx_domain(const char *address)
{
	const char *at = envelope_at(address);

	return *at == '@' ? at + 1 : at;
}
