/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "probe/domain.h"
#include "unit/unit.h"

static const struct {
	const char	*text, *name;		/* NULL: refused */
	long		 preference;
} rows[] = {
	{ "10 mx.example.org", "mx.example.org", 10 },
	{ "10 MX.Example.ORG.", "mx.example.org", 10 },
	{ "0 mx.example.org", "mx.example.org", 0 },
	{ "65535 mx.example.org", "mx.example.org", 65535 },
	{ "10\t mx.example.org", "mx.example.org", 10 },
	{ "0010 mx.example.org", "mx.example.org", 10 },
	{ "mx.example.org", "mx.example.org", -1 },
	{ "1.example.org", "1.example.org", -1 },
	{ "65536 mx.example.org", NULL, 0 }, { "-1 mx.example.org", NULL, 0 },
	{ "99999999999 mx.example.org", NULL, 0 }, { "10 ", NULL, 0 }, { "", NULL, 0 },
	{ " mx.example.org", NULL, 0 }, { "10 mx.example.org ", NULL, 0 },
	{ "10 mx.example.org 20", NULL, 0 }, { "10 u@example.org", NULL, 0 },
	{ "10 mx..example.org", NULL, 0 }, { "10 mx.example.org,x", NULL, 0 },
	{ "10", NULL, 0 }, { "10 10", NULL, 0 }, { "ten mx.example.org", NULL, 0 },
	{ "10: mx.example.org", NULL, 0 }, { "0 .", NULL, 0 }, { ".", NULL, 0 },
	{ "10 192.0.2.1", NULL, 0 }, { "192.0.2.1", NULL, 0 },
};

START_TEST(reads)
{
	struct domain_expected e;
	int rc = domain_expect_parse(rows[_i].text, &e);

	ck_assert_msg(rc == (rows[_i].name != NULL ? 0 : -1), "%s: %d", rows[_i].text,
	    rc);
	if (rc == -1)
		return;
	ck_assert_str_eq(e.name, rows[_i].name);
	ck_assert_int_eq(e.preference, rows[_i].preference);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, reads, 0, LEN(rows));
}
