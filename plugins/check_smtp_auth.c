/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can this account log in here and submit mail, and if not, whose fault is it? */

#include <string.h>

#include "base/text.h"
#include "frame/each.h"
#include "frame/opt_mail.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "mail/envelope.h"
#include "mail/login.h"
#include "mail/pairs.h"
#include "mail/refusal.h"
#include "mail/sasl_scram.h"
#include "wire/dns.h"


/* In the order of the choices, from 1. */
enum { EXPECT_ACCEPT = 1, EXPECT_REJECT };
enum { CONTROL_INVENTED = 1, CONTROL_SAME_USER };

struct conf {
	struct session_conf	 session;
	char			*user;
	struct secret_conf	 secret;
	struct secret_conf	 token;		/* its file alone */
	struct list		 mechanisms;
	bool			 allow_plaintext;
	int			 expect;
	int			 control;	/* 0: none */
	char			*must_reject;
	char			*from;
	struct list		 to;
	struct list		 required, forbidden;	/* mechanisms */
	bool			 forbid_cleartext;
};

static const char *const tls_modes[] = OPT_TLS_CHOICES;
static const char *const proxies[] = OPT_PROXY_CHOICES;
static const char *const expectations[] = { "accept", "reject", NULL };
static const char *const controls[] = { "invented", "same-user", NULL };

static const struct opt connect_rows[] = {
	OPTS_CONNECT(struct conf, session,
	    "TCP port (default: 587; 465 means --tls=implicit, and the other way round)",
	    proxies),
	{ 0 },
};

static const struct opt tls_rows[] = {
	OPTS_TLS(struct conf, session, tls_modes),
	{ 0 },
};

static const struct opt login_rows[] = {
	{ 'U', "user", OPT_STRING(struct conf, user), "NAME", NULL,
	    "log in as this user; without it only what the server offers is looked at" },
	OPTS_SECRET(struct conf, secret),
	OPT_ALIAS("authuser", OPT_STRING(struct conf, user), "NAME"),
	OPT_ALIAS("authpass", OPT_SECRET(struct conf, secret.password), "PASSWORD"),
	{ '\0', "token-file", OPT_STRING(struct conf, token.file), "FILE", NULL,
	    "log in with the bearer token (OAuth 2) that is the one line of this file" },
	{ '\0', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", NULL,
	    "use one of these mechanisms only, separated by commas (default: the "
	    "strongest that is offered)", sasl_known },
	{ '\0', "allow-plaintext", OPT_FLAG(struct conf, allow_plaintext), NULL, NULL,
	    "send the password even where others can read it" },
	{ '\0', "expect", OPT_CHOICE(struct conf, expect), "RESULT", "accept",
	    "how the login shall end", expectations },
	{ '\0', "from", OPT_STRING(struct conf, from), "ADDRESS", NULL,
	    "after the login, ask whether mail from this address is taken (<>: the null "
	    "sender); none is sent" },
	{ '\0', "to", OPT_LIST(struct conf, to), "ADDRESS", NULL,
	    "and for this recipient (repeatable)" },
	{ 0 },
};

static const struct opt proof_rows[] = {
	{ '\0', "control", OPT_CHOICE(struct conf, control), "HOW", NULL,
	    "after the login, try one with an invented user and password, which must "
	    "fail; same-user keeps the user", controls, .optional = true },
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
	{ "What must not be", proof_rows },
	{ NULL, NULL },
};

enum { TIME, RESOLVE, CONNECT, GREETING, TLS, EHLO, AUTH, CERT_DAYS };

