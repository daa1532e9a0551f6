/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "mail/relay_matrix.h"

#define BLANKS " \t"

enum { SENDER, RECIPIENT, LOGIN, EXPECT, COLUMNS };

/* Cuts the first column off the line; NULL at its end or at a comment. */
static char *
next_column(char **line, bool may_quote)
{
	char *start = *line + strspn(*line, BLANKS), *p;
	bool quoted = false;

	if (*start == '\0' || *start == '#')
		return NULL;
	for (p = start; *p != '\0' && (quoted || strchr(BLANKS, *p) == NULL); p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"' && may_quote)
			quoted = !quoted;
	}
	*line = *p != '\0' ? p + 1 : p;
	*p = '\0';
	return start;
}

/* Only addresses have quotes. How many columns there are, also those that do not fit. */
static size_t
split(char *line, char *column[COLUMNS])
{
	char *start;
	size_t n = 0;

	while ((start = next_column(&line, n <= RECIPIENT)) != NULL) {
		if (n < COLUMNS)
			column[n] = start;
		n++;
	}
	return n;
}

static int
refuse(struct buf *why, unsigned number, const char *sentence)
{
	(void)buf_addf(why, "line %u: %s", number, sentence);
	return -1;
}

/*
 * Do the columns, n > 0, make a question? Their number is looked at after the addresses:
 * one that lacks a quotation mark swallows what follows.
 */
static int
check(char *const column[COLUMNS], size_t n, unsigned number, struct buf *why)
{
	if (strcmp(column[SENDER], "<>") != 0 && !envelope_is_address(column[SENDER]))
		return refuse(why, number, "the sender is no address (user@example.org, "
		    "or <> for the null sender)");
	if (n > RECIPIENT && !envelope_is_recipient(column[RECIPIENT]))
		return refuse(why, number, "the recipient is no address "
		    "(user@example.org)");
	if (n != COLUMNS) {
		(void)buf_addf(why, "line %u: there %s %zu column%s instead of SENDER "
		    "RECIPIENT LOGIN EXPECT", number, n == 1 ? "is" : "are", n,
		    n == 1 ? "" : "s");
		return -1;
	}
	if (text_has_control(column[LOGIN]))
		return refuse(why, number, "LOGIN holds a control character");
	if (!text_same(column[EXPECT], "accept") && !text_same(column[EXPECT], "refuse"))
		return refuse(why, number, "EXPECT is accept or refuse");
	return 0;
}

static int
add(struct relay_matrix *m, char *line, unsigned number, struct buf *why)
{
	char *column[COLUMNS] = { NULL };
	size_t n = split(line, column);
	struct relay_row *grown;

	if (n == 0)
		return 0;
	if (check(column, n, number, why) == -1)
		return -1;
	if (m->n == RELAY_ROWS_MAX) {
		(void)buf_addf(why, "there are more than %d questions", RELAY_ROWS_MAX);
		return -1;
	}
	if ((grown = reallocarray(m->v, m->n + 1, sizeof(*grown))) == NULL)
		return buf_refuse(why, "memory is short");
	m->v = grown;
	m->v[m->n++] = (struct relay_row){
		.from = strcmp(column[SENDER], "<>") == 0 ? "" : column[SENDER],
		.to = column[RECIPIENT],
		.login = strcmp(column[LOGIN], "-") == 0 ? NULL : column[LOGIN],
		.accept = text_same(column[EXPECT], "accept"),
		.line = number,
	};
	return 0;
}

int
relay_matrix_parse(struct relay_matrix *m, char *bytes, size_t n, struct buf *why)
{
	struct lines lines = lines_begin(bytes, n);
	char *line;
	int rc;

	while ((rc = lines_next(&lines, &line, why)) == 1)
		if (add(m, line, lines.number, why) == -1)
			return -1;
	return rc;
}

void
relay_matrix_free(struct relay_matrix *m)
{
	free(m->v);
	*m = (struct relay_matrix){ 0 };
}
