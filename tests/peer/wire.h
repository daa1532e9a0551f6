/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire: answers of the fake DNS byte by byte: written by hand, and spoilt. */

#ifndef PEER_WIRE_H
#define PEER_WIRE_H

#include <stddef.h>

#include "base/buf.h"
#include "peer/zone.h"

/*
 * Writes the answer that the form "FLAGS QD AN NS AR [BYTES]" is to a question: the id,
 * the flags (four hexadecimal digits), the four counts, the question where QD is not 0,
 * and the bytes, with escapes as in scripts.
 */
void	 wire_form(const char *form, const void *question, size_t n, struct buf *out);

/* -1 when the text is no such form. */
int	 wire_check(const char *form);

/* Changes the answer, and makes the bad message that goes before it, as a->odd says. */
void	 wire_spoil(struct answer *a);

#endif