static const struct metric metrics[] = {
	[TIME] = { "time", UNIT_SECONDS, false, .help = "the whole check" },
	[RESOLVE] = { "resolve", UNIT_SECONDS, false, .help = "finding the address" },
	[CONNECT] = { "connect", UNIT_SECONDS, false, .help = "connecting to it" },
	[GREETING] = { "greeting", UNIT_SECONDS, false,
	    .help = "until the server greets" },
	[TLS] = { "tls", UNIT_SECONDS, false, .help = "handshake and verification" },
	[EHLO] = { "ehlo", UNIT_SECONDS, false,
	    .help = "until it has said what it offers" },
	[AUTH] = { "auth", UNIT_SECONDS, false, .help = "the login" },
	[CERT_DAYS] = { "cert_days", UNIT_DAYS, true,
	    .help = "until the first certificate of the chain expires",
	    .family = "cert_validity" },
	{ 0 },
};

static const struct cause *const *const causes[] = {
	dns_causes, net_causes, smtp_causes, tls_causes, chain_causes, refusal_causes,
	sasl_causes, scram_causes, login_causes, secret_causes, judge_causes,
	frame_causes, diag_causes, NULL,
};

/* --- what the options mean together --- */

static int
refuse(struct buf *why, const char *sentence)
{
	(void)buf_puts(why, sentence);
	return -1;
}

/* What the user proves who he is with, as far as the options tell. */
static enum sasl_proof
proof(const struct conf *c)
{
	if (c->token.file != NULL)
		return SASL_TOKEN;
	return c->mechanisms.n == 1 &&
	    sasl_works_with(c->mechanisms.v[0], SASL_CERTIFICATE)
	    ? SASL_CERTIFICATE : SASL_PASSWORD;
}

static int
settle_login(const struct conf *c, bool secret, struct buf *why)
{
	enum sasl_proof with = proof(c);
	bool usable = c->mechanisms.n == 0;

	if (secret && c->token.file != NULL)
		return refuse(why, "a password and --token-file exclude each other");
	if (with == SASL_PASSWORD && !secret)
		return refuse(why, "-U (--user) needs a password: --password-file, "
		    "--password-env or password= in an ini file; or --token-file");
	if (with == SASL_CERTIFICATE && c->session.tls.client_cert == NULL)
		return refuse(why, "--mechanism=EXTERNAL needs --client-cert");
	for (size_t i = 0; i < c->mechanisms.n; i++)
		usable = usable || sasl_works_with(c->mechanisms.v[i], with);
	if (!usable)
		return refuse(why, with == SASL_TOKEN
		    ? "--mechanism names none that works with a token"
		    : "--mechanism names none that works with a password");
	if (c->control != 0 && with == SASL_CERTIFICATE)
		return refuse(why, "--control needs a login with a password or a token");
	if (c->expect == EXPECT_REJECT && (c->control != 0 || c->from != NULL))
		return refuse(why, "--control and --from need a login that is accepted");
	return 0;
}

/* What needs a login when there is none. */
static int
settle_no_login(const struct conf *c, bool secret, struct buf *why)
{
	if (secret || c->token.file != NULL)
		return refuse(why, "a password or token needs -U (--user): without it no "
		    "login is tried");
	if (c->expect == EXPECT_REJECT || c->control != 0 || c->from != NULL)
		return refuse(why, "--expect=reject, --control and --from need a login: "
		    "-U (--user)");
	if (c->mechanisms.n > 0 && c->must_reject == NULL)
		return refuse(why, "--mechanism needs -U (--user): without it no login "
		    "is tried");
	return 0;
}

static int
settle_envelope(const struct conf *c, struct buf *why)
{
	if (c->to.n > 0 && c->from == NULL)
		return refuse(why, "--to needs --from");
	if (c->from != NULL && strcmp(c->from, "<>") != 0 &&
	    !envelope_is_address(c->from))
		return refuse(why, "--from takes an address such as user@example.org, or "
		    "<> for the null sender");
	for (size_t i = 0; i < c->to.n; i++)
		if (!envelope_is_address(c->to.v[i]))
			return refuse(why, "--to takes an address such as "
			    "user@example.org");
	return 0;
}

