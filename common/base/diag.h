/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diag: a failure is a value. It has a cause (what is wrong, and what to do), a stage
 * (where it happened), a sentence, and a proof (the peer's own words).
 */

#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/state.h"

/* Whose trouble a cause is. A class name may stand for its causes in --state. */
enum cause_class {
	CLASS_NETWORK,
	CLASS_DNS,
	CLASS_TLS,
	CLASS_CERTIFICATE,
	CLASS_PROTOCOL,
	CLASS_AUTH,
	CLASS_POLICY,
	CLASS_QUEUE,
	CLASS_LOCAL,
	CLASS_COUNT,
};

/* "network", "dns", ...: static text. */
const char	*class_name(enum cause_class class);

/*
 * A cause is a constant of the room that meets it. Its slug is API: unique in the
 * suite, never the name of a class, and the same for ever. The state is the default
 * that --state may remap.
 */
struct cause {
	const char	*slug;
	enum cause_class class;
	enum state	 state;
	const char	*meaning;	/* a sentence without a full stop */
	const char	*remedy;	/* what to do; a sentence or two
					 * without the last full stop */
	bool		 timeout;	/* time ran out: -t DURATION:STATE
					 * speaks of this cause */
};

/* The causes of a room, closed by NULL. */
typedef const struct cause *const cause_table[];

/* Short of memory and the like: met in every room. */
extern const struct cause	 local_internal;
extern cause_table		 diag_causes;

/* Zero is "no failure yet". */
struct diag {
	const struct cause *cause;	/* NULL: nothing failed */
	const char	*stage;		/* static text, or NULL */
	int		 code;		/* reply code of the server, or 0 */
	char		 text[512];	/* the sentence; fixed,
					 * because reporting must not fail */
	char		 proof[512];	/* the last words heard, raw:
					 * tame before printing */
};

/* Says which stage begins. A diagnosis that is made keeps the stage it was made in. */
void	 diag_at(struct diag *d, const char *stage);

/*
 * Keeps what the peer said last (bytes, any content); code is the reply code,
 * 0 where there is none. Forgotten by diag_at() at the next stage; kept for
 * ever once a cause is set.
 */
void	 diag_heard(struct diag *d, int code, const char *bytes, size_t n);

/*
 * Sets the cause and the sentence, and returns -1, so that "return diag_set(...)" is a
 * whole error path. The first cause wins: later calls change nothing.
 */
int	 diag_set(struct diag *d, const struct cause *cause, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/* Memory is short. Returns -1. */
int	 diag_nomem(struct diag *d);

bool	 diag_failed(const struct diag *d);

#endif
