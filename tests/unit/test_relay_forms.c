/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "mail/relay_forms.h"
#include "unit/unit.h"

/* The same with at most two relayed domains. */
struct names {
	const char	*from, *third_party, *server, *address;
	const char	*relayed[3];
};

static void
make(struct relay_forms *forms, const struct names *names)
{
	struct list relayed = { 0 };
	struct relay_names n = { names->from, names->third_party, names->server,
	    names->address, &relayed };

	for (size_t i = 0; names->relayed[i] != NULL; i++)
		ck_assert_int_eq(list_add(&relayed, names->relayed[i]), 0);
	ck_assert_int_eq(relay_forms_make(forms, &n), 0);
	list_free(&relayed);
}

static const struct names usual = {
	"f@our.example", "u@d.example", "mx.example", "192.0.2.1", { "l.example" },
};

static const struct {
	const char	*from, *path, *home;
} all[] = {
	{ "f@our.example", "<u@d.example>", NULL },
	{ "", "<u@d.example>", NULL },
	{ "f@d.example", "<u@d.example>", NULL },
	{ "f@mx.example", "<u@d.example>", NULL },
	{ "f@[192.0.2.1]", "<u@d.example>", NULL },
	{ "f@[192.0.2.1]", "<u%d.example@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@[192.0.2.1]", "<u%d.example@mx.example>", "mx.example" },
	{ "f@[192.0.2.1]", "<\"u@d.example\">", "" },
	{ "f@[192.0.2.1]", "<\"u%d.example\">", "" },
	{ "f@[192.0.2.1]", "<u@d.example@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@[192.0.2.1]", "<\"u@d.example\"@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@[192.0.2.1]", "<u@d.example@mx.example>", "mx.example" },
	{ "f@[192.0.2.1]", "<@[192.0.2.1]:u@d.example>", NULL },
	{ "f@[192.0.2.1]", "<@mx.example:u@d.example>", NULL },
	{ "f@[192.0.2.1]", "<d.example!u>", "" },
	{ "f@[192.0.2.1]", "<d.example!u@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@[192.0.2.1]", "<d.example!u@mx.example>", "mx.example" },
	{ "f@localhost", "<u@d.example>", NULL },
	{ "f", "<u@d.example>", NULL },
	{ "f@nowhere.invalid", "<u@d.example>", NULL },
	{ "f@mx.example", "<u%d.example@mx.example>", "mx.example" },
	{ "f@mx.example", "<u%d.example@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@our.example", "<\"u%d.example\"@[192.0.2.1]>", "[192.0.2.1]" },
	{ "f@our.example", "<\"u@d.example\"@mx.example>", "mx.example" },
	{ "f@our.example", "<u%d.example@d.example>", NULL },
	{ "f@our.example", "<u@d.example@d.example>", NULL },
	{ "f@our.example", "<u%d.example%[192.0.2.1]>", "" },
	{ "f@our.example", "<u@d.example.>", NULL },
	{ "f@our.example", "<u@D.EXAMPLE>", NULL },
	{ "f@our.example", "u@d.example", NULL },
	{ "f@our.example", "< u@d.example>", NULL },
	{ "f@our.example", "<@[192.0.2.1],@mx.example:u@d.example>", NULL },
	{ "f@our.example", "<\"d.example!u\"@mx.example>", "mx.example" },
	{ "f@our.example", "<u%d.example@localhost>", "localhost" },
	{ "f@our.example", "<u%d.example@l.example>", "l.example" },
	{ "f@our.example", "<u@d.example@l.example>", "l.example" },
	{ "f@our.example", "<d.example!u@l.example>", "l.example" },
	{ "f@our.example", "<\"u@d.example\"@l.example>", "l.example" },
	{ "f@our.example", "<\"u%d.example\"@l.example>", "l.example" },
	{ "f@our.example", "<@l.example:u@d.example>", NULL },
	{ "f@l.example", "<u@d.example>", NULL },
};

