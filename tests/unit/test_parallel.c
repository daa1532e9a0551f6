/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "unit/unit.h"
#include "wire/parallel.h"

#define MOST 300

static struct {
	atomic_int	 calls[MOST];
	atomic_size_t	 now, most;	/* how many at once */
	atomic_int	 elsewhere;	/* not in the thread of the test */
	atomic_int	 alarming;	/* ... and open to SIGALRM */
	pthread_t	 here;
	pthread_barrier_t all_there;
} seen;

/* Nothing is asserted here: a failure must not leave a test from a thread. */
static void
look(void *arg, size_t i)
{
	const struct timespec a_bit = { .tv_nsec = 200 * 1000L };
	size_t now = atomic_fetch_add(&seen.now, 1) + 1, most = atomic_load(&seen.most);
	sigset_t blocked;

	while (now > most && !atomic_compare_exchange_weak(&seen.most, &most, now))
		continue;
	(void)atomic_fetch_add((atomic_int *)arg + i, 1);
	if (!pthread_equal(pthread_self(), seen.here)) {
		(void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
		(void)atomic_fetch_add(&seen.elsewhere, 1);
		(void)atomic_fetch_add(&seen.alarming, !sigismember(&blocked, SIGALRM));
	}
	(void)nanosleep(&a_bit, NULL);
	(void)atomic_fetch_sub(&seen.now, 1);
}

static const struct {
	size_t	 n, jobs;
} sizes[] = {
	{ 0, 0 }, { 0, 1 }, { 0, 5 }, { 1, 0 }, { 1, 1 }, { 1, 5 }, { 2, 0 }, { 2, 1 },
	{ 2, 2 }, { 2, 5 }, { MOST, 1 }, { MOST, 2 }, { MOST, 7 }, { MOST, 64 },
	{ MOST, MOST }, { MOST, (size_t)-1 },
};

START_TEST(each_once)
{
	size_t n = sizes[_i].n, jobs = sizes[_i].jobs;

	seen.here = pthread_self();
	parallel(n, jobs, look, seen.calls);
	for (size_t i = 0; i < MOST; i++)
		ck_assert_int_eq(atomic_load(&seen.calls[i]), i < n ? 1 : 0);
	ck_assert_uint_le(atomic_load(&seen.most), jobs > 0 ? jobs : 1);
	ck_assert_int_eq(atomic_load(&seen.alarming), 0);
	if (n <= 1 || jobs <= 1)
		ck_assert_int_eq(atomic_load(&seen.elsewhere), 0);
}
END_TEST

static void
meet(void *arg, size_t i)
{
	(void)arg;
	(void)i;
	(void)pthread_barrier_wait(&seen.all_there);
}

/* As many as there are jobs are at work at once: or else nobody would come past this. */
START_TEST(at_once)
{
	sigset_t before, after;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &before);
	ck_assert_int_eq(pthread_barrier_init(&seen.all_there, NULL, 9), 0);
	parallel(27, 9, meet, NULL);
	ck_assert_int_eq(pthread_barrier_destroy(&seen.all_there), 0);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &after);
	ck_assert_int_eq(sigismember(&after, SIGALRM), sigismember(&before, SIGALRM));
	ck_assert_int_eq(sigismember(&after, SIGALRM), 0);
}
END_TEST

/* A user other than root, who has a limit, and has reached it. */
START_TEST(without_threads)
{
	struct rlimit limit, none;

	if (getuid() == 0) {
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
		(void)prctl(PR_SET_DUMPABLE, 1);	/* for the leak checker */
	}
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
	seen.here = pthread_self();
	parallel(20, 5, look, seen.calls);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
	for (size_t i = 0; i < 20; i++)
		ck_assert_int_eq(atomic_load(&seen.calls[i]), 1);
	ck_assert_int_eq(atomic_load(&seen.elsewhere), 0);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, each_once, 0, LEN(sizes));
	tcase_add_test(t, at_once);
	tcase_add_test(t, without_threads);
}
