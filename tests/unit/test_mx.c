/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <ldns/ldns.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "mail/mx.h"
#include "unit/unit.h"

/* --- a name server --- */

/*
 * Aliases into far.example are told and not followed. Names that begin with "servfail"
 * get that for an answer, those with "silent" none.
 */
static const char *const zone[] = {
	"several.example. MX 20 B.several.example.",
	"several.example. MX 10 a.several.example.",
	"several.example. MX 65535 c.several.example.",
	"a.several.example. A 192.0.2.1",
	"a.several.example. AAAA 2001:db8::1",
	"b.several.example. A 192.0.2.2",
	"b.several.example. A 192.0.2.3",
	"c.several.example. CNAME implicit.example.",
	"ties.example. MX 10 z.ties.example.",
	"ties.example. MX 5 m.ties.example.",
	"ties.example. MX 10 k.ties.example.",
	"ties.example. MX 10 a.ties.example.",
	"ties.example. MX 10 Z.ties.example.",
	"double.example. MX 20 a.several.example.",
	"double.example. MX 15 b.several.example.",
	"double.example. MX 10 a.several.example.",
	"implicit.example. A 192.0.2.9",
	"six.example. AAAA 2001:db8::9",
	"nothing.example. TXT nothing",
	"null.example. MX 0 .",
	"nulls.example. MX 0 .",
	"nulls.example. MX 10 .",
	"beside.example. MX 0 .",
	"beside.example. MX 10 a.several.example.",
	"unrelated.example. MX 10 a.several.example.",

	"one.example. CNAME several.example.",
	"three.example. CNAME two.example.",
	"two.example. CNAME one.example.",
	"across.example. CNAME b.far.example.",
	"b.far.example. CNAME c.far.example.",
	"c.far.example. CNAME one.example.",
	"alone.example. CNAME implicit.example.",
	"far.example. CNAME a.far.example.",
	"a.far.example. A 192.0.2.8",
	"nobody.example. CNAME null.example.",
	"lost.example. CNAME gone.example.",
	"far-lost.example. CNAME gone.far.example.",
	"broken.example. CNAME servfail.far.example.",
	"self.example. CNAME self.example.",
	"round.example. CNAME about.example.",
	"about.example. CNAME round.example.",
	"into.example. CNAME round.example.",
	"far-round.example. CNAME r.far.example.",
	"r.far.example. CNAME s.far.example.",
	"s.far.example. CNAME far-round.example.",

	"address.example. MX 10 192.0.2.1.",
	"address.example. MX 20 a.several.example.",
	"address.example. MX 30 2001:db8::1.",
	"address.example. MX 40 [192.0.2.1].",
	"address.example. MX 50 [IPv6:2001:db8::1].",
	"mixed.example. MX 10 gone.example.",
	"mixed.example. MX 20 nothing.example.",
	"mixed.example. MX 30 servfail.example.",
	"mixed.example. MX 40 b.several.example.",
	"mixed.example. MX 50 lost.example.",
	"short.example. MX 10 a.",
	"half.example. MX 10 silent1.example.",
	"half.example. MX 20 a.several.example.",
	"half.example. MX 30 silent2.example.",
	"half.example. MX 40 silent3.example.",
};

#define MANY 40		/* exchangers of many.example, the best one last */
#define LONG (MX_ALIASES_MAX + 1)	/* aliases from l0.example to l17.example, and
					 * from l0.far.example to l17.far.example */

static void
add(ldns_rr_list *records, const char *line)
{
	ldns_rr *rr;

	unit_must(ldns_rr_new_frm_str(&rr, line, 60, NULL, NULL) == LDNS_STATUS_OK);
	unit_must(ldns_rr_list_push_rr(records, rr));
}

static ldns_rr_list *
load(void)
{
	ldns_rr_list *records = ldns_rr_list_new();
	char line[100];

	for (size_t i = 0; i < LEN(zone); i++)
		add(records, zone[i]);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(line, sizeof(line), "many.example. MX %d m%d.example.",
		    MANY - i, MANY - i);
		add(records, line);
	}
	for (int i = 0; i <= LONG; i++) {
		(void)snprintf(line, sizeof(line), i < LONG ?
		    "l%d.example. CNAME l%d.example." :
		    "l%d.example. MX %d a.several.example.", i, i + 1);
		add(records, line);
		(void)snprintf(line, sizeof(line), i < LONG ?
		    "l%d.far.example. CNAME l%d.far.example." :
		    "l%d.far.example. MX %d a.several.example.", i, i + 1);
		add(records, line);
	}
	return records;
}

