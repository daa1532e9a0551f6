/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "unit/unit.h"
#include "base/file.h"
#include "wire/dns.h"
#include "wire/dns_host.h"

/* --- one message --- */

#define TEXT(literal) literal, sizeof(literal) - 1
#define HEAD(flags, qd, an, ns, ar) "\x12\x34" flags "\0" qd "\0" an "\0" ns "\0" ar
#define REPLY "\x81\x80"
#define MAIL "\4mail\7example\3org\0"
#define ASKED MAIL "\0\1\0\1"
#define SAME "\xc0\x0c"			/* a pointer to the question's name */
#define IN(type, length) "\0" type "\0\1\0\0\0\x3c\0" length
#define ONE SAME IN("\1", "\4") "\xc0\0\2\1"
#define TWO "\1b\0"			/* a name */
#define OPT(code) "\0\0\x29\4\xd0" code "\0\0\0\0\0"

/* What reading says, and then: rcode, records, canonical name. */
static const struct {
	const char	*name, *wire;
	size_t		 len;
	int		 rc, rcode;
	size_t		 records;
	const char	*canonical;
} messages[] = {
	{ "an address", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED ONE),
	    0, DNS_NOERROR, 1, "mail.example.org" },
	{ "other case", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0")
	    "\4MaiL\7EXAMPLE\3org\0\0\1\0\1" ONE), 0, DNS_NOERROR, 1,
	    "mail.example.org" },
	{ "three", TEXT(HEAD(REPLY, "\1", "\3", "\0", "\0") ASKED ONE ONE ONE),
	    0, DNS_NOERROR, 3, "mail.example.org" },
	{ "an alias", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED SAME IN("\5", "\3")
	    TWO TWO IN("\1", "\4") "\xc0\0\2\1"), 0, DNS_NOERROR, 2, "b" },
	{ "an alias of the root", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\5", "\1") "\0"), 0, DNS_NOERROR, 1, "." },
	{ "an alias of itself", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED
	    SAME IN("\5", "\2") SAME ONE), 0, DNS_NOERROR, 2, "" },
	{ "a circle", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED SAME IN("\5", "\3")
	    TWO TWO IN("\5", "\2") SAME), 0, DNS_NOERROR, 2, "" },
	{ "unrelated", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED TWO IN("\1", "\4")
	    "\xc0\0\2\1" TWO IN("\5", "\2") SAME), 0, DNS_NOERROR, 2,
	    "mail.example.org" },
	{ "another class", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME "\0\1\0\3\0\0\0\0\0\4abcd"), 0, DNS_NOERROR, 0, "mail.example.org" },
	{ "no record", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0") ASKED),
	    0, DNS_NOERROR, 0, "mail.example.org" },
	{ "NXDOMAIN", TEXT(HEAD("\x81\x83", "\1", "\0", "\0", "\0") ASKED),
	    0, DNS_NXDOMAIN, 0, "mail.example.org" },
	{ "SERVFAIL", TEXT(HEAD("\x81\x82", "\1", "\0", "\0", "\0") ASKED),
	    0, DNS_SERVFAIL, 0, "mail.example.org" },
	{ "bare FORMERR", TEXT(HEAD("\x81\x81", "\0", "\0", "\0", "\0")),
	    0, DNS_FORMERR, 0, "mail.example.org" },
	{ "unknown type", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME "\xff\1\0\1\0\0\0\0\0\3abc"), 0, DNS_NOERROR, 1, "mail.example.org" },
	{ "an exchanger", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\5") "\0\x0a" TWO), 0, DNS_NOERROR, 1, "mail.example.org" },
	{ "two exchangers", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED
	    SAME IN("\x0f", "\7") "\0\x0a\2mx" SAME
	    SAME IN("\x0f", "\4") "\xff\xff\xc0\x2e"), 0, DNS_NOERROR, 2,
	    "mail.example.org" },
	{ "the root as exchanger", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\3") "\0\0\0"), 0, DNS_NOERROR, 1, "mail.example.org" },
	{ "OPT", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\1") ASKED ONE OPT("\0")),
	    0, DNS_NOERROR, 1, "mail.example.org" },
	{ "BADVERS in OPT", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\1") ASKED OPT("\1")),
	    0, 16, 0, "mail.example.org" },
	{ "octets behind the end", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED ONE
	    "junk"), 0, DNS_NOERROR, 1, "mail.example.org" },

	{ "truncated", TEXT(HEAD("\x83\x80", "\1", "\1", "\0", "\0") ASKED), 1, 0, 0,
	    NULL },
	{ "truncated in a record", TEXT(HEAD("\x83\x80", "\1", "\1", "\0", "\0") ASKED
	    "\xc0"), 1, 0, 0, NULL },

	{ "nothing", TEXT(""), -1, 0, 0, NULL },
	{ "half a header", TEXT("\x12\x34\x81\x80\0\1\0\1"), -1, 0, 0, NULL },
	{ "only a header", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0")), -1, 0, 0, NULL },
	{ "no question", TEXT(HEAD(REPLY, "\0", "\0", "\0", "\0")), -1, 0, 0, NULL },
	{ "bare NXDOMAIN", TEXT(HEAD("\x81\x83", "\0", "\0", "\0", "\0")), -1, 0, 0,
	    NULL },
	{ "other id", TEXT("\x12\x35\x81\x80\0\1\0\1\0\0\0\0" ASKED ONE), -1, 0, 0,
	    NULL },
	{ "a question", TEXT(HEAD("\1\0", "\1", "\0", "\0", "\0") ASKED), -1, 0, 0,
	    NULL },
	{ "other opcode", TEXT(HEAD("\xa1\x80", "\1", "\0", "\0", "\0") ASKED), -1, 0, 0,
	    NULL },
	{ "other name", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0")
	    "\4wail\7example\3org\0\0\1\0\1" ONE), -1, 0, 0, NULL },
	{ "longer name", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0") "\1a" ASKED), -1, 0, 0,
	    NULL },
	{ "other type", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0") MAIL "\0\x1c\0\1"),
	    -1, 0, 0, NULL },
	{ "other class", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0") MAIL "\0\1\0\3"),
	    -1, 0, 0, NULL },
	{ "two questions", TEXT(HEAD(REPLY, "\2", "\0", "\0", "\0") ASKED ASKED),
	    -1, 0, 0, NULL },
	{ "question in a circle", TEXT(HEAD(REPLY, "\1", "\0", "\0", "\0") SAME
	    "\0\1\0\1"), -1, 0, 0, NULL },

	{ "address too long", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\1", "\5") "\xc0\0\2\1\1"), 0, DNS_GARBAGE, 0, NULL },
	{ "address too short", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\1", "\3") "\xc0\0\2"), 0, DNS_GARBAGE, 0, NULL },
	{ "empty address", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\1", "\0")), 0, DNS_GARBAGE, 0, NULL },
	{ "two addresses in one", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\1", "\x8") "\xc0\0\2\1\xc0\0\2\2"), 0, DNS_GARBAGE, 0, NULL },
	{ "short IPv6", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x1c", "\4") "\xc0\0\2\1"), 0, DNS_GARBAGE, 0, NULL },
	{ "good, then bad", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED ONE
	    SAME IN("\1", "\3") "\xc0\0\2"), 0, DNS_GARBAGE, 0, NULL },
	{ "alias longer than its name", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\5", "\5") TWO "\0\0"), 0, DNS_GARBAGE, 0, NULL },
	{ "alias shorter than its name", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\5", "\1") TWO), 0, DNS_GARBAGE, 0, NULL },
	{ "alias of nothing", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\5", "\0")), 0, DNS_GARBAGE, 0, NULL },
	{ "no exchanger", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\2") "\0\x0a"), 0, DNS_GARBAGE, 0, NULL },
	{ "half a preference", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\1") "\0"), 0, DNS_GARBAGE, 0, NULL },
	{ "empty exchanger", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\0")), 0, DNS_GARBAGE, 0, NULL },
	{ "no exchanger, then a record", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED
	    SAME IN("\x0f", "\2") "\0\x0a" ONE), 0, DNS_GARBAGE, 0, NULL },
	{ "exchanger longer than its name", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0")
	    ASKED SAME IN("\x0f", "\5") "\0\x0a" SAME "\0"), 0, DNS_GARBAGE, 0, NULL },
	{ "exchanger shorter than its name", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0")
	    ASKED SAME IN("\x0f", "\4") "\0\x0a" TWO), 0, DNS_GARBAGE, 0, NULL },
	{ "half a pointer as exchanger", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\3") "\0\x0a\xc0"), 0, DNS_GARBAGE, 0, NULL },
	{ "exchanger in a circle", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\4") "\0\x0a\xc0\x30"), 0, DNS_GARBAGE, 0, NULL },
	{ "two exchangers in one", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\x0f", "\x8") "\0\x0a" SAME "\0\x0a" SAME), 0, DNS_GARBAGE, 0,
	    NULL },
	{ "fewer than claimed", TEXT(HEAD(REPLY, "\1", "\2", "\0", "\0") ASKED ONE),
	    0, DNS_GARBAGE, 0, NULL },
	{ "many claimed", TEXT("\x12\x34" REPLY "\0\1\xff\xff\xff\xff\xff\xff" ASKED ONE),
	    0, DNS_GARBAGE, 0, NULL },
	{ "data behind the end", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME "\0\1\0\1\0\0\0\0\xff\xff" "abcd"), 0, DNS_GARBAGE, 0, NULL },
	{ "owner in a circle", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    "\xc0\x22" IN("\1", "\4") "abcd"), 0, DNS_GARBAGE, 0, NULL },
	{ "owner behind the end", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    "\xff\xff" IN("\1", "\4") "abcd"), 0, DNS_GARBAGE, 0, NULL },
	{ "label of an unknown kind", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    "\x41" "a\0" IN("\1", "\4") "abcd"), 0, DNS_GARBAGE, 0, NULL },
	{ "a referral", TEXT(HEAD("\x80\0", "\1", "\0", "\0", "\0") ASKED),
	    0, DNS_REFERRAL, 0, "mail.example.org" },
	{ "a failure of who does not recurse", TEXT(HEAD("\x80\2", "\1", "\0", "\0",
	    "\0") ASKED), 0, DNS_SERVFAIL, 0, "mail.example.org" },
	{ "an SOA record cut short", TEXT(HEAD(REPLY, "\1", "\1", "\0", "\0") ASKED
	    SAME IN("\6", "\x12") "\0\0\x78\x9a\xbc\xde"
	    "\0\0\0\1\0\0\0\1\0\0\0\1"), 0, DNS_GARBAGE, 0, NULL },
	{ "a name server longer than its name", TEXT(HEAD(REPLY, "\1", "\1", "\0",
	    "\0") ASKED SAME IN("\2", "\3") SAME "\0"), 0, DNS_GARBAGE, 0, NULL },
	{ "bad authority", TEXT(HEAD(REPLY, "\1", "\1", "\1", "\0") ASKED ONE "\3ab"),
	    0, DNS_GARBAGE, 0, NULL },
};

START_TEST(reads_messages)
{
	struct dns_query q = { .name = "Mail.Example.org.", .type = DNS_A };
	/* Of its exact size, so that AddressSanitizer sees one octet too far. */
	unsigned char *wire = malloc(messages[_i].len > 0 ? messages[_i].len : 1);
	const char *name = messages[_i].name, *canonical = messages[_i].canonical;
	int rc;

	ck_assert_ptr_nonnull(wire);
	memcpy(wire, messages[_i].wire, messages[_i].len);
	rc = dns_reply_parse(&q, 0x1234, wire, messages[_i].len);
	free(wire);
	ck_assert_msg(rc == messages[_i].rc, "%s: %d", name, rc);
	ck_assert_int_eq(q.answered, rc == 0);
	ck_assert_msg(q.rcode == messages[_i].rcode, "%s: code %d", name, q.rcode);
	ck_assert_msg(q.nrecords == messages[_i].records, "%s: %zu", name, q.nrecords);
	ck_assert_msg(canonical == NULL ? q.canonical == NULL :
	    strcmp(canonical, q.canonical) == 0, "%s: %s", name, q.canonical);
	dns_query_free(&q);
	ck_assert(!q.answered && q.records == NULL && q.canonical == NULL);
	ck_assert_int_eq(q.type, DNS_A);
}
END_TEST

/* What stands behind the answer section says whether there is more. */
START_TEST(reads_flags)
{
	static const char soa[] = HEAD("\x84\0", "\1", "\0", "\1", "\0") ASKED
	    SAME "\0\6\0\1\0\0\0\x3c\0\x16" "\0\0\x78\x9a\xbc\xde"
	    "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1";
	static const char referral[] = HEAD("\x80\0", "\1", "\0", "\1", "\0") ASKED
	    SAME IN("\2", "\2") SAME;
	struct dns_query q = { .name = "mail.example.org", .type = DNS_A };

	ck_assert_int_eq(dns_reply_parse(&q, 0x1234, (const unsigned char *)soa,
	    sizeof(soa) - 1), 0);
	ck_assert(q.final && q.authoritative && !q.authentic);
	ck_assert_uint_eq(q.final_ttl, 1);
	ck_assert_int_eq(q.rcode, DNS_NOERROR);
	dns_query_free(&q);
	q.unchecked = true;
	ck_assert_int_eq(dns_reply_parse(&q, 0x1234, (const unsigned char *)referral,
	    sizeof(referral) - 1), 0);
	ck_assert(!q.final && !q.authoritative && q.unchecked);
	ck_assert_int_eq(q.rcode, DNS_REFERRAL);
	dns_query_free(&q);
	ck_assert(q.unchecked);
}
END_TEST

static void
read_one(struct dns_query *q, enum dns_type type, const char *wire, size_t len,
    const char *text)
{
	struct buf said = { 0 };

	*q = (struct dns_query){ .name = "mail.example.org", .type = type };
	ck_assert_int_eq(dns_reply_parse(q, 0x1234, (const unsigned char *)wire, len), 0);
	ck_assert_int_eq(q->rcode, DNS_NOERROR);
	ck_assert_uint_eq(q->nrecords, 1);
	ck_assert(dns_answers(q, &q->records[0]));
	dns_record_text(&q->records[0], &said);
	ck_assert_str_eq(buf_str(&said), text);
	buf_free(&said);
	dns_query_free(q);
}

#define ANSWER(type) HEAD(REPLY, "\1", "\1", "\0", "\0") MAIL "\0" type "\0\1"

START_TEST(reads_other_types)
{
	struct dns_query q;

	read_one(&q, DNS_NS, TEXT(ANSWER("\2") SAME IN("\2", "\5") "\2N1" SAME),
	    "n1.mail.example.org");
	read_one(&q, DNS_PTR, TEXT(ANSWER("\x0c") SAME IN("\x0c", "\2") SAME),
	    "mail.example.org");
	read_one(&q, DNS_SOA, TEXT(ANSWER("\6") SAME IN("\6", "\x16")
	    "\0\0\x78\x9a\xbc\xde" "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"),
	    "serial 2023406814");
	read_one(&q, DNS_MX, TEXT(ANSWER("\x0f") SAME IN("\x0f", "\4") "\0\x0a" SAME),
	    "10 mail.example.org");
	read_one(&q, DNS_A, TEXT(ANSWER("\1") ONE), "192.0.2.1");
	read_one(&q, DNS_TXT, TEXT(ANSWER("\x10") SAME IN("\x10", "\2") "\1x"), "");
}
END_TEST

START_TEST(reads_records)
{
	static const char wire[] = HEAD("\x81\xa0", "\1", "\3", "\0", "\0") ASKED
	    SAME IN("\5", "\6") "\3A.b\xc0\x11"
	    "\3a.b\xc0\x11" "\0\1\0\1\xff\0\0\0\0\4" "\xc0\0\2\1"
	    SAME IN("\x0f", "\6") "\1\x0a\1M" SAME;
	struct dns_query q = { .name = "mail.example.org", .type = DNS_A };

	ck_assert_int_eq(dns_reply_parse(&q, 0x1234, (const unsigned char *)wire,
	    sizeof(wire) - 1), 0);
	ck_assert(q.authentic);
	ck_assert_uint_eq(q.nrecords, 3);
	ck_assert_str_eq(q.canonical, "a\\.b.example.org");
	ck_assert_str_eq(q.records[0].owner, "mail.example.org");
	ck_assert_str_eq(q.records[0].target, q.canonical);
	ck_assert_uint_eq(q.records[0].ttl, 60);
	ck_assert_str_eq(q.records[1].owner, q.canonical);
	ck_assert_uint_eq(q.records[1].ttl, 0);
	ck_assert_ptr_null(q.records[1].target);
	ck_assert_mem_eq(q.records[1].data, "\xc0\0\2\1", 4);
	ck_assert_uint_eq(q.records[2].type, DNS_MX);
	ck_assert_uint_eq(q.records[2].len, 4 + sizeof(MAIL) - 1);
	ck_assert_mem_eq(q.records[2].data, "\1\x0a\1M" MAIL, q.records[2].len);
	ck_assert_uint_eq(q.records[2].preference, 266);
	ck_assert_str_eq(q.records[2].target, "m.mail.example.org");
	ck_assert_str_eq(dns_alias(&q, "mail.example.org"), q.canonical);
	ck_assert_ptr_null(dns_alias(&q, q.canonical));
	ck_assert(!dns_answers(&q, &q.records[0]) && !dns_answers(&q, &q.records[2]));
	ck_assert(dns_answers(&q, &q.records[1]));
	dns_query_free(&q);
}
END_TEST

/* What became of a question, in words. */
static const struct {
	struct dns_query	 q;
	size_t			 servers;
	const char		*type;
	const struct cause	*cause;
	const char		*text;
} fates[] = {
	{ { .name = "a.b", .answered = true }, 1, "MX", NULL, "" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_NXDOMAIN }, 1, "MX", NULL, "" },
	{ { .name = "a.b" }, 1, "MX", &dns_timeout,
	    "no DNS server answered for a.b (MX) in time (asked 192.0.2.0)" },
	{ { .name = "a.b" }, 2, NULL, &dns_timeout,
	    "no DNS server answered for a.b in time (asked 192.0.2.0, 192.0.2.1)" },
	{ { .name = "a.b", .error = ECONNREFUSED }, 1, "AAAA", &dns_failed,
	    "no DNS server gave an answer for a.b (AAAA): Connection refused "
	    "(asked 192.0.2.0)" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_SERVFAIL,
	    .server = "192.0.2.1" }, 2, "MX", &dns_servfail,
	    "the DNS server 192.0.2.1 answered SERVFAIL for a.b (MX)" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_GARBAGE,
	    .server = "192.0.2.1" }, 2, NULL, &dns_malformed,
	    "the DNS server 192.0.2.1 answered garbage for a.b" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_REFERRAL,
	    .server = "192.0.2.1" }, 1, "MX", &dns_refused, "the DNS server 192.0.2.1 "
	    "answered a referral to other servers for a.b (MX)" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_SERVFAIL, .canonical = "c.d",
	    .server = "192.0.2.1" }, 1, "MX", &dns_servfail, "the DNS server 192.0.2.1 "
	    "answered SERVFAIL for c.d (MX)" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_SERVFAIL, .bogus = true,
	    .server = "192.0.2.1" }, 1, "MX", &dns_bogus, "a.b (MX) fails DNSSEC "
	    "validation: the DNS server 192.0.2.1 answers SERVFAIL, and an answer comes "
	    "where nothing is validated" },
	{ { .name = "a.b", .answered = true, .rcode = DNS_BADVERS,
	    .server = "192.0.2.1" }, 1, "A", &dns_failed,
	    "the DNS server 192.0.2.1 answered BADVERS for a.b (A)" },
	{ { .name = "a.b", .answered = true, .rcode = 17, .server = "192.0.2.1" }, 1,
	    "A", &dns_failed, "the DNS server 192.0.2.1 answered code 17 for a.b (A)" },
};