static int
settle(void *conf, struct buf *target, struct buf *why)
{
	struct conf *c = conf;
	bool secret;

	if (session_settle(&c->session, 587, SESSION_TLS_STARTTLS, why) == -1 ||
	    secret_settle(&c->secret, &secret, why) == -1 ||
	    (c->user != NULL ? settle_login(c, secret, why)
	    : settle_no_login(c, secret, why)) == -1 || settle_envelope(c, why) == -1)
		return -1;
	if ((c->user != NULL || c->must_reject != NULL) && !c->allow_plaintext &&
	    c->session.mode == SESSION_TLS_NONE && !session_is_local(&c->session))
		return refuse(why, "--tls=none would send the password in clear: add "
		    "--allow-plaintext if that is meant");
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
	struct net_addresses	 all;
};

static int
load_pairs(struct check *k, struct verdict *v, struct diag *d)
{
	const char *path = k->c->must_reject;
	struct buf why = { 0 };
	int rc = 0;

	if (path == NULL)
		return 0;
	if (secret_read(path, "file of passwords", &k->must_reject, v, d) == -1)
		return -1;
	if (k->must_reject.len > 0)
		rc = pairs_parse(&k->pairs, k->must_reject.data, k->must_reject.len,
		    &why);
	if (rc == 0 && k->pairs.n == 0)
		rc = refuse(&why, "there is no login in it");
	if (rc == -1)
		(void)diag_set(d, &secret_missing, "%s: %s", path, buf_str(&why));
	buf_free(&why);
	return rc;
}

/* OpenSSL reads the key itself; who else may is asked here. */
static int
look_at_key(const struct conf *c, struct verdict *v, struct diag *d)
{
	const struct tls_conf *tls = &c->session.tls;
	const char *path = tls->client_key != NULL ? tls->client_key : tls->client_cert;
	struct buf key = { 0 };
	int rc = path != NULL ? secret_read(path, "key file", &key, v, d) : 0;

	buf_wipe(&key);
	return rc;
}

static int
load(struct check *k, struct verdict *v, struct diag *d)
{
	const struct conf *c = k->c;
	bool token = c->token.file != NULL;

	if (secret_load(token ? &c->token : &c->secret, token ? "token" : "password",
	    &k->secret, v, d) == -1 || load_pairs(k, v, d) == -1 ||
	    look_at_key(c, v, d) == -1)
		return -1;
	k->login = (struct sasl_login){
		.user = c->user, .proof = proof(c), .secret = buf_str(&k->secret),
		.mechanisms = c->mechanisms, .allow_plaintext = c->allow_plaintext,
		.host = c->session.host, .port = c->session.port, .now = k->env->now,
	};
	return 0;
}

/* What has to be offered and what must not, each a finding of its own. */
static void
judge_mechanisms(const struct smtp *m, const struct conf *c, struct verdict *v)
{
	struct diag required = { 0 }, forbidden = { 0 }, cleartext = { 0 };

	(void)login_require(m, &c->required, &required);
	(void)login_forbid(m, &c->forbidden, &forbidden);
	if (c->forbid_cleartext)
		(void)login_forbid_cleartext(m, &cleartext);
	verdict_diag(v, &required);
	verdict_diag(v, &forbidden);
	verdict_diag(v, &cleartext);
}

static const char *
doubt(const struct session *s, const struct conf *c)
{
	return s->smtp.encrypted && c->session.no_verify ? "; certificate not verified"
	    : "";
}

static void
say_inventory(const struct session *s, const struct conf *c, struct verdict *v)
{
	const char *offered = s->smtp.features.auth;

	verdict_say(v, "%s answers%s%s and offers %s%s%s%s", s->peer,
	    s->smtp.encrypted ? " with " : " without TLS",
	    s->smtp.encrypted ? s->tls.version : "",
	    offered[0] != '\0' ? "the logins " : "no login", offered,
	    c->must_reject == NULL ? "; no login was tried" : "", doubt(s, c));
}

