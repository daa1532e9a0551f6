/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "mail/envelope.h"
#include "mail/refusal.h"

#define ADDRESS_MAX 320		/* octets: 64, '@', 255; RFC 5321 4.5.3.1 */

static bool
is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

bool
envelope_is_address(const char *text)
{
	const char *at = NULL;
	bool quoted = false;

	if (strlen(text) > ADDRESS_MAX || text[0] == '@')
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" <>()", *p) != NULL)
			return false;
		else if (!quoted && *p == '@')
			at = p;
	}
	return !quoted && at != NULL && at[1] != '\0';
}

/* Acceptance is 250, and 251 for one who has moved (RFC 5321 4.2.3, 3.4). */
static int
judge(struct smtp *m, const char *whom, const char *address, struct diag *d)
{
	const struct cause *cause;

	if (m->reply.code == 250 || m->reply.code == 251)
		return 0;
	reply_forget(&m->reply, address);
	cause = refusal_cause(d->stage, &m->reply, smtp_offered(m));
	if (cause == &reply_bad)
		return diag_set(d, cause, "%s answers the %s <%s> out of turn: %s",
		    m->stream.peer, whom, address, d->proof);
	return diag_set(d, cause, "%s refused the %s <%s>: %s", m->stream.peer, whom,
	    address, d->proof);
}

int
envelope_from(struct smtp *m, const char *address, struct diag *d)
{
	diag_at(d, "mail");
	if (smtp_command(m, d, "MAIL FROM:<%s>%s", address,
	    m->features.smtputf8 && !is_ascii(address) ? " SMTPUTF8" : "") == -1)
		return -1;
	return judge(m, "sender", address, d);
}

int
envelope_to(struct smtp *m, const char *address, struct diag *d)
{
	diag_at(d, "rcpt");
	if (smtp_command(m, d, "RCPT TO:<%s>", address) == -1)
		return -1;
	return judge(m, "recipient", address, d);
}

int
envelope_reset(struct smtp *m, struct diag *d)
{
	diag_at(d, "rset");
	if (smtp_command(m, d, "RSET") == -1)
		return -1;
	if (m->reply.code == 250)
		return 0;
	return diag_set(d, &reply_bad, "%s does not take RSET: %s", m->stream.peer,
	    d->proof);
}
