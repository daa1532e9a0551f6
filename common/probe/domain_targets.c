/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exchangers of a domain: can mail reach them, by what the DNS says? */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/maildns_name.h"
#include "mail/mx.h"
#include "probe/domain_judge.h"
#include "wire/net_special.h"

static const struct cause target_alias = {
	"mx-target-is-alias", CLASS_DNS, STATE_WARNING,
	"an MX record names an alias (CNAME) where a host has to stand",
	"let the MX record name the host itself, the one with the A or AAAA records "
	"(RFC 2181, section 10.3; RFC 5321, section 5.1): most senders follow the alias, "
	"but checks of senders and registries refuse it, DANE looks for the other name, "
	"and a server that does not know its alias sends mail in a circle", false,
};

static const struct cause target_missing = {
	"mx-target-missing", CLASS_DNS, STATE_CRITICAL,
	"an MX record names a host that does not exist (WARNING while another exchanger "
	"works)",
	"correct the name in the MX record, or publish an A or AAAA record for it; if "
	"the name is in a domain that anybody may register, whoever does gets the mail",
	false,
};

static const struct cause target_no_address = {
	"mx-target-no-address", CLASS_DNS, STATE_CRITICAL,
	"an MX record names a host without an address (WARNING while another exchanger "
	"works)",
	"publish an A or AAAA record for the host, or take it out of the MX records",
	false,
};

static const struct cause target_special = {
	"mx-target-private", CLASS_DNS, STATE_CRITICAL,
	"an exchanger has an address that nobody reaches over the Internet (WARNING "
	"while another address works)",
	"publish the public address of the server; if the DNS answers hosts of your own "
	"network otherwise than others, ask an outside server (--dns), or accept it "
	"here: --state mx-target-private=ok", false,
};

static const struct cause target_bad_name = {
	"mx-target-bad-name", CLASS_DNS, STATE_CRITICAL,
	"an MX record names a host as no host may be called (WARNING while another "
	"exchanger works, or where senders put up with it)",
	"give the server a name of letters, digits and hyphens (RFC 1123, section 2.1)",
	false,
};

static const struct cause name_doubled = {
	"mx-name-doubled", CLASS_DNS, STATE_CRITICAL,
	"an MX record names a host with the domain once too often: a dot was lost in the "
	"zone file (WARNING while another exchanger works)",
	"end the host name with a dot in the zone file: \"MX 10 mx.example.net.\"; "
	"without it the name of the zone is added", false,
};

static const struct cause contradicted = {
	"nxdomain-contradicted", CLASS_DNS, STATE_WARNING,
	"the DNS has an address of an exchanger, and says that the name does not exist "
	"when asked for the other kind of address",
	"mend the name server, often that of a load balancer: without an IPv6 address it "
	"has to say that there is none of that type, not that there is no such name "
	"(RFC 4074, section 4.2); resolvers may take its word and forget the address, "
	"too", false,
};

static const struct cause duplicate = {
	"mx-duplicate", CLASS_DNS, STATE_WARNING,
	"two MX records name the same exchanger",
	"remove one of them: a sender that finds the server down tries it twice and is "
	"no better off", false,
};

static const struct cause same_address = {
	"mx-same-address", CLASS_DNS, STATE_WARNING,
	"two exchangers are one: they have the same single address",
	"if the second shall stand in for the first, it has to be another server; if it "
	"is meant to be one server, one MX record does", false,
};

static const struct cause single = {
	"mx-single", CLASS_DNS, STATE_WARNING,
	"fewer exchangers can take mail than there should be (--min-hosts)",
	"publish another exchanger, or mend those that cannot be reached", false,
};

cause_table domain_target_causes = {
	&target_alias, &target_missing, &target_no_address, &mx_literal, &target_special,
	&target_bad_name, &name_doubled, &contradicted, &duplicate, &same_address,
	&single, NULL,
};

/* What becomes of mail for an exchanger. */
enum fate { USABLE, BROKEN, UNKNOWN };