/* Would the server take mail? Nothing is sent. */
static int
ask_envelope(struct session *s, const struct conf *c, struct verdict *v, struct diag *d)
{
	const char *from = c->from == NULL || strcmp(c->from, "<>") == 0 ? "" : c->from;

	if (c->from == NULL)
		return 0;
	if (envelope_from(&s->smtp, from, d) == -1)
		return -1;
	for (size_t i = 0; i < c->to.n; i++)
		if (envelope_to(&s->smtp, c->to.v[i], d) == -1)
			return -1;
	verdict_note(v, "the server takes mail from <%s>%s%s%s", from,
	    c->to.n > 0 ? " to <" : "", c->to.n > 0 ? c->to.v[0] : "",
	    c->to.n > 1 ? "> and the others" : c->to.n > 0 ? ">" : "");
	return envelope_reset(&s->smtp, d);
}

/* A refusal is what is wanted; only one that says no to this login is one. */
static int
expect_refusal(const struct session *s, const struct check *k, int rc,
    const struct diag *one, struct verdict *v, struct diag *d)
{
	if (rc == 0)
		return diag_set(d, &login_accepted, "%s accepts the login of %s, which "
		    "it should refuse", s->peer, k->c->user);
	if (refusal_is_no(one->cause)) {
		verdict_say(v, "%s refused the login of %s, as it should: %s", s->peer,
		    k->c->user, one->proof);
		return 0;
	}
	*d = *one;
	return -1;
}

/* What may explain a refusal, or remains to be said of a success. */
static void
remark(const struct session *s, const struct sasl_facts *facts, const struct diag *d,
    struct verdict *v)
{
	const char *name = facts->mechanism != NULL ? facts->mechanism : "";

	verdict_fact(v, "mechanism", "%s", name);
	if (facts->binding != NULL)
		verdict_fact(v, "channel_binding", "%s", facts->binding);
	if (facts->iterations > 0 && facts->iterations < SCRAM_ITERATIONS_LEAST)
		verdict_note(v, "the server asks SCRAM for %u iterations only; the "
		    "standard wants %d at least", facts->iterations,
		    SCRAM_ITERATIONS_LEAST);
	if (diag_failed(d) && refusal_is_no(d->cause) &&
	    smtp_offers(&s->smtp.features, "PLAIN") &&
	    (text_starts(name, "SCRAM-") || text_starts(name, "CRAM-")))
		verdict_note(v, "%s works only where the server keeps the password in a "
		    "form made for it; --mechanism=PLAIN shows whether that is it", name);
}

static int
log_in(struct session *s, const struct check *k, struct verdict *v, struct diag *d)
{
	struct sasl_facts facts = { 0 };
	struct diag one = { 0 };
	int64_t start = clock_nsec();
	int rc = sasl_login(&s->smtp, &k->login, &facts, &one);

	diag_at(d, "auth");
	remark(s, &facts, &one, v);
	if (k->c->expect == EXPECT_REJECT)
		return expect_refusal(s, k, rc, &one, v, d);
	if (rc == -1) {
		*d = one;
		return -1;
	}
	verdict_metric(v, AUTH, clock_since(start));
	verdict_say(v, "%s logged in to %s with %s in %.2fs%s", k->c->user, s->peer,
	    facts.mechanism, clock_since(k->env->start), doubt(s, k->c));
	verdict_note(v, "a login proves that the account may submit mail, not that mail "
	    "arrives: only the first hop was looked at");
	return ask_envelope(s, k->c, v, d);
}

static void
record(const struct session *s, struct verdict *v)
{
	const struct session_times *t = &s->times;
	const struct { size_t metric; double seconds; } stages[] = {
		{ CONNECT, t->connect }, { GREETING, t->greeting }, { TLS, t->tls },
		{ EHLO, t->ehlo },
	};

