/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Will this server take mail for these recipients from me, and refuse it from strangers?
 * Will a sender that expands CNAMEs get "Relay access denied"?
 */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "mail/envelope.h"
#include "mail/mx.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "mail/sasl_scram.h"
#include "probe/credentials.h"
#include "probe/exchangers.h"
#include "probe/options.h"
#include "probe/relay_answers.h"
#include "probe/relay_domains.h"
#include "probe/relay_questions.h"
#include "probe/relay_strangers.h"
#include "probe/server.h"
#include "wire/dns.h"

#define NAME "check_smtp_relay"

/* In the order of the choices, from 1. */
enum { EXPECT_ACCEPT = 1, EXPECT_REFUSE };

struct conf {
	struct session_conf	 session;
	struct credentials	 login;
	struct list		 from, to;
	int			 expect;
	char			*matrix;
	char			*size;
	int			 max_errors;
	bool			 mx, expand, open_relay;
	char			*third_party;
	struct list		 relayed;
	/* settled */
	uint64_t		 octets;	/* of --size */
	bool			 verify;	/* what the user said, */
	int			 login_mode;	/* and how it is with a login */
};

static const char *const expectations[] = { "accept", "refuse", NULL };

static const struct opt question_rows[] = {
	{ '\0', "from", OPT_LIST(struct conf, from), "ADDRESS", NULL,
	    "the sender of the mail (repeatable; <>: the null sender); no mail is sent" },
	{ '\0', "to", OPT_LIST(struct conf, to), "ADDRESS", NULL,
	    "its recipient (repeatable): each sender is asked for with each" },
	{ '\0', "expect", OPT_CHOICE(struct conf, expect), "ANSWER", "accept",
	    "what the server shall do with such mail", expectations },
	{ '\0', "size", OPT_STRING(struct conf, size), "BYTES", NULL,
	    "say that the message will be so long (10M)" },
	{ '\0', "matrix", OPT_STRING(struct conf, matrix), "FILE", NULL,
	    "ask what the lines of this file say: SENDER RECIPIENT LOGIN EXPECT, LOGIN a "
	    "section of an ini file or -" },
	{ '\0', "expand-cname", OPT_FLAG(struct conf, expand), NULL, NULL,
	    "where a domain is an alias, ask with each name that it leads to as well, as "
	    "Sendmail would" },
	{ '\0', "mx", OPT_FLAG(struct conf, mx), NULL, NULL,
	    "ask every address of every mail exchanger of the recipients' domains "
	    "instead of -H" },
	{ '\0', "max-errors", OPT_NUMBER(struct conf, max_errors), "N", "5",
	    "begin a new session after so many refusals, before the server loses "
	    "patience" },
	{ 0 },
};

static const struct opt open_rows[] = {
	{ '\0', "open-relay", OPT_FLAG(struct conf, open_relay), NULL, NULL,
	    "try the forms of address that have made servers relay for strangers; --to "
	    "is what it must take, to compare (default: its postmaster)" },
	{ '\0', "third-party", OPT_STRING(struct conf, third_party), "ADDRESS", NULL,
	    "an address that is not the server's, best one of your own elsewhere" },
	{ '\0', "relayed-domain", OPT_LIST(struct conf, relayed), "DOMAIN", NULL,
	    "a domain that it takes mail for, as a backup does (repeatable)" },
	{ '\0', "xclient", OPT_STRING(struct conf, session.xclient), "ADDR", NULL,
	    "pose as a client of this address, where the server lets us (Postfix)" },
	{ 0 },
};

static const struct opt connect_rows[] = {
	OPTS_CONNECT(struct conf, session,
	    "TCP port (default: 25; 465 means --tls=implicit, and the other way round)"),
	{ 0 },
};

static const struct opt tls_rows[] = {
	OPTS_TLS(struct conf, session),
	{ 0 },
};

static const struct opt login_rows[] = {
	OPTS_LOGIN(struct conf, login, "log in as this user before asking"),
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Question", question_rows },
	{ "Strangers", open_rows },
	{ "Server", connect_rows },
	{ "Encryption", tls_rows },
	{ "Login", login_rows },
	{ NULL, NULL },
};

enum { TIME, ACCEPTED, REFUSED, DEFERRED, UNEXPECTED };

