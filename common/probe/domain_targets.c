/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exchangers of a domain: can mail reach them, by what the DNS says? */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static const struct cause duplicate = {
	"mx-duplicate", CLASS_DNS, STATE_WARNING,
	"two MX records name the same exchanger",
	"remove one of them: a sender that finds the server down tries it twice and is "
	"no better off", false,
};

static const struct cause same_address = {
	"mx-same-address", CLASS_DNS, STATE_WARNING,
	"two exchangers have the same address",
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
	&target_bad_name, &name_doubled, &duplicate, &same_address, &single, NULL,
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
	for (size_t i = 0; i < 2 && !w->silent; i++) {
		const struct dns_query *q = &w->h->q[i];
		struct diag d = { .stage = "resolve" };

		if (dns_query_check(w->c->conf, q, dns_type_name(q->type), &d) == -1)
			verdict_diag_of(w->c->v, &d, w->t->name);
		/* Twice the same would be said. */
		if (diag_failed(&d) && w->h->q[1].rcode == q->rcode &&
		    w->h->q[1].answered == q->answered)
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

/* It has no address, and that is sure. */
static enum fate
judge_homeless(const struct view *w)
{
	const struct dns_query *q = &w->h->q[0];
	bool gone = q->rcode == DNS_NXDOMAIN || w->h->q[1].rcode == DNS_NXDOMAIN;
	const char *what = gone ? "does not exist" : "has no address";

	if (w->t->without_origin != NULL && maildns_is_address(w->t->without_origin))
		return complain(w, &mx_literal, BROKEN, "%s: an address stands where a "
		    "host name has to stand (asked DNS %s)", what, q->server);
	if (has_origin(w))
		return complain(w, &name_doubled, BROKEN, "%s: %s is meant, and its last "
		    "dot was lost (asked DNS %s)", what, w->t->without_origin, q->server);
	return complain(w, gone ? &target_missing : &target_no_address, BROKEN,
	    "%s (asked DNS %s)", what, q->server);
}

static enum fate
judge_alias(const struct view *w)
{
	const struct dns_query *q = &w->h->q[dns_alias(&w->h->q[0], w->h->name) == NULL];
	const char *alias = dns_alias(q, w->h->name);
	bool loop = q->canonical != NULL && q->canonical[0] == '\0';
	const char *end = loop ? ", and so on in a circle" : "";
	bool far = !loop && alias != NULL && q->canonical != NULL &&
	    strcmp(q->canonical, alias) != 0;

	if (alias == NULL)
		return USABLE;
	return complain(w, &target_alias, loop ? BROKEN : USABLE,
	    "is an alias of %s%s%s%s (asked DNS %s)", alias, end,
	    far ? ", in the end of " : "", far ? q->canonical : "", q->server);
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
		fate = complain(w, &target_special, special == all ? BROKEN : USABLE,
		    "has the address %s, which nobody reaches over the Internet",
		    buf_str(&list));
	buf_free(&list);
	return fate;
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
	bool known = domain_answered(&w->h->q[0]) && domain_answered(&w->h->q[1]);

	if (!known)
		complain_of_failures(w);
	if (fate == BROKEN)
		return fate;
	if (!maildns_has_address(w->h))
		return known ? judge_homeless(w) : UNKNOWN;
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
		return domain_answered(&w->h->q[0]) && domain_answered(&w->h->q[1])
		    ? BROKEN : UNKNOWN;
	fate = judge_name(w);
	return worse(fate, judge_address(w));
}

static struct view
view(const struct domain *c, size_t i)
{
	const struct maildns_target *t = &c->m->targets[i];

	return (struct view){ .c = c, .t = t, .h = maildns_host(c->m, t->name),
	    .silent = true };
}

/* Was the exchanger named before? */
static bool
is_repeated(const struct maildns *m, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(m->targets[k].name, m->targets[i].name) == 0)
			return true;
	return false;
}

/* How many exchangers fare like this, each counted once. */
static size_t
count(const struct domain *c, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < c->m->ntargets; i++) {
		const struct view w = view(c, i);

		if (!is_repeated(c->m, i) && judge_target(&w) == fate)
			n++;
	}
	return n;
}

size_t
domain_usable(const struct domain *c)
{
	return count(c, USABLE);
}

static const struct dns_record *
common_address(const struct maildns_host *a, const struct maildns_host *b)
{
	const struct dns_record *r, *s;
	size_t i = 0, k;

	while ((r = maildns_next(a, &i)) != NULL)
		for (k = 0; (s = maildns_next(b, &k)) != NULL;)
			if (r->type == s->type && memcmp(r->data, s->data, r->len) == 0)
				return r;
	return NULL;
}

/* One finding for each exchanger that shares an address with a better one. */
static void
judge_same_address(const struct domain *c, size_t i)
{
	struct view w = view(c, i);
	struct buf address = { 0 };

	w.silent = false;
	for (size_t k = 0; k < i && w.h != NULL; k++) {
		const struct view other = view(c, k);
		const struct dns_record *r = other.h != NULL && other.h != w.h
		    ? common_address(w.h, other.h) : NULL;

		if (r == NULL)
			continue;
		dns_record_text(r, &address);
		(void)complain(&w, &same_address, USABLE, "has the address %s, as %s has",
		    buf_str(&address), other.t->name);
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
		if (is_repeated(m, i)) {
			(void)complain(&w, &duplicate, USABLE, "is named by another MX "
			    "record, too");
			continue;
		}
		(void)judge_target(&w);
		judge_same_address(c, i);
	}
	judge_number(c, usable, unknown);
}
