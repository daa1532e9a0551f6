/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/text.h"
#include "frame/common.h"

#define TIMEOUT_MAX 86400.0	/* seconds */

/* In the order of the choices of --unmeasured, from 1. */
enum { UNMEASURED_U = 1, UNMEASURED_OMIT };

static const char *const unmeasured[] = { "U", "omit", NULL };
static const char *const outputs[] = { "text", "json", "openmetrics", NULL };

const struct opt common_rows[] = {
	{ 'h', "help", OPT_FLAG(struct common, help), NULL, NULL, "print this text" },
	{ 'V', "version", OPT_FLAG(struct common, version), NULL, NULL,
	    "print the version" },
	{ 'v', "verbose", OPT_COUNT(struct common, verbose), NULL, NULL,
	    "print findings and remedies too (a terminal always gets them); twice: the "
	    "dialogue on stderr, secrets hidden" },
	{ 't', "timeout", OPT_STRING(struct common, timeout), "DURATION[:STATE]", "30s",
	    "the whole run ends by then, as STATE or as the cause says" },
	{ 'w', "warning", OPT_LIST(struct common, warnings), "[METRIC=]RANGE", NULL,
	    "WARNING when the metric leaves the range (repeatable)" },
	{ 'c', "critical", OPT_LIST(struct common, criticals), "[METRIC=]RANGE", NULL,
	    "CRITICAL when the metric leaves the range (repeatable)" },
	{ '\0', "state", OPT_LIST(struct common, states), "CAUSE=STATE", NULL,
	    "give a cause, or a class of causes, another state (repeatable)" },
	{ '\0', "unmeasured", OPT_CHOICE(struct common, unmeasured), "U|omit", "U",
	    "how a value that was not measured is printed", unmeasured },
	{ '\0', "output", OPT_CHOICE(struct common, output), "FORM", "text",
	    "how the verdict is printed", outputs },
	{ '\0', "transcript", OPT_STRING(struct common, transcript), "FILE", NULL,
	    "write the dialogue to this file, secrets hidden" },
	{ '\0', "extra-opts", OPT_EXTRA, "[SECTION][@FILE]", NULL,
	    "read options from an ini file (default section: the plugin's name)" },
	{ '\0', "explain", OPT_STRING(struct common, explain), "CAUSE", NULL,
	    "print what a cause means and what to do, or all causes", .optional = true },
	{ '\0', "help-json", OPT_FLAG(struct common, help_json), NULL, NULL,
	    "print options, metrics and causes as JSON" },
	{ 0 },
};

int
common_output_ahead(int argc, char **argv)
{
	static const char word[] = "--output";
	const size_t n = sizeof(word) - 1;
	int output = 0;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = "";

		if (strncmp(argv[i], word, n) == 0 && argv[i][n] == '=')
			value = argv[i] + n + 1;
		else if (strcmp(argv[i], word) == 0 && i + 1 < argc)
			value = argv[i + 1];
		for (int o = 0; outputs[o] != NULL; o++)
			if (text_same(outputs[o], value))
				output = o + 1;
	}
	return output;
}

int
common_timeout(const struct common *c, struct env *env, struct verdict *v,
    struct buf *why)
{
	const char *colon = strchr(c->timeout, ':');
	size_t n = colon != NULL ? (size_t)(colon - c->timeout) : strlen(c->timeout);
	double seconds;

	if (text_duration(c->timeout, n, &seconds) == -1 || seconds <= 0 ||
	    seconds > TIMEOUT_MAX ||
	    (colon != NULL && state_parse(colon + 1, &v->timeout_state) == -1)) {
		(void)buf_addf(why, "--timeout takes DURATION[:STATE], such as 8, 30s or "
		    "1m:unknown, up to one day, not \"%s\"", c->timeout);
		return -1;
	}
	v->timeout_set = colon != NULL;
	env->by.nsec = env->start + (int64_t)(seconds * 1e9);
	return 0;
}

static int
take_thresholds(struct verdict *v, const struct list *args, enum state state,
    const char *word, struct buf *why)
{
	for (size_t i = 0; i < args->n; i++) {
		const char *reason;

		if (verdict_threshold(v, state, args->v[i], &reason) == -1) {
			(void)buf_addf(why, "--%s takes [METRIC=]RANGE, not \"%s\": %s",
			    word, args->v[i], reason);
			return -1;
		}
	}
	return 0;
}

static bool
is_class(const char *name)
{
	for (int class = 0; class < CLASS_COUNT; class++)
		if (strcmp(class_name((enum cause_class)class), name) == 0)
			return true;
	return false;
}

/* One CAUSE=STATE; the name is cut off its state in place. */
static int
take_state(struct verdict *v, const struct plugin *p, char *name, struct buf *why)
{
	char *equals = strrchr(name, '=');
	enum state state;

	if (equals == NULL || state_parse(equals + 1, &state) == -1) {
		(void)buf_addf(why, "--state takes CAUSE=STATE with ok, warning, "
		    "critical or unknown, not \"%s\"", name);
		return -1;
	}
	*equals = '\0';
	if (state == STATE_OK && strcmp(name, class_name(CLASS_LOCAL)) == 0) {
		(void)buf_puts(why, "--state: failures of the check itself (class local) "
		    "are not OK all together; name the cause");
		return -1;
	}
	if (plugin_cause(p, name) == NULL && !is_class(name)) {
		(void)buf_addf(why, "--state: \"%s\" is no cause of this plugin and no "
		    "class of causes (--explain lists them)", name);
		return -1;
	}
	if (verdict_remap(v, name, state) == -1) {
		(void)buf_puts(why, "memory is short");
		return -1;
	}
	return 0;
}

int
common_judgement(struct common *c, const struct plugin *p, struct verdict *v,
    struct buf *why)
{
	v->omit_unmeasured = c->unmeasured == UNMEASURED_OMIT;
	if (take_thresholds(v, &c->warnings, STATE_WARNING, "warning", why) == -1 ||
	    take_thresholds(v, &c->criticals, STATE_CRITICAL, "critical", why) == -1)
		return -1;
	for (size_t i = 0; i < c->states.n; i++)
		if (take_state(v, p, c->states.v[i], why) == -1)
			return -1;
	return 0;
}
