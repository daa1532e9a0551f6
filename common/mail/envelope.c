/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "mail/refusal.h"

const struct cause envelope_no_utf8 = {
	"smtputf8-not-offered", CLASS_POLICY, STATE_CRITICAL,
	"the server takes no addresses with letters beyond ASCII",
	"enable SMTPUTF8 on the server, or use an address in ASCII (a domain has one "
	"that begins with xn--)", false,
};

cause_table envelope_causes = { &envelope_no_utf8, NULL };

/* The first digit is what counts (RFC 5321 4.2.1): 250, 251, and what servers make up. */
static int
judge(struct smtp *m, const char *what, const char *path, struct diag *d)
{
	const struct cause *cause;

	if (m->reply.code == 221) {
		m->broken = true;
		return diag_set(d, &smtp_closing, "%s closes the session at mail %s %s: "
		    "%s", m->stream.peer, what, path, d->proof);
	}
	if (m->reply.code / 100 == 2)
		return 0;
	cause = refusal_cause(d->stage, &m->reply, smtp_offered(m));
	if (cause == &reply_bad)
		return diag_set(d, cause, "%s answers mail %s %s out of turn: %s",
		    m->stream.peer, what, path, d->proof);
	return diag_set(d, cause, m->reply.code < 500
	    ? "%s does not take mail %s %s for now: %s"
	    : "%s refused mail %s %s: %s", m->stream.peer, what, path, d->proof);
}

int
envelope_from(struct smtp *m, const struct envelope_mail *mail, struct diag *d)
{
	char path[ENVELOPE_PATH_MAX], size[32] = "";

	diag_at(d, "mail");
	if (mail->utf8 && !m->features.smtputf8)
		return diag_set(d, &envelope_no_utf8, "%s does not offer SMTPUTF8, which "
		    "an address with letters beyond ASCII needs", m->stream.peer);
	if (mail->size > 0 && m->features.size)
		(void)snprintf(size, sizeof(size), " SIZE=%" PRIu64, mail->size);
	(void)snprintf(path, sizeof(path), "<%s>", mail->from);
	m->quoted[0] = mail->from;
	m->quoted[1] = NULL;
	if (smtp_command(m, d, "MAIL FROM:%s%s%s", path, size,
	    mail->utf8 ? " SMTPUTF8" : "") == -1 || judge(m, "from", path, d) == -1)
		return -1;
	/* Not every server compares, and a sender does so by itself (RFC 1870 5). */
	if (m->features.size_max == 0 || mail->size <= m->features.size_max)
		return 0;
	return diag_set(d, &refusal_size, "it offers to take %" PRIu64 " octets (SIZE), "
	    "and the message has %" PRIu64, m->features.size_max, mail->size);
}

int
envelope_path(struct smtp *m, const char *path, struct diag *d)
{
	char address[ENVELOPE_ADDRESS_MAX + 1];
	size_t n = strlen(path), bracket = path[0] == '<' && path[n - 1] == '>' ? 1 : 0;
	int rc;

	diag_at(d, "rcpt");
	text_copy(address, sizeof(address), path + bracket, n - 2 * bracket);
	m->quoted[1] = address;
	rc = smtp_command(m, d, "RCPT TO:%s", path);
	m->quoted[1] = NULL;
	return rc == -1 ? -1 : judge(m, "to", path, d);
}

int
envelope_to(struct smtp *m, const char *address, struct diag *d)
{
	char path[ENVELOPE_PATH_MAX];

	(void)snprintf(path, sizeof(path), "<%s>", address);
	return envelope_path(m, path, d);
}

int
envelope_reset(struct smtp *m, struct diag *d)
{
	diag_at(d, "rset");
	m->quoted[0] = NULL;
	if (smtp_command(m, d, "RSET") == -1)
		return -1;
	if (m->reply.code / 100 == 2)
		return 0;
	return diag_set(d, &reply_bad, "%s does not take RSET: %s", m->stream.peer,
	    d->proof);
}
