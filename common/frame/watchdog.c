/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/state.h"
#include "frame/watchdog.h"

#define GRACE 0.25		/* seconds between the deadline and the watchdog */

/* Prepared, because a signal handler may not do more than write. */
static struct {
	char	 text[WATCHDOG_WORDS];
	size_t	 len;
	int	 code;
} last_words;

static void
give_up(int signal_number)
{
	(void)signal_number;
	_exit(STATE_UNKNOWN);
}

static void
bark(int signal_number)
{
	ssize_t written;

	(void)signal_number;
	/* If even the write hangs, a second alarm ends the process. */
	(void)signal(SIGALRM, give_up);
	(void)alarm(1);
	written = write(STDOUT_FILENO, last_words.text, last_words.len);
	_exit(written < 0 ? STATE_UNKNOWN : last_words.code);
}

static void
arm(void (*handler)(int), double seconds)
{
	struct itimerval timer = { .it_value.tv_sec = (time_t)seconds };
	struct sigaction action = { .sa_handler = handler };
	sigset_t alarms;

	timer.it_value.tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6);
	action.sa_flags = (int)SA_NODEFER;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)sigemptyset(&alarms);
	(void)sigaddset(&alarms, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);	/* whoever started us
							 * may have blocked it */
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

void
watchdog_arm(struct deadline by, const struct buf *words, int code)
{
	(void)signal(SIGALRM, SIG_IGN);		/* not with half of the words */
	last_words.len = words->len < sizeof(last_words.text) ? words->len
	    : sizeof(last_words.text);
	memcpy(last_words.text, buf_str(words), last_words.len);
	last_words.code = code;
	arm(bark, deadline_left(by) + GRACE);
}

void
watchdog_finish(struct deadline by)
{
	double left = deadline_left(by);

	arm(give_up, left > 1 ? left : 1);
}
