/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net: addresses, and connections (TCP, UNIX sockets) that are made before a deadline.
 */

#ifndef WIRE_NET_H
#define WIRE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/deadline.h"
#include "base/diag.h"

#define NET_ADDRESSES_MAX 32	/* more addresses of one name than any host has */
#define NET_TEXT_MAX 112	/* an address with scope, brackets and port as text,
				 * or the path of a UNIX socket */

extern const struct cause	 net_timeout, net_refused, net_unreachable, net_failed,
				 net_closed, net_reset, net_source, net_forbidden;
extern cause_table		 net_causes;

struct net_address {
	struct sockaddr_storage	 sa;
	socklen_t		 len;
};

struct net_addresses {
	struct net_address	 v[NET_ADDRESSES_MAX];
	size_t			 n;
	bool			 partial;	/* there may be more: they did not
						 * fit, or a question stayed open */
};

/*
 * Reads an IPv4 or IPv6 address, the latter also in brackets or with a scope
 * ("fe80::1%eth0"). -1 when the text is no address (a host name, say).
 */
int	 net_address_parse(struct net_address *a, const char *text, uint16_t port);

/* The address of a UNIX socket. -1 when the path is too long for one (107 octets). */
int	 net_unix_address(struct net_address *a, const char *path);

/*
 * The address as text without the port, or the path of a UNIX socket ("" where it has
 * none), into a buffer of NET_TEXT_MAX; returns that buffer.
 */
const char *net_address_text(const struct net_address *a, char text[NET_TEXT_MAX]);

/* Host or address and port as text: "mx.example.org:25", "[2001:db8::1]:25". */
void	 net_name(char *text, size_t size, const char *host, uint16_t port);

/* Are both the same, port and scope included? */
bool	 net_address_same(const struct net_address *a, const struct net_address *b);

/* AF_INET, AF_INET6 or AF_UNIX. */
int	 net_family(const struct net_address *a);

/* The port; UNIX sockets have none (0). */
uint16_t net_port(const struct net_address *a);
void	 net_set_port(struct net_address *a, uint16_t port);

/*
 * Waits until the socket is ready for the events of poll(2), or in error. 1 when it is,
 * 0 when the moment has come.
 */
int	 net_wait(int fd, short events, struct deadline by);

/*
 * Connects to one address, from a source address (port 0) unless that is NULL. On success
 * *fd is a non-blocking socket that the caller closes. Causes: net_refused, net_timeout,
 * net_reset, net_unreachable, net_forbidden (UNIX sockets), net_source (this machine does
 * not have the source, or it is of another family), net_failed.
 */
int	 net_connect_one(const struct net_address *a, const struct net_address *from,
	    struct deadline by, int *fd, struct diag *d);

/*
 * Connects to the first address that answers, in order; each gets an equal share of the
 * time that is left, so that a black hole among them does not eat the run. *which is the
 * index of the address that answered; failed gets a sentence about each one that did not,
 * also on success. When none answers, the sentence names each with its failure, and the
 * cause is that of the first one that our own network could at least reach; net_source
 * when no address is of the source's family.
 */
int	 net_connect(const char *peer, const struct net_addresses *all,
	    const struct net_address *from, struct deadline by, int *fd, size_t *which,
	    struct buf *failed, struct diag *d);

#endif
