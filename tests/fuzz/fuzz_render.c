/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * render: foreign bytes in every field of a verdict, in all forms of output. The first
 * two bytes say which fields to use and how, the next eight are a measured value, then
 * the fields come, apart by NUL bytes.
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
enum { TARGET = 1, FACT = 2, FORK = 4, TWICE = 8 };

static const char *const marks[] = { "stage", "days", NULL };
static const struct metric metrics[] = {
	{ .label = "time", .unit = UNIT_SECONDS, .marks = marks },
	{ .label = "days", .unit = UNIT_DAYS },
	{ .label = "load", .unit = UNIT_PERCENT },
	{ .label = "hosts", .below_zero = true, .family = "machines" }, { 0 },
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

/* Records what the flags say. */
static void
record(struct verdict *v, unsigned flags, unsigned more, struct fields f)
{
	char *said = field(&f), *found = field(&f), *text = field(&f), *note = field(&f);
	char *target = field(&f), *fact = field(&f);
	struct diag d = { .stage = "days" };

	if (flags & SAY)
		verdict_say(v, "%s", said);
	if (flags & FIND)
		verdict_find(v, &cause, "%s", found);
	if (flags & PROOF)
		diag_heard(&d, 550, f.p, f.left);	/* the rest, NUL bytes and all */
	if (flags & DIAG) {
		(void)diag_set(&d, &cause, "%s", text);
		verdict_diag(v, &d);
	}
	if (flags & NOTE)
		verdict_note(v, "%s", note);
	if (more & TARGET)
		verdict_target(v, target);
	if (more & FACT) {
		verdict_fact(v, "fact", "%s", fact);
		verdict_fact(v, "text", "%s", text);
	}
	free(said);
	free(found);
	free(text);
	free(note);
	free(target);
	free(fact);
}

/* The same in a part of the verdict, whose object is the first field. */
static void
record_fork(struct verdict *v, unsigned flags, unsigned more, struct fields f)
{
	struct fields first = f;
	char *object = field(&first);
	struct verdict child;

	require(verdict_fork(v, &child) == 0);
	for (int i = 0; i < (more & TWICE ? 2 : 1); i++) {
		record(&child, flags, more, f);
		verdict_metric(&child, 0, i);
		verdict_merge(v, &child, i == 0 ? object : "192.0.2.1");
	}
	verdict_free(&child);
	free(object);
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
check_text(const struct verdict *v, bool long_text)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz= 0123456789.-;:~@UsB%c";
	size_t lines = v->said != NULL && verdict_state(v) != STATE_OK ? 1 : 0;
	struct buf out = { .max = 1024 * 1024 };
	const char *bar;

	for (size_t i = 0; i < v->nfindings; i++)
		lines += (size_t)(1 + render_has_proof(&v->findings[i]) +
		    !render_is_told(v, &v->findings[i]));
	lines += v->notes.n;
	render_text(v, long_text, &out);
	require(!out.failed && strlen(buf_str(&out)) == out.len);
	require(count(buf_str(&out), '|') == 1);
	require(count(buf_str(&out), '\n') == (long_text ? 1 + lines : 1));
	require(out.data[out.len - 1] == '\n' && count(buf_str(&out), '$') == 0);
	for (size_t i = 0; i < out.len; i++)
		require(out.data[i] == '\n' || ((unsigned char)out.data[i] >= ' ' &&
		    out.data[i] != 0x7f));
	bar = strchr(out.data, '|');
	require(bar < strchr(out.data, '\n'));
	require(bar[1 + strspn(bar + 1, first)] == '\n');
	buf_free(&out);
}

/* Every line is such as the gate lets through: UTF-8 without control characters. */
static void
check_lines(const struct buf *out)
{
	char *copy, *line, *rest;

	require(!out->failed && strlen(buf_str(out)) == out->len);
	require(out->data[out->len - 1] == '\n');
	require((copy = rest = strdup(out->data)) != NULL);
	for (const char *p = out->data; (line = strsep(&rest, "\n")) != NULL;
	    p += strlen(line) + 1) {
		size_t n = strlen(line);

		text_tame(line);
		require(strlen(line) == n && strncmp(p, line, n) == 0);
	}
	free(copy);
}

static const char *json_value(const char *p);

static const char *
json_text(const char *p)
{
	require(*p++ == '"');
	for (; *p != '"'; p++) {
		require((unsigned char)*p >= ' ');
		if (*p == '\\')
			require(*++p == '"' || *p == '\\');
	}
	return p + 1;
}

/* An array, or an object, of which every other value is a text. */
static const char *
json_nest(const char *p, char end)
{
	for (p++; *p != end; p += *p == ',' ? 1 : 0) {
		require(p[-1] != ',' || *p != ',');
		if (end == '}') {
			p = json_text(p);
			require(*p++ == ':');
		}
		p = json_value(p);
		require(*p == end || (*p == ',' && p[1] != end));
	}
	return p + 1;
}

static const char *
json_value(const char *p)
{
	if (*p == '"')
		return json_text(p);
	if (*p == '{' || *p == '[')
		return json_nest(p, *p == '{' ? '}' : ']');
	if (strncmp(p, "null", 4) == 0)
		return p + 4;
	p += *p == '-' ? 1 : 0;
	require(*p >= '0' && *p <= '9' && (*p != '0' || p[1] < '0' || p[1] > '9'));
	p += strspn(p, "0123456789");
	if (*p != '.')
		return p;
	require(p[1] >= '0' && p[1] <= '9');
	return p + 1 + strspn(p + 1, "0123456789");
}

static void
check_json(const struct verdict *v)
{
	struct buf out = { .max = 1024 * 1024 };

	render_json(v, "check_test", &out);
	check_lines(&out);
	require(out.data[0] == '{' && strcmp(json_value(out.data), "\n") == 0);
	buf_free(&out);
}

/* The length of a series, which is all of its line but the value. */
static size_t
series(const char *line)
{
	size_t n = strcspn(line, "\n");

	while (n > 0 && line[n - 1] != ' ')
		n--;
	return n;
}

static void
check_openmetrics(const struct verdict *v)
{
	struct buf out = { .max = 1024 * 1024 };
	const char *end;

	render_openmetrics(v, "check_test", &out);
	check_lines(&out);
	end = out.data + out.len - strlen("# EOF\n");
	require(strcmp(end, "# EOF\n") == 0);
	for (const char *p = out.data; p < end; p = strchr(p, '\n') + 1) {
		size_t n = series(p);

		require(strncmp(p, "# ", 2) == 0 || strncmp(p, "mailcheck_", 10) == 0);
		for (const char *q = strchr(p, '\n') + 1; *p != '#' && q < end;
		    q = strchr(q, '\n') + 1)
			require(series(q) != n || strncmp(p, q, n) != 0);
	}
	buf_free(&out);
}

/* Where the line's text begins. */
static size_t
indent_of(const char *line)
{
	static const char *const begins[] = { "note: ", "OK: " };

	for (size_t i = 0; i < LEN(begins); i++)
		if (strncmp(line, begins[i], strlen(begins[i])) == 0)
			return strlen(begins[i]);
	return strspn(line, " ");
}

/*
 * No line reaches the last column unless there is but one piece in it: a word, or in the
 * paragraph of values a value with its mark.
 */
static void
check_width(const struct buf *out, size_t columns)
{
	for (const char *p = out->data; *p != '\0'; p += strcspn(p, "\n") + 1) {
		size_t indent = indent_of(p), width = indent;
		bool blank = false, blanks = false;

		for (const char *c = p + indent; *c != '\n'; c++) {
			width += ((unsigned char)*c & 0xc0) != 0x80 ? 1 : 0;
			blank = blank || *c == ' ';
			blanks = blanks || (c[0] == ' ' && c[1] == ' ');
		}
		require(width < columns || !blank || (indent == 2 && !blanks));
	}
}

/* With the colours cut out it is the report without them. */
static void
check_report(const struct verdict *v, size_t columns)
{
	struct buf out = { .max = 1024 * 1024 }, plain = { .max = 1024 * 1024 };
	const char *q;

	render_report(v, false, columns, &plain);
	check_lines(&plain);
	check_width(&plain, columns);
	render_report(v, true, columns, &out);
	require(!out.failed && count(out.data, '\033') > 0);
	q = plain.data;
	for (const char *p = out.data; *p != '\0'; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			require(*p == *q++);
	}
	require(*q == '\0');
	buf_free(&plain);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fields f = { (const char *)data + 10, size - 10 };
	struct verdict v;
	const char *why;
	double value;

	if (size < 10 || verdict_init(&v, "TEST", metrics) == -1)
		return 0;
	memcpy(&value, data + 2, sizeof(value));
	v.omit_unmeasured = data[0] & OMIT;
	if (data[0] & WARN)
		require(verdict_threshold(&v, STATE_WARNING, "days=@-5:5", &why) == 0);
	if (data[0] & REMAP)
		require(verdict_remap(&v, "policy", STATE_WARNING) == 0);
	record(&v, data[0], data[1], f);
	if (data[1] & FORK)
		record_fork(&v, data[0], data[1], f);
	for (size_t i = 0; i < 3; i++)
		verdict_metric(&v, i, value);
	verdict_metric(&v, 3, 1);
	verdict_close(&v);
	check_text(&v, false);
	check_text(&v, true);
	check_json(&v);
	check_openmetrics(&v);
	check_report(&v, 40 + size % 61);
	verdict_free(&v);
	return 0;
}
