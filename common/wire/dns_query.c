/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/dns.h"

const struct cause dns_timeout = {
	"dns-timeout", CLASS_DNS, STATE_UNKNOWN,
	"no DNS server answered in time",
	"ask a server named there from this machine (dig @SERVER NAME): if that hangs, "
	"the server is down, or a firewall eats port 53 (UDP and TCP) on the way; if "
	"other names are answered, this domain's own DNS servers are silent", true,
};

const struct cause dns_servfail = {
	"dns-servfail", CLASS_DNS, STATE_UNKNOWN,
	"the DNS server could not find out (SERVFAIL)",
	"mostly the domain's own DNS servers are down, or its DNSSEC is broken (compare "
	"dig NAME with dig +cd NAME, and ask the domain's servers: dig +trace NAME); if "
	"other names fail too, look at the log of the DNS server that was asked", false,
};

const struct cause dns_refused = {
	"dns-refused", CLASS_DNS, STATE_UNKNOWN,
	"the DNS server does not look up names for this machine",
	"let the server answer this machine (BIND: allow-recursion, Unbound: access-"
	"control), or ask one that does: /etc/resolv.conf, --dns", false,
};

const struct cause dns_malformed = {
	"dns-malformed", CLASS_DNS, STATE_UNKNOWN,
	"the DNS server's answer is none that can be read",
	"ask the same server with dig: if that reads the answer, report it as a fault "
	"of the plugin; else look for a server that is broken, or a box on the way that "
	"meddles with DNS", false,
};

const struct cause dns_failed = {
	"dns-failed", CLASS_DNS, STATE_UNKNOWN,
	"the DNS servers could not be reached or failed in another way",
	"connection refused: no DNS server runs there (/etc/resolv.conf, --dns); "
	"network unreachable: look at this machine's routes; FORMERR or NOTIMP: the "
	"server is too old or broken, ask another", false,
};

const struct cause dns_bogus = {
	"dnssec-bogus", CLASS_DNS, STATE_CRITICAL,
	"the domain's DNSSEC is broken: who validates gets no answer at all",
	"a DNSSEC analyser (delv, dnsviz.net) shows which signature or DS record is at "
	"fault: signatures that expired, a DS record at the parent that fits no key, a "
	"zone that was changed without signing it anew; mail from everyone behind a "
	"validating resolver waits until it is mended", false,
};

const struct cause dns_no_such_host = {
	"no-such-host", CLASS_DNS, STATE_CRITICAL,
	"the host name does not exist",
	"check the spelling; if it is right, the record was removed or the domain has "
	"expired: look at the zone, and at whois", false,
};

const struct cause dns_no_address = {
	"no-address", CLASS_DNS, STATE_CRITICAL,
	"the host name exists and has no address of the kind asked for",
	"publish an A (IPv4) or AAAA (IPv6) record for the name, or do not insist on the "
	"family (-4, -6, --source-address); a bare domain often has none: name a host of "
	"it then", false,
};

const struct cause dns_partial = {
	"addresses-incomplete", CLASS_DNS, STATE_UNKNOWN,
	"all addresses of the host were to be checked, and not all of them are known",
	"ask the DNS for the A and the AAAA records (dig): a server that fails to answer "
	"for one type makes some clients wait or fail too; -4 or -6 asks for one type",
	false,
};

cause_table dns_causes = {
	&dns_timeout, &dns_servfail, &dns_refused, &dns_malformed, &dns_failed,
	&dns_no_such_host, &dns_no_address, &dns_partial, NULL,
};

bool
dns_unanswered(const struct diag *d)
{
	const struct cause *const causes[] = {
		&dns_timeout, &dns_servfail, &dns_refused, &dns_malformed, &dns_failed,
	};

	for (size_t i = 0; i < LEN(causes); i++)
		if (d->cause == causes[i])
			return true;
	return false;
}

const char *
dns_type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_NS:
		return "NS";
	case DNS_CNAME:
		return "CNAME";
	case DNS_SOA:
		return "SOA";
	case DNS_PTR:
		return "PTR";
	case DNS_MX:
		return "MX";
	case DNS_TXT:
		return "TXT";
	case DNS_AAAA:
		return "AAAA";
	}
	return "another type";
}

/* What codes are called, and of what they are the cause; NULL: of no failure. */
static const struct code {
	int			 rcode;
	const char		*name;
	const struct cause	*cause;
} codes[] = {
	{ DNS_NOERROR, "NOERROR", NULL },
	{ DNS_NXDOMAIN, "NXDOMAIN", NULL },
	{ DNS_SERVFAIL, "SERVFAIL", &dns_servfail },
	{ DNS_REFUSED, "REFUSED", &dns_refused },
	{ DNS_REFERRAL, "a referral to other servers", &dns_refused },
	{ DNS_GARBAGE, "garbage", &dns_malformed },
	{ DNS_FORMERR, "FORMERR", &dns_failed },
	{ DNS_NOTIMP, "NOTIMP", &dns_failed },
	{ DNS_BADVERS, "BADVERS", &dns_failed },
};

