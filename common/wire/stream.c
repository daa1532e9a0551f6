/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wire/net.h"
#include "wire/stream.h"

#define CODE 4			/* octets of "250 " at the start of a line */

static enum stream_step
plain_step(struct stream *s, ssize_t moved, size_t *n, enum stream_step again,
    struct diag *d)
{
	if (moved > 0) {
		*n = (size_t)moved;
		return STREAM_MOVED;
	}
	if (moved == 0)
		return STREAM_END;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return again;
	(void)stream_error(s, errno, d);
	return STREAM_FAILED;
}

static enum stream_step
plain_read(struct stream *s, void *bytes, size_t *n, struct diag *d)
{
	return plain_step(s, recv(s->fd, bytes, *n, 0), n, STREAM_WANT_READ, d);
}

static enum stream_step
plain_write(struct stream *s, const void *bytes, size_t *n, struct diag *d)
{
	return plain_step(s, send(s->fd, bytes, *n, MSG_NOSIGNAL), n,
	    STREAM_WANT_WRITE, d);
}

static void
plain_close(struct stream *s)
{
	(void)s;
}

static const struct stream_layer plain = { plain_read, plain_write, plain_close };

void
stream_open(struct stream *s, int fd, const char *peer, struct deadline by,
    const struct trace *trace)
{
	s->fd = fd;
	s->by = by;
	s->trace = trace;
	s->layer = &plain;
	s->state = NULL;
	s->start = s->end = 0;
	s->nsecrets = 0;
	s->hush = NULL;
	(void)snprintf(s->peer, sizeof(s->peer), "%s", peer);
}

int
stream_error(const struct stream *s, int error, struct diag *d)
{
	if (error == ECONNRESET || error == EPIPE)
		return diag_set(d, &net_reset, "%s reset the connection (stage %s)",
		    s->peer, d->stage);
	return diag_set(d, error == ETIMEDOUT ? &net_timeout : &net_failed,
	    "the connection to %s broke: %s (stage %s)", s->peer,
	    strerror(error), d->stage);
}

int
stream_wait(struct stream *s, enum stream_step want, struct diag *d)
{
	short events = want == STREAM_WANT_WRITE ? POLLOUT : POLLIN;

	/* A peer that drips is ready for ever: the clock decides first. */
	if (deadline_ms(s->by) > 0 && net_wait(s->fd, events, s->by) == 1)
		return 0;
	return diag_set(d, &net_timeout, "no %s from %s in time (stage %s)",
	    d->proof[0] != '\0' && d->code == 0 ? "complete answer" : "answer", s->peer,
	    d->stage);
}

/* Receives once into the empty buffer, waiting for it. */
static int
fill(struct stream *s, struct diag *d)
{
	for (;;) {
		size_t n = sizeof(s->in);
		enum stream_step step = s->layer->read(s, s->in, &n, d);

		switch (step) {
		case STREAM_MOVED:
			s->start = 0;
			s->end = n;
			return 0;
		case STREAM_WANT_READ:
		case STREAM_WANT_WRITE:
			if (stream_wait(s, step, d) == -1)
				return -1;
			break;
		case STREAM_END:
			return diag_set(d, &net_closed,
			    "%s closed the connection (stage %s)", s->peer, d->stage);
		case STREAM_FAILED:
			return -1;
		}
	}
}

int
stream_hide(struct stream *s, const char *text, size_t least, struct diag *d)
{
	struct stream_secret *secret = &s->secrets[s->nsecrets];

	if (least < STREAM_LEAST)
		return 0;
	if (s->nsecrets == STREAM_SECRETS || buf_puts(&secret->text, text) == -1)
		return diag_nomem(d);
	secret->least = least;
	s->nsecrets++;
	return 0;
}

/* Puts stars over a secret, or the telling beginning of it, from a place on. */
static void
cover(const struct stream_secret *secret, char *line, size_t from, size_t n)
{
	const char *text = buf_str(&secret->text);

	for (size_t i = from; i + secret->least <= n; i++) {
		size_t same = 0;

		while (same < secret->text.len && i + same < n &&
		    line[i + same] == text[same])
			same++;
		if (same > 0 && same >= secret->least)
			memset(line + i, '*', same);
	}
}

