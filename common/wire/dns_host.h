/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_host: from a host name to its addresses, under a deadline (getaddrinfo has none) */

#ifndef WIRE_DNS_HOST_H
#define WIRE_DNS_HOST_H

#include <stdint.h>

#include "base/deadline.h"
#include "base/diag.h"
#include "wire/dns_conf.h"
#include "wire/net.h"

/*
 * Finds the addresses of a host: an address literal is itself; then /etc/hosts; then the
 * DNS, A and AAAA in one batch, with the search list of conf (ndots rule, a last dot ends
 * the search), aliases followed within the answer. IPv6 first, then IPv4, each in the
 * order of the answer, without doubles; family is AF_INET, AF_INET6 or AF_UNSPEC for
 * both.
 *
 * Stage "resolve". Causes: dns_no_such_host (no name tried exists), dns_no_address (it
 * exists and has none of the family), and those that dns_unanswered() knows. When one
 * family answered and the other failed, the one counts, and out is marked as partial, as
 * where there are more than fit. The sentence says where was asked: "/etc/hosts, DNS
 * 192.0.2.1".
 */
int	 dns_host(const struct dns_conf *conf, const char *host, int family,
	    uint16_t port, struct deadline by, struct net_addresses *out, struct diag *d);

#endif