START_TEST(checks_answers)
{
	struct dns_conf conf = { .nservers = fates[_i].servers };
	struct diag d = { 0 };

	ck_assert_int_eq(net_address_parse(&conf.servers[0], "192.0.2.0", 53), 0);
	ck_assert_int_eq(net_address_parse(&conf.servers[1], "192.0.2.1", 53), 0);
	ck_assert_int_eq(dns_query_check(&conf, &fates[_i].q, fates[_i].type, &d),
	    fates[_i].cause != NULL ? -1 : 0);
	ck_assert_ptr_eq(d.cause, fates[_i].cause);
	ck_assert_str_eq(d.text, fates[_i].text);
}
END_TEST

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char	*text, *name;
} names[] = {
	{ "Mail.Example.ORG", "mail.example.org" }, { "mail.example.org.",
	    "mail.example.org" },
	{ ".", "." }, { "a\\.B.c", "a\\.b.c" }, { "\\065.b", "a.b" }, { "_dmarc.x",
	    "_dmarc.x" },
	{ L63 "." L63 "." L63 "." L61, L63 "." L63 "." L63 "." L61 },
	{ L63 "." L63 "." L63 "." L61 "a", NULL }, { L63 "a.b", NULL },
	{ "", NULL }, { "..", NULL }, { ".a", NULL }, { "a..b", NULL }, { "a\\", NULL },
	{ "\\999", NULL },
};

