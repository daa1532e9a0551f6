/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can this account log in here and submit mail, and if not, whose fault is it? */

#include <string.h>

#include "base/text.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "mail/envelope.h"
#include "mail/login.h"
#include "mail/oauth.h"
#include "mail/pairs.h"
#include "mail/refusal.h"
#include "mail/sasl_scram.h"
#include "probe/credentials.h"
#include "probe/options.h"
#include "probe/server.h"
#include "wire/dns.h"


#define NAMED_MAX 5		/* accepted logins that a sentence names */

/* In the order of the choices, from 1. */
enum { EXPECT_ACCEPT = 1, EXPECT_REJECT };
enum { CONTROL_INVENTED = 1, CONTROL_SAME_USER };

struct conf {
	struct session_conf	 session;
	struct credentials	 login;
	int			 expect;
	int			 control;	/* 0: none */
	char			*must_reject;
	char			*from;
	struct list		 to;
	struct list		 required, forbidden;	/* mechanisms */
	bool			 forbid_cleartext;
};

static const char *const expectations[] = { "accept", "reject", NULL };
static const char *const controls[] = { "invented", "same-user", NULL };

static const struct opt connect_rows[] = {
	OPTS_CONNECT(struct conf, session,
	    "TCP port (default: 587; 465 means --tls=implicit, and the other way round)"),
	{ 0 },
};

static const struct opt tls_rows[] = {
	OPTS_TLS(struct conf, session),
	{ 0 },
};

static const struct opt login_rows[] = {
	OPTS_LOGIN(struct conf, login,
	    "log in as this user; without it only what the server offers is looked at"),
	{ '\0', "expect", OPT_CHOICE(struct conf, expect), "RESULT", "accept",
	    "how the login shall end", expectations },
	{ '\0', "from", OPT_STRING(struct conf, from), "ADDRESS", NULL,
	    "ask whether mail from this address would be taken (<>: the null sender), "
	    "after the login if there is one; none is sent" },
	{ '\0', "to", OPT_LIST(struct conf, to), "ADDRESS", NULL,
	    "and for this recipient (repeatable); many servers judge the sender only "
	    "then" },
	{ 0 },
};

static const struct opt proof_rows[] = {
	{ '\0', "control", OPT_CHOICE(struct conf, control), "HOW", NULL,
	    "after the login, try one that must fail, with an invented user and password "
	    "or, same-user, an invented password (beware of lockouts)", controls,
	    .optional = true },
	{ '\0', "must-reject", OPT_STRING(struct conf, must_reject), "FILE", NULL,
	    "try the logins of this file, user:password lines; each must fail" },
	{ '\0', "require-mechanism", OPT_WORDS(struct conf, required), "LIST", NULL,
	    "these mechanisms must be offered" },
	{ '\0', "forbid-mechanism", OPT_WORDS(struct conf, forbidden), "LIST", NULL,
	    "these mechanisms must not be offered" },
	{ '\0', "forbid-cleartext-auth", OPT_FLAG(struct conf, forbid_cleartext), NULL,
	    NULL, "no login must be offered before the connection is encrypted" },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Server", connect_rows },
	{ "Encryption", tls_rows },
	{ "Login", login_rows },
	{ "What must hold", proof_rows },
	{ NULL, NULL },
};

enum { TIME, RESOLVE, CONNECT, GREETING, TLS, EHLO, AUTH, CERT_DAYS };

static const struct metric metrics[] = {
	[TIME] = { "time", UNIT_SECONDS, false, .help = "the whole check" },
	[RESOLVE] = { "resolve", UNIT_SECONDS, false, .help = "finding the address" },
	[CONNECT] = { "connect", UNIT_SECONDS, false, .help = "connecting to it" },
	[GREETING] = { "greeting", UNIT_SECONDS, false,
	    .help = "until the server greets" },
	[TLS] = { "tls", UNIT_SECONDS, false, .help = "handshake and verification",
	    .marks = (const char *const[]){ "starttls", "certificate", NULL } },
	[EHLO] = { "ehlo", UNIT_SECONDS, false,
	    .help = "until it has said what it offers" },
	[AUTH] = { "auth", UNIT_SECONDS, false, .help = "the login" },
	[CERT_DAYS] = { "cert_days", UNIT_DAYS, true,
	    .help = "until the first certificate of the chain expires",
	    .family = "cert_validity", .marks = (const char *const[]){
	    "certificate-expired", "certificate-not-yet-valid", NULL } },
	{ 0 },
};

static const struct server_metrics stages = {
	RESOLVE, CONNECT, GREETING, TLS, EHLO, CERT_DAYS,
};

