/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer: plays scripted mail and name servers, to test what the plugins say about them.
 * The manual is README.md.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "peer/run.h"
#include "peer/words.h"

static void
usage(void)
{
	(void)fputs("usage: peer run [-v] [-j N] [-b BUILDDIR] [-n NAME] [-x FACTOR] "
	    "[-w WRAPPER] CASEFILE...\n"
	    "       peer serve [-v] [-p PORT] [-s NAME] CASEFILE...\n", stderr);
	exit(2);
}

static long
number(const char *text, long min, long max)
{
	long n;

	if (text_integer(text, min, max, &n) == -1)
		die("%s is no number of %ld to %ld", text, min, max);
	return n;
}

/* Returns the index of the first operand. */
static int
options_read(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "vj:b:n:s:x:w:p:")) != -1)
		switch (c) {
		case 'v':
			o->verbose = true;
			break;
		case 'j':
			o->jobs = number(optarg, 1, 512);
			break;
		case 'b':
			o->build = optarg;
			break;
		case 'n':
		case 's':
			o->only = optarg;
			break;
		case 'x':
			o->stretch = (double)number(optarg, 1, 1000);
			break;
		case 'w':
			o->wrap = optarg;
			break;
		case 'p':
			o->port = (uint16_t)number(optarg, 1, 65535);
			break;
		default:
			usage();
		}
	return optind;
}

/* Where a case runs a plugin from a shell, it is found as by its user. */
static void
path_extend(const char *build)
{
	const char *path = getenv("PATH");
	struct buf extended = { 0 };

	(void)buf_addf(&extended, "%s/plugins:%s", build,
	    path != NULL ? path : "/usr/bin:/bin");
	(void)setenv("PATH", buf_str(&extended), 1);
	buf_free(&extended);
}

int
main(int argc, char **argv)
{
	struct options o = { .build = "build", .stretch = 1 };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct cases cases = { 0 };
	bool serves = argc > 1 && strcmp(argv[1], "serve") == 0, broken = false;
	char *build;
	int first, rc;

	if (argc < 2 || (!serves && strcmp(argv[1], "run") != 0))
		usage();
	o.jobs = sysconf(_SC_NPROCESSORS_ONLN) + 2;
	first = options_read(&o, argc - 1, argv + 1) + 1;
	if (first >= argc)
		usage();
	(void)sigaction(SIGPIPE, &ignore, NULL);
	build = realpath(o.build, NULL);
	if (build == NULL && !serves)
		die("%s: no such directory", o.build);
	o.build = build;
	if (build != NULL)
		path_extend(build);
	for (int i = first; i < argc; i++)
		broken = cases_read(&cases, argv[i]) == -1 || broken;
	rc = broken ? 2 : serves ? serve(&o, &cases) : run_all(&o, &cases);
	cases_free(&cases);
	free(build);
	return rc;
}
