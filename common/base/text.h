/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: words and numbers without a locale. Everything here is pure. */

#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The gate between foreign words and our output. In place: control characters (C0, DEL,
 * C1), line ends, direction controls and invisible characters of Unicode, invalid UTF-8,
 * '|' (it would start performance data) and '$' (Nagios would expand a macro) become '?',
 * ASCII's tabs and line ends a blank. The text never grows. Taming twice changes nothing.
 */
void	 text_tame(char *s);

/*
 * Copies n bytes of src as a string into dst of the given size (at least 4), NUL bytes as
 * '?'. What does not fit is cut between characters and ends in "...".
 */
void	 text_copy(char *dst, size_t size, const char *src, size_t n);

/* Equal but for the case of ASCII letters, whatever the locale. */
bool	 text_same(const char *a, const char *b);

/* Does s start with prefix, but for the case of ASCII letters? */
bool	 text_starts(const char *s, const char *prefix);

/*
 * The first place where s holds word, but for the case of ASCII
 * letters; NULL when nowhere.
 */
const char *text_find(const char *s, const char *word);

/* Has the text a control character (C0 or DEL)? Nothing a user types to us should. */
bool	 text_has_control(const char *s);

/* How many columns of a terminal n bytes of UTF-8 take: its characters. */
size_t	 text_columns(const char *s, size_t n);

/*
 * Reads a numeral that fills exactly n bytes: an optional '-', digits, optionally
 * a dot and digits. No blanks, no exponent, no hexadecimal, no infinity.
 * -1 when it is anything else.
 */
int	 text_number(const char *s, size_t n, double *value);

/*
 * Reads a decimal integer of min to max that fills the whole text. -1 when it is not one.
 */
int	 text_integer(const char *s, long min, long max, long *value);

/*
 * Reads a duration into seconds: a numeral and optionally one of ms s m h d w; a bare
 * numeral counts seconds. Must fill exactly n bytes. -1 when it is not one.
 */
int	 text_duration(const char *s, size_t n, double *seconds);

#endif