START_TEST(makes_all_forms)
{
	struct relay_forms forms = { 0 };

	make(&forms, &usual);
	for (size_t i = 0; i < LEN(all) && i < forms.n; i++) {
		ck_assert_str_eq(forms.v[i].from, all[i].from);
		ck_assert_str_eq(forms.v[i].path, all[i].path);
		ck_assert_pstr_eq(forms.v[i].home, all[i].home);
	}
	ck_assert_uint_eq(forms.n, LEN(all));
	relay_forms_free(&forms);
	ck_assert_uint_eq(forms.n, 0);
}
END_TEST

/* A name says what the form plays on, and so no two of the usual forms share one. */
START_TEST(names_each)
{
	struct relay_forms forms = { 0 };

	make(&forms, &usual);
	for (size_t i = 0; i < forms.n; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(forms.v[i].name, forms.v[j].name);
	relay_forms_free(&forms);
}
END_TEST

#define US "f@our.example"
#define OTHER "u@d.example"
#define MX "mx.example"
#define IP4 "192.0.2.1"
#define IP6 "2001:db8::1"
#define LONG "a23456789.b23456789.c23456789.d23456789.e23456789.f2345678"
#define LONGER LONG "." LONG "." LONG "." LONG
#define BLANK "\"a \\\" b\"@d.example"	/* "a \" b"@d.example */

/* What is so with other names; path NULL: there is no form of that name. */
static const struct {
	struct names	 names;
	size_t		 n;		/* forms */
	const char	*name, *from, *path, *home;
} others[] = {
/* clang-format off */
	/* the null sender */
	{ { "", OTHER, MX, IP4, { NULL } }, 33, "sender at localhost",
	    "postmaster@localhost", "<u@d.example>", NULL },
	{ { "", OTHER, MX, IP4, { NULL } }, 33, "plain addresses", "", "<u@d.example>",
	    NULL },
	{ { "", OTHER, MX, IP4, { NULL } }, 33, "null sender", NULL, NULL, NULL },
	{ { "", OTHER, MX, IP4, { NULL } }, 33, "no brackets", "", "u@d.example", NULL },
	/* senders that are forms already, or hold what no name may */
	{ { "f@localhost", OTHER, MX, IP4, { NULL } }, 33, "plain addresses",
	    "f@localhost", "<u@d.example>", NULL },
	{ { "f@mx.example", OTHER, MX, IP4, { MX } }, 37, "percent hack at a relayed "
	    "domain", NULL, NULL, NULL },
	{ { "\"x y\"@our.example", OTHER, MX, IP4, { NULL } }, 34, "sender at localhost",
	    "xy@localhost", "<u@d.example>", NULL },
	{ { "\"x y\"@our.example", OTHER, MX, IP4, { NULL } }, 34, "no brackets",
	    "\"x y\"@our.example", "u@d.example", NULL },
	{ { "\" \\\"@,\"@our.example", OTHER, MX, IP4, { NULL } }, 34,
	    "sender without a domain", "postmaster", "<u@d.example>", NULL },
	{ { "a@b@our.example", OTHER, MX, IP4, { NULL } }, 34,
	    "sender without a domain", "ab", "<u@d.example>", NULL },
	/* addresses */
	{ { US, OTHER, MX, NULL, { NULL } }, 17, "source route of two hops", NULL, NULL,
	    NULL },
	{ { US, OTHER, MX, NULL, { NULL } }, 17, "percent hack at the server's own name",
	    "f@mx.example", "<u%d.example@mx.example>", MX },
	{ { US, OTHER, MX, IP6, { NULL } }, 34, "source route of two hops", US,
	    "<@[IPv6:2001:db8::1],@mx.example:u@d.example>", NULL },
	{ { US, OTHER, MX, IP6, { NULL } }, 34,
	    "percent hack at the server's own address", "f@[IPv6:2001:db8::1]",
	    "<u%d.example@[IPv6:2001:db8::1]>", "[IPv6:2001:db8::1]" },
	{ { US, OTHER, MX, "fe80::1%eth0", { NULL } }, 34,
	    "quoted percent hack at the server's own address", US,
	    "<\"u%d.example\"@[IPv6:fe80::1]>", "[IPv6:fe80::1]" },
	/* the server's name */
	{ { US, OTHER, "", IP4, { NULL } }, 24, "sender at the server's own name", NULL,
	    NULL, NULL },
	{ { US, OTHER, "a>b", IP4, { NULL } }, 24, "sender at the server's own name",
	    NULL, NULL, NULL },
	{ { US, OTHER, "/run/smtp", NULL, { NULL } }, 13,
	    "sender at the server's own name", NULL, NULL, NULL },
	{ { US, OTHER, "2001:db8::1", IP6, { NULL } }, 24,
	    "sender at the server's own name", NULL, NULL, NULL },
	{ { US, OTHER, "[IPv6:2001:db8::2]", IP4, { NULL } }, 34,
	    "sender at the server's own name", "f@[IPv6:2001:db8::2]", "<u@d.example>",
	    NULL },
	{ { US, OTHER, "a\x1b[31mb", IP4, { NULL } }, 24,
	    "two domains, the server's own name last", NULL, NULL, NULL },
	{ { US, OTHER, "", NULL, { NULL } }, 13, "percent hack at localhost", US,
	    "<u%d.example@localhost>", "localhost" },
	{ { US, OTHER, "[192.0.2.1]", IP4, { NULL } }, 27,
	    "quoted address at the server's own name", US,
	    "<\"u@d.example\"@[192.0.2.1]>", "[192.0.2.1]" },
	/* relayed domains */
	{ { US, OTHER, MX, IP4, { "l.example", "m.example" } }, 48,
	    "source route by a relayed domain", US, "<@l.example:u@d.example>", NULL },
	{ { US, OTHER, MX, IP4, { "l.example", "l.example" } }, 41,
	    "sender in a relayed domain", "f@l.example", "<u@d.example>", NULL },
	{ { US, OTHER, MX, IP4, { "l\n", "" } }, 34, "sender in a relayed domain", NULL,
	    NULL, NULL },
	/* third parties */
	{ { US, BLANK, MX, IP4, { NULL } }, 34, "plain addresses", US,
	    "<\"a \\\" b\"@d.example>", NULL },
	{ { US, BLANK, MX, IP4, { NULL } }, 34, "two domains, both foreign", US,
	    "<\"a \\\" b\"@d.example@d.example>", NULL },
	{ { US, BLANK, MX, IP4, { NULL } }, 34, "percent hack at localhost", US,
	    "<\"\\\"a \\\\\\\" b\\\"%d.example\"@localhost>", "localhost" },
	{ { US, BLANK, MX, IP4, { NULL } }, 34, "quoted address at the server's own name",
	    US, "<\"\\\"a \\\\\\\" b\\\"@d.example\"@mx.example>", MX },
	{ { US, BLANK, MX, IP4, { NULL } }, 34, "bang path without a domain",
	    "f@[192.0.2.1]", "<\"d.example!\\\"a \\\\\\\" b\\\"\">", "" },
	{ { US, BLANK, MX, IP4, { NULL } }, 34,
	    "percent hack by the server's own address, without a domain", US,
	    "<\"\\\"a \\\\\\\" b\\\"%d.example%[192.0.2.1]\">", "" },
	{ { US, "a@b@d.example", MX, IP4, { NULL } }, 34, "percent hack at localhost", US,
	    "<a@b%d.example@localhost>", "localhost" },
	{ { US, "\"a@b\"@d.example", MX, IP4, { NULL } }, 34, "domain in capitals", US,
	    "<\"a@b\"@D.EXAMPLE>", NULL },
	{ { US, "k\xc3\xa4se@d.example", MX, IP4, { NULL } }, 34, "no brackets", US,
	    "k\xc3\xa4se@d.example", NULL },
	{ { US, "u@d.example.", MX, IP4, { NULL } }, 33, "dot behind the domain", NULL,
	    NULL, NULL },
	{ { US, "u@[192.0.2.9]", MX, IP4, { NULL } }, 32, "dot behind the domain", NULL,
	    NULL, NULL },
	{ { US, "u@[192.0.2.9]", MX, IP4, { NULL } }, 32, "domain in capitals", NULL,
	    NULL, NULL },
	{ { US, "u@[192.0.2.9]", MX, IP4, { NULL } }, 32, "bang path at the server's own "
	    "name", "f@[192.0.2.1]", "<[192.0.2.9]!u@mx.example>", MX },
	/* what is too long: paths, and senders */
	{ { US, "u@" LONGER, LONGER, IP4, { NULL } }, 33, "two domains, the server's own "
	    "name last", "f@[192.0.2.1]", "<u@" LONGER "@" LONGER ">", LONGER },
	{ { US, "u@" LONGER, LONGER, IP4, { NULL } }, 33, "source route of two hops",
	    US, "<@[192.0.2.1],@" LONGER ":u@" LONGER ">", NULL },
	{ { US, "u" LONG "@" LONGER, LONGER, IP4, { NULL } }, 23, "source route of two "
	    "hops", NULL, NULL, NULL },
	{ { "f" LONG "." LONG "@a", "u@" LONGER, MX, IP4, { NULL } }, 33,
	    "sender in the recipient's domain", NULL, NULL, NULL },
/* clang-format on */
};

static const struct relay_form *
find(const struct relay_forms *forms, const char *name)
{
	for (size_t i = 0; i < forms->n; i++)
		if (strcmp(forms->v[i].name, name) == 0)
			return &forms->v[i];
	return NULL;
}

START_TEST(makes_others)
{
	struct relay_forms forms = { 0 };
	const struct relay_form *form;

	make(&forms, &others[_i].names);
	form = find(&forms, others[_i].name);
	ck_assert_msg((form != NULL) == (others[_i].path != NULL), "%s",
	    others[_i].name);
	if (form != NULL) {
		ck_assert_str_eq(form->from, others[_i].from);
		ck_assert_str_eq(form->path, others[_i].path);
		ck_assert_pstr_eq(form->home, others[_i].home);
	}
	ck_assert_uint_eq(forms.n, others[_i].n);
	relay_forms_free(&forms);
}
END_TEST

/* Does the path end in '@' and home or, where home is "", is it no address at all? */
static bool
is_home(const struct relay_form *form)
{
	size_t home = strlen(form->home), n = strlen(form->path) - 1;

	if (home == 0)
		return !envelope_is_address(form->path + 1);
	return n > home && form->path[n - home - 1] == '@' &&
	    strncmp(form->path + n - home, form->home, home) == 0;
}

START_TEST(makes_no_nonsense)
{
	struct relay_forms forms = { 0 };

	make(&forms, &others[_i].names);
	for (size_t i = 0; i < forms.n; i++) {
		const struct relay_form *form = &forms.v[i];

		ck_assert(!text_has_control(form->from));
		ck_assert(!text_has_control(form->path));
		ck_assert_uint_le(strlen(form->from), 320);
		ck_assert_uint_le(strlen("RCPT TO:\r\n") + strlen(form->path), 512);
		ck_assert_msg(form->home == NULL || is_home(form), "%s", form->path);
		ck_assert(form->name[0] != '\0' && !text_has_control(form->name));
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(strcmp(form->from, forms.v[j].from) != 0 ||
			    strcmp(form->path, forms.v[j].path) != 0, "twice: %s",
			    form->path);
	}
	relay_forms_free(&forms);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_test(t, makes_all_forms);
	tcase_add_test(t, names_each);
	tcase_add_loop_test(t, makes_others, 0, LEN(others));
	tcase_add_loop_test(t, makes_no_nonsense, 0, LEN(others));
}