static const struct metric metrics[] = {
	[TIME] = { "time", UNIT_SECONDS, false, .help = "the whole check" },
	[ACCEPTED] = { "accepted", UNIT_NONE, false, .help = "mail that would be taken" },
	[REFUSED] = { "refused", UNIT_NONE, false,
	    .help = "mail that would not, for good" },
	[DEFERRED] = { "deferred", UNIT_NONE, false, .help = "mail that would not, now" },
	[UNEXPECTED] = { "unexpected", UNIT_NONE, false,
	    .help = "answers other than expected" },
	{ 0 },
};

static const struct cause *const *const causes[] = {
	dns_causes, mx_causes, net_causes, smtp_causes, smtp_xclient_causes, tls_causes,
	chain_causes, refusal_causes, envelope_causes, relay_causes, exchangers_causes,
	sasl_causes, scram_causes, relay_questions_causes, secret_causes, judge_causes,
	frame_causes, diag_causes, NULL,
};

/* --- what the options mean together --- */

static int
settle_addresses(const struct conf *c, struct buf *why)
{
	for (size_t i = 0; i < c->from.n; i++)
		if (envelope_settle_sender("--from", c->from.v[i], why) == -1)
			return -1;
	for (size_t i = 0; i < c->to.n; i++)
		if (envelope_settle_recipient("--to", c->to.v[i], why) == -1)
			return -1;
		else if (c->mx && mx_domain(c->to.v[i])[0] == '\0')
			return buf_refuse(why, "--mx needs recipients with a domain, "
			    "whose exchangers to ask");
	if (c->third_party != NULL &&
	    envelope_settle_recipient("--third-party", c->third_party, why) == -1)
		return -1;
	for (size_t i = 0; i < c->relayed.n; i++)
		if (!envelope_is_domain(c->relayed.v[i]) || c->relayed.v[i][0] == '[')
			return buf_refuse(why,
			    "--relayed-domain takes a domain such as example.org");
	return 0;
}

/* To take mail for one's own domain is not to relay. */
static int
settle_third_party(const struct conf *c, struct buf *why)
{
	const char *domain = mx_domain(c->third_party);
	bool served = domain[0] == '\0';	/* the server's own postmaster */

	for (size_t i = 0; i < c->relayed.n; i++)
		served = served || text_same(domain, c->relayed.v[i]);
	for (size_t i = 0; i < c->to.n; i++)
		served = served || text_same(domain, mx_domain(c->to.v[i]));
	served = served || (c->session.host != NULL &&
	    text_same(domain, c->session.host));
	return served ? buf_refuse(why, "--third-party is in a domain that the server "
	    "takes mail for (--to, --relayed-domain, -H): it has to be a stranger's") : 0;
}

static int
settle_open_relay(const struct conf *c, struct buf *why)
{
	if (!c->open_relay)
		return c->third_party == NULL && c->relayed.n == 0 ? 0 : buf_refuse(why,
		    "--third-party and --relayed-domain go with --open-relay");
	if (c->third_party == NULL)
		return buf_refuse(why, "--open-relay needs --third-party: an address "
		    "that is not the server's");
	if (c->login.user != NULL || c->expand || c->expect == EXPECT_REFUSE ||
	    c->size != NULL)
		return buf_refuse(why, "--open-relay asks as a stranger and expects no: "
		    "-U, --expect, --expand-cname and --size do not go with it");
	if (c->from.n > 1)
		return buf_refuse(why, "--open-relay takes one --from");
	return settle_third_party(c, why);
}

static int
settle_matrix(const struct conf *c, struct buf *why)
{
	if (c->from.n > 0 || c->to.n > 0 || c->expect != EXPECT_ACCEPT || c->open_relay ||
	    c->third_party != NULL || c->relayed.n > 0)
		return buf_refuse(why, "--matrix says it all: --from, --to, --expect and "
		    "--open-relay with its own do not go with it");
	if (c->login.user != NULL || c->login.mechanisms.n > 0)
		return buf_refuse(why, "--matrix names its logins: -U and --mechanism go "
		    "into their sections");
	return 0;
}

