/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/dns.h"

const struct cause dns_timeout = {
	"resolver-timeout", CLASS_DNS, STATE_UNKNOWN,
	"no DNS server answered in time",
	"ask a server named there from this machine (dig @SERVER NAME): if that hangs, "
	"the server is down, or a firewall eats port 53 (UDP and TCP) on the way; if "
	"other names are answered, this domain's own DNS servers are silent", true,
};

const struct cause dns_failed = {
	"resolver-failed", CLASS_DNS, STATE_UNKNOWN,
	"the DNS servers could not or would not answer",
	"SERVFAIL: the domain's DNS servers are down or its DNSSEC is broken (compare "
	"dig NAME with dig +cd NAME); REFUSED: the server does not serve this machine; "
	"connection refused: no DNS server runs there (/etc/resolv.conf, --dns)", false,
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
	&dns_timeout, &dns_failed, &dns_no_such_host, &dns_no_address, &dns_partial, NULL,
};

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
	static const struct {
		int		 rcode;
		const char	*text;
	} codes[] = {
		{ DNS_GARBAGE, "garbage" }, { DNS_FORMERR, "FORMERR" },
		{ DNS_SERVFAIL, "SERVFAIL" }, { DNS_NOTIMP, "NOTIMP" },
		{ DNS_REFUSED, "REFUSED" },
	};

	for (size_t i = 0; i < LEN(codes); i++)
		if (q->rcode == codes[i].rcode)
			return diag_set(d, &dns_failed, "the DNS server %s answered %s "
			    "for %s", q->server, codes[i].text, what);
	return diag_set(d, &dns_failed, "the DNS server %s answered code %d for %s",
	    q->server, q->rcode, what);
}

int
dns_query_check(const struct dns_conf *conf, const struct dns_query *q, const char *type,
    struct diag *d)
{
	struct buf what = { 0 };
	int rc;

	if (q->answered && (q->rcode == DNS_NOERROR || q->rcode == DNS_NXDOMAIN))
		return 0;
	(void)buf_addf(&what, type != NULL ? "%s (%s)" : "%s", q->name, type);
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
dns_query_free(struct dns_query *q)
{
	for (size_t i = 0; i < q->nrecords; i++) {
		free(q->records[i].owner);
		free(q->records[i].target);
		free(q->records[i].data);
	}
	free(q->records);
	free(q->canonical);
	*q = (struct dns_query){ .name = q->name, .type = q->type };
}