static const struct cause *const *const causes[] = {
	dns_causes, net_causes, smtp_causes, tls_causes, chain_causes, refusal_causes,
	sasl_causes, scram_causes, envelope_causes, login_causes, secret_causes,
	judge_causes, frame_causes, diag_causes, NULL,
};

/* --- what the options mean together --- */

static int
settle_expectations(const struct conf *c, struct buf *why)
{
	bool in = c->login.user != NULL;

	if (!in && (c->expect == EXPECT_REJECT || c->control != 0))
		return buf_refuse(why, "--expect=reject and --control need a login: -U "
		    "(--user)");
	if (!in && c->login.mechanisms.n > 0 && c->must_reject == NULL)
		return buf_refuse(why,
		    "--mechanism needs -U (--user): without it no login "
		    "is tried");
	if (c->control != 0 && credentials_proof(&c->login) == SASL_CERTIFICATE)
		return buf_refuse(why,
		    "--control needs a login with a password or a token");
	if (c->expect == EXPECT_REJECT && (c->control != 0 || c->from != NULL))
		return buf_refuse(why,
		    "--control and --from need a login that is accepted");
	if (c->must_reject == NULL)
		return 0;
	if (!credentials_allow(&c->login, SASL_PASSWORD))
		return buf_refuse(why,
		    "--must-reject needs a mechanism that works with a "
		    "password");
	if (!in && !c->login.allow_plaintext && c->session.mode == SESSION_TLS_NONE &&
	    !session_is_local(&c->session))
		return buf_refuse(why, "--tls=none would send passwords in clear: add "
		    "--allow-plaintext if that is meant");
	return 0;
}

/* Letters, digits, hyphen and underscore, up to 20 of them (RFC 4422 3.1). */
static bool
are_mechanisms(const struct list *names)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	for (size_t i = 0; i < names->n; i++) {
		size_t n = strlen(names->v[i]);

		if (n > 20 || strspn(names->v[i], letters) != n)
			return false;
	}
	return true;
}

static int
settle_envelope(const struct conf *c, struct buf *why)
{
	if (c->to.n > 0 && c->from == NULL)
		return buf_refuse(why, "--to needs --from");
	if (c->from != NULL && envelope_settle_sender("--from", c->from, why) == -1)
		return -1;
	for (size_t i = 0; i < c->to.n; i++)
		if (envelope_settle_recipient("--to", c->to.v[i], why) == -1)
			return -1;
	return 0;
}

static int
settle(void *conf, struct buf *target, struct buf *why)
{
	struct conf *c = conf;

	if (session_need_host(&c->session, why) == -1 ||
	    session_settle(&c->session, 587, SESSION_TLS_STARTTLS, why) == -1 ||
	    credentials_settle(&c->login, &c->session, why) == -1 ||
	    settle_expectations(c, why) == -1 || settle_envelope(c, why) == -1)
		return -1;
	if (!are_mechanisms(&c->required) || !are_mechanisms(&c->forbidden))
		return buf_refuse(why, "--require-mechanism and --forbid-mechanism take "
		    "names such as SCRAM-SHA-256, separated by commas alone");
	session_name(&c->session, target);
	return 0;
}

/* --- the check --- */

/* What is the same for every address. */
struct check {
	const struct conf	*c;
	const struct env	*env;
	struct sasl_login	 login;
	struct buf		 secret, must_reject;
	struct pairs		 pairs;
};

static int
load_pairs(struct check *k, struct verdict *v, struct diag *d)
{
	const char *path = k->c->must_reject;
	struct buf why = { 0 };
	int rc = 0;

	if (path == NULL)
		return 0;
	if (secret_read(path, "password file", &k->must_reject, v, d) == -1)
		return -1;
	if (k->must_reject.len > 0)
		rc = pairs_parse(&k->pairs, k->must_reject.data, k->must_reject.len,
		    &why);
	if (rc == 0 && k->pairs.n == 0)
		rc = buf_refuse(&why, "there is no login in it");
	if (rc == -1)
		(void)diag_set(d, &secret_missing, "%s: %s", path, buf_str(&why));
	buf_free(&why);
	return rc;
}

/* What is offered against what shall be, each a finding of its own. */
struct offer {
	struct diag	 required, forbidden, cleartext;
};

static void
judge_offer(struct offer *o, const struct smtp *m, const struct conf *c)
{
	(void)login_require(m, &c->required, &o->required);
	(void)login_forbid(m, &c->forbidden, &o->forbidden);
	if (c->forbid_cleartext)
		(void)login_forbid_cleartext(m, &o->cleartext);
}

