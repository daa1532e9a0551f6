/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/login.h"
#include "mail/refusal.h"

const struct cause login_ignored = {
	"credentials-ignored", CLASS_AUTH, STATE_CRITICAL,
	"the server accepts a login that nobody has: it does not check passwords",
	"close the server to the outside now, then correct its login backend (a static "
	"or anonymous one, a fall-back that always says yes); a successful login proves "
	"nothing there", false,
};

const struct cause login_default = {
	"default-credentials-accepted", CLASS_AUTH, STATE_CRITICAL,
	"the server accepts a login that must not work, such as a shipped default",
	"change that password or delete the account now, and look in the server's log "
	"for those who used it", false,
};

const struct cause login_accepted = {
	"login-accepted", CLASS_AUTH, STATE_CRITICAL,
	"the server accepts a login that the check expects to be refused",
	"if the account was closed or its password changed, it was not done here; if "
	"the login is right, drop --expect=reject", false,
};

const struct cause login_unproven = {
	"control-inconclusive", CLASS_AUTH, STATE_UNKNOWN,
	"a login that must fail failed for another reason, so nothing is proven",
	"look at what the server said: a broken backend or a limit on logins is a "
	"trouble of its own, and --control counts as failed logins there", false,
};

const struct cause login_missing = {
	"mechanism-missing", CLASS_POLICY, STATE_CRITICAL,
	"the server does not offer a login mechanism that it has to offer",
	"enable it on the server (Postfix asks Dovecot or Cyrus SASL: auth_mechanisms, "
	"mech_list), or correct --require-mechanism", false,
};

const struct cause login_forbidden = {
	"mechanism-forbidden", CLASS_POLICY, STATE_CRITICAL,
	"the server offers a login mechanism that it must not offer",
	"disable it on the server (auth_mechanisms in Dovecot, mech_list in Cyrus SASL, "
	"the authenticators of Exim)", false,
};

const struct cause login_cleartext = {
	"cleartext-auth-offered", CLASS_POLICY, STATE_CRITICAL,
	"the server offers logins on a connection that is not encrypted",
	"let it offer AUTH only after STARTTLS: smtpd_tls_auth_only=yes in Postfix, "
	"auth_advertise_hosts in Exim, the p option of DaemonPortOptions in Sendmail",
	false,
};

cause_table login_causes = {
	&login_ignored, &login_default, &login_accepted, &login_unproven, &login_missing,
	&login_forbidden, &login_cleartext, NULL,
};

/* With these a server can check a password whatever it keeps of it. */
static char *const plain_names[] = { "PLAIN", "LOGIN" };

/* How one try of a login went. */
struct attempt {
	char		*plain[LEN(plain_names)];	/* those that are offered, and
							 * allowed, beside the one used */
	size_t		 nplain;
};

/* A server may also let in without the proof that SCRAM asks it for, or too late. */
static bool
let_in(int rc, const struct session *s)
{
	return rc == 0 || s->smtp.reply.code == 235;
}

static void
find_plain(struct attempt *a, const struct smtp *m, const struct sasl_login *login,
    const char *used)
{
	a->nplain = 0;
	for (size_t i = 0; i < LEN(plain_names); i++) {
		char *name = plain_names[i];

		if (used == NULL || strcmp(used, name) == 0 ||
		    login->proof != SASL_PASSWORD)
			return;
		if (smtp_offers(&m->features, name) && (login->mechanisms.n == 0 ||
		    list_has(&login->mechanisms, name)))
			a->plain[a->nplain++] = name;
	}
}

/* In the transcript, connections should be told apart. */
static void
tell_try(const struct trace *trace, const char *user, const char *stage)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "a login of %s that must fail (%s)", user,
	    stage);
	trace_line(trace, '*', line, strlen(line));
}

/* One try, in a session of its own. 1: accepted, 0: refused, -1: neither. */
static int
attempt(const struct session_server *server, const struct sasl_login *login,
    const char *stage, struct attempt *a, struct diag *d)
{
	struct sasl_facts facts = { 0 };
	struct session s = { 0 };
	struct diag one = { 0 };
	int rc;

	tell_try(server->env->trace, login->user, stage);
	rc = session_open(&s, server, d);
	if (rc == 0) {
		diag_at(d, stage);
		rc = sasl_login(&s.smtp, login, &facts, &one);
		find_plain(a, &s.smtp, login, facts.mechanism);
		diag_heard(d, one.code, one.proof, strlen(one.proof));
		if (let_in(rc, &s))
			rc = 1;
		else if (!refusal_is_no(&one))
			(void)diag_set(d, one.cause, "%s", one.text);
		else
			rc = 0;
	}
	session_close(&s);
	return rc;
}

/*
 * SCRAM and CRAM-MD5 are refused too where the password is right and stored in another
 * form, so a server that also offers PLAIN or LOGIN is asked with that as well.
 */
