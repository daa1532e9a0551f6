/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many cases at once: a process each, which writes its report into a pipe and exits. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"
#include "peer/run.h"
#include "peer/scratch.h"
#include "peer/testca.h"
#include "peer/words.h"

#define REPORT_MAX (1u << 20)
#define WORKER_GRACE_S 20.0	/* beyond "within": the worker itself is stuck */

struct job {
	pid_t		 pid;
	int		 fd;		/* of its report; -1 when there is no job */
	const struct testcase *c;
	struct buf	 report;
	struct deadline	 by;
};

struct crew {
	const struct options *o;
	const struct cases *cases;
	const char	*scratch;
	struct job	*jobs;
	struct pollfd	*fds;
	size_t		 size;		/* jobs at once */
	size_t		 next;		/* case to start */
	size_t		 running, passed, failed, skipped;
};

static volatile sig_atomic_t interrupted;

static void
interrupt(int number)
{
	interrupted = number;
}

bool
wanted(const struct options *o, const struct testcase *c)
{
	return o->only == NULL || glob_match(o->only, c->name, strlen(c->name));
}

const char *
prepare(const struct options *o, const struct cases *cases)
{
	const char *scratch = scratch_make();
	char certs[4200];
	bool any = false;

	(void)snprintf(certs, sizeof(certs), "%s/certs", scratch);
	for (size_t i = 0; i < cases->n && !any; i++)
		any = wanted(o, &cases->v[i]) && cases->v[i].certs.n > 0;
	if (!any)
		return scratch;
	testca_open(certs);
	for (size_t i = 0; i < cases->n; i++)
		if (wanted(o, &cases->v[i]))
			for (size_t j = 0; j < cases->v[i].certs.n; j++)
				testca_make(cases->v[i].certs.v[j]);
	testca_close();
	return scratch;
}

static void
write_all(int fd, const char *bytes, size_t n)
{
	ssize_t sent;

	for (; n > 0; bytes += sent, n -= (size_t)sent)
		if ((sent = write(fd, bytes, n)) == -1)
			return;
}

/* The whole life of a worker. */
static enum result
work(const struct crew *crew, const struct testcase *c, size_t number, int fd)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct buf report = { .max = REPORT_MAX };
	enum result result;

	/* A group of its own, so that nothing it leaves behind survives it. */
	(void)setpgid(0, 0);
	(void)sigaction(SIGINT, &usual, NULL);
	(void)sigaction(SIGTERM, &usual, NULL);
	for (size_t i = 0; i < crew->size; i++)
		if (crew->jobs[i].fd != -1)
			(void)close(crew->jobs[i].fd);
	result = run_case(crew->o, c, crew->scratch, number, &report);
	write_all(fd, buf_str(&report), report.len);
	buf_free(&report);
	(void)close(fd);
	return result;
}

static void
job_start(struct crew *crew, struct job *job, size_t number)
{
	const struct testcase *c = &crew->cases->v[number];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		die("pipe: %s", strerror(errno));
	(void)fflush(NULL);
	job->c = c;
	job->by = deadline_in(c->within * crew->o->stretch + WORKER_GRACE_S);
	if ((job->pid = fork()) == -1)
		die("fork: %s", strerror(errno));
	if (job->pid == 0) {
		(void)close(ends[0]);
		exit((int)work(crew, c, number, ends[1]));
	}
	(void)setpgid(job->pid, job->pid);
	(void)close(ends[1]);
	job->fd = ends[0];
	crew->running++;
}

static void
job_end(struct crew *crew, struct job *job)
{
	int status = 0;

	(void)waitpid(job->pid, &status, 0);
	(void)kill(-job->pid, SIGKILL);		/* grandchildren, if any */
	(void)close(job->fd);
	job->fd = -1;
	crew->running--;
	(void)fwrite(buf_str(&job->report), 1, job->report.len, stdout);
	if (WIFEXITED(status) && WEXITSTATUS(status) == RESULT_PASSED) {
		crew->passed++;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == RESULT_SKIPPED) {
		crew->skipped++;
	} else {
		crew->failed++;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != RESULT_FAILED)
			(void)printf("FAIL %s:%d: %s: the peer itself broke down "
			    "(status %#x)\n", job->c->path, job->c->line, job->c->name,
			    (unsigned)status);
	}
	buf_reset(&job->report);
}

/* Takes a piece of the report; its end is the end of the job. */
static void
job_hear(struct crew *crew, struct job *job)
{
	char bytes[8192];
	ssize_t n = read(job->fd, bytes, sizeof(bytes));

	if (n > 0)
		(void)buf_add(&job->report, bytes, (size_t)n);
	else if (n == 0 || errno != EINTR)
		job_end(crew, job);
}

static void
fill_up(struct crew *crew)
{
	for (size_t i = 0; i < crew->size; i++) {
		while (crew->next < crew->cases->n &&
		    !wanted(crew->o, &crew->cases->v[crew->next]))
			crew->next++;
		if (crew->jobs[i].fd == -1 && crew->next < crew->cases->n)
			job_start(crew, &crew->jobs[i], crew->next++);
	}
}

static void
stop_stuck(struct crew *crew, bool all)
{
	for (size_t i = 0; i < crew->size; i++)
		if (crew->jobs[i].fd != -1 &&
		    (all || deadline_left(crew->jobs[i].by) <= 0))
			(void)kill(-crew->jobs[i].pid, SIGKILL);
}

static void
crew_work(struct crew *crew)
{
	fill_up(crew);
	while (crew->running > 0) {
		for (size_t i = 0; i < crew->size; i++)
			crew->fds[i] = (struct pollfd){
				.fd = crew->jobs[i].fd, .events = POLLIN,
			};
		(void)poll(crew->fds, crew->size, 1000);
		for (size_t i = 0; i < crew->size; i++)
			if (crew->jobs[i].fd != -1 && crew->fds[i].revents != 0)
				job_hear(crew, &crew->jobs[i]);
		stop_stuck(crew, interrupted != 0);
		if (interrupted == 0)
			fill_up(crew);
		else
			crew->next = crew->cases->n;
	}
}

int
run_all(const struct options *o, const struct cases *cases)
{
	const struct sigaction stop = { .sa_handler = interrupt };
	struct crew crew = { .o = o, .cases = cases, .size = (size_t)o->jobs };

	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
	crew.scratch = prepare(o, cases);
	crew.jobs = must(calloc(crew.size, sizeof(*crew.jobs)));
	crew.fds = must(calloc(crew.size, sizeof(*crew.fds)));
	for (size_t i = 0; i < crew.size; i++) {
		crew.jobs[i].fd = -1;
		crew.jobs[i].report.max = REPORT_MAX;
	}
	crew_work(&crew);
	for (size_t i = 0; i < crew.size; i++)
		buf_free(&crew.jobs[i].report);
	free(crew.jobs);
	free(crew.fds);
	if (crew.passed + crew.failed + crew.skipped == 0) {
		(void)printf("FAIL no case was run\n");
		crew.failed = 1;
	}
	(void)printf("peer: %zu passed, %zu failed, %zu skipped\n", crew.passed,
	    crew.failed, crew.skipped);
	return crew.failed == 0 && interrupted == 0 ? 0 : 1;
}
