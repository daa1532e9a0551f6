/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf: bytes that grow up to a ceiling. Zero is a valid empty buffer. */

#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define BUF_MAX ((size_t)64 * 1024)	/* the ceiling of a buffer
					 * that names none, in bytes */

struct buf {
	char	*data;		/* always NUL-terminated once something was added */
	size_t	 len;		/* without the NUL */
	size_t	 cap;
	size_t	 max;		/* ceiling for len; 0 means BUF_MAX */
	bool	 failed;	/* something did not fit or memory was short: sticky */
};

/*
 * Append n bytes, a string, or a formatted string. -1 when the ceiling or memory is
 * reached: nothing is added then, and the buffer is marked as failed, so that a chain of
 * additions needs one look at the end.
 */
int		 buf_add(struct buf *b, const void *bytes, size_t n);
int		 buf_puts(struct buf *b, const char *s);
int		 buf_addf(struct buf *b, const char *format, ...)
		    __attribute__((format(printf, 2, 3)));

/* Appends why something cannot be, and returns -1: "return buf_refuse(why, ...)". */
int		 buf_refuse(struct buf *why, const char *sentence);

/*
 * Appends a number with a dot and up to so many decimals (at most 9), trailing zeros cut
 * when trim is set. Never an exponent, never "-0".
 */
int		 buf_number(struct buf *b, double value, int decimals, bool trim);

/* The content as a string, "" when empty. Valid until the next change. */
const char	*buf_str(const struct buf *b);

/* Empties the buffer and keeps its memory. */
void		 buf_reset(struct buf *b);

/* Frees the content and leaves an empty buffer with the same ceiling. */
void		 buf_free(struct buf *b);

/* The same for secrets: the memory is overwritten first. */
void		 buf_wipe(struct buf *b);

#endif
