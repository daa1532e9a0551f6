/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "mail/relay_forms.h"

#define SENDER_MAX 320	/* octets of an address; RFC 5321 4.5.3.1 */
#define RCPT_MAX 502	/* octets behind "RCPT TO:" in a line; RFC 5321 4.5.3.1.4 */

/*
 * Texts in which a letter stands for
 *
 *	F  our sender                   f  its local part
 *	u  the third party's user       D  its domain, C in capitals, N with a dot behind
 *	S  the server's name            I  its address, as in "[192.0.2.1]"
 *	L  a relayed domain
 *
 * and parentheses for quotation marks, if u holds such marks already. No other word has
 * one of these letters. A row that needs what there is none of is left out.
 */
struct row {
	const char	*name, *from, *path, *home;
};

/*
 * What servers have fallen for:
 *
 * - a sender that says it is one of theirs, or none: the null sender is for bounces only
 *   (RFC 5321 4.5.5), and whoever trusts a name in MAIL FROM trusts everybody;
 * - the percent hack (RFC 1123 5.2.16): u%D at a domain of theirs is sent on to u@D, and
 *   only what stands behind the '@' is compared with the list of domains;
 * - two '@', of which one part of the server takes the last and another the first;
 * - quotes (RFC 5321 4.1.2): what they protect is one local part, until something
 *   takes them off and reads the address again;
 * - bang paths, UUCP's way to say the same (RFC 976);
 * - source routes (RFC 821 3.6), which a server has to understand and should cut off, not
 *   take for the address (RFC 5321 3.6.1, appendix C and F.2);
 * - no domain at all: <postmaster> has to be taken without one (RFC 5321 4.5.1), and so
 *   may what only looks like a local part;
 * - other spellings of a domain, and paths that are not quite a path (RFC 5321 4.1.2),
 *   which slip by a comparison of texts and are put right later;
 * - and all of this at a domain that they relay for: a server that forwards to another,
 *   which trusts it, must not pass on what that one would take for a route.
 *
 * The first row and the sixteen that follow are what most scanners ask. Where the path
 * has a domain of the server behind its last '@', or none, to take it may also mean
 * that there is a mailbox of that odd name, or that any name is taken: hence home.
 */
static const struct row rows[] = {
/* clang-format off */
	{ "plain addresses", "F", "<u@D>", NULL },
	{ "null sender", "", "<u@D>", NULL },
	{ "sender in the recipient's domain", "f@D", "<u@D>", NULL },
	{ "sender at the server's own name", "f@S", "<u@D>", NULL },
	{ "sender at the server's own address", "f@I", "<u@D>", NULL },
	{ "percent hack at the server's own address", "f@I", "<(u%D)@I>", "I" },
	{ "percent hack at the server's own name, sender at its address", "f@I",
	    "<(u%D)@S>", "S" },
	{ "quoted address without a domain", "f@I", "<\"u@D\">", "" },
	{ "quoted percent hack without a domain", "f@I", "<\"u%D\">", "" },
	{ "two domains, the server's own address last", "f@I", "<u@D@I>", "I" },
	{ "quoted address at the server's own address", "f@I", "<\"u@D\"@I>", "I" },
	{ "two domains, the server's own name last", "f@I", "<u@D@S>", "S" },
	{ "source route by the server's own address", "f@I", "<@I:u@D>", NULL },
	{ "source route by the server's own name", "f@I", "<@S:u@D>", NULL },
	{ "bang path without a domain", "f@I", "<(D!u)>", "" },
	{ "bang path at the server's own address", "f@I", "<(D!u)@I>", "I" },
	{ "bang path at the server's own name", "f@I", "<(D!u)@S>", "S" },

	{ "sender at localhost", "f@localhost", "<u@D>", NULL },
	{ "sender without a domain", "f", "<u@D>", NULL },
	{ "sender in a domain that cannot exist", "f@nowhere.invalid", "<u@D>", NULL },
	{ "percent hack at the server's own name", "f@S", "<(u%D)@S>", "S" },
	{ "percent hack at the server's own address, sender at its name", "f@S",
	    "<(u%D)@I>", "I" },
	{ "quoted percent hack at the server's own address", "F", "<\"u%D\"@I>", "I" },
	{ "quoted address at the server's own name", "F", "<\"u@D\"@S>", "S" },
	{ "percent hack at a foreign domain", "F", "<(u%D)@D>", NULL },
	{ "two domains, both foreign", "F", "<u@D@D>", NULL },
	{ "percent hack by the server's own address, without a domain", "F",
	    "<(u%D%I)>", "" },

	{ "dot behind the domain", "F", "<u@N>", NULL },
	{ "domain in capitals", "F", "<u@C>", NULL },
	{ "no brackets", "F", "u@D", NULL },
	{ "blank within the brackets", "F", "< u@D>", NULL },
	{ "source route of two hops", "F", "<@I,@S:u@D>", NULL },
	{ "quoted bang path at the server's own name", "F", "<\"D!u\"@S>", "S" },
	{ "percent hack at localhost", "F", "<(u%D)@localhost>", "localhost" },

	{ "percent hack at a relayed domain", "F", "<(u%D)@L>", "L" },
	{ "two domains, a relayed one last", "F", "<u@D@L>", "L" },
	{ "bang path at a relayed domain", "F", "<(D!u)@L>", "L" },
	{ "quoted address at a relayed domain", "F", "<\"u@D\"@L>", "L" },
	{ "quoted percent hack at a relayed domain", "F", "<\"u%D\"@L>", "L" },
	{ "source route by a relayed domain", "F", "<@L:u@D>", NULL },
	{ "sender in a relayed domain", "f@L", "<u@D>", NULL },
/* clang-format on */
};

