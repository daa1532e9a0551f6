/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/refusal.h"
#include "mail/smtp.h"
#include "wire/tls.h"

const struct cause refusal_auth_rejected = {
	"auth-rejected", CLASS_AUTH, STATE_CRITICAL,
	"the server refuses this user name and password",
	"check user name and password: is the name an address there, was the password "
	"changed, is a product's shipped default still in place? The server's log names "
	"the reason: a broken login backend may look like this too", false,
};

const struct cause refusal_auth_temporary = {
	"auth-temporary", CLASS_AUTH, STATE_CRITICAL,
	"the server could not check the password: its own login service does not work",
	"the account is not to blame: look at the server's login backend (Dovecot auth, "
	"saslauthd, LDAP, SQL) and its log", false,
};

const struct cause refusal_auth_mechanism = {
	"auth-mechanism-unavailable", CLASS_AUTH, STATE_CRITICAL,
	"the server and this check have no login mechanism in common",
	"enable a mechanism on the server that this check knows, or, if --mechanism is "
	"given, one of those it names", false,
};

const struct cause refusal_auth_not_offered = {
	"auth-not-offered", CLASS_AUTH, STATE_CRITICAL,
	"a login is configured and the server offers none here",
	"use the submission port (587 or 465) with encryption rather than 25, or enable "
	"AUTH there; if this server needs no login, clear user name and password", false,
};

const struct cause refusal_auth_needs_tls = {
	"auth-needs-tls", CLASS_AUTH, STATE_CRITICAL,
	"the server takes passwords only over an encrypted connection",
	"use --tls=starttls, or --tls=implicit on port 465; clients of this server need "
	"the same setting", false,
};

const struct cause refusal_auth_disabled = {
	"auth-disabled-by-policy", CLASS_AUTH, STATE_CRITICAL,
	"the provider has switched off logins of this kind for the account "
	"or for everyone",
	"use OAuth2 or an app password where the provider wants one, or have its "
	"administrator enable SMTP AUTH for the mailbox", false,
};

const struct cause refusal_auth_throttled = {
	"auth-throttled", CLASS_AUTH, STATE_CRITICAL,
	"the server takes no more logins from here for a while",
	"something logs in too often or with a wrong password: find it before it locks "
	"the account, and check less often", false,
};

const struct cause refusal_account_locked = {
	"account-locked", CLASS_AUTH, STATE_CRITICAL,
	"the account is locked, disabled or expired",
	"have the account unlocked or its password renewed; look for a client that still "
	"uses an old password", false,
};

const struct cause refusal_token = {
	"token-rejected", CLASS_AUTH, STATE_CRITICAL,
	"the server refuses this bearer token",
	"check what the token says: is it for this account, from the issuer and for the "
	"audience that the server trusts, with a scope for SMTP, not expired, and did "
	"the user or an administrator consent? A clock that is wrong here or there makes "
	"a fresh token look old", false,
};

const struct cause refusal_tls_required = {
	"tls-required", CLASS_TLS, STATE_CRITICAL,
	"the server wants an encrypted connection before this command",
	"use --tls=starttls, or --tls=implicit on port 465; clients of this server need "
	"the same setting", false,
};

const struct cause refusal_relay_denied = {
	"relay-denied", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no mail from this client for that recipient's domain",
	"if this server is responsible for the domain, add the domain to those it is the "
	"destination of or relays for (relay_domains, accepted domains, rcpthosts); if "
	"it shall relay for this client, log in or add this client's address to its "
	"trusted networks; if neither, this is as it should be", false,
};

const struct cause refusal_relay_temporary = {
	"relay-denied-temporarily", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no mail from this client for that recipient's domain, and says "
	"so as if it were for now",
	"treat it as relay-denied: senders try for days before their mail comes back. "
	"Postfix does this by default (defer_unauth_destination); "
	"reject_unauth_destination makes it final once the list of domains is right",
	false,
};

