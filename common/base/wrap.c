/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "base/wrap.h"

void
wrap_text(struct buf *out, const char *text, size_t at, size_t indent)
{
	text += strspn(text, " ");
	while (*text != '\0') {
		size_t n = strcspn(text, " "), width = text_columns(text, n);

		if (at > indent && at + 1 + width > WRAP_COLUMNS) {
			(void)buf_puts(out, "\n");
			at = 0;
		} else if (at > indent) {
			(void)buf_puts(out, " ");
			at++;
		}
		for (; at < indent; at++)
			(void)buf_puts(out, " ");
		(void)buf_add(out, text, n);
		at += width;
		text += n;
		text += strspn(text, " ");
	}
	(void)buf_puts(out, "\n");
}
