/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that need another: aliases that lead on, and answers that do not validate. */

#include <stdlib.h>
#include <string.h>

#include "wire/dns.h"
#include "wire/dns_codec.h"

#define ROUNDS_MAX 16	/* no chain of aliases that is followed is longer */

/* Does the answer end at an alias, with nothing said of where that leads? */
static bool
is_open(const struct dns_query *q)
{
	char name[DNS_NAME_MAX];

	if (!q->answered || q->rcode != DNS_NOERROR || q->final || q->canonical == NULL ||
	    q->canonical[0] == '\0' || q->type == DNS_CNAME || q->type == DNS_NS ||
	    dns_name(q->name, name) == -1 || strcmp(q->canonical, name) == 0)
		return false;
	for (size_t i = 0; i < q->nrecords; i++)
		if (dns_answers(q, &q->records[i]))
			return false;
	return true;
}

/* Moves the records of an answer to the end of those of another. */
static int
move_records(struct dns_query *q, struct dns_query *more)
{
	size_t n = q->nrecords + more->nrecords;
	struct dns_record *grown = reallocarray(q->records, n > 0 ? n : 1,
	    sizeof(*grown));

	if (grown == NULL)
		return -1;
	if (more->nrecords > 0)
		memcpy(grown + q->nrecords, more->records,
		    more->nrecords * sizeof(*grown));
	q->records = grown;
	q->nrecords = n;
	more->nrecords = 0;
	return 0;
}

/*
 * What was asked on becomes part of the answer. A server that says nothing of the name
 * again has had its say.
 */
static int
join(struct dns_query *q, struct dns_query *more, struct diag *d)
{
	char name[DNS_NAME_MAX], *canonical;

	q->final = more->final || more->nrecords == 0;
	q->final_ttl = more->final_ttl;
	q->answered = more->answered;
	q->rcode = more->rcode;
	q->error = more->error;
	/* Another server's word may be worth less. */
	q->authentic = q->authentic && more->authentic &&
	    strcmp(q->server, more->server) == 0;
	q->authoritative = q->authoritative && more->authoritative;
	memcpy(q->server, more->server, sizeof(q->server));
	if (more->canonical == NULL)
		return 0;
	if (move_records(q, more) == -1 || dns_name(q->name, name) == -1 ||
	    (canonical = strdup(dns_follow(q, name))) == NULL)
		return diag_nomem(d);
	free(q->canonical);
	q->canonical = canonical;
	return 0;
}

/* Asks the n questions for the names that those of the open answers lead to. */
static int
ask_on(const struct dns_conf *conf, struct dns_query **open, size_t n,
    struct deadline by, struct diag *d)
{
	struct dns_query *more = calloc(n, sizeof(*more));
	int rc;

	if (more == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < n; i++)
		more[i] = (struct dns_query){ .name = open[i]->canonical,
		    .type = open[i]->type, .unchecked = open[i]->unchecked };
	rc = dns_ask(conf, more, n, by, d);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = join(open[i], &more[i], d);
	for (size_t i = 0; i < n; i++)
		dns_query_free(&more[i]);
	free(more);
	return rc;
}

int
dns_ask_through(const struct dns_conf *conf, struct dns_query *queries, size_t n,
    struct deadline by, struct diag *d)
{
	struct dns_query **open = calloc(n > 0 ? n : 1, sizeof(struct dns_query *));
	int rc;

	if (open == NULL)
		return diag_nomem(d);
	rc = dns_ask(conf, queries, n, by, d);
	for (size_t round = 0; round < ROUNDS_MAX && rc == 0; round++) {
		size_t nopen = 0;

		for (size_t i = 0; i < n; i++)
			if (is_open(&queries[i]))
				open[nopen++] = &queries[i];
		if (nopen == 0)
			break;
		rc = ask_on(conf, open, nopen, by, d);
	}
	free(open);
	return rc;
}

static bool
has_failed(const struct dns_query *q)
{
	return q->answered && q->rcode == DNS_SERVFAIL && !q->unchecked;
}

/*
 * The question again as it failed: for the name that aliases had led to. Where it was a
 * whim of the server, the answer now is as good as any.
 */
static void
judge_failure(struct dns_query *q, const struct dns_query *unchecked,
    struct dns_query *again, struct diag *d)
{
	if (dns_settled(again) && q->nrecords == 0) {
		/* Of the failure nothing is left to vouch for. */
		q->authentic = q->authoritative = true;
		memcpy(q->server, again->server, sizeof(q->server));
	}
	if (dns_settled(again))
		(void)join(q, again, d);
	else
		q->bogus = dns_settled(unchecked) && has_failed(again);
}

/* Asks the n questions that failed twice more: unchecked, and then as they were. */
static int
ask_twice(const struct dns_conf *conf, struct dns_query **failed, size_t n,
    struct deadline by, struct diag *d)
{
	struct dns_query *q = calloc(2 * n, sizeof(*q));
	int rc;

	if (q == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < 2 * n; i++) {
		const struct dns_query *f = failed[i % n];
		bool alias = f->canonical != NULL && f->canonical[0] != '\0';

		q[i] = (struct dns_query){ .name = alias ? f->canonical : f->name,
		    .type = f->type, .unchecked = i < n };
	}
	rc = dns_ask(conf, q, n, deadline_share(by, 2), d);
	if (rc == 0)
		rc = dns_ask_through(conf, q + n, n, by, d);
	for (size_t i = 0; i < n && rc == 0; i++)
		judge_failure(failed[i], &q[i], &q[n + i], d);
	for (size_t i = 0; i < 2 * n; i++)
		dns_query_free(&q[i]);
	free(q);
	return rc == 0 && !diag_failed(d) ? 0 : -1;
}

int
dns_find_bogus(const struct dns_conf *conf, struct dns_query *queries, size_t n,
    struct deadline by, struct diag *d)
{
	struct dns_query **failed = calloc(n > 0 ? n : 1, sizeof(struct dns_query *));
	size_t nfailed = 0;
	int rc = 0;

	if (failed == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < n; i++)
		if (has_failed(&queries[i]))
			failed[nfailed++] = &queries[i];
	if (nfailed > 0)
		rc = ask_twice(conf, failed, nfailed, by, d);
	free(failed);
	return rc;
}