/* What the letters stand for; "" is what there is none of, but for F. */
struct parts {
	const char	*from, *domain, *server, *relayed;	/* F D S L */
	struct buf	 local, user, capitals, dotted, address;	/* f u C N I */
	bool		 quoted;	/* u holds quotation marks */
};

/* Whatever would have to be quoted is left out. */
static void
add_local(struct buf *out, const char *from)
{
	for (const char *p = from, *at = envelope_at(from); p < at; p++)
		if (strchr(" \"\\()<>@,;:[]", *p) == NULL)
			(void)buf_add(out, p, 1);
	if (out->len == 0)
		(void)buf_puts(out, "postmaster");
}

static void
add_capitals(struct buf *out, const char *domain)
{
	for (const char *p = domain; *p != '\0'; p++) {
		char c = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;

		(void)buf_add(out, &c, 1);
	}
}

/* Only names end in a dot, and only in one. */
static void
add_dotted(struct buf *out, const char *domain)
{
	size_t n = strlen(domain);

	if (n > 0 && strchr(".]", domain[n - 1]) == NULL)
		(void)buf_addf(out, "%s.", domain);
}

/* RFC 5321 4.1.3, which knows no zones such as "%eth0". */
static void
add_address(struct buf *out, const char *address)
{
	if (address != NULL)
		(void)buf_addf(out, "[%s%.*s]", strchr(address, ':') != NULL ? "IPv6:"
		    : "", (int)strcspn(address, "%"), address);
}

static int
parts_make(struct parts *p, const struct relay_names *names)
{
	const char *at = envelope_at(names->third_party);

	p->from = names->from;
	p->domain = *at == '@' ? at + 1 : at;
	/* A peer calls itself anything, and a host may be a path. */
	p->server = envelope_is_domain(names->server) ? names->server : "";
	p->relayed = "";
	add_local(&p->local, names->from);
	(void)buf_add(&p->user, names->third_party, (size_t)(at - names->third_party));
	add_capitals(&p->capitals, p->domain);
	add_dotted(&p->dotted, p->domain);
	add_address(&p->address, names->address);
	p->quoted = strchr(buf_str(&p->user), '"') != NULL;
	return p->local.failed || p->user.failed || p->capitals.failed ||
	    p->dotted.failed || p->address.failed ? -1 : 0;
}

static void
parts_free(struct parts *p)
{
	buf_free(&p->local);
	buf_free(&p->user);
	buf_free(&p->capitals);
	buf_free(&p->dotted);
	buf_free(&p->address);
}

