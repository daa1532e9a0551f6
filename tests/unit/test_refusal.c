/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "mail/refusal.h"
#include "mail/smtp.h"
#include "wire/tls.h"
#include "unit/unit.h"

#define BOTH (REFUSAL_STARTTLS | REFUSAL_AUTH)

/* A reply of these lines: apart by LF, as they are sent. */
static struct reply
reply_of(const char *stage, const char *lines)
{
	struct reply r = { 0 };
	struct diag d = { .stage = stage };
	int more = 1;

	while (more == 1) {
		size_t n = strcspn(lines, "\n");

		more = reply_line(&r, lines, n, &d);
		lines += n + (lines[n] != '\0' ? 1 : 0);
	}
	ck_assert_int_eq(more, 0);
	ck_assert_str_eq(lines, "");
	return r;
}

static const struct cause *
cause_of(const char *stage, unsigned offered, const char *lines)
{
	struct reply r = reply_of(stage, lines);
	const struct cause *cause = refusal_cause(stage, &r, offered);

	reply_free(&r);
	return cause;
}

static const struct {
	const char	*slug, *lines;
} logins[] = {
	/* refused, and not because of the password */
	{ "client-blocked",
	    "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org" },
	{ "client-blocked", "550 5.7.1 Your IP has been temporarily banned" },
	{ "client-blocked", "535 5.7.8 this ip address has been blocked" },
	{ "auth-temporary", "554 5.3.0 LDAP lookup failed" },
	{ "auth-temporary", "535 5.7.0 Internal server error" },
	{ "auth-temporary", "535 5.7.8 Internal error occurred" },
	{ "auth-temporary", "535 5.7.8 authentication backend timeout" },
	{ "auth-temporary", "535 5.7.0 database error" },
	{ "auth-temporary", "535 5.7.8 Temporary authentication failure" },
	{ "auth-temporary", "535 5.7.8 temporary failure" },
	{ "auth-throttled", "550 5.7.0 Login rate exceeded" },
	{ "auth-throttled", "535 5.7.8 failed, login throttled" },
	{ "auth-throttled", "535 Try again later" },
	{ "auth-throttled", "535 5.7.8 logins are too frequent" },
	{ "client-blocked", "535 5.7.8 blacklisted" },
	{ "client-blocked", "535 your IP is not welcome" },
	{ "client-blocked", "550 your IP address 192.0.2.1 was refused" },
	{ "client-blocked", "535 5.7.8 this host is banned" },
	{ "client-blocked", "535 5.7.8 you have been banned" },
	{ "client-blocked", "535 5.7.8 your country is blocked" },
	{ "client-blocked", "535 5.7.8 IP not allowed" },
	{ "client-blocked", "535 5.7.8 IP address not allowed" },
	{ "client-blocked", "535 5.7.8 access denied from this location" },
	{ "auth-temporary", "535 5.7.8 Internal authentication failure" },
	{ "auth-temporary", "535 5.7.8 Internal login failure" },
	{ "auth-temporary", "535 5.7.8 internal failure" },
	{ "auth-temporary", "535 5.7.8 backend unavailable" },
	{ "auth-temporary", "535 5.7.8 backend error" },
	{ "auth-temporary", "535 5.7.8 LDAP error 81" },
	{ "auth-temporary", "535 5.7.8 cannot connect to LDAP" },
	{ "auth-temporary", "535 5.7.8 SQL error" },
	{ "auth-temporary", "535 5.7.8 cannot connect to database" },
	{ "auth-temporary", "535 5.7.8 system error" },
	{ "auth-temporary", "535 5.7.8 server error" },
	{ "auth-temporary", "535 5.7.8 temporarily unavailable" },
	{ "auth-temporary", "535 5.7.8 service unavailable" },
	{ "auth-temporary", "535 5.7.8 the check timed out" },
	{ "auth-temporary", "535 5.7.8 connection lost" },
	{ "auth-temporary", "535 5.7.8 connection refused" },
	{ "auth-temporary", "535 5.7.8 the server is down" },
	{ "auth-temporary", "535 5.7.8 not possible at present" },
	{ "auth-temporary", "535 5.7.8 cannot reach the authentication daemon" },
	/* refused because of it, in words that also speak of something else */
	{ "auth-rejected", "535 5.7.8 Invalid credentials, try again later" },
	{ "auth-rejected", "535 5.7.8 LDAP: invalid credentials" },
	{ "auth-rejected", "535 5.7.8 Invalid user, your IP has been noted" },
	{ "auth-rejected", "535 5.7.8 Invalid login from your IP is logged" },
	{ "auth-rejected", "535 5.7.8 Incorrect user name, try again later" },
	{ "auth-rejected", "535 5.7.8 Incorrect login, try again later" },
	{ "auth-rejected", "535 5.7.0 Bad username or password, or account is locked" },
	{ "auth-rejected", "535 5.7.0 Wrong user name or password, try again later" },
	{ "auth-rejected", "535 check your username and password and try again later" },
	{ "auth-rejected", "535 5.7.8 smtp-backend3.test: authentication failed" },
	{ "auth-rejected", "535 5.7.8 After 5 failures your IP will be banned" },
	/* wrong user or password: Postfix with Cyrus SASL or Dovecot */
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: (reason unavailable)" },
	{ "auth-rejected", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6" },
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: authentication failure" },
	{ "auth-rejected",
	    "535 5.7.0 Error: authentication failed: authentication failure" },
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: another step is needed in "
	    "authentication" },
	{ "auth-rejected", "535 5.7.8 Error: authentication failed: user not found" },
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: see https://example.org/ for too "
	    "many open questions" },
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: deliveries are suspended today" },
	/* Dovecot, Exim, Sendmail, qmail, OpenSMTPD, Courier, hMailServer, Stalwart */
	{ "auth-rejected", "535 5.7.8 Authentication credentials invalid" },
	{ "auth-rejected", "535 5.7.8 Authentication failed." },
	{ "auth-rejected", "535 Incorrect authentication data" },
	{ "auth-rejected", "535 5.7.0 authentication failed" },
	{ "auth-rejected", "535 authorization failed (#5.7.0)" },
	{ "auth-rejected", "535 authentication failed (#5.7.1)" },
	{ "auth-rejected", "535 Authentication failed" },
	{ "auth-rejected",
	    "535 Authentication failed. Restarting authentication process." },
	{ "auth-rejected", "535 5.7.8 Authentication credentials invalid." },
	/* Exchange, Office 365, Gmail, Yahoo, GMX, Zoho, SES, SendGrid, Mailgun */
	{ "auth-rejected", "535 5.7.3 Authentication unsuccessful" },
	{ "auth-rejected",
	    "535 5.7.139 Authentication unsuccessful, the user credentials were "
	    "incorrect. [PH0PR07CA0004.namprd07.prod.outlook.com]" },
	{ "auth-rejected",
	    "535-5.7.8 Username and Password not accepted. For more information, go to\n"
	    "535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1-gsmtp" },
	{ "auth-rejected",
	    "535-5.7.1 Username and Password not accepted.\n"
	    "535 5.7.1  Learn more" },
	{ "auth-rejected", "535 5.7.0 (#MBR1212) Incorrect username or password" },
	{ "auth-rejected", "535 5.7.0 Invalid login or password" },
	{ "auth-rejected", "535 Authentication credentials invalid" },
	{ "auth-rejected", "535 Authentication failed: Bad username / password" },
	{ "auth-rejected", "535 5.7.0 Mailgun is not loving your login or password" },
	/* the server's own backend: Postfix with Cyrus SASL or Dovecot */
	{ "auth-temporary",
	    "454 4.7.0 Temporary authentication failure: Connection lost to "
	    "authentication server" },
	{ "auth-temporary", "454 4.7.0 Temporary authentication failure" },
	{ "auth-temporary", "535 5.7.8 Error: authentication failed: generic failure" },
	{ "auth-temporary",
	    "535 5.7.8 Error: authentication failed: Connection lost to authentication "
	    "server" },
	{ "auth-temporary",
	    "535 5.7.8 Error: authentication failed: Can't connect to authentication "
	    "server" },
	{ "auth-temporary",
	    "535 5.7.8 Error: authentication failed: remote authentication server "
	    "unavailable" },
	{ "auth-temporary", "451 4.3.0 Error: local error in processing" },
	/* Exim, qmail, Sendmail, Courier, Gmail, Exchange, Office 365 */
	{ "auth-temporary", "435 Unable to authenticate at present" },
	{ "auth-temporary", "454 oops, problem with child and I can't auth (#4.3.0)" },
	{ "auth-temporary", "454 4.3.0 Temporary authentication failure" },
	{ "auth-temporary",
	    "454 4.7.0 Cannot authenticate due to temporary system problem, try again "
	    "later" },
	{ "auth-temporary",
	    "454 4.7.0 Temporary authentication failure, WorkerUnavailable" },
	{ "auth-temporary",
	    "451 4.7.0 Temporary server error. Please try again later. PRX4" },
	/* no common ground */
	{ "auth-mechanism-unavailable", "504 5.5.4 Unrecognized authentication type" },
	{ "auth-mechanism-unavailable", "504 5.7.4 Unrecognized authentication type" },
	{ "auth-mechanism-unavailable",
	    "504 PLAIN authentication mechanism not supported" },
	{ "auth-mechanism-unavailable", "504 5.3.3 AUTH mechanism PLAIN not available" },
	{ "auth-mechanism-unavailable", "504 auth type unimplemented (#5.5.1)" },
	{ "auth-mechanism-unavailable",
	    "534 5.7.9 Authentication mechanism is too weak" },
	{ "auth-mechanism-unavailable", "534 use another" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Error: authentication failed: mechanism too weak for this user" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Error: authentication failed: user exists, but no verifier for "
	    "user" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Error: authentication failed: Invalid authentication mechanism" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Error: authentication failed: no mechanism available" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Unsupported authentication mechanism." },
	{ "auth-mechanism-unavailable", "501 5.5.2 Invalid base64 data" },
	{ "auth-mechanism-unavailable", "501 malformed auth input (#5.5.4)" },
	{ "auth-mechanism-unavailable", "501 5.5.4 cannot BASE64 decode ''" },
	{ "auth-mechanism-unavailable",
	    "535 5.5.4 Optional Argument not permitted for that AUTH mode a1-gsmtp" },
	{ "auth-mechanism-unavailable",
	    "500 5.5.6 Authentication exchange line is too long" },
	/* no login here */
	{ "auth-not-offered", "503 5.5.1 Error: authentication not enabled" },
	{ "auth-not-offered", "504 Authentication not enabled." },
	{ "auth-not-offered", "503 AUTH command used when not advertised" },
	{ "auth-not-offered", "503 5.3.3 AUTH not available" },
	{ "auth-not-offered", "503 auth not available (#5.3.3)" },
	{ "auth-not-offered", "503 5.5.1 AUTH not allowed." },
	{ "auth-not-offered", "502 5.5.2 Error: command not recognized" },
	{ "auth-not-offered", "502 5.5.1 Unrecognized command" },
	{ "auth-not-offered", "500 5.5.1 Command unrecognized" },
	{ "auth-not-offered", "502 5.7.0 AUTH not permitted here" },
	{ "auth-not-offered", "502 ESMTP command error" },
	/* a password only behind TLS */
	{ "auth-needs-tls",
	    "538 5.7.11 Encryption required for requested authentication mechanism" },
	{ "auth-needs-tls",
	    "504 5.5.4 Encryption required for requested authentication mechanism" },
	{ "auth-needs-tls",
	    "535 5.7.8 Error: authentication failed: encryption needed to use "
	    "mechanism" },
	{ "auth-needs-tls", "530 A SSL/TLS-connection is required for authentication." },
	{ "auth-needs-tls", "538 auth not available without TLS (#5.3.3)" },
	{ "auth-needs-tls",
	    "523 5.7.10 Plaintext authentication disallowed on non-secure (SSL/TLS) "
	    "connections." },
	{ "tls-required", "530 5.7.0 Must issue a STARTTLS command first" },
	{ "tls-required", "530 5.7.0 TLS required" },
	{ "tls-required", "530 Must issue a STARTTLS command first (#5.7.0)" },
	{ "tls-required", "503 5.5.1 Must issue STARTTLS first" },
	/* switched off, or not with this password: Office 365 */
	{ "auth-disabled-by-policy",
	    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. "
	    "[BM1P287CA0015.INDP287.PROD.OUTLOOK.COM]" },
	{ "auth-disabled-by-policy",
	    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is "
	    "disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more "
	    "information." },
	{ "auth-disabled-by-policy",
	    "535 5.7.139 Authentication unsuccessful, user is locked by your "
	    "organization's security defaults policy" },
	{ "auth-disabled-by-policy",
	    "535 5.7.139 Authentication unsuccessful, the request did not meet the "
	    "criteria to be authenticated successfully" },
	{ "auth-disabled-by-policy",
	    "535 5.7.3 Authentication unsuccessful "
	    "[SN4PR0601CA0002.namprd06.prod.outlook.com]" },
	{ "auth-disabled-by-policy",
	    "530 5.7.57 Client not authenticated to send anonymous mail" },
	{ "auth-disabled-by-policy",
	    "550 5.7.30 Basic authentication is not supported for Client Submission." },
	{ "auth-disabled-by-policy",
	    "535 5.7.8 Authentication is disabled for this service" },
	/* Gmail, iCloud, Mail.ru, Yandex, NetEase, QQ */
	{ "auth-disabled-by-policy",
	    "534-5.7.9 Application-specific password required. For more information,\n"
	    "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor gsmtp" },
	{ "auth-disabled-by-policy",
	    "534-5.7.14 <https://accounts.google.com/signin/continue?x>\n"
	    "534-5.7.14 Please log in via your web\n"
	    "534-5.7.14 browser and then try again.\n"
	    "534 5.7.14  https://support.google.com/mail/answer/78754 a1-gsmtp" },
	{ "auth-disabled-by-policy",
	    "534 5.7.9 Please log in with your web browser and then try again." },
	{ "auth-disabled-by-policy", "535 5.7.0 Application password is REQUIRED" },
	{ "auth-disabled-by-policy", "535 5.7.8 Use an app password" },
	{ "auth-disabled-by-policy", "535 5.7.8 Use an app-specific password" },
	{ "auth-disabled-by-policy",
	    "535 5.7.8 Error: authentication failed: This user does not have access "
	    "rights to this service" },
	{ "auth-disabled-by-policy", "550 User has no permission" },
	{ "auth-disabled-by-policy",
	    "535 Login Fail. Please enter your authorization code to login." },
	/* too often: Gmail, Yahoo, Postfix, Exchange, hMailServer, SendGrid */
	{ "auth-throttled",
	    "454 4.7.0 Too many login attempts, please try again later." },
	{ "auth-throttled", "535 5.7.0 (#AUTH005) Too many bad auth attempts." },
	{ "auth-throttled",
	    "450 4.7.1 Error: too many AUTH commands from unknown[192.0.2.7]" },
	{ "auth-throttled", "454 4.7.0 too many of you" },
	{ "auth-throttled", "450 4.7.1 Error: rate limit exceeded" },
	{ "auth-throttled", "535 5.7.8 rate limited" },
	{ "auth-throttled", "432 4.3.2 Concurrent connections limit exceeded" },
	{ "auth-throttled", "451 Authentication failed: Maximum credits exceeded" },
	{ "auth-throttled", "535 5.7.8 temporarily blocked because of failed logins" },
	{ "auth-throttled", "421 4.7.0 TOO MANY failed authentications" },
	{ "auth-throttled",
	    "535 Authentication failed. Too many invalid logon attempts." },
	{ "auth-throttled", "535 5.7.8 Too many attempts" },
	{ "auth-throttled", "535 5.7.8 Too many authentication attempts" },
	{ "auth-throttled", "535 5.7.8 Too many concurrent sessions" },
	{ "auth-throttled", "554 5.7.0 Too many connections" },
	{ "auth-throttled", "554 5.7.0 Too many errors" },
	{ "auth-throttled", "535 5.7.8 Too many failures" },
	{ "auth-throttled", "535 5.7.8 Too many logins" },
	{ "auth-throttled", "535 5.7.8 Too many requests" },
	{ "auth-throttled", "535 5.7.8 Too many unsuccessful tries" },
	{ "auth-throttled", "535 5.7.8 Too many wrong passwords" },
	/* the account: Dovecot, Cyrus SASL, directories, SendGrid */
	{ "account-locked", "525 5.7.13 Login disabled for this user" },
	{ "account-locked", "535 5.7.8 Account is locked" },
	{ "account-locked", "535 5.7.8 Account locked" },
	{ "account-locked", "535 5.7.8 Your account has been locked" },
	{ "account-locked", "535 5.7.8 You are locked out" },
	{ "account-locked", "535 5.7.1 your account is disabled" },
	{ "account-locked", "535 Authentication failed: account disabled" },
	{ "account-locked", "535 5.7.8 This account has been disabled" },
	{ "account-locked", "535 5.7.8 User is disabled" },
	{ "account-locked", "535 account suspended" },
	{ "account-locked", "535 5.7.8 Account is suspended" },
	{ "account-locked", "535 5.7.8 Your account has been suspended" },
	{ "account-locked", "535 5.7.8 User suspended" },
	{ "account-locked", "535 5.7.8 This user is suspended" },
	{ "account-locked", "535 5.7.8 Error: authentication failed: Password expired" },
	{ "account-locked", "535 5.7.8 Your password has expired" },
	{ "account-locked",
	    "535 5.7.8 Error: authentication failed: passphrase expired, must be reset" },
	{ "account-locked", "535 5.7.8 Error: authentication failed: passphrase locked" },
	{ "account-locked", "535 5.7.8 Account expired" },
	{ "account-locked", "535 5.7.8 Your account has expired" },
	{ "account-locked", "454 4.7.12 A password transition is needed" },
	{ "account-locked", "432 4.7.12 A password transition is needed" },
	{ "account-locked", "432 A password transition is needed" },
	/* whatever the words */
	{ "auth-rejected", "550 5.7.8 no" },
	{ "auth-rejected", "554 5.7.8 no" },
	{ "auth-rejected", "503 5.7.8 no" },
	{ "auth-rejected", "554 5.7.0 no" },
	{ "auth-mechanism-unavailable", "554 5.7.9 no" },
	{ "auth-needs-tls", "554 5.7.10 no" },
	{ "auth-needs-tls", "523 no" },
	{ "auth-needs-tls", "535 5.7.11 no" },
	{ "account-locked", "535 5.7.13 no such luck" },
	{ "account-locked", "525 no such luck" },
};

