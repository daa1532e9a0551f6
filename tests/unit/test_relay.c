/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>

#include "mail/envelope.h"
#include "mail/refusal.h"
#include "mail/relay.h"
#include "unit/unit.h"

static const struct {
	int			 rc, code;
	const struct cause	*cause;
	enum relay_outcome	 outcome;
	bool			 proof;
} answers[] = {
	{ 0, 250, NULL, RELAY_ACCEPTED, false },
	{ -1, 0, NULL, RELAY_UNASKED, false },
	{ -1, 421, &smtp_closing, RELAY_UNASKED, false },
	{ 1, 554, &refusal_relay_denied, RELAY_REFUSED, true },
	{ 1, 454, &refusal_relay_temporary, RELAY_REFUSED, true },
	{ 1, 530, &refusal_relay_login, RELAY_REFUSED, true },
	{ 1, 450, &refusal_relay_login, RELAY_DEFERRED, false },
	{ 1, 550, &refusal_recipient_unknown, RELAY_REFUSED, true },
	{ 1, 450, &refusal_recipient_unknown, RELAY_DEFERRED, false },
	{ 1, 550, &refusal_recipient, RELAY_REFUSED, true },
	{ 1, 553, &refusal_sender, RELAY_REFUSED, true },
	{ 1, 450, &refusal_sender, RELAY_DEFERRED, false },
	{ 1, 552, &refusal_size, RELAY_REFUSED, true },
	{ 1, 250, &refusal_size, RELAY_REFUSED, true },
	{ 1, 452, &refusal_size, RELAY_DEFERRED, false },
	{ 1, 450, &refusal_greylisted, RELAY_DEFERRED, false },
	{ 1, 451, &refusal_deferred, RELAY_DEFERRED, false },
	{ 1, 554, &refusal_client, RELAY_REFUSED, false },
	{ 1, 450, &refusal_client, RELAY_DEFERRED, false },
	{ 1, 550, &refusal_rate, RELAY_REFUSED, false },
	{ 1, 421, &refusal_rate, RELAY_DEFERRED, false },
	{ 1, 552, &refusal_mailbox_full, RELAY_REFUSED, false },
	{ 1, 530, &refusal_tls_required, RELAY_REFUSED, false },
	{ 1, 550, &smtp_ehlo_refused, RELAY_REFUSED, false },
	{ 1, 0, &envelope_no_utf8, RELAY_UNASKED, false },
	{ 1, 503, &refusal_sender, RELAY_REFUSED, false },
	{ 1, 503, &refusal_relay_login, RELAY_REFUSED, true },
	{ 1, 502, &refusal_recipient, RELAY_REFUSED, false },
	{ 1, 521, &refusal_recipient, RELAY_REFUSED, false },
	{ 1, 555, &refusal_sender, RELAY_REFUSED, false },
	{ 1, 501, &refusal_recipient, RELAY_REFUSED, true },
	{ 1, 500, &refusal_recipient, RELAY_REFUSED, false },
	{ 1, 504, &refusal_recipient, RELAY_REFUSED, false },
	{ 1, 556, &refusal_recipient, RELAY_REFUSED, false },
};

START_TEST(answer)
{
	const struct diag d = {
		.cause = answers[_i].cause, .code = answers[_i].code,
	};

	ck_assert_int_eq(relay_outcome(answers[_i].rc, &d), answers[_i].outcome);
	if (answers[_i].rc == 1)
		ck_assert_int_eq(relay_proves_refusal(&d), answers[_i].proof);
}
END_TEST

/* An enhanced code for the system as a whole (RFC 3463 3.4) means no single mail. */
static const struct {
	const struct cause	*cause;
	int			 code;
	const char		*proof;
	bool			 proves;
} systems[] = {
	{ &refusal_recipient, 554, "554 5.3.0 no", false },
	{ &refusal_sender, 550, "550 5.3.2 no", false },
	{ &refusal_relay_denied, 554, "554 5.3.0 no", true },
	{ &refusal_recipient, 554, "554 5.30.0 no", true },
	{ &refusal_recipient, 552, "552 5.3.4 no", true },
};

START_TEST(system_as_a_whole)
{
	struct diag d = { .cause = systems[_i].cause, .code = systems[_i].code };

	(void)snprintf(d.proof, sizeof(d.proof), "%s", systems[_i].proof);
	ck_assert_int_eq(relay_proves_refusal(&d), systems[_i].proves);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, answer, 0, LEN(answers));
	tcase_add_loop_test(t, system_as_a_whole, 0, LEN(systems));
}