START_TEST(writes_names)
{
	char name[DNS_NAME_MAX] = "";
	const char *text = names[_i].text, *want = names[_i].name;
	int rc = dns_name(text, name);

	ck_assert_msg(rc == (want != NULL ? 0 : -1), "\"%s\": %d", text, rc);
	ck_assert_str_eq(name, want != NULL ? want : "");
}
END_TEST

/* --- a server --- */

enum {
	SILENT = 1 << 0,
	WRONG_ID = 1 << 1,	/* a reply with another id goes ahead of the right one */
	WRONG_NAME = 1 << 2,
	WRONG_TYPE = 1 << 3,
	GARBAGE = 1 << 4,	/* octets that are no reply go ahead */
	FLOOD = 1 << 5,		/* of replies with another id, without an end */
	MALFORMED = 1 << 6,	/* a good reply, but cut in a record */
	TRUNCATED = 1 << 7,	/* over UDP */
	TCP_CLOSED = 1 << 8,	/* nothing listens there */
	TCP_ENDS = 1 << 9,	/* after three octets */
	TCP_DRIPS = 1 << 10,
	TCP_ALIEN = 1 << 11,	/* does not speak DNS */
	NO_EDNS = 1 << 12,	/* FORMERR to it */
	BARE = 1 << 13,		/* failures without the question */
	NO_AAAA = 1 << 14,	/* silent when asked for it */
	SHUT = 1 << 15,		/* nobody is there */
	DROPS_EDNS = 1 << 16,	/* silent when asked with it */
	NO_RECURSION = 1 << 17,	/* offers none */
	BOGUS = 1 << 18,	/* SERVFAIL to who does not ask for unchecked answers */
	IN_CHARGE = 1 << 19,	/* authoritative */
};