const struct cause refusal_relay_login = {
	"relay-needs-login", CLASS_POLICY, STATE_CRITICAL,
	"the server takes this mail only from clients that have logged in",
	"log in (-U and a password), best on the submission port (587 or 465); if this "
	"was said after a login, the server does not count it: look at its relay rules "
	"(Postfix: permit_sasl_authenticated; Office 365: SMTP AUTH for the mailbox); if "
	"this client shall send without, let the server trust its address", false,
};

const struct cause refusal_recipient_unknown = {
	"recipient-unknown", CLASS_POLICY, STATE_CRITICAL,
	"the server knows no such recipient",
	"check the address for typing errors and whether mailbox or alias exist; on a "
	"gateway or backup server, whether its list of recipients is up to date", false,
};

const struct cause refusal_recipient = {
	"recipient-refused", CLASS_POLICY, STATE_CRITICAL,
	"the server refuses this recipient",
	"look at the server's words and into its log for the rule that refuses: an "
	"access list, a mailbox that is disabled or restricted to some senders, or a "
	"domain that is not set up there", false,
};

const struct cause refusal_greylisted = {
	"greylisted", CLASS_POLICY, STATE_WARNING,
	"the server makes a sender that it does not know try again later",
	"nothing is wrong if a later run passes; let the server except this client's "
	"address, or expect it with --state greylisted=ok", false,
};

const struct cause refusal_deferred = {
	"deferred", CLASS_POLICY, STATE_WARNING,
	"the server does not take this mail for now",
	"look at the server's words and into its log: a service it needs (DNS, LDAP, "
	"SQL, a filter) does not answer, its disk is full, or the next server does not "
	"take the mail", false,
};

const struct cause refusal_sender = {
	"sender-refused", CLASS_POLICY, STATE_CRITICAL,
	"the server refuses the sender's address",
	"use an address that the login owns (or have the right to send as it granted), "
	"in a domain that exists in the DNS, has MX or address records and, if it has an "
	"SPF record, names this client there", false,
};

const struct cause refusal_client = {
	"client-blocked", CLASS_POLICY, STATE_CRITICAL,
	"the server refuses this client because of its address",
	"look the address of this machine up in the block list that the server names, "
	"end what brought it there and ask for its removal; give the address a name in "
	"the DNS that leads back to it. If the words speak of an open resolver or of too "
	"many queries, the server may not ask that list: its own DNS set-up is to blame",
	false,
};

const struct cause refusal_size = {
	"message-too-large", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no message of that size",
	"send smaller messages, or raise the limit of the server (message_size_limit, "
	"MaxMessageSize and the like) and of each server behind it", false,
};

const struct cause refusal_rate = {
	"rate-limited", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no more for now: this client, account or sender has reached a "
	"limit of connections, recipients or messages",
	"find what sends or connects that much, perhaps with a stolen password; if it is "
	"right, spread it or have the limit raised", false,
};

const struct cause refusal_mailbox_full = {
	"mailbox-full", CLASS_POLICY, STATE_WARNING,
	"the recipient's mailbox is full",
	"have the recipient make room, or raise the quota", false,
};

cause_table refusal_causes = {
	&refusal_auth_rejected, &refusal_auth_temporary, &refusal_auth_mechanism,
	&refusal_auth_not_offered, &refusal_auth_needs_tls, &refusal_auth_disabled,
	&refusal_auth_throttled, &refusal_account_locked, &refusal_token,
	&refusal_tls_required, &refusal_relay_denied, &refusal_relay_temporary,
	&refusal_relay_login, &refusal_recipient_unknown, &refusal_recipient,
	&refusal_greylisted, &refusal_deferred, &refusal_sender, &refusal_client,
	&refusal_size, &refusal_rate, &refusal_mailbox_full, NULL,
};

/* What servers say that do not relay, for now or for good. */
#define RELAY_DENIALS \
	"relay access denied|relaying|relay not|relay denied|relay rejected|to relay|" \
	"not relay|" \
	"credentials for relay|rcpthosts|not a gateway|cannot deliver mail for|" \
	"delivery is not allowed"