/* Adds what there is of a name and a type; *exists is whether there is anything of it. */
static const ldns_rr *
add_all(ldns_pkt *reply, const ldns_rr_list *records, const ldns_rdf *name,
    ldns_rr_type type, bool *exists)
{
	const ldns_rr *last = NULL;

	*exists = false;
	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(records, i);

		if (ldns_dname_compare(ldns_rr_owner(rr), name) != 0)
			continue;
		*exists = true;
		if (ldns_rr_get_type(rr) != type)
			continue;
		unit_must(ldns_pkt_push_rr(reply, LDNS_SECTION_ANSWER,
		    ldns_rr_clone(rr)));
		last = rr;
	}
	return last;
}

static void
fill(ldns_pkt *reply, const ldns_rr_list *records, const ldns_rr *question)
{
	ldns_rdf *far = ldns_dname_new_frm_str("far.example");
	const ldns_rdf *name = ldns_rr_owner(question);
	const ldns_rr *alias = NULL;
	bool exists, follow = true;

	for (int hop = 0; hop <= LONG && follow; hop++) {
		alias = add_all(reply, records, name, LDNS_RR_TYPE_CNAME, &exists);
		follow = alias != NULL;
		if (follow)
			name = ldns_rr_rdf(alias, 0);
		if (follow && ldns_dname_is_subdomain(name, far))
			break;
	}
	if (!follow)
		(void)add_all(reply, records, name, ldns_rr_get_type(question), &exists);
	ldns_pkt_set_rcode(reply, exists ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN);
	ldns_rdf_deep_free(far);
}

/* Answers a question; 0 when it is not to be answered. */
static size_t
answer(const ldns_rr_list *records, const unsigned char *wire, size_t n, uint8_t **out)
{
	ldns_pkt *asked, *reply = ldns_pkt_new();
	const ldns_rr *question;
	size_t len = 0;
	char *name;

	unit_must(ldns_wire2pkt(&asked, wire, n) == LDNS_STATUS_OK);
	question = ldns_rr_list_rr(ldns_pkt_question(asked), 0);
	name = ldns_rdf2str(ldns_rr_owner(question));
	ldns_pkt_set_id(reply, ldns_pkt_id(asked));
	ldns_pkt_set_qr(reply, true);
	ldns_pkt_set_ra(reply, true);
	unit_must(ldns_pkt_push_rr(reply, LDNS_SECTION_QUESTION,
	    ldns_rr_clone(question)));
	if (text_starts(name, "servfail"))
		ldns_pkt_set_rcode(reply, LDNS_RCODE_SERVFAIL);
	else
		fill(reply, records, question);
	if (!text_starts(name, "silent"))
		unit_must(ldns_pkt2wire(out, reply, &len) == LDNS_STATUS_OK);
	free(name);
	ldns_pkt_free(asked);
	ldns_pkt_free(reply);
	return len;
}

static void
serve(int fd)
{
	ldns_rr_list *records = load();
	unsigned char wire[1024];
	struct sockaddr_in from;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, wire, sizeof(wire), 0, (struct sockaddr *)&from,
		    &len);
		uint8_t *out = NULL;
		size_t size = n > 0 ? answer(records, wire, (size_t)n, &out) : 0;

		if (size > 0)
			(void)sendto(fd, out, size, 0, (struct sockaddr *)&from, len);
		free(out);
	}
}

struct fake {
	struct dns_conf	 conf;
	char		 server[NET_TEXT_MAX];	/* as sentences name it */
	pid_t		 pid;
};

static void
begin(struct fake *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*f = (struct fake){ .conf = { .nservers = 1, .ndots = 1, .timeout = 5,
	    .attempts = 2 } };
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	ck_assert_int_eq(net_address_parse(&f->conf.servers[0], "127.0.0.1",
	    ntohs(a.sin_port)), 0);
	(void)dns_server_text(&f->conf.servers[0], f->server);
	ck_assert_int_eq(list_add(&f->conf.search, "several.example"), 0);
	if ((f->pid = fork()) == 0)
		serve(fd);
	(void)close(fd);
}

static void
end(struct fake *f)
{
	(void)kill(f->pid, SIGKILL);
	(void)waitpid(f->pid, NULL, 0);
	dns_conf_free(&f->conf);
}

