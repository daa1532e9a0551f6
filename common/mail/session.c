/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/session.h"
#include "wire/dns_host.h"
#include "wire/proxy.h"

int
session_resolve(const struct session_conf *c, const struct env *env,
    struct net_addresses *all, double *seconds, struct diag *d)
{
	struct dns_conf conf = { 0 };
	int64_t start = clock_nsec();
	int rc;

	diag_at(d, "resolve");
	all->n = 0;
	if (session_is_local(c)) {
		all->n = 1;
		return net_unix_address(&all->v[0], c->host);
	}
	rc = dns_conf_load(&conf, &c->dns, d);
	if (rc == 0)
		rc = dns_host(&conf, c->host, session_family(c), (uint16_t)c->port,
		    env->by, all, d);
	dns_conf_free(&conf);
	if (rc == 0)
		*seconds = clock_since(start);
	return rc;
}

static void __attribute__((format(printf, 2, 3)))
tell(const struct env *env, const char *format, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	trace_line(env->trace, '*', line, strlen(line));
}

/* One connection, begun as all of them have to be: with the PROXY header. */
static int
begin(struct stream *stream, const struct session *s, const struct session_conf *c,
    int fd, const struct trace *trace, struct deadline by, struct diag *d)
{
	stream_open(stream, fd, s->peer, by, trace);
	return c->proxy == 0 ? 0 : proxy_send(stream, c->proxy, d);
}

/* The address to connect from; NULL where the system chooses. */
static const struct net_address *
source(const struct session_conf *c, struct net_address *address)
{
	return c->source != NULL && net_address_parse(address, c->source, 0) == 0
	    ? address : NULL;
}

static int
connect_to(struct session *s, const struct session_conf *c,
    const struct net_addresses *all, const struct env *env, struct diag *d)
{
	int64_t start = clock_nsec();
	struct net_address from;
	struct buf failed = { 0 };
	char text[NET_TEXT_MAX];
	size_t which = 0;
	int fd, rc;

	rc = net_connect(s->peer, all, source(c, &from), env->by, &fd, &which, &failed,
	    d);
	text_copy(s->dead, sizeof(s->dead), buf_str(&failed), failed.len);
	if (s->dead[0] != '\0')
		tell(env, "%s", s->dead);
	buf_free(&failed);
	if (rc == -1)
		return -1;
	s->times.connect = clock_since(start);
	s->address = all->v[which];
	s->own = (struct net_address){ .len = sizeof(s->own.sa) };
	(void)getsockname(fd, (struct sockaddr *)&s->own.sa, &s->own.len);
	tell(env, "connected to %s", net_address_text(&s->address, text));
	return begin(&s->smtp.stream, s, c, fd, env->trace, env->by, d);
}

static const char *
tls_name(const struct session_conf *c)
{
	return c->tls_name != NULL ? c->tls_name : c->host;
}

static bool
reply_like(const char *words)
{
	struct reply reply = { 0 };
	struct diag ignored = { .stage = "" };
	int rc = reply_line(&reply, words, strlen(words), &ignored);

	reply_free(&reply);
	return rc != -1;
}

/*
 * Plain text instead of a handshake is a mix-up of ports, unless the server has just
 * agreed to STARTTLS: then it does not do what it says.
 */
static int
shake_hands(struct session *s, const struct session_conf *c, struct diag *d)
{
	struct diag one = { 0 };

	if (tls_start(&s->smtp.stream, &c->tls, tls_name(c), &s->tls, &one) == 0)
		return 0;
	s->smtp.broken = true;
	if (one.cause == &tls_mode && s->smtp.upgraded) {
		diag_heard(d, 0, one.proof, strlen(one.proof));
		return diag_set(d, &smtp_starttls_refused, "%s agreed to STARTTLS and "
		    "went on in plain text: %s", s->peer, one.proof);
	}
	if (one.cause == &tls_mode && !reply_like(one.proof)) {
		diag_at(d, one.stage);
		return smtp_stranger(&s->smtp, one.proof, d);
	}
	/* Not a greeting: it speaks plain text because it does not want to talk. */
	if (one.cause == &tls_mode && one.proof[0] >= '4') {
		diag_at(d, one.stage);
		diag_heard(d, 0, one.proof, strlen(one.proof));
		return diag_set(d, one.proof[0] == '4' ? &smtp_greeting_busy
		    : &smtp_greeting_refused, "%s turned this client away in plain text, "
		    "before TLS: %s", s->peer, one.proof);
	}
	*d = one;
	return -1;
}

/* Shakes hands and judges the chain; only then may a secret go out. */
static int
secure(struct session *s, const struct session_conf *c, const struct env *env,
    struct diag *d)
{
	struct chain_ask ask = { s->peer, tls_name(c), env->now, 0 };
	struct stack_st_X509 *chain;
	int64_t start = clock_nsec();

	if (shake_hands(s, c, d) == -1)
		return -1;
	s->smtp.encrypted = true;
	ask.level = s->tls.level;
	chain = tls_chain(&s->smtp.stream);
	tell(env, "%s, %s", s->tls.version, s->tls.cipher);
	if (c->no_verify) {
		chain_look(chain, env->now, &s->chain);
	} else if (chain_verify(chain, &c->trust, &ask, &s->chain, d) == -1) {
		/* QUIT ahead of the greeting would be one more fault. */
		s->smtp.broken = s->times.greeting <= 0;
		return -1;
	}
	s->smtp.protected = true;
	s->times.tls = clock_since(start);
	return 0;
}

