/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listener: sockets that listen, that only keep a port closed, or that never answer. */

#ifndef PEER_LISTENER_H
#define PEER_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/script.h"

#define FILL_MAX 16	/* connections that fill the queue of a black hole */

struct listener {
	int	 fd;		/* -1 when closed */
	int	 fill[FILL_MAX];
	size_t	 nfill;
};

/* The path of an address "unix:PATH", NULL when it is another. */
const char *listener_path(const char *address);

/*
 * Takes a port on an address, or makes a socket "unix:PATH"; *port 0 is the kernel's
 * choice, and is set to it. -1 with errno when the port or the address cannot be had.
 */
int	 listener_open(struct listener *l, const char *address, uint16_t *port,
	    enum listening how);
void	 listener_close(struct listener *l);

#endif