/* Adds a sentence, with "@" for the server and without the hosts file. */
static void
add_sentence(struct buf *out, const char *sentence, const struct fake *f)
{
	const char *words[] = { "/etc/hosts, ", f->server };

	while (*sentence != '\0') {
		size_t skip = 0;

		for (size_t i = 0; i < LEN(words) && skip == 0; i++)
			if (strncmp(sentence, words[i], strlen(words[i])) == 0)
				skip = strlen(words[i]);
		if (skip != strlen(words[0]))
			ck_assert_int_eq(buf_add(out, skip > 0 ? "@" : sentence, 1), 0);
		sentence += skip > 0 ? skip : 1;
	}
}

/* --- exchangers --- */

#define SLACK 0.4	/* seconds that a busy machine may be late */

/* A name has the aliases before ':', and these exchangers or this sentence. */
static const struct {
	const char	*domain;
	const struct cause *cause;
	const char	*want;
	double		 deadline;	/* 0: five seconds, and it takes no time */
} finds[] = {
	{ "several.example", NULL, ": 10 a.several.example, 20 b.several.example, "
	    "65535 c.several.example, ", 0 },
	{ "Several.EXAMPLE.", NULL, ": 10 a.several.example, 20 b.several.example, "
	    "65535 c.several.example, ", 0 },
	{ "ties.example", NULL, ": 5 m.ties.example, 10 z.ties.example, "
	    "10 k.ties.example, 10 a.ties.example, ", 0 },
	{ "double.example", NULL, ": 10 a.several.example, 15 b.several.example, ", 0 },
	{ "implicit.example", NULL, ": 0 implicit.example, implicit", 0 },
	{ "nothing.example", NULL, ": 0 nothing.example, implicit", 0 },
	{ "beside.example", NULL, ": 10 a.several.example, ", 0 },
	{ "address.example", NULL, ": 10 192.0.2.1, 20 a.several.example, "
	    "30 2001:db8::1, 40 [192.0.2.1], 50 [ipv6:2001:db8::1], ", 0 },
	{ "null.example", &mx_null, ": null.example takes no mail: its MX record names "
	    "\".\" (asked DNS @)", 0 },
	{ "nulls.example", &mx_null, ": nulls.example takes no mail: its MX record names "
	    "\".\" (asked DNS @)", 0 },
	{ "gone.example", &dns_no_such_host, ": gone.example does not exist (asked DNS "
	    "@)", 0 },
	{ "servfail.example", &dns_servfail, ": the DNS server @ answered SERVFAIL for "
	    "servfail.example (MX)", 0 },
	{ "silent.example", &dns_timeout, ": no DNS server answered for silent.example "
	    "(MX) in time (asked @)", 0.3 },

	{ "one.example", NULL, "several.example: 10 a.several.example, "
	    "20 b.several.example, 65535 c.several.example, ", 0 },
	{ "three.example", NULL, "two.example one.example several.example: "
	    "10 a.several.example, 20 b.several.example, 65535 c.several.example, ", 0 },
	{ "across.example", NULL, "b.far.example c.far.example one.example "
	    "several.example: 10 a.several.example, 20 b.several.example, "
	    "65535 c.several.example, ", 0 },
	{ "alone.example", NULL, "implicit.example: 0 implicit.example, implicit", 0 },
	{ "far.example", NULL, "a.far.example: 0 a.far.example, implicit", 0 },
	{ "nobody.example", &mx_null, "null.example: nobody.example is an alias of "
	    "null.example, which takes no mail: its MX record names \".\" (asked DNS @)",
	    0 },
	{ "lost.example", &dns_no_such_host, "gone.example: lost.example is an alias of "
	    "gone.example, which does not exist (asked DNS @)", 0 },
	{ "far-lost.example", &dns_no_such_host, "gone.far.example: far-lost.example is "
	    "an alias of gone.far.example, which does not exist (asked DNS @)", 0 },
	{ "broken.example", &dns_servfail, "servfail.far.example: the DNS server @ "
	    "answered SERVFAIL for servfail.far.example (MX)", 0 },
	{ "self.example", &mx_loop, ": the aliases of self.example come to no end: "
	    "self.example", 0 },
	{ "round.example", &mx_loop, "about.example: the aliases of round.example come "
	    "to no end: about.example, round.example", 0 },
	{ "into.example", &mx_loop, "round.example about.example: the aliases of "
	    "into.example come to no end: round.example, about.example, round.example",
	    0 },
	{ "far-round.example", &mx_loop, "r.far.example s.far.example: the aliases of "
	    "far-round.example come to no end: r.far.example, s.far.example, "
	    "far-round.example", 0 },

	{ "[192.0.2.1]", NULL, ": 0 192.0.2.1, ", 0 },
	{ "[IPv6:2001:DB8::1]", NULL, ": 0 2001:db8::1, ", 0 },
	{ "[ipv6:::1]", NULL, ": 0 ::1, ", 0 },
	{ "[2001:db8::1]", &dns_no_such_host, ": \"[2001:db8::1]\" is neither a domain "
	    "nor an address literal", 0 },
	{ "[IPv6:192.0.2.1]", &dns_no_such_host, ": \"[IPv6:192.0.2.1]\" is neither a "
	    "domain nor an address literal", 0 },
	{ "[IPv6:", &dns_no_such_host, ": \"[IPv6:\" is neither a domain nor an address "
	    "literal", 0 },
	{ "[IPv6:]", &dns_no_such_host, ": \"[IPv6:]\" is neither a domain nor an "
	    "address literal", 0 },
	{ "[several.example]", &dns_no_such_host, ": \"[several.example]\" is neither a "
	    "domain nor an address literal", 0 },
	{ "[", &dns_no_such_host, ": \"[\" is neither a domain nor an address literal",
	    0 },
	{ "[]", &dns_no_such_host, ": \"[]\" is neither a domain nor an address literal",
	    0 },
	{ "", &dns_no_such_host, ": \"\" is no domain", 0 },
	{ ".", &dns_no_such_host, ": \".\" is no domain", 0 },
	{ "a..example", &dns_no_such_host, ": \"a..example\" is no domain", 0 },
	{ "k\xc3\xa4se.example", &dns_no_such_host, ": the DNS does not know "
	    "\"k\xc3\xa4se.example\" in this form: write the domain in ASCII (it has "
	    "parts that begin with xn--)", 0 },
};

