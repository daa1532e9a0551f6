/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the mail DNS of this domain right: MX, CNAME, addresses, every name server? */

#include <string.h>

#include "base/text.h"
#include "frame/each.h"
#include "frame/plugin.h"
#include "mail/envelope.h"
#include "mail/maildns.h"
#include "mail/maildns_name.h"
#include "probe/domain.h"
#include "probe/options.h"
#include "wire/dns.h"

#define NAME "check_mx_cname"

struct conf {
	struct list		 domains;	/* once settled, as dns_name() has it */
	struct domain_wish	 wish;
};

static const struct opt domain_rows[] = {
	{ 'd', "domain", OPT_LIST(struct conf, domains), "DOMAIN", NULL,
	    "the mail domain, what stands behind the @ (repeatable)" },
	{ '\0', "expect", OPT_LIST(struct conf, wish.expected), "[PREF] HOST", NULL,
	    "an exchanger that the domain shall have, such as '10 mx.example.org', and "
	    "no others than these (repeatable)" },
	{ '\0', "expect-null-mx", OPT_FLAG(struct conf, wish.null_mx), NULL, NULL,
	    "the domain shall say that it takes no mail" },
	{ '\0', "min-hosts", OPT_NUMBER(struct conf, wish.min_hosts), "N", NULL,
	    "so many exchangers at least shall be able to take mail" },
	{ '\0', "ptr", OPT_FLAG(struct conf, wish.reverse), NULL, NULL,
	    "the exchangers' addresses shall have names that lead back to them" },
	{ '\0', "require-dnssec", OPT_FLAG(struct conf, wish.require_dnssec), NULL, NULL,
	    "the answers shall be signed, by the word of a trusted resolver" },
	{ 0 },
};

static const struct opt server_rows[] = {
	OPTS_DNS(struct conf, wish.dns),
	{ '\0', "trust-resolver", OPT_FLAG(struct conf, wish.trust), NULL, NULL,
	    "believe the resolver that an answer is signed even if it is not on this "
	    "machine: the way to it is safe" },
	{ '\0', "authoritative", OPT_FLAG(struct conf, wish.authoritative), NULL, NULL,
	    "ask every name server of the domain's zone as well, and compare" },
	{ '\0', "name-server", OPT_LIST(struct conf, wish.name_servers), "ADDR[#PORT]",
	    NULL, "compare with this name server instead of those in the DNS, say before "
	    "it goes into service (repeatable)" },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Domain", domain_rows },
	{ "Name servers", server_rows },
	{ NULL, NULL },
};

enum { TIME, MX, ADDRESSES, SERVERS, TTL };

static const struct metric metrics[] = {
	[TIME] = { "time", UNIT_SECONDS, false, .help = "the whole check" },
	[MX] = { "mx", UNIT_NONE, true, .help = "MX records that name a host" },
	[ADDRESSES] = { "addresses", UNIT_NONE, true,
	    .help = "addresses of the exchangers, each counted once" },
	[SERVERS] = { "servers", UNIT_NONE, true,
	    .help = "addresses of name servers that answer as they should" },
	[TTL] = { "ttl", UNIT_SECONDS, true,
	    .help = "how long the MX records may still be kept" },
	{ 0 },
};

static const struct domain_metrics places = { MX, ADDRESSES, SERVERS, TTL };

static const struct cause *const *const causes[] = {
	domain_causes, domain_target_causes, domain_expect_causes, domain_server_causes,
	domain_reverse_causes, domain_dnssec_causes, domain_dns_causes, judge_causes,
	frame_causes, diag_causes, NULL,
};

/* Refuses what is no domain, and says what to type where that is known. */
static int
settle_domain(const char *typed, char name[DNS_NAME_MAX], struct buf *why)
{
	if (!envelope_is_ascii(typed)) {
		(void)buf_addf(why, "-d (--domain): the DNS knows %s in another form: "
		    "type what idn2 %s prints, with parts that begin with xn--", typed,
		    typed);
		return -1;
	}
	if (strpbrk(typed, "@/:[], ") != NULL)
		return buf_refuse(why, "-d (--domain) takes a domain alone, what stands "
		    "behind the @ of an address: example.org");
	if (dns_name(typed, name) == -1 || strcmp(name, ".") == 0 ||
	    maildns_is_address(name))
		return buf_refuse(why, "-d (--domain) takes a domain such as "
		    "example.org, of at most 253 characters, 63 between two dots");
	return 0;
}

static int
settle_domains(struct conf *c, struct buf *target, struct buf *why)
{
	struct list names = { 0 };
	char name[DNS_NAME_MAX];

	for (size_t i = 0; i < c->domains.n; i++) {
		if (settle_domain(c->domains.v[i], name, why) == -1 ||
		    (!list_has(&names, name) && list_add(&names, name) == -1)) {
			list_free(&names);
			return why->len > 0 ? -1 : buf_refuse(why, "memory is short");
		}
	}
	list_free(&c->domains);
	c->domains = names;
	for (size_t i = 0; i < names.n; i++)
		(void)buf_addf(target, "%s%s", i > 0 ? ", " : "", names.v[i]);
	return 0;
}

static int
settle(void *conf, struct buf *target, struct buf *why)
{
	struct conf *c = conf;
	struct domain_expected e;
	struct net_address a;

	if (c->domains.n == 0)
		return buf_refuse(why, "-d (--domain) is needed: the mail domain to "
		    "check");
	for (size_t i = 0; i < c->wish.expected.n; i++)
		if (domain_expect_parse(c->wish.expected.v[i], &e) == -1)
			return buf_refuse(why, "--expect takes an exchanger with its "
			    "preference, such as '10 mx.example.org' (that there is to "
			    "be none: --expect-null-mx)");
	if (c->wish.null_mx && (c->wish.expected.n > 0 || c->wish.min_hosts > 0))
		return buf_refuse(why, "--expect-null-mx expects no exchangers: --expect "
		    "and --min-hosts do not go with it");
	if (c->wish.name_servers.n > MAILDNS_SERVERS_MAX)
		return buf_refuse(why, "--name-server takes 32 servers at most");
	for (size_t i = 0; i < c->wish.name_servers.n; i++)
		if (dns_server_parse(&a, c->wish.name_servers.v[i]) == -1)
			return buf_refuse(why, "--name-server takes the address of a "
			    "name server, such as 192.0.2.1 or 2001:db8::1");
	return dns_conf_settle(&c->wish.dns, why) == -1 ? -1
	    : settle_domains(c, target, why);
}

static void
look(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	const struct conf *c = arg;

	domain_look(&c->wish, &places, c->domains.v[i], env, v);
}

static void
run(const void *conf, const struct env *env, struct verdict *v)
{
	struct conf c = *(const struct conf *)conf;
	size_t well;

	if (c.domains.n == 1) {
		look(&c, 0, env, v);
	} else {
		well = each_object(v, env, &c.domains, look, &c);
		if (well == c.domains.n)
			verdict_say(v, "the mail DNS of all %zu domains is right", well);
		else
			verdict_note(v, "the mail DNS of %zu of %zu domains is right",
			    well, c.domains.n);
	}
	verdict_metric(v, TIME, clock_since(env->start));
}

static const struct plugin plugin = {
	.name = NAME,
	.label = "MX_CNAME",
	.purpose = "Is the mail DNS of this domain right: MX, CNAME, addresses, every "
	    "name server?",
	.groups = groups,
	.conf_size = sizeof(struct conf),
	.metrics = metrics,
	.causes = causes,
	.settle = settle,
	.run = run,
};

int
main(int argc, char **argv)
{
	return plugin_main(&plugin, argc, argv);
}
