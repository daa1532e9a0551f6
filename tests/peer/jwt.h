/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jwt: bearer tokens that look right and are signed by nobody. */

#ifndef PEER_JWT_H
#define PEER_JWT_H

#include <stdbool.h>

#include "peer/words.h"

/* A token is ordered by a text: NAME [sub=TEXT] [exp=SECONDS from now]. Is it one? */
bool	 jwt_known(const char *order);

/* Writes the token into the file NAME of a directory; the variable NAME is the token. */
void	 jwt_make(const char *order, const char *dir, struct vars *vars);

#endif