START_TEST(finds_exchangers)
{
	double deadline = finds[_i].deadline, took;
	struct buf text = { 0 };
	struct diag d = { 0 };
	struct fake f;
	struct mx mx;
	int64_t start;
	int rc;

	begin(&f);
	start = clock_nsec();
	rc = mx_find(&f.conf, finds[_i].domain, deadline_in(deadline > 0 ? deadline : 5),
	    &mx, &d);
	took = clock_since(start);
	end(&f);
	ck_assert_double_lt(took, deadline + SLACK);
	ck_assert_double_ge(took, deadline);
	ck_assert_str_eq(d.stage, "mx");
	ck_assert_msg(d.cause == finds[_i].cause, "%s: %s", finds[_i].domain, d.text);
	ck_assert_int_eq(rc, d.cause == NULL ? 0 : -1);
	for (size_t i = 0; i < mx.aliases.n; i++)
		(void)buf_addf(&text, "%s%s", i > 0 ? " " : "", mx.aliases.v[i]);
	(void)buf_puts(&text, ": ");
	for (size_t i = 0; i < mx.n; i++)
		(void)buf_addf(&text, "%u %s, ", mx.hosts[i].preference,
		    mx.hosts[i].name);
	(void)buf_puts(&text, mx.implicit ? "implicit" : "");
	add_sentence(&text, d.text, &f);
	ck_assert_str_eq(buf_str(&text), finds[_i].want);
	ck_assert(!mx.partial);
	buf_free(&text);
	mx_free(&mx);
	ck_assert(mx.hosts == NULL && mx.n == 0 && mx.aliases.n == 0);
}
END_TEST

/* The best ones are kept, though they come last. */
START_TEST(finds_many)
{
	struct diag d = { 0 };
	struct fake f;
	struct mx mx;

	begin(&f);
	ck_assert_int_eq(mx_find(&f.conf, "many.example", deadline_in(5), &mx, &d), 0);
	end(&f);
	ck_assert(mx.partial);
	ck_assert_uint_eq(mx.n, MX_HOSTS_MAX);
	for (size_t i = 0; i < mx.n; i++)
		ck_assert_uint_eq(mx.hosts[i].preference, i + 1);
	mx_free(&mx);
}
END_TEST

static const char *const chains[] = { "l%d.example", "l%d.far.example" };