	for (size_t i = 0; i < LEN(stages); i++)
		if (stages[i].seconds > 0)
			verdict_metric(v, stages[i].metric, stages[i].seconds);
	if (s->chain.known)
		verdict_metric(v, CERT_DAYS, s->chain.days);
}

/* A line for people and what it holds for machines. */
static void
advise_tls(const struct session *s, const struct conf *c, struct verdict *v)
{
	if (!s->smtp.encrypted)
		return;
	verdict_note(v, "%s, %s, certificate \"%s\"%s", s->tls.version, s->tls.cipher,
	    s->chain.subject, c->session.no_verify ? " (not verified)" : "");
	verdict_fact(v, "tls_version", "%s", s->tls.version);
	verdict_fact(v, "tls_cipher", "%s", s->tls.cipher);
	verdict_fact(v, "certificate", "%s", s->chain.subject);
	verdict_fact(v, "certificate_verified", s->smtp.protected && !c->session.no_verify
	    ? "yes" : "no");
}

/* What an administrator should know whatever the outcome. */
static void
advise(const struct session *s, const struct conf *c, struct verdict *v)
{
	char address[NET_TEXT_MAX];

	if (s->times.connect > 0) {
		verdict_note(v, "connected to %s%s%s",
		    net_address_text(&s->address, address),
		    s->dead[0] != '\0' ? "; before it, " : "", s->dead);
		verdict_fact(v, "address", "%s", address);
	}
	advise_tls(s, c, v);
	if (s->smtp.before_tls.auth[0] != '\0') {
		verdict_note(v, "before STARTTLS the server offers %s",
		    s->smtp.before_tls.auth);
		verdict_fact(v, "logins_before_tls", "%s", s->smtp.before_tls.auth);
	}
	if (s->smtp.features.auth[0] != '\0') {
		verdict_note(v, "the server offers %s", s->smtp.features.auth);
		verdict_fact(v, "logins", "%s", s->smtp.features.auth);
	}
}

/* A login is looked for on port 25, where servers talk to each other: where is it? */
static void
ask_submission(const struct check *k, const struct net_addresses *all,
    const char *name, struct verdict *v)
{
	struct session_conf conf = k->c->session;
	struct env env = *k->env;
	struct net_addresses there = *all;
	struct session s = { 0 };
	struct diag ignored = { 0 };

	conf.port = 587;
	conf.mode = SESSION_TLS_STARTTLS;
	env.by = deadline_share(env.by, 2);
	for (size_t i = 0; i < there.n; i++)
		net_set_port(&there.v[i], 587);
	if (session_open(&s, &conf, &there, name, &env, &ignored) == 0 &&
	    s.smtp.features.auth[0] != '\0')
		verdict_note(v, "on port 587 the server offers the logins %s",
		    s.smtp.features.auth);
	session_close(&s);
}

/* The logins that must fail, each in a session of its own. */
static void
try_others(const struct check *k, const struct login_server *server, struct verdict *v)
{
	struct sasl_login login = k->login;
	size_t refused = 0;

	login.proof = SASL_PASSWORD;
	for (size_t i = 0; i < k->pairs.n; i++) {
		struct diag d = { 0 };
		int rc;

		login.user = k->pairs.v[i].user;
		login.secret = k->pairs.v[i].password;
		rc = login_must_fail(server, &login, "must-reject", &d);
		if (rc == 1)
			(void)diag_set(&d, &login_default, "%s accepts the login of %s "
			    "from line %u of %s", server->name, login.user,
			    k->pairs.v[i].line, k->c->must_reject);
		verdict_diag(v, &d);
		refused += rc == 0 ? 1 : 0;
		if (rc == -1)
			break;
	}
	if (refused == k->pairs.n && k->c->user == NULL)
		verdict_say(v, "%s refused all %zu logins of %s", server->name, refused,
		    k->c->must_reject);
	else
		verdict_note(v, "%zu of the %zu logins of %s were refused", refused,
		    k->pairs.n, k->c->must_reject);
}