static const struct code *
find_code(int rcode)
{
	for (size_t i = 0; i < LEN(codes); i++)
		if (codes[i].rcode == rcode)
			return &codes[i];
	return NULL;
}

const char *
dns_rcode_name(int rcode)
{
	const struct code *code = find_code(rcode);

	return code != NULL ? code->name : NULL;
}

/* No server gave any answer. */
static int
no_answer(const struct dns_conf *conf, const struct dns_query *q, const char *what,
    struct diag *d)
{
	char server[NET_TEXT_MAX];
	struct buf asked = { 0 };

	for (size_t i = 0; i < conf->nservers; i++)
		(void)buf_addf(&asked, "%s%s", i > 0 ? ", " : "",
		    dns_server_text(&conf->servers[i], server));
	if (q->error == 0)
		(void)diag_set(d, &dns_timeout, "no DNS server answered for %s in time "
		    "(asked %s)", what, buf_str(&asked));
	else
		(void)diag_set(d, &dns_failed, "no DNS server gave an answer for %s: %s "
		    "(asked %s)", what, strerror(q->error), buf_str(&asked));
	buf_free(&asked);
	return -1;
}

/* The last server that answered said no more than that it failed. */
static int
bad_answer(const struct dns_query *q, const char *what, struct diag *d)
{
	const struct code *code = find_code(q->rcode);

	if (q->bogus)
		return diag_set(d, &dns_bogus, "%s fails DNSSEC validation: the DNS "
		    "server %s answers SERVFAIL, and an answer comes where nothing is "
		    "validated", what, q->server);
	if (code != NULL)
		return diag_set(d, code->cause, "the DNS server %s answered %s for %s",
		    q->server, code->name, what);
	return diag_set(d, &dns_failed, "the DNS server %s answered code %d for %s",
	    q->server, q->rcode, what);
}

bool
dns_settled(const struct dns_query *q)
{
	return q->answered && (q->rcode == DNS_NOERROR || q->rcode == DNS_NXDOMAIN);
}

int
dns_query_check(const struct dns_conf *conf, const struct dns_query *q, const char *type,
    struct diag *d)
{
	bool alias = q->canonical != NULL && q->canonical[0] != '\0';
	struct buf what = { 0 };
	int rc;

	if (dns_settled(q))
		return 0;
	(void)buf_addf(&what, type != NULL ? "%s (%s)" : "%s",
	    alias ? q->canonical : q->name, type);
	rc = q->answered ? bad_answer(q, buf_str(&what), d) :
	    no_answer(conf, q, buf_str(&what), d);
	buf_free(&what);
	return rc;
}

const char *
dns_alias(const struct dns_query *q, const char *owner)
{
	for (size_t i = 0; i < q->nrecords; i++)
		if (q->records[i].type == DNS_CNAME &&
		    strcmp(q->records[i].owner, owner) == 0)
			return q->records[i].target;
	return NULL;
}

bool
dns_answers(const struct dns_query *q, const struct dns_record *r)
{
	return q->rcode == DNS_NOERROR && r->type == q->type && q->canonical != NULL &&
	    strcmp(r->owner, q->canonical) == 0;
}

void
dns_record_address(const struct dns_record *r, uint16_t port, struct net_address *a)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&a->sa;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&a->sa;

	*a = (struct net_address){ 0 };
	if (r->type == DNS_A) {
		memcpy(&four->sin_addr, r->data, sizeof(four->sin_addr));
		four->sin_family = AF_INET;
		a->len = sizeof(*four);
	} else {
		memcpy(&six->sin6_addr, r->data, sizeof(six->sin6_addr));
		six->sin6_family = AF_INET6;
		a->len = sizeof(*six);
	}
	net_set_port(a, port);
}

void
dns_record_text(const struct dns_record *r, struct buf *out)
{
	struct net_address address;
	char text[NET_TEXT_MAX];

	if (r->type == DNS_MX) {
		(void)buf_addf(out, "%u %s", r->preference, r->target);
	} else if (r->type == DNS_A || r->type == DNS_AAAA) {
		dns_record_address(r, 0, &address);
		(void)buf_puts(out, net_address_text(&address, text));
	} else if (r->type == DNS_SOA) {
		(void)buf_addf(out, "serial %u", (unsigned)r->serial);
	} else {
		(void)buf_puts(out, r->target != NULL ? r->target : "");
	}
}

void
dns_query_cut(struct dns_query *q, size_t n)
{
	while (q->nrecords > n) {
		const struct dns_record *r = &q->records[--q->nrecords];

		free(r->owner);
		free(r->target);
		free(r->data);
	}
}

void
dns_query_free(struct dns_query *q)
{
	dns_query_cut(q, 0);
	free(q->records);
	free(q->canonical);
	*q = (struct dns_query){
		.name = q->name, .type = q->type, .unchecked = q->unchecked,
	};
}