/* A look at one of them. */
struct view {
	const struct domain		*c;
	const struct maildns_target	*t;
	const struct maildns_host	*h;	/* NULL: its name is none to ask for */
	bool				 silent;	/* nothing is to be recorded */
	enum state			 grave;	/* the state of what breaks it */
};

/* "mail exchanger 10 mx.example.org of example.org" */
static void
say_who(const struct view *w, struct buf *out)
{
	const struct maildns *m = w->c->m;

	if (m->implicit)
		(void)buf_puts(out, m->wish.domain);
	else
		(void)buf_addf(out, "mail exchanger %u %s of %s", w->t->preference,
		    w->t->name, m->wish.domain);
}

__attribute__((format(printf, 4, 5)))
static enum fate
complain(const struct view *w, const struct cause *cause, enum fate fate,
    const char *format, ...)
{
	struct diag d = { .stage = "resolve" };
	struct buf who = { 0 };
	char text[sizeof(d.text)];
	va_list ap;

	if (w->silent)
		return fate;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say_who(w, &who);
	(void)diag_set(&d, cause, "%s %s", buf_str(&who), text);
	verdict_diag_as(w->c->v, &d, w->t->name,
	    fate == BROKEN ? w->grave : STATE_WARNING);
	buf_free(&who);
	return fate;
}

/* The questions for its addresses that failed. */
static void
complain_of_failures(const struct view *w)
{
	const struct dns_query *other = &w->h->q[1];

	for (size_t i = 0; i < 2 && !w->silent; i++) {
		const struct dns_query *q = &w->h->q[i];
		struct diag d = { .stage = "resolve" };

		if (dns_query_check(w->c->conf, q, dns_type_name(q->type), &d) == -1)
			verdict_diag_of(w->c->v, &d, w->t->name);
		/* Twice the same would be said. */
		if (diag_failed(&d) && other->rcode == q->rcode &&
		    other->answered == q->answered && other->error == q->error &&
		    other->bogus == q->bogus)
			break;
	}
}

/* Does what the name would be with its dot exist? */
static bool
has_origin(const struct view *w)
{
	const char *name = w->t->without_origin;
	const struct maildns_host *h = name != NULL ? maildns_host(w->c->m, name) : NULL;

	return name != NULL && (maildns_below(name, w->t->name + strlen(name) + 1) ||
	    (h != NULL && maildns_has_address(h)));
}

/* "is an alias of a, in the end of b": NULL when it is none. */
static const char *
say_alias(const struct view *w, struct buf *out)
{
	const struct dns_query *q = &w->h->q[dns_alias(&w->h->q[0], w->h->name) == NULL];
	const char *alias = dns_alias(q, w->h->name), *end = q->canonical;

	if (alias == NULL)
		return NULL;
	(void)buf_addf(out, "is an alias of %s", alias);
	if (end != NULL && end[0] == '\0')
		(void)buf_puts(out, ", and so on in a circle");
	else if (end != NULL && strcmp(end, alias) != 0)
		(void)buf_addf(out, ", in the end of %s", end);
	return end != NULL ? end : alias;
}

/* It has no address, and that is sure. */
static enum fate
judge_homeless(const struct view *w)
{
	const struct dns_query *q = &w->h->q[0];
	bool gone = q->rcode == DNS_NXDOMAIN || w->h->q[1].rcode == DNS_NXDOMAIN;
	const char *what = gone ? "does not exist" : "has no address";
	struct buf alias = { 0 };

	if (w->t->without_origin != NULL && maildns_is_address(w->t->without_origin))
		return complain(w, &mx_literal, BROKEN, "%s: an address stands where a "
		    "host name has to stand (asked DNS %s)", what, q->server);
	if (has_origin(w))
		return complain(w, &name_doubled, BROKEN, "%s: %s is meant, and its last "
		    "dot was lost (asked DNS %s)", what, w->t->without_origin, q->server);
	if (say_alias(w, &alias) != NULL)
		(void)buf_puts(&alias, ", which ");
	(void)complain(w, gone ? &target_missing : &target_no_address, BROKEN,
	    "%s%s (asked DNS %s)", buf_str(&alias), what, q->server);
	buf_free(&alias);
	return BROKEN;
}