/* As many aliases as are followed, and one more: within an answer, and across answers. */
START_TEST(follows_so_many)
{
	char domain[32];
	struct fake f;
	struct mx mx;

	begin(&f);
	for (int from = 0; from < 2; from++) {
		struct diag d = { 0 };
		int rc;

		(void)snprintf(domain, sizeof(domain), chains[_i], from);
		rc = mx_find(&f.conf, domain, deadline_in(5), &mx, &d);
		ck_assert_int_eq(rc, from == 0 ? -1 : 0);
		ck_assert_ptr_eq(d.cause, from == 0 ? &mx_loop : NULL);
		ck_assert_uint_eq(mx.aliases.n, MX_ALIASES_MAX);
		ck_assert_uint_eq(mx.n, from == 0 ? 0 : 1);
		mx_free(&mx);
	}
	end(&f);
}
END_TEST

/* Nobody is there to be asked. */
START_TEST(finds_nobody)
{
	struct dns_conf conf = { .nservers = 1, .timeout = 5, .attempts = 2 };
	struct diag d = { 0 };
	struct mx mx;

	ck_assert_int_eq(net_address_parse(&conf.servers[0], "127.0.0.1", 1), 0);
	ck_assert_int_eq(mx_find(&conf, "several.example", deadline_in(5), &mx, &d), -1);
	ck_assert_ptr_eq(d.cause, &dns_failed);
	ck_assert_str_eq(d.text, "no DNS server gave an answer for several.example (MX): "
	    "Connection refused (asked 127.0.0.1#1)");
	mx_free(&mx);
}
END_TEST

/* --- their addresses --- */

#define LITERAL(text) text ": [mx-target-is-address] an MX record of address.example " \
	"names " text ", which is an address and no host name\n"

static const struct {
	const char	*domain;
	int		 family;
	const char	*want;		/* a line for each exchanger */
	double		 deadline;	/* 0: five seconds, and it takes no time */
} lookups[] = {
	{ "several.example", AF_UNSPEC, "a.several.example: 2001:db8::1 192.0.2.1 \n"
	    "b.several.example: 192.0.2.2 192.0.2.3 \nc.several.example: 192.0.2.9 \n",
	    0 },
	{ "several.example", AF_INET6, "a.several.example: 2001:db8::1 \n"
	    "b.several.example: [no-address] b.several.example has no IPv6 address "
	    "(asked DNS @)\nc.several.example: [no-address] c.several.example is an "
	    "alias of implicit.example, which has no IPv6 address (asked DNS @)\n", 0 },
	{ "mixed.example", AF_UNSPEC,
	    "gone.example: [no-such-host] gone.example does not exist (asked DNS @)\n"
	    "nothing.example: [no-address] nothing.example has no address (asked DNS @)\n"
	    "servfail.example: [dns-servfail] the DNS server @ answered SERVFAIL for "
	    "servfail.example\n"
	    "b.several.example: 192.0.2.2 192.0.2.3 \n"
	    "lost.example: [no-such-host] lost.example is an alias of gone.example, "
	    "which does not exist (asked DNS @)\n", 0 },
	{ "address.example", AF_UNSPEC, LITERAL("192.0.2.1")
	    "a.several.example: 2001:db8::1 192.0.2.1 \n" LITERAL("2001:db8::1")
	    LITERAL("[192.0.2.1]") LITERAL("[ipv6:2001:db8::1]"), 0 },
	{ "short.example", AF_UNSPEC, "a: [no-such-host] a does not exist (asked DNS "
	    "@)\n", 0 },
	{ "implicit.example", AF_UNSPEC, "implicit.example: 192.0.2.9 \n", 0 },
	{ "alone.example", AF_UNSPEC, "implicit.example: 192.0.2.9 \n", 0 },
	{ "nothing.example", AF_UNSPEC, "nothing.example: [no-mail-host] there is no MX "
	    "record, and nothing.example has no address (asked DNS @)\n", 0 },
	{ "six.example", AF_INET, "six.example: [no-address] six.example has no IPv4 "
	    "address (asked DNS @)\n", 0 },
	{ "six.example", AF_UNSPEC, "six.example: 2001:db8::9 \n", 0 },
	{ "[192.0.2.1]", AF_UNSPEC, "192.0.2.1: 192.0.2.1 \n", 0 },
	{ "[192.0.2.1]", AF_INET6, "192.0.2.1: [no-address] 192.0.2.1 is not an IPv6 "
	    "address\n", 0 },
	{ "[IPv6:2001:db8::1]", AF_INET6, "2001:db8::1: 2001:db8::1 \n", 0 },
	/* At once: those that get no answer do not eat each other's time. */
	{ "half.example", AF_INET, "silent1.example: [dns-timeout] no DNS server "
	    "answered for silent1.example in time (asked @)\n"
	    "a.several.example: 192.0.2.1 \n"
	    "silent2.example: [dns-timeout] no DNS server "
	    "answered for silent2.example in time (asked @)\n"
	    "silent3.example: [dns-timeout] no DNS server "
	    "answered for silent3.example in time (asked @)\n", 0.5 },
};

