/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream: lines over a socket, plain or through a layer such as TLS, under one deadline.
 */

#ifndef WIRE_STREAM_H
#define WIRE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/deadline.h"
#include "base/diag.h"
#include "base/trace.h"

/* What a layer's step came to. */
enum stream_step {
	STREAM_MOVED,		/* bytes went through */
	STREAM_WANT_READ,	/* call again when the socket can be read */
	STREAM_WANT_WRITE,	/* ... or written */
	STREAM_END,		/* the peer has ended the connection */
	STREAM_FAILED,		/* the diagnosis is set */
};

#define STREAM_SECRETS 12	/* texts that one stream hides */
#define STREAM_LEAST 4		/* octets of the shortest of them */

struct stream;

/* A text that must not be shown, should the peer send it back. */
struct stream_secret {
	struct buf	 text;
	size_t		 least;		/* so much of its beginning betrays it */
};

/*
 * The functions of a layer. None waits: the stream does. Reached through pointers, so
 * that a program without TLS links none.
 */
struct stream_layer {
	/* Moves up to *n bytes and says in *n how many went. */
	enum stream_step (*read)(struct stream *s, void *bytes, size_t *n,
	    struct diag *d);
	enum stream_step (*write)(struct stream *s, const void *bytes, size_t *n,
	    struct diag *d);
	/* Says good-bye without waiting and frees the layer's state. */
	void	(*close)(struct stream *s);
};

/* Zero is a stream without a connection. */
struct stream {
	int			 fd;		/* of use only while there is a layer */
	struct deadline		 by;
	char			 peer[300];	/* "mail.example.org:587",
						 * for sentences */
	const struct trace	*trace;
	const struct stream_layer *layer;	/* NULL: there is no connection */
	void			*state;		/* the layer's own */
	char			 in[4096];	/* received and not
						 * yet read: start to end */
	size_t			 start, end;
	const char		*hush;		/* lines of the peer that begin so
						 * are told without the rest; or NULL */
	struct stream_secret	 secrets[STREAM_SECRETS];
	size_t			 nsecrets;
};

/* Takes over a connected non-blocking socket. */
void	 stream_open(struct stream *s, int fd, const char *peer, struct deadline by,
	    const struct trace *trace);

/*
 * Reads one line that ends in LF into line (of the given size, without its CR LF or LF,
 * not NUL-terminated), its length into *n. 0 when it has one; 1 when the line is longer
 * than size (size bytes are stored then); -1 on failure. Causes: net_timeout, net_closed,
 * net_reset, tls ones. Begun lines are kept in the diagnosis as the last words heard.
 */
int	 stream_line(struct stream *s, char *line, size_t size, size_t *n,
	    struct diag *d);

/* Writes all bytes; the trace is told them. Causes as for stream_line(). */
int	 stream_write(struct stream *s, const char *bytes, size_t n, struct diag *d);

/* Writes a secret; the trace is told only what may be shown instead. */
int	 stream_write_secret(struct stream *s, const char *bytes, size_t n,
	    const char *shown, struct diag *d);

/*
 * From here on, wherever the peer repeats the text, or its beginning of at least so many
 * bytes, stars stand in what the trace hears and in words left in a diagnosis: servers
 * quote what they do not understand. stream_line() yields the line as it came, for to
 * judge it; who tells it covers it first. Texts below STREAM_LEAST octets are not hidden:
 * stars over every "a" would hide what the server says, and show the secret. -1 when
 * memory is short or the places are taken.
 */
int	 stream_hide(struct stream *s, const char *text, size_t least, struct diag *d);

/* Puts the stars over what is hidden in words of the peer that will be told. */
void	 stream_cover(const struct stream *s, char *text, size_t n);

/*
 * How many octets of a line of the peer may be told: all of them, or only the beginning,
 * if it is that of s->hush. (What a server says in SCRAM is enough to guess at the
 * password.)
 */
size_t	 stream_tellable(const struct stream *s, const char *line, size_t n);

/*
 * How many bytes have come and were not read yet; looks, without
 * waiting, for more of them.
 */
size_t	 stream_pending(struct stream *s);

/* Waits for what a step wants. -1 with net_timeout when the deadline comes first. */
int	 stream_wait(struct stream *s, enum stream_step want, struct diag *d);

/* The sentence and cause of a socket error (errno). Returns -1. */
int	 stream_error(const struct stream *s, int error, struct diag *d);

/* Closes layer and socket, if there are any, and wipes what was to be hidden. */
void	 stream_close(struct stream *s);

#endif
