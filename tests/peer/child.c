/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "peer/child.h"
#include "peer/words.h"

#define OUTPUT_MAX (1u << 20)

/* The list as execve(2) wants it. */
static char **
vector(const struct list *list)
{
	char **v = must(calloc(list->n + 1, sizeof(*v)));

	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	return v;
}

/* In the new process, where nothing can be reported but by an exit code of its own. */
static void
become(char **argv, char **env, const char *dir, int out, int err)
{
	const struct rlimit none = { 0, 0 };
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDONLY);

	(void)sigaction(SIGPIPE, &usual, NULL);
	(void)setrlimit(RLIMIT_CORE, &none);
	if (dup2(null, 0) == -1 || dup2(out, 1) == -1 || dup2(err, 2) == -1 ||
	    chdir(dir) == -1)
		_exit(126);
	(void)close(null);
	(void)execve(argv[0], argv, env);
	(void)dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Both ends of a terminal: what is written to [1] can be read from [0]. */
static int
terminal(int ends[2])
{
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char name[64];

	ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ends[0] == -1 || grantpt(ends[0]) == -1 || unlockpt(ends[0]) == -1 ||
	    ptsname_r(ends[0], name, sizeof(name)) != 0)
		return -1;
	ends[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return ends[1] != -1 ? ioctl(ends[1], TIOCSWINSZ, &size) : -1;
}

void
child_start(struct child *c, const struct list *argv, const struct list *env,
    const char *dir, bool tty)
{
	char **args = vector(argv), **envp = vector(env);
	int out[2], err[2];

	*c = (struct child){
		.tty = tty, .out.max = OUTPUT_MAX, .err.max = OUTPUT_MAX,
	};
	if ((tty ? terminal(out) : pipe2(out, O_CLOEXEC)) == -1 ||
	    pipe2(err, O_CLOEXEC) == -1)
		die("no %s for the output: %s", tty ? "terminal" : "pipe",
		    strerror(errno));
	c->start = clock_nsec();
	if ((c->pid = fork()) == -1)
		die("fork: %s", strerror(errno));
	if (c->pid == 0)
		become(args, envp, dir, out[1], err[1]);
	(void)close(out[1]);
	(void)close(err[1]);
	c->out_fd = out[0];
	c->err_fd = err[0];
	free(args);
	free(envp);
}

/*
 * Takes what is there; closes the pipe at its end, which is an error (EIO) of a terminal.
 * -1 when it is too much.
 */
static int
drain(int *fd, struct buf *text)
{
	char bytes[16384];
	ssize_t n = read(*fd, bytes, sizeof(bytes));

	if (n > 0)
		return buf_add(text, bytes, (size_t)n);
	if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		(void)close(*fd);
		*fd = -1;
	}
	return 0;
}

static void
listen_to(struct child *c, struct deadline by)
{
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };

	while (c->out_fd != -1 || c->err_fd != -1) {
		p[0].fd = c->out_fd;
		p[1].fd = c->err_fd;
		if (poll(p, 2, deadline_ms(by)) == 0) {
			c->stuck = true;
			return;
		}
		if ((p[0].revents != 0 && drain(&c->out_fd, &c->out) == -1) ||
		    (p[1].revents != 0 && drain(&c->err_fd, &c->err) == -1)) {
			c->flooded = true;
			return;
		}
	}
}

/* A terminal makes CR LF of the LF that a program writes. */
static void
untranslate(struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] != '\r' || text->data[i + 1] != '\n')
			text->data[n++] = text->data[i];
	if (text->len > 0)
		text->data[n] = '\0';
	text->len = n;
}

void
child_wait(struct child *c, double limit_s)
{
	const struct timespec moment = { .tv_nsec = 500 * 1000 };
	struct deadline by = deadline_in(limit_s);
	pid_t done = 0;

	listen_to(c, by);
	/* Its pipes are closed: it ends now, or it is stuck. */
	while (!c->stuck && !c->flooded &&
	    (done = waitpid(c->pid, &c->status, WNOHANG)) == 0) {
		if (deadline_left(by) <= 0)
			c->stuck = true;
		(void)nanosleep(&moment, NULL);
	}
	if (done != c->pid) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, &c->status, 0);
	}
	c->seconds = clock_since(c->start);
	if (c->tty)
		untranslate(&c->out);
}

void
child_free(struct child *c)
{
	if (c->out_fd != -1)
		(void)close(c->out_fd);
	if (c->err_fd != -1)
		(void)close(c->err_fd);
	buf_free(&c->out);
	buf_free(&c->err);
}
