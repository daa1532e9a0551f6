/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static size_t
ceiling(const struct buf *b)
{
	return b->max > 0 ? b->max : BUF_MAX;
}

/*
 * Makes room for n more bytes and a NUL. The old memory is overwritten before it is given
 * back, because a buffer may hold a secret.
 */
static int
grow(struct buf *b, size_t n)
{
	size_t cap = b->cap > 0 ? b->cap : 128;
	char *data;

	if (n > ceiling(b) - b->len)
		return -1;
	if (b->len + n < b->cap)
		return 0;
	while (cap <= b->len + n)
		cap *= 2;
	if ((data = malloc(cap)) == NULL)
		return -1;
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return 0;
}

int
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (b->failed || grow(b, n) == -1) {
		b->failed = true;
		return -1;
	}
	if (n > 0)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
	return 0;
}

int
buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int
buf_refuse(struct buf *why, const char *sentence)
{
	(void)buf_puts(why, sentence);
	return -1;
}

int
buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (b->failed || n < 0 || grow(b, (size_t)n) == -1) {
		b->failed = true;
		return -1;
	}
	va_start(ap, format);
	(void)vsnprintf(b->data + b->len, b->cap - b->len, format, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

int
buf_number(struct buf *b, double value, int decimals, bool trim)
{
	char text[400];		/* the largest double has 309 digits */
	int n = snprintf(text, sizeof(text), "%.*f", decimals < 9 ? decimals : 9, value);

	if (n < 0)
		return -1;
	if (trim && memchr(text, '.', (size_t)n) != NULL) {
		while (text[n - 1] == '0')
			n--;
		if (text[n - 1] == '.')
			n--;
	}
	if (text[0] == '-' && strspn(text + 1, "0.") >= (size_t)n - 1)
		return buf_add(b, text + 1, (size_t)n - 1);
	return buf_add(b, text, (size_t)n);
}

const char *
buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}

void
buf_wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_free(b);
}
