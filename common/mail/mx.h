/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mx: which hosts take the mail of a domain (RFC 5321 5.1), under one deadline. */

#ifndef MAIL_MX_H
#define MAIL_MX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/diag.h"
#include "base/list.h"
#include "wire/dns.h"
#include "wire/net.h"

#define MX_HOSTS_MAX 32		/* more exchangers than any sender tries */
#define MX_ALIASES_MAX 16	/* hops of a chain of aliases that is followed */

extern const struct cause	 mx_null, mx_no_host, mx_loop, mx_literal;
extern cause_table		 mx_causes;

/* One exchanger. */
struct mx_host {
	char			*name;		/* without the last dot */
	unsigned		 preference;	/* the least is tried first */
	struct net_addresses	 addresses;
	struct diag		 d;		/* why it has no address */
};

/* How mail finds a domain. Zero is a valid empty object. */
struct mx {
	struct list	 aliases;	/* the names that the domain leads to, hop by
					 * hop; the last is canonical; empty: no alias */
	struct mx_host	*hosts;		/* by preference, then in the order of the
					 * answer, each once */
	size_t		 n;
	bool		 implicit;	/* without MX records: the domain itself, or its
					 * canonical name (RFC 5321 5.1) */
	bool		 partial;	/* there are more than MX_HOSTS_MAX */
};

/*
 * Asks for the exchangers of a domain, without their addresses. Aliases are followed,
 * also across answers. An address literal ("[192.0.2.1]", "[IPv6:2001:db8::1]") is its
 * own exchanger, named without brackets, and nobody is asked. Stage "mx". -1 with
 * dns_causes (dns_no_such_host also where the text is no domain), mx_null (RFC 7505) or
 * mx_loop; mx->aliases then still holds what was found of them. Free it with mx_free() in
 * either case.
 */
int	 mx_find(const struct dns_conf *conf, const char *domain, struct deadline by,
	    struct mx *mx, struct diag *d);

/*
 * Where mx_find() found no alias: looks for one in the answer about addresses too, which
 * Sendmail asks for first. A domain that has other records beside its CNAME shows either,
 * as the server likes. -1 with dns_causes or mx_loop.
 */
int	 mx_find_alias(const struct dns_conf *conf, const char *domain,
	    struct deadline by, struct mx *mx, struct diag *d);

/*
 * Finds the addresses of all exchangers, at once, as absolute names and in the DNS alone,
 * for senders do not read this machine's hosts file; family and port are
 * as for dns_host(). Each host without any has the reason in its d: dns_causes;
 * mx_no_host for a domain without MX records that has no address of any family either;
 * mx_literal where an MX record names an address, which is no host (RFC 5321 5.1,
 * RFC 1035 3.3.9). To be called once.
 */
void	 mx_resolve(const struct dns_conf *conf, struct mx *mx, int family, uint16_t port,
	    struct deadline by);

void	 mx_free(struct mx *mx);

/*
 * The domain of an address: what stands behind the last '@' outside of quotes; where
 * there is none, "", the end of the address. Pure.
 */
const char *mx_domain(const char *address);

#endif
