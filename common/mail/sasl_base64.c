/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "mail/sasl_base64.h"

#define OCTETS_MAX ((size_t)INT_MAX / 2)	/* OpenSSL counts in int,
						 * in and out */

/* Memory for n more octets, NULL when there is none: out is marked then. */
static unsigned char *
room(struct buf *out, size_t n)
{
	unsigned char *copy = n <= 2 * OCTETS_MAX ? malloc(n + 1) : NULL;

	if (copy == NULL)
		out->failed = true;
	return copy;
}

/* Wipes and frees what room() gave. */
static void
discard(unsigned char *copy, size_t n)
{
	explicit_bzero(copy, n + 1);
	free(copy);
}

int
base64_encode(struct buf *out, const void *bytes, size_t n)
{
	size_t size = n <= OCTETS_MAX ? 4 * ((n + 2) / 3) : SIZE_MAX;
	unsigned char *text = room(out, size);
	int rc;

	if (text == NULL)
		return -1;
	rc = EVP_EncodeBlock(text, bytes, (int)n) == (int)size
	    ? buf_add(out, text, size) : -1;
	discard(text, size);
	return rc;
}

/* What the letter stands for, -1 when it is not of the alphabet. */
static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Is that base64, to the letter? If so, *octets of it. OpenSSL does not look closely. */
static bool
strict(const char *text, size_t n, size_t *octets)
{
	size_t pad = 0;

	if (n % 4 != 0)
		return false;
	while (pad < 2 && pad < n && text[n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < n - pad; i++)
		if (value(text[i]) == -1)
			return false;
	if (pad > 0 && (value(text[n - 1 - pad]) & (pad == 1 ? 0x3 : 0xf)) != 0)
		return false;
	*octets = n / 4 * 3 - pad;
	return true;
}

int
base64_decode(struct buf *out, const char *text, size_t n)
{
	unsigned char *octets;
	size_t size;
	int rc = -1;

	if (!strict(text, n, &size) || (octets = room(out, n)) == NULL)
		return -1;
	if (EVP_DecodeBlock(octets, (const unsigned char *)text, (int)n) >= (int)size)
		rc = buf_add(out, octets, size);
	discard(octets, n);
	return rc;
}

/* Two other letters, and the padding is made up for: then it is base64. */
int
base64url_decode(struct buf *out, const char *text, size_t n)
{
	bool padded = n > 0 && text[n - 1] == '=';
	size_t size = n + (padded ? 0 : (4 - n % 4) % 4);
	unsigned char *copy;
	int rc = -1;

	if (memchr(text, '+', n) != NULL || memchr(text, '/', n) != NULL ||
	    (copy = room(out, size)) == NULL)
		return -1;
	for (size_t i = 0; i < size; i++)
		copy[i] = (unsigned char)(i >= n ? '=' : text[i] == '-' ? '+' :
		    text[i] == '_' ? '/' : text[i]);
	rc = base64_decode(out, (const char *)copy, size);
	discard(copy, size);
	return rc;
}
