/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net_special: addresses that nobody reaches over the Internet (IANA's registries). */

#ifndef WIRE_NET_SPECIAL_H
#define WIRE_NET_SPECIAL_H

#include "wire/net.h"

/*
 * What kind of address it is, as an adjective: "private", "loopback", "link-local",
 * "unspecified", "documentation", "IPv4-mapped", ... NULL for one that hosts of the
 * Internet may have (RFC 6890). Pure.
 */
const char *net_special(const struct net_address *a);

#endif
