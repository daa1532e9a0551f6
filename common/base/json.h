/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: texts as JSON (RFC 8259), and the members of small objects. Pure. */

#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

#define JSON_DEPTH_MAX 32	/* objects and arrays within each other,
				 * the outermost counted */

/* Appends the text as a JSON string with its quotes; NULL as null. Text must be UTF-8. */
void	 json_string(struct buf *out, const char *text);

/*
 * Looks up a member of the JSON object that fills text (blanks around it are fine), by
 * its name without escapes. Appends a string's value, or the token of a number, true,
 * false or null, to out; out may be NULL to only ask. What comes out is UTF-8 without
 * NUL: escapes are decoded, and those of NUL and of half a surrogate pair stand for
 * U+FFFD.
 *
 * 0 when it is there; 1 when the object has no such member, or an array or object as its
 * value. -1 when text is no JSON object, to the letter and to its end; when it is nested
 * deeper than JSON_DEPTH_MAX; when memory or out's ceiling is reached; or when the member
 * is there twice: RFC 8259 4 lets every reader choose, and two may choose differently.
 * Unless a value is appended, out is as it was.
 */
int	 json_member(const char *text, size_t n, const char *name, struct buf *out);

/*
 * The same for a member that is a number, not a string of digits, as text_number() reads
 * it: without an exponent. 1 when it is none such.
 */
int	 json_number(const char *text, size_t n, const char *name, double *out);

#endif
