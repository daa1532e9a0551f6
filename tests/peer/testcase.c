/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One case: its keywords, one a line. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "peer/casefile.h"
#include "peer/jwt.h"
#include "peer/testca.h"
#include "peer/words.h"

/* Keywords whose argument is kept as it is, or read as a number, or that have none. */
static const struct {
	const char	*word;
	enum {
		KIND_TEXT,
		KIND_LIST,
		KIND_NUMBER,
		KIND_FLAG,
	}		 kind;
	size_t		 offset;
} plain[] = {
	{ "run",    KIND_TEXT,   offsetof(struct testcase, run) },
	{ "exit",   KIND_NUMBER, offsetof(struct testcase, status) },
	{ "cause",  KIND_TEXT,   offsetof(struct testcase, cause) },
	{ "stage",  KIND_TEXT,   offsetof(struct testcase, stage) },
	{ "first",  KIND_TEXT,   offsetof(struct testcase, first) },
	{ "fails",  KIND_TEXT,   offsetof(struct testcase, fails) },
	{ "out",    KIND_LIST,   offsetof(struct testcase, out) },
	{ "err",    KIND_LIST,   offsetof(struct testcase, err) },
	{ "not",    KIND_LIST,   offsetof(struct testcase, not) },
	{ "in",     KIND_LIST,   offsetof(struct testcase, in) },
	{ "env",    KIND_LIST,   offsetof(struct testcase, env) },
	{ "asked",  KIND_LIST,   offsetof(struct testcase, asked) },
	{ "unasked", KIND_LIST,  offsetof(struct testcase, unasked) },
	{ "need",   KIND_LIST,   offsetof(struct testcase, need) },
	{ "dir",    KIND_LIST,   offsetof(struct testcase, dirs) },
	{ "within", KIND_NUMBER, offsetof(struct testcase, within) },
	{ "after",  KIND_NUMBER, offsetof(struct testcase, after) },
	{ "json",   KIND_LIST,   offsetof(struct testcase, json) },
	{ "columns", KIND_NUMBER, offsetof(struct testcase, columns) },
	{ "untidy", KIND_FLAG,   offsetof(struct testcase, untidy) },
	{ "tty",    KIND_FLAG,   offsetof(struct testcase, tty) },
};

static int
plain_set(struct testcase *c, size_t i, const char *text, struct buf *why)
{
	void *field = (char *)c + plain[i].offset;
	char **string = field;
	bool *flag = field;
	int rc = (*text == '\0') == (plain[i].kind == KIND_FLAG) ? 0 : -1;

	if (rc == 0 && plain[i].kind == KIND_NUMBER) {
		rc = text_number(text, strlen(text), field);
	} else if (rc == 0 && plain[i].kind == KIND_LIST) {
		listed(field, text);
	} else if (rc == 0 && plain[i].kind == KIND_FLAG) {
		*flag = true;
	} else if (rc == 0) {
		free(*string);
		*string = copied(text);
	}
	if (rc == -1)
		(void)buf_addf(why, "%s does not take \"%s\"", plain[i].word, text);
	return rc;
}

static int
file_flag(struct made *made, const char *flag, const char *value)
{
	char *end;

	if (value == NULL)
		return -1;
	if (strcmp(flag, "-a") == 0)
		return text_duration(value, strlen(value), &made->age_s);
	if (strcmp(flag, "-m") != 0)
		return -1;
	made->mode = (mode_t)strtoul(value, &end, 8);
	return *end == '\0' ? 0 : -1;
}

/* file [-m MODE] [-a AGE] NAME TEXT */
static int
file_add(struct testcase *c, char *text, struct buf *why)
{
	struct made made = { .mode = 0600 };
	char *word = word_take(&text);

	while (word != NULL && *word == '-') {
		if (file_flag(&made, word, word_take(&text)) == -1) {
			(void)buf_addf(why, "bad flag %s", word);
			return -1;
		}
		word = word_take(&text);
	}
	if (word == NULL) {
		(void)buf_puts(why, "wanted: file [-m MODE] [-a AGE] NAME TEXT");
		return -1;
	}
	made.name = copied(word);
	made.text = copied(text);
	c->files = grown(c->files, c->nfiles, sizeof(*c->files));
	c->files[c->nfiles++] = made;
	return 0;
}

static int
cert_add(struct testcase *c, const char *text, struct buf *why)
{
	if (testca_known(text)) {
		listed(&c->certs, text);
		return 0;
	}
	(void)buf_addf(why, "there is no certificate \"%s\"", text);
	return -1;
}

static int
jwt_add(struct testcase *c, const char *text, struct buf *why)
{
	if (jwt_known(text)) {
		listed(&c->jwts, text);
		return 0;
	}
	(void)buf_puts(why, "wanted: jwt NAME [sub=TEXT] [exp=SECONDS]");
	return -1;
}

const char *
server_name(size_t i)
{
	static const char *const names[CASE_SERVERS] = { "DNS", "DNS2", "DNS3", "DNS4" };

	return names[i];
}

int
testcase_set(struct testcase *c, char *line, struct buf *why)
{
	char *rest = line;
	const char *word = word_take(&rest);

	for (size_t i = 0; i < LEN(plain); i++)
		if (strcmp(plain[i].word, word) == 0)
			return plain_set(c, i, rest, why);
	if (strcmp(word, "file") == 0)
		return file_add(c, rest, why);
	if (strcmp(word, "cert") == 0)
		return cert_add(c, rest, why);
	if (strcmp(word, "jwt") == 0)
		return jwt_add(c, rest, why);
	for (size_t i = 0; i < CASE_SERVERS; i++)
		if (strcasecmp(word, server_name(i)) == 0)
			return zone_add(&c->zones[i], rest, why);
	(void)buf_addf(why, "\"%s\" is no keyword", word);
	return -1;
}

void
testcase_free(struct testcase *c)
{
	struct list *const lists[] = {
		&c->out, &c->err, &c->not, &c->in, &c->env, &c->asked, &c->unasked,
		&c->need, &c->certs, &c->dirs, &c->json, &c->jwts,
	};
	char *const texts[] = {
		c->here, c->name, c->run, c->cause, c->stage, c->first, c->fails,
	};

	for (size_t i = 0; i < LEN(lists); i++)
		list_free(lists[i]);
	for (size_t i = 0; i < LEN(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < c->nfiles; i++) {
		free(c->files[i].name);
		free(c->files[i].text);
	}
	for (size_t i = 0; i < c->nwholes; i++) {
		free(c->wholes[i].where);
		list_free(&c->wholes[i].lines);
	}
	for (size_t i = 0; i < CASE_SERVERS; i++)
		zone_free(&c->zones[i]);
	for (size_t i = 0; i < c->nscripts; i++)
		script_free(&c->scripts[i]);
	free(c->files);
	free(c->wholes);
	free(c->scripts);
}
