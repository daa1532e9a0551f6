/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that answers whatever it is asked, in any order, by rules. */

#include <strings.h>

#include "peer/play.h"

/* One connection that is served so. */
struct serving {
	struct play		*p;
	const struct step	*serve;		/* the step; the rules are behind it */
	size_t			 begin, end;
	struct buf		 line, before;	/* what is heard, and was before that */
	long			 refusals;
};

static bool
is_like(const struct serving *s, const struct step *st, const struct buf *heard)
{
	return glob_expanded(s->p->vars, st->text, buf_str(heard), heard->len);
}

/* Finds the first step of the answer to the line: it may be the end, for silence. */
static bool
find(const struct serving *s, size_t *at)
{
	const struct step *v = s->p->script->v;

	for (size_t i = s->begin; i < s->end; i++) {
		bool more = i + 1 < s->end && v[i + 1].verb == VERB_BEHIND;

		*at = i + (more ? 2 : 1);
		if (v[i].verb == VERB_ON && is_like(s, &v[i], &s->line) &&
		    (!more || is_like(s, &v[i + 1], &s->before)))
			return true;
	}
	return false;
}

static enum played
no_rule(const struct serving *s)
{
	struct buf shown = { 0 };

	visible(buf_str(&s->line), s->line.len, &shown);
	(void)play_fail(s->p, s->serve, "no rule for \"%s\"", buf_str(&shown));
	buf_free(&shown);
	return PLAY_FAILED;
}

/* As Postfix does it: behind the last refusal that is borne, unasked. */
static enum played
lose_patience(struct serving *s)
{
	static const struct step last[] = {
		{ VERB_SAY, -1, "421 4.7.0 too many errors", 0, NULL },
		{ VERB_CLOSE, -1, "", 0, NULL },
	};

	(void)play_step(s->p, &last[0]);
	return play_step(s->p, &last[1]);
}

static enum played
answer(struct serving *s, size_t at)
{
	const struct step *v = s->p->script->v;
	enum played played = PLAYED;

	if (at < s->end && v[at].verb == VERB_SAY &&
	    (v[at].text[0] == '4' || v[at].text[0] == '5'))
		s->refusals++;
	for (; at < s->end && v[at].verb != VERB_ON && played == PLAYED; at++)
		played = play_step(s->p, &v[at]);
	if (played == PLAYED && s->p->conn.fd != -1 && s->serve->n > 0 &&
	    s->refusals >= s->serve->n)
		return lose_patience(s);
	(void)conn_flush(&s->p->conn);
	return played;
}

/* Until the client says QUIT, or one of them goes. */
static enum played
serve(struct serving *s)
{
	static const struct step bye = { VERB_SAY, -1, "221 2.0.0 bye", 0, NULL };
	enum played played = PLAYED;
	size_t at;

	while (s->p->conn.fd != -1 && played == PLAYED) {
		buf_reset(&s->before);
		(void)buf_add(&s->before, buf_str(&s->line), s->line.len);
		if ((played = play_hear(s->p, s->serve, &s->line)) != PLAYED)
			break;
		if (strcasecmp(buf_str(&s->line), "QUIT") == 0)
			return play_step(s->p, &bye);
		played = find(s, &at) ? answer(s, at) : no_rule(s);
	}
	return played == PLAY_FAILED ? PLAY_FAILED : PLAYED;
}

enum played
play_rules(struct play *p)
{
	const struct script *script = p->script;
	struct serving s = { .p = p, .serve = &script->v[p->at], .begin = p->at + 1 };
	enum played played;

	for (s.end = s.begin; s.end < script->n; s.end++)
		if (script->v[s.end].verb == VERB_NEXT)
			break;
	(void)conn_flush(&p->conn);
	played = serve(&s);
	p->at = s.end - 1;
	buf_free(&s.line);
	buf_free(&s.before);
	return played;
}
