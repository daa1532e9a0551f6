/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words: the small language of case files: escapes, patterns, @VARIABLES@, base64. */

#ifndef PEER_WORDS_H
#define PEER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/list.h"

/* Says what is wrong with our own means on stderr and ends the program with 2. */
void	 die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Memory, or the end of the program: a test has no use for a half-made case. */
void	*must(void *memory);
void	*grown(void *array, size_t n, size_t size);	/* by a zero one */
char	*copied(const char *text);
void	 listed(struct list *list, const char *text);

/* Values by name; of two with one name the later counts. Zero holds none. */
struct vars {
	struct list	 names, values;
};

void		 vars_set(struct vars *vars, const char *name, const char *format, ...)
		    __attribute__((format(printf, 3, 4)));
const char	*vars_get(const struct vars *vars, const char *name, size_t n);
void		 vars_free(struct vars *vars);

enum expansion {
	EXPAND_LETS,	/* names only, for the parser: @B64:...@ stays for later */
	EXPAND_PLAIN,	/* values as they are */
	EXPAND_QUOTED,	/* values so that they survive unescape() and glob_match() */
};

/*
 * Appends text with @NAME@ and @B64:text@, in which names may stand, replaced; what is
 * neither stays.
 */
void	 expand(const struct vars *vars, const char *text, enum expansion how,
	    struct buf *out);

/* Appends the bytes that text means: \r \n \t \e \0 \xHH; any other \c is c. */
void	 unescape(const char *text, struct buf *out);

/* expand() and unescape() in one go. */
void	 meaning(const struct vars *vars, const char *text, struct buf *out);

/* '*' is any bytes, '?' is one byte, escapes as in unescape(); the rest is literal. */
bool	 glob_match(const char *pattern, const char *bytes, size_t n);

/* The same with the @VARIABLES@ of the pattern replaced first. */
bool	 glob_expanded(const struct vars *vars, const char *pattern, const char *bytes,
	    size_t n);

/* The bytes of the character of UTF-8 that begins a text; 0 when none does. */
size_t	 utf8_char(const char *s);

/* Is a text UTF-8 without control characters (C0, DEL, C1)? */
bool	 printable(const char *s);

/* Appends bytes so that they can be seen on one line, and cut when there are too many. */
void	 visible(const char *bytes, size_t n, struct buf *out);

/*
 * Appends base64 of bytes. Decoding takes a whole text of n characters and fails with -1
 * when it is no base64.
 */
void	 b64_add(const void *bytes, size_t n, struct buf *out);
int	 b64_take(const char *text, size_t n, struct buf *out);

/*
 * Cuts the first word off a text: returns it (NUL-terminated in place) and moves *rest to
 * what follows the blanks behind it. NULL when there is none.
 */
char	*word_take(char **rest);

/* Splits a command into words: blanks part them, '...' and "..." hold them together. */
int	 words_split(const char *text, struct list *words);

#endif
