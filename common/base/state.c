/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/state.h"
#include "base/text.h"

static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

static int
rank(enum state state)
{
	static const int ranks[] = {
		[STATE_OK] = 0, [STATE_UNKNOWN] = 1, [STATE_WARNING] = 2,
		[STATE_CRITICAL] = 3,
	};

	return ranks[state];
}

enum state
state_worse(enum state a, enum state b)
{
	return rank(b) > rank(a) ? b : a;
}

const char *
state_name(enum state state)
{
	return names[state];
}

int
state_parse(const char *word, enum state *state)
{
	for (unsigned i = 0; i < LEN(names); i++) {
		const char digit[] = { (char)('0' + i), '\0' };

		if (text_same(word, names[i]) || text_same(word, digit)) {
			*state = (enum state)i;
			return 0;
		}
	}
	return -1;
}
