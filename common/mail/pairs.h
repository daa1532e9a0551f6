/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pairs: files of user names and passwords that must not work. */

#ifndef MAIL_PAIRS_H
#define MAIL_PAIRS_H

#include <stddef.h>

#include "base/buf.h"

#define PAIRS_MAX 1000		/* lines with a login in one file */

struct pair {
	const char	*user, *password;	/* within the parsed bytes */
	unsigned	 line;
};

/* Zero is a valid empty object. */
struct pairs {
	struct pair	*v;
	size_t		 n;
};

/*
 * Parses the lines "user:password" of n bytes and a NUL, in place; they have to live as
 * long as p.
 * The first colon parts them; blank lines and those that begin with '#' are passed over;
 * DOS line ends are cut. Pure. -1 with a sentence in why that names the line and never
 * its content, also above PAIRS_MAX; p then holds what was read before, to be freed.
 */
int	 pairs_parse(struct pairs *p, char *bytes, size_t n, struct buf *why);
void	 pairs_free(struct pairs *p);

#endif
