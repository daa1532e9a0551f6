/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state: the four answers a monitoring plugin can give. */

#ifndef BASE_STATE_H
#define BASE_STATE_H

/*
 * The values are the exit codes of the monitoring-plugins guideline. They are not an
 * order: UNKNOWN is 3 and yet less grave than CRITICAL. Compare with state_worse() only.
 */
enum state {
	STATE_OK,
	STATE_WARNING,
	STATE_CRITICAL,
	STATE_UNKNOWN,
};

/* The graver of two states: OK < UNKNOWN < WARNING < CRITICAL. */
enum state	 state_worse(enum state a, enum state b);

/* "OK", "WARNING", "CRITICAL" or "UNKNOWN": static text. */
const char	*state_name(enum state state);

/*
 * Reads a state's name in any case, or its exit code as one digit, into *state. -1 when
 * the word is neither; *state is then untouched.
 */
int		 state_parse(const char *word, enum state *state);

#endif
