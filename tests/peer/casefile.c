/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer/casefile.h"
#include "peer/testca.h"
#include "peer/words.h"

#define WITHIN_S 5	/* a plugin has so much time when the case does not say */

/* A named part of a script. */
struct def {
	char		*name;
	struct list	 lines;
};

struct parser {
	const char	*path;
	FILE		*file;
	int		 line;
	char		*text;		/* the line as read */
	size_t		 size;
	struct vars	 lets;
	struct def	*defs;
	size_t		 ndefs;
	struct list	 header;	/* lines before the first case of all */
	struct cases	*cases;
	struct testcase	*now;		/* NULL before the first case */
	bool		 broken;
};

static void __attribute__((format(printf, 2, 3)))
complain(struct parser *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)fprintf(stderr, "%s:%d: ", p->path, p->line);
	(void)vfprintf(stderr, format, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	p->broken = true;
}

static char *
trimmed(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
		line[--n] = '\0';
	return line + strspn(line, " \t");
}

/* The next line, without its end; NULL at the end of the file. */
static char *
line_next(struct parser *p)
{
	if (getline(&p->text, &p->size, p->file) == -1)
		return NULL;
	p->line++;
	p->text[strcspn(p->text, "\n")] = '\0';
	return p->text;
}

/* The next line of a block, NULL when its "end" is reached. */
static char *
block_next(struct parser *p)
{
	char *line = line_next(p);

	if (line == NULL)
		complain(p, "the block has no end");
	return line == NULL || strcmp(line, "end") == 0 ? NULL : line;
}

static char *
with_lets(const struct parser *p, const char *line)
{
	struct buf out = { .max = 1u << 20 };
	char *text;

	expand(&p->lets, line, EXPAND_LETS, &out);
	text = copied(buf_str(&out));
	buf_free(&out);
	return text;
}

static const struct def *
def_find(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->ndefs; i++)
		if (strcmp(p->defs[i].name, name) == 0)
			return &p->defs[i];
	return NULL;
}

static void
script_cert(struct parser *p, struct testcase *c, const struct script *s)
{
	char *order = s->n > 0 ? step_cert(&s->v[s->n - 1]) : NULL;

	if (order != NULL && testca_known(order))
		listed(&c->certs, order);
	else if (order != NULL)
		complain(p, "there is no certificate \"%s\"", order);
	free(order);
}

/* One line of a script, or all the lines of a def. */
static void
script_add(struct parser *p, struct testcase *c, struct script *s, const char *line)
{
	char *text = with_lets(p, line + strspn(line, " \t"));
	const struct def *def;
	struct buf why = { 0 };

	if (strncmp(text, "use ", 4) == 0) {
		if ((def = def_find(p, trimmed(text + 4))) == NULL)
			complain(p, "%s: no def of that name stands above", text);
		for (size_t i = 0; def != NULL && i < def->lines.n; i++)
			script_add(p, c, s, def->lines.v[i]);
	} else if (*text != '\0' && *text != '#') {
		if (script_line(s, text, p->line, &why) == -1)
			complain(p, "%s", buf_str(&why));
		else
			script_cert(p, c, s);
	}
	buf_free(&why);
	free(text);
}

/* script [ADDRESS|unix:NAME] [each] */
static void
script_block(struct parser *p, struct testcase *c, char *text)
{
	struct script *s;
	char *word, *line;

	c->scripts = grown(c->scripts, c->nscripts, sizeof(*c->scripts));
	s = &c->scripts[c->nscripts++];
	while ((word = word_take(&text)) != NULL)
		if (strcmp(word, "each") == 0) {
			s->each = true;
		} else {
			free(s->address);
			s->address = copied(word);
		}
	if (s->address == NULL)
		s->address = copied("127.0.0.1");
	while ((line = block_next(p)) != NULL)
		script_add(p, c, s, line);
}

static void
output_block(struct parser *p, struct testcase *c, const char *where)
{
	struct whole *w;
	char *line, *text;

	c->wholes = grown(c->wholes, c->nwholes, sizeof(*c->wholes));
	w = &c->wholes[c->nwholes++];
	w->where = copied(*where != '\0' ? where : "stdout");
	while ((line = block_next(p)) != NULL) {
		text = with_lets(p, line);
		listed(&w->lines, text);
		free(text);
	}
}