static void
tell_offer(const struct offer *o, struct verdict *v)
{
	verdict_diag(v, &o->required);
	verdict_diag(v, &o->forbidden);
	verdict_diag(v, &o->cleartext);
}

/* What a look at one server came to, as a sentence that grows. */
struct look {
	const struct check		*k;
	const struct session_server	*server;
	struct verdict			*v;
	struct buf			 said;
	bool				 right;		/* nothing failed so far */
};

static void
say_inventory(struct look *l, const struct session *s)
{
	const char *offered = s->smtp.features.auth;

	(void)buf_addf(&l->said, "%s answers%s%s and offers %s%s", s->peer,
	    s->smtp.encrypted ? " with " : " without TLS",
	    s->smtp.encrypted ? s->tls.version : "",
	    offered[0] != '\0' ? "the logins " : "no login", offered);
	if (l->k->c->must_reject == NULL && l->k->c->from == NULL)
		(void)buf_puts(&l->said, "; no login was tried");
}

/* Would the server take mail? Nothing is sent. */
static int
ask_envelope(struct look *l, struct session *s, struct diag *d)
{
	const struct conf *c = l->k->c;
	const char *from = envelope_sender(c->from);
	struct envelope_mail mail = { from, !envelope_is_ascii(from), 0 };

	for (size_t i = 0; i < c->to.n; i++)
		mail.utf8 = mail.utf8 || !envelope_is_ascii(c->to.v[i]);
	if (envelope_from(&s->smtp, &mail, d) == -1)
		return -1;
	for (size_t i = 0; i < c->to.n; i++)
		if (envelope_to(&s->smtp, c->to.v[i], d) == -1)
			return -1;
	if (c->to.n == 0)
		verdict_note(l->v, "the server lets <%s> begin a message; many servers "
		    "judge the sender only when they hear a recipient: --to", from);
	else
		(void)buf_addf(&l->said, "; mail from <%s> to %zu recipient%s would be "
		    "taken", from, c->to.n, c->to.n == 1 ? "" : "s");
	return envelope_reset(&s->smtp, d);
}

/* Refused, but not so that it would prove anything of user and password. */
static struct diag
unproven(const struct diag *one, const char *name)
{
	struct diag d = { .stage = one->stage };

	diag_heard(&d, one->code, one->proof, strlen(one->proof));
	(void)diag_set(&d, &login_unproven, "%s does not prove that it refuses the "
	    "login: %s", name, one->text);
	return d;
}

/* A refusal is what is wanted; only one that says no to this login is one. */
static void
expect_refusal(struct look *l)
{
	const char *user = l->k->c->login.user;
	struct diag d = { 0 };
	int rc = login_refused(l->server, &l->k->login, "auth", &d);

	l->right = rc == 0;
	if (rc == -1 && (d.cause == &refusal_auth_rejected || d.cause == &refusal_token ||
	    d.cause == &sasl_token_expired))
		d = unproven(&d, l->server->name);
	if (rc == 1)
		(void)diag_set(&d, &login_accepted, "%s accepts the login of %s, which "
		    "it should refuse", l->server->name, user);
	else if (rc == 0)
		(void)buf_addf(&l->said, "%s refused the login of %s, as it should: %s",
		    l->server->name, user, d.proof);
	verdict_diag(l->v, &d);
}

/* What the token says of itself may tell why it was refused. */
static void
remark_token(const char *token, struct verdict *v)
{
	struct buf words = { 0 };

	if (oauth_claims(token, &words) == -1)
		verdict_note(v, "the token is no JWT, so nothing can be read from it");
	else if (words.len > 0)
		verdict_note(v, "the token says: %s", words.data);
	buf_free(&words);
}

/* What may explain a refusal, or remains to be said of a success. */
static void
remark(const struct look *l, const struct session *s, const struct sasl_facts *facts,
    const struct diag *d)
{
	const char *name = facts->mechanism != NULL ? facts->mechanism : "";

	verdict_fact(l->v, "user", "%s", l->k->c->login.user);
	if (facts->mechanism != NULL)
		verdict_fact(l->v, "mechanism", "%s", name);
	if (facts->binding != NULL)
		verdict_fact(l->v, "channel_binding", "%s", facts->binding);
	if (facts->iterations > 0 && facts->iterations < SCRAM_ITERATIONS_LEAST)
		verdict_note(l->v, "the server asks SCRAM for %u iterations only; the "
		    "standard wants %d at least", facts->iterations,
		    SCRAM_ITERATIONS_LEAST);
	if (d->cause == &refusal_token)
		remark_token(l->k->login.secret, l->v);
	if (d->cause == &refusal_auth_rejected &&
	    smtp_offers(&s->smtp.features, "PLAIN") &&
	    (text_starts(name, "SCRAM-") || text_starts(name, "CRAM-")))
		verdict_note(l->v, "%s also fails where the server has no form of this "
		    "password that is made for it%s: try --mechanism=PLAIN", name,
		    facts->binding != NULL ? ", or something between ends the TLS" : "");
}

