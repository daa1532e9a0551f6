/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can this account log in here and submit mail, and if not, whose fault is it? */

#include <string.h>

#include "base/text.h"
#include "frame/opt_mail.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "mail/refusal.h"
#include "mail/sasl.h"
#include "mail/session.h"
#include "wire/dns.h"

struct conf {
	struct session_conf	 session;
	char			*user;
	struct secret_conf	 secret;
	struct list		 mechanisms;
	bool			 allow_plaintext;
};

static const char *const tls_modes[] = OPT_TLS_CHOICES;

static const struct opt connect_rows[] = {
	OPTS_CONNECT(struct conf, session,
	    "TCP port (default: 587; 465 means --tls=implicit, and the other way round)"),
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
	{ '\0', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", NULL,
	    "use one of these mechanisms only, separated by commas (default: the "
	    "strongest that is offered)", sasl_known },
	{ '\0', "allow-plaintext", OPT_FLAG(struct conf, allow_plaintext), NULL, NULL,
	    "send the password even where others can read it" },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Server", connect_rows },
	{ "Encryption", tls_rows },
	{ "Login", login_rows },
	{ NULL, NULL },
};

enum { TIME, RESOLVE, CONNECT, GREETING, TLS, EHLO, AUTH, CERT_DAYS };

static const struct metric metrics[] = {
	[TIME] = { "time", UNIT_SECONDS, false, NULL, NULL, "the whole check" },
	[RESOLVE] = { "resolve", UNIT_SECONDS, false, NULL, NULL, "finding the address" },
	[CONNECT] = { "connect", UNIT_SECONDS, false, NULL, NULL, "connecting to it" },
	[GREETING] = { "greeting", UNIT_SECONDS, false, NULL, NULL,
	    "until the server greets" },
	[TLS] = { "tls", UNIT_SECONDS, false, NULL, NULL, "handshake and verification" },
	[EHLO] = { "ehlo", UNIT_SECONDS, false, NULL, NULL,
	    "until it has said what it offers" },
	[AUTH] = { "auth", UNIT_SECONDS, false, NULL, NULL, "the login" },
	[CERT_DAYS] = { "cert_days", UNIT_DAYS, true, NULL, NULL,
	    "days until the first certificate of the chain expires" },
	{ 0 },
};

static const struct cause *const *const causes[] = {
	dns_causes, net_causes, smtp_causes, tls_causes, chain_causes, refusal_causes,
	sasl_causes, secret_causes, judge_causes, frame_causes, diag_causes, NULL,
};

static int
refuse(struct buf *why, const char *sentence)
{
	(void)buf_puts(why, sentence);
	return -1;
}

static int
settle(void *conf, struct buf *target, struct buf *why)
{
	struct conf *c = conf;
	bool secret;

	if (session_settle(&c->session, 587, SESSION_TLS_STARTTLS, why) == -1 ||
	    secret_settle(&c->secret, &secret, why) == -1)
		return -1;
	if (c->user != NULL && !secret)
		return refuse(why, "-U (--user) needs a password: --password-file, "
		    "--password-env or password= in an ini file");
	if (c->user == NULL && (secret || c->mechanisms.n > 0))
		return refuse(why, "a password or --mechanism needs -U (--user): without "
		    "it no login is tried");
	if (c->user != NULL && c->session.mode == SESSION_TLS_NONE && !c->allow_plaintext)
		return refuse(why, "--tls=none would send the password in clear: add "
		    "--allow-plaintext if that is meant");
	session_name(&c->session, target);
	return 0;
}

/* Logs in, if that is asked for, and says what was seen. */
static int
log_in(struct session *s, const struct conf *c, const char *password,
    const struct env *env, struct verdict *v, struct diag *d)
{
	struct sasl_login login = {
		.user = c->user, .password = password, .mechanisms = c->mechanisms,
		.allow_plaintext = c->allow_plaintext,
	};
	const char *offered = s->smtp.features.auth, *mechanism = NULL;
	const char *doubt = s->encrypted && c->session.no_verify
	    ? "; certificate not verified" : "";
	int64_t start = clock_nsec();

	if (c->user == NULL) {
		verdict_say(v, "%s answers%s%s and offers %s%s; no login was tried%s",
		    s->peer, s->encrypted ? " with " : " without TLS",
		    s->encrypted ? s->tls.version : "",
		    offered[0] != '\0' ? "the logins " : "no login", offered, doubt);
		return 0;
	}
	if (sasl_login(&s->smtp, &login, &mechanism, d) == -1)
		return -1;
	verdict_metric(v, AUTH, clock_since(start));
	verdict_say(v, "%s logged in to %s with %s in %.2fs%s", c->user, s->peer,
	    mechanism, clock_since(env->start), doubt);
	verdict_note(v, "a login proves that the account may submit mail, not that mail "
	    "arrives: only the first hop was looked at");
	return 0;
}

static void
record(const struct session *s, const struct env *env, struct verdict *v)
{
	const struct session_times *t = &s->times;
	const struct { size_t metric; double seconds; } stages[] = {
		{ TIME, clock_since(env->start) }, { RESOLVE, t->resolve },
		{ CONNECT, t->connect }, { GREETING, t->greeting }, { TLS, t->tls },
		{ EHLO, t->ehlo },
	};

	for (size_t i = 0; i < LEN(stages); i++)
		if (stages[i].seconds > 0)
			verdict_metric(v, stages[i].metric, stages[i].seconds);
	if (s->chain.known)
		verdict_metric(v, CERT_DAYS, s->chain.days);
}

/* What an administrator should know whatever the outcome. */
static void
advise(const struct session *s, const struct conf *c, struct verdict *v)
{
	char address[NET_TEXT_MAX];

	if (s->times.connect > 0)
		verdict_note(v, "connected to %s%s%s",
		    net_address_text(&s->address, address),
		    s->dead[0] != '\0' ? "; before it, " : "", s->dead);
	if (s->encrypted)
		verdict_note(v, "%s, %s, certificate \"%s\"%s", s->tls.version,
		    s->tls.cipher, s->chain.subject,
		    c->session.no_verify ? " (not verified)" : "");
	if (s->smtp.before_tls.auth[0] != '\0')
		verdict_note(v, "before STARTTLS the server offers %s",
		    s->smtp.before_tls.auth);
	if (s->smtp.features.auth[0] != '\0')
		verdict_note(v, "the server offers %s", s->smtp.features.auth);
}

static void
run(const void *conf, const struct env *env, struct verdict *v)
{
	const struct conf *c = conf;
	struct buf password = { 0 };
	struct session s = { 0 };
	struct diag d = { 0 };

	if (secret_load(&c->secret, &password, v, &d) == 0 &&
	    session_open(&s, &c->session, env, &d) == 0)
		(void)log_in(&s, c, buf_str(&password), env, v, &d);
	verdict_diag(v, &d);
	record(&s, env, v);
	advise(&s, c, v);
	session_close(&s);
	buf_wipe(&password);
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