struct script {
	int		 manners;
	int		 rcode;
	/*
	 * Sent in every answer, but for addresses of the other family; NULL: any name has
	 * one.
	 */
	const char	*zone;
};

struct fake {
	pid_t		 pid;
	uint16_t	 port;
};

static bool
add_line(ldns_pkt *reply, const char *line, size_t n, const ldns_rr *question)
{
	ldns_rr_type type = ldns_rr_get_type(question), other;
	char text[256];
	ldns_rr *rr;
	bool known;

	unit_must(n < sizeof(text));
	memcpy(text, line, n);
	text[n] = '\0';
	unit_must(ldns_rr_new_frm_str(&rr, text, 60, NULL, NULL) == LDNS_STATUS_OK);
	known = ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(question)) == 0;
	other = type == LDNS_RR_TYPE_A ? LDNS_RR_TYPE_AAAA : LDNS_RR_TYPE_A;
	if (ldns_rr_get_type(rr) == other)
		ldns_rr_free(rr);
	else
		unit_must(ldns_pkt_push_rr(reply, LDNS_SECTION_ANSWER, rr));
	return known;
}

static void
fill(ldns_pkt *reply, const struct script *s, const ldns_rr *question)
{
	const char *line = s->zone;
	ldns_rr *rr = ldns_rr_new();
	bool known = false;

	if (s->zone == NULL) {
		ldns_rr_set_owner(rr, ldns_rdf_clone(ldns_rr_owner(question)));
		ldns_rr_set_type(rr, LDNS_RR_TYPE_A);
		ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
		ldns_rr_push_rdf(rr, ldns_rdf_new_frm_str(LDNS_RDF_TYPE_A, "192.0.2.1"));
		unit_must(ldns_pkt_push_rr(reply, LDNS_SECTION_ANSWER, rr));
		return;
	}
	ldns_rr_free(rr);
	for (; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		known = add_line(reply, line, strcspn(line, "\n"), question) || known;
	if (!known) {
		ldns_rr_list_deep_free(ldns_pkt_answer(reply));
		ldns_pkt_set_answer(reply, ldns_rr_list_new());
		ldns_pkt_set_ancount(reply, 0);
		ldns_pkt_set_rcode(reply, LDNS_RCODE_NXDOMAIN);
	}
}

/* Answers a question; 0 when it is not to be answered. */
static size_t
answer(const struct script *s, const unsigned char *wire, size_t n, bool tcp,
    uint8_t **out)
{
	ldns_pkt *asked, *reply = ldns_pkt_new();
	const ldns_rr *question;
	size_t len = 0;

	unit_must(ldns_wire2pkt(&asked, wire, n) == LDNS_STATUS_OK);
	question = ldns_rr_list_rr(ldns_pkt_question(asked), 0);
	ldns_pkt_set_id(reply, ldns_pkt_id(asked));
	ldns_pkt_set_qr(reply, true);
	ldns_pkt_set_ra(reply, (s->manners & NO_RECURSION) == 0);
	ldns_pkt_set_aa(reply, (s->manners & IN_CHARGE) != 0);
	ldns_pkt_set_rcode(reply, (uint8_t)s->rcode);
	if ((s->manners & NO_EDNS) && ldns_pkt_edns(asked))
		ldns_pkt_set_rcode(reply, LDNS_RCODE_FORMERR);
	if ((s->manners & BOGUS) && !ldns_pkt_cd(asked))
		ldns_pkt_set_rcode(reply, LDNS_RCODE_SERVFAIL);
	if (!(s->manners & BARE) || ldns_pkt_get_rcode(reply) == 0)
		unit_must(ldns_pkt_push_rr(reply, LDNS_SECTION_QUESTION,
		    ldns_rr_clone(question)));
	if (ldns_pkt_get_rcode(reply) == 0)
		fill(reply, s, question);
	ldns_pkt_set_tc(reply, (s->manners & TRUNCATED) && !tcp);
	if (!((s->manners & NO_AAAA) && ldns_rr_get_type(question) ==
	    LDNS_RR_TYPE_AAAA) && !((s->manners & DROPS_EDNS) && ldns_pkt_edns(asked)))
		unit_must(ldns_pkt2wire(out, reply, &len) == LDNS_STATUS_OK);
	ldns_pkt_free(asked);
	ldns_pkt_free(reply);
	return len;
}

static void
send_udp(int fd, const void *wire, size_t n, const struct sockaddr_in *to)
{
	(void)sendto(fd, wire, n, 0, (const struct sockaddr *)to, sizeof(*to));
}

/* What somebody else may send in the hope of being believed. */
static void
send_wrong(const struct script *s, int fd, uint8_t *wire, size_t n,
    const struct sockaddr_in *to)
{
	size_t end = 12;

	if (s->manners & GARBAGE) {
		send_udp(fd, "", 0, to);
		send_udp(fd, wire, 11, to);
		send_udp(fd, "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd", 13, to);
	}
	wire[0] ^= 0xff;
	if (s->manners & WRONG_ID)
		send_udp(fd, wire, n, to);
	while (s->manners & FLOOD)
		send_udp(fd, wire, n, to);
	wire[0] ^= 0xff;
	wire[13] ^= 1;
	if (s->manners & WRONG_NAME)
		send_udp(fd, wire, n, to);
	wire[13] ^= 1;
	while (wire[end] != 0)
		end += 1u + wire[end];
	wire[end + 2] ^= 1;
	if (s->manners & WRONG_TYPE)
		send_udp(fd, wire, n, to);
	wire[end + 2] ^= 1;
}

static void
serve_udp(const struct script *s, int fd)
{
	unsigned char wire[1024];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, wire, sizeof(wire), 0, (struct sockaddr *)&from, &len);
	uint8_t *out = NULL;
	size_t size;

	if (n < 0 || (s->manners & SILENT))
		return;
	size = answer(s, wire, (size_t)n, false, &out);
	if (size > 0 && !(s->manners & BARE))
		send_wrong(s, fd, out, size, &from);
	if (size > 0)
		send_udp(fd, out, size - (s->manners & MALFORMED ? 2 : 0), &from);
	free(out);
}