static int
log_in(struct look *l, struct session *s, struct diag *d)
{
	const struct check *k = l->k;
	struct sasl_facts facts = { 0 };
	int64_t start = clock_nsec();
	int rc = sasl_login(&s->smtp, &k->login, &facts, d);

	remark(l, s, &facts, d);
	if (rc == 0 || refusal_is_no(d))
		verdict_metric(l->v, AUTH, clock_since(start));
	if (rc == -1)
		return -1;
	(void)buf_addf(&l->said, "%s logged in to %s with %s in %.2fs", k->c->login.user,
	    s->peer, facts.mechanism, clock_since(k->env->start));
	return 0;
}

/* The dialogue on the first connection. */
static void
talk(struct look *l, struct session *s, struct diag *d)
{
	const struct conf *c = l->k->c;
	int rc = 0;

	if (c->login.user == NULL)
		say_inventory(l, s);
	else if (c->expect == EXPECT_ACCEPT)
		rc = log_in(l, s, d);
	if (rc == 0 && c->from != NULL)
		rc = ask_envelope(l, s, d);
	l->right = rc == 0;
	if (l->right && c->to.n > 0)
		verdict_note(l->v, "the first hop would take this mail; whether it "
		    "arrives was not looked at");
	else if (l->right && c->login.user != NULL && c->expect == EXPECT_ACCEPT)
		verdict_note(l->v, "this login works; whether mail is taken (--from, "
		    "--to), and whether it arrives, was not looked at");
}

/* A login is looked for on port 25, where servers talk to each other: where is it? */
static void
ask_submission(const struct session_server *server, struct verdict *v)
{
	struct session_conf conf = *server->conf;
	struct env env = *server->env;
	struct net_addresses there = *server->addresses;
	const struct session_server submission = { &conf, &there, server->name, &env };
	struct session s = { 0 };
	struct diag ignored = { 0 };

	conf.port = 587;
	conf.mode = SESSION_TLS_STARTTLS;
	env.by = deadline_share(env.by, 2);
	for (size_t i = 0; i < there.n; i++)
		net_set_port(&there.v[i], 587);
	if (session_open(&s, &submission, &ignored) == 0 &&
	    s.smtp.features.auth[0] != '\0')
		verdict_note(v, "on port 587 the server offers the logins %s",
		    s.smtp.features.auth);
	session_close(&s);
}

/* Those that worked: the first few of them by name. */
static void
add_accepted(struct buf *names, size_t n, const struct pair *pair)
{
	if (n < NAMED_MAX)
		(void)buf_addf(names, "%s%s (line %u)", n > 0 ? ", " : "", pair->user,
		    pair->line);
	else if (n == NAMED_MAX)
		(void)buf_puts(names, " and more");
}

/* Time that runs out says nothing about the server: each refusal may take seconds. */
static void
out_of_time(const struct look *l, size_t done, struct diag *d)
{
	const struct cause *cause = d->cause;
	struct diag late = { .stage = "must-reject" };

	if (deadline_left(l->server->env->by) > 0 || (cause != NULL &&
	    cause != &login_unproven && !cause->timeout))
		return;
	(void)diag_set(&late, &login_unproven, "time ran out after %zu of the %zu logins "
	    "of %s: give more (-t), or a shorter file", done, l->k->pairs.n,
	    l->k->c->must_reject);
	*d = late;
}

