/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/text.h"

/* The room doubles whenever the number is a power of two. */
int
list_add(struct list *list, const char *text)
{
	size_t n = list->n;
	char **grown = (n & (n - 1)) != 0 ? list->v
	    : reallocarray(list->v, n > 0 ? 2 * n : 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	list->v = grown;
	if ((grown[list->n] = strdup(text)) == NULL)
		return -1;
	list->n++;
	return 0;
}

bool
list_has(const struct list *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_same(list->v[i], text))
			return true;
	return false;
}

static int
by_octets(const void *a, const void *b)
{
	char *const *s = a, *const *t = b;

	return strcmp(*s, *t);
}

void
list_sort(struct list *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), by_octets);
}

void
list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct list){ 0 };
}
