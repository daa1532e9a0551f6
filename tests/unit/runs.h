/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runs: what a plugin may have recorded, for the tests of the renderers. */

#ifndef UNIT_RUNS_H
#define UNIT_RUNS_H

#include <stdio.h>
#include <stdlib.h>

#include "judge/render.h"
#include "unit/unit.h"

enum { TIME, CONNECT, AUTH, LEFT, LOAD, QUEUE, GROWTH };

static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS, .help = "the whole check" },
	{ .label = "connect", .unit = UNIT_SECONDS, .help = "connecting" },
	{ .label = "auth", .unit = UNIT_SECONDS, .help = "the login" },
	{ .label = "cert_days", .unit = UNIT_DAYS, .low_is_bad = true, .warn = "21",
	    .crit = "7", .help = "until it expires", .family = "cert_validity" },
	{ .label = "load", .unit = UNIT_PERCENT, .help = "how busy" },
	{ .label = "queue", .unit = UNIT_BYTES, .help = "what waits" },
	{ .label = "growth", .below_zero = true, .help = "of \"it\", \\ more" }, { 0 },
};

static const struct cause refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL, "nobody listens",
	"start the server. If it runs, look at the firewall", false,
};
static const struct cause rejected = {
	"auth-rejected", CLASS_AUTH, STATE_CRITICAL, "no",
	"check user name and password: is the name an address there, and was the "
	"password changed", false,
};
static const struct cause weak = {
	"weak", CLASS_TLS, STATE_WARNING, "the key is short", "make a longer one", false,
};

static void
fine(struct verdict *v)
{
	verdict_target(v, "mx.example.org:587");
	verdict_say(v, "alice logged in to mx.example.org:587");
	verdict_metric(v, TIME, 0.0914);
	verdict_metric(v, CONNECT, 0.002);
	verdict_metric(v, AUTH, 0.05);
	verdict_metric(v, LEFT, 60.5);
	verdict_metric(v, LOAD, 12.3);
	verdict_metric(v, QUEUE, 4096);
	verdict_metric(v, GROWTH, -3);
}

static void
facts(struct verdict *v)
{
	fine(v);
	verdict_fact(v, "tls_version", "TLSv%s", "1.2");
	verdict_fact(v, "cipher", "none");
	verdict_fact(v, "tls_version", "TLSv1.3");
	verdict_note(v, "the first hop only");
}

static void
rejection(struct verdict *v)
{
	struct diag d = { 0 };

	verdict_target(v, "mx.example.org:587");
	diag_at(&d, "auth");
	diag_heard(&d, 535, "5.7.8 no such luck", 18);
	(void)diag_set(&d, &rejected, "mx.example.org:587 refused the login of alice: "
	    "535 %s", d.proof);
	verdict_diag(v, &d);
	verdict_metric(v, TIME, 1.25);
	verdict_metric(v, CONNECT, 0.002);
}

/* What the peer said is not in the sentence, and there is another finding. */
static void
proof(struct verdict *v)
{
	struct diag d = { 0 };

	diag_at(&d, "greeting");
	diag_heard(&d, 554, "5.7.1 go away", 13);
	(void)diag_set(&d, &refused, "the server takes no mail");
	verdict_find(v, &weak, "the key has 1024 bits");
	verdict_diag(v, &d);
}

static void
late(struct verdict *v)
{
	const char *why;

	(void)verdict_threshold(v, STATE_WARNING, "1", &why);
	(void)verdict_threshold(v, STATE_CRITICAL, "load=@10:20", &why);
	fine(v);
	verdict_metric(v, TIME, 1.5);
	verdict_metric(v, LEFT, 20);
}

/* Two addresses of a host, one of which is down. */
static void
objects(struct verdict *v)
{
	struct verdict child;
	struct diag d = { 0 };

	verdict_target(v, "mx.example.org:587");
	ck_assert_int_eq(verdict_fork(v, &child), 0);
	verdict_fact(&child, "tls_version", "TLSv1.3");
	verdict_note(&child, "it offers PLAIN");
	verdict_say(&child, "well");
	verdict_metric(&child, CONNECT, 0.25);
	verdict_metric(&child, LEFT, 30);
	verdict_find(&child, &weak, "the key has 1024 bits");
	verdict_merge(v, &child, "192.0.2.1");
	verdict_find(&child, &weak, "192.0.2.2:587 has a key of 512 bits");
	diag_at(&d, "connect");
	(void)diag_set(&d, &refused, "the connection was refused");
	verdict_diag(&child, &d);
	verdict_fact(&child, "tls_version", "none");
	verdict_metric(&child, CONNECT, 0.125);
	verdict_metric(&child, LEFT, 40);
	verdict_merge(v, &child, "192.0.2.2");
	verdict_fact(v, "addresses", "%d", 2);
	verdict_free(&child);
}

static void
nothing(struct verdict *v)
{
	(void)v;
}

static void
broken(struct verdict *v)
{
	fine(v);
	v->broken = true;
}

static void
forgiven(struct verdict *v)
{
	(void)verdict_remap(v, "weak", STATE_OK);
	fine(v);
	verdict_find(v, &weak, "the key has 1024 bits");
}

static const char evil[] =
    "a \"quote\" \\ back\\n|$HOME$\r\nb\x1b[2J \xff\xc3\xa9\xe2\x80\xae\x7f%s end";

static void
hostile(struct verdict *v)
{
	struct verdict child;
	struct diag d = { 0 };

	verdict_target(v, evil);
	ck_assert_int_eq(verdict_fork(v, &child), 0);
	diag_at(&d, "auth");
	diag_heard(&d, 535, evil, sizeof(evil));	/* with its NUL */
	(void)diag_set(&d, &rejected, "%s", evil);
	verdict_diag(&child, &d);
	verdict_find(&child, &weak, "short");
	verdict_fact(&child, "name", "%s", evil);
	verdict_note(&child, "%s", evil);
	verdict_merge(v, &child, evil);
	verdict_fact(v, "name", "%s", evil);
	verdict_say(v, "%s", evil);
	verdict_free(&child);
}

/* In the order of the tests' tables of what must be written. */
static const struct {
	const char	*name;
	void		(*record)(struct verdict *);
} runs[] = {
	{ "fine", fine }, { "facts", facts }, { "rejection", rejection },
	{ "proof", proof }, { "late", late }, { "objects", objects },
	{ "nothing", nothing }, { "broken", broken }, { "forgiven", forgiven },
	{ "hostile", hostile },
};

static struct verdict
recorded(int run)
{
	struct verdict v;

	ck_assert_int_eq(verdict_init(&v, "TEST", metrics), 0);
	runs[run].record(&v);
	verdict_close(&v);
	return v;
}

/* Leaves what was written in the folder $DUMP, if there is one, for others to judge. */
static void
dump(int run, const char *kind, const struct buf *out)
{
	const char *dir = getenv("DUMP");
	char path[4096];
	FILE *f;

	if (dir == NULL)
		return;
	(void)snprintf(path, sizeof(path), "%s/unit-%s.%s", dir, runs[run].name, kind);
	ck_assert_ptr_nonnull(f = fopen(path, "w"));
	ck_assert_uint_eq(fwrite(buf_str(out), 1, out->len, f), out->len);
	ck_assert_int_eq(fclose(f), 0);
}

#endif