static void
try_control(const struct check *k, const struct login_server *server, struct verdict *v)
{
	bool same_user = k->c->control == CONTROL_SAME_USER;
	struct diag d = { 0 };

	if (login_control(server, &k->login, same_user, &d) == 0)
		verdict_note(v, "the server refuses an invented %s",
		    same_user ? "password" : "login");
	verdict_diag(v, &d);
}

/*
 * One server at these addresses, of which the first that answers counts. Of findings that
 * are equally bad the first one is the headline: what is offered comes last.
 */
static void
look(const struct check *k, const struct net_addresses *all, const char *name,
    const struct env *env, struct verdict *v)
{
	const struct conf *c = k->c;
	const struct login_server server = { &c->session, all, name, env };
	struct session s = { 0 };
	struct diag d = { 0 };
	bool opened = session_open(&s, &c->session, all, name, env, &d) == 0;
	bool in = opened && c->user != NULL && log_in(&s, k, v, &d) == 0;

	if (opened && c->user == NULL)
		say_inventory(&s, c, v);
	verdict_diag(v, &d);
	record(&s, v);
	advise(&s, c, v);
	session_close(&s);
	if (d.cause == &refusal_auth_not_offered && c->session.port == 25)
		ask_submission(k, all, name, v);
	if (in && c->control != 0)
		try_control(k, &server, v);
	if (opened && k->pairs.n > 0)
		try_others(k, &server, v);
	if (opened)
		judge_mechanisms(&s.smtp, c, v);
}

/* --- every address at once --- */

static void
look_at_one(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	const struct check *k = arg;
	struct net_addresses one = { .n = 1, .v[0] = k->all.v[i] };
	char address[NET_TEXT_MAX], name[NET_TEXT_MAX + 8];

	net_name(name, sizeof(name), net_address_text(&one.v[0], address),
	    (uint16_t)k->c->session.port);
	look(k, &one, name, env, v);
}

static void
say_all(const struct check *k, const char *name, size_t well, struct verdict *v)
{
	const struct conf *c = k->c;

	if (well < k->all.n)
		verdict_note(v, "%zu of %zu addresses of %s are well", well, k->all.n,
		    name);
	else if (c->user == NULL)
		verdict_say(v, "all %zu addresses of %s answer; no login was tried", well,
		    name);
	else
		verdict_say(v, c->expect == EXPECT_REJECT
		    ? "%s is refused at all %zu addresses of %s, as it should be"
		    : "%s logged in at all %zu addresses of %s", c->user, well, name);
}

static void
look_at_all(struct check *k, const char *name, struct verdict *v)
{
	struct list addresses = { 0 };
	char text[NET_TEXT_MAX];

	for (size_t i = 0; i < k->all.n; i++)
		if (list_add(&addresses, net_address_text(&k->all.v[i], text)) == -1)
			v->broken = true;
	if (!v->broken)
		say_all(k, name, each_object(v, k->env, &addresses, look_at_one, k), v);
	list_free(&addresses);
}

static void
run(const void *conf, const struct env *env, struct verdict *v)
{
	const struct conf *c = conf;
	struct check k = { .c = c, .env = env };
	struct diag d = { 0 };
	struct buf name = { 0 };
	double resolve = 0;

	session_name(&c->session, &name);
	if (load(&k, v, &d) == -1 ||
	    session_resolve(&c->session, env, &k.all, &resolve, &d) == -1)
		verdict_diag(v, &d);
	else if (c->session.all_addresses)
		look_at_all(&k, buf_str(&name), v);
	else
		look(&k, &k.all, buf_str(&name), env, v);
	if (resolve > 0)
		verdict_metric(v, RESOLVE, resolve);
	verdict_metric(v, TIME, clock_since(env->start));
	pairs_free(&k.pairs);
	buf_wipe(&k.must_reject);
	buf_wipe(&k.secret);
	buf_free(&name);
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