static void
serve_tcp(const struct script *s, int listener)
{
	unsigned char wire[1024];
	int fd = accept(listener, NULL, NULL);
	uint8_t *out = NULL, size[2];
	size_t n;

	if (recv(fd, size, 2, MSG_WAITALL) != 2 ||
	    recv(fd, wire, size[1], MSG_WAITALL) != size[1])
		goto out;
	if (s->manners & TCP_ALIEN) {
		(void)send(fd, "\0\4HTTP", 6, MSG_NOSIGNAL);
		goto out;
	}
	n = answer(s, wire, size[1], true, &out);
	size[0] = (uint8_t)(n >> 8);
	size[1] = (uint8_t)n;
	(void)send(fd, size, 2, MSG_NOSIGNAL);
	for (size_t i = 0; i < n && !((s->manners & TCP_ENDS) && i > 0); i++) {
		(void)send(fd, out + i, 1, MSG_NOSIGNAL);
		if (s->manners & TCP_DRIPS)
			(void)usleep(50000);
	}
out:
	free(out);
	(void)close(fd);
}

static void
serve(const struct script *s, int udp, int tcp)
{
	struct pollfd p[] = {
		{ .fd = udp, .events = POLLIN }, { .fd = tcp, .events = POLLIN },
	};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		(void)poll(p, 2, -1);
		if (p[0].revents != 0)
			serve_udp(s, udp);
		if (p[1].revents != 0)
			serve_tcp(s, tcp);
	}
}

static struct fake
fake_start(const struct script *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	struct fake f = { 0 };
	int udp, tcp;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	do {
		a.sin_port = 0;
		udp = socket(AF_INET, SOCK_DGRAM, 0);
		tcp = socket(AF_INET, SOCK_STREAM, 0);
		ck_assert_int_eq(bind(udp, (struct sockaddr *)&a, sizeof(a)), 0);
		ck_assert_int_eq(getsockname(udp, (struct sockaddr *)&a, &len), 0);
		f.port = ntohs(a.sin_port);
	} while (bind(tcp, (struct sockaddr *)&a, sizeof(a)) == -1 && close(udp) == 0 &&
	    close(tcp) == 0);
	if (!(s->manners & TCP_CLOSED))
		ck_assert_int_eq(listen(tcp, 5), 0);
	if (!(s->manners & SHUT) && (f.pid = fork()) == 0)
		serve(s, udp, tcp);
	(void)close(udp);
	(void)close(tcp);
	return f;
}

static void
fake_end(const struct fake *f)
{
	if (f->pid == 0)
		return;
	(void)kill(f->pid, SIGKILL);
	(void)waitpid(f->pid, NULL, 0);
}

/* Starts one server or two, and writes the configuration that names them. */
static void
begin(struct dns_conf *conf, struct fake *fakes, const struct script *scripts, size_t n)
{
	*conf = (struct dns_conf){ .ndots = 1, .timeout = 5, .attempts = 2 };
	for (size_t i = 0; i < n; i++) {
		fakes[i] = fake_start(&scripts[i]);
		ck_assert_int_eq(net_address_parse(&conf->servers[i], "127.0.0.1",
		    fakes[i].port), 0);
		conf->nservers++;
	}
}

static void
end(struct dns_conf *conf, const struct fake *fakes)
{
	for (size_t i = 0; i < conf->nservers; i++)
		fake_end(&fakes[i]);
	dns_conf_free(conf);
}

/* --- questions --- */

#define M "mail.example.org. "
#define GOOD M "A 192.0.2.1"
#define SLACK 0.4	/* seconds that a busy machine may be late */

static const struct {
	const char	*name;
	struct script	 scripts[2];
	bool		 both;
	double		 deadline;
	int		 rcode;		/* that of the answer; else the errno below */
	bool		 answered;
	int		 error;
	size_t		 records, server;
	double		 least, most;	/* seconds */
} asks[] = {
	{ "answer", { { .zone = GOOD } }, false, 5, DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "no name", { { .zone = "x. A 192.0.2.1" } }, false, 5, DNS_NXDOMAIN, true, 0, 0,
	    0, 0, 1 },
	{ "no data", { { .zone = M "AAAA ::1" } }, false, 5, DNS_NOERROR, true, 0, 0, 0,
	    0, 1 },
	{ "failure, then answer", { { .rcode = DNS_SERVFAIL }, { .zone = GOOD } }, true,
	    5, DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "refusal, then answer", { { .rcode = DNS_REFUSED }, { .zone = GOOD } }, true, 5,
	    DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "malformed, then answer", { { .manners = MALFORMED }, { .zone = GOOD } }, true,
	    5, DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "only failures", { { .rcode = DNS_SERVFAIL }, { .rcode = DNS_REFUSED } }, true,
	    5, DNS_REFUSED, true, 0, 0, 1, 0, 1 },
	{ "failure, then silence", { { .rcode = DNS_SERVFAIL }, { .manners = SILENT } },
	    true, 0.3, DNS_SERVFAIL, true, 0, 0, 0, 0.3, 0.3 },
	{ "silence", { { .manners = SILENT } }, false, 0.3, 0, false, 0, 0, 0, 0.3, 0.3 },
	{ "silence twice", { { .manners = SILENT }, { .manners = SILENT } }, true, 0.3, 0,
	    false, 0, 0, 0, 0.3, 0.3 },
	{ "silence, then answer", { { .manners = SILENT }, { .zone = GOOD } }, true, 0.6,
	    DNS_NOERROR, true, 0, 1, 1, 0.3, 0.3 },
	{ "shut", { { .manners = SHUT } }, false, 5, 0, false, ECONNREFUSED, 0, 0, 0,
	    0.2 },
	{ "shut twice", { { .manners = SHUT }, { .manners = SHUT } }, true, 5, 0, false,
	    ECONNREFUSED, 0, 0, 0, 0.2 },
	{ "shut, then answer", { { .manners = SHUT }, { .zone = GOOD } }, true, 5,
	    DNS_NOERROR, true, 0, 1, 1, 0, 0.2 },
	{ "shut, then silence", { { .manners = SHUT }, { .manners = SILENT } }, true, 0.3,
	    0, false, 0, 0, 0, 0.3, 0.3 },
	{ "other id first", { { .manners = WRONG_ID, .zone = GOOD } }, false, 5,
	    DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "other name first", { { .manners = WRONG_NAME, .zone = GOOD } }, false, 5,
	    DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "other type first", { { .manners = WRONG_TYPE, .zone = GOOD } }, false, 5,
	    DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "garbage first", { { .manners = GARBAGE, .zone = GOOD } }, false, 5,
	    DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "flood", { { .manners = FLOOD, .zone = GOOD } }, false, 0.3, 0, false, 0, 0, 0,
	    0.3, 0.3 },
	{ "malformed", { { .manners = MALFORMED, .zone = GOOD } }, false, 5, DNS_GARBAGE,
	    true, 0, 0, 0, 0, 1 },
	{ "TCP", { { .manners = TRUNCATED, .zone = GOOD } }, false, 5, DNS_NOERROR, true,
	    0, 1, 0, 0, 1 },
	{ "TCP failure", { { .manners = TRUNCATED, .rcode = DNS_SERVFAIL }, { .zone = GOOD
	    } },
	    true, 5, DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "TCP drips", { { .manners = TRUNCATED | TCP_DRIPS, .zone = GOOD } }, false, 0.3,
	    0, false, 0, 0, 0, 0.3, 0.3 },
	{ "TCP ends", { { .manners = TRUNCATED | TCP_ENDS, .zone = GOOD } }, false, 5, 0,
	    false, ECONNRESET, 0, 0, 0, 1 },
	{ "TCP ends, then answer", { { .manners = TRUNCATED | TCP_ENDS }, { .zone = GOOD
	    } },
	    true, 5, DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "TCP shut", { { .manners = TRUNCATED | TCP_CLOSED, .zone = GOOD } }, false, 5,
	    0, false, ECONNREFUSED, 0, 0, 0, 1 },
	{ "TCP of something else", { { .manners = TRUNCATED | TCP_ALIEN, .zone = GOOD } },
	    false, 5, DNS_GARBAGE, true, 0, 0, 0, 0, 1 },
	{ "no EDNS", { { .manners = NO_EDNS, .zone = GOOD } }, false, 5, DNS_NOERROR,
	    true, 0, 1, 0, 0, 1 },
	{ "no EDNS, in short", { { .manners = NO_EDNS | BARE, .zone = GOOD } }, false, 5,
	    DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "no EDNS and TCP", { { .manners = NO_EDNS | TRUNCATED, .zone = GOOD } }, false,
	    5, DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "a referral, then answer", { { .manners = NO_RECURSION, .zone = M "AAAA ::1" },
	    { .zone = GOOD } }, true, 5, DNS_NOERROR, true, 0, 1, 1, 0, 1 },
	{ "only a referral", { { .manners = NO_RECURSION, .zone = M "AAAA ::1" } }, false,
	    5, DNS_REFERRAL, true, 0, 0, 0, 0, 1 },
	{ "no data of who is in charge", { { .manners = NO_RECURSION | IN_CHARGE,
	    .zone = M "AAAA ::1" } }, false, 5, DNS_NOERROR, true, 0, 0, 0, 0, 1 },
	{ "no recursion, but an answer", { { .manners = NO_RECURSION, .zone = GOOD } },
	    false, 5, DNS_NOERROR, true, 0, 1, 0, 0, 1 },
	{ "FORMERR to all", { { .rcode = DNS_FORMERR } }, false, 5, DNS_FORMERR, true, 0,
	    0, 0, 0, 1 },
};

