/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: texts as JSON (RFC 8259). */

#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

/* Appends the text as a JSON string with its quotes; NULL as null. Text must be UTF-8. */
void	 json_string(struct buf *out, const char *text);

#endif
