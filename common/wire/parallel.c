/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "wire/parallel.h"

#define STACK ((size_t)1024 * 1024)	/* octets: there may be hundreds of threads */

struct pool {
	void		(*work)(void *arg, size_t i);
	void		 *arg;
	size_t		  n;
	atomic_size_t	  next;
};

static void *
run(void *arg)
{
	struct pool *pool = arg;
	size_t i;

	while ((i = atomic_fetch_add(&pool->next, 1)) < pool->n)
		pool->work(pool->arg, i);
	return NULL;
}

/* Starts up to so many threads, which inherit that no signal reaches them. */
static size_t
start(pthread_t *threads, size_t wanted, struct pool *pool)
{
	pthread_attr_t attr;
	sigset_t all, before;
	size_t n = 0;

	if (pthread_attr_init(&attr) != 0)
		return 0;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (n < wanted && pthread_create(&threads[n], &attr, run, pool) == 0)
		n++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return n;
}

void
parallel(size_t n, size_t jobs, void (*work)(void *arg, size_t i), void *arg)
{
	struct pool pool = { .work = work, .arg = arg, .n = n };
	size_t most = n < jobs ? n : jobs, started = 0;
	pthread_t *threads = most > 1 ? calloc(most - 1, sizeof(*threads)) : NULL;

	if (threads != NULL)
		started = start(threads, most - 1, &pool);
	(void)run(&pool);
	while (started > 0)
		(void)pthread_join(threads[--started], NULL);
	free(threads);
}