START_TEST(asks_servers)
{
	struct dns_query q = { .name = "mail.example.org", .type = DNS_A };
	const char *name = asks[_i].name;
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };
	char server[NET_TEXT_MAX];
	int64_t start;
	double took;

	begin(&conf, fakes, asks[_i].scripts, asks[_i].both ? 2 : 1);
	start = clock_nsec();
	ck_assert_int_eq(dns_ask(&conf, &q, 1, deadline_in(asks[_i].deadline), &d), 0);
	took = clock_since(start);
	ck_assert_msg(q.answered == asks[_i].answered, "%s: %d", name, q.answered);
	ck_assert_msg(q.rcode == asks[_i].rcode, "%s: code %d", name, q.rcode);
	ck_assert_msg(q.error == asks[_i].error, "%s: %s", name, strerror(q.error));
	ck_assert_msg(q.nrecords == asks[_i].records, "%s: %zu", name, q.nrecords);
	ck_assert_msg(took >= asks[_i].least && took < asks[_i].most + SLACK,
	    "%s: took %f s", name, took);
	(void)dns_server_text(&conf.servers[asks[_i].server], server);
	if (q.answered)
		ck_assert_str_eq(q.server, server);
	dns_query_free(&q);
	end(&conf, fakes);
}
END_TEST

/* Firewalls there are that drop what they do not know. */
START_TEST(asks_without_edns)
{
	static const struct script script = { .manners = DROPS_EDNS, .zone = GOOD };
	struct dns_query q = { .name = "mail.example.org", .type = DNS_A };
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };
	int64_t start = clock_nsec();

	begin(&conf, fakes, &script, 1);
	conf.timeout = 1;
	ck_assert_int_eq(dns_ask(&conf, &q, 1, deadline_in(5), &d), 0);
	ck_assert(q.answered && q.nrecords == 1);
	ck_assert_double_ge(clock_since(start), 1);
	ck_assert_double_lt(clock_since(start), 1 + SLACK);
	dns_query_free(&q);
	end(&conf, fakes);
}
END_TEST

START_TEST(finds_bogus)
{
	static const struct script scripts[] = {
		{ .manners = BOGUS, .zone = GOOD }, { .rcode = DNS_SERVFAIL },
		{ .zone = GOOD },
	};

	for (size_t i = 0; i < LEN(scripts); i++) {
		struct dns_query q[2] = {
			{ .name = "nothing.example.org", .type = DNS_A },
			{ .name = "mail.example.org", .type = DNS_A },
		};
		struct dns_conf conf;
		struct fake fakes[2] = { { 0 } };
		struct diag d = { 0 };

		begin(&conf, fakes, &scripts[i], 1);
		ck_assert_int_eq(dns_ask(&conf, q, 2, deadline_in(5), &d), 0);
		ck_assert_int_eq(dns_find_bogus(&conf, q, 2, deadline_in(5), &d), 0);
		for (size_t k = 0; k < 2; k++) {
			ck_assert_int_eq(q[k].rcode == DNS_SERVFAIL, i < 2);
			ck_assert_int_eq(q[k].bogus, i == 0);
			dns_query_free(&q[k]);
			ck_assert(!q[k].bogus);
		}
		end(&conf, fakes);
	}
}
END_TEST

START_TEST(asks_many)
{
	static const struct script script = { .zone = NULL };
	struct dns_query q[3 * DNS_BATCH_MAX + 1];
	char list[LEN(q)][32];
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };

	begin(&conf, fakes, &script, 1);
	for (size_t i = 0; i < LEN(q); i++) {
		(void)snprintf(list[i], sizeof(list[i]), "host%zu.example.", i);
		q[i] = (struct dns_query){ .name = list[i], .type = DNS_A };
	}
	ck_assert_int_eq(dns_ask(&conf, q, LEN(q), deadline_in(5), &d), 0);
	for (size_t i = 0; i < LEN(q); i++) {
		ck_assert(q[i].answered && q[i].nrecords == 1);
		ck_assert_uint_eq(strlen(q[i].records[0].owner) + 1, strlen(list[i]));
		dns_query_free(&q[i]);
	}
	end(&conf, fakes);
}
END_TEST

START_TEST(many_are_silent)
{
	static const struct script script = { .manners = SILENT };
	struct dns_query q[3 * DNS_BATCH_MAX];
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };
	int64_t start;

	begin(&conf, fakes, &script, 1);
	for (size_t i = 0; i < LEN(q); i++)
		q[i] = (struct dns_query){ .name = "a.example", .type = DNS_A };
	start = clock_nsec();
	ck_assert_int_eq(dns_ask(&conf, q, LEN(q), deadline_in(0.3), &d), 0);
	ck_assert_double_lt(clock_since(start), 0.3 + SLACK);
	for (size_t i = 0; i < LEN(q); i++) {
		ck_assert(!q[i].answered && q[i].error == 0);
		dns_query_free(&q[i]);
	}
	end(&conf, fakes);
}
END_TEST

START_TEST(cannot_ask)
{
	static const struct script script = { .manners = SILENT };
	struct dns_query q[] = { { .name = "a.example", .type = DNS_A },
	    { .name = "b..example", .type = DNS_A } };
	struct rlimit limit = { 0 };
	struct dns_conf conf = { 0 };
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };

	ck_assert_int_eq(dns_ask(&conf, q, 2, deadline_in(5), &d), -1);
	ck_assert_ptr_eq(d.cause, &dns_no_such_host);
	ck_assert_ptr_nonnull(strstr(d.text, "b..example"));
	d = (struct diag){ 0 };
	ck_assert_int_eq(dns_ask(&conf, q, 1, deadline_in(5), &d), 0);
	ck_assert(!q[0].answered && q[0].error != 0);
	begin(&conf, fakes, &script, 1);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(dns_ask(&conf, q, 1, deadline_in(5), &d), -1);
	ck_assert_ptr_eq(d.cause, &local_internal);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	dns_query_free(&q[0]);
	end(&conf, fakes);
}
END_TEST

