/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt: a command line, its arguments apart by NUL, against a table with every kind of
 * option. What the fields hold afterwards is what their kind allows, and no secret is
 * left in argv.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "frame/opt.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARGS_MAX 64

struct conf {
	bool		 quiet;
	int		 verbose, mode, port;
	char		*host, *password, *explain;
	struct list	 warnings, mechanisms;
};

static const char *const modes[] = { "none", "starttls", "implicit", NULL };

static const struct opt rows[] = {
	{ 'H', "host", OPT_STRING(struct conf, host), "NAME", "localhost", "", NULL, 0,
	    false },
	{ 'p', "port", OPT_PORT(struct conf, port), "PORT", "25", "", NULL, 0, false },
	{ '\0', "tls", OPT_CHOICE(struct conf, mode), "MODE", "none", "", modes, 0,
	    false },
	{ 'S', "starttls", OPT_PRESET(struct conf, mode), NULL, NULL, "", NULL, 2,
	    false },
	{ 'P', "password", OPT_SECRET(struct conf, password), "PASSWORD", NULL, "", NULL,
	    0, false },
	{ 0 },
};

static const struct opt more_rows[] = {
	{ '\0', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", "a,b", "", NULL,
	    0, false },
	{ 'q', "quiet", OPT_FLAG(struct conf, quiet), NULL, NULL, "", NULL, 0, false },
	{ 'v', "verbose", OPT_COUNT(struct conf, verbose), NULL, NULL, "", NULL, 0,
	    false },
	{ 'w', "warning", OPT_LIST(struct conf, warnings), "RANGE", NULL, "", NULL, 0,
	    false },
	{ 'x', "extra-opts", OPT_KIND_EXTRA, 0, "WHERE", NULL, "", NULL, 0, false },
	{ '\0', "explain", OPT_STRING(struct conf, explain), "CAUSE", NULL, "", NULL, 0,
	    true },
	{ 0 },
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* An ini file that says what its name says: a key, or key=value. It knows no secrets. */
static int
load(void *arg, const char *where, const struct opt_set *sets, struct buf *why)
{
	char *copy = strdup(where != NULL ? where : "port=99"), *value;
	int rc;

	(void)arg;
	require(copy != NULL);
	if ((value = strchr(copy, '=')) != NULL)
		*value++ = '\0';
	rc = opt_is_secret(sets, copy) ? 0 : opt_set(sets, copy, value, why);
	free(copy);
	return rc;
}

static void
check_list(const struct list *list, bool comma)
{
	for (size_t i = 0; i < list->n; i++) {
		require(list->v[i][0] != '\0' && !text_has_control(list->v[i]));
		require(comma || strchr(list->v[i], ',') == NULL);
	}
}

static void
check_fields(const struct conf *c)
{
	require(c->port >= 1 && c->port <= 65535);
	require(c->mode >= 1 && c->mode <= 3);
	require(c->verbose >= 0);
	require(c->host != NULL && c->host[0] != '\0' && !text_has_control(c->host));
	require(c->password == NULL ||
	    (c->password[0] != '\0' && !text_has_control(c->password)));
	require(c->explain == NULL || !text_has_control(c->explain));
	check_list(&c->warnings, true);
	check_list(&c->mechanisms, false);
}

/* An argument is as it was, or a secret in it was blanked to its end. */
static void
check_argument(const char *now, const char *before)
{
	size_t n = strlen(before), kept = strlen(now);

	require(kept <= n && memcmp(now, before, kept) == 0);
	for (; kept < n; kept++)
		require(now[kept] == '\0');
}

/* Was the password taken out of the end of one of the arguments? */
static bool
blanked(const char *password, char *const *now, char *const *before, int argc)
{
	size_t len = strlen(password);

	for (int i = 1; i < argc; i++) {
		size_t n = strlen(before[i]);

		if (n >= len && strcmp(before[i] + n - len, password) == 0 &&
		    strlen(now[i]) == n - len)
			return true;
	}
	return false;
}

static int
arguments(const uint8_t *data, size_t size, char **argv)
{
	const char *bytes = (const char *)data;
	int argc = 0;

	require((argv[argc++] = strdup("check")) != NULL);
	while (size > 0 && argc < ARGS_MAX) {
		size_t n = strnlen(bytes, size);

		require((argv[argc++] = strndup(bytes, n)) != NULL);
		n += n < size ? 1 : 0;
		bytes += n;
		size -= n;
	}
	return argc;
}

static void
run(int argc, char **argv, char *const *before)
{
	struct conf c = { 0 };
	const struct opt_set sets[] = {
		{ "One", rows, &c }, { "Two", more_rows, &c }, { NULL, NULL, NULL },
	};
	const struct opt_extra extra = { load, NULL };
	struct buf why = { 0 };
	bool secret;
	int rc;

	require(opt_defaults(sets, &why) == 0 && why.len == 0);
	rc = opt_parse(sets, argc, argv, &extra, &secret, &why);
	require((rc == 0 || rc == -1) && (rc == 0) == (why.len == 0 && !why.failed));
	check_fields(&c);
	for (int i = 0; i < argc; i++)
		check_argument(argv[i], before[i]);
	require(c.password == NULL || blanked(c.password, argv, before, argc));
	buf_free(&why);
	opt_free(sets);
	require(c.host == NULL && c.password == NULL && c.explain == NULL);
	require(c.warnings.v == NULL && c.mechanisms.v == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[ARGS_MAX], *before[ARGS_MAX];
	int argc = arguments(data, size, argv);

	require(arguments(data, size, before) == argc);
	run(argc, argv, before);
	for (int i = 0; i < argc; i++) {
		free(argv[i]);
		free(before[i]);
	}
	return 0;
}
