/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list: texts in order, such as the values of a repeatable option. Zero
 * is a valid empty list.
 */

#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	char	**v;
	size_t	  n;
};

/* Appends a copy of text. -1 when memory is short; the list is then as it was. */
int	 list_add(struct list *list, const char *text);

/* Does the list hold the text, but for the case of ASCII letters? */
bool	 list_has(const struct list *list, const char *text);

/* Sorts by octets. */
void	 list_sort(struct list *list);

/* Frees the texts and leaves an empty list. */
void	 list_free(struct list *list);

#endif