/*
 * Asks on a connection of its own whether the silent port speaks TLS. It does also when
 * the handshake fails in the way of TLS: an alert is no plain text.
 */
static int
probe_tls(const struct session *s, const struct session_conf *c, struct diag *d)
{
	struct deadline by = deadline_share(s->smtp.stream.by, 2);
	struct net_address from;
	struct stream stream = { 0 };
	struct tls_facts facts;
	struct diag probe = { 0 };
	int fd;

	if (net_connect_one(&s->address, source(c, &from), by, &fd, &probe) == -1)
		return 0;
	if (begin(&stream, s, c, fd, NULL, by, &probe) == 0)
		(void)tls_start(&stream, &c->tls, tls_name(c), &facts, &probe);
	stream_close(&stream);
	if (diag_failed(&probe) && probe.cause != &tls_version &&
	    probe.cause != &tls_handshake && probe.cause != &tls_client_refused)
		return 0;
	return diag_set(d, &tls_mode,
	    "%s says nothing in plain text and speaks TLS at once", s->peer);
}

/*
 * How long silence is borne before the probe: most of the time, but little on a TLS port.
 */
static struct deadline
patience(const struct session *s, const struct session_conf *c)
{
	double left = deadline_left(s->smtp.stream.by);

	if (session_is_tls_port(c->port))
		return deadline_in(left / 4 < 2 ? left / 4 : 2);
	return deadline_in(left * 3 / 4);
}

static int
greet(struct session *s, const struct session_conf *c, struct diag *d)
{
	int64_t start = clock_nsec();

	diag_at(d, "greeting");
	if (c->mode != SESSION_TLS_IMPLICIT &&
	    net_wait(s->smtp.stream.fd, POLLIN, patience(s, c)) == 0 &&
	    probe_tls(s, c, d) == -1) {
		s->smtp.broken = true;
		return -1;
	}
	if (smtp_greeting(&s->smtp, d) == -1)
		return -1;
	s->times.greeting = clock_since(start);
	return 0;
}

/*
 * This machine's full name; servers refuse short ones, so else its
 * address (RFC 5321 4.1.3).
 */
static void
own_name(const struct session *s, char *name, size_t size)
{
	const struct net_address *own = &s->own;
	char text[NET_TEXT_MAX];

	if (gethostname(name, size) == 0 && memchr(name, '\0', size) != NULL &&
	    strchr(name, '.') != NULL)
		return;
	if (net_family(own) == AF_UNIX) {
		(void)snprintf(name, size, "localhost");
		return;
	}
	(void)net_address_text(own, text);
	(void)snprintf(name, size, net_family(own) == AF_INET6 ? "[IPv6:%s]" : "[%s]",
	    text);
}

static int
hello(struct session *s, const struct session_conf *c, struct diag *d)
{
	int64_t start = clock_nsec();
	char own[256] = "";

	if (c->helo == NULL)
		own_name(s, own, sizeof(own));
	if (smtp_hello(&s->smtp, c->helo != NULL ? c->helo : own, d) == -1)
		return -1;
	s->times.ehlo += clock_since(start);
	return 0;
}

static int
upgrade(struct session *s, const struct session_conf *c, const struct env *env,
    struct diag *d)
{
	if (c->mode != SESSION_TLS_STARTTLS &&
	    !(c->mode == SESSION_TLS_OPPORTUNISTIC && s->smtp.features.starttls))
		return 0;
	if (smtp_starttls(&s->smtp, d) == -1 || secure(s, c, env, d) == -1)
		return -1;
	return hello(s, c, d);
}

/* The server greets anew, and wants to be greeted, as it would whom we pose as. */
static int
pose(struct session *s, const struct session_conf *c, struct diag *d)
{
	struct net_address posed;
	char text[NET_TEXT_MAX];

	if (c->xclient == NULL)
		return 0;
	diag_at(d, "xclient");
	if (net_address_parse(&posed, c->xclient, 0) == -1)
		return diag_set(d, &local_internal, "%s is no address", c->xclient);
	(void)net_address_text(&posed, text);
	if (smtp_xclient(&s->smtp, text, net_family(&posed) == AF_INET6, d) == -1)
		return -1;
	return hello(s, c, d);
}

int
session_open(struct session *s, const struct session_server *server, struct diag *d)
{
	const struct session_conf *c = server->conf;
	const struct env *env = server->env;

	*s = (struct session){ .smtp.lmtp = c->lmtp };
	/* Nobody but this machine's own users can listen to a socket in a file system. */
	s->smtp.protected = session_is_local(c);
	text_copy(s->peer, sizeof(s->peer), server->name, strlen(server->name));
	if (connect_to(s, c, server->addresses, env, d) == -1 ||
	    (c->mode == SESSION_TLS_IMPLICIT && secure(s, c, env, d) == -1) ||
	    greet(s, c, d) == -1 || hello(s, c, d) == -1 || upgrade(s, c, env, d) == -1 ||
	    pose(s, c, d) == -1)
		return -1;
	return 0;
}

void
session_close(struct session *s)
{
	smtp_end(&s->smtp);
}
