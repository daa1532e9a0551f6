/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: the first byte says which member is looked up, the rest is the text. What the
 * reader says of a text it must say of the same text with blanks around it, within
 * another object, and written anew by our own writer; and not of one that is cut or goes
 * on.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM ((size_t)4 << 20)	/* no ceiling here is reached */

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Whoever asks for a number or for nothing but the answer is told the same. */
static void
check_others(const char *text, size_t n, const char *name, int rc,
    const struct buf *value)
{
	double number = -1, same = -1;
	int got = json_number(text, n, name, &number);

	require(json_member(text, n, name, NULL) == rc);
	require((got == -1) == (rc == -1));
	if (got != 0)
		return;
	require(rc == 0 && text_number(value->data, value->len, &same) == 0);
	require(number == same);
}

/* Asks for the member, in memory of just the text's length, for AddressSanitizer. */
static int
ask(const char *text, size_t n, const char *name, struct buf *value)
{
	char *copy = malloc(n > 0 ? n : 1);
	int rc;

	require(copy != NULL);
	memcpy(copy, text, n);
	rc = json_member(copy, n, name, value);
	require(!value->failed && (rc == 0 || value->len == 0));
	require(strlen(buf_str(value)) == value->len);
	check_others(copy, n, name, rc, value);
	free(copy);
	return rc;
}

/* Asks for a member of the text with something around it. */
static int
ask_around(const char *before, const struct buf *text, const char *after,
    const char *name, struct buf *value)
{
	struct buf all = { .max = ROOM };
	int rc;

	(void)buf_puts(&all, before);
	(void)buf_add(&all, buf_str(text), text->len);
	(void)buf_puts(&all, after);
	require(!all.failed);
	rc = ask(all.data, all.len, name, value);
	buf_free(&all);
	return rc;
}

static void
expect(const char *before, const struct buf *text, const char *after, const char *name,
    int rc)
{
	struct buf value = { .max = ROOM };

	require(ask_around(before, text, after, name, &value) == rc);
	buf_free(&value);
}

static void
check_blanks(const struct buf *text, const char *name, int rc, const struct buf *value)
{
	struct buf again = { .max = ROOM };

	require(ask_around(" \t\r\n", text, "\n \t\r", name, &again) == rc);
	require(again.len == value->len && strcmp(buf_str(&again), buf_str(value)) == 0);
	buf_free(&again);
}

/* Enough brackets to be as deep as is allowed? */
static bool
maybe_deep(const struct buf *text)
{
	int brackets = 0;

	for (size_t i = 0; i < text->len; i++)
		brackets += text->data[i] == '{' || text->data[i] == '[' ? 1 : 0;
	return brackets >= JSON_DEPTH_MAX;
}

static void
check_object(const struct buf *text, const char *name)
{
	struct buf cut = { .max = ROOM };
	size_t n = text->len;

	expect("", text, "x", name, -1);
	expect("", text, "{}", name, -1);
	expect("", text, ",", name, -1);
	expect("[", text, "]", name, -1);
	expect("{\"w\":", text, "", name, -1);
	if (!maybe_deep(text)) {
		expect("{\"w\":", text, "}", "w", 1);
		expect("{\"w\":[1,", text, "],\"x\":null}", name, 1);
		expect("{\"w\":", text, ",\"x\":null}", "x", 0);
		expect("{\"w\":", text, ",\"w\":null}", "w", -1);
	}
	while (n > 0 && text->data[n - 1] != '}')
		n--;
	require(n > 0);
	(void)buf_add(&cut, text->data, n - 1);
	expect("", &cut, "", name, -1);
	buf_free(&cut);
}

/* Our writer and our reader agree about every value. */
static void
check_written(const struct buf *value, const char *name)
{
	struct buf text = { .max = ROOM }, again = { .max = ROOM };

	(void)buf_puts(&text, "{");
	json_string(&text, name);
	(void)buf_puts(&text, ":");
	json_string(&text, buf_str(value));
	(void)buf_puts(&text, "}");
	require(!text.failed && ask(text.data, text.len, name, &again) == 0);
	require(strcmp(buf_str(&again), buf_str(value)) == 0);
	buf_free(&text);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "exp", "status", "a", "" };
	struct buf text = { .max = ROOM }, value = { .max = ROOM };
	const char *name;
	int rc;

	if (size == 0 || size > ROOM / 8)
		return 0;
	name = names[data[0] % LEN(names)];
	require(buf_add(&text, data + 1, size - 1) == 0);
	rc = ask(text.data, text.len, name, &value);
	check_blanks(&text, name, rc, &value);
	if (rc != -1)
		check_object(&text, name);
	if (rc == 0)
		check_written(&value, name);
	buf_free(&text);
	buf_free(&value);
	return 0;
}
