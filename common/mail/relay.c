/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "mail/refusal.h"
#include "mail/relay.h"

const struct cause relay_accepted = {
	"relay-accepted", CLASS_POLICY, STATE_CRITICAL,
	"the server takes mail that it should refuse",
	"find out why it does: does it trust this client's address (mynetworks and the "
	"like), is the domain one of its own, does a login open more than it should? If "
	"strangers can do this, spam will be sent through it", false,
};

const struct cause relay_unproven = {
	"relay-unproven", CLASS_POLICY, STATE_UNKNOWN,
	"nothing is proven: what the server said is no refusal of this mail as such",
	"look at its words: a block list, greylisting, a limit or a missing step stands "
	"before the question. Ask from a client that it talks to; with --open-relay, "
	"name a recipient that it takes mail for (--to)", false,
};

const struct cause relay_unfinished = {
	"relay-unfinished", CLASS_LOCAL, STATE_UNKNOWN,
	"time ran out before all was asked, at a server that answers",
	"give more time (-t 2m), or ask less; servers that answer each error late need "
	"a second or more for each refusal", true,
};

const struct cause relay_after_cname = {
	"relay-denied-after-cname", CLASS_POLICY, STATE_CRITICAL,
	"the server takes mail for an address and refuses the same with the name that "
	"its domain is an alias of, which some senders put in its place",
	"publish an MX record for the domain instead of the CNAME; or let the server "
	"take the canonical name too (relay_domains, virtual domains, accepted domains). "
	"Until then a Sendmail that sends there needs confDONT_EXPAND_CNAMES or "
	"FEATURE(nocanonify)", false,
};

const struct cause relay_open = {
	"open-relay", CLASS_POLICY, STATE_CRITICAL,
	"the server takes mail from strangers for strangers",
	"close it: relay only for logged in users and trusted networks (Postfix: "
	"reject_unauth_destination, and no client's network too many in mynetworks), "
	"and let it not route by '%', '!' and addresses within addresses. If this "
	"client is trusted by its address, ask from outside or with --xclient", false,
};

const struct cause relay_open_possible = {
	"open-relay-possible", CLASS_POLICY, STATE_WARNING,
	"the server takes an address that would be relayed where such forms are "
	"understood, but takes any invented one there too",
	"let the server know its recipients and refuse others; until then only a "
	"message that arrives would tell. If it is known to take all of them for "
	"mailboxes, expect it with --state open-relay-possible=ok", false,
};

cause_table relay_causes = {
	&relay_accepted, &relay_unproven, &relay_after_cname, &relay_open,
	&relay_open_possible, &relay_unfinished, NULL,
};

enum relay_outcome
relay_outcome(int rc, const struct diag *d)
{
	if (rc != 1)
		return rc == 0 ? RELAY_ACCEPTED : RELAY_UNASKED;
	if (d->cause == &envelope_no_utf8)
		return RELAY_UNASKED;
	return d->code / 100 == 4 && d->cause != &refusal_relay_temporary
	    ? RELAY_DEFERRED : RELAY_REFUSED;
}

/*
 * A refusal in words that the table does not know, with a code that is none of a rule:
 * the command is not known or out of turn, no mail is taken at all, the server is in
 * trouble (RFC 5321 4.2.3, RFC 3463 3.4).
 */
static bool
is_beside_the_point(const struct diag *d)
{
	static const int codes[] = { 500, 502, 503, 504, 521, 555, 556 };

	if (d->cause != &refusal_sender && d->cause != &refusal_recipient)
		return false;
	for (size_t i = 0; i < LEN(codes); i++)
		if (d->code == codes[i])
			return true;
	return strncmp(d->proof, "554 5.3.", 8) == 0 ||
	    strncmp(d->proof, "550 5.3.", 8) == 0;
}

bool
relay_proves_refusal(const struct diag *d)
{
	static const struct cause *const proofs[] = {
		&refusal_relay_denied, &refusal_relay_login, &refusal_recipient_unknown,
		&refusal_recipient, &refusal_sender, &refusal_size,
	};

	if (d->cause == &refusal_relay_temporary)
		return true;
	if (is_beside_the_point(d))
		return false;
	/* A limit that the server told beforehand comes with no code of its own. */
	for (size_t i = 0; i < LEN(proofs); i++)
		if (d->cause == proofs[i])
			return d->code / 100 != 4;
	return false;
}
