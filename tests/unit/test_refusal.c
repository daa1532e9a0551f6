/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "mail/refusal.h"
#include "unit/unit.h"

/* The cause of a reply at a stage: lines apart by LF, as they are sent. */
static const struct cause *
cause_of(const char *stage, const char *lines)
{
	struct reply r = { 0 };
	struct diag d = { .stage = stage };
	const struct cause *cause;
	int more = 1;

	while (more == 1) {
		size_t n = strcspn(lines, "\n");

		more = reply_line(&r, lines, n, &d);
		lines += n + (lines[n] != '\0' ? 1 : 0);
	}
	ck_assert_int_eq(more, 0);
	ck_assert_str_eq(lines, "");
	cause = refusal_cause(stage, &r);
	reply_free(&r);
	return cause;
}

static const struct {
	const char	*slug, *lines;
} logins[] = {
	/* wrong user or password: Postfix, Exim, Sendmail, qmail, ... */
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: (reason unavailable)" },
	{ "auth-rejected", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6" },
	{ "auth-rejected",
	    "535 5.7.8 Error: authentication failed: authentication failure" },
	{ "auth-rejected",
	    "535 5.7.0 Error: authentication failed: authentication failure" },
	{ "auth-rejected", "535 5.7.8 Error: authentication failed: another step is "
	    "needed in authentication" },
	{ "auth-rejected", "535 5.7.8 Authentication credentials invalid" },
	{ "auth-rejected", "535 Incorrect authentication data" },
	{ "auth-rejected", "535 5.7.0 authentication failed" },
	{ "auth-rejected", "535 authorization failed (#5.7.0)" },
	{ "auth-rejected",
	    "535 Authentication failed. Restarting authentication process." },
	{ "auth-rejected", "535 5.7.3 Authentication unsuccessful" },
	{ "auth-rejected", "535 5.7.139 Authentication unsuccessful, the user "
	    "credentials were incorrect. [PH0PR07CA0004.namprd07.prod.outlook.com]" },
	{ "auth-rejected",
	    "535-5.7.8 Username and Password not accepted. For more information, go to\n"
	    "535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1-gsmtp" },
	{ "auth-rejected",
	    "535-5.7.1 Username and Password not accepted.\n535 5.7.1  Learn more" },
	{ "auth-rejected", "535 5.7.0 Invalid login or password" },
	{ "auth-rejected", "535 Authentication credentials invalid" },
	{ "auth-rejected", "550 5.7.8 no" },
	{ "auth-rejected", "554 5.7.8 no" },
	/* the server's own backend */
	{ "auth-temporary", "454 4.7.0 Temporary authentication failure: Connection lost "
	    "to authentication server" },
	{ "auth-temporary", "454 4.7.0 Temporary authentication failure" },
	{ "auth-temporary", "535 5.7.8 Error: authentication failed: generic failure" },
	{ "auth-temporary", "535 5.7.8 Error: authentication failed: Connection lost to "
	    "authentication server" },
	{ "auth-temporary", "435 Unable to authenticate at present" },
	{ "auth-temporary", "454 oops, problem with child and I can't auth (#4.3.0)" },
	{ "auth-temporary", "454 4.3.0 Temporary authentication failure" },
	{ "auth-temporary", "451 4.3.0 Error: local error in processing" },
	{ "auth-temporary", "454 4.7.0 Cannot authenticate due to temporary system "
	    "problem, try again later" },
	{ "auth-temporary",
	    "454 4.7.0 Temporary authentication failure, WorkerUnavailable" },
	/* no common ground */
	{ "auth-mechanism-unavailable", "504 5.5.4 Unrecognized authentication type" },
	{ "auth-mechanism-unavailable", "504 5.7.4 Unrecognized authentication type" },
	{ "auth-mechanism-unavailable",
	    "504 PLAIN authentication mechanism not supported" },
	{ "auth-mechanism-unavailable", "504 auth type unimplemented (#5.5.1)" },
	{ "auth-mechanism-unavailable",
	    "534 5.7.9 Authentication mechanism is too weak" },
	{ "auth-mechanism-unavailable", "535 5.7.8 Error: authentication failed: Invalid "
	    "authentication mechanism" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Error: authentication failed: no mechanism available" },
	{ "auth-mechanism-unavailable",
	    "535 5.7.8 Unsupported authentication mechanism." },
	{ "auth-mechanism-unavailable", "501 5.5.2 Invalid base64 data" },
	{ "auth-mechanism-unavailable", "501 malformed auth input (#5.5.4)" },
	{ "auth-mechanism-unavailable", "501 5.5.4 cannot BASE64 decode ''" },
	{ "auth-mechanism-unavailable",
	    "500 5.5.6 Authentication exchange line is too long" },
	/* no login here */
	{ "auth-not-offered", "503 5.5.1 Error: authentication not enabled" },
	{ "auth-not-offered", "503 AUTH command used when not advertised" },
	{ "auth-not-offered", "503 5.3.3 AUTH not available" },
	{ "auth-not-offered", "503 auth not available (#5.3.3)" },
	{ "auth-not-offered", "502 5.5.2 Error: command not recognized" },
	{ "auth-not-offered", "502 5.5.1 Unrecognized command" },
	{ "auth-not-offered", "500 5.5.1 Command unrecognized" },
	{ "auth-not-offered", "502 5.7.0 AUTH not permitted here" },
	/* a password only behind TLS */
	{ "auth-needs-tls", "538 5.7.11 Encryption required for requested authentication "
	    "mechanism" },
	{ "auth-needs-tls", "538 auth not available without TLS (#5.3.3)" },
	{ "auth-needs-tls",
	    "523 5.7.10 Plaintext authentication disallowed on non-secure connections." },
	{ "auth-needs-tls", "535 5.7.11 Encryption required" },
	{ "tls-required", "530 5.7.0 Must issue a STARTTLS command first" },
	{ "tls-required", "530 5.7.0 TLS required" },
	{ "tls-required", "530 Must issue a STARTTLS command first (#5.7.0)" },
	{ "tls-required", "503 5.5.1 Must issue STARTTLS first" },
	/* switched off, or not with this password */
	{ "auth-disabled-by-policy", "535 5.7.139 Authentication unsuccessful, basic "
	    "authentication is disabled. [BM1P287CA0015.INDP287.PROD.OUTLOOK.COM]" },
	{ "auth-disabled-by-policy", "535 5.7.139 Authentication unsuccessful, "
	    "SmtpClientAuthentication is disabled for the Tenant. Visit "
	    "https://aka.ms/smtp_auth_disabled for more information." },
	{ "auth-disabled-by-policy", "535 5.7.139 Authentication unsuccessful, user is "
	    "locked by your organization's security defaults policy" },
	{ "auth-disabled-by-policy", "535 5.7.139 Authentication unsuccessful, the "
	    "request did not meet the criteria to be authenticated successfully" },
	{ "auth-disabled-by-policy", "535 5.7.3 Authentication unsuccessful "
	    "[SN4PR0601CA0002.namprd06.prod.outlook.com]" },
	{ "auth-disabled-by-policy",
	    "530 5.7.57 Client not authenticated to send anonymous mail" },
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
	{ "auth-disabled-by-policy", "535 5.7.8 Use an app-specific password" },
	{ "auth-disabled-by-policy", "535 5.7.8 Error: authentication failed: This user "
	    "does not have access rights to this service" },
	/* too often */
	{ "auth-throttled",
	    "454 4.7.0 Too many login attempts, please try again later." },
	{ "auth-throttled", "535 5.7.0 (#AUTH005) Too many bad auth attempts." },
	{ "auth-throttled", "450 4.7.1 Error: rate limit exceeded" },
	{ "auth-throttled", "432 4.3.2 Concurrent connections limit exceeded" },
	{ "auth-throttled", "535 5.7.8 temporarily blocked because of failed logins" },
	{ "auth-throttled", "421 4.7.0 TOO MANY failed authentications" },
	/* the account */
	{ "account-locked", "525 5.7.13 Login disabled for this user" },
	{ "account-locked", "525 no such luck" },
	{ "account-locked", "535 5.7.8 Account is locked" },
	{ "account-locked", "535 5.7.1 your account is disabled" },
	{ "account-locked", "535 account suspended" },
	{ "account-locked", "535 5.7.8 Error: authentication failed: Password expired" },
	{ "account-locked", "432 4.7.12 A password transition is needed" },
	{ "account-locked", "432 A password transition is needed" },
};

START_TEST(login)
{
	const struct cause *cause = cause_of("auth", logins[_i].lines);

	ck_assert_msg(strcmp(cause->slug, logins[_i].slug) == 0, "%s: %s",
	    logins[_i].lines, cause->slug);
}
END_TEST

/* Without words that it knows, the code decides. */
static const struct cause *
by_code(int code)
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
		return code < 400 ? &reply_bad : code < 500 ? &refusal_auth_temporary :
		    &refusal_auth_rejected;
	}
}

