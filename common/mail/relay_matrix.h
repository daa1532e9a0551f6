/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_matrix: files that say who may send to whom, and who may not. */

#ifndef MAIL_RELAY_MATRIX_H
#define MAIL_RELAY_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define RELAY_ROWS_MAX 1000	/* lines with a question in one file */

struct relay_row {
	const char	*from;		/* "" is the null sender */
	const char	*to;
	const char	*login;		/* SECTION[@FILE]; NULL: none */
	bool		 accept;	/* what is expected */
	unsigned	 line;
};

/* Zero is a valid empty object. */
struct relay_matrix {
	struct relay_row *v;
	size_t		 n;
};

/*
 * Parses the lines "SENDER RECIPIENT LOGIN EXPECT" of n bytes and a NUL, in place; they
 * have to live as long as m. Columns are apart by blanks, which may stand within the
 * quotes of a local part. SENDER is an address or <>, RECIPIENT an address, LOGIN
 * SECTION[@FILE] of an ini file or -, EXPECT accept or refuse (in any case). Blank lines
 * and what follows a '#' that begins a column are passed over, and a byte order mark; DOS
 * line ends are cut. Pure. -1 with a sentence in why that names the line and what is
 * wrong with it, and never its content, also above RELAY_ROWS_MAX; m then holds what was
 * read before, to be freed.
 */
int	 relay_matrix_parse(struct relay_matrix *m, char *bytes, size_t n,
	    struct buf *why);
void	 relay_matrix_free(struct relay_matrix *m);

#endif
