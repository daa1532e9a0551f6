/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a file of questions: what is read has addresses and a login without
 * blanks, and written out again it reads the same.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "mail/relay_matrix.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_row(const struct relay_row *row)
{
	if ((row->from[0] != '\0' && !envelope_is_address(row->from)) ||
	    !envelope_is_address(row->to) || row->line == 0)
		abort();
	if (row->login != NULL &&
	    (row->login[0] == '\0' || strcmp(row->login, "-") == 0 ||
	    strchr(row->login, ' ') != NULL || text_has_control(row->login)))
		abort();
}

static void
write_row(const struct relay_row *row, struct buf *out)
{
	(void)buf_addf(out, "%s %s %s %s\n", row->from[0] != '\0' ? row->from : "<>",
	    row->to, row->login != NULL ? row->login : "-",
	    row->accept ? "accept" : "refuse");
}

/* Not from the first line on, where a byte order mark would be no part of an address. */
static void
check_again(const struct relay_matrix *m)
{
	struct relay_matrix again = { 0 };
	struct buf text = { .max = SIZE_MAX / 2 }, why = { 0 };

	(void)buf_puts(&text, "\n");
	for (size_t i = 0; i < m->n; i++)
		write_row(&m->v[i], &text);
	if (text.failed ||
	    relay_matrix_parse(&again, text.data, text.len, &why) == -1 ||
	    again.n != m->n)
		abort();
	for (size_t i = 0; i < m->n; i++) {
		const struct relay_row *a = &m->v[i], *b = &again.v[i];

		if (strcmp(a->from, b->from) != 0 || strcmp(a->to, b->to) != 0 ||
		    (a->login == NULL) != (b->login == NULL) ||
		    (a->login != NULL && strcmp(a->login, b->login) != 0) ||
		    a->accept != b->accept || b->line != i + 2)
			abort();
	}
	relay_matrix_free(&again);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct relay_matrix m = { 0 };
	struct buf why = { 0 };
	char *bytes = malloc(size + 1);
	int rc;

	if (bytes == NULL)
		return 0;
	memcpy(bytes, data, size);
	bytes[size] = '\0';
	rc = relay_matrix_parse(&m, bytes, size, &why);
	if ((rc == -1) != (why.len > 0) || text_has_control(buf_str(&why)) ||
	    m.n > RELAY_ROWS_MAX)
		abort();
	for (size_t i = 0; i < m.n; i++) {
		check_row(&m.v[i]);
		if (i > 0 && m.v[i].line <= m.v[i - 1].line)
			abort();
	}
	check_again(&m);
	relay_matrix_free(&m);
	buf_free(&why);
	free(bytes);
	return 0;
}
