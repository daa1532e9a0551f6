/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "frame/opt.h"

/* An option that was found: its row and where its field is. */
struct found {
	const struct opt	*row;
	void			*field;
};

static struct found
find(const struct opt_set *sets, const char *name, size_t n)
{
	for (const struct opt_set *set = sets; set->title != NULL; set++)
		for (const struct opt *row = set->rows; row->word != NULL; row++)
			if ((strlen(row->word) == n &&
			    strncmp(row->word, name, n) == 0) ||
			    (n == 1 && row->letter == name[0]))
				return (struct found){ row,
				    (char *)set->base + row->offset };
	return (struct found){ NULL, NULL };
}

static void
wipe(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
	free(s);
}

/*
 * "--mode takes none, starttls or implicit, not "x"". The value of a
 * secret is not repeated.
 */
static int
complain(const struct opt *row, const char *value, struct buf *why)
{
	(void)buf_addf(why, "--%s takes ", row->word);
	if (row->choices != NULL) {
		if (row->kind == OPT_KIND_WORDS)
			(void)buf_puts(why, "a list, separated by commas, of ");
		for (size_t i = 0; row->choices[i] != NULL; i++)
			(void)buf_addf(why, "%s%s", i == 0 ? "" :
			    row->choices[i + 1] == NULL ? " or " : ", ", row->choices[i]);
	} else if (row->kind == OPT_KIND_PORT) {
		(void)buf_puts(why, "a port number from 1 to 65535");
	} else if (row->kind == OPT_KIND_NUMBER) {
		(void)buf_addf(why, "a whole number from 1 to %d", OPT_NUMBER_MAX);
	} else {
		(void)buf_puts(why, row->arg != NULL ? row->arg : "no value");
	}
	if (value == NULL)
		(void)buf_puts(why, ", and nothing was given");
	else if (value[0] == '\0')
		(void)buf_puts(why, ", not an empty text");
	else if (text_has_control(value))
		(void)buf_puts(why, " without control characters");
	else if (row->kind != OPT_KIND_SECRET)
		(void)buf_addf(why, ", not \"%s\"", value);
	return -1;
}

static int
nomem(struct buf *why)
{
	(void)buf_puts(why, "memory is short");
	return -1;
}

static int
set_choice(const struct opt *row, int *field, const char *value, struct buf *why)
{
	for (int i = 0; row->choices[i] != NULL; i++) {
		if (text_same(row->choices[i], value)) {
			*field = i + 1;
			return 0;
		}
	}
	return complain(row, value, why);
}

/* Is the word one of the row's choices, or has the row none? */
static bool
may_be(const struct opt *row, const char *word)
{
	const char *const *choice = row->choices;

	while (choice != NULL && *choice != NULL && !text_same(*choice, word))
		choice++;
	return choice == NULL || *choice != NULL;
}

static int
set_words(const struct opt *row, struct list *field, const char *value, struct buf *why)
{
	char *copy = strdup(value), *rest = copy, *word;
	int rc = copy == NULL ? nomem(why) : 0;

	list_free(field);
	while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
		if (word[0] == '\0' || !may_be(row, word))
			rc = complain(row, value, why);
		else if (list_add(field, word) == -1)
			rc = nomem(why);
	}
	free(copy);
	return rc;
}

static int
set_string(char **field, const char *value, struct buf *why)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return nomem(why);
	wipe(*field);
	*field = copy;
	return 0;
}

/* Sets a field from a value that is not empty and holds no control characters. */
static int
set_value(const struct found *f, const char *value, struct buf *why)
{
	long number;

	switch (f->row->kind) {
	case OPT_KIND_STRING:
	case OPT_KIND_SECRET:
		return set_string(f->field, value, why);
	case OPT_KIND_LIST:
		return list_add(f->field, value) == -1 ? nomem(why) : 0;
	case OPT_KIND_WORDS:
		return set_words(f->row, f->field, value, why);
	case OPT_KIND_PORT:
	case OPT_KIND_NUMBER:
		if (text_integer(value, 1, f->row->kind == OPT_KIND_PORT ? 65535
		    : OPT_NUMBER_MAX, &number) == -1)
			return complain(f->row, value, why);
		*(int *)f->field = (int)number;
		return 0;
	case OPT_KIND_CHOICE:
		return set_choice(f->row, f->field, value, why);
	case OPT_KIND_FLAG:
	case OPT_KIND_COUNT:
	case OPT_KIND_PRESET:
	case OPT_KIND_EXTRA:
		break;
	}
	return complain(f->row, value, why);
}

/* Sets a field that takes no value. */
static void
set_flag(const struct found *f)
{
	if (f->row->kind == OPT_KIND_FLAG)
		*(bool *)f->field = true;
	else if (f->row->kind == OPT_KIND_COUNT)
		(*(int *)f->field)++;
	else
		*(int *)f->field = f->row->value;
}

static int
set(const struct found *f, const char *value, struct buf *why)
{
	if (f->row->arg == NULL) {
		if (value != NULL)
			return complain(f->row, value, why);
		set_flag(f);
		return 0;
	}
	if (value == NULL && f->row->optional && f->row->kind == OPT_KIND_CHOICE)
		value = f->row->choices[0];
	if (value == NULL && f->row->optional)
		return set_string(f->field, "", why);
	if (value == NULL || value[0] == '\0' || text_has_control(value))
		return complain(f->row, value, why);
	return set_value(f, value, why);
}

