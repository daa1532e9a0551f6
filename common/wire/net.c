/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/net.h"

#define QUEUE_PAUSE 0.02	/* seconds between two tries at a full queue */

const struct cause net_timeout = {
	"timeout", CLASS_NETWORK, STATE_CRITICAL,
	"the server did not answer in time",
	"if the connection itself hangs, a firewall eats the packets or the host is "
	"down; if a later stage hangs, the server is overloaded or waits for something "
	"of its own (DNS, a login backend, a milter): look into its log", true,
};

const struct cause net_refused = {
	"refused", CLASS_NETWORK, STATE_CRITICAL,
	"nothing listens on that port of that host, or on that socket",
	"check server name and port, or the socket's path (are they still a default?) "
	"and that the mail service runs and listens on this address", false,
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

const struct cause net_source = {
	"source-address-unusable", CLASS_LOCAL, STATE_UNKNOWN,
	"the connection cannot be made from the source address that was asked for",
	"give --source-address an address that this machine has now (ip address shows "
	"them), of a family (IPv4, IPv6) that the server has too", false,
};

const struct cause net_forbidden = {
	"socket-forbidden", CLASS_LOCAL, STATE_UNKNOWN,
	"the user of the check may not use the server's socket",
	"the user needs the right to write to the socket and to search every directory "
	"above it: add the user to the group that has them, or give the socket another "
	"mode in the server's configuration", false,
};

cause_table net_causes = {
	&net_timeout, &net_refused, &net_unreachable, &net_failed, &net_closed,
	&net_reset, &net_source, &net_forbidden, NULL,
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

int
net_unix_address(struct net_address *a, const char *path)
{
	struct sockaddr_un *local = (struct sockaddr_un *)&a->sa;
	size_t n = strlen(path);

	*a = (struct net_address){ 0 };
	if (n >= sizeof(local->sun_path))
		return -1;
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path, n + 1);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	return 0;
}

static void
six_text(const struct sockaddr_in6 *six, char text[NET_TEXT_MAX])
{
	char scope[IF_NAMESIZE];

	(void)inet_ntop(AF_INET6, &six->sin6_addr, text, NET_TEXT_MAX);
	if (six->sin6_scope_id != 0 &&
	    if_indextoname(six->sin6_scope_id, scope) != NULL) {
		size_t n = strlen(text);

		(void)snprintf(text + n, NET_TEXT_MAX - n, "%%%s", scope);
	}
}

/* A path that fills its place has no NUL; a socket without a name has no path at all. */
static void
unix_text(const struct net_address *a, char text[NET_TEXT_MAX])
{
	const struct sockaddr_un *local = (const struct sockaddr_un *)&a->sa;
	size_t before = offsetof(struct sockaddr_un, sun_path);

	(void)snprintf(text, NET_TEXT_MAX, "%.*s",
	    a->len > before ? (int)(a->len - before) : 0, local->sun_path);
}

const char *
net_address_text(const struct net_address *a, char text[NET_TEXT_MAX])
{
	text[0] = '\0';
	switch (net_family(a)) {
	case AF_INET:
		(void)inet_ntop(AF_INET, &((const struct sockaddr_in *)&a->sa)->sin_addr,
		    text, NET_TEXT_MAX);
		break;
	case AF_INET6:
		six_text((const struct sockaddr_in6 *)&a->sa, text);
		break;
	case AF_UNIX:
		unix_text(a, text);
		break;
	default:
		break;
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

bool
net_address_same(const struct net_address *a, const struct net_address *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

int
net_family(const struct net_address *a)
{
	return a->sa.ss_family;
}

uint16_t
net_port(const struct net_address *a)
{
	switch (net_family(a)) {
	case AF_INET:
		return ntohs(((const struct sockaddr_in *)&a->sa)->sin_port);
	case AF_INET6:
		return ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port);
	default:
		return 0;
	}
}

void
net_set_port(struct net_address *a, uint16_t port)
{
	switch (net_family(a)) {
	case AF_INET:
		((struct sockaddr_in *)&a->sa)->sin_port = htons(port);
		break;
	case AF_INET6:
		((struct sockaddr_in6 *)&a->sa)->sin6_port = htons(port);
		break;
	default:
		break;
	}
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
ip_error(int error, const char *address, struct diag *d)
{
	switch (error) {
	case ECONNREFUSED:
		return diag_set(d, &net_refused, "%s refused the connection", address);
	case ETIMEDOUT:
		return diag_set(d, &net_timeout, "%s did not answer", address);
	case ECONNRESET:
		return diag_set(d, &net_reset, "%s reset the connection", address);
	case EAFNOSUPPORT:
		error = ENETUNREACH;
		/* FALLTHROUGH */
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

static int
unix_error(int error, const char *path, struct diag *d)
{
	switch (error) {
	case ECONNREFUSED:
		return diag_set(d, &net_refused, "nothing listens on the socket %s",
		    path);
	case ENOENT:
	case ENOTDIR:
		return diag_set(d, &net_refused, "there is no socket %s", path);
	case ETIMEDOUT:
		return diag_set(d, &net_timeout, "the server at the socket %s is too "
		    "busy to take the connection", path);
	case EACCES:
	case EPERM:
		return diag_set(d, &net_forbidden, "this user may not use the socket %s "
		    "(%s)", path, strerror(error));
	default:
		return diag_set(d, &net_failed, "the socket %s cannot be connected to "
		    "(%s)", path, strerror(error));
	}
}

/* May the address be reached from the source? */
static bool
fits(const struct net_address *a, const struct net_address *from)
{
	return from == NULL || net_family(a) == net_family(from);
}

static int
source_differs(const struct net_address *from, const char *address, struct diag *d)
{
	return diag_set(d, &net_source, "%s is no %s address, as the source is", address,
	    net_family(from) == AF_INET ? "IPv4" : "IPv6");
}

static int
source_error(const struct net_address *from, int error, struct diag *d)
{
	char text[NET_TEXT_MAX];

	return diag_set(d, &net_source, "the source address %s cannot be used (%s)",
	    net_address_text(from, text), strerror(error));
}

/*
 * Connects a socket before the deadline. 0 or an errno. A UNIX socket whose queue is full
 * cannot be waited for, only tried again.
 */
static int
connect_by(int s, const struct net_address *a, struct deadline by)
{
	int error = 0;
	socklen_t len = sizeof(error);

	while (connect(s, (const struct sockaddr *)&a->sa, a->len) == -1) {
		if (errno == EINPROGRESS) {
			if (net_wait(s, POLLOUT, by) == 0)
				return ETIMEDOUT;
			(void)getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len);
			return error;
		}
		if (errno != EAGAIN || net_family(a) != AF_UNIX)
			return errno;
		if (deadline_ms(by) == 0)
			return ETIMEDOUT;
		(void)net_wait(-1, 0, deadline_sooner(by, deadline_in(QUEUE_PAUSE)));
	}
	return 0;
}

int
net_connect_one(const struct net_address *a, const struct net_address *from,
    struct deadline by, int *fd, struct diag *d)
{
	char text[NET_TEXT_MAX];
	const char *address = net_address_text(a, text);
	bool local = net_family(a) == AF_UNIX;
	int one = 1, error, s;

	if (!fits(a, from))
		return source_differs(from, address, d);
	s = socket(net_family(a), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s == -1)
		return (local ? unix_error : ip_error)(errno, address, d);
	if (from != NULL &&
	    bind(s, (const struct sockaddr *)&from->sa, from->len) == -1) {
		(void)source_error(from, errno, d);
		(void)close(s);
		return -1;
	}
	/*
	 * Small commands and replies in turn: waiting to fill a packet only costs time.
	 */
	if (!local)
		(void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if ((error = connect_by(s, a, by)) != 0) {
		(void)close(s);
		return (local ? unix_error : ip_error)(error, address, d);
	}
	*fd = s;
	return 0;
}

/* How many addresses from the i-th on are worth a try. */
static size_t
left(const struct net_addresses *all, size_t i, const struct net_address *from)
{
	size_t n = 0;

	for (; i < all->n; i++)
		n += fits(&all->v[i], from) ? 1 : 0;
	return n;
}

/*
 * What a cause says of the server. That an address does not fit the source says nothing,
 * and "unreachable" may only mean that this machine has no IPv6.
 */
static int
weight(const struct cause *cause)
{
	return cause == &net_source ? 0 : cause == &net_unreachable ? 1 : 2;
}

int
net_connect(const char *peer, const struct net_addresses *all,
    const struct net_address *from, struct deadline by, int *fd, size_t *which,
    struct buf *failed, struct diag *d)
{
	const struct cause *cause = &net_failed;

	diag_at(d, "connect");
	for (size_t i = 0; i < all->n; i++) {
		size_t n = left(all, i, from);
		struct deadline share = deadline_share(by, n > 0 ? n : 1);
		struct diag one = { 0 };

		if (net_connect_one(&all->v[i], from, share, fd, &one) == 0) {
			*which = i;
			return 0;
		}
		if (i == 0 || weight(one.cause) > weight(cause))
			cause = one.cause;
		(void)buf_addf(failed, "%s%s", i > 0 ? "; " : "", one.text);
	}
	return diag_set(d, cause, "no connection to %s: %s", peer, buf_str(failed));
}