/* The logins that must fail, each in sessions of its own. */
static void
try_others(struct look *l)
{
	const struct pairs *pairs = &l->k->pairs;
	struct sasl_login login = l->k->login;
	struct buf names = { 0 };
	struct diag d = { 0 }, found = { .stage = "must-reject" };
	size_t accepted = 0, done = 0, i = 0;
	int rc = 0;

	login.proof = SASL_PASSWORD;
	/* One that proves nothing does not keep the others from being tried. */
	for (; i < pairs->n && (rc != -1 || d.cause == &login_unproven) &&
	    deadline_left(l->server->env->by) > 0; i++) {
		struct diag one = { 0 };
		int end;

		login.user = pairs->v[i].user;
		login.secret = pairs->v[i].password;
		end = login_must_fail(l->server, &login, "must-reject", &one);
		done += end != -1 ? 1 : 0;
		if (end == 1)
			add_accepted(&names, accepted++, &pairs->v[i]);
		if (end == -1 && (rc != -1 || one.cause != &login_unproven)) {
			rc = -1;
			d = one;
		}
	}
	if (rc == -1 || i < pairs->n)
		out_of_time(l, done, &d);
	if (accepted > 0)
		(void)diag_set(&found, &login_default, "%s accepts %zu of the %zu logins "
		    "of %s: %s", l->server->name, accepted, pairs->n,
		    l->k->c->must_reject, buf_str(&names));
	else if (!diag_failed(&d))
		(void)buf_addf(&l->said, "%s%s of %s %s refused", l->said.len > 0 ? "; "
		    : "", pairs->n == 1 ? "the login" : "all logins",
		    l->k->c->must_reject, pairs->n == 1 ? "was" : "were");
	verdict_diag(l->v, &found);
	verdict_diag(l->v, &d);
	buf_free(&names);
}

static void
try_control(struct look *l)
{
	bool same_user = l->k->c->control == CONTROL_SAME_USER;
	struct diag d = { 0 };

	if (login_control(l->server, &l->k->login, same_user, &d) == 0)
		(void)buf_addf(&l->said, "; an invented %s was refused",
		    same_user ? "password" : "login");
	verdict_diag(l->v, &d);
}

/*
 * One server at these addresses, of which the first that answers counts. Of findings that
 * are equally bad the first one is the headline: what is offered comes last.
 */
static void
look(void *arg, size_t i, const struct session_server *server, struct verdict *v)
{
	const struct check *k = arg;
	const struct conf *c = k->c;
	struct look l = { k, server, v, { 0 }, false };
	struct session s = { 0 };
	struct offer offer = { 0 };
	struct diag d = { 0 };
	bool opened = session_open(&s, server, &d) == 0;

	(void)i;
	if (opened) {
		talk(&l, &s, &d);
		judge_offer(&offer, &s.smtp, c);
	}
	verdict_diag(v, &d);
	server_record(&s, &stages, v);
	server_tell(&s, &c->session, v);
	if (c->login.user != NULL && s.smtp.features.auth[0] != '\0')
		verdict_note(v, "the server offers %s", s.smtp.features.auth);
	session_close(&s);
	if (d.cause == &refusal_auth_not_offered && c->session.port == 25)
		ask_submission(server, v);
	if (opened && c->expect == EXPECT_REJECT)
		expect_refusal(&l);
	if (l.right && c->control != 0)
		try_control(&l);
	if (opened && k->pairs.n > 0)
		try_others(&l);
	tell_offer(&offer, v);
	if (l.right)
		verdict_say(v, "%s%s", buf_str(&l.said), s.smtp.encrypted &&
		    c->session.no_verify ? "; certificate not verified" : "");
	else if (l.said.len > 0)
		verdict_note(v, "%s", l.said.data);
	buf_free(&l.said);
}

static void
say_all(const struct conf *c, size_t found, size_t well, struct verdict *v)
{
	struct buf name = { 0 };

	session_name(&c->session, &name);
	if (well < found)
		verdict_note(v, "%zu of %zu addresses of %s are well", well, found,
		    buf_str(&name));
	else if (c->login.user == NULL)
		verdict_say(v, "each address of %s (%zu) answers%s", buf_str(&name), well,
		    c->must_reject == NULL ? "; no login was tried" : "");
	else
		verdict_say(v, c->expect == EXPECT_REJECT
		    ? "%s is refused at each address of %s (%zu), as it should be"
		    : "%s logged in at each address of %s (%zu)", c->login.user,
		    buf_str(&name), well);
	buf_free(&name);
}

static void
run(const void *conf, const struct env *env, struct verdict *v)
{
	const struct conf *c = conf;
	struct check k = { .c = c, .env = env };
	struct diag d = { 0 };
	size_t found = 0, well;

	if (credentials_load(&c->login, &c->session, env, &k.secret, &k.login, v,
	    &d) == -1 || load_pairs(&k, v, &d) == -1) {
		verdict_diag(v, &d);
	} else {
		well = server_each(&c->session, &stages, env, v, &found, look, &k);
		if (c->session.all_addresses && found > 0)
			say_all(c, found, well, v);
	}
	verdict_metric(v, TIME, clock_since(env->start));
	pairs_free(&k.pairs);
	buf_wipe(&k.must_reject);
	buf_wipe(&k.secret);
}

static const struct plugin plugin = {
	.name = "check_smtp_auth",
	.label = "SMTP_AUTH",
	.purpose = "Can this account log in here and submit mail, and if not, "
	    "whose fault is it?",
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