static void
def_block(struct parser *p, const char *name)
{
	struct def *def;
	char *line;

	p->defs = grown(p->defs, p->ndefs, sizeof(*p->defs));
	def = &p->defs[p->ndefs++];
	def->name = copied(name);
	while ((line = block_next(p)) != NULL)
		listed(&def->lines, line);
}

static void
let_add(struct parser *p, char *text)
{
	const char *name = word_take(&text);

	if (name == NULL)
		complain(p, "wanted: let NAME TEXT");
	else
		vars_set(&p->lets, name, "%s", text);
}

static void
case_line(struct parser *p, struct testcase *c, char *line)
{
	struct buf why = { 0 };

	if (testcase_set(c, line, &why) == -1)
		complain(p, "%s", buf_str(&why));
	buf_free(&why);
}

static void
case_check(struct parser *p)
{
	const struct testcase *c = p->now;

	if (c == NULL)
		return;
	if (c->run == NULL || c->status < 0)
		complain(p, "the case \"%s\" above needs run and exit", c->name);
	if (c->stage != NULL && c->cause == NULL)
		complain(p, "the case \"%s\" above has a stage without a cause", c->name);
}

static char *
directory_of(const char *path)
{
	char *copy = copied(path), *here = must(realpath(dirname(copy), NULL));

	free(copy);
	return here;
}

static void
case_begin(struct parser *p, const char *name)
{
	struct cases *all = p->cases;
	char *line;

	case_check(p);
	all->v = grown(all->v, all->n, sizeof(*all->v));
	p->now = &all->v[all->n++];
	*p->now = (struct testcase){
		.path = p->path, .here = directory_of(p->path), .line = p->line,
		.name = copied(name), .within = WITHIN_S, .status = -1,
	};
	for (size_t i = 0; i < p->header.n; i++) {
		line = copied(p->header.v[i]);
		case_line(p, p->now, line);
		free(line);
	}
}

/* Keywords that begin something; false when it is another. */
static bool
begin_line(struct parser *p, char *line)
{
	char *copy = copied(line), *rest = copy;
	const char *word = word_take(&rest);
	bool mine = true;

	if (strcmp(word, "case") == 0)
		case_begin(p, rest);
	else if (strcmp(word, "let") == 0)
		let_add(p, rest);
	else if (strcmp(word, "def") == 0)
		def_block(p, rest);
	else if (strcmp(word, "script") == 0 && p->now != NULL)
		script_block(p, p->now, rest);
	else if (strcmp(word, "output") == 0 && p->now != NULL)
		output_block(p, p->now, rest);
	else
		mine = false;
	free(copy);
	return mine;
}

static void
any_line(struct parser *p, const char *raw)
{
	char *text = with_lets(p, raw), *line = trimmed(text);

	if (*line != '\0' && *line != '#' && !begin_line(p, line)) {
		if (p->now == NULL)
			listed(&p->header, line);
		else
			case_line(p, p->now, line);
	}
	free(text);
}

static void
parser_free(struct parser *p)
{
	for (size_t i = 0; i < p->ndefs; i++) {
		free(p->defs[i].name);
		list_free(&p->defs[i].lines);
	}
	free(p->defs);
	vars_free(&p->lets);
	list_free(&p->header);
	free(p->text);
}

int
cases_read(struct cases *cases, const char *path)
{
	struct parser p = { .path = path, .cases = cases };
	char *line;

	if ((p.file = fopen(path, "r")) == NULL) {
		(void)fprintf(stderr, "peer: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while ((line = line_next(&p)) != NULL)
		any_line(&p, line);
	case_check(&p);
	if (p.now == NULL)
		complain(&p, "there is no case");
	(void)fclose(p.file);
	parser_free(&p);
	return p.broken ? -1 : 0;
}

void
cases_free(struct cases *cases)
{
	for (size_t i = 0; i < cases->n; i++)
		testcase_free(&cases->v[i]);
	free(cases->v);
	*cases = (struct cases){ 0 };
}