/* Who asks for whom? */
static int
settle_questions(const struct conf *c, struct buf *why)
{
	if (c->matrix != NULL)
		return settle_matrix(c, why);
	if (c->from.n == 0)
		return buf_refuse(why, "--from is needed: the sender to ask for (<> is "
		    "the null sender)");
	if (c->to.n == 0 && !c->open_relay)
		return buf_refuse(why, "--to is needed: the recipient to ask for");
	if (c->to.n == 0 && c->mx)
		return buf_refuse(why,
		    "--mx needs --to: a recipient whose exchangers to ask");
	if (c->expand && c->expect == EXPECT_REFUSE)
		return buf_refuse(why, "--expand-cname asks what must be taken under "
		    "each name: --expect=refuse does not go with it");
	return settle_open_relay(c, why);
}

static int
settle_size(struct conf *c, struct buf *why)
{
	double octets;

	if (c->size == NULL)
		return 0;
	if (unit_parse(UNIT_BYTES, c->size, strlen(c->size), &octets) == -1 ||
	    octets < 1 || octets > 1e15)
		return buf_refuse(why, "--size takes a number of bytes, such as 20000, "
		    "500k or 25M");
	c->octets = (uint64_t)octets;
	return 0;
}

/*
 * Servers encrypt mail among themselves where they can and verify nobody; who logs in
 * verifies, and so does who says whom to trust.
 */
static int
settle_session(struct conf *c, struct buf *why)
{
	struct session_conf *s = &c->session;
	bool in = c->login.user != NULL;
	bool trusts = s->trust.ca_file != NULL || s->trust.ca_dir != NULL ||
	    s->tls_name != NULL;
	bool open = s->mode == SESSION_TLS_UNSET;

	if (c->mx && s->host != NULL)
		return buf_refuse(why, "--mx finds the servers by itself: -H does not go "
		    "with it");
	if ((!c->mx && session_need_host(s, why) == -1) || session_settle(s, 25,
	    in ? SESSION_TLS_STARTTLS : SESSION_TLS_OPPORTUNISTIC, why) == -1)
		return -1;
	c->verify = !s->no_verify;
	c->login_mode = open && s->mode == SESSION_TLS_OPPORTUNISTIC
	    ? (int)SESSION_TLS_STARTTLS : s->mode;
	if (!in && !trusts && s->mode == SESSION_TLS_OPPORTUNISTIC)
		s->no_verify = true;
	return credentials_settle(&c->login, s, why);
}

/* What will be looked at. */
static void
name_target(const struct conf *c, struct buf *target)
{
	if (!c->mx) {
		session_name(&c->session, target);
		return;
	}
	(void)buf_puts(target, "mail exchangers of ");
	if (c->matrix != NULL)
		(void)buf_addf(target, "the recipients in %s", c->matrix);
	for (size_t i = 0; i < c->to.n; i++)
		if (i == 0 || !text_same(mx_domain(c->to.v[i]),
		    mx_domain(c->to.v[i - 1])))
			(void)buf_addf(target, "%s%s", i > 0 ? ", " : "",
			    mx_domain(c->to.v[i]));
}

static int
settle(void *conf, struct buf *target, struct buf *why)
{
	struct conf *c = conf;

	if (settle_addresses(c, why) == -1 || settle_questions(c, why) == -1 ||
	    settle_size(c, why) == -1 || settle_session(c, why) == -1)
		return -1;
	name_target(c, target);
	return 0;
}

/* --- what is to be asked --- */

/* What is the same for every server. */
struct check {
	const struct conf	*c;
	const struct env	*env;
	struct relay_questions	 questions;
	struct exchangers	 exchangers;	/* --mx */
	struct relay_result	*results;	/* one for each server */
	size_t			 nresults;
};

static int
load(struct check *k, struct verdict *v, struct diag *d)
{
	const struct conf *c = k->c;
	struct session_conf session = c->session;

	session.mode = c->login_mode;
	return c->matrix != NULL
	    ? relay_questions_read(&k->questions, c->matrix, NAME,
	    c->login.allow_plaintext, &session, k->env, v, d)
	    : relay_questions_pair(&k->questions, &c->from, &c->to,
	    c->expect == EXPECT_ACCEPT, &c->login, &session, k->env, v, d);
}

static int
plan(struct check *k, struct verdict *v, struct diag *d)
{
	const struct conf *c = k->c;
	size_t n;

	if (load(k, v, d) == -1 || ((c->mx || c->expand) && relay_domains_look_up(
	    &k->questions.plan, c->mx ? &k->exchangers : NULL, c->expand, &c->session,
	    k->env, v, d) == -1))
		return -1;
	n = c->mx ? k->exchangers.n : NET_ADDRESSES_MAX;
	if ((k->results = calloc(n > 0 ? n : 1, sizeof(*k->results))) == NULL)
		return diag_nomem(d);
	k->nresults = n;
	return 0;
}

