/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "mail/sasl_base64.h"
#include "unit/unit.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char	*octets;
	size_t		 n;
	const char	*base64, *base64url;	/* the latter without padding */
} pairs[] = {
	/* RFC 4648 10 */
	{ BYTES(""),			"",			"" },
	{ BYTES("f"),			"Zg==",			"Zg" },
	{ BYTES("fo"),			"Zm8=",			"Zm8" },
	{ BYTES("foo"),			"Zm9v",			"Zm9v" },
	{ BYTES("foob"),		"Zm9vYg==",		"Zm9vYg" },
	{ BYTES("fooba"),		"Zm9vYmE=",		"Zm9vYmE" },
	{ BYTES("foobar"),		"Zm9vYmFy",		"Zm9vYmFy" },
	{ BYTES("\0"),			"AA==",			"AA" },
	{ BYTES("\0user\0pencil"), "AHVzZXIAcGVuY2ls", "AHVzZXIAcGVuY2ls" },
	{ BYTES("\xff"),		"/w==",			"_w" },
	{ BYTES("\xfb\xff"),		"+/8=",			"-_8" },
	{ BYTES("\xff\xef\xbe"),	"/+++",			"_--" "-" },
	{ BYTES("\x14\xfb\x9c\x03\xd9\x7e"), "FPucA9l+", "FPucA9l-" },
	/* more than a line of a mail; nothing is folded */
	{ BYTES("0123456789012345678901234567890123456789012345678901234567890"),
	    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"
	    "MTIzNDU2Nzg5MA==",
	    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"
	    "MTIzNDU2Nzg5MA" },
};

typedef int decoder(struct buf *, const char *, size_t);

/* The text without a NUL behind it, for AddressSanitizer. */
static int
decode(decoder *how, struct buf *out, const char *text, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);
	int rc;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, n);
	rc = how(out, copy, n);
	free(copy);
	return rc;
}

static void
decodes(decoder *how, const char *text, const char *octets, size_t n)
{
	struct buf out = { 0 };

	ck_assert_int_eq(buf_puts(&out, "> "), 0);
	ck_assert_int_eq(decode(how, &out, text, strlen(text)), 0);
	ck_assert_uint_eq(out.len, 2 + n);
	ck_assert_mem_eq(out.data + 2, octets, n);
	buf_free(&out);
}

START_TEST(pair)
{
	struct buf out = { 0 };

	ck_assert_int_eq(buf_puts(&out, "AUTH "), 0);
	ck_assert_int_eq(base64_encode(&out, pairs[_i].octets, pairs[_i].n), 0);
	ck_assert_str_eq(buf_str(&out) + 5, pairs[_i].base64);
	buf_free(&out);
	decodes(base64_decode, pairs[_i].base64, pairs[_i].octets, pairs[_i].n);
	decodes(base64url_decode, pairs[_i].base64url, pairs[_i].octets, pairs[_i].n);
}
END_TEST

/* Base64url may be padded too. */
static const struct {
	const char	*text, *octets;
} padded[] = {
	{ "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" }, { "_w==", "\xff" },
	{ "-_8=", "\xfb\xff" },
};

START_TEST(url_padded)
{
	decodes(base64url_decode, padded[_i].text, padded[_i].octets,
	    strlen(padded[_i].octets));
}
END_TEST

static const struct {
	const char	*name, *text;
	size_t		 n;
	bool		 url;		/* good base64url; bad base64 all the same */
} bad[] = {
	{ "no padding of two",		BYTES("Zg"),		true },
	{ "no padding of one",		BYTES("Zm8"),		true },
	{ "half the padding",		BYTES("Zg="),		false },
	{ "one letter",			BYTES("Z"),		false },
	{ "five letters",		BYTES("Zm9vY"),		false },
	{ "only padding",		BYTES("="),		false },
	{ "only padding of two",	BYTES("=="),		false },
	{ "only padding of four",	BYTES("===="),		false },
	{ "padding of three",		BYTES("Z==="),		false },
	{ "no bits, padding of three",	BYTES("A==="),		false },
	{ "one letter without bits",	BYTES("A"),		false },
	{ "too much padding",		BYTES("Zm9v="),		false },
	{ "four more of it",		BYTES("Zm9v===="),	false },
	{ "padding within",		BYTES("Zg==Zg=="),	false },
	{ "padding in front",		BYTES("=Zm9"),		false },
	{ "padding, then a letter",	BYTES("Zg=v"),		false },
	{ "bits of two letters",	BYTES("Zh=="),		false },
	{ "highest of these bits",	BYTES("Zo=="),		false },
	{ "bits of three letters",	BYTES("Zm9="),		false },
	{ "highest of those bits",	BYTES("Zm+="),		false },
	{ "bits, no padding",		BYTES("Zh"),		false },
	{ "blank in front",		BYTES(" Zm9v"),		false },
	{ "blank behind",		BYTES("Zm9v "),		false },
	{ "four blanks",		BYTES("    "),		false },
	{ "four blanks behind",		BYTES("Zm9v    "),	false },
	{ "line end behind",		BYTES("Zm9v\r\n"),	false },
	{ "line end within",		BYTES("Zm\n9v"),	false },
	{ "line end in a block",	BYTES("Zm9\n"),		false },
	{ "tab",			BYTES("Zm\t9"),		false },
	{ "NUL within",			BYTES("Zm\0v"),		false },
	{ "NUL behind",			BYTES("Zm9v\0"),	false },
	{ "four NULs",			BYTES("\0\0\0\0"),	false },
	{ "the other alphabet",		BYTES("-_8="),		true },
	{ "the other alphabet, again",	BYTES("____"),		true },
	{ "hyphen at the end",		BYTES("Zm9v-"),		false },
	{ "dot",			BYTES("Zm9."),		false },
	{ "comma",			BYTES("Zm9,"),		false },
	{ "beside A",			BYTES("@m9v"),		false },
	{ "beside Z",			BYTES("[m9v"),		false },
	{ "beside a",			BYTES("`m9v"),		false },
	{ "beside z",			BYTES("{m9v"),		false },
	{ "beside 9",			BYTES(":m9v"),		false },
	{ "beyond ASCII",		BYTES("Zm9\xe4"),	false },
	{ "last byte of all",		BYTES("Zm9\xff"),	false },
};

