/* SPDX-License-Identifier: GPL-3.0-or-later */

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

/* What the looks at single addresses share. */
struct work {
	const struct session_conf	*c;
	const struct net_addresses	*all;
	void	(*look)(void *arg, const struct session_server *server,
		    struct verdict *v);
	void	*arg;
};

static void
look_at_one(void *arg, size_t i, const struct env *env, struct verdict *v)
{
	const struct work *w = arg;
	const struct net_addresses one = { .n = 1, .v[0] = w->all->v[i] };
	struct session_server server = { w->c, &one, NULL, env };
	char address[NET_TEXT_MAX];
	struct buf name = { 0 };

	session_name(w->c, &name);
	(void)buf_addf(&name, " (%s)", net_address_text(&one.v[0], address));
	server.name = buf_str(&name);
	w->look(w->arg, &server, v);
	buf_free(&name);
}

static size_t
look_at_all(struct work *w, const struct env *env, struct verdict *v)
{
	struct diag d = { .stage = "resolve" };
	struct list addresses = { 0 };
	char text[NET_TEXT_MAX];
	size_t well = 0;

	if (w->all->partial)
		(void)diag_set(&d, &dns_partial, "not all addresses of %s are known: a "
		    "question to the DNS had no good answer, or there are more than %d",
		    w->c->host, NET_ADDRESSES_MAX);
	for (size_t i = 0; i < w->all->n; i++)
		if (list_add(&addresses, net_address_text(&w->all->v[i], text)) == -1)
			(void)diag_nomem(&d);
	verdict_diag(v, &d);
	if (addresses.n == w->all->n)
		well = each_object(v, env, &addresses, look_at_one, w);
	list_free(&addresses);
	return well;
}

size_t
server_each(const struct session_conf *c, const struct server_metrics *m,
    const struct env *env, struct verdict *v, size_t *found,
    void (*look)(void *arg, const struct session_server *server, struct verdict *v),
    void *arg)
{
	struct net_addresses all = { .n = 0 };
	struct session_server server = { c, &all, NULL, env };
	struct work w = { c, &all, look, arg };
	struct diag d = { 0 };
	struct buf name = { 0 };
	double seconds = 0;
	size_t well = 0;

	session_name(c, &name);
	server.name = buf_str(&name);
	if (session_resolve(c, env, &all, &seconds, &d) == -1)
		verdict_diag(v, &d);
	else if (c->all_addresses)
		well = look_at_all(&w, env, v);
	else
		look(arg, &server, v);
	if (seconds > 0)
		verdict_metric(v, m->resolve, seconds);
	*found = all.n;
	buf_free(&name);
	return well;
}