/* An alias that leads to an address, or in a circle. */
static enum fate
judge_alias(const struct view *w)
{
	struct buf alias = { 0 };
	const char *end = say_alias(w, &alias);
	enum fate fate = end != NULL && end[0] == '\0' ? BROKEN : USABLE;

	if (end != NULL && (fate == BROKEN || maildns_has_address(w->h)))
		(void)complain(w, &target_alias, fate, "%s (asked DNS %s)",
		    buf_str(&alias), w->h->q[0].server);
	buf_free(&alias);
	return fate;
}

/* What nobody reaches is no way for mail, unless that was accepted. */
static enum fate
fate_of_special(const struct view *w, size_t special, size_t all)
{
	return special == all && !verdict_accepts(w->c->v, &target_special) ? BROKEN
	    : USABLE;
}

/* Addresses that only some hosts reach. */
static enum fate
judge_special(const struct view *w)
{
	struct buf list = { 0 };
	const struct dns_record *r;
	size_t at = 0, all = 0, special = 0;
	enum fate fate = USABLE;

	while ((r = maildns_next(w->h, &at)) != NULL) {
		struct net_address a;
		const char *kind;

		dns_record_address(r, 0, &a);
		all++;
		if ((kind = net_special(&a)) == NULL)
			continue;
		(void)buf_addf(&list, "%s", special++ > 0 ? ", " : "");
		dns_record_text(r, &list);
		(void)buf_addf(&list, " (%s)", kind);
	}
	if (special > 0)
		fate = complain(w, &target_special, fate_of_special(w, special, all),
		    "has the address%s %s, which nobody reaches over the Internet",
		    special > 1 ? "es" : "", buf_str(&list));
	buf_free(&list);
	return fate;
}

/* "No such name" is about all types, and some resolvers will believe it. */
static void
judge_contradiction(const struct view *w)
{
	const struct dns_query *q = &w->h->q[w->h->q[0].rcode == DNS_NXDOMAIN ? 0 : 1];

	if (q->answered && q->rcode == DNS_NXDOMAIN)
		(void)complain(w, &contradicted, USABLE, "has an address, and does not "
		    "exist when the DNS is asked for %s (asked DNS %s)",
		    dns_type_name(q->type), q->server);
}

static enum fate
judge_name(const struct view *w)
{
	bool fatal;
	const char *bad = maildns_bad_host(w->t->name, &fatal);

	if (w->c->m->implicit || bad == NULL)
		return USABLE;
	return complain(w, &target_bad_name, fatal ? BROKEN : USABLE,
	    "has a name that no host may have: it %s", bad);
}

static enum fate
worse(enum fate a, enum fate b)
{
	return a == BROKEN || b == BROKEN ? BROKEN : a == UNKNOWN ? a : b;
}

static enum fate
judge_address(const struct view *w)
{
	enum fate fate = judge_alias(w);
	bool known = dns_settled(&w->h->q[0]) && dns_settled(&w->h->q[1]);

	if (!known)
		complain_of_failures(w);
	if (fate == BROKEN)
		return fate;
	if (!maildns_has_address(w->h))
		return known ? judge_homeless(w) : UNKNOWN;
	judge_contradiction(w);
	/* The dot is lost, and a wildcard hides it. */
	if (w->t->without_origin != NULL && has_origin(w))
		(void)complain(w, &name_doubled, USABLE, "looks as if a dot was lost: "
		    "is %s meant?", w->t->without_origin);
	return worse(fate, judge_special(w));
}

static enum fate
judge_target(const struct view *w)
{
	enum fate fate;

	if (strcmp(w->t->name, ".") == 0)
		return BROKEN;
	if (maildns_is_address(w->t->name))
		return complain(w, &mx_literal, BROKEN, "is an address and no host name");
	/* Judged with the domain itself. */
	if (w->c->m->implicit && !maildns_has_address(w->h))
		return dns_settled(&w->h->q[0]) && dns_settled(&w->h->q[1])
		    ? BROKEN : UNKNOWN;
	fate = judge_name(w);
	return worse(fate, judge_address(w));
}

