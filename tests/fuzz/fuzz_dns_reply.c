/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DNS message as the answer to questions for mail.example.org, whatever its id says. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "wire/dns.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Comparing names as text is sound only when there is one way to write each. */
static void
check_name(const char *text)
{
	char name[DNS_NAME_MAX];

	assert(dns_name(text, name) == 0);
	assert(strcmp(text, name) == 0);
}

/* Its words are whole whatever is in it. */
static void
check_text(const struct dns_record *r)
{
	struct buf text = { 0 };

	dns_record_text(r, &text);
	assert(!text.failed);
	buf_free(&text);
}

static void
check_answer(const struct dns_query *q, size_t size)
{
	assert(q->answered && q->error == 0);
	assert(q->nrecords <= size / 11);
	if (q->rcode == DNS_GARBAGE) {
		assert(q->nrecords == 0 && q->canonical == NULL);
		return;
	}
	if (q->canonical[0] != '\0')
		check_name(q->canonical);
	for (size_t i = 0; i < q->nrecords; i++) {
		const struct dns_record *r = &q->records[i];

		check_name(r->owner);
		assert(r->type != DNS_A || r->len == 4);
		assert(r->type != DNS_AAAA || r->len == 16);
		assert((r->type == DNS_CNAME || r->type == DNS_MX || r->type == DNS_NS ||
		    r->type == DNS_PTR) == (r->target != NULL));
		if (r->target != NULL)
			check_name(r->target);
		assert(r->type != DNS_MX || (r->len >= 3 &&
		    r->preference == (unsigned)(r->data[0] << 8 | r->data[1])));
		assert(r->ttl <= INT32_MAX);
		check_text(r);
		assert(!dns_answers(q, r) || strcmp(r->owner, q->canonical) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int types[] = { DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX, DNS_NS,
	    DNS_SOA, DNS_PTR, DNS_TXT, 52 };
	uint16_t id = (uint16_t)(size >= 2 ? data[0] << 8 | data[1] : 0);

	for (size_t i = 0; i < LEN(types); i++) {
		struct dns_query q = { .name = "mail.example.org",
		    .type = (enum dns_type)types[i] };
		int rc = dns_reply_parse(&q, id, data, size);

		assert(rc >= -1 && rc <= 1);
		if (rc == 0)
			check_answer(&q, size);
		else
			assert(!q.answered && q.records == NULL && q.canonical == NULL);
		dns_query_free(&q);
		assert(q.records == NULL && q.nrecords == 0 && !q.answered);
		assert(dns_reply_parse(&q, (uint16_t)(id ^ 1), data, size) == -1);
	}
	return 0;
}