int
opt_set(const struct opt_set *sets, const char *name, const char *value, struct buf *why)
{
	struct found f = find(sets, name, strlen(name));

	if (f.row == NULL || f.row->kind == OPT_KIND_EXTRA) {
		/* A line of an ini file that is misread as a name may hold a password. */
		(void)buf_puts(why, "there is no such option (--help lists them)");
		return -1;
	}
	return set(&f, value, why);
}

bool
opt_knows(const struct opt_set *sets, const char *name)
{
	return find(sets, name, strlen(name)).row != NULL;
}

bool
opt_is_secret(const struct opt_set *sets, const char *name)
{
	struct found f = find(sets, name, strlen(name));

	return f.row != NULL && f.row->kind == OPT_KIND_SECRET;
}

int
opt_defaults(const struct opt_set *sets, struct buf *why)
{
	for (const struct opt_set *s = sets; s->title != NULL; s++)
		for (const struct opt *row = s->rows; row->word != NULL; row++)
			if (row->fallback != NULL &&
			    opt_set(sets, row->word, row->fallback, why) == -1)
				return -1;
	return 0;
}

/* The command line while it is read. */
struct args {
	const struct opt_set	*sets;
	const struct opt_extra	*extra;
	int			 argc, at;	/* at: the argument being read */
	bool			 secret;	/* one of them was a secret */
	char			**argv;
	struct buf		*why;
};

/* A value that may be left out is the next argument unless that looks like an option. */
static bool
takes_next(const struct args *a, const struct opt *row)
{
	bool optional = row->optional || row->kind == OPT_KIND_EXTRA;

	if (row->arg == NULL || a->at + 1 >= a->argc)
		return false;
	return !optional || a->argv[a->at + 1][0] != '-';
}

/* An option with its value, which is either behind it or the next argument. */
static int
apply(struct args *a, const struct found *f, char *value)
{
	int rc;

	if (value == NULL && takes_next(a, f->row))
		value = a->argv[++a->at];
	if (f->row->kind == OPT_KIND_EXTRA)
		return a->extra->load(a->extra->arg, value, a->sets, a->why);
	rc = set(f, value, a->why);
	/* Others on this machine read the command line, for as long as we run. */
	if (f->row->kind == OPT_KIND_SECRET && value != NULL) {
		explicit_bzero(value, strlen(value));
		a->secret = true;
	}
	return rc;
}

/*
 * Complains of a word that is no option. Behind a secret it may be the rest of a password
 * with a blank in it, and is not repeated.
 */
static int
stray(const struct args *a, const char *before, const char *word, size_t n,
    const char *behind)
{
	if (a->secret)
		(void)buf_addf(a->why, "argument %d belongs to no option", a->at);
	else
		(void)buf_addf(a->why, "%s%.*s%s", before, (int)n, word, behind);
	(void)buf_puts(a->why, " (--help lists them)");
	return -1;
}

static int
parse_word(struct args *a, char *word)
{
	char *equals = strchr(word, '=');
	size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
	struct found f = n > 1 ? find(a->sets, word, n) : (struct found){ NULL, NULL };

	if (f.row == NULL)
		return stray(a, "there is no option --", word, n, "");
	return apply(a, &f, equals != NULL ? equals + 1 : NULL);
}

static int
parse_letters(struct args *a, char *letters)
{
	for (; *letters != '\0'; letters++) {
		struct found f = find(a->sets, letters, 1);

		if (f.row == NULL)
			return stray(a, "there is no option -", letters, 1, "");
		if (f.row->arg != NULL && !f.row->optional)
			return apply(a, &f, letters[1] != '\0' ? letters + 1 : NULL);
		if (apply(a, &f, NULL) == -1)
			return -1;
	}
	return 0;
}

int
opt_parse(const struct opt_set *sets, int argc, char **argv,
    const struct opt_extra *extra, bool *secret, struct buf *why)
{
	struct args a = { sets, extra, argc, 1, false, argv, why };
	bool ended = false;

	*secret = false;
	for (; a.at < argc; a.at++) {
		char *arg = argv[a.at];
		int rc;

		if (!ended && strcmp(arg, "--") == 0) {
			ended = true;
			continue;
		}
		if (ended || arg[0] != '-' || arg[1] == '\0')
			rc = stray(&a, "\"", arg, strlen(arg), "\" belongs to no option");
		else
			rc = arg[1] == '-' ? parse_word(&a, arg + 2)
			    : parse_letters(&a, arg + 1);
		*secret = a.secret;
		if (rc == -1)
			return -1;
	}
	return 0;
}

void
opt_free(const struct opt_set *sets)
{
	for (const struct opt_set *s = sets; s->title != NULL; s++) {
		for (const struct opt *row = s->rows; row->word != NULL; row++) {
			void *field = (char *)s->base + row->offset;

			if (row->kind == OPT_KIND_STRING ||
			    row->kind == OPT_KIND_SECRET) {
				wipe(*(char **)field);
				*(char **)field = NULL;
			} else if (row->kind == OPT_KIND_LIST ||
			    row->kind == OPT_KIND_WORDS) {
				list_free(field);
			}
		}
	}
}
