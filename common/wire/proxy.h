/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proxy: the PROXY protocol, from the side of a load balancer: a header ahead of the
 * dialogue tells the server behind it who connects.
 */

#ifndef WIRE_PROXY_H
#define WIRE_PROXY_H

#include "base/buf.h"
#include "base/diag.h"
#include "wire/net.h"
#include "wire/stream.h"

/*
 * Appends the header for a connection between two addresses: version 1 (a line) or 2
 * (binary). Where they are of unlike families, or of others than IP, it only says that
 * there is nothing to tell: "PROXY UNKNOWN", or LOCAL. Pure. -1 when memory is short.
 */
int	 proxy_header(int version, const struct net_address *from,
	    const struct net_address *to, struct buf *out);

/*
 * Sends the header with the two addresses that the stream's own connection has. Nothing
 * may have been sent before. The trace hears the line, or that there was a binary header.
 * Stage: the caller's. Causes: net_timeout, net_reset, net_failed.
 */
int	 proxy_send(struct stream *s, int version, struct diag *d);

#endif
