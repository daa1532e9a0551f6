/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt: one constant table of options is at once the parser, --help, --help-json, the keys
 * of ini files, and what the manual is tested against.
 */

#ifndef FRAME_OPT_H
#define FRAME_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/list.h"

#define OPT_NUMBER_MAX 1000000

enum opt_kind {
	OPT_KIND_FLAG,		/* bool */
	OPT_KIND_COUNT,		/* int, one more each time */
	OPT_KIND_PRESET,	/* int, set to the row's value */
	OPT_KIND_STRING,	/* char *, owned; the last one counts */
	OPT_KIND_SECRET,	/* the same, blanked in argv and wiped when freed */
	OPT_KIND_LIST,		/* struct list; repeatable */
	OPT_KIND_WORDS,		/* struct list of words separated
				 * by commas; the last one counts */
	OPT_KIND_PORT,		/* int, 1 to 65535 */
	OPT_KIND_NUMBER,	/* int, 1 to OPT_NUMBER_MAX */
	OPT_KIND_CHOICE,	/* int, 1 + the index in choices */
	OPT_KIND_EXTRA,		/* reads an ini file into the same table, on the spot */
};

struct opt {
	char		 letter;	/* '\0' when it has none */
	const char	*word;
	enum opt_kind	 kind;
	size_t		 offset;	/* of the field in the set's struct */
	const char	*arg;		/* what it takes, for people; NULL when nothing */
	const char	*fallback;	/* default, parsed as if typed; NULL when none */
	const char	*help;		/* NULL: an alias, which no help shows */
	const char *const *choices;	/* OPT_KIND_CHOICE: closed by NULL */
	int		 value;		/* OPT_KIND_PRESET */
	bool		 optional;	/* the argument may be left out (--explain);
					 * of choices, that is the first one */
};

/*
 * Kind and offset of a row in one word, with the field's type checked by the compiler:
 * { 'H', "host", OPT_STRING(struct conf, host), "NAME", NULL, "server to ask" }
 */
#define OPT_FIELD(k, type, S, f) \
	.kind = (k), \
	.offset = offsetof(S, f) + 0 * sizeof(_Generic(((S *)NULL)->f, type: 0))
#define OPT_EXTRA		.kind = OPT_KIND_EXTRA, .offset = 0
#define OPT_FLAG(S, f)		OPT_FIELD(OPT_KIND_FLAG, bool, S, f)
#define OPT_COUNT(S, f)		OPT_FIELD(OPT_KIND_COUNT, int, S, f)
#define OPT_PRESET(S, f)	OPT_FIELD(OPT_KIND_PRESET, int, S, f)
#define OPT_STRING(S, f)	OPT_FIELD(OPT_KIND_STRING, char *, S, f)
#define OPT_SECRET(S, f)	OPT_FIELD(OPT_KIND_SECRET, char *, S, f)
#define OPT_LIST(S, f)		OPT_FIELD(OPT_KIND_LIST, struct list, S, f)
#define OPT_WORDS(S, f)		OPT_FIELD(OPT_KIND_WORDS, struct list, S, f)
#define OPT_PORT(S, f)		OPT_FIELD(OPT_KIND_PORT, int, S, f)
#define OPT_NUMBER(S, f)	OPT_FIELD(OPT_KIND_NUMBER, int, S, f)
#define OPT_CHOICE(S, f)	OPT_FIELD(OPT_KIND_CHOICE, int, S, f)

/*
 * The word that another suite has for an option; its ini files and habits then work here.
 */
#define OPT_ALIAS(word, field, arg) { '\0', word, field, arg, NULL, NULL }

/*
 * Rows under a heading. The rows end with one without a word. A list of sets ends with
 * one without a title.
 */
struct opt_set {
	const char	*title;
	const struct opt *rows;
	void		*base;		/* the struct whose fields the rows set */
};

/* Called for --extra-opts with its argument (NULL without one); see frame/ini. */
struct opt_extra {
	int	(*load)(void *arg, const char *where, const struct opt_set *sets,
	    struct buf *why);
	void	 *arg;
};

/* Sets the fields of the sets to their rows' defaults. -1 with the reason in why. */
int	 opt_defaults(const struct opt_set *sets, struct buf *why);

/*
 * Parses a command line: --word value, --word=value, -l value, -lvalue, -abc; "--"
 * ends it. Stray arguments, unknown options, missing, empty or superfluous values and
 * control characters are errors: -1 with one sentence in why that names the option and
 * what it takes, and never a secret's value. Secrets are blanked in argv; *secret says
 * whether there was one.
 */
int	 opt_parse(const struct opt_set *sets, int argc, char **argv,
	    const struct opt_extra *extra, bool *secret, struct buf *why);

/*
 * Sets one option by its word, or by its letter where name has one character; value NULL
 * when there is none. -1 with a sentence in why, which does not repeat an unknown name.
 */
int	 opt_set(const struct opt_set *sets, const char *name, const char *value,
	    struct buf *why);

/* Is the name an option at all? */
bool	 opt_knows(const struct opt_set *sets, const char *name);

/* Is the name an option that holds a secret? */
bool	 opt_is_secret(const struct opt_set *sets, const char *name);

/* Frees what the fields own; secrets are wiped. */
void	 opt_free(const struct opt_set *sets);

#endif
