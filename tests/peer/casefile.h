/* SPDX-License-Identifier: GPL-3.0-or-later */
/* casefile: reads cases: what is run, against what, and what must come of it. */

#ifndef PEER_CASEFILE_H
#define PEER_CASEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/list.h"
#include "peer/script.h"
#include "peer/zone.h"

#define CASE_SERVERS 4	/* fake name servers: dns, dns2, dns3, dns4 */

/*
 * A file that a case wants in its directory; its text may hold @VARIABLES@ and escapes.
 */
struct made {
	char		*name, *text;
	mode_t		 mode;
	double		 age_s;
};

/* Whole output: lines that must be there in this order, and no others. */
struct whole {
	char		*where;		/* "stdout", "stderr", or a file in @DIR@ */
	struct list	 lines;
};

struct testcase {
	const char	*path;		/* of the case file */
	char		*here;		/* the directory it is in, absolute */
	int		 line;
	char		*name, *run;
	char		*cause, *stage, *first;
	char		*fails;		/* the case must fail with these words */
	struct list	 out, err, not, in;	/* "in" holds "FILE GLOB" */
	struct list	 json;		/* "PATH GLOB" */
	struct list	 env, asked, unasked, need, certs, dirs, jwts;
	double		 within, after;	/* seconds */
	double		 columns;	/* of a line of stdout at most; 0 is any number */
	double		 status;	/* the exit code; -1 until it is given */
	bool		 untidy;	/* the output is not looked at for hygiene */
	bool		 tty;		/* stdout is a terminal */
	struct made	*files;
	size_t		 nfiles;
	struct whole	*wholes;
	size_t		 nwholes;
	struct zone	 zones[CASE_SERVERS];
	struct script	*scripts;
	size_t		 nscripts;
};

/* The variable that holds the address of a server: "DNS", "DNS2"; its keyword, too. */
const char *server_name(size_t i);

/*
 * Takes one line that says something about a case, but for those that begin a block (it
 * may be changed). -1 with the reason in why when it says nothing.
 */
int	 testcase_set(struct testcase *c, char *line, struct buf *why);
void	 testcase_free(struct testcase *c);

struct cases {
	struct testcase	*v;
	size_t		 n;
};

/* Adds the cases of a file. Says on stderr what is wrong with it, and returns -1. */
int	 cases_read(struct cases *cases, const char *path);
void	 cases_free(struct cases *cases);

#endif
