/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kinds of senders make of mail DNS that is odd. None of it is guessed: Postfix
 * 3.7, Exim 4.96, Sendmail 8.17 and OpenSMTPD 6.8 were each sent mail for such domains.
 */

#include <string.h>

#include "base/text.h"
#include "probe/domain_judge.h"

static const struct {
	const char	*slug;
	const char	*deed;
} rows[] = {
	{ "no-such-domain", "all senders return the mail at once" },
	{ "no-mail-host", "Postfix, Exim and Sendmail return the mail at once, OpenSMTPD "
	    "keeps trying" },
	{ "implicit-mx", "all senders deliver to the domain's own address" },
	{ "null-mx", "Postfix, Exim and Sendmail return the mail at once and say why, "
	    "OpenSMTPD keeps trying; none uses the domain's own address" },
	{ "null-mx-mixed", "Postfix takes any record that names the root for a null MX, "
	    "and returns the mail at once; Exim, Sendmail and OpenSMTPD use the others" },
	{ "domain-is-alias", "Sendmail writes the canonical name into envelope and "
	    "headers, and into the sender's address, unless DontExpandCnames is set; "
	    "Postfix, Exim and OpenSMTPD keep the alias; all deliver to the exchangers "
	    "of the canonical name" },
	{ "alias-loop", "behind a resolver that answers SERVFAIL to it all senders keep "
	    "trying for days, else Postfix and Sendmail return the mail at once" },
	{ "alias-dangling", "Postfix, Exim and Sendmail return the mail at once, "
	    "OpenSMTPD keeps trying" },
	{ "mx-target-is-alias", "all senders follow the alias" },
	{ "mx-target-missing", "all senders go on to the next exchanger; without one "
	    "Postfix, Exim and Sendmail return the mail at once, OpenSMTPD keeps trying, "
	    "and none goes to the domain's own address" },
	{ "mx-target-no-address", "all senders go on to the next exchanger; without one "
	    "Postfix, Exim and Sendmail return the mail at once, OpenSMTPD keeps trying, "
	    "and none goes to the domain's own address" },
	{ "mx-target-is-address", "Exim refuses it and goes on to the next exchanger, or "
	    "returns the mail; Postfix, Sendmail and OpenSMTPD connect to the address" },
	{ "mx-target-bad-name", "all senders put up with an underscore; other "
	    "characters, and a hyphen in front, make Postfix, Exim and Sendmail pass "
	    "over the exchanger, or return the mail where there is no other; OpenSMTPD "
	    "delivers" },
	{ "mx-duplicate", "all senders deliver" },
};

static bool
has(const struct domain *c, const char *slug)
{
	for (size_t i = 0; i < c->v->nfindings; i++)
		if (strcmp(c->v->findings[i].cause->slug, slug) == 0)
			return true;
	return strcmp(slug, "null-mx") == 0 && domain_is_null(c->m);
}

void
domain_tell_senders(const struct domain *c)
{
	for (size_t i = 0; i < LEN(rows); i++)
		if (has(c, rows[i].slug))
			verdict_note(c->v, "senders (%s): %s", rows[i].slug,
			    rows[i].deed);
}