START_TEST(code_alone)
{
	for (int code = 200; code < 600; code++) {
		char line[16];

		(void)snprintf(line, sizeof(line), "%d x", code);
		ck_assert_msg(cause_of("auth", line) == by_code(code), "%s", line);
	}
}
END_TEST

/* However much a reply that refuses nothing sounds like a refusal. */
static const char *const no_refusals[] = {
	"235 2.7.0 Authentication successful", "250 ok", "220 go ahead", "354 too many",
	"334 Account is locked", "235 5.7.8 no", "299 5.7.139 STARTTLS", "399 rate limit",
};

START_TEST(no_refusal)
{
	ck_assert_ptr_eq(cause_of("auth", no_refusals[_i]), &reply_bad);
}
END_TEST

/* The words that tell may stand on any line, behind a NUL, in any case. */
static const char *const tellers[] = {
	"535-too MANY\n535 x", "535-x\n535 Too Many", "535-x\n535-tOO mANY\n535",
};

START_TEST(anywhere)
{
	ck_assert_ptr_eq(cause_of("auth", tellers[_i]), &refusal_auth_throttled);
}
END_TEST

START_TEST(behind_a_nul)
{
	static const char line[] = "535 x\0too many";
	struct reply r = { 0 };
	struct diag d = { .stage = "auth" };

	ck_assert_int_eq(reply_line(&r, line, sizeof(line) - 1, &d), 0);
	ck_assert_ptr_eq(refusal_cause("auth", &r), &refusal_auth_throttled);
	reply_free(&r);
}
END_TEST

/* Every cause of the room can be reached by a reply. */
START_TEST(reached)
{
	const char *slug = refusal_causes[_i]->slug;
	size_t i = 0;

	while (i < LEN(logins) && strcmp(logins[i].slug, slug) != 0)
		i++;
	ck_assert_msg(i < LEN(logins), "%s", slug);
}
END_TEST

void
tests(TCase *t)
{
	int n = 0;

	while (refusal_causes[n] != NULL)
		n++;
	tcase_add_loop_test(t, login, 0, LEN(logins));
	tcase_add_test(t, code_alone);
	tcase_add_loop_test(t, no_refusal, 0, LEN(no_refusals));
	tcase_add_loop_test(t, anywhere, 0, LEN(tellers));
	tcase_add_test(t, behind_a_nul);
	tcase_add_loop_test(t, reached, 0, n);
}
