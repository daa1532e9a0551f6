/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn: the server's end of one connection, plain or TLS. */

#ifndef PEER_CONN_H
#define PEER_CONN_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "base/buf.h"
#include "peer/diary.h"

/*
 * Every wait also ends when "over" becomes readable or hung up: then the client's process
 * has ended, and whatever it left behind has arrived already.
 */
struct conn {
	int		 fd;		/* -1 when closed */
	int		 over;
	SSL		*ssl;
	struct diary	*diary;
	struct buf	 out;		/* said and not yet sent */
	long		 drip_ms;	/* send one byte in so many ms; 0: all at once */
	char		 in[32768];	/* heard and not yet taken */
	size_t		 have;
};

/*
 * Waits for one of the events of poll(2): 1 they are there, 0 ms went by, -1 it is over.
 */
int	 await(int fd, short events, int over, int ms);

/* Takes the next connection of a listener. -1 when it is over and none is waiting. */
int	 conn_accept(struct conn *c, int listener, int over, struct diary *diary);

/*
 * Collects bytes; conn_flush() sends all of them in one write. -1 when the client has
 * gone.
 */
void	 conn_say(struct conn *c, const char *bytes, size_t n);
int	 conn_flush(struct conn *c);

/* Sends at once, without a word in the diary; beneath: not through the TLS. */
int	 conn_send(struct conn *c, const char *bytes, size_t n, bool beneath);

/*
 * Takes a line without its CR LF: 1. 0 when the client has gone; -1 when what it sent is
 * no line (LF without CR, too long); line then holds it.
 */
int	 conn_line(struct conn *c, struct buf *line);

/* Takes n bytes: 1, or 0 when the client has gone before. */
int	 conn_bytes(struct conn *c, size_t n, struct buf *bytes);

/*
 * Appends n bytes and leaves what follows in the socket, where a TLS handshake looks for
 * it; without a word in the diary. 1, or 0 when the client has gone before.
 */
int	 conn_exact(struct conn *c, size_t n, struct buf *bytes);

/* Is there something to take without waiting for the socket? */
bool	 conn_pending(const struct conn *c);

/* Hears and forgets whatever comes until the client has gone. */
void	 conn_deaf(struct conn *c);

/*
 * Shakes hands as a server, and keeps ssl. -1 with the reason in why; ssl is then freed.
 */
int	 conn_tls(struct conn *c, SSL *ssl, struct buf *why);

/*
 * Asks for another handshake within the TLS (1.2). 0 when the client goes along with it,
 * -1 when it does not.
 */
int	 conn_tls_again(struct conn *c);

/* Sends so many KeyUpdate messages of TLS 1.3; 0 is until the client has gone. */
void	 conn_tls_keys(struct conn *c, long n);

/* Ends the server's side: close_notify (when polite) and FIN. The socket stays open. */
void	 conn_shut(struct conn *c, bool polite);

/* Closes the socket; reset: with RST. */
void	 conn_close(struct conn *c, bool reset);

#endif