int
login_refused(const struct session_server *server, const struct sasl_login *login,
    const char *stage, struct diag *d)
{
	struct attempt a = { .nplain = 0 }, again;
	struct sasl_login plainly = *login;
	struct diag one = { 0 }, two = { 0 };
	int strongest = attempt(server, login, stage, &a, &one), plain = 0;

	if (strongest != 1 && a.nplain > 0) {
		plainly.mechanisms = (struct list){ a.plain, a.nplain };
		plain = attempt(server, &plainly, stage, &again, &two);
	}
	/* Whichever says yes counts; then whichever proves nothing. */
	if (strongest == 1 || two.stage == NULL || (strongest == -1 && plain != 1)) {
		*d = one;
		return strongest;
	}
	*d = two;
	return plain;
}

int
login_must_fail(const struct session_server *server, const struct sasl_login *login,
    const char *stage, struct diag *d)
{
	struct diag one = { 0 };
	int rc = login_refused(server, login, stage, &one);

	if (rc != -1 || (one.stage != NULL && strcmp(one.stage, stage) != 0)) {
		*d = one;
		return rc;
	}
	diag_at(d, stage);
	diag_heard(d, one.code, one.proof, strlen(one.proof));
	return diag_set(d, &login_unproven, "%s should have refused a login, but: %s "
	    "(%s)", server->name, one.text, one.cause->slug);
}

/* A name and a secret that nobody has: no random ones, for logs should be readable. */
static int
invent(const struct sasl_login *login, const struct env *env, struct buf *user,
    struct buf *secret, struct diag *d)
{
	const char *domain = strrchr(login->user, '@');
	unsigned long long mark = (unsigned long long)env->start;

	(void)buf_addf(user, "no-such-user-%llx%s", mark & 0xffffff,
	    domain != NULL ? domain : "");
	(void)buf_addf(secret, "no-such-password-%llx", mark);
	return user->failed || secret->failed ? diag_nomem(d) : 0;
}

int
login_control(const struct session_server *server, const struct sasl_login *login,
    bool same_user, struct diag *d)
{
	struct sasl_login wrong = *login;
	struct buf user = { 0 }, secret = { 0 };
	int rc = invent(login, server->env, &user, &secret, d);

	if (rc == 0) {
		wrong.user = same_user ? login->user : buf_str(&user);
		wrong.secret = buf_str(&secret);
		rc = login_must_fail(server, &wrong, "control", d);
	}
	if (rc == 1)
		rc = diag_set(d, &login_ignored, "%s accepts %s with an invented %s",
		    server->name, same_user ? login->user : "an invented user",
		    login->proof == SASL_TOKEN ? "token" : "password");
	buf_free(&user);
	buf_free(&secret);
	return rc;
}

/* Those of the names that are offered, or those that are not, apart by blanks. */
static void
select_names(const struct smtp *m, const struct list *names, bool offered,
    struct buf *out)
{
	for (size_t i = 0; i < names->n; i++)
		if ((smtp_offers(&m->features, names->v[i]) ||
		    (offered && smtp_offers(&m->before_tls, names->v[i]))) == offered)
			(void)buf_addf(out, "%s%s", out->len > 0 ? " " : "", names->v[i]);
}

static const char *
or_none(const char *words)
{
	return words[0] != '\0' ? words : "none";
}

int
login_require(const struct smtp *m, const struct list *names, struct diag *d)
{
	struct buf missing = { 0 };
	int rc = 0;

	diag_at(d, "mechanisms");
	select_names(m, names, false, &missing);
	if (missing.failed)
		rc = diag_nomem(d);
	else if (missing.len > 0)
		rc = diag_set(d, &login_missing, "%s does not offer %s; it offers "
		    "%s%s%s%s", m->stream.peer, missing.data, or_none(m->features.auth),
		    m->upgraded ? " (before STARTTLS: " : "",
		    m->upgraded ? or_none(m->before_tls.auth) : "",
		    m->upgraded ? ")" : "");
	buf_free(&missing);
	return rc;
}

int
login_forbid(const struct smtp *m, const struct list *names, struct diag *d)
{
	struct buf present = { 0 };
	int rc = 0;

	diag_at(d, "mechanisms");
	select_names(m, names, true, &present);
	if (present.failed)
		rc = diag_nomem(d);
	else if (names->n > 0 && (m->features.cut || m->before_tls.cut))
		rc = diag_set(d, &reply_too_long, "%s offers more login mechanisms, or "
		    "longer ones, than there can be", m->stream.peer);
	else if (present.len > 0)
		rc = diag_set(d, &login_forbidden, "%s offers %s, which it must not",
		    m->stream.peer, present.data);
	buf_free(&present);
	return rc;
}

int
login_forbid_cleartext(const struct smtp *m, struct diag *d)
{
	const char *offered = m->upgraded ? m->before_tls.auth
	    : m->encrypted || m->protected ? "" : m->features.auth;
	bool cut = m->upgraded ? m->before_tls.cut
	    : !m->encrypted && !m->protected && m->features.cut;

	diag_at(d, "mechanisms");
	if (offered[0] == '\0' && !cut)
		return 0;
	return diag_set(d, &login_cleartext, "%s offers the logins %s%s without "
	    "encryption", m->stream.peer, offered, cut ? " and others" : "");
}