/*
 * A row matches when everything it names fits; 0 and NULL name nothing, no stage "mail"
 * and "rcpt", a code below 10 a first digit. The first match wins.
 */
static const struct row {
	const char	*stage;
	int		 code;
	const char	*enhanced;	/* whole, or ".2.2" of either class */
	unsigned	 offered;	/* bits that must be among those offered */
	const struct cause *cause;
	const char	*wording;	/* in any case, anywhere in the text: one of
					 * these, apart by '|' */
} rows[] = {
	/* clang-format off */
	/*
	 * Office 365 says 5.7.139 of a wrong password too, 5.7.3 where SMTP AUTH is off.
	 */
	{ "auth", 0,   NULL,      0, &refusal_auth_rejected,
	    "credentials were incorrect|invalid credentials|invalid user|invalid login|"
	    "incorrect user|incorrect login|username or password|user name or password|"
	    "username and password" },
	{ "auth", 0,   "5.7.139", 0, &refusal_auth_disabled, NULL },
	{ "auth", 0,   "5.7.57",  0, &refusal_auth_disabled, NULL },
	{ "auth", 0,   "5.7.3",   0, &refusal_auth_disabled,
	    "outlook.com|exchangelabs.com" },
	{ "auth", 0,   NULL,      0, &refusal_auth_disabled,
	    "authentication is disabled|basic authentication is not" },
	/* Gmail and others: the password alone does not do. */
	{ "auth", 0,   "5.7.14",  0, &refusal_auth_disabled, NULL },
	{ "auth", 0,   NULL,      0, &refusal_auth_disabled,
	    "your web browser|specific password|application password|app password|"
	    "authorization code|access rights to this service|user has no permission" },
	/* What was refused is this client, or the server could not look: no password. */
	{ "auth", 0,   NULL,      0, &refusal_client,
	    "blocked using|spamhaus|blacklisted|your ip is|your ip has|your ip address|"
	    "ip address has been|is banned|been banned|been temporarily banned|"
	    "country is blocked|ip not allowed|ip address not allowed|"
	    "from this location" },
	{ "auth", 5,   NULL,      0, &refusal_auth_throttled,
	    "throttl|rate exceeded|try again later|too frequent" },
	{ "auth", 5,   NULL,      0, &refusal_auth_temporary,
	    "internal error|internal server|internal auth|internal login|internal fail|"
	    "backend unavail|backend timeout|backend error|ldap lookup|ldap error|"
	    "to ldap|database error|sql error|to database|system error|server error|"
	    "temporary auth|temporary fail|temporarily unavail|service unavail|"
	    "timed out|connection lost|connection refused|server is down|at present|"
	    "authentication daemon" },
	/* For good, so that it does not hide a wrong password, only in telling words. */
	{ "auth", 4,   NULL,      0, &refusal_auth_throttled, "too many" },
	{ "auth", 0,   NULL,      0, &refusal_auth_throttled,
	    "too many attempt|too many auth|too many bad|too many conc|"
	    "too many connection|too many error|too many fail|too many invalid|"
	    "too many login|too many request|too many unsuccessful|too many wrong|"
	    "rate limit|limit exceeded|credits exceeded|temporarily blocked" },
	{ "auth", 0,   "5.7.13",  0, &refusal_account_locked, NULL },
	{ "auth", 0,   "4.7.12",  0, &refusal_account_locked, NULL },
	{ "auth", 0,   NULL,      0, &refusal_account_locked,
	    "account is locked|account locked|account has been locked|locked out|"
	    "account is disabled|account disabled|account has been disabled|"
	    "user is disabled|account suspended|account is suspended|"
	    "account has been suspended|user suspended|user is suspended|"
	    "password has expired|password expired|passphrase expired|passphrase locked|"
	    "account expired|account has expired" },
	/*
	 * Cyrus SASL behind Postfix: saslauthd is away, or none of its mechanisms works.
	 * Dovecot behind Postfix: its service does not run.
	 */
	{ "auth", 0,   NULL,      0, &refusal_auth_temporary,
	    "generic failure|to authentication server|"
	    "authentication server unavailable" },
	{ "auth", 0,   NULL,      0, &refusal_auth_mechanism,
	    "no mechanism available|no verifier for user|too weak|"
	    "invalid authentication mech|unsupported authentication mech" },
	{ "auth", 0,   NULL,      0, &refusal_auth_needs_tls,
	    "encryption required|encryption needed|required for authentication" },
	{ "auth", 0,   NULL,      0, &refusal_tls_required, "STARTTLS" },
	/* RFC 4954 6 and RFC 5248; 5.5.6: the line is too long for this mechanism. */
	{ "auth", 0,   "5.7.10",  0, &refusal_auth_needs_tls, NULL },
	{ "auth", 0,   "5.7.11",  0, &refusal_auth_needs_tls, NULL },
	{ "auth", 0,   "5.7.8",   0, &refusal_auth_rejected, NULL },
	{ "auth", 0,   "5.7.9",   0, &refusal_auth_mechanism, NULL },
	{ "auth", 504, NULL,      0, &refusal_auth_not_offered, "not enabled" },
	{ "auth", 0,   "5.5.4",   0, &refusal_auth_mechanism, NULL },
	{ "auth", 0,   "5.5.6",   0, &refusal_auth_mechanism, NULL },
	{ "auth", 538, NULL,      0, &refusal_auth_needs_tls, NULL },
	{ "auth", 534, NULL,      0, &refusal_auth_mechanism, NULL },
	{ "auth", 530, NULL,      0, &refusal_tls_required, NULL },
	{ "auth", 525, NULL,      0, &refusal_account_locked, NULL },
	{ "auth", 523, NULL,      0, &refusal_auth_needs_tls, NULL },
	{ "auth", 504, NULL,      0, &refusal_auth_mechanism, NULL },
	/* No AUTH as yet, where STARTTLS is offered: it comes after it (RFC 3207 4.2). */
	{ "auth", 503, NULL,      REFUSAL_STARTTLS, &refusal_auth_needs_tls, NULL },
	{ "auth", 503, NULL,      0, &refusal_auth_not_offered, NULL },
	{ "auth", 502, NULL,      REFUSAL_STARTTLS, &refusal_auth_needs_tls, NULL },
	{ "auth", 502, NULL,      0, &refusal_auth_not_offered, NULL },
	{ "auth", 500, NULL,      REFUSAL_STARTTLS, &refusal_auth_needs_tls, NULL },
	{ "auth", 500, NULL,      0, &refusal_auth_not_offered, NULL },
	{ "auth", 501, NULL,      0, &refusal_auth_mechanism, NULL },
	{ "auth", 432, NULL,      0, &refusal_account_locked, NULL },
	{ "auth", 4,   NULL,      0, &refusal_auth_temporary, NULL },
	{ "auth", 5,   NULL,      0, &refusal_auth_rejected, NULL },
	/* postscreen: 4.3.2 to a client not known yet, below 5.3.2 to one on its list. */
	{ NULL,   4,   NULL,      0, &refusal_greylisted, "greylist|graylist" },
	{ NULL,   450, "4.3.2",   0, &refusal_greylisted,
	    "service currently unavailable" },
	{ NULL,   4,   NULL,      0, &refusal_deferred, "verification in progress" },
	{ NULL,   0,   NULL,      0, &refusal_tls_required,
	    "STARTTLS|TLS required|TLS is required|encryption required" },
	{ NULL,   0,   "5.7.10",  0, &refusal_tls_required, NULL },
	/* Before the relay: "Relaying denied. Proper authentication required." */
	{ NULL,   0,   NULL,      0, &refusal_relay_login,
	    "authentication required|authentication is required|requires authentication|"
	    "without authentication|must authenticate|must be authenticated|"
	    "not authenticated|unauthenticated|authenticate first|auth first|"
	    "auth command first|SMTP authentication|not logged in|pop before" },
	{ NULL,   0,   "5.7.57",  0, &refusal_relay_login, NULL },
	/* Sizes before limits, and those of who sends before those of who receives. */
	{ NULL,   0,   "5.3.4",   0, &refusal_size, NULL },
	{ NULL,   0,   "5.2.3",   0, &refusal_size, NULL },
	{ NULL,   0,   NULL,      0, &refusal_size,
	    "message size|message too|message length" },
	{ NULL,   0,   NULL,      0, &refusal_rate,
	    "too many|too much mail|rate limit|limit exceeded|exceeded a limit|"
	    "exceeded the max|exceeded threshold|sending limit|sending quota|"
	    "sending rate|submission rate|daily limit|count quota|submission quota|"
	    "submissionquota|throttl|unexpected volume" },
	/* Postfix defers by default (454 4.7.1), Sendmail without a PTR record. */
	{ NULL,   4,   NULL,      0, &refusal_deferred, "temporarily unavailable" },
	{ NULL,   4,   NULL,      0, &refusal_relay_temporary, RELAY_DENIALS },
	{ NULL,   0,   NULL,      0, &refusal_relay_denied, RELAY_DENIALS },
	{ NULL,   0,   "5.7.54",  0, &refusal_relay_denied, NULL },
	{ NULL,   0,   "5.7.64",  0, &refusal_relay_denied, NULL },
	/* Postfix refuses client, hello and sender at rcpt (smtpd_delay_reject). */
	{ NULL,   0,   NULL,      0, &refusal_sender,
	    "sender address|not owned by|send as|sendasdenied|to send from|from address|"
	    "not verified|sender domain|envelope sender|sender envelope|null sender|"
	    "not local sender|authorized user|spam abuse detected|SPF fail|SPF policy" },
	{ NULL,   5,   NULL,      0, &refusal_sender, "sender verify" },
	{ NULL,   0,   "5.7.60",  0, &refusal_sender, NULL },
	{ NULL,   0,   "5.7.23",  0, &refusal_sender, NULL },
	{ NULL,   0,   ".1.7",    0, &refusal_sender, NULL },
	{ NULL,   0,   ".1.8",    0, &refusal_sender, NULL },
	{ NULL,   0,   NULL,      0, &tls_client_refused, "client certificate" },
	{ "ehlo", 0,   NULL,      0, &tls_client_refused, "client certificate" },
	{ "greeting", 0, NULL,    0, &tls_client_refused, "client certificate" },
	{ NULL,   0,   NULL,      0, &smtp_ehlo_refused,
	    "helo command|invalid helo|helo host|helo first|helo/ehlo" },
	{ NULL,   0,   NULL,      0, &refusal_client,
	    "client host|blocked using|blocked - see|blacklist|black list|block list|"
	    "blocklist|dnsbl|spamhaus|listed at|reputation|IP address|your IP|this IP|"
	    "sending IP|IP name lookup|IP not in whitelist|reverse DNS|PTR record" },
	{ NULL,   5,   "5.3.2",   0, &refusal_client, "service currently unavailable" },
	{ "rcpt", 0,   ".2.2",    0, &refusal_mailbox_full, NULL },
	{ "rcpt", 0,   NULL,      0, &refusal_mailbox_full,
	    "mailbox full|mailbox is full|over quota|quota exceeded|storage allocation" },
	/* Exchange Online: 5.4.1 and 5.1.10; RFC 7505: 5.1.10, a null MX. */
	{ "rcpt", 0,   "5.1.1",   0, &refusal_recipient_unknown, NULL },
	{ "rcpt", 0,   "5.1.10",  0, &refusal_recipient_unknown, NULL },
	{ "rcpt", 0,   ".1.2",    0, &refusal_recipient_unknown, NULL },
	{ "rcpt", 0,   "5.4.1",   0, &refusal_recipient_unknown, NULL },
	{ "rcpt", 0,   NULL,      0, &refusal_recipient_unknown,
	    "#5.1.1|user unknown|unknown user|recipient unknown|unknown recipient|"
	    "not found|does not exist|doesn't exist|doesn't have a|no such|no mailbox|"
	    "not a valid|unrouteable" },
	{ "rcpt", 5,   NULL,      0, &refusal_recipient_unknown, "mailbox unavailable" },
	/* 530 and, before any recipient, 503: the server misses a step that it offers. */
	{ NULL,   530, NULL,      REFUSAL_STARTTLS, &refusal_tls_required, NULL },
	{ NULL,   530, NULL,      0, &refusal_relay_login, NULL },
	{ "mail", 503, NULL,      REFUSAL_STARTTLS, &refusal_tls_required, NULL },
	{ "mail", 503, NULL,      REFUSAL_AUTH, &refusal_relay_login, NULL },
	{ "mail", 552, NULL,      0, &refusal_size, NULL },
	{ "rcpt", 552, NULL,      0, &refusal_mailbox_full, NULL },
	{ "rcpt", 551, NULL,      0, &refusal_relay_denied, NULL },
	{ NULL,   4,   NULL,      0, &refusal_deferred, NULL },
	{ "mail", 5,   NULL,      0, &refusal_sender, NULL },
	{ "rcpt", 5,   NULL,      0, &refusal_recipient, NULL },
	/* clang-format on */
};