/* What the letter stands for; NULL when it is just a letter. */
static const char *
meaning(const struct parts *p, char letter)
{
	switch (letter) {
	case 'F':
		return p->from;
	case 'D':
		return p->domain;
	case 'S':
		return p->server;
	case 'L':
		return p->relayed;
	case 'f':
		return buf_str(&p->local);
	case 'u':
		return buf_str(&p->user);
	case 'C':
		return buf_str(&p->capitals);
	case 'N':
		return buf_str(&p->dotted);
	case 'I':
		return buf_str(&p->address);
	default:
		return NULL;
	}
}

static void
add_part(struct buf *out, const char *text, bool quoted)
{
	for (; *text != '\0'; text++) {
		if (quoted && (*text == '"' || *text == '\\'))
			(void)buf_puts(out, "\\");
		(void)buf_add(out, text, 1);
	}
}

/* Writes out a row's text. 1 when it needs what there is none of. */
static int
expand(struct buf *out, const char *text, const struct parts *p)
{
	bool quoted = false;

	buf_reset(out);
	for (; *text != '\0'; text++) {
		const char *part = meaning(p, *text);

		if (part != NULL && *part == '\0' && *text != 'F')
			return 1;
		if (part != NULL)
			add_part(out, part, quoted);
		else if (*text == '"' || (p->quoted && strchr("()", *text) != NULL)) {
			(void)buf_puts(out, "\"");
			quoted = !quoted;
		} else if (strchr("()", *text) == NULL)
			(void)buf_add(out, text, 1);
	}
	return out->failed ? -1 : 0;
}

static bool
has(const struct relay_forms *forms, const char *from, const char *path)
{
	for (size_t i = 0; i < forms->n; i++)
		if (strcmp(forms->v[i].from, from) == 0 &&
		    strcmp(forms->v[i].path, path) == 0)
			return true;
	return false;
}

/* The form counts from the start, so that it is freed even if it is not whole. */
static int
add(struct relay_forms *forms, const char *name, const char *from, const char *path,
    const char *home)
{
	struct relay_form *form = reallocarray(forms->v, forms->n + 1, sizeof(*form));

	if (form == NULL)
		return -1;
	forms->v = form;
	form += forms->n++;
	*form = (struct relay_form){ name, strdup(from), strdup(path),
	    home != NULL ? strdup(home) : NULL };
	return form->from == NULL || form->path == NULL ||
	    (form->home == NULL) != (home == NULL) ? -1 : 0;
}

/* What is longer than a server has to take is left out too. */
static int
add_row(struct relay_forms *forms, const struct row *row, const struct parts *p)
{
	struct buf from = { 0 }, path = { 0 }, home = { 0 };
	int rc = expand(&from, row->from, p);

	if (rc == 0)
		rc = expand(&path, row->path, p);
	if (rc == 0 && row->home != NULL)
		rc = expand(&home, row->home, p);
	if (rc == 0 && from.len <= SENDER_MAX && path.len <= RCPT_MAX &&
	    !has(forms, buf_str(&from), buf_str(&path)))
		rc = add(forms, row->name, buf_str(&from), buf_str(&path),
		    row->home != NULL ? buf_str(&home) : NULL);
	buf_free(&from);
	buf_free(&path);
	buf_free(&home);
	return rc == -1 ? -1 : 0;
}

static int
add_rows(struct relay_forms *forms, const struct parts *p)
{
	for (size_t i = 0; i < LEN(rows); i++)
		if (add_row(forms, &rows[i], p) == -1)
			return -1;
	return 0;
}

/* The rows without a relayed domain come up again with each, and are there already. */
int
relay_forms_make(struct relay_forms *forms, const struct relay_names *names)
{
	struct parts p = { 0 };
	int rc = parts_make(&p, names);

	if (rc == 0)
		rc = add_rows(forms, &p);
	for (size_t i = 0; rc == 0 && i < names->relayed->n; i++) {
		p.relayed = names->relayed->v[i];
		if (envelope_is_domain(p.relayed))
			rc = add_rows(forms, &p);
	}
	parts_free(&p);
	return rc;
}

void
relay_forms_free(struct relay_forms *forms)
{
	for (size_t i = 0; i < forms->n; i++) {
		free(forms->v[i].from);
		free(forms->v[i].path);
		free(forms->v[i].home);
	}
	free(forms->v);
	*forms = (struct relay_forms){ 0 };
}