void
stream_cover(const struct stream *s, char *text, size_t n)
{
	for (size_t i = 0; i < s->nsecrets; i++)
		cover(&s->secrets[i], text, 0, n);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Behind a reply's code: what is "235" there is no secret, but the answer. */
static void
cover_line(const struct stream *s, char *line, size_t n)
{
	bool code = n >= CODE && is_digit(line[0]) && is_digit(line[1]) &&
	    is_digit(line[2]) && (line[CODE - 1] == ' ' || line[CODE - 1] == '-');

	for (size_t i = 0; i < s->nsecrets; i++)
		cover(&s->secrets[i], line, code ? CODE : 0, n);
}

/* A line that breaks off may do so within a secret. */
static void
cover_tail(const struct stream *s, char *line, size_t n)
{
	for (size_t i = 0; i < s->nsecrets; i++) {
		const struct buf *text = &s->secrets[i].text;

		for (size_t same = text->len - 1; same >= STREAM_LEAST; same--)
			if (same <= n &&
			    memcmp(line + n - same, text->data, same) == 0) {
				memset(line + n - same, '*', same);
				break;
			}
	}
}

size_t
stream_tellable(const struct stream *s, const char *line, size_t n)
{
	size_t most = s->hush != NULL ? strlen(s->hush) : n;

	return most < n && memcmp(line, s->hush, most) == 0 ? most : n;
}

/* What the trace hears of a whole line. */
static void
tell_line(const struct stream *s, const char *line, size_t n)
{
	size_t some = stream_tellable(s, line, n);
	struct buf told = { 0 };

	if (s->trace == NULL)
		return;
	(void)buf_add(&told, line, some);
	if (some < n)
		(void)buf_puts(&told, " (hidden)");
	if (!told.failed) {
		cover_line(s, told.data, told.len);
		trace_line(s->trace, 'S', buf_str(&told), told.len);
	}
	buf_wipe(&told);
}

/* The deadline also ends a line that comes in drops. */
static int
more(struct stream *s, const char *line, size_t n, struct diag *d)
{
	char heard[sizeof(d->proof)];
	size_t tellable = stream_tellable(s, line, n);
	size_t len = tellable < sizeof(heard) ? tellable : sizeof(heard);

	memcpy(heard, line, len);
	cover_line(s, heard, len);
	cover_tail(s, heard, len);
	if (n > 0)
		diag_heard(d, 0, heard, len);
	if (deadline_ms(s->by) == 0)
		return diag_set(d, &net_timeout,
		    "no complete answer from %s in time (stage %s)", s->peer, d->stage);
	return fill(s, d);
}

int
stream_line(struct stream *s, char *line, size_t size, size_t *n, struct diag *d)
{
	size_t len = 0;

	for (;;) {
		const char *from = s->in + s->start, *end;
		size_t have = s->end - s->start, take;

		end = memchr(from, '\n', have);
		take = end != NULL ? (size_t)(end - from) : have;
		if (take > size - len)
			take = size - len;
		memcpy(line + len, from, take);
		len += take;
		s->start += take;
		*n = len;
		if (end != NULL && from + take == end) {
			s->start++;
			*n -= len > 0 && line[len - 1] == '\r' ? 1 : 0;
			tell_line(s, line, *n);
			return 0;
		}
		if (s->start < s->end)
			return 1;
		if (more(s, line, len, d) == -1)
			return -1;
	}
}

static int
write_all(struct stream *s, const char *bytes, size_t n, struct diag *d)
{
	while (n > 0) {
		size_t moved = n;
		enum stream_step step = s->layer->write(s, bytes, &moved, d);

		switch (step) {
		case STREAM_MOVED:
			bytes += moved;
			n -= moved;
			break;
		case STREAM_WANT_READ:
		case STREAM_WANT_WRITE:
			if (stream_wait(s, step, d) == -1)
				return -1;
			break;
		case STREAM_END:
			return stream_error(s, EPIPE, d);
		case STREAM_FAILED:
			return -1;
		}
	}
	return 0;
}

int
stream_write(struct stream *s, const char *bytes, size_t n, struct diag *d)
{
	size_t shown = n >= 2 && memcmp(bytes + n - 2, "\r\n", 2) == 0 ? n - 2 : n;

	trace_line(s->trace, 'C', bytes, shown);
	return write_all(s, bytes, n, d);
}

int
stream_write_secret(struct stream *s, const char *bytes, size_t n, const char *shown,
    struct diag *d)
{
	trace_line(s->trace, 'C', shown, strlen(shown));
	return write_all(s, bytes, n, d);
}

size_t
stream_pending(struct stream *s)
{
	struct diag ignored = { .stage = "" };
	size_t n = sizeof(s->in);

	/* An end or an error is for the next read or write to tell. */
	if (s->start == s->end &&
	    s->layer->read(s, s->in, &n, &ignored) == STREAM_MOVED) {
		s->start = 0;
		s->end = n;
	}
	return s->end - s->start;
}

void
stream_close(struct stream *s)
{
	while (s->nsecrets > 0)
		buf_wipe(&s->secrets[--s->nsecrets].text);
	if (s->layer == NULL)
		return;
	s->layer->close(s);
	(void)close(s->fd);
	s->layer = NULL;
}