/* --- hosts --- */

#define H "mail.example.org"
#define ALIAS M "CNAME b.example.\n"
#define CIRCLE M "CNAME b.example.\nb.example. CNAME mail.example.org.\n"

static const struct {
	const char	*name;
	struct script	 scripts[2];
	bool		 both;
	const char	*host, *search;
	int		 family;
	double		 deadline;
	const struct cause *cause;	/* NULL: there are addresses */
	const char	*text;		/* the addresses, or how the sentence starts */
	double		 most;		/* seconds */
} hosts[] = {
	{ "IPv4", { { .zone = GOOD } }, false, H, NULL, AF_UNSPEC, 5, NULL, "192.0.2.1 ",
	    1 },
	{ "both families", { { .zone = M "A 192.0.2.1\n" M "AAAA 2001:db8::1\n" M
	    "A 192.0.2.2" } },
	    false, H, NULL, AF_UNSPEC, 5, NULL, "2001:db8::1 192.0.2.1 192.0.2.2 ", 1 },
	{ "one of both", { { .zone = M "A 192.0.2.1\n" M "AAAA 2001:db8::1" } },
	    false, "Mail.Example.Org.", NULL, AF_INET, 5, NULL, "192.0.2.1 ", 1 },
	{ "doubles", { { .zone = M "A 192.0.2.1\n" M "A 192.0.2.2\n" M "A 192.0.2.1" } },
	    false, H, NULL, AF_UNSPEC, 5, NULL, "192.0.2.1 192.0.2.2 ", 1 },
	{ "alias", { { .zone = "c.example. A 192.0.2.3\nb.example. CNAME c.example.\n"
	    ALIAS } },
	    false, H, NULL, AF_UNSPEC, 5, NULL, "192.0.2.3 ", 1 },
	{ "aliases in a row", { { .zone = ALIAS "b.example. CNAME c.\nc. CNAME d.\n"
	    "d. CNAME e.\ne. CNAME f.\nf. A 192.0.2.6" } }, false, H, NULL, AF_UNSPEC, 5,
	    NULL, "192.0.2.6 ", 1 },
	{ "unrelated", { { .zone = ALIAS M
	    "A 192.0.2.9\nc.example. A 192.0.2.8\nb.example. A 192.0.2.1" } },
	    false, H, NULL, AF_UNSPEC, 5, NULL, "192.0.2.1 ", 1 },
	{ "only unrelated", { { .zone = M "MX 10 c.example.\nc.example. A 192.0.2.8" } },
	    false, H, NULL, AF_UNSPEC, 5, &dns_no_address, H " has no address", 1 },
	{ "circle", { { .zone = CIRCLE M "A 192.0.2.9\nb.example. A 192.0.2.9" } }, false,
	    H, NULL, AF_UNSPEC, 5, &dns_no_address, H " has no address", 1 },
	{ "alias of nothing", { { .zone = ALIAS } }, false, H, NULL, AF_UNSPEC, 5,
	    &dns_no_address, H " is an alias of b.example, which has no address", 1 },
	{ "not there", { { .zone = "" } }, false, H, NULL, AF_UNSPEC, 5,
	    &dns_no_such_host, H " does not exist", 1 },
	{ "no IPv6", { { .zone = GOOD } }, false, H, NULL, AF_INET6, 5, &dns_no_address,
	    H " has no IPv6 address", 1 },
	{ "no IPv4", { { .zone = M "AAAA ::1" } }, false, H, NULL, AF_INET, 5,
	    &dns_no_address, H " has no IPv4 address", 1 },
	{ "failure", { { .rcode = DNS_SERVFAIL } }, false, H, NULL, AF_UNSPEC, 5,
	    &dns_servfail, "the DNS server 127.0.0.1#%u answered SERVFAIL for " H, 1 },
	{ "refusal", { { .rcode = DNS_REFUSED } }, false, H, NULL, AF_INET, 5,
	    &dns_refused, "the DNS server 127.0.0.1#%u answered REFUSED for " H, 1 },
	{ "odd code", { { .rcode = 9 } }, false, H, NULL, AF_INET, 5, &dns_failed,
	    "the DNS server 127.0.0.1#%u answered code 9 for " H, 1 },
	{ "malformed", { { .manners = MALFORMED } }, false, H, NULL, AF_INET, 5,
	    &dns_malformed, "the DNS server 127.0.0.1#%u answered garbage for " H, 1 },
	{ "shut", { { .manners = SHUT }, { .manners = SHUT } }, true, H, NULL, AF_UNSPEC,
	    5, &dns_failed, "no DNS server gave an answer for " H
	    ": Connection refused (asked " "127.0.0.1#%u, 127.0.0.1#%u)", 0.2 },
	{ "silence", { { .manners = SILENT } }, false, H, NULL, AF_UNSPEC, 0.3,
	    &dns_timeout, "no DNS server answered for " H " in time (asked 127.0.0.1#%u)",
	    0.3 },
	{ "flood", { { .manners = FLOOD } }, false, H, NULL, AF_UNSPEC, 0.3, &dns_timeout,
	    "no DNS server answered for " H " in time", 0.3 },
	{ "silence for one family", { { .manners = NO_AAAA, .zone = GOOD } }, false, H,
	    NULL, AF_UNSPEC, 1.2, NULL, "192.0.2.1 ", 0.6 },
	{ "silence for the other", { { .manners = NO_AAAA, .zone = M "AAAA ::1" } },
	    false, H, NULL, AF_UNSPEC, 0.3, &dns_timeout, "no DNS server answered for " H
	    " (AAAA) in time", 0.3 },
	{ "nothing, and silence", { { .manners = NO_AAAA, .zone = "" } }, false, H, NULL,
	    AF_UNSPEC, 0.4, &dns_no_such_host, H " does not exist", 0.2 },

	{ "literal", { { .manners = SHUT } }, false, "192.0.2.7", NULL, AF_UNSPEC, 5,
	    NULL, "192.0.2.7 ", 0.2 },
	{ "IPv6 literal", { { .manners = SHUT } }, false, "[2001:db8::7]", NULL, AF_INET6,
	    5, NULL, "2001:db8::7 ", 0.2 },
	{ "other literal", { { .manners = SHUT } }, false, "192.0.2.7", NULL, AF_INET6, 5,
	    &dns_no_address, "192.0.2.7 is not an IPv6 address", 0.2 },
	{ "IPv6 literal of a scope", { { .manners = SHUT } }, false, "fe80::1%lo", NULL,
	    AF_UNSPEC, 5, NULL, "fe80::1%lo ", 0.2 },
	{ "no text", { { .manners = SHUT } }, false, "", "example.org", AF_UNSPEC, 5,
	    &dns_no_such_host, "\"\" is no host name", 0.2 },
	{ "no name", { { .manners = SHUT } }, false, "mail..example.org", NULL, AF_UNSPEC,
	    5, &dns_no_such_host, "\"mail..example.org\" is no host name", 0.2 },

	{ "search", { { .zone = GOOD } }, false, "mail", "a.example example.org",
	    AF_UNSPEC, 5, NULL, "192.0.2.1 ", 1 },
	{ "search beside aliases", { { .zone = "mail.a.example. CNAME b.example.\n" GOOD }
	    }, false, "mail", "a.example example.org", AF_INET, 5, NULL, "192.0.2.1 ",
	    1 },
	{ "search in vain", { { .zone = "" } }, false, "mail", "a.example b.example",
	    AF_UNSPEC, 5, &dns_no_such_host, "mail does not exist", 1 },
	{ "the root is no suffix", { { .zone = "mail. A 192.0.2.1" } }, false, "mail",
	    ".", AF_UNSPEC, 5, NULL, "192.0.2.1 ", 1 },
	{ "enough dots", { { .zone = GOOD "\nmail.example.org.a.example. A 192.0.2.2" } },
	    false, H, "a.example", AF_UNSPEC, 5, NULL, "192.0.2.1 ", 1 },
	{ "enough dots in vain", { { .zone = "mail.example.org.a.example. A 192.0.2.2" }
	    }, false, H, "a.example", AF_UNSPEC, 5, NULL, "192.0.2.2 ", 1 },
	{ "a last dot", { { .zone = "mail.example.org.a.example. A 192.0.2.2" } }, false,
	    H ".", "a.example", AF_UNSPEC, 5, &dns_no_such_host, H " does not exist",
	    1 },
	{ "search and silence", { { .manners = SILENT } }, false, "mail",
	    "a.example b.example", AF_UNSPEC, 0.3, &dns_timeout,
	    "no DNS server answered for mail.a.example in time", 0.3 },
	{ "search and failure", { { .rcode = DNS_SERVFAIL } }, false, "mail",
	    "a.example b.example", AF_UNSPEC, 5, &dns_servfail,
	    "the DNS server 127.0.0.1#%u answered SERVFAIL for mail.a.example", 1 },
};

