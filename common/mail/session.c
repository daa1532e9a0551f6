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

static bool
is_tls_port(int port)
{
	return port == 465 || port == 993 || port == 995;
}

static int
refuse(struct buf *why, const char *sentence)
{
	(void)buf_puts(why, sentence);
	return -1;
}

/*
 * May this be a host? An address, or a name that is no URL, no mail address and no
 * host with its port, all of which get typed, and not digits and dots alone, which
 * would be a wrong address. A name that begins with a dot would match all names
 * below it in a certificate.
 */
static bool
is_host(const char *text)
{
	struct net_address address;

	if (net_address_parse(&address, text, 0) == 0)
		return true;
	return text[0] != '.' && strpbrk(text, "/@: ") == NULL &&
	    strspn(text, "0123456789.") != strlen(text);
}

int
session_settle(struct session_conf *c, int port, enum session_tls mode, struct buf *why)
{
	struct net_address server;

	if (c->host == NULL)
		return refuse(why, "-H (--host) is needed: the server to check");
	if (!is_host(c->host))
		return refuse(why, "-H (--host) takes a host name or an address alone; "
		    "the port goes to -p");
	if (c->tls_name != NULL && !is_host(c->tls_name))
		return refuse(why, "--tls-name takes a host name or an address");
	if (c->helo != NULL && strchr(c->helo, ' ') != NULL)
		return refuse(why, "-F (--helo) takes a name without blanks");
	if (c->only4 && c->only6)
		return refuse(why, "-4 and -6 exclude each other");
	for (size_t i = 0; i < c->dns.n; i++)
		if (dns_server_parse(&server, c->dns.v[i]) == -1)
			return refuse(why, "--dns takes the address of a name server, "
			    "such as 192.0.2.1, 2001:db8::1 or 192.0.2.1#5353");
	if (c->mode == SESSION_TLS_UNSET)
		c->mode = is_tls_port(c->port) ? (int)SESSION_TLS_IMPLICIT : (int)mode;
	if (c->port == 0)
		c->port = c->mode == SESSION_TLS_IMPLICIT ? 465 : port;
	return 0;
}

void
session_name(const struct session_conf *c, struct buf *out)
{
	char name[sizeof(((struct session *)NULL)->peer)];

	net_name(name, sizeof(name), c->host, (uint16_t)c->port);
	(void)buf_puts(out, name);
}

static int
resolve(struct session *s, const struct session_conf *c, const struct env *env,
    struct net_addresses *all, struct diag *d)
{
	int family = c->only4 ? AF_INET : c->only6 ? AF_INET6 : AF_UNSPEC, rc;
	struct dns_conf conf = { 0 };
	int64_t start = clock_nsec();

	diag_at(d, "resolve");
	rc = dns_conf_load(&conf, &c->dns, d);
	if (rc == 0)
		rc = dns_host(&conf, c->host, family, (uint16_t)c->port, env->by, all, d);
	dns_conf_free(&conf);
	if (rc == 0)
		s->times.resolve = clock_since(start);
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

static int
connect_to(struct session *s, const struct net_addresses *all, const struct env *env,
    struct diag *d)
{
	int64_t start = clock_nsec();
	struct buf failed = { 0 };
	char text[NET_TEXT_MAX];
	size_t which = 0;
	int fd, rc = net_connect(s->peer, all, env->by, &fd, &which, &failed, d);

	text_copy(s->dead, sizeof(s->dead), buf_str(&failed), failed.len);
	buf_free(&failed);
	if (rc == -1)
		return -1;
	s->times.connect = clock_since(start);
	s->address = all->v[which];
	stream_open(&s->smtp.stream, fd, s->peer, env->by, env->trace);
	tell(env, "connected to %s", net_address_text(&s->address, text));
	return 0;
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
	s->encrypted = true;
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
	struct stream stream = { 0 };
	struct tls_facts facts;
	struct diag probe = { 0 };
	int fd;

	if (net_connect_one(&s->address, by, &fd, &probe) == -1)
		return 0;
	stream_open(&stream, fd, s->peer, by, NULL);
	(void)tls_start(&stream, &c->tls, tls_name(c), &facts, &probe);
	stream_close(&stream);
	if (diag_failed(&probe) && probe.cause != &tls_version &&
	    probe.cause != &tls_handshake)
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

	if (is_tls_port(c->port))
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
	struct net_address own = { .len = sizeof(own.sa) };
	char text[NET_TEXT_MAX];

	if (gethostname(name, size) == 0 && memchr(name, '\0', size) != NULL &&
	    strchr(name, '.') != NULL)
		return;
	(void)getsockname(s->smtp.stream.fd, (struct sockaddr *)&own.sa, &own.len);
	(void)net_address_text(&own, text);
	(void)snprintf(name, size, net_family(&own) == AF_INET6 ? "[IPv6:%s]" : "[%s]",
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

int
session_open(struct session *s, const struct session_conf *c, const struct env *env,
    struct diag *d)
{
	struct net_addresses all = { .n = 0 };

	*s = (struct session){ 0 };
	net_name(s->peer, sizeof(s->peer), c->host, (uint16_t)c->port);
	if (resolve(s, c, env, &all, d) == -1 || connect_to(s, &all, env, d) == -1 ||
	    (c->mode == SESSION_TLS_IMPLICIT && secure(s, c, env, d) == -1) ||
	    greet(s, c, d) == -1 || hello(s, c, d) == -1 || upgrade(s, c, env, d) == -1)
		return -1;
	return 0;
}

void
session_close(struct session *s)
{
	smtp_end(&s->smtp);
}
