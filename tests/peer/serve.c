/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer/run.h"
#include "peer/scene.h"
#include "peer/scratch.h"

static const struct testcase *
chosen(const struct options *o, const struct cases *cases)
{
	for (size_t i = 0; i < cases->n; i++)
		if (wanted(o, &cases->v[i]) && cases->v[i].nscripts > 0)
			return &cases->v[i];
	return NULL;
}

int
serve(const struct options *o, const struct cases *cases)
{
	const struct testcase *c = chosen(o, cases);
	const char *scratch;
	struct scene s;
	sigset_t set;
	int number;

	if (c == NULL)
		die("there is no such case with a script");
	scratch = prepare(o, cases);
	scene_open(&s, c, scratch, 0, o->port);
	s.diary.loud = o->verbose;
	/* Threads inherit the mask: the signals are for sigwait() below. */
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	scene_start(&s, true);
	(void)printf("ready %u CA=%s DIR=%s", s.port, vars_get(&s.vars, "CA", 2), s.dir);
	for (size_t i = 0; i < CASE_SERVERS; i++)
		if (s.dns[i].port != 0)
			(void)printf(" %s=127.0.0.1#%u", server_name(i), s.dns[i].port);
	(void)printf("\n");
	(void)fflush(stdout);
	(void)sigwait(&set, &number);
	/* Connections may be under way in threads that nobody waits for. */
	scratch_remove();
	_exit(0);
}
