/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/wrap.h"

/* How many characters n bytes of UTF-8 are. */
static size_t
characters(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80 ? 1 : 0;
	return count;
}

void
wrap_text(struct buf *out, const char *text, size_t at, size_t indent)
{
	text += strspn(text, " ");
	while (*text != '\0') {
		size_t n = strcspn(text, " "), width = characters(text, n);

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
