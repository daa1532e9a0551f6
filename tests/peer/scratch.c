/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "peer/scratch.h"
#include "peer/words.h"

static char scratch[PATH_MAX];
static pid_t owner;

static int
remove_one(const char *path, const struct stat *sb, int flag, struct FTW *ftw)
{
	(void)sb;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
scratch_remove(void)
{
	/* Workers inherit the exit handler, not the directory. */
	if (scratch[0] == '\0' || getpid() != owner)
		return;
	(void)nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	scratch[0] = '\0';
}

const char *
scratch_make(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(scratch, sizeof(scratch), "%s/peer.XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(scratch) == NULL)
		die("%s: %s", scratch, strerror(errno));
	owner = getpid();
	(void)atexit(scratch_remove);
	return scratch;
}

void
dir_make(const char *path)
{
	char *copy = copied(path);

	for (char *p = copy + 1; *p != '\0'; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(copy, 0700);
			*p = '/';
		}
	if (mkdir(copy, 0700) == -1 && errno != EEXIST)
		die("%s: %s", copy, strerror(errno));
	free(copy);
}

static void
directories_of(const char *path)
{
	char *copy = copied(path), *slash = strrchr(copy, '/');

	if (slash != NULL) {
		*slash = '\0';
		dir_make(copy);
	}
	free(copy);
}

void
file_write(const char *path, mode_t mode, double age_s, const char *bytes, size_t n)
{
	struct timespec times[2];
	FILE *f;

	directories_of(path);
	if ((f = fopen(path, "w")) == NULL || fwrite(bytes, 1, n, f) != n ||
	    fclose(f) != 0)
		die("%s: %s", path, strerror(errno));
	if (chmod(path, mode) == -1)
		die("%s: %s", path, strerror(errno));
	(void)clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= (time_t)age_s;
	times[1] = times[0];
	if (age_s > 0)
		(void)utimensat(AT_FDCWD, path, times, 0);
}
