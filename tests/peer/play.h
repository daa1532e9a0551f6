/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play: plays one script to whoever connects to its listener. */

#ifndef PEER_PLAY_H
#define PEER_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "peer/conn.h"
#include "peer/diary.h"
#include "peer/script.h"
#include "peer/words.h"

#define PARKED_MAX 64	/* connections that are kept open behind the current one */

struct play {
	const struct script *script;
	const struct vars *vars;
	struct diary	*diary;
	int		 listener;
	int		 over;		/* see conn.h */
	bool		 serving;	/* for ever, and connections are not waited for */

	struct conn	 conn;
	size_t		 at;		/* the step that is due */
	bool		 optional;	/* the rest may stay unplayed */
	struct {
		int	 fd;
		SSL	*ssl;
	}		 parked[PARKED_MAX];
	size_t		 nparked;
};

enum played {
	PLAYED,
	PLAY_GONE,	/* the client is not there (any more) */
	PLAY_FAILED,	/* and the diary says so */
};

/* The body of a thread, given a struct play whose first part is filled in. */
void		*play_script(void *play);

/* One step, which is none of those that part connections. */
enum played	 play_step(struct play *p, const struct step *st);

/* A line that must come; the diary is told when another thing does. */
enum played	 play_hear(struct play *p, const struct step *st, struct buf *line);

/* Puts the connection aside, open, until the script ends. */
void		 play_park(struct play *p);

/* A failure at a step. Returns PLAY_FAILED. */
enum played	 play_fail(struct play *p, const struct step *st, const char *format, ...)
		    __attribute__((format(printf, 3, 4)));

/* Says a line at once: the code, and base64 of the bytes. */
void		 play_say_b64(struct play *p, const char *code, const struct buf *bytes);

/* A line that must come and be base64; bytes are what it means. */
enum played	 play_hear_b64(struct play *p, const struct step *st, struct buf *bytes);

/* The server's side of CRAM-MD5 (sasl.c) and of SCRAM (scram.c). */
enum played	 play_cram(struct play *p, const struct step *st);
enum played	 play_scram(struct play *p, const struct step *st);

/* Where the client comes from, in the words of a PROXY header and as it is (whence.c). */
enum played	 play_proxy(struct play *p, const struct step *st);
enum played	 play_source(struct play *p, const struct step *st);

/* Serves by the rules behind the step that is due, and goes to their end (rules.c). */
enum played	 play_rules(struct play *p);

#endif
