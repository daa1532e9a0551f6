/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "peer/json_tree.h"
#include "peer/words.h"

#define DEPTH_MAX 64

struct reader {
	const char	*start, *at;
	unsigned	 depth;
	const char	*wrong;		/* NULL as long as all is well */
};

static int	 value_read(struct reader *r, struct tree *t);

static int
wrong(struct reader *r, const char *what)
{
	if (r->wrong == NULL)
		r->wrong = what;
	return -1;
}

static void
blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\r\n");
}

/* Moves behind the character if it is the next one. */
static bool
taken(struct reader *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* The four digits of a \u escape. */
static int
unit_read(struct reader *r, uint32_t *unit)
{
	char digits[5] = "";

	memcpy(digits, r->at, strnlen(r->at, 4));
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return wrong(r, "a \\u needs four digits");
	*unit = (uint32_t)strtoul(digits, NULL, 16);
	r->at += 4;
	return 0;
}

static void
utf8_add(uint32_t code, struct buf *out)
{
	static const unsigned char leads[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	unsigned char bytes[4] = { (unsigned char)(leads[more] | code >> 6 * more) };

	for (size_t i = 1; i <= more; i++)
		bytes[i] = (unsigned char)(0x80 | (code >> 6 * (more - i) & 0x3f));
	(void)buf_add(out, bytes, more + 1);
}

/* Behind "\u": one unit, or a pair of surrogates. */
static int
code_read(struct reader *r, struct buf *out)
{
	uint32_t code, low;

	if (unit_read(r, &code) == -1)
		return -1;
	if (code >= 0xd800 && code < 0xe000) {
		if (code >= 0xdc00 || !taken(r, '\\') || !taken(r, 'u') ||
		    unit_read(r, &low) == -1 || low < 0xdc00 || low >= 0xe000)
			return wrong(r, "a surrogate without its other half");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	utf8_add(code != 0 ? code : 1, out);
	return 0;
}

static int
escape_read(struct reader *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = *r->at != '\0' ? strchr(from, *r->at) : NULL;

	if (at != NULL) {
		r->at++;
		return buf_add(out, &to[at - from], 1);
	}
	return taken(r, 'u') ? code_read(r, out) : wrong(r, "no such escape");
}

/* One character of a string. */
static int
char_read(struct reader *r, struct buf *out)
{
	size_t n = utf8_char(r->at);

	if (taken(r, '\\'))
		return escape_read(r, out);
	if (n == 0)
		return wrong(r, "no UTF-8");
	if ((unsigned char)*r->at < ' ')
		return wrong(r, "a string has no end, or a bare control character");
	r->at += n;
	return buf_add(out, r->at - n, n);
}

/* Behind the first quote. */
static int
string_read(struct reader *r, char **text)
{
	struct buf out = { .max = 1u << 20 };
	int rc = 0;

	while (rc == 0 && *r->at != '"')
		rc = char_read(r, &out);
	if (rc == 0) {
		r->at++;
		*text = copied(buf_str(&out));
	}
	buf_free(&out);
	return rc;
}

static size_t
digits(struct reader *r)
{
	size_t n = strspn(r->at, "0123456789");

	r->at += n;
	return n;
}

static int
number_read(struct reader *r)
{
	bool zero;

	(void)taken(r, '-');
	zero = *r->at == '0';
	if ((zero && strspn(r->at, "0123456789") > 1) || digits(r) == 0 ||
	    (taken(r, '.') && digits(r) == 0))
		return wrong(r, "no number");
	if (taken(r, 'e') || taken(r, 'E')) {
		if (!taken(r, '+'))
			(void)taken(r, '-');
		if (digits(r) == 0)
			return wrong(r, "no number");
	}
	return 0;
}

static int
word_read(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < LEN(words); i++)
		if (strncmp(r->at, words[i], strlen(words[i])) == 0) {
			r->at += strlen(words[i]);
			return 0;
		}
	return wrong(r, "no value");
}

const struct tree *
tree_member(const struct tree *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].key != NULL && strcmp(t->v[i].key, key) == 0)
			return &t->v[i];
	return NULL;
}

