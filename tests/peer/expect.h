/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect: compares what came of a case with what it wants; failures go to the diary. */

#ifndef PEER_EXPECT_H
#define PEER_EXPECT_H

#include "peer/child.h"
#include "peer/scene.h"

/* Times of the case count stretch times as much (valgrind and the like are slow). */
void	 expect_all(struct scene *s, const struct child *child, double stretch);

#endif