static void
add_addresses(struct buf *out, const struct net_addresses *all)
{
	char address[NET_TEXT_MAX];

	for (size_t i = 0; i < all->n; i++) {
		ck_assert_uint_eq(net_port(&all->v[i]), 2525);
		ck_assert_int_eq(buf_addf(out, "%s ", net_address_text(&all->v[i],
		    address)), 0);
	}
}

START_TEST(resolves_exchangers)
{
	double deadline = lookups[_i].deadline, took;
	struct deadline by;
	struct buf text = { 0 };
	struct diag d = { 0 };
	struct fake f;
	struct mx mx;
	int64_t start;

	begin(&f);
	start = clock_nsec();
	by = deadline_in(deadline > 0 ? deadline : 5);
	ck_assert_int_eq(mx_find(&f.conf, lookups[_i].domain, by, &mx, &d), 0);
	mx_resolve(&f.conf, &mx, lookups[_i].family, 2525, by);
	took = clock_since(start);
	end(&f);
	ck_assert_double_lt(took, deadline + SLACK);
	for (size_t i = 0; i < mx.n; i++) {
		const struct mx_host *host = &mx.hosts[i];

		(void)buf_addf(&text, "%s: ", host->name);
		add_addresses(&text, &host->addresses);
		if (diag_failed(&host->d))
			(void)buf_addf(&text, "[%s] ", host->d.cause->slug);
		add_sentence(&text, host->d.text, &f);
		(void)buf_puts(&text, "\n");
		ck_assert(diag_failed(&host->d) == (host->addresses.n == 0));
		ck_assert_str_eq(host->d.stage, host->d.cause == &mx_literal ? "mx" :
		    "resolve");
	}
	ck_assert_str_eq(buf_str(&text), lookups[_i].want);
	buf_free(&text);
	mx_free(&mx);
}
END_TEST

START_TEST(resolves_nothing)
{
	struct dns_conf conf = { .nservers = 0 };
	struct mx mx = { .n = 0 };

	mx_resolve(&conf, &mx, AF_UNSPEC, 25, deadline_in(5));
	ck_assert_uint_eq(mx.n, 0);
	mx_free(&mx);
}
END_TEST

/* --- addresses of mail --- */

static const struct {
	const char	*address, *domain;
} addresses[] = {
	{ "alice@example.org", "example.org" }, { "a%b@c@d.example", "d.example" },
	{ "\"a@b\"@example.org", "example.org" },
	{ "\"a\\\"@b\"@example.org", "example.org" },
	{ "a\\@example.org", "example.org" }, { "alice@[192.0.2.1]", "[192.0.2.1]" },
	{ "\"alice@example.org\"", "" }, { "\"a\\\\\"@example.org", "example.org" },
	{ "postmaster", "" }, { "alice@", "" }, { "@example.org", "example.org" },
	{ "", "" }, { "\"", "" }, { "\"\\", "" },
};

START_TEST(finds_domains)
{
	const char *address = addresses[_i].address, *domain = addresses[_i].domain;

	ck_assert_ptr_eq(mx_domain(address), address + strlen(address) - strlen(domain));
	ck_assert_str_eq(mx_domain(address), domain);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, finds_exchangers, 0, LEN(finds));
	tcase_add_test(t, finds_many);
	tcase_add_loop_test(t, follows_so_many, 0, LEN(chains));
	tcase_add_test(t, finds_nobody);
	tcase_add_loop_test(t, resolves_exchangers, 0, LEN(lookups));
	tcase_add_test(t, resolves_nothing);
	tcase_add_loop_test(t, finds_domains, 0, LEN(addresses));
}
