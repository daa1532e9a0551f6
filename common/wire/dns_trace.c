/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "wire/dns_trace.h"

#define RECORDS_TOLD 20

static void
tell(const struct dns_conf *conf, char who, struct buf *line)
{
	trace_line(conf->trace, who, buf_str(line), line->len);
	buf_free(line);
}

void
dns_tell_question(const struct dns_conf *conf, const struct net_address *server,
    const struct dns_query *q, enum dns_manner manner, bool tcp)
{
	char name[NET_TEXT_MAX];
	struct buf line = { 0 };

	if (conf->trace == NULL)
		return;
	(void)buf_addf(&line, "%s: %s %s%s%s%s%s", dns_server_text(server, name), q->name,
	    dns_type_name(q->type), tcp ? ", over TCP" : "",
	    manner != DNS_EDNS ? ", without EDNS" : "",
	    conf->no_recursion ? ", without recursion" : "",
	    q->unchecked ? ", unchecked" : "");
	tell(conf, 'C', &line);
}

static void
tell_records(const struct dns_query *q, struct buf *line)
{
	for (size_t i = 0; i < q->nrecords && i < RECORDS_TOLD; i++) {
		const struct dns_record *r = &q->records[i];

		(void)buf_addf(line, "%s", i > 0 ? ", " : ": ");
		if (strcmp(r->owner, q->name) != 0)
			(void)buf_addf(line, "%s ", r->owner);
		if (r->type != q->type)
			(void)buf_addf(line, "%s ", dns_type_name(r->type));
		dns_record_text(r, line);
		(void)buf_addf(line, " (%u s)", (unsigned)r->ttl);
	}
	if (q->nrecords > RECORDS_TOLD)
		(void)buf_addf(line, " and %zu more", q->nrecords - RECORDS_TOLD);
}

void
dns_tell_answer(const struct dns_conf *conf, const struct dns_query *q)
{
	const char *code = dns_rcode_name(q->rcode);
	struct buf line = { 0 };

	if (conf->trace == NULL)
		return;
	(void)buf_addf(&line, "%s: %s %s ", q->server, q->name, dns_type_name(q->type));
	if (code != NULL)
		(void)buf_puts(&line, code);
	else
		(void)buf_addf(&line, "code %d", q->rcode);
	(void)buf_addf(&line, "%s%s", q->authoritative ? ", authoritative" : "",
	    q->authentic ? ", authentic" : "");
	tell_records(q, &line);
	tell(conf, 'S', &line);
}

void
dns_tell_silence(const struct dns_conf *conf, const struct net_address *server,
    const struct dns_query *q)
{
	char name[NET_TEXT_MAX];
	struct buf line = { 0 };

	if (conf->trace == NULL)
		return;
	(void)buf_addf(&line, "%s says nothing of %s %s", dns_server_text(server, name),
	    q->name, dns_type_name(q->type));
	tell(conf, '*', &line);
}