static struct view
view(const struct domain *c, size_t i)
{
	const struct maildns_target *t = &c->m->targets[i];

	return (struct view){ .c = c, .t = t, .h = maildns_target_host(c->m, t),
	    .silent = true };
}

/* How many exchangers fare like this, each counted once. */
static size_t
count(const struct domain *c, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < c->m->ntargets; i++) {
		const struct view w = view(c, i);

		if (!w.t->repeated && judge_target(&w) == fate)
			n++;
	}
	return n;
}

size_t
domain_usable(const struct domain *c)
{
	return count(c, USABLE);
}

size_t
domain_exchangers(const struct domain *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->m->ntargets; i++)
		n += c->m->targets[i].repeated ? 0 : 1;
	return n;
}

/* The one address of either kind that a host has; NULL: none, or several. */
static const struct dns_record *
only_address(const struct maildns_host *h, enum dns_type type)
{
	const struct dns_record *r, *only = NULL;
	size_t at = 0;

	while ((r = maildns_next(h, &at)) != NULL) {
		if (r->type != type)
			continue;
		if (only != NULL)
			return NULL;
		only = r;
	}
	return only;
}

/*
 * Are they the same server? Several exchangers with the same pool of addresses are none
 * the worse for it.
 */
static const struct dns_record *
same_server(const struct maildns_host *a, const struct maildns_host *b)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	const struct dns_record *same = NULL;

	for (size_t i = 0; i < LEN(types); i++) {
		const struct dns_record *r = only_address(a, types[i]);
		const struct dns_record *s = only_address(b, types[i]);

		if (r != NULL && s != NULL && memcmp(r->data, s->data, r->len) == 0)
			same = same != NULL ? same : r;
		else if (a->q[i].nrecords > 0 && b->q[i].nrecords > 0)
			return NULL;
	}
	return same;
}

/* One finding for each exchanger that is another one by address. */
static void
judge_same_address(const struct domain *c, size_t i)
{
	struct view w = view(c, i);
	struct buf address = { 0 };

	w.silent = false;
	for (size_t k = 0; k < i && w.h != NULL; k++) {
		const struct view other = view(c, k);
		const struct dns_record *r = other.h != NULL && other.h != w.h
		    ? same_server(w.h, other.h) : NULL;

		if (r == NULL)
			continue;
		dns_record_text(r, &address);
		(void)complain(&w, &same_address, USABLE, "has the same address as %s, "
		    "%s", other.t->name, buf_str(&address));
		break;
	}
	buf_free(&address);
}

static void
judge_number(const struct domain *c, size_t usable, size_t unknown)
{
	const struct maildns *m = c->m;
	struct diag d = { .stage = "mx" };

	if (c->wish->min_hosts == 0 || usable + unknown >= (size_t)c->wish->min_hosts ||
	    m->ntargets == 0 || domain_is_null(m))
		return;
	(void)diag_set(&d, &single, "%s has %zu mail exchanger%s that can take mail, and "
	    "should have %d", m->wish.domain, usable, usable == 1 ? "" : "s",
	    c->wish->min_hosts);
	verdict_diag(c->v, &d);
}

void
domain_judge_targets(const struct domain *c)
{
	const struct maildns *m = c->m;
	size_t usable = count(c, USABLE), unknown = count(c, UNKNOWN);

	if (domain_is_null(m))
		return;
	for (size_t i = 0; i < m->ntargets; i++) {
		struct view w = view(c, i);

		w.silent = false;
		w.grave = usable + unknown > 0 ? STATE_WARNING : STATE_CRITICAL;
		if (w.t->repeated) {
			(void)complain(&w, &duplicate, USABLE, "is named by another MX "
			    "record, too");
			continue;
		}
		(void)judge_target(&w);
		judge_same_address(c, i);
	}
	judge_number(c, usable, unknown);
}
