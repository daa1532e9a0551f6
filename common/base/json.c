/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/json.h"

void
json_string(struct buf *out, const char *text)
{
	if (text == NULL) {
		(void)buf_puts(out, "null");
		return;
	}
	(void)buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)buf_addf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			(void)buf_addf(out, "\\u%04x", (unsigned)*text);
		else
			(void)buf_add(out, text, 1);
	}
	(void)buf_puts(out, "\"");
}