static void
refuses(decoder *how, size_t i)
{
	struct buf out = { 0 };

	ck_assert_int_eq(buf_puts(&out, "as it was"), 0);
	ck_assert_msg(decode(how, &out, bad[i].text, bad[i].n) == -1, "%s", bad[i].name);
	ck_assert_str_eq(buf_str(&out), "as it was");
	ck_assert(!out.failed);
	buf_free(&out);
}

START_TEST(none)
{
	refuses(base64_decode, (size_t)_i);
	if (!bad[_i].url)
		refuses(base64url_decode, (size_t)_i);
}
END_TEST

/* Letters of base64 that base64url does not have. */
START_TEST(none_of_url)
{
	static const char *const texts[] = { "+/8=", "+/8", "////", "Zm9+", "/w" };
	struct buf out = { 0 };

	ck_assert_int_eq(decode(base64url_decode, &out, texts[_i], strlen(texts[_i])),
	    -1);
	ck_assert_uint_eq(out.len, 0);
	buf_free(&out);
}
END_TEST

/* Every octet at every place of a block, there and back. */
START_TEST(all_octets)
{
	struct buf text = { 0 }, back = { 0 };
	unsigned char octets[3 * 256];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)(i * 7 / 3);
	for (size_t n = 0; n <= sizeof(octets); n++) {
		buf_reset(&text);
		buf_reset(&back);
		ck_assert_int_eq(base64_encode(&text, octets, n), 0);
		ck_assert_uint_eq(text.len, (n + 2) / 3 * 4);
		ck_assert_int_eq(base64_decode(&back, buf_str(&text), text.len), 0);
		ck_assert_uint_eq(back.len, n);
		ck_assert_mem_eq(back.data, octets, n);
	}
	buf_free(&text);
	buf_free(&back);
}
END_TEST

/* The ceiling of out holds, and is told. */
START_TEST(ceiling)
{
	struct buf out = { .max = 8 };

	ck_assert_int_eq(base64_encode(&out, "foobar", 6), 0);
	ck_assert_int_eq(base64_encode(&out, "f", 1), -1);
	ck_assert(out.failed);
	ck_assert_str_eq(out.data, "Zm9vYmFy");
	buf_free(&out);

	out.max = 5;
	ck_assert_int_eq(base64_decode(&out, "Zm9vYmFy", 8), -1);
	ck_assert(out.failed);
	ck_assert_uint_eq(out.len, 0);
	buf_free(&out);
	ck_assert_int_eq(base64_decode(&out, "Zm9vYmE=", 8), 0);
	ck_assert_str_eq(buf_str(&out), "fooba");
	buf_free(&out);
	ck_assert_int_eq(base64url_decode(&out, "Zm9vYmFy", 8), -1);
	ck_assert(out.failed);
	buf_free(&out);
}
END_TEST

/* More than OpenSSL can count: refused before a byte of it is looked at. */
START_TEST(too_large)
{
	struct buf out = { 0 };

	ck_assert_int_eq(base64_encode(&out, "x", SIZE_MAX / 2), -1);
	ck_assert(out.failed);
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, pair, 0, LEN(pairs));
	tcase_add_loop_test(t, url_padded, 0, LEN(padded));
	tcase_add_loop_test(t, none, 0, LEN(bad));
	tcase_add_loop_test(t, none_of_url, 0, 5);
	tcase_add_test(t, all_octets);
	tcase_add_test(t, ceiling);
	tcase_add_test(t, too_large);
}