static bool
stage_matches(const struct row *row, const char *stage)
{
	if (row->stage == NULL)
		return strcmp(stage, "mail") == 0 || strcmp(stage, "rcpt") == 0;
	return strcmp(stage, row->stage) == 0;
}

static bool
enhanced_matches(const struct row *row, const struct reply *r)
{
	const char *whole = r->enhanced;

	if (row->enhanced == NULL)
		return true;
	if (whole[0] == '\0')
		return false;
	return strcmp(row->enhanced[0] == '.' ? whole + 1 : whole, row->enhanced) == 0;
}

/* Does the text hold one of the words? */
static bool
says(const char *text, const char *words)
{
	while (*words != '\0') {
		char word[48];
		size_t n = strcspn(words, "|");

		text_copy(word, sizeof(word), words, n);
		if (text_find(text, word) != NULL)
			return true;
		words += n + (words[n] == '|' ? 1 : 0);
	}
	return false;
}

static bool
matches(const struct row *row, const char *stage, const struct reply *r,
    unsigned offered)
{
	int code = row->code < 10 ? r->code / 100 : r->code;

	return stage_matches(row, stage) && (row->code == 0 || row->code == code) &&
	    enhanced_matches(row, r) && (row->offered & ~offered) == 0 &&
	    (row->wording == NULL || says(buf_str(&r->text), row->wording));
}

static const struct row *
find(const char *stage, const struct reply *r, unsigned offered)
{
	for (size_t i = 0; r->code >= 400 && i < LEN(rows); i++)
		if (matches(&rows[i], stage, r, offered))
			return &rows[i];
	return NULL;
}

/* Has the row nothing to go by but the first digit? */
static bool
last_resort(const struct row *row)
{
	return row->code < 10 && row->enhanced == NULL && row->wording == NULL;
}

const struct cause *
refusal_known(const char *stage, const struct reply *r, unsigned offered)
{
	const struct row *row = find(stage, r, offered);

	return row != NULL && !last_resort(row) ? row->cause : NULL;
}

const struct cause *
refusal_cause(const char *stage, const struct reply *r, unsigned offered)
{
	const struct row *row = find(stage, r, offered);

	return row != NULL ? row->cause : &reply_bad;
}

bool
refusal_is_no(const struct diag *d)
{
	if (d->cause == &refusal_auth_rejected || d->cause == &refusal_token)
		return d->code == 535 || d->code == 334;
	return d->code >= 500 && (d->cause == &refusal_account_locked ||
	    d->cause == &refusal_auth_disabled);
}
