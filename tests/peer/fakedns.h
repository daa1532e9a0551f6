/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fakedns: a name server on 127.0.0.1, UDP and TCP on one port, that knows a zone. */

#ifndef PEER_FAKEDNS_H
#define PEER_FAKEDNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "peer/diary.h"
#include "peer/words.h"
#include "peer/zone.h"

struct fakedns {
	const char	*name;		/* "DNS2" */
	const struct zone *zone;
	const struct vars *vars;
	struct diary	*diary;
	int		 over;		/* see conn.h */
	int		 udp, tcp;	/* -1 when closed */
	int		 other;		/* UDP, too, on another port */
	uint16_t	 port;
	struct late	*late;		/* answers that are held back */
	size_t		 nlate;
	struct hand	*hand;		/* the last one that TCP was given to, or NULL */
};

/* Opens the sockets on a port of the kernel's choice. */
void	 fakedns_open(struct fakedns *f);
void	 fakedns_close(struct fakedns *f);

/* Answers until it is over; the body of a thread, given a struct fakedns. */
void	*fakedns_serve(void *f);

#endif
