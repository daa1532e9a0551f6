/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script: what a fake server says and wants to hear, a step a line. */

#ifndef PEER_SCRIPT_H
#define PEER_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#include "base/buf.h"

enum verb {
	VERB_SAY,		/* S  text */
	VERB_RAW,		/* R  bytes */
	VERB_BENEATH,		/* G  bytes, under the TLS */
	VERB_HEAR,		/* C  glob */
	VERB_HEAR_B64,		/* CB glob of what the line is the base64 of */
	VERB_HEAR_BYTES,	/* CN n glob */
	VERB_TLS,		/* TLS [option ...] */
	VERB_TLS_AGAIN,		/* AGAIN */
	VERB_TLS_KEYS,		/* KEYS n; 0 is for ever */
	VERB_DRIBBLE,		/* D  ms */
	VERB_WAIT,		/* W  [ms] */
	VERB_CLOSE,		/* X */
	VERB_FIN,		/* FIN: close without the close_notify of TLS */
	VERB_RESET,		/* RST */
	VERB_FLOOD,		/* F  n bytes; 0 is for ever */
	VERB_FLOOD_LINES,	/* FL n text */
	VERB_END,		/* E */
	VERB_NEXT,		/* N */
	VERB_OPTIONAL,		/* optional */
	VERB_CRAM,		/* CRAM user password */
	VERB_SCRAM,		/* SCRAM digest user password [option ...] */
	VERB_PROXY,		/* PROXY 1|2 */
	VERB_SOURCE,		/* source address */
	VERB_SERVE,		/* SERVE [n]: by the rules that follow */
	VERB_ON,		/* ON glob: a rule, answered by the steps behind it */
	VERB_BEHIND,		/* BEHIND glob: what must stand before ON's line */
	VERB_LISTEN,		/* LISTEN none|blackhole: never a step */
};

struct step {
	enum verb	 verb;
	long		 n;		/* milliseconds or a count; -1 when not given */
	char		*text;		/* the argument as it stands in the file, or "" */
	int		 line;
	SSL_CTX		*tls;		/* of VERB_TLS, once it is prepared */
};

enum listening {
	LISTEN_TRULY,
	LISTEN_NONE,		/* the port is reserved and closed */
	LISTEN_BLACKHOLE,	/* connecting hangs */
};

struct script {
	char		*address;	/* to listen on */
	bool		 each;		/* every connection plays the whole of it */
	enum listening	 how;
	struct step	*v;
	size_t		 n;
};

/* Adds one line (it may be changed). -1 with the reason in why when it is no step. */
int	 script_line(struct script *s, char *line, int number, struct buf *why);
void	 script_free(struct script *s);

/* The verb as it is written. */
const char *verb_name(enum verb verb);

/*
 * The order of a certificate in the options of TLS ("cert=expired"), NULL when there is
 * none.
 */
char	*step_cert(const struct step *st);

#endif