/* "key": in front of a member's value. */
static int
key_read(struct reader *r, const struct tree *object, char **key)
{
	blanks(r);
	if (!taken(r, '"'))
		return wrong(r, "no name of a member");
	if (string_read(r, key) == -1)
		return -1;
	if (tree_member(object, *key) != NULL)
		return wrong(r, "a member twice");
	blanks(r);
	return taken(r, ':') ? 0 : wrong(r, "no colon");
}

static int
element_read(struct reader *r, struct tree *t)
{
	char *key = NULL;
	struct tree *next;

	if (t->kind == TREE_OBJECT && key_read(r, t, &key) == -1) {
		free(key);
		return -1;
	}
	t->v = grown(t->v, t->n, sizeof(*t->v));
	next = &t->v[t->n++];
	next->key = key;
	return value_read(r, next);
}

/* Behind the bracket that begins it. */
static int
elements_read(struct reader *r, struct tree *t, char end)
{
	if (++r->depth > DEPTH_MAX)
		return wrong(r, "too deep");
	blanks(r);
	if (!taken(r, end)) {
		do
			if (element_read(r, t) == -1)
				return -1;
		while (taken(r, ','));
		if (!taken(r, end))
			return wrong(r, "neither a comma nor the end");
	}
	r->depth--;
	return 0;
}

static int
plain_read(struct reader *r, struct tree *t)
{
	if (taken(r, '{')) {
		t->kind = TREE_OBJECT;
		return elements_read(r, t, '}');
	}
	if (taken(r, '[')) {
		t->kind = TREE_ARRAY;
		return elements_read(r, t, ']');
	}
	if (*r->at == '-' || strspn(r->at, "0123456789") > 0) {
		t->kind = TREE_NUMBER;
		return number_read(r);
	}
	t->kind = TREE_WORD;
	return word_read(r);
}

/* A value and the blanks around it. */
static int
value_read(struct reader *r, struct tree *t)
{
	const char *from;
	int rc;

	blanks(r);
	from = r->at;
	if (taken(r, '"')) {
		t->kind = TREE_STRING;
		rc = string_read(r, &t->text);
	} else if ((rc = plain_read(r, t)) == 0) {
		t->text = must(strndup(from, (size_t)(r->at - from)));
	}
	blanks(r);
	return rc;
}

int
tree_read(const char *text, struct tree *t, struct buf *why)
{
	struct reader r = { .start = text, .at = text };
	int rc;

	*t = (struct tree){ 0 };
	rc = value_read(&r, t);
	if (rc == 0 && *r.at != '\0')
		rc = wrong(&r, "more than one value");
	if (rc == -1) {
		(void)buf_addf(why, "%s at byte %td",
		    r.wrong != NULL ? r.wrong : "too long", r.at - r.start);
		tree_free(t);
	}
	return rc;
}

void
tree_free(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		tree_free(&t->v[i]);
	free(t->v);
	free(t->key);
	free(t->text);
	*t = (struct tree){ 0 };
}

/* "[3]" or "[]" at the path's beginning. */
static bool
some_element(const struct tree *t, const char *path, tree_test *test, const void *arg)
{
	const char *end = strchr(path, ']');
	bool any = path[1] == ']';

	for (size_t i = 0; end != NULL && i < t->n; i++)
		if ((any || strtoul(path + 1, NULL, 10) == i) &&
		    tree_some(&t->v[i], end + 1, test, arg))
			return true;
	return false;
}

bool
tree_some(const struct tree *t, const char *path, tree_test *test, const void *arg)
{
	const struct tree *member;
	size_t n;
	char *key;

	if (*path == '\0')
		return test(t, arg);
	if (*path == '[')
		return t->kind == TREE_ARRAY && some_element(t, path, test, arg);
	path += *path == '.';
	n = strcspn(path, ".[");
	key = must(strndup(path, n));
	member = tree_member(t, key);
	free(key);
	return member != NULL && tree_some(member, path + n, test, arg);
}
