/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline.h"
#include "frame/transcript.h"

const struct cause transcript_unwritable = {
	"transcript-unwritable", CLASS_LOCAL, STATE_UNKNOWN,
	"the file of --transcript could not be written",
	"look at the path, its permissions and the room on the disk; everything else was "
	"checked", false,
};

/*
 * One write for a line, with O_APPEND: lines of several threads do not mix. (A pipe takes
 * so much in one piece.) Only the end of a disk cuts a line; the second write says why.
 */
__attribute__((format(printf, 2, 3)))
static void
say(struct transcript *t, const char *format, ...)
{
	char line[4096];
	size_t left;
	ssize_t n = 0;
	va_list ap;

	if (t->path == NULL || t->error != 0)
		return;
	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	left = strlen(line);
	line[left++] = '\n';
	for (char *p = line; left > 0 && (n = write(t->fd, p, left)) > 0; p += n)
		left -= (size_t)n;
	if (left > 0)
		t->error = n == -1 ? errno : EIO;
}

void
transcript_open(struct transcript *t, const char *path, const char *plugin,
    const char *target, time_t now, int64_t start)
{
	char date[64] = "";
	struct tm tm;

	t->path = path;
	t->start = start;
	t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0600);
	if (t->fd == -1)
		t->error = errno;
	if (gmtime_r(&now, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	say(t, "%s %s, %s, %s", plugin, VERSION, date, target);
}

void
transcript_line(struct transcript *t, char who, const char *line)
{
	if (t->path != NULL)
		say(t, "%8.3f %c: %s", clock_since(t->start), who, line);
}

int
transcript_close(struct transcript *t, const char *last)
{
	say(t, "%s", last);
	if (t->path != NULL && t->fd != -1 && close(t->fd) == -1 && t->error == 0)
		t->error = errno;
	t->path = NULL;
	return t->error;
}
