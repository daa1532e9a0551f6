/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "peer/listener.h"
#include "wire/net.h"

#define FILL_PATIENCE_MS 60	/* loopback connects at once, or not at all */

static uint16_t
port_of(int fd)
{
	struct sockaddr_in6 at = { 0 };		/* IPv4 has its port there too */
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		return 0;
	return ntohs(at.sin6_port);
}

/* Connects until the queue is full and the kernel drops what comes next. */
static void
fill(struct listener *l, const struct net_address *a)
{
	struct pollfd p = { .events = POLLOUT };

	while (l->nfill < FILL_MAX) {
		p.fd = socket(net_family(a), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
		if (p.fd == -1)
			return;
		l->fill[l->nfill++] = p.fd;
		/* A full queue is EAGAIN on UNIX sockets. */
		if (connect(p.fd, (const struct sockaddr *)&a->sa, a->len) == -1 &&
		    (errno == EAGAIN || (errno == EINPROGRESS &&
		    poll(&p, 1, FILL_PATIENCE_MS) == 0)))
			return;
	}
}

/* What a case calls an address; a socket that is left there goes away. */
static int
address_of(const char *text, uint16_t port, struct net_address *a)
{
	const char *path = listener_path(text);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (path == NULL)
		return net_address_parse(a, text, port);
	if (strlen(path) >= sizeof(un.sun_path))
		return -1;
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	(void)unlink(path);
	memcpy(&a->sa, &un, sizeof(un));
	a->len = sizeof(un);
	return 0;
}

const char *
listener_path(const char *address)
{
	return strncmp(address, "unix:", 5) == 0 ? address + 5 : NULL;
}

int
listener_open(struct listener *l, const char *address, uint16_t *port, enum listening how)
{
	struct net_address a;
	int on = 1;

	*l = (struct listener){ .fd = -1 };
	if (address_of(address, *port, &a) == -1) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	l->fd = socket(net_family(&a), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/*
	 * With a port of the kernel's choice this would share ports that are kept closed.
	 */
	if (*port != 0)
		(void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (l->fd == -1 || bind(l->fd, (const struct sockaddr *)&a.sa, a.len) == -1 ||
	    (how != LISTEN_NONE && listen(l->fd, how == LISTEN_TRULY ? 1024 : 0) == -1)) {
		listener_close(l);
		return -1;
	}
	if (net_family(&a) != AF_UNIX) {
		*port = port_of(l->fd);
		net_set_port(&a, *port);
	}
	if (how == LISTEN_BLACKHOLE)
		fill(l, &a);
	return 0;
}

void
listener_close(struct listener *l)
{
	int error = errno;

	while (l->nfill > 0)
		(void)close(l->fill[--l->nfill]);
	if (l->fd != -1)
		(void)close(l->fd);
	l->fd = -1;
	errno = error;
}
