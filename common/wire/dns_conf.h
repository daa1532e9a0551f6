/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_conf: where names are looked up: resolv.conf(5), --dns, and the hosts file. */

#ifndef WIRE_DNS_CONF_H
#define WIRE_DNS_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/list.h"
#include "base/trace.h"
#include "wire/net.h"

#define DNS_SERVERS_MAX 8	/* of --dns; of resolv.conf three count, as in libc */
#define DNS_SEARCH_MAX 32	/* more suffixes than any run has the time to try */

struct dns_conf {
	struct net_address servers[DNS_SERVERS_MAX];	/* with port */
	size_t		 nservers;
	struct list	 search;	/* suffixes for names that are not absolute */
	unsigned	 ndots;		/* dots that make a name be tried as is first */
	unsigned	 timeout;	/* seconds a server gets in the first round */
	unsigned	 attempts;	/* rounds over the servers */
	bool		 no_hosts;	/* names are looked up in the DNS alone */
	bool		 no_recursion;	/* ask for what a server itself is in charge of */
	const struct trace *trace;	/* hears questions and answers; or NULL */
};

/*
 * Reads /etc/resolv.conf; a missing file means the resolver on 127.0.0.1, and no search
 * list the domain of this machine's name. When the list is not empty it names the servers
 * instead ("192.0.2.1", "[2001:db8::1]", "192.0.2.1#5353"), and the file still gives
 * search, ndots, timeout and attempts. -1 when an element of the list is no address
 * (dns_failed) or the file cannot be read. Free it with dns_conf_free() in either case.
 */
int	 dns_conf_load(struct dns_conf *conf, const struct list *servers, struct diag *d);
void	 dns_conf_free(struct dns_conf *conf);

/* Are the values of --dns such servers? -1 with a sentence in why when one is not. */
int	 dns_conf_settle(const struct list *servers, struct buf *why);

/*
 * Reads the text of a resolv.conf into conf, which starts as zero: nameserver, domain,
 * search, options ndots timeout attempts, with glibc's defaults (one server, 127.0.0.1,
 * when none is named) and limits. Pure. What it does not know it skips, as resolvers do.
 * -1 when memory is short.
 */
int	 dns_conf_parse(struct dns_conf *conf, const char *text, size_t len);

/*
 * Finds a host name or alias in the text of a hosts file, in any case, and appends its
 * addresses of the family (AF_UNSPEC: both) with the port, in the file's order. Pure.
 * Returns how many lines named the host, of whatever family.
 */
size_t	 hosts_find(const char *text, size_t len, const char *name, int family,
	    uint16_t port, struct net_addresses *out);

/*
 * Reads a server as --dns takes it: "192.0.2.1", "2001:db8::1", "192.0.2.1#5353".
 * -1 when the text is none.
 */
int	 dns_server_parse(struct net_address *server, const char *text);

/* A server in the same form. */
const char *dns_server_text(const struct net_address *server, char text[NET_TEXT_MAX]);

#endif
