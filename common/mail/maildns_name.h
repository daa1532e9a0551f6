/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * maildns_name: what can be told of a name by its looks alone. All names are as
 * dns_name() writes them. Everything here is pure.
 */

#ifndef MAIL_MAILDNS_NAME_H
#define MAIL_MAILDNS_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/net.h"

/* The name without its first label, a place in it; NULL at the root's children. */
const char *maildns_parent(const char *name);

/* Is the name that of the zone or below it? */
bool	 maildns_below(const char *name, const char *zone);

/*
 * Is the name of an exchanger an address in truth, as "192.0.2.1", "[192.0.2.1]" or
 * "[ipv6:2001:db8::1]"? To the DNS it is a name all the same (RFC 5321 5.1).
 */
bool	 maildns_is_address(const char *name);

/*
 * What is wrong with the name of a host (RFC 952, RFC 1123 2.1) as a clause: "has an
 * underscore"; NULL when nothing is. *fatal says whether senders are known to refuse it.
 */
const char *maildns_bad_host(const char *name, bool *fatal);

/*
 * What the name would be had it ended in a dot in the zone file: so many of its first
 * octets, where it ends in the domain and what stands before that has a dot, too. 0 when
 * it does not look like that.
 */
size_t	 maildns_without_origin(const char *name, const char *domain);

/*
 * The name under which the DNS tells the name of an address (RFC 1035 3.5, RFC 3596 2.5).
 */
#define MAILDNS_REVERSE_MAX 80
void	 maildns_reverse_name(const struct net_address *a,
	    char name[MAILDNS_REVERSE_MAX]);

#endif