static void
add_suffixes(struct dns_conf *conf, const char *suffixes)
{
	char one[64];

	while (suffixes != NULL && *suffixes != '\0') {
		size_t n = strcspn(suffixes, " ");

		text_copy(one, sizeof(one), suffixes, n);
		ck_assert_int_eq(list_add(&conf->search, one), 0);
		suffixes += n + (suffixes[n] == ' ');
	}
}

/* The servers stand in the sentence with ports that nobody knows beforehand. */
static void
expect_text(const char *want, const struct fake *fakes, const char *got, const char *name)
{
	struct buf text = { 0 };
	const char *place;
	size_t server = 0;

	while ((place = strstr(want, "%u")) != NULL) {
		ck_assert_int_eq(buf_add(&text, want, (size_t)(place - want)), 0);
		ck_assert_int_eq(buf_addf(&text, "%d", fakes[server++].port), 0);
		want = place + 2;
	}
	ck_assert_int_eq(buf_puts(&text, want), 0);
	ck_assert_msg(strncmp(got, buf_str(&text), text.len) == 0, "%s: %s", name, got);
	buf_free(&text);
}

START_TEST(finds_hosts)
{
	struct net_addresses out = { .n = 0 };
	struct buf text = { 0 };
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };
	char address[NET_TEXT_MAX];
	int64_t start;
	double took;
	int rc;

	begin(&conf, fakes, hosts[_i].scripts, hosts[_i].both ? 2 : 1);
	add_suffixes(&conf, hosts[_i].search);
	start = clock_nsec();
	rc = dns_host(&conf, hosts[_i].host, hosts[_i].family, 25,
	    deadline_in(hosts[_i].deadline), &out, &d);
	took = clock_since(start);
	ck_assert_msg(took < hosts[_i].most + SLACK, "%s: %f s", hosts[_i].name, took);
	ck_assert_str_eq(d.stage, "resolve");
	ck_assert_msg(d.cause == hosts[_i].cause, "%s: %s", hosts[_i].name, d.text);
	ck_assert_int_eq(rc, d.cause == NULL ? 0 : -1);
	for (size_t i = 0; i < out.n; i++)
		ck_assert_int_eq(buf_addf(&text, "%s ",
		    net_address_text(&out.v[i], address)), 0);
	expect_text(hosts[_i].text, fakes, d.cause == NULL ? buf_str(&text) : d.text,
	    hosts[_i].name);
	ck_assert(d.cause == NULL || out.n == 0);
	if (d.cause == NULL)
		ck_assert_uint_eq(text.len, strlen(hosts[_i].text));
	buf_free(&text);
	end(&conf, fakes);
}
END_TEST

/* Where was asked, and for what, stands behind the fact. */
START_TEST(says_where)
{
	static const struct script script = { .zone = "" };
	struct net_addresses out;
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };
	char want[200];

	begin(&conf, fakes, &script, 1);
	add_suffixes(&conf, "a.example");
	ck_assert_int_eq(dns_host(&conf, "mail", AF_UNSPEC, 25, deadline_in(5), &out, &d),
	    -1);
	(void)snprintf(want, sizeof(want),
	    "mail does not exist (asked %sDNS 127.0.0.1#%d for mail.a.example, mail)",
	    access("/etc/hosts", R_OK) == 0 ? "/etc/hosts, " : "", fakes[0].port);
	ck_assert_str_eq(d.text, want);
	end(&conf, fakes);
}
END_TEST

START_TEST(host_of_any_length)
{
	struct net_addresses out;
	struct dns_conf conf = { 0 };
	struct buf host = { 0 };

	for (int i = 0; i < 2000; i++) {
		struct diag d = { 0 };

		ck_assert_int_eq(buf_puts(&host, i % 50 == 49 ? "." : "a"), 0);
		ck_assert_int_eq(dns_host(&conf, buf_str(&host), AF_UNSPEC, 25,
		    deadline_in(5), &out, &d), -1);
		ck_assert_ptr_eq(d.cause, i < 253 ? &dns_failed : &dns_no_such_host);
	}
	buf_free(&host);
}
END_TEST

START_TEST(reads_hosts_file)
{
	static const struct script script = { .zone = "" };
	struct net_addresses out, file = { .n = 0 };
	struct buf text = { .max = 1u << 20 };
	struct dns_conf conf;
	struct fake fakes[2] = { { 0 } };
	struct diag d = { 0 };

	if (file_read("/etc/hosts", &text, NULL) == 0)
		(void)hosts_find(buf_str(&text), text.len, "localhost", AF_INET, 25,
		    &file);
	begin(&conf, fakes, &script, 1);
	if (file.n > 0) {
		ck_assert_int_eq(dns_host(&conf, "LOCALHOST.", AF_INET, 25,
		    deadline_in(5), &out, &d), 0);
		ck_assert_mem_eq(&out.v[0], &file.v[0], sizeof(out.v[0]));
	}
	end(&conf, fakes);
	buf_free(&text);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, reads_messages, 0, LEN(messages));
	tcase_add_test(t, reads_flags);
	tcase_add_test(t, reads_other_types);
	tcase_add_test(t, reads_records);
	tcase_add_loop_test(t, checks_answers, 0, LEN(fates));
	tcase_add_loop_test(t, writes_names, 0, LEN(names));
	tcase_add_loop_test(t, asks_servers, 0, LEN(asks));
	tcase_add_test(t, asks_without_edns);
	tcase_add_test(t, finds_bogus);
	tcase_add_test(t, asks_many);
	tcase_add_test(t, many_are_silent);
	tcase_add_test(t, cannot_ask);
	tcase_add_loop_test(t, finds_hosts, 0, LEN(hosts));
	tcase_add_test(t, says_where);
	tcase_add_test(t, host_of_any_length);
	tcase_add_test(t, reads_hosts_file);
}
