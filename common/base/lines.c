/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/lines.h"

#define MARK "\xef\xbb\xbf"	/* some editors begin a file of UTF-8 with it */

struct lines
lines_begin(char *bytes, size_t n)
{
	size_t mark = strncmp(bytes, MARK, strlen(MARK)) == 0 ? strlen(MARK) : 0;

	return (struct lines){ bytes + mark, bytes + n, 0 };
}

int
lines_next(struct lines *l, char **line, struct buf *why)
{
	char *stop;
	size_t len;

	if (l->next >= l->end)
		return 0;
	*line = l->next;
	stop = memchr(l->next, '\n', (size_t)(l->end - l->next));
	len = (size_t)((stop != NULL ? stop : l->end) - l->next);
	l->next = stop != NULL ? stop + 1 : l->end;
	l->number++;
	if (memchr(*line, '\0', len) != NULL) {
		(void)buf_addf(why, "line %u holds a NUL byte", l->number);
		return -1;
	}
	if (len > 0 && (*line)[len - 1] == '\r')
		len--;
	(*line)[len] = '\0';
	return 1;
}
