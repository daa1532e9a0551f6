/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table: cells in rows as lines of text whose columns are aligned. */

#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/list.h"

#define TABLE_COLUMNS 8		/* at most */
#define TABLE_COLUMN_MAX 40	/* a longer cell moves what stands behind it */

/* Zero but for the number of columns is a valid empty table. */
struct table {
	size_t		 columns;
	struct list	 cells;		/* row by row */
	size_t		 widths[TABLE_COLUMNS];
	bool		 failed;	/* memory was short: sticky */
};

/* Adds a cell to the last row, or to a new one. */
void	 table_add(struct table *t, const char *text);

/* How many rows are complete. */
size_t	 table_rows(const struct table *t);

/* Appends a row as text, without a line end and without blanks at its end. */
void	 table_line(const struct table *t, size_t row, struct buf *out);

void	 table_free(struct table *t);

#endif
