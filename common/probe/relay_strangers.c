/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mail/inquiry.h"
#include "mail/open_relay.h"
#include "probe/relay_strangers.h"

static void
found_open(void *arg, const struct diag *d)
{
	verdict_diag(arg, d);
}

void
relay_strangers(const struct relay_strangers_asking *asking,
    const struct session_server *server, struct diag *dead, struct relay_result *r,
    struct verdict *v)
{
	const struct open_relay_ask ask = {
		asking->from, asking->third_party, asking->relayed, asking->controls,
		found_open, v,
	};
	struct inquiry q = {
		.server = server, .max_errors = asking->max_errors,
	};
	struct open_relay o = { 0 };
	struct diag d = { 0 };
	int rc = inquiry_open(&q, &d);

	if (rc == 0)
		rc = open_relay_ask(&q, &ask, &o, &d);
	if (rc == -1)
		relay_answers_failed(&d, false, o.forms == 0 ? dead : NULL, v);
	*r = (struct relay_result){
		.accepted = o.accepted, .refused = o.refused, .deferred = o.deferred,
		.unexpected = o.accepted,
		.answered = o.accepted + o.refused + o.deferred > 0,
	};
	relay_answers_tell(&q, server->conf, v);
	if (rc == 0 && o.accepted == 0)
		verdict_say(v, "%s relays for no stranger: it refuses <%s> in all %zu "
		    "forms%s%s", server->name, asking->third_party, o.forms,
		    o.control[0] != '\0' ? " and takes " : "", o.control);
	if (rc == 0 && o.accepted == 0 && o.control[0] == '\0')
		verdict_note(v, "it takes no mail at all without a login");
	if (rc == 0 && o.unknown)
		verdict_note(v, "it knows no recipient <%s>: if that domain is one of "
		    "its own, take a third party elsewhere", asking->third_party);
	inquiry_close(&q);
}
