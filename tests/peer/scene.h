/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene: everything a case is played in: its files, servers and variables. */

#ifndef PEER_SCENE_H
#define PEER_SCENE_H

#include <pthread.h>
#include <stdint.h>

#include "peer/casefile.h"
#include "peer/diary.h"
#include "peer/fakedns.h"
#include "peer/listener.h"
#include "peer/play.h"
#include "peer/words.h"

struct post {
	struct listener	 listener;
	struct play	 play;
	pthread_t	 thread;
};

struct scene {
	const struct testcase *c;
	struct vars	 vars;
	struct diary	 diary;
	char		 dir[4096];	/* @DIR@ */
	uint16_t	 port;
	int		 over[2];	/* a pipe: [1] closes when it is over */
	struct post	*posts;		/* one for each script */
	size_t		 nposts;	/* those that are open */
	struct fakedns	 dns[CASE_SERVERS];
	pthread_t	 dns_threads[CASE_SERVERS];
};

/*
 * Makes @DIR@ below the scratch directory (whose certs/ has the certificates), files,
 * sockets and variables. Port 0 is the kernel's choice.
 */
void	 scene_open(struct scene *s, const struct testcase *c, const char *scratch,
	    size_t number, uint16_t port);

/* Starts the servers. */
void	 scene_start(struct scene *s, bool serving);

/*
 * Nothing more will happen on the client's side: waits until the servers have seen it
 * all.
 */
void	 scene_end(struct scene *s);
void	 scene_close(struct scene *s);

#endif
