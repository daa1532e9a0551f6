/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "peer/conn.h"

int
await(int fd, short events, int over, int ms)
{
	struct pollfd p[2] = {
		{ .fd = fd, .events = events }, { .fd = over, .events = POLLIN },
	};
	int n;

	do
		n = poll(p, 2, ms);
	while (n == -1 && errno == EINTR);
	if (p[0].revents != 0)
		return 1;
	return p[1].revents != 0 ? -1 : 0;
}

int
conn_accept(struct conn *c, int listener, int over, struct diary *diary)
{
	int on = 1;

	*c = (struct conn){ .fd = -1, .over = over, .diary = diary };
	c->out.max = 8u << 20;
	do {
		if (await(listener, POLLIN, over, -1) == -1)
			return -1;
		c->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (c->fd == -1);
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	diary_note(diary, "a client connects");
	return 0;
}

/* What to wait for after SSL said that it cannot go on; 0 when it never can. */
static short
ssl_wants(struct conn *c, int rc)
{
	switch (SSL_get_error(c->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return POLLIN;
	case SSL_ERROR_WANT_WRITE:
		return POLLOUT;
	default:
		return 0;
	}
}

/* One attempt: bytes sent, -1 when it must wait for *wants, or for ever (0). */
static ssize_t
send_some(struct conn *c, const char *bytes, size_t n, bool beneath, short *wants)
{
	ssize_t sent;
	int rc;

	if (c->ssl != NULL && !beneath) {
		ERR_clear_error();
		rc = SSL_write(c->ssl, bytes, (int)(n < 1u << 20 ? n : 1u << 20));
		*wants = rc > 0 ? 0 : ssl_wants(c, rc);
		return rc > 0 ? rc : -1;
	}
	sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
	*wants = sent == -1 && (errno == EAGAIN || errno == EINTR) ? POLLOUT : 0;
	return sent;
}

int
conn_send(struct conn *c, const char *bytes, size_t n, bool beneath)
{
	short wants;
	ssize_t sent;

	while (n > 0) {
		if (c->fd == -1)
			return -1;
		if ((sent = send_some(c, bytes, n, beneath, &wants)) > 0) {
			bytes += sent;
			n -= (size_t)sent;
		} else if (wants == 0 || await(c->fd, wants, c->over, -1) == -1) {
			return -1;
		}
	}
	return 0;
}

void
conn_say(struct conn *c, const char *bytes, size_t n)
{
	(void)buf_add(&c->out, bytes, n);
}

static int
drip(struct conn *c, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (conn_send(c, bytes + i, 1, false) == -1 ||
		    await(-1, 0, c->over, (int)c->drip_ms) == -1)
			return -1;
	return 0;
}

int
conn_flush(struct conn *c)
{
	int rc;

	if (c->out.len == 0)
		return 0;
	diary_talk(c->diary, "S", c->out.data, c->out.len);
	if (c->drip_ms > 0)
		rc = drip(c, c->out.data, c->out.len);
	else
		rc = conn_send(c, c->out.data, c->out.len, false);
	if (rc == -1)
		diary_note(c->diary, "the client did not take all of this");
	buf_reset(&c->out);
	return rc;
}

/* Why TLS broke off, NULL when it was just the end of the connection. */
static const char *
ssl_reason(void)
{
	unsigned long e = ERR_peek_error();
	const char *reason = e != 0 ? ERR_reason_error_string(e) : NULL;

	return e != 0 && reason == NULL ? "an error without a name" : reason;
}

static void
ssl_note(struct conn *c)
{
	const char *reason = ssl_reason();

	if (reason != NULL)
		diary_note(c->diary, "TLS: %s", reason);
}

/* Takes at most so many bytes that come next: 1, or 0 when nothing comes any more. */
static int
hear_some(struct conn *c, size_t room)
{
	short wants;
	ssize_t n;

	while (c->fd != -1 && room > 0) {
		if (c->ssl != NULL) {
			ERR_clear_error();
			n = SSL_read(c->ssl, c->in + c->have, (int)room);
			wants = n > 0 ? 0 : ssl_wants(c, (int)n);
			if (n <= 0 && wants == 0)
				ssl_note(c);
		} else {
			n = recv(c->fd, c->in + c->have, room, 0);
			wants = n == -1 &&
			    (errno == EAGAIN || errno == EINTR) ? POLLIN : 0;
		}
		if (n > 0) {
			c->have += (size_t)n;
			return 1;
		}
		if (wants == 0 || await(c->fd, wants, c->over, -1) == -1)
			return 0;
	}
	return 0;
}

/* Fills the buffer. */
static int
hear(struct conn *c)
{
	return hear_some(c, sizeof(c->in) - c->have);
}

static void
take(struct conn *c, size_t n, struct buf *bytes)
{
	(void)buf_add(bytes, c->in, n);
	c->have -= n;
	memmove(c->in, c->in + n, c->have);
}

int
conn_line(struct conn *c, struct buf *line)
{
	const char *end;

	buf_reset(line);
	while ((end = memchr(c->in, '\n', c->have)) == NULL)
		if (c->have == sizeof(c->in) || hear(c) == 0) {
			if (c->have == 0)
				return 0;
			take(c, c->have, line);
			diary_talk(c->diary, "C", buf_str(line), line->len);
			return -1;
		}
	take(c, (size_t)(end - c->in) + 1, line);
	diary_talk(c->diary, "C", line->data, line->len);
	if (line->len < 2 || line->data[line->len - 2] != '\r')
		return -1;
	line->len -= 2;
	line->data[line->len] = '\0';
	return 1;
}

int
conn_bytes(struct conn *c, size_t n, struct buf *bytes)
{
	buf_reset(bytes);
	while (c->have < n)
		if (c->have == sizeof(c->in) || hear(c) == 0)
			return 0;
	take(c, n, bytes);
	diary_talk(c->diary, "C", buf_str(bytes), bytes->len);
	return 1;
}

int
conn_exact(struct conn *c, size_t n, struct buf *bytes)
{
	while (c->have < n)
		if (n > sizeof(c->in) || hear_some(c, n - c->have) == 0)
			return 0;
	take(c, n, bytes);
	return 1;
}

bool
conn_pending(const struct conn *c)
{
	return c->have > 0 || (c->ssl != NULL && SSL_pending(c->ssl) > 0);
}

void
conn_deaf(struct conn *c)
{
	do {
		if (c->have > 0)
			diary_talk(c->diary, "C", c->in, c->have);
		c->have = 0;
	} while (hear(c) == 1);
}

/* SSL_accept() until it is through. */
static int
accepted(struct conn *c)
{
	short wants;
	int rc;

	do {
		ERR_clear_error();
		rc = SSL_accept(c->ssl);
		wants = rc == 1 ? 0 : ssl_wants(c, rc);
	} while (wants != 0 && await(c->fd, wants, c->over, -1) != -1);
	return rc == 1 ? 0 : -1;
}

int
conn_tls(struct conn *c, SSL *ssl, struct buf *why)
{
	const char *reason;

	if (c->ssl != NULL || c->have > 0 || SSL_set_fd(ssl, c->fd) != 1) {
		(void)buf_puts(why, c->have > 0
		    ? "the client sent bytes before it was its turn"
		    : "TLS is on already");
		SSL_free(ssl);
		return -1;
	}
	c->ssl = ssl;
	if (accepted(c) == 0) {
		diary_note(c->diary, "TLS begins: %s %s", SSL_get_version(c->ssl),
		    SSL_get_cipher_name(c->ssl));
		return 0;
	}
	reason = ssl_reason();
	(void)buf_puts(why, reason != NULL ? reason : "the client has gone");
	SSL_free(c->ssl);
	c->ssl = NULL;
	return -1;
}

int
conn_tls_again(struct conn *c)
{
	SSL_CTX *ctx = c->ssl != NULL ? SSL_get_SSL_CTX(c->ssl) : NULL;
	char nothing[1];
	long before;
	int rc;

	/* The first call asks; reading lets the client answer. */
	if (ctx == NULL || SSL_renegotiate(c->ssl) != 1 || accepted(c) == -1)
		return -1;
	before = SSL_CTX_sess_accept_good(ctx);
	do {
		ERR_clear_error();
		rc = SSL_peek(c->ssl, nothing, sizeof(nothing));
	} while (SSL_CTX_sess_accept_good(ctx) == before && ssl_wants(c, rc) != 0 &&
	    await(c->fd, ssl_wants(c, rc), c->over, 500) == 1);
	return SSL_CTX_sess_accept_good(ctx) > before ? 0 : -1;
}

void
conn_tls_keys(struct conn *c, long n)
{
	for (long i = 0; c->ssl != NULL && (n == 0 || i < n); i++) {
		if (SSL_key_update(c->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
		    accepted(c) == -1)
			return;
	}
}

void
conn_shut(struct conn *c, bool polite)
{
	if (c->fd == -1)
		return;
	(void)conn_flush(c);
	if (c->ssl != NULL && polite)
		(void)SSL_shutdown(c->ssl);
	(void)shutdown(c->fd, SHUT_WR);
	diary_note(c->diary, "the server closes");
}

void
conn_close(struct conn *c, bool reset)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (c->fd == -1)
		return;
	if (reset) {
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		diary_note(c->diary, "the server resets the connection");
	}
	if (c->ssl != NULL)
		SSL_free(c->ssl);
	(void)close(c->fd);
	buf_free(&c->out);
	c->ssl = NULL;
	c->fd = -1;
}
