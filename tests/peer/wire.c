/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "peer/wire.h"
#include "peer/words.h"

#define HEADER 12
#define FLAGS 2			/* where they begin */
#define COUNT 4			/* where the number of questions is */

struct form {
	unsigned	 flags, counts[4];
	const char	*bytes;		/* what follows the numbers */
};

/* A number of 16 bits and the blanks behind it; NULL when there is none. */
static const char *
number_read(const char *text, int base, unsigned *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, base);

	if (end == text || value > UINT16_MAX || (*end != ' ' && *end != '\0'))
		return NULL;
	*number = (unsigned)value;
	return end + strspn(end, " ");
}

static int
form_read(const char *text, struct form *f)
{
	text = number_read(text, 16, &f->flags);
	for (size_t i = 0; i < 4 && text != NULL; i++)
		text = number_read(text, 10, &f->counts[i]);
	f->bytes = text;
	return text != NULL ? 0 : -1;
}

int
wire_check(const char *form)
{
	struct form f;

	return form_read(form, &f);
}

static void
put16(struct buf *out, unsigned number)
{
	const unsigned char bytes[2] = {
		(unsigned char)(number >> 8), (unsigned char)number,
	};

	(void)buf_add(out, bytes, sizeof(bytes));
}

/* Where the first question of a message ends. */
static size_t
question_end(const unsigned char *wire, size_t n)
{
	size_t at = HEADER;

	while (at < n && wire[at] > 0)
		at += 1u + wire[at];
	return at + 5 <= n ? at + 5 : n;
}

void
wire_form(const char *form, const void *question, size_t n, struct buf *out)
{
	const unsigned char *asked = question;
	struct form f;

	if (form_read(form, &f) == -1)
		return;
	(void)buf_add(out, asked, FLAGS);
	put16(out, f.flags);
	for (size_t i = 0; i < 4; i++)
		put16(out, f.counts[i]);
	if (f.counts[0] > 0)
		(void)buf_add(out, asked + HEADER, question_end(asked, n) - HEADER);
	unescape(f.bytes, out);
}

/* A name in the other case. */
static void
flip_case(unsigned char *wire, size_t end)
{
	for (size_t at = HEADER; at < end && wire[at] > 0; at += 1u + wire[at])
		for (size_t i = 1; i <= wire[at]; i++) {
			unsigned char *c = &wire[at + i];

			if ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z')
				*c ^= 0x20;
		}
}

/* Puts the question in once more, or takes it out. */
static void
change_questions(const struct buf *wire, size_t end, bool more, struct buf *bad)
{
	const char *bytes = wire->data;

	(void)buf_add(bad, bytes, more ? end : HEADER);
	if (more)
		(void)buf_add(bad, bytes + HEADER, end - HEADER);
	(void)buf_add(bad, bytes + end, wire->len - end);
	bad->data[COUNT + 1] = more ? 2 : 0;
}

/* A copy with some bits changed. */
static void
change_bits(const struct answer *a, size_t end, unsigned char *bad)
{
	if (a->odd & ODD_WRONG_ID)
		bad[0] ^= 0x55;
	if (a->odd & ODD_WRONG_NAME)
		bad[HEADER + 1] = bad[HEADER + 1] != 'q' ? 'q' : 'z';
	if (a->odd & ODD_WRONG_TYPE)
		bad[end - 3] ^= 0x40;
	if (a->odd & ODD_WRONG_CLASS)
		bad[end - 1] = 3;
	if (a->odd & ODD_NO_QR)
		bad[FLAGS] &= 0x7f;
	if (a->odd & ODD_OPCODE)
		bad[FLAGS] |= 0x10;
	/* Who believes it is told that there is no such name. */
	if (a->odd & ODD_OTHER_PORT)
		bad[FLAGS + 1] |= 3;
}

static void
bad_make(struct answer *a, size_t end)
{
	const unsigned bits = ODD_WRONG_ID | ODD_WRONG_NAME | ODD_WRONG_TYPE |
	    ODD_WRONG_CLASS | ODD_NO_QR | ODD_OPCODE | ODD_OTHER_PORT;

	if (a->odd & ODD_GARBAGE)
		(void)buf_puts(&a->bad, "\x01this is no DNS message, whoever you are");
	else if (a->odd & (ODD_TWO_QUESTIONS | ODD_NO_QUESTION))
		change_questions(&a->wire, end, (a->odd & ODD_TWO_QUESTIONS) != 0,
		    &a->bad);
	else if (a->odd & (bits | ODD_SHORT))
		(void)buf_add(&a->bad, a->wire.data,
		    a->odd & ODD_SHORT ? HEADER - 1 : a->wire.len);
	if (a->odd & bits && !(a->odd & ODD_GARBAGE) && a->bad.len > HEADER)
		change_bits(a, end, (unsigned char *)a->bad.data);
}

void
wire_spoil(struct answer *a)
{
	unsigned char *wire = (unsigned char *)a->wire.data;
	size_t end;

	if (a->wire.len <= HEADER)
		return;
	end = question_end(wire, a->wire.len);
	bad_make(a, end);
	if (a->odd & ODD_UPCASE)
		flip_case(wire, end);
}
