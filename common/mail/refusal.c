/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/refusal.h"

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

const struct cause refusal_tls_required = {
	"tls-required", CLASS_TLS, STATE_CRITICAL,
	"the server wants an encrypted connection before this command",
	"use --tls=starttls, or --tls=implicit on port 465; clients of this server need "
	"the same setting", false,
};

cause_table refusal_causes = {
	&refusal_auth_rejected, &refusal_auth_temporary, &refusal_auth_mechanism,
	&refusal_auth_not_offered, &refusal_auth_needs_tls, &refusal_auth_disabled,
	&refusal_auth_throttled, &refusal_account_locked, &refusal_tls_required, NULL,
};

/*
 * A row matches when everything it names fits; 0 and NULL name nothing, a code below 10 a
 * first digit. The first match wins.
 */
static const struct row {
	const char	*stage;
	int		 code;
	const char	*enhanced;
	const char	*wording;	/* in any case, anywhere in the text */
	const struct cause *cause;
} rows[] = {
	/* clang-format off */
	/*
	 * Office 365 says 5.7.139 of a wrong password too, 5.7.3 where SMTP AUTH is off.
	 */
	{ "auth", 0,   NULL,	"credentials were incorrect",	&refusal_auth_rejected },
	{ "auth", 0,   "5.7.139", NULL,				&refusal_auth_disabled },
	{ "auth", 0,   "5.7.57",  NULL,				&refusal_auth_disabled },
	{ "auth", 0,   "5.7.3",	"outlook.com",			&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"authentication is disabled",	&refusal_auth_disabled },
	/* Gmail: the password alone does not do. */
	{ "auth", 0,   "5.7.14",  NULL,				&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"your web browser",		&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"specific password",		&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"application password",		&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"app password",			&refusal_auth_disabled },
	{ "auth", 0,   NULL,	"access rights to this service", &refusal_auth_disabled },
	{ "auth", 0,   NULL,	"too many",			&refusal_auth_throttled },
	{ "auth", 0,   NULL,	"rate limit",			&refusal_auth_throttled },
	{ "auth", 0,   NULL,	"limit exceeded",		&refusal_auth_throttled },
	{ "auth", 0,   NULL,	"temporarily blocked",		&refusal_auth_throttled },
	{ "auth", 0,   "5.7.13",  NULL,				&refusal_account_locked },
	{ "auth", 0,   "4.7.12",  NULL,				&refusal_account_locked },
	{ "auth", 0,   NULL,	"account is locked",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"account locked",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"locked out",			&refusal_account_locked },
	{ "auth", 0,   NULL,	"account is disabled",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"account disabled",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"user is disabled",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"suspended",			&refusal_account_locked },
	{ "auth", 0,   NULL,	"password has expired",		&refusal_account_locked },
	{ "auth", 0,   NULL,	"password expired",		&refusal_account_locked },
	/*
	 * Cyrus SASL behind Postfix: saslauthd is away, or none of its mechanisms works.
	 */
	{ "auth", 0,   NULL,	"generic failure",		&refusal_auth_temporary },
	{ "auth", 0,   NULL,	"lost to authentication server",
								&refusal_auth_temporary },
	{ "auth", 0,   NULL,	"no mechanism available",	&refusal_auth_mechanism },
	{ "auth", 0,   NULL,	"invalid authentication mech",	&refusal_auth_mechanism },
	{ "auth", 0,   NULL,	"unsupported authentication mech",
								&refusal_auth_mechanism },
	{ "auth", 0,   NULL,	"STARTTLS",			&refusal_tls_required },
	/* RFC 4954 6 and RFC 5248; 5.5.6: the line is too long for this mechanism. */
	{ "auth", 0,   "5.7.10",  NULL,				&refusal_auth_needs_tls },
	{ "auth", 0,   "5.7.11",  NULL,				&refusal_auth_needs_tls },
	{ "auth", 0,   "5.7.8",   NULL,				&refusal_auth_rejected },
	{ "auth", 0,   "5.7.9",   NULL,				&refusal_auth_mechanism },
	{ "auth", 0,   "5.5.4",   NULL,				&refusal_auth_mechanism },
	{ "auth", 0,   "5.5.6",   NULL,				&refusal_auth_mechanism },
	{ "auth", 538, NULL,	NULL,				&refusal_auth_needs_tls },
	{ "auth", 534, NULL,	NULL,				&refusal_auth_mechanism },
	{ "auth", 530, NULL,	NULL,				&refusal_tls_required },
	{ "auth", 525, NULL,	NULL,				&refusal_account_locked },
	{ "auth", 523, NULL,	NULL,				&refusal_auth_needs_tls },
	{ "auth", 504, NULL,	NULL,				&refusal_auth_mechanism },
	{ "auth", 503, NULL,	NULL,			&refusal_auth_not_offered },
	{ "auth", 502, NULL,	NULL,			&refusal_auth_not_offered },
	{ "auth", 501, NULL,	NULL,				&refusal_auth_mechanism },
	{ "auth", 500, NULL,	NULL,			&refusal_auth_not_offered },
	{ "auth", 432, NULL,	NULL,				&refusal_account_locked },
	{ "auth", 4,   NULL,	NULL,				&refusal_auth_temporary },
	{ "auth", 5,   NULL,	NULL,				&refusal_auth_rejected },
	/* clang-format on */
};

static bool
matches(const struct row *row, const char *stage, const struct reply *r)
{
	int code = row->code < 10 ? r->code / 100 : r->code;

	return strcmp(row->stage, stage) == 0 && (row->code == 0 || row->code == code) &&
	    (row->enhanced == NULL || strcmp(row->enhanced, r->enhanced) == 0) &&
	    (row->wording == NULL || text_find(buf_str(&r->text), row->wording) != NULL);
}

static const struct row *
find(const char *stage, const struct reply *r)
{
	for (size_t i = 0; i < LEN(rows); i++)
		if (matches(&rows[i], stage, r))
			return &rows[i];
	return NULL;
}

const struct cause *
refusal_known(const char *stage, const struct reply *r)
{
	const struct row *row = find(stage, r);

	return row != NULL && (row->code == 0 || row->code >= 10) ? row->cause : NULL;
}

const struct cause *
refusal_cause(const char *stage, const struct reply *r)
{
	const struct row *row = r->code >= 400 ? find(stage, r) : NULL;

	return row != NULL ? row->cause : &reply_bad;
}
