/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "wire/proxy.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"	/* no protocol begins like this */
#define LOCAL 0x20		/* version 2, and the sender's own connection */
#define PROXY 0x21		/* version 2, and addresses follow */
#define TCP4 0x11
#define TCP6 0x21

/* The octets of an IP address. */
static const void *
octets(const struct net_address *a, size_t *n)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&a->sa;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->sa;

	if (net_family(a) == AF_INET) {
		*n = sizeof(four->sin_addr);
		return &four->sin_addr;
	}
	*n = sizeof(six->sin6_addr);
	return &six->sin6_addr;
}

/* AF_INET or AF_INET6 where both are of it, else AF_UNSPEC. */
static int
family_of(const struct net_address *from, const struct net_address *to)
{
	int family = net_family(from);

	return family == net_family(to) && (family == AF_INET || family == AF_INET6) ?
	    family : AF_UNSPEC;
}

static int
line(const struct net_address *from, const struct net_address *to, struct buf *out)
{
	int family = family_of(from, to);
	char source[INET6_ADDRSTRLEN], target[INET6_ADDRSTRLEN];
	size_t n;

	if (family == AF_UNSPEC)
		return buf_puts(out, "PROXY UNKNOWN\r\n");
	(void)inet_ntop(family, octets(from, &n), source, sizeof(source));
	(void)inet_ntop(family, octets(to, &n), target, sizeof(target));
	return buf_addf(out, "PROXY %s %s %s %u %u\r\n",
	    family == AF_INET ? "TCP4" : "TCP6", source, target,
	    (unsigned)net_port(from), (unsigned)net_port(to));
}

static int
binary(const struct net_address *from, const struct net_address *to, struct buf *out)
{
	int family = family_of(from, to);
	const uint16_t ports[2] = { htons(net_port(from)), htons(net_port(to)) };
	size_t n = 0;
	const void *source = octets(from, &n), *target = octets(to, &n);
	unsigned char head[16] = SIGNATURE;	/* command, family, and a length of two */

	head[12] = family == AF_UNSPEC ? LOCAL : PROXY;
	if (family == AF_UNSPEC)
		return buf_add(out, head, sizeof(head));
	head[13] = family == AF_INET ? TCP4 : TCP6;
	head[15] = (unsigned char)(2 * n + sizeof(ports));
	if (buf_add(out, head, sizeof(head)) == -1 || buf_add(out, source, n) == -1 ||
	    buf_add(out, target, n) == -1)
		return -1;
	return buf_add(out, ports, sizeof(ports));
}

int
proxy_header(int version, const struct net_address *from, const struct net_address *to,
    struct buf *out)
{
	return version == 1 ? line(from, to, out) : binary(from, to, out);
}

/* The system forgets who was at the other end as soon as that resets the connection. */
static int
nobody(const struct stream *s, int error, struct diag *d)
{
	return stream_error(s, error == ENOTCONN ? ECONNRESET : error, d);
}

int
proxy_send(struct stream *s, int version, struct diag *d)
{
	struct net_address from = { .len = sizeof(from.sa) };
	struct net_address to = { .len = sizeof(to.sa) };
	struct buf header = { 0 };
	char shown[64];
	int rc;

	if (getsockname(s->fd, (struct sockaddr *)&from.sa, &from.len) == -1 ||
	    getpeername(s->fd, (struct sockaddr *)&to.sa, &to.len) == -1)
		return nobody(s, errno, d);
	if (proxy_header(version, &from, &to, &header) == -1) {
		rc = diag_nomem(d);
	} else if (version == 1) {
		rc = stream_write(s, header.data, header.len, d);
	} else {
		(void)snprintf(shown, sizeof(shown),
		    "(PROXY protocol 2 header, %zu octets)", header.len);
		rc = stream_write_secret(s, header.data, header.len, shown, d);
	}
	buf_free(&header);
	return rc;
}
