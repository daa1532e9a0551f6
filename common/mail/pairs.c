/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/text.h"
#include "mail/pairs.h"

static int
add(struct pairs *p, char *line, unsigned number, struct buf *why)
{
	char *colon = strchr(line, ':');
	struct pair *grown;

	if (colon == NULL || colon == line || text_has_control(line)) {
		(void)buf_addf(why, "line %u is not user:password", number);
		return -1;
	}
	if (colon[1] == '\0') {
		(void)buf_addf(why, "line %u has no password behind the colon", number);
		return -1;
	}
	if (p->n == PAIRS_MAX) {
		(void)buf_addf(why, "there are more than %d logins", PAIRS_MAX);
		return -1;
	}
	if ((grown = reallocarray(p->v, p->n + 1, sizeof(*grown))) == NULL) {
		(void)buf_puts(why, "memory is short");
		return -1;
	}
	p->v = grown;
	*colon = '\0';
	p->v[p->n++] = (struct pair){ line, colon + 1, number };
	return 0;
}

int
pairs_parse(struct pairs *p, char *bytes, size_t n, struct buf *why)
{
	struct lines lines = lines_begin(bytes, n);
	char *line;
	int rc;

	while ((rc = lines_next(&lines, &line, why)) == 1)
		if (line[strspn(line, " \t")] != '\0' && line[0] != '#' &&
		    add(p, line, lines.number, why) == -1)
			return -1;
	return rc;
}

void
pairs_free(struct pairs *p)
{
	free(p->v);
	*p = (struct pairs){ 0 };
}
