/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forge: the bad messages that come before an answer. */

#ifndef PEER_FORGE_H
#define PEER_FORGE_H

#include "peer/answer.h"

#define GARBAGE "\x01this is no DNS message, whoever you are"

/*
 * Adds those that a->odd names; packet is the answer to be. What they say is wrong, so
 * that a case shows who believes it.
 */
void	 forge(struct answer *a, const ldns_pkt *packet);

#endif
