/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply: what a server answers (RFC 5321 4.2), line by line. Pure. */

#ifndef MAIL_REPLY_H
#define MAIL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"

#define REPLY_LINE_MAX 2048	/* octets; RFC 5321 4.5.3.1.5 says 512,
				 * real servers send more */
#define REPLY_MAX (32 * 1024)	/* octets of text of one reply */
#define REPLY_LINES_MAX 256

extern const struct cause	 reply_bad, reply_too_long;

struct reply {
	int		 code;		/* 200 to 599; of the last line, which decides */
	char		 enhanced[12];	/* "5.7.8" (RFC 3463), or "" */
	struct buf	 text;		/* the lines without their codes,
					 * apart by LF; no NUL */
	size_t		 lines;
};

/*
 * Takes the next line of a reply (without its line end) into r, which starts as zero.
 * 1 when the reply goes on, 0 when this was its last line. -1 with reply_bad when the
 * bytes are no reply line, or reply_too_long when the reply reaches a limit. A code alone
 * ("250") is a last line. The lines of a reply should have the same code; where they do
 * not, as when a server turns a client away after a first greeting line, the last one
 * counts; but neither a refusal nor a question becomes an acceptance in its last line
 * (reply_bad).
 */
int	 reply_line(struct reply *r, const char *line, size_t n, struct diag *d);

/* Code and text on one line, "535 5.7.8 no such user", raw, cut to size (at least 4). */
void	 reply_words(const struct reply *r, char *words, size_t size);

/*
 * Puts stars over a text of ours that the server repeats, in any case, where it stands as
 * a word of its own: a user "suspended@example.org" is not suspended because his name is
 * quoted; nor is the "to" of "too many" a user of that name.
 */
void	 reply_forget(struct reply *r, const char *text);

/* Makes r ready for the next reply. */
void	 reply_reset(struct reply *r);
void	 reply_free(struct reply *r);

#endif
