/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/net.h"

const struct cause net_timeout = {
	"timeout", CLASS_NETWORK, STATE_CRITICAL,
	"the server did not answer in time",
	"if the connection itself hangs, a firewall eats the packets or the host is "
	"down; if a later stage hangs, the server is overloaded or waits for something "
	"of its own (DNS, a login backend, a milter): look into its log", true,
};

const struct cause net_refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL,
	"nothing listens on that port of that host",
	"check server name and port (are they still a default?) and that the mail "
	"service runs and listens on this address", false,
};

const struct cause net_unreachable = {
	"unreachable", CLASS_NETWORK, STATE_CRITICAL,
	"there is no way through the network to the host",
	"check routing and firewalls between here and there, and whether this machine "
	"has the address family at all (-4, -6)", false,
};

const struct cause net_failed = {
	"connect-failed", CLASS_NETWORK, STATE_UNKNOWN,
	"this machine could not open a connection",
	"the sentence has the system's reason: local firewalls, limits and address "
	"settings are on this side", false,
};

const struct cause net_closed = {
	"closed", CLASS_NETWORK, STATE_CRITICAL,
	"the server ended the connection in the middle of the dialogue",
	"look into the server's log for this moment: it crashed, refused this client by "
	"address, or reached a limit of connections", false,
};

const struct cause net_reset = {
	"reset", CLASS_NETWORK, STATE_CRITICAL,
	"the connection was reset in the middle of the dialogue",
	"look for a firewall or load balancer that cuts connections, and for a crash in "
	"the server's log", false,
};

cause_table net_causes = {
	&net_timeout, &net_refused, &net_unreachable, &net_failed, &net_closed,
	&net_reset, NULL,
};

int
net_address_parse(struct net_address *a, const char *text, uint16_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&a->sa;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&a->sa;
	char copy[NET_TEXT_MAX], *scope;
	size_t n = strlen(text);

	*a = (struct net_address){ 0 };
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		a->len = sizeof(*four);
		net_set_port(a, port);
		return 0;
	}
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof(copy))
		return -1;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if ((scope = strchr(copy, '%')) != NULL) {
		*scope++ = '\0';
		if ((six->sin6_scope_id = if_nametoindex(scope)) == 0)
			return -1;
	}
	if (inet_pton(AF_INET6, copy, &six->sin6_addr) != 1)
		return -1;
	six->sin6_family = AF_INET6;
	a->len = sizeof(*six);
	net_set_port(a, port);
	return 0;
}

const char *
net_address_text(const struct net_address *a, char text[NET_TEXT_MAX])
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->sa;
	char scope[IF_NAMESIZE];

	if (net_family(a) == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&a->sa;

		return inet_ntop(AF_INET, &four->sin_addr, text, NET_TEXT_MAX);
	}
	(void)inet_ntop(AF_INET6, &six->sin6_addr, text, NET_TEXT_MAX);
	if (six->sin6_scope_id != 0 &&
	    if_indextoname(six->sin6_scope_id, scope) != NULL) {
		size_t n = strlen(text);

		(void)snprintf(text + n, NET_TEXT_MAX - n, "%%%s", scope);
	}
	return text;
}

void
net_name(char *text, size_t size, const char *host, uint16_t port)
{
	const char *form = strchr(host, ':') != NULL && host[0] != '['
	    ? "[%s]:%u" : "%s:%u";

	(void)snprintf(text, size, form, host, (unsigned)port);
}

int
net_family(const struct net_address *a)
{
	return a->sa.ss_family;
}

void
net_set_port(struct net_address *a, uint16_t port)
{
	if (net_family(a) == AF_INET)
		((struct sockaddr_in *)&a->sa)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&a->sa)->sin6_port = htons(port);
}

int
net_wait(int fd, short events, struct deadline by)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do
		n = poll(&p, 1, deadline_ms(by));
	while (n == -1 && (errno == EINTR || errno == EAGAIN));
	return n != 0;
}

static int
connect_error(int error, const char *address, struct diag *d)
{
	switch (error) {
	case ECONNREFUSED:
		return diag_set(d, &net_refused, "%s refused the connection", address);
	case ETIMEDOUT:
		return diag_set(d, &net_timeout, "%s did not answer", address);
	case ECONNRESET:
		return diag_set(d, &net_reset, "%s reset the connection", address);
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return diag_set(d, &net_unreachable, "%s is unreachable (%s)", address,
		    strerror(error));
	default:
		return diag_set(d, &net_failed, "%s cannot be connected to (%s)", address,
		    strerror(error));
	}
}

int
net_connect_one(const struct net_address *a, struct deadline by, int *fd, struct diag *d)
{
	char text[NET_TEXT_MAX];
	const char *address = net_address_text(a, text);
	int one = 1, error = 0;
	socklen_t len = sizeof(error);
	int s = socket(net_family(a), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (s == -1)
		return connect_error(errno == EAFNOSUPPORT ? ENETUNREACH : errno,
		    address, d);
	/*
	 * Small commands and replies in turn: waiting to fill a packet only costs time.
	 */
	(void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(s, (const struct sockaddr *)&a->sa, a->len) == -1)
		error = errno;
	if (error == EINPROGRESS) {
		error = ETIMEDOUT;
		if (net_wait(s, POLLOUT, by) == 1)
			(void)getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len);
	}
	if (error != 0) {
		(void)close(s);
		return connect_error(error, address, d);
	}
	*fd = s;
	return 0;
}

int
net_connect(const char *peer, const struct net_addresses *all, struct deadline by,
    int *fd, size_t *which, struct buf *failed, struct diag *d)
{
	const struct cause *cause = &net_failed;

	diag_at(d, "connect");
	for (size_t i = 0; i < all->n; i++) {
		struct deadline share = deadline_share(by, all->n - i);
		struct diag one = { 0 };

		if (net_connect_one(&all->v[i], share, fd, &one) == 0) {
			*which = i;
			return 0;
		}
		/* "Unreachable" may only mean that this machine has no IPv6. */
		if (i == 0 || cause == &net_unreachable)
			cause = one.cause;
		(void)buf_addf(failed, "%s%s", i > 0 ? "; " : "", one.text);
	}
	return diag_set(d, cause, "no connection to %s: %s", peer, buf_str(failed));
}
