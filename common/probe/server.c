/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "frame/each.h"
#include "probe/server.h"
#include "wire/dns.h"

void
server_record(const struct session *s, const struct server_metrics *m, struct verdict *v)
{
	const struct session_times *t = &s->times;
	const struct { size_t metric; double seconds; } stages[] = {
		{ m->connect, t->connect }, { m->greeting, t->greeting },
		{ m->tls, t->tls }, { m->ehlo, t->ehlo },
	};

	for (size_t i = 0; i < LEN(stages); i++)
		if (stages[i].seconds > 0)
			verdict_metric(v, stages[i].metric, stages[i].seconds);
	if (s->chain.known)
		verdict_metric(v, m->cert_days, s->chain.days);
}

static void
tell_connection(const struct session *s, const struct session_conf *c, struct verdict *v)
{
	char address[NET_TEXT_MAX];

	if (s->times.connect <= 0)
		return;
	(void)net_address_text(&s->address, address);
	verdict_fact(v, "address", "%s", address);
	if (!c->all_addresses)
		verdict_note(v, "connected to %s%s%s", address,
		    s->dead[0] != '\0' ? "; before it, " : "", s->dead);
	if (c->proxy != 0)
		verdict_note(v, "the connection began with a PROXY header, which only a "
		    "server that is set up for it understands");
}

static void
tell_tls(const struct session *s, const struct session_conf *c, struct verdict *v)
{
	if (!s->smtp.encrypted)
		return;
	verdict_note(v, "%s, %s, certificate \"%s\"%s", s->tls.version, s->tls.cipher,
	    s->chain.subject, c->no_verify ? " (not verified)" : "");
	verdict_fact(v, "tls_version", "%s", s->tls.version);
	verdict_fact(v, "tls_cipher", "%s", s->tls.cipher);
	verdict_fact(v, "certificate", "%s", s->chain.subject);
	verdict_fact(v, "certificate_verified",
	    s->smtp.protected && !c->no_verify ? "yes" : "no");
}

void
server_tell(const struct session *s, const struct session_conf *c, struct verdict *v)
{
	const char *before = s->smtp.before_tls.auth, *now = s->smtp.features.auth;

	tell_connection(s, c, v);
	tell_tls(s, c, v);
	if (before[0] != '\0') {
		verdict_note(v, "before STARTTLS the server offers %s", before);
		verdict_fact(v, "logins_before_tls", "%s", before);
	}
	if (now[0] != '\0')
		verdict_fact(v, "logins", "%s", now);
}

int
server_target_make(struct server_target *t, const struct session_conf *conf,
    const struct net_addresses *all, size_t i, bool hosts)
{
	char address[NET_TEXT_MAX];
	struct buf name = { 0 };

	*t = (struct server_target){ .conf = *conf };
	t->conf.all_addresses = true;
	t->addresses.n = 1;
	t->addresses.v[0] = all->v[i];
	(void)net_address_text(&all->v[i], address);
	session_name(conf, &name);
	(void)buf_addf(&name, " (%s)", address);
	t->name = name.failed ? NULL : strdup(buf_str(&name));
	t->object = strdup(hosts ? buf_str(&name) : address);
	buf_free(&name);
	return t->name != NULL && t->object != NULL ? 0 : -1;
}

void
server_target_free(struct server_target *t)
{
	free(t->name);
	free(t->object);
	*t = (struct server_target){ 0 };
}

/* What the looks at single servers share. */
struct work {
	const struct server_target	*targets;
	server_look			*look;
	void				*arg;
};

static void
look_at_one(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	const struct work *w = arg;
	const struct server_target *t = &w->targets[i];
	const struct session_server server = { &t->conf, &t->addresses, t->name, env };

	w->look(w->arg, i, &server, v);
}

size_t
server_all(const struct server_target *targets, size_t n, const struct env *env,
    struct verdict *v, server_look *look, void *arg)
{
	struct work w = { targets, look, arg };
	struct list objects = { 0 };
	struct diag d = { 0 };
	size_t well = 0;

	for (size_t i = 0; i < n; i++)
		if (list_add(&objects, targets[i].object) == -1)
			(void)diag_nomem(&d);
	verdict_diag(v, &d);
	if (objects.n == n)
		well = each_object(v, env, &objects, look_at_one, &w);
	list_free(&objects);
	return well;
}

static size_t
look_at_addresses(const struct session_conf *c, const struct net_addresses *all,
    const struct env *env, struct verdict *v, server_look *look, void *arg)
{
	struct server_target *targets = calloc(all->n, sizeof(*targets));
	struct diag d = { .stage = "resolve" };
	size_t n = 0, well = 0;

	if (all->partial)
		(void)diag_set(&d, &dns_partial, "not all addresses of %s are known: a "
		    "question to the DNS had no good answer, or there are more than %d",
		    c->host, NET_ADDRESSES_MAX);
	while (targets != NULL && n < all->n &&
	    server_target_make(&targets[n], c, all, n, false) == 0)
		n++;
	if (n < all->n)
		(void)diag_nomem(&d);
	verdict_diag(v, &d);
	if (n == all->n)
		well = server_all(targets, n, env, v, look, arg);
	for (size_t i = 0; targets != NULL && i < all->n; i++)
		server_target_free(&targets[i]);
	free(targets);
	return well;
}

size_t
server_each(const struct session_conf *c, const struct server_metrics *m,
    const struct env *env, struct verdict *v, size_t *found, server_look *look, void *arg)
{
	struct net_addresses all = { .n = 0 };
	struct session_server server = { c, &all, NULL, env };
	struct diag d = { 0 };
	struct buf name = { 0 };
	double seconds = 0;
	size_t well = 0;

	session_name(c, &name);
	server.name = buf_str(&name);
	if (session_resolve(c, env, &all, &seconds, &d) == -1)
		verdict_diag(v, &d);
	else if (c->all_addresses)
		well = look_at_addresses(c, &all, env, v, look, arg);
	else
		look(arg, 0, &server, v);
	if (seconds > 0 && m != NULL)
		verdict_metric(v, m->resolve, seconds);
	*found = all.n;
	buf_free(&name);
	return well;
}
