/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_tree: a strict reader of JSON (RFC 8259) that has nothing in common with what the
 * plugins write it with.
 */

#ifndef PEER_JSON_TREE_H
#define PEER_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum tree_kind {
	TREE_WORD,		/* true, false, null */
	TREE_NUMBER,
	TREE_STRING,
	TREE_ARRAY,
	TREE_OBJECT,
};

struct tree {
	enum tree_kind	 kind;
	char		*key;	/* of a member of an object, NULL otherwise */
	char		*text;	/* what a string means (U+0000: \x01), else the source */
	struct tree	*v;	/* elements or members, in order */
	size_t		 n;
};

/*
 * Reads a whole text: one value, no member twice, UTF-8. -1 with the reason in why when
 * it is anything else; t is then empty.
 */
int	 tree_read(const char *text, struct tree *t, struct buf *why);
void	 tree_free(struct tree *t);

/*
 * Is there a value at the path for which the function says yes? A path is such as
 * "findings[0].cause"; "[]" is any element.
 */
typedef bool (tree_test)(const struct tree *value, const void *arg);
bool	 tree_some(const struct tree *t, const char *path, tree_test *test,
	    const void *arg);

/* The value of a member of an object, NULL when there is none. */
const struct tree *tree_member(const struct tree *t, const char *key);

#endif