START_TEST(login)
{
	const struct cause *cause = cause_of("auth", 0, logins[_i].lines);

	ck_assert_msg(strcmp(cause->slug, logins[_i].slug) == 0, "%s: %s",
	    logins[_i].lines, cause->slug);
}
END_TEST

/* MAIL and RCPT: a server may say the same at either. */
static const struct {
	const char	*stage, *slug, *lines;
} envelopes[] = {
	/* Postfix */
	{ "rcpt", "relay-denied", "554 5.7.1 <u@example.net>: Relay access denied" },
	{ "rcpt", "relay-denied-temporarily",
	    "454 4.7.1 <u@example.net>: Relay access denied" },
	{ "rcpt", "recipient-unknown",
	    "550 5.1.1 <u@example.org>: Recipient address rejected: User unknown in "
	    "local recipient table" },
	{ "rcpt", "recipient-unknown",
	    "550 5.1.1 <u@example.org>: Recipient address rejected: User unknown in "
	    "relay recipient table" },
	{ "rcpt", "recipient-unknown",
	    "450 4.1.1 <u@example.org>: Recipient address rejected: User unknown in "
	    "virtual mailbox table" },
	{ "rcpt", "recipient-unknown",
	    "450 4.1.2 <u@example.invalid>: Recipient address rejected: Domain not "
	    "found" },
	{ "rcpt", "recipient-unknown",
	    "556 5.1.10 <u@example.net>: Recipient address rejected: Domain example.net "
	    "does not accept mail (nullMX)" },
	{ "rcpt", "recipient-refused",
	    "554 5.7.1 <u@example.org>: Recipient address rejected: Access denied" },
	{ "rcpt", "recipient-refused",
	    "504 5.5.2 <u>: Recipient address rejected: need fully-qualified address" },
	{ "rcpt", "deferred",
	    "450 4.1.1 <u@example.org>: Recipient address rejected: unverified address: "
	    "Address verification in progress" },
	{ "rcpt", "sender-refused",
	    "553 5.7.1 <a@example.org>: Sender address rejected: not owned by user "
	    "b@example.org" },
	{ "rcpt", "relay-needs-login",
	    "553 5.7.1 <a@example.org>: Sender address rejected: not logged in" },
	{ "rcpt", "sender-refused",
	    "450 4.1.8 <a@example.invalid>: Sender address rejected: Domain not found" },
	{ "mail", "sender-refused",
	    "550 5.1.0 <a@example.org>: Sender address rejected: User unknown in local "
	    "recipient table" },
	{ "rcpt", "deferred",
	    "450 4.1.7 <a@example.org>: Sender address rejected: unverified address: "
	    "Address verification in progress" },
	{ "mail", "sender-refused", "501 5.1.7 Bad sender address syntax" },
	{ "rcpt", "client-blocked",
	    "450 4.7.1 Client host rejected: cannot find your reverse hostname, "
	    "[192.0.2.7]" },
	{ "rcpt", "client-blocked",
	    "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied" },
	{ "rcpt", "client-blocked",
	    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using "
	    "zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7" },
	{ "rcpt", "client-blocked",
	    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using "
	    "zen.spamhaus.org; Error: open resolver; "
	    "https://check.spamhaus.org/returnc/pub/192.0.2.53/" },
	{ "rcpt", "sender-refused",
	    "554 5.7.1 Service unavailable; Sender address [a@example.net] blocked using "
	    "dbl.spamhaus.org" },
	{ "rcpt", "hello-refused",
	    "504 5.5.2 <monitor>: Helo command rejected: need fully-qualified hostname" },
	{ "rcpt", "hello-refused",
	    "450 4.7.1 <monitor.example.org>: Helo command rejected: Host not found" },
	{ "mail", "hello-refused", "503 5.5.1 Error: send HELO/EHLO first" },
	{ "mail", "message-too-large", "552 5.3.4 Message size exceeds fixed limit" },
	{ "mail", "rate-limited", "450 4.7.1 Error: too much mail from 192.0.2.7" },
	{ "rcpt", "rate-limited", "450 4.7.1 Error: too many recipients from 192.0.2.7" },
	{ "rcpt", "rate-limited", "452 4.5.3 Error: too many recipients" },
	{ "rcpt", "rate-limited", "421 4.7.0 mx.example.org Error: too many errors" },
	{ "mail", "tls-required", "530 5.7.0 Must issue a STARTTLS command first" },
	{ "mail", "deferred", "451 4.3.0 <a@example.org>: Temporary lookup failure" },
	{ "rcpt", "deferred", "451 4.3.5 Server configuration error" },
	{ "mail", "deferred", "452 4.3.1 Insufficient system storage" },
	/* postscreen, milters, spamdyke, policy services (greylisting, quotas, SPF) */
	{ "rcpt", "greylisted", "450 4.3.2 Service currently unavailable" },
	{ "rcpt", "client-blocked", "550 5.3.2 Service currently unavailable" },
	{ "rcpt", "client-blocked",
	    "550 5.7.1 Service unavailable; client [192.0.2.7] blocked using "
	    "b.barracudacentral.org" },
	{ "rcpt", "greylisted",
	    "450 4.2.0 <u@example.org>: Recipient address rejected: Greylisted, see "
	    "http://postgrey.schweikert.ch/help/example.org.html" },
	{ "rcpt", "greylisted",
	    "451 4.7.1 Greylisting in action, please come back in 00:05:00" },
	{ "rcpt", "greylisted",
	    "451 Your address has been graylisted. Try again later." },
	{ "rcpt", "deferred", "451 4.7.1 Service unavailable - try again later" },
	{ "rcpt", "recipient-refused", "554 5.7.1 Command rejected" },
	{ "rcpt", "rate-limited",
	    "554 5.7.1 <u@example.net>: Recipient address rejected: Policy Rejection; "
	    "Message count quota exceeded." },
	{ "rcpt", "sender-refused",
	    "550 5.7.23 <u@example.org>: Recipient address rejected: Message rejected "
	    "due to: SPF fail - not authorized" },
	{ "rcpt", "sender-refused", "550 <a@example.net>: Reject due to SPF policy." },
	/* Exim, Debian's configuration and cPanel's */
	{ "rcpt", "relay-denied", "550 relay not permitted" },
	{ "rcpt", "relay-needs-login", "550 authentication required" },
	{ "rcpt", "relay-needs-login",
	    "550 relay not permitted, authentication required" },
	{ "rcpt", "relay-needs-login",
	    "550-Please turn on SMTP Authentication in your mail client.\n"
	    "550-monitor.example.org [192.0.2.7] is not permitted to relay through this "
	    "server\n"
	    "550 without authentication." },
	{ "rcpt", "recipient-unknown", "550 Unrouteable address" },
	{ "rcpt", "recipient-refused", "550 restricted characters in address" },
	{ "rcpt", "recipient-refused", "550 Administrative prohibition" },
	{ "rcpt", "sender-refused",
	    "550-Verification failed for <a@example.invalid>\n"
	    "550-The mail server could not deliver mail to a@example.invalid.\n"
	    "550 Sender verify failed" },
	{ "rcpt", "deferred", "451 Could not complete sender verify callout" },
	{ "rcpt", "deferred", "451 Temporary local problem - please try later" },
	{ "mail", "sender-refused", "501 a: sender address must contain a domain" },
	{ "rcpt", "sender-refused",
	    "550-sender envelope address a@example.net is locally blacklisted here. If "
	    "you\n"
	    "550 think this is wrong, get in touch with postmaster" },
	{ "rcpt", "client-blocked",
	    "550-sender IP address 192.0.2.7 is locally blacklisted here. If you think\n"
	    "550 this is wrong, get in touch with postmaster" },
	{ "rcpt", "client-blocked",
	    "550-rejected because 192.0.2.7 is in a black list at bl.example.org\n"
	    "550 https://bl.example.org/192.0.2.7" },
	{ "mail", "message-too-large", "552 Message size exceeds maximum permitted" },
	{ "mail", "rate-limited", "421 too many messages in this connection" },
	{ "rcpt", "rate-limited",
	    "550 Domain example.org has exceeded the max emails per hour (100/100 "
	    "(100%)) allowed. Message discarded." },
	{ "rcpt", "hello-refused",
	    "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)" },
	/* Sendmail */
	{ "rcpt", "relay-denied", "550 5.7.1 <u@example.net>... Relaying denied" },
	{ "rcpt", "relay-denied",
	    "550 5.7.1 <u@example.net>... Relaying denied. IP name lookup failed "
	    "[192.0.2.7]" },
	{ "rcpt", "relay-needs-login",
	    "550 5.7.1 <u@example.net>... Relaying denied. Proper authentication "
	    "required." },
	{ "rcpt", "relay-denied-temporarily",
	    "450 4.7.1 <u@example.net>... Relaying temporarily denied. Cannot resolve "
	    "PTR record for 192.0.2.7" },
	{ "rcpt", "recipient-unknown", "550 5.1.1 <u@example.org>... User unknown" },
	{ "rcpt", "recipient-unknown",
	    "550 5.1.2 <u@example.invalid>... Host unknown (Name server: "
	    "example.invalid: host not found)" },
	{ "mail", "sender-refused",
	    "553 5.1.8 <a@example.invalid>... Domain of sender address a@example.invalid "
	    "does not exist" },
	{ "mail", "sender-refused",
	    "451 4.1.8 Domain of sender address a@example.invalid does not resolve" },
	{ "mail", "sender-refused",
	    "553 5.5.4 <a>... Domain name required for sender address a" },
	{ "mail", "client-blocked",
	    "550 5.7.1 Rejected: 192.0.2.7 listed at bl.example.org" },
	{ "mail", "client-blocked",
	    "550 5.7.1 Access denied. IP name lookup failed [192.0.2.7]" },
	{ "mail", "client-blocked", "550 5.7.1 Fix reverse DNS for 192.0.2.7" },
	{ "mail", "hello-refused", "503 5.0.0 Polite people say HELO first" },
	{ "mail", "relay-needs-login", "530 5.7.0 Authentication required" },
	{ "mail", "message-too-large", "552 5.2.3 Message is too large; 1000 bytes max" },
	{ "rcpt", "mailbox-full", "452 4.2.2 <u@example.org>... Mailbox full" },
	/* qmail and its patches, Courier */
	{ "rcpt", "relay-denied",
	    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
	{ "rcpt", "relay-denied",
	    "553 sorry, that domain isn't in my list of allowed rcpthosts; no valid cert "
	    "for gatewaying (#5.7.1)" },
	{ "mail", "relay-needs-login", "530 authentication required (#5.7.1)" },
	{ "rcpt", "recipient-unknown", "550 sorry, that is nobody here (#5.1.1)" },
	{ "rcpt", "recipient-unknown",
	    "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)" },
	{ "rcpt", "sender-refused",
	    "553 sorry, your envelope sender has been denied (#5.7.1)" },
	{ "mail", "sender-refused",
	    "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)" },
	{ "mail", "hello-refused",
	    "553 sorry, your HELO host name has been denied (#5.7.1)" },
	{ "rcpt", "deferred", "421 unable to verify recipient (#4.3.0)" },
	{ "rcpt", "relay-denied", "513 Relaying denied." },
	{ "mail", "relay-needs-login", "535 Authentication required." },
	{ "rcpt", "client-blocked", "511 https://www.spamhaus.org/query/ip/192.0.2.7" },
	{ "rcpt", "recipient-unknown", "550 User unknown." },
	{ "mail", "message-too-large",
	    "523 Message length (1000 bytes) exceeds administrative limit." },
	{ "mail", "sender-refused", "517 Domain has no address: example.invalid." },
	/* OpenSMTPD: the same words for an unknown user and for another's domain */
	{ "rcpt", "recipient-refused", "550 Invalid recipient: <u@example.net>" },
	{ "mail", "relay-needs-login",
	    "530 5.5.1 Invalid command: Must issue an AUTH command first" },
	{ "mail", "tls-required",
	    "530 5.5.1 Invalid command: Must issue a STARTTLS command first" },
	{ "mail", "rate-limited", "452 4.5.3 Too many messages sent" },
	{ "rcpt", "recipient-refused", "524 5.2.4 Mailing list expansion problem" },
	{ "rcpt", "deferred", "421 4.3.0 Temporary Error" },
	/* Exchange */
	{ "rcpt", "relay-denied", "550 5.7.1 Unable to relay" },
	{ "rcpt", "relay-denied",
	    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain" },
	{ "mail", "relay-needs-login",
	    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during "
	    "MAIL FROM" },
	{ "mail", "relay-needs-login", "530 5.7.1 Client was not authenticated" },
	{ "rcpt", "relay-needs-login",
	    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required" },
	{ "rcpt", "sender-refused",
	    "550 5.7.60 SMTP; Client does not have permissions to send as this sender" },
	{ "rcpt", "sender-refused",
	    "550 5.7.1 Client does not have permissions to send as this sender" },
	{ "rcpt", "recipient-unknown",
	    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP "
	    "address lookup" },
	{ "rcpt", "recipient-unknown",
	    "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found" },
	{ "mail", "message-too-large",
	    "552 5.3.4 Message size exceeds fixed maximum message size" },
	{ "mail", "deferred", "452 4.3.1 Insufficient system resources" },
	{ "mail", "rate-limited",
	    "421 4.3.2 The maximum number of concurrent connections has exceeded a "
	    "limit, closing transmission channel" },
	{ "mail", "rate-limited",
	    "421 4.4.2 Message submission rate for this client has exceeded the "
	    "configured limit" },
	/* Office 365 */
	{ "rcpt", "relay-denied",
	    "550 5.7.64 TenantAttribution; Relay Access Denied "
	    "[SN1NAM02FT0001.eop-nam02.prod.protection.outlook.com]" },
	{ "rcpt", "recipient-unknown",
	    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)" },
	{ "rcpt", "sender-refused",
	    "550 5.1.8 Access denied, bad outbound sender. AS(42004)" },
	{ "rcpt", "sender-refused", "550 5.7.501 Access denied, spam abuse detected" },
	{ "rcpt", "sender-refused",
	    "554 5.2.252 SendAsDenied; a@example.org not allowed" },
	{ "rcpt", "client-blocked",
	    "550 5.7.606 Access denied, banned sending IP [192.0.2.7]" },
	{ "rcpt", "client-blocked",
	    "550 5.7.708 Service unavailable. Access denied, traffic not accepted from "
	    "this IP." },
	{ "rcpt", "rate-limited",
	    "550 5.7.705 Access denied, tenant has exceeded threshold" },
	{ "rcpt", "rate-limited",
	    "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited "
	    "due to IP reputation" },
	{ "rcpt", "rate-limited", "550 5.2.2 Submission quota exceeded" },
	{ "rcpt", "rate-limited",
	    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; "
	    "Failed to process message due to a permanent exception" },
	{ "rcpt", "deferred",
	    "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. "
	    "(AS77719)" },
	{ "mail", "tls-required", "451 5.7.3 STARTTLS is required to send mail" },
	/* Gmail and its relay */
	{ "mail", "relay-needs-login",
	    "530-5.7.0 Authentication Required. For more information, go to\n"
	    "530 5.7.0  https://support.google.com/mail/?p=WantAuthError a1-gsmtp" },
	{ "rcpt", "relay-denied",
	    "550-5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address you've\n"
	    "550-5.7.1 registered in your Workspace SMTP Relay service doesn't match\n"
	    "550 5.7.1 the domain of the account this email is being sent from. "
	    "a1-gsmtp" },
	{ "rcpt", "relay-denied", "550 5.7.0 Mail relay denied [192.0.2.7]. a1-gsmtp" },
	{ "rcpt", "recipient-unknown",
	    "550-5.1.1 The email account that you tried to reach does not exist. Please "
	    "try\n"
	    "550 5.1.1 double-checking the recipient's email address. a1-gsmtp" },
	{ "rcpt", "recipient-refused",
	    "550 5.2.1 The email account that you tried to reach is inactive. a1-gsmtp" },
	{ "rcpt", "recipient-unknown",
	    "553 5.1.2 We weren't able to find the recipient domain. a1-gsmtp" },
	{ "rcpt", "mailbox-full",
	    "452-4.2.2 The recipient's inbox is out of storage space.\n"
	    "452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp a1-gsmtp" },
	{ "rcpt", "deferred",
	    "450 4.2.1 The user you are trying to contact is receiving mail too "
	    "quickly." },
	{ "rcpt", "rate-limited",
	    "450 4.2.1 Peak SMTP relay limit exceeded for customer. a1-gsmtp" },
	{ "rcpt", "rate-limited",
	    "550 5.4.5 Daily user sending quota exceeded. a1-gsmtp" },
	{ "rcpt", "rate-limited",
	    "550 5.4.5 Daily user sending limit exceeded. a1-gsmtp" },
	{ "mail", "client-blocked",
	    "421-4.7.0 Our system has detected an unusual rate of unsolicited mail "
	    "originating\n"
	    "421-4.7.0 from your IP address. To protect our users from spam, mail sent "
	    "from\n"
	    "421 4.7.0 your IP address has been temporarily blocked. a1-gsmtp" },
	{ "rcpt", "client-blocked",
	    "421 4.7.0 IP not in whitelist for RCPT domain, closing connection. "
	    "a1-gsmtp" },
	{ "rcpt", "client-blocked",
	    "550-5.7.25 The IP address sending this message does not have a PTR record "
	    "setup.\n"
	    "550 5.7.25 a1-gsmtp" },
	{ "rcpt", "tls-required",
	    "421 4.7.0 TLS required for RCPT domain, closing connection. a1-gsmtp" },
	/* Yahoo, GMX, IONOS, iCloud, NetEase, QQ, Mail.ru, Yandex */
	{ "mail", "rate-limited",
	    "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to "
	    "unexpected volume or user complaints" },
	{ "mail", "client-blocked",
	    "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because "
	    "the ip is in Spamhaus's list" },
	{ "mail", "sender-refused", "553 From address not verified" },
	{ "rcpt", "recipient-unknown",
	    "554 delivery error: dd This user doesn't have a yahoo.com account "
	    "(u@example.org) [0]" },
	{ "mail", "sender-refused",
	    "550-Requested action not taken: mailbox unavailable\n"
	    "550 Sender address is not allowed." },
	{ "rcpt", "recipient-unknown",
	    "550 Requested action not taken: mailbox unavailable" },
	{ "rcpt", "deferred",
	    "450 Requested mail action not taken: mailbox unavailable" },
	{ "rcpt", "rate-limited",
	    "450-Requested mail action not taken: mailbox unavailable\n"
	    "450 Mail send limit exceeded." },
	{ "mail", "client-blocked",
	    "554-No SMTP service\n"
	    "554-IP address is block listed.\n"
	    "554 For explanation visit https://postmaster.gmx.net/" },
	{ "mail", "sender-refused",
	    "554-Transaction failed\n"
	    "554 Unauthorized sender address." },
	{ "rcpt", "relay-needs-login", "550 must be authenticated" },
	{ "rcpt", "sender-refused",
	    "550 5.7.0 From address is not one of your addresses" },
	{ "rcpt", "sender-refused", "553 Mail from must equal authorized user" },
	{ "mail", "sender-refused",
	    "501 Mail from address must be same as authorization user." },
	{ "mail", "relay-needs-login", "503 Error: need EHLO and AUTH first !" },
	{ "mail", "relay-needs-login", "503 5.5.4 Error: send AUTH command first." },
	{ "rcpt", "sender-refused",
	    "553 Requested action not taken: NULL sender is not allowed" },
	{ "rcpt", "sender-refused", "550 not local sender over smtp" },
	{ "mail", "sender-refused",
	    "553 5.7.1 Sender address rejected: not owned by auth user." },
	/* Amazon SES, SendGrid, Mailgun, Dovecot submission */
	{ "mail", "relay-needs-login", "530 Authentication required" },
	{ "rcpt", "sender-refused",
	    "554 Message rejected: Email address is not verified." },
	{ "mail", "rate-limited",
	    "454 Throttling failure: Daily message quota exceeded." },
	{ "rcpt", "rate-limited",
	    "454 Throttling failure: Maximum sending rate exceeded." },
	{ "mail", "relay-needs-login", "550 Unauthenticated senders not allowed" },
	{ "mail", "sender-refused",
	    "550 The from address does not match a verified Sender Identity." },
	{ "mail", "sender-refused",
	    "403 You are not authorized to send from that email address" },
	{ "rcpt", "rate-limited",
	    "452 Too many recipients received this hour (throttled)" },
	{ "mail", "rate-limited",
	    "421 Domain example.org is not allowed to send: recipient limit exceeded" },
	{ "rcpt", "relay-denied", "550 5.7.1 Relaying denied" },
	{ "rcpt", "recipient-refused",
	    "550 5.7.1 Sandbox subdomains are for test purposes only." },
	{ "mail", "relay-needs-login", "530 5.7.0 Authentication required." },
	{ "mail", "tls-required", "530 5.7.0 TLS required." },
	/* hMailServer, Haraka, Stalwart, MailEnable, IMail, Proofpoint, IronPort */
	{ "rcpt", "relay-denied", "550 Delivery is not allowed to this address." },
	{ "mail", "relay-needs-login", "530 SMTP authentication is required." },
	{ "rcpt", "relay-needs-login", "550 Authentication is required for relay" },
	{ "rcpt", "recipient-unknown", "550 Unknown user" },
	{ "rcpt", "deferred", "451 Please try again later." },
	{ "rcpt", "relay-denied", "550 I cannot deliver mail for <u@example.net>" },
	{ "rcpt", "relay-denied", "550 5.1.2 Relay not allowed." },
	{ "rcpt", "recipient-unknown", "550 5.1.2 Mailbox does not exist." },
	{ "mail", "relay-needs-login", "503 5.5.1 You must authenticate first." },
	{ "mail", "sender-refused",
	    "501 5.5.4 You are not allowed to send from this address." },
	{ "rcpt", "rate-limited", "451 4.4.5 Rate limit reached, try again later." },
	{ "rcpt", "relay-needs-login",
	    "503 This mail server requires authentication when attempting to send to a "
	    "non-local e-mail address." },
	{ "rcpt", "relay-denied", "550 not local host example.net, not a gateway" },
	{ "rcpt", "relay-denied", "571 u@example.net prohibited. We do not relay" },
	{ "rcpt", "relay-denied", "551 user not local; please try <u@example.net>" },
	{ "rcpt", "relay-denied", "553 SMTP Relaying Denied" },
	{ "rcpt", "client-blocked",
	    "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.7" },
	{ "mail", "client-blocked",
	    "554 Your access to this mail system has been rejected due to the sending "
	    "MTA's poor reputation." },
	{ "rcpt", "recipient-refused", "550 #5.1.0 Address rejected." },
	/* words in wide use */
	{ "rcpt", "message-too-large", "550 Message size too much for you" },
	{ "rcpt", "relay-needs-login", "550 5.7.1 Client was not authenticated" },
	{ "rcpt", "recipient-unknown", "550 no mailbox of that name" },
	{ "rcpt", "recipient-refused",
	    "550 5.7.1 <greylist@example.org>: Recipient address rejected: Access "
	    "denied" },
	{ "rcpt", "sender-refused",
	    "550 5.1.0 <a@example.org>: Sender address rejected: verification in "
	    "progress" },
	{ "rcpt", "relay-denied-temporarily", "451 4.7.1 unable to relay for now" },
	{ "rcpt", "relay-denied-temporarily",
	    "450 I cannot deliver mail for <u@example.net>" },
	{ "rcpt", "sender-refused", "550 5.7.1 SPF fail" },
	{ "mail", "tls-required", "530 5.7.0 TLS is required." },
	{ "mail", "tls-required", "538 5.7.0 Encryption required" },
	{ "rcpt", "sender-refused", "550 Your sender domain has no address" },
	{ "rcpt", "relay-needs-login",
	    "550 192.0.2.7 may not send to remote domains without authentication" },
	{ "rcpt", "relay-denied-temporarily", "451 Open relay not allowed" },
	{ "rcpt", "relay-denied", "550 relay access denied" },
	{ "rcpt", "relay-needs-login", "550 5.7.1 You must authenticate to send" },
	{ "rcpt", "relay-needs-login", "553 please authenticate first" },
	{ "rcpt", "relay-needs-login", "503 POP before SMTP" },
	{ "mail", "client-blocked", "550 found in blocklist" },
	{ "mail", "client-blocked", "550 found in DNSBL" },
	{ "mail", "client-blocked", "554 Your IP is not welcome" },
	{ "mail", "client-blocked", "550 This machine is blacklisted" },
	{ "mail", "client-blocked", "550 IP address not accepted" },
	{ "rcpt", "recipient-unknown", "550 Recipient unknown" },
	{ "rcpt", "recipient-unknown", "550 unknown recipient" },
	{ "rcpt", "recipient-unknown", "550 Recipient not found" },
	{ "rcpt", "recipient-unknown", "551 User does not exist" },
	{ "rcpt", "recipient-unknown", "550 user doesn't exist" },
	{ "rcpt", "recipient-unknown", "550 No such user here" },
	{ "rcpt", "recipient-unknown", "550 <u@example.org> is not a valid mailbox" },
	{ "rcpt", "mailbox-full", "550 Mailbox is full" },
	{ "rcpt", "mailbox-full", "550 Mailbox full" },
	{ "rcpt", "mailbox-full", "550 User is over quota" },
	{ "rcpt", "mailbox-full", "550 Quota exceeded" },
	{ "rcpt", "mailbox-full",
	    "550 Requested mail action aborted: exceeded storage allocation" },
	{ "mail", "message-too-large", "554 Message too big" },
	{ "mail", "rate-limited", "550 you have reached your daily limit" },
	{ "rcpt", "relay-needs-login", "550 use SMTP AUTHENTICATION" },
	{ "rcpt", "client-blocked", "550 no PTR record" },
	{ "mail", "client-blocked", "554 This address is on a block list" },
	{ "mail", "rate-limited", "550 you have reached your sending limit" },
	{ "mail", "rate-limited", "450 sending quota used up" },
	{ "mail", "rate-limited", "450 count quota used up" },
	{ "mail", "rate-limited", "450 over your sending rate" },
	{ "mail", "rate-limited", "550 Submission quota used up" },
	{ "rcpt", "sender-refused", "553 mail from not owned by user" },
	{ "rcpt", "relay-denied", "550 this is not a gateway" },
	{ "mail", "rate-limited", "450 rate limited" },
	{ "rcpt", "client-blocked",
	    "550 5.7.1 host [192.0.2.7] blocked using bl.example.org" },
	/* whatever the words */
	{ "rcpt", "sender-refused", "550 5.7.23 no" },
	{ "rcpt", "mailbox-full", "552 5.2.2 no" },
	{ "rcpt", "relay-denied", "550 5.7.54 no" },
	{ "mail", "relay-needs-login", "550 5.7.57 no" },
	{ "rcpt", "sender-refused", "550 5.7.60 no" },
	{ "rcpt", "relay-denied", "550 5.7.64 no" },
	{ "mail", "tls-required", "554 5.7.10 no" },
	{ "mail", "message-too-large", "550 5.2.3 no" },
	{ "mail", "message-too-large", "550 5.3.4 no" },
	{ "mail", "sender-refused", "550 5.7.1 no" },
	{ "rcpt", "recipient-refused", "550 5.7.1 no" },
	{ "mail", "deferred", "451 4.7.1 no" },
	{ "rcpt", "mailbox-full", "452 4.2.2 no" },
	{ "rcpt", "recipient-unknown", "550 5.1.1 no" },
	{ "rcpt", "recipient-unknown", "550 5.1.10 no" },
	{ "rcpt", "recipient-unknown", "450 4.1.2 no" },
	{ "rcpt", "recipient-unknown", "550 5.1.2 no" },
	{ "rcpt", "recipient-unknown", "550 5.4.1 no" },
	{ "mail", "sender-refused", "451 4.1.7 no" },
	{ "mail", "sender-refused", "451 4.1.8 no" },
	{ "rcpt", "sender-refused", "550 5.1.8 no" },
	{ "mail", "message-too-large", "552 no" },
	{ "rcpt", "mailbox-full", "552 no" },
	{ "rcpt", "relay-denied", "551 no" },
};

START_TEST(envelope)
{
	const struct cause *cause = cause_of(envelopes[_i].stage, 0, envelopes[_i].lines);

	ck_assert_msg(strcmp(cause->slug, envelopes[_i].slug) == 0, "%s: %s",
	    envelopes[_i].lines, cause->slug);
}
END_TEST

static const struct {
	const char	*stage;
	unsigned	 offered;
	const char	*slug, *lines;
} offers[] = {
	/* a step that the server offers, and waits for */
	{ "auth", 0, "auth-not-offered", "503 5.5.1 Error: authentication not enabled" },
	{ "auth", REFUSAL_STARTTLS, "auth-needs-tls",
	    "503 5.5.1 Error: authentication not enabled" },
	{ "auth", REFUSAL_AUTH, "auth-not-offered",
	    "503 5.5.1 Error: authentication not enabled" },
	{ "auth", BOTH, "auth-needs-tls", "503 AUTH command used when not advertised" },
	{ "auth", REFUSAL_STARTTLS, "auth-needs-tls", "502 5.5.1 Unrecognized command" },
	{ "auth", REFUSAL_STARTTLS, "auth-needs-tls", "500 5.5.1 Command unrecognized" },
	{ "auth", REFUSAL_STARTTLS, "tls-required", "530 no" },
	{ "auth", REFUSAL_STARTTLS, "auth-rejected", "535 5.7.8 no" },
	{ "auth", REFUSAL_STARTTLS, "auth-mechanism-unavailable",
	    "504 5.5.4 Unrecognized authentication type" },
	{ "mail", REFUSAL_STARTTLS, "tls-required", "530 no" },
	{ "mail", REFUSAL_AUTH, "relay-needs-login", "530 no" },
	{ "mail", BOTH, "tls-required", "530 5.7.0 no" },
	{ "rcpt", BOTH, "tls-required", "530 no" },
	{ "rcpt", REFUSAL_AUTH, "relay-needs-login", "530 5.7.1 no" },
	{ "rcpt", 0, "relay-needs-login", "530 no" },
	{ "mail", BOTH, "relay-needs-login", "530 5.7.0 Authentication Required" },
	{ "mail", REFUSAL_AUTH, "tls-required",
	    "530 5.7.0 Must issue a STARTTLS command first" },
	{ "mail", REFUSAL_STARTTLS, "tls-required",
	    "503 5.5.1 Bad sequence of commands" },
	{ "mail", BOTH, "tls-required", "503 5.5.1 Bad sequence of commands" },
	{ "mail", REFUSAL_AUTH, "relay-needs-login",
	    "503 5.5.1 Bad sequence of commands" },
	{ "mail", 0, "sender-refused", "503 5.5.1 Bad sequence of commands" },
	{ "rcpt", REFUSAL_AUTH, "recipient-refused",
	    "503 5.5.1 Error: need MAIL command" },
	{ "rcpt", REFUSAL_AUTH, "relay-denied",
	    "554 5.7.1 <u@example.net>: Relay access denied" },
};

/* Where a server may say first that it wants a client certificate. */
static const char *const early[] = { "greeting", "ehlo", "mail", "rcpt" };

START_TEST(wants_certificate)
{
	ck_assert_ptr_eq(cause_of(early[_i], 0, "421 4.7.1 mx.test Error: No client "
	    "certificate presented"), &tls_client_refused);
}
END_TEST

START_TEST(offer)
{
	const struct cause *cause = cause_of(offers[_i].stage, offers[_i].offered,
	    offers[_i].lines);

	ck_assert_msg(strcmp(cause->slug, offers[_i].slug) == 0, "%s: %s",
	    offers[_i].lines, cause->slug);
}
END_TEST

/* Without words that it knows, and with no offer, the code decides. */
static const struct cause *
auth_by_code(int code)
{
	switch (code) {
	case 432: case 525:
		return &refusal_account_locked;
	case 500: case 502: case 503:
		return &refusal_auth_not_offered;
	case 501: case 504: case 534:
		return &refusal_auth_mechanism;
	case 523: case 538:
		return &refusal_auth_needs_tls;
	case 530:
		return &refusal_tls_required;
	default:
		return code < 500 ? &refusal_auth_temporary : &refusal_auth_rejected;
	}
}

static const struct cause *
mail_by_code(int code)
{
	switch (code) {
	case 530:
		return &refusal_relay_login;
	case 552:
		return &refusal_size;
	default:
		return code < 500 ? &refusal_deferred : &refusal_sender;
	}
}

static const struct cause *
rcpt_by_code(int code)
{
	switch (code) {
	case 530:
		return &refusal_relay_login;
	case 551:
		return &refusal_relay_denied;
	case 552:
		return &refusal_mailbox_full;
	default:
		return code < 500 ? &refusal_deferred : &refusal_recipient;
	}
}

static const struct {
	const char	*stage;
	const struct cause *(*by_code)(int code);
} stages[] = {
	{ "auth", auth_by_code }, { "mail", mail_by_code }, { "rcpt", rcpt_by_code },
};

START_TEST(code_alone)
{
	const char *stage = stages[_i].stage;

	for (int code = 200; code < 600; code++) {
		const struct cause *cause = code < 400 ? &reply_bad :
		    stages[_i].by_code(code);
		char line[16];

		(void)snprintf(line, sizeof(line), "%d x", code);
		ck_assert_msg(cause_of(stage, 0, line) == cause, "%s: %s", stage, line);
		for (unsigned offered = 0; offered <= BOTH; offered++)
			ck_assert_msg((cause_of(stage, offered, line) == &reply_bad) ==
			    (code < 400), "%s, %u: %s", stage, offered, line);
	}
}
END_TEST

/* However much a reply that refuses nothing sounds like a refusal. */
static const char *const no_refusals[] = {
	"235 2.7.0 Authentication successful", "250 ok", "220 go ahead", "354 too many",
	"334 Account is locked", "235 5.7.8 no", "299 5.7.139 STARTTLS", "399 rate limit",
	"250 Relay access denied", "252 5.1.1 User unknown", "354 Client host rejected",
};

START_TEST(no_refusal)
{
	for (size_t i = 0; i < LEN(stages); i++) {
		struct reply r = reply_of(stages[i].stage, no_refusals[_i]);

		ck_assert_ptr_eq(refusal_cause(stages[i].stage, &r, BOTH), &reply_bad);
		ck_assert_ptr_null(refusal_known(stages[i].stage, &r, BOTH));
		reply_free(&r);
	}
}
END_TEST

/* The table knows no other stage, whatever the words. */
START_TEST(no_stage)
{
	ck_assert_ptr_eq(cause_of("greeting", BOTH, "554 blocked using x"), &reply_bad);
	ck_assert_ptr_eq(cause_of("data", BOTH, "535 5.7.8 no"), &reply_bad);
}
END_TEST

/* The words that tell may stand on any line, behind a NUL, in any case. */
static const char *const tellers[] = {
	"535-too MANY failures\n535 x", "535-x\n535 Too Many Failures",
	"535-x\n535-tOO mANY fAILURES\n535",
};

START_TEST(anywhere)
{
	ck_assert_ptr_eq(cause_of("auth", 0, tellers[_i]), &refusal_auth_throttled);
}
END_TEST

START_TEST(behind_a_nul)
{
	static const char line[] = "535 x\0too many failures";
	struct reply r = { 0 };
	struct diag d = { .stage = "auth" };

	ck_assert_int_eq(reply_line(&r, line, sizeof(line) - 1, &d), 0);
	ck_assert_ptr_eq(refusal_cause("auth", &r, 0), &refusal_auth_throttled);
	reply_free(&r);
}
END_TEST

/* A code of another class takes back the enhanced code of the line before. */
START_TEST(taken_back)
{
	ck_assert_ptr_eq(cause_of("rcpt", 0, "450-4.1.8 x\n550 x"), &refusal_recipient);
}
END_TEST

/* Known is what is told by more than the first digit. */
static const struct {
	const char	*stage, *lines;
	const struct cause *cause;
} knowns[] = {
	{ "auth", "421 4.7.0 too many of you", &refusal_auth_throttled },
	{ "auth", "421 4.7.12 x", &refusal_account_locked },
	{ "auth", "421 4.3.0 x", NULL },
	{ "auth", "530 x", &refusal_tls_required },
	{ "auth", "535 x", NULL },
	{ "mail", "421 4.7.0 too many of you", &refusal_rate },
	{ "mail", "421 4.7.0 Relay access denied", &refusal_relay_temporary },
	{ "mail", "421 4.3.0 x", NULL },
	{ "rcpt", "421 4.2.2 x", &refusal_mailbox_full },
	{ "rcpt", "550 x", NULL },
	{ "quit", "421 4.7.0 too many of you", NULL },
};

START_TEST(known)
{
	struct reply r = reply_of(knowns[_i].stage, knowns[_i].lines);

	ck_assert_msg(refusal_known(knowns[_i].stage, &r, 0) == knowns[_i].cause,
	    "%s", knowns[_i].lines);
	reply_free(&r);
}
END_TEST

/* What proves that a login was refused, and what proves nothing. */
static const struct {
	const struct cause *cause;
	int		 code;
	bool		 no;
} proofs[] = {
	{ &refusal_auth_rejected, 535, true }, { &refusal_auth_rejected, 550, false },
	{ &refusal_auth_rejected, 554, false }, { &refusal_auth_rejected, 334, true },
	{ &refusal_auth_rejected, 0, false },
	{ &refusal_token, 535, true }, { &refusal_token, 550, false },
	{ &refusal_account_locked, 535, true }, { &refusal_account_locked, 525, true },
	{ &refusal_account_locked, 432, false },
	{ &refusal_auth_disabled, 535, true }, { &refusal_auth_disabled, 421, false },
	{ &refusal_auth_temporary, 535, false }, { &refusal_auth_throttled, 535, false },
	{ &refusal_auth_mechanism, 535, false }, { &refusal_auth_needs_tls, 538, false },
	{ &refusal_auth_not_offered, 503, false }, { &refusal_tls_required, 530, false },
	{ &refusal_client, 535, false }, { &reply_bad, 535, false },
	{ &smtp_closing, 421, false }, { NULL, 535, false },
};

START_TEST(says_no)
{
	struct diag d = { .cause = proofs[_i].cause, .code = proofs[_i].code };

	ck_assert_int_eq(refusal_is_no(&d), proofs[_i].no);
}
END_TEST

/* Every cause of the room can be reached by a reply; token-rejected is the login's. */
START_TEST(reached)
{
	const struct cause *cause = refusal_causes[_i];
	bool found = cause == &refusal_token;

	for (size_t i = 0; i < LEN(logins); i++)
		found = found || strcmp(logins[i].slug, cause->slug) == 0;
	for (size_t i = 0; i < LEN(envelopes); i++)
		found = found || strcmp(envelopes[i].slug, cause->slug) == 0;
	ck_assert_msg(found, "%s", cause->slug);
}
END_TEST

void
tests(TCase *t)
{
	int n = 0;

	while (refusal_causes[n] != NULL)
		n++;
	tcase_add_loop_test(t, login, 0, LEN(logins));
	tcase_add_loop_test(t, envelope, 0, LEN(envelopes));
	tcase_add_loop_test(t, wants_certificate, 0, LEN(early));
	tcase_add_loop_test(t, offer, 0, LEN(offers));
	tcase_add_loop_test(t, code_alone, 0, LEN(stages));
	tcase_add_loop_test(t, no_refusal, 0, LEN(no_refusals));
	tcase_add_test(t, no_stage);
	tcase_add_loop_test(t, anywhere, 0, LEN(tellers));
	tcase_add_test(t, behind_a_nul);
	tcase_add_test(t, taken_back);
	tcase_add_loop_test(t, known, 0, LEN(knowns));
	tcase_add_loop_test(t, says_no, 0, LEN(proofs));
	tcase_add_loop_test(t, reached, 0, n);
}
