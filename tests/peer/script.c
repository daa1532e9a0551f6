/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "peer/script.h"
#include "peer/words.h"

enum takes {
	TAKES_NOTHING,
	TAKES_TEXT,
	TAKES_NUMBER,
	TAKES_NUMBER_OR_NOTHING,
	TAKES_NUMBER_AND_TEXT,
};

static const struct {
	const char	*word;
	enum verb	 verb;
	enum takes	 takes;
} verbs[] = {
	{ "S",        VERB_SAY,         TAKES_TEXT },
	{ "R",        VERB_RAW,         TAKES_TEXT },
	{ "G",        VERB_BENEATH,     TAKES_TEXT },
	{ "C",        VERB_HEAR,        TAKES_TEXT },
	{ "CB",       VERB_HEAR_B64,    TAKES_TEXT },
	{ "CN",       VERB_HEAR_BYTES,  TAKES_NUMBER_AND_TEXT },
	{ "TLS",      VERB_TLS,         TAKES_TEXT },
	{ "AGAIN",    VERB_TLS_AGAIN,   TAKES_NOTHING },
	{ "KEYS",     VERB_TLS_KEYS,    TAKES_NUMBER },
	{ "D",        VERB_DRIBBLE,     TAKES_NUMBER },
	{ "W",        VERB_WAIT,        TAKES_NUMBER_OR_NOTHING },
	{ "X",        VERB_CLOSE,       TAKES_NOTHING },
	{ "FIN",      VERB_FIN,         TAKES_NOTHING },
	{ "RST",      VERB_RESET,       TAKES_NOTHING },
	{ "F",        VERB_FLOOD,       TAKES_NUMBER_AND_TEXT },
	{ "FL",       VERB_FLOOD_LINES, TAKES_NUMBER_AND_TEXT },
	{ "E",        VERB_END,         TAKES_NOTHING },
	{ "N",        VERB_NEXT,        TAKES_NOTHING },
	{ "optional", VERB_OPTIONAL,    TAKES_NOTHING },
	{ "CRAM",     VERB_CRAM,        TAKES_TEXT },
	{ "SCRAM",    VERB_SCRAM,       TAKES_TEXT },
	{ "PROXY",    VERB_PROXY,       TAKES_NUMBER },
	{ "source",   VERB_SOURCE,      TAKES_TEXT },
	{ "SERVE",    VERB_SERVE,       TAKES_NUMBER_OR_NOTHING },
	{ "ON",       VERB_ON,          TAKES_TEXT },
	{ "BEHIND",   VERB_BEHIND,      TAKES_TEXT },
	{ "LISTEN",   VERB_LISTEN,      TAKES_TEXT },
};

const char *
verb_name(enum verb verb)
{
	for (size_t i = 0; i < LEN(verbs); i++)
		if (verbs[i].verb == verb)
			return verbs[i].word;
	return "?";
}

static int
listening_read(struct script *s, const char *text)
{
	if (strcmp(text, "none") == 0)
		s->how = LISTEN_NONE;
	else if (strcmp(text, "blackhole") == 0)
		s->how = LISTEN_BLACKHOLE;
	else
		return -1;
	return 0;
}

static int
number_read(struct step *st, char **rest)
{
	char *word = word_take(rest);

	return word != NULL ? text_integer(word, 0, LONG_MAX, &st->n) : -1;
}

static int
argument_read(struct step *st, enum takes takes, char **rest)
{
	switch (takes) {
	case TAKES_NOTHING:
		return **rest == '\0' ? 0 : -1;
	case TAKES_NUMBER_OR_NOTHING:
		if (**rest == '\0')
			return 0;
		/* FALLTHROUGH */
	case TAKES_NUMBER:
		return number_read(st, rest) == 0 && **rest == '\0' ? 0 : -1;
	case TAKES_NUMBER_AND_TEXT:
		return number_read(st, rest);
	case TAKES_TEXT:
		break;
	}
	return 0;
}

/*
 * Of "S  two blanks" one blank parts verb and text; the rest of them are the server's
 * words.
 */
static char *
verb_take(char **line)
{
	size_t n = strcspn(*line, " \t");
	char *word = *line;

	*line += n;
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

/* Does the script serve by rules at its present end? */
static bool
serves(const struct script *s)
{
	size_t i = s->n;

	while (i > 0 && s->v[i - 1].verb != VERB_NEXT)
		if (s->v[--i].verb == VERB_SERVE)
			return true;
	return false;
}

/* Rules stand behind SERVE, and nothing else does. */
static bool
in_place(const struct script *s, enum verb verb)
{
	enum verb last = s->n > 0 ? s->v[s->n - 1].verb : VERB_NEXT;

	if (verb == VERB_ON)
		return serves(s);
	if (verb == VERB_BEHIND)
		return last == VERB_ON;
	return last != VERB_SERVE && (verb != VERB_SERVE || !serves(s));
}

int
script_line(struct script *s, char *line, int number, struct buf *why)
{
	struct step st = { .n = -1, .line = number };
	char *rest = line + strspn(line, " \t");
	const char *word = verb_take(&rest);
	size_t i;

	for (i = 0; i < LEN(verbs) && strcmp(verbs[i].word, word) != 0; i++)
		continue;
	if (i == LEN(verbs)) {
		(void)buf_addf(why, "\"%s\" is no verb", word);
		return -1;
	}
	st.verb = verbs[i].verb;
	if (argument_read(&st, verbs[i].takes, &rest) == -1 ||
	    (st.verb == VERB_PROXY && st.n != 1 && st.n != 2) ||
	    (st.verb == VERB_LISTEN && listening_read(s, rest) == -1)) {
		(void)buf_addf(why, "%s does not take \"%s\"", word, rest);
		return -1;
	}
	if (!in_place(s, st.verb)) {
		(void)buf_addf(why, "%s is out of place: rules stand behind SERVE", word);
		return -1;
	}
	if (st.verb == VERB_LISTEN)
		return 0;
	st.text = copied(rest);
	s->v = grown(s->v, s->n, sizeof(*s->v));
	s->v[s->n++] = st;
	return 0;
}

char *
step_cert(const struct step *st)
{
	const char *at = st->verb == VERB_TLS ? strstr(st->text, "cert=") : NULL;

	if (at == NULL || (at > st->text && at[-1] != ' '))
		return NULL;
	at += strlen("cert=");
	return must(strndup(at, strcspn(at, " ")));
}

void
script_free(struct script *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].text);
		SSL_CTX_free(s->v[i].tls);
	}
	free(s->v);
	free(s->address);
	*s = (struct script){ 0 };
}
