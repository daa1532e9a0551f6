/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/table.h"
#include "base/text.h"

#define GAP 2		/* blanks between two columns */

static size_t
width(const char *text)
{
	return text_columns(text, strlen(text));
}

void
table_add(struct table *t, const char *text)
{
	size_t *widest = &t->widths[t->cells.n % t->columns], n = width(text);

	if (list_add(&t->cells, text) == -1)
		t->failed = true;
	else if (n > *widest && n <= TABLE_COLUMN_MAX)
		*widest = n;
}

size_t
table_rows(const struct table *t)
{
	return t->cells.n / t->columns;
}

void
table_line(const struct table *t, size_t row, struct buf *out)
{
	size_t blanks = 0;

	for (size_t column = 0; column < t->columns; column++) {
		const char *text = t->cells.v[row * t->columns + column];
		size_t full = t->widths[column], n = width(text);

		if (n > 0)
			(void)buf_addf(out, "%*s%s", (int)blanks, "", text);
		blanks = (n > 0 ? 0 : blanks) + (full > n ? full - n : 0) + GAP;
	}
}

void
table_free(struct table *t)
{
	list_free(&t->cells);
}
