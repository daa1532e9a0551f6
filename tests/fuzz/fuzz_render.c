/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * render: foreign bytes in every field of a verdict. The first byte says which fields to
 * use, the next eight are a measured value, then the fields come, apart by NUL bytes.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/render.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	SAY = 1, FIND = 2, DIAG = 4, PROOF = 8, NOTE = 16,
	OMIT = 32, WARN = 64, REMAP = 128,
};

static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS }, { .label = "days", .unit = UNIT_DAYS },
	{ .label = "load", .unit = UNIT_PERCENT }, { .label = "hosts" }, { 0 },
};
static const struct cause cause = {
	"cause", CLASS_POLICY, STATE_CRITICAL, "a meaning", "a remedy", false,
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

struct fields {
	const char	*p;
	size_t		 left;
};

/* The next field of the input as a string, to be freed. */
static char *
field(struct fields *f)
{
	char *text = strndup(f->p, f->left);
	size_t n;

	require(text != NULL);
	n = strlen(text) < f->left ? strlen(text) + 1 : f->left;
	f->p += n;
	f->left -= n;
	return text;
}

/* Records what the flags say and returns how many lines of long text that gives. */
static size_t
record(struct verdict *v, unsigned flags, struct fields *f)
{
	char *said = field(f), *found = field(f), *text = field(f), *note = field(f);
	struct diag d = { 0 };
	size_t lines = 0;

	if (flags & SAY)
		verdict_say(v, "%s", said);
	if (flags & FIND) {
		verdict_find(v, &cause, "%s", found);
		lines += 2;
	}
	if (flags & PROOF)
		diag_heard(&d, 550, f->p, f->left);	/* the rest, NUL bytes and all */
	if (flags & DIAG) {
		(void)diag_set(&d, &cause, "%s", text);
		verdict_diag(v, &d);
		lines += 2;
	}
	if (flags & NOTE) {
		verdict_note(v, "%s", note);
		lines++;
	}
	free(said);
	free(found);
	free(text);
	free(note);
	return lines;
}

/* The lines that depend on what was recorded. */
static size_t
more_lines(const struct verdict *v)
{
	size_t lines = v->said != NULL && verdict_state(v) != STATE_OK ? 1 : 0;

	for (size_t i = 0; i < v->nfindings; i++)
		if (v->findings[i].cause != &cause)
			lines += 2;
		else if (v->findings[i].proof != NULL &&
		    strstr(v->findings[i].text, v->findings[i].proof) == NULL)
			lines++;
	return lines;
}

static size_t
count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c ? 1 : 0;
	return n;
}

static void
check(const struct verdict *v, bool long_text, size_t lines)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz= 0123456789.-;:~@UsB%c";
	struct buf out = { 0 };
	const char *bar;

	render_text(v, long_text, &out);
	require(!out.failed && strlen(buf_str(&out)) == out.len);
	require(count(buf_str(&out), '|') == 1);
	require(count(buf_str(&out), '\n') == (long_text ? lines : 1));
	require(out.data[out.len - 1] == '\n' && count(buf_str(&out), '$') == 0);
	for (size_t i = 0; i < out.len; i++)
		require(out.data[i] == '\n' || ((unsigned char)out.data[i] >= ' ' &&
		    out.data[i] != 0x7f));
	bar = strchr(out.data, '|');
	require(bar < strchr(out.data, '\n'));
	require(bar[1 + strspn(bar + 1, first)] == '\n');
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fields f = { (const char *)data + 9, size - 9 };
	struct verdict v;
	const char *why;
	double value;
	size_t lines;

	if (size < 9 || verdict_init(&v, "TEST", metrics) == -1)
		return 0;
	memcpy(&value, data + 1, sizeof(value));
	v.omit_unmeasured = data[0] & OMIT;
	if (data[0] & WARN)
		require(verdict_threshold(&v, STATE_WARNING, "days=@-5:5", &why) == 0);
	if (data[0] & REMAP)
		require(verdict_remap(&v, "policy", STATE_WARNING) == 0);
	lines = record(&v, data[0], &f);
	for (size_t i = 0; i < 3; i++)
		verdict_metric(&v, i, value);
	verdict_metric(&v, 3, 1);
	verdict_close(&v);
	lines += 1 + more_lines(&v);
	check(&v, false, lines);
	check(&v, true, lines);
	verdict_free(&v);
	return 0;
}
