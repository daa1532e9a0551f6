/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses by their looks: linked alone where no server is asked. */

#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"

#define DOMAIN_MAX 255

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

	if (strlen(text) > ENVELOPE_ADDRESS_MAX || text[0] == '@' ||
	    text_has_control(text))
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" <>(),;", *p) != NULL)
			return false;
		else if (!quoted && *p == '@')
			at = p;
	}
	return !quoted && at != NULL && at[1] != '\0';
}

bool
envelope_is_recipient(const char *text)
{
	return envelope_is_address(text) || text_same(text, "postmaster");
}

const char *
envelope_at(const char *address)
{
	const char *at = NULL, *p;
	bool quoted = false;

	for (p = address; *p != '\0'; p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '@' && !quoted)
			at = p;
	}
	return at != NULL ? at : p;
}

bool
envelope_is_domain(const char *text)
{
	return text[0] != '\0' && strlen(text) <= DOMAIN_MAX && !text_has_control(text) &&
	    strpbrk(text, " \"\\()<>@,;%!/") == NULL &&
	    (text[0] == '[' || strchr(text, ':') == NULL);
}

const char *
envelope_sender(const char *typed)
{
	return strcmp(typed, "<>") == 0 ? "" : typed;
}

int
envelope_settle_sender(const char *option, const char *typed, struct buf *why)
{
	if (envelope_sender(typed)[0] == '\0' || envelope_is_address(typed))
		return 0;
	(void)buf_addf(why, "%s takes an address such as user@example.org, or <> for the "
	    "null sender, not \"%s\"", option, typed);
	return -1;
}

int
envelope_settle_recipient(const char *option, const char *typed, struct buf *why)
{
	if (envelope_is_recipient(typed))
		return 0;
	(void)buf_addf(why, "%s takes an address such as user@example.org, not \"%s\"",
	    option, typed);
	return -1;
}
