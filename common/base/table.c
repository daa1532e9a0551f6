/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/table.h"
#include "base/text.h"

#define GAP 2		/* blanks between two columns */

void
table_add(struct table *t, const char *text)
{
	if (list_add(&t->cells, text) == -1)
		t->failed = true;
}

size_t
table_rows(const struct table *t)
{
	return t->cells.n / t->columns;
}

static const char *
cell(const struct table *t, size_t row, size_t column)
{
	return t->cells.v[row * t->columns + column];
}

static size_t
width(const char *text)
{
	return text_columns(text, strlen(text));
}

static size_t
column_width(const struct table *t, size_t column)
{
	size_t widest = 0;

	for (size_t row = 0; row < table_rows(t); row++) {
		size_t n = width(cell(t, row, column));

		if (n > widest && n <= TABLE_COLUMN_MAX)
			widest = n;
	}
	return widest;
}

void
table_line(const struct table *t, size_t row, struct buf *out)
{
	size_t blanks = 0;

	for (size_t column = 0; column < t->columns; column++) {
		const char *text = cell(t, row, column);
		size_t full = column_width(t, column), n = width(text);

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
