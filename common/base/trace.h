/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace: who wants to hear the dialogue. Rooms tell it; the frame writes it down. */

#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stddef.h>

struct trace {
	/*
	 * One line, raw: 'C' what we said, 'S' what the server said, '*' what happened.
	 */
	void	(*line)(void *arg, char who, const char *bytes, size_t n);
	void	 *arg;
};

/* Tells the trace a line; a NULL trace hears nothing. */
static inline void
trace_line(const struct trace *t, char who, const char *bytes, size_t n)
{
	if (t != NULL)
		t->line(t->arg, who, bytes, n);
}

#endif
