/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "unit/unit.h"

static const struct {
	const char	*text;
	bool		 address;
} texts[] = {
	{ "alice@example.org", true },
	{ "a@b", true },
	{ "\"a b\"@example.org", true },
	{ "\"a@b>\"@example.org", true },
	{ "\"a\\\"b\"@example.org", true },
	{ "user+tag@[192.0.2.1]", true },
	{ "user@[IPv6:2001:db8::1]", true },
	{ "a%b@c@d", true },
	{ "k\xc3\xa4se@example.org", true },
	{ "\"a,b\"@example.org", true },
	{ "a@example.org,b@example.org", false },
	{ "a@example.org;", false },
	{ "a(b)@example.org", false },
	{ "a)@example.org", false },
	{ "\"a(b)\"@example.org", true },
	{ "", false },
	{ "alice", false },
	{ "@example.org", false },
	{ "alice@", false },
	{ "<alice@example.org>", false },
	{ "Alice <alice@example.org>", false },
	{ "alice @example.org", false },
	{ "alice@example.org> SIZE=1", false },
	{ "alice@example.org (Alice)", false },
	{ "\"alice@example.org", false },
	{ "\"alice\\\"@example.org", false },
	{ "\"alice@example.org\"", false },
};

START_TEST(knows_addresses)
{
	ck_assert_msg(envelope_is_address(texts[_i].text) == texts[_i].address, "%s",
	    texts[_i].text);
}
END_TEST

START_TEST(knows_the_limit)
{
	char text[400];

	memset(text, 'a', sizeof(text));
	text[64] = '@';
	text[320] = '\0';
	ck_assert(envelope_is_address(text));
	text[320] = 'a';
	text[321] = '\0';
	ck_assert(!envelope_is_address(text));
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, knows_addresses, 0, LEN(texts));
	tcase_add_test(t, knows_the_limit);
}
