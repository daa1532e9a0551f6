/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "mail/refusal.h"

#define ADDRESS_MAX 320		/* octets: 64, '@', 255; RFC 5321 4.5.3.1 */

const struct cause envelope_no_utf8 = {
	"smtputf8-not-offered", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no addresses with letters beyond ASCII",
	"enable SMTPUTF8 on the server, or use an address in ASCII (a domain has one "
	"that begins with xn--)", false,
};

cause_table envelope_causes = { &envelope_no_utf8, NULL };

bool
envelope_is_ascii(const char *address)
{
	while (*address != '\0' && (unsigned char)*address < 0x80)
		address++;
	return *address == '\0';
}

bool
envelope_is_address(const char *text)
{
	const char *at = NULL;
	bool quoted = false;

	if (strlen(text) > ADDRESS_MAX || text[0] == '@' || text_has_control(text))
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

/* The first digit is what counts (RFC 5321 4.2.1): 250, 251, and what servers make up. */
static int
judge(struct smtp *m, const char *what, const char *address, struct diag *d)
{
	const struct cause *cause;

	if (m->reply.code / 100 == 2)
		return 0;
	cause = refusal_cause(d->stage, &m->reply, smtp_offered(m));
	if (cause == &reply_bad)
		return diag_set(d, cause, "%s answers mail %s <%s> out of turn: %s",
		    m->stream.peer, what, address, d->proof);
	return diag_set(d, cause, m->reply.code < 500
	    ? "%s does not take mail %s <%s> for now: %s"
	    : "%s refused mail %s <%s>: %s", m->stream.peer, what, address, d->proof);
}

int
envelope_from(struct smtp *m, const char *address, bool utf8, struct diag *d)
{
	int rc;

	diag_at(d, "mail");
	if (utf8 && !m->features.smtputf8)
		return diag_set(d, &envelope_no_utf8, "%s does not offer SMTPUTF8, which "
		    "an address with letters beyond ASCII needs", m->stream.peer);
	m->quoted = address;
	rc = smtp_command(m, d, "MAIL FROM:<%s>%s", address, utf8 ? " SMTPUTF8" : "");
	m->quoted = NULL;
	return rc == -1 ? -1 : judge(m, "from", address, d);
}

int
envelope_to(struct smtp *m, const char *address, struct diag *d)
{
	int rc;

	diag_at(d, "rcpt");
	m->quoted = address;
	rc = smtp_command(m, d, "RCPT TO:<%s>", address);
	m->quoted = NULL;
	return rc == -1 ? -1 : judge(m, "to", address, d);
}

int
envelope_reset(struct smtp *m, struct diag *d)
{
	diag_at(d, "rset");
	if (smtp_command(m, d, "RSET") == -1)
		return -1;
	if (m->reply.code / 100 == 2)
		return 0;
	return diag_set(d, &reply_bad, "%s does not take RSET: %s", m->stream.peer,
	    d->proof);
}