/* --- one server --- */

static void
look(void *arg, size_t i, const struct session_server *server, struct verdict *v)
{
	struct check *k = arg;
	const struct conf *c = k->c;
	struct diag *dead = c->mx ? &k->exchangers.v[i].dead : NULL;
	const struct relay_asking asking = {
		&k->questions, (unsigned)c->max_errors, c->octets, c->login_mode,
		c->verify,
	};

	const struct relay_strangers_asking strangers = {
		c->from.n > 0 ? envelope_sender(c->from.v[0]) : "", c->third_party,
		&c->relayed, &c->to, (unsigned)c->max_errors,
	};

	if (c->open_relay)
		relay_strangers(&strangers, server, dead, &k->results[i], v);
	else
		relay_answers(&asking, server, c->mx ? k->exchangers.v[i].serves : NULL,
		    dead, &k->results[i], v);
}

/* --- the whole --- */

static void
say_all(const struct check *k, size_t found, size_t well, size_t noted, struct verdict *v)
{
	const struct relay_question *q = k->questions.plan.v;
	struct buf name = { 0 };

	(void)buf_puts(&name, k->c->mx ? "the " : "");
	name_target(k->c, &name);
	if (well + noted < found || well == 0)
		verdict_note(v, "%zu of %zu addresses of %s are well", well, found,
		    buf_str(&name));
	else if (k->c->open_relay)
		verdict_say(v, "no address of %s (%zu) relays for strangers",
		    buf_str(&name), well);
	else if (k->questions.plan.n > 1)
		verdict_say(v, "each address of %s (%zu) answers as expected",
		    buf_str(&name), well);
	else
		verdict_say(v, "each address of %s (%zu) %s mail from <%s> to <%s>%s",
		    buf_str(&name), well, q->accept ? "takes" : "refuses", q->from,
		    q->to, q->accept ? "" : ", as it should");
	buf_free(&name);
}

static void
look_at_all(struct check *k, struct verdict *v)
{
	const struct conf *c = k->c;
	size_t found = 0, well, noted = 0;

	if (c->mx) {
		found = k->exchangers.n;
		well = server_all(k->exchangers.targets, found, k->env, v, look, k);
		noted = exchangers_judge(&k->exchangers, v);
	} else {
		well = server_each(&c->session, NULL, k->env, v, &found, look, k);
	}
	if ((c->mx || c->session.all_addresses) && found > 0)
		say_all(k, found, well, noted, v);
}

/* The numbers of all servers together, and what acceptance does not prove. */
static void
sum_up(const struct check *k, struct verdict *v)
{
	struct relay_result all = { 0 };

	for (size_t i = 0; i < k->nresults; i++) {
		const struct relay_result *r = &k->results[i];

		all.accepted += r->accepted;
		all.refused += r->refused;
		all.deferred += r->deferred;
		all.unexpected += r->unexpected;
		all.answered = all.answered || r->answered;
	}
	if (!all.answered)
		return;
	verdict_metric(v, ACCEPTED, (double)all.accepted);
	verdict_metric(v, REFUSED, (double)all.refused);
	verdict_metric(v, DEFERRED, (double)all.deferred);
	verdict_metric(v, UNEXPECTED, (double)all.unexpected);
	if (all.accepted > 0)
		verdict_note(v, "to take a recipient is the first hop's word: what it "
		    "says of the message itself, and whether that arrives, was not "
		    "asked");
}

static void
run(const void *conf, const struct env *env, struct verdict *v)
{
	struct check k = { .c = conf, .env = env };
	struct diag d = { 0 };

	if (plan(&k, v, &d) == 0)
		look_at_all(&k, v);
	verdict_diag(v, &d);
	sum_up(&k, v);
	verdict_metric(v, TIME, clock_since(env->start));
	free(k.results);
	exchangers_free(&k.exchangers);
	relay_questions_free(&k.questions);
}

static const struct plugin plugin = {
	.name = NAME,
	.label = "SMTP_RELAY",
	.purpose = "Will this server take mail for these recipients from me, and refuse "
	    "it from strangers?",
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
