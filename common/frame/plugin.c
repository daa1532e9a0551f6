/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "frame/help.h"
#include "frame/ini.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "judge/render.h"

#define TIMEOUT_MAX 86400.0	/* seconds */
#define GRACE 0.25		/* seconds between the deadline and the watchdog */

const struct cause frame_usage = {
	"bad-arguments", CLASS_LOCAL, STATE_UNKNOWN,
	"the check was called with arguments that make no sense",
	"mend the command line or the ini file; --help lists the options", false,
};

const struct cause frame_watchdog = {
	"deadline-missed", CLASS_LOCAL, STATE_UNKNOWN,
	"the check itself hung and was ended by its own watchdog",
	"look for a file system that hangs (ini file, password file, certificates) and for a "
	"machine without CPU time; if neither is there, report it as a fault of the plugin", true,
};

cause_table frame_causes = { &frame_usage, &frame_watchdog, NULL };

/* The options that every plugin has. */
struct common {
	bool		 help, version, help_json;
	char		*explain;
	int		 verbose;
	char		*timeout;
	struct list	 warnings, criticals, states;
	int		 unmeasured;
};

static const char *const unmeasured[] = { "U", "omit", NULL };

static const struct opt common_rows[] = {
	{ 'h', "help", OPT_FLAG(struct common, help), NULL, NULL,
	    "print this text", NULL, 0, false },
	{ 'V', "version", OPT_FLAG(struct common, version), NULL, NULL,
	    "print the version", NULL, 0, false },
	{ 'v', "verbose", OPT_COUNT(struct common, verbose), NULL, NULL,
	    "print findings and remedies too (a terminal always gets them); twice: the dialogue "
	    "on stderr, secrets hidden", NULL, 0, false },
	{ 't', "timeout", OPT_STRING(struct common, timeout), "DURATION[:STATE]", "30s",
	    "the whole run ends by then, as STATE or as the cause says", NULL, 0, false },
	{ 'w', "warning", OPT_LIST(struct common, warnings), "[METRIC=]RANGE", NULL,
	    "WARNING when the metric leaves the range (repeatable)", NULL, 0, false },
	{ 'c', "critical", OPT_LIST(struct common, criticals), "[METRIC=]RANGE", NULL,
	    "CRITICAL when the metric leaves the range (repeatable)", NULL, 0, false },
	{ '\0', "state", OPT_LIST(struct common, states), "CAUSE=STATE", NULL,
	    "give a cause, or a class of causes, another state (repeatable)", NULL, 0, false },
	{ '\0', "unmeasured", OPT_CHOICE(struct common, unmeasured), "U|omit", "U",
	    "how a value that was not measured is printed", unmeasured, 0, false },
	{ '\0', "extra-opts", OPT_KIND_EXTRA, 0, "[SECTION][@FILE]", NULL,
	    "read options from an ini file (default section: the plugin's name)", NULL, 0, false },
	{ '\0', "explain", OPT_STRING(struct common, explain), "CAUSE", NULL,
	    "print what a cause means and what to do, or all causes", NULL, 0, true },
	{ '\0', "help-json", OPT_FLAG(struct common, help_json), NULL, NULL,
	    "print options, metrics and causes as JSON", NULL, 0, false },
	{ 0 },
};

#define SETS_MAX 8

/* A run of the program, from the command line to the exit code. */
struct program {
	const struct plugin	*plugin;
	struct common		 common;
	void			*conf;
	struct opt_set		 sets[SETS_MAX + 1];
	struct verdict		 verdict;
	struct env		 env;
};

const struct cause *
plugin_cause(const struct plugin *p, const char *slug)
{
	for (size_t t = 0; p->causes[t] != NULL; t++)
		for (size_t i = 0; p->causes[t][i] != NULL; i++)
			if (strcmp(p->causes[t][i]->slug, slug) == 0)
				return p->causes[t][i];
	return NULL;
}

/* One key of an ini file; a secret in a file that everyone reads is remembered. */
struct ini_state {
	const struct opt_set	*sets;
	bool			 secret;
};

static int
ini_option(void *arg, const char *key, const char *value, struct buf *why)
{
	struct ini_state *state = arg;

	state->secret = state->secret || opt_is_secret(state->sets, key);
	return opt_set(state->sets, key, value, why);
}

static int
load_extra(void *arg, const char *where, const struct opt_set *sets, struct buf *why)
{
	struct program *run = arg;
	struct ini_state state = { sets, false };
	struct ini_sink sink = { ini_option, &state };
	struct buf path = { 0 };
	bool exposed = false;
	int rc = ini_load(where, run->plugin->name, &sink, &path, &exposed, why);

	if (rc == 0 && exposed && state.secret)
		verdict_find(&run->verdict, &secret_exposed,
		    "%s holds a password and may be read or changed by every user",
		    buf_str(&path));
	buf_free(&path);
	return rc;
}

/* The sets for the parser: the plugin's groups, then the common options. */
static void
lay_out(struct program *run)
{
	const struct opt_group *groups = run->plugin->groups;
	size_t n = 0;

	for (; n < SETS_MAX - 1 && groups[n].title != NULL; n++)
		run->sets[n] = (struct opt_set){ groups[n].title, groups[n].rows, run->conf };
	run->sets[n] = (struct opt_set){ "For every plugin", common_rows, &run->common };
}

static int
take_timeout(struct program *run, struct buf *why)
{
	const char *text = run->common.timeout, *colon = strchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	double seconds;

	if (text_duration(text, n, &seconds) == -1 || seconds <= 0 || seconds > TIMEOUT_MAX ||
	    (colon != NULL && state_parse(colon + 1, &run->verdict.timeout_state) == -1)) {
		(void)buf_addf(why, "--timeout takes DURATION[:STATE], such as 8, 30s or 1m:unknown, "
		    "up to one day, not \"%s\"", text);
		return -1;
	}
	run->verdict.timeout_set = colon != NULL;
	run->env.by.nsec = run->env.start + (int64_t)(seconds * 1e9);
	return 0;
}

static int
take_thresholds(struct program *run, const struct list *args, enum state state,
    const char *word, struct buf *why)
{
	for (size_t i = 0; i < args->n; i++) {
		const char *reason;

		if (verdict_threshold(&run->verdict, state, args->v[i], &reason) == -1) {
			(void)buf_addf(why, "--%s takes [METRIC=]RANGE, not \"%s\": %s", word,
			    args->v[i], reason);
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

static int
take_states(struct program *run, struct buf *why)
{
	for (size_t i = 0; i < run->common.states.n; i++) {
		char *name = run->common.states.v[i], *equals = strrchr(name, '=');
		enum state state;

		if (equals == NULL || state_parse(equals + 1, &state) == -1) {
			(void)buf_addf(why, "--state takes CAUSE=STATE with ok, warning, critical or "
			    "unknown, not \"%s\"", name);
			return -1;
		}
		*equals = '\0';
		if (plugin_cause(run->plugin, name) == NULL && !is_class(name)) {
			(void)buf_addf(why, "--state: \"%s\" is no cause of this plugin and no class of "
			    "causes (--explain lists them)", name);
			return -1;
		}
		if (verdict_remap(&run->verdict, name, state) == -1)
			return -1;
	}
	return 0;
}

static int
take_common(struct program *run, struct buf *why)
{
	run->verdict.omit_unmeasured = run->common.unmeasured == 2;
	if (take_timeout(run, why) == -1 ||
	    take_thresholds(run, &run->common.warnings, STATE_WARNING, "warning", why) == -1 ||
	    take_thresholds(run, &run->common.criticals, STATE_CRITICAL, "critical", why) == -1)
		return -1;
	return take_states(run, why);
}

/* Everything has to be on its way, or nobody may believe the exit code. */
static int
print(const struct buf *out, int code)
{
	if (out->failed || fwrite(buf_str(out), 1, out->len, stdout) != out->len ||
	    fflush(stdout) == EOF)
		return STATE_UNKNOWN;
	return code;
}

static int
report(struct program *run)
{
	bool long_text = run->common.verbose > 0 || isatty(STDOUT_FILENO) == 1;
	struct buf out = { .max = 1024 * 1024 };
	int code;

	render_text(&run->verdict, long_text, &out);
	code = print(&out, (int)verdict_state(&run->verdict));
	buf_free(&out);
	return code;
}

/* Prepared, because a signal handler may not do more than write. */
static struct {
	char	 text[4096];
	size_t	 len;
	int	 code;
} last_words;

static void
bark(int signal_number)
{
	ssize_t written;

	(void)signal_number;
	/* If even the write hangs, a second alarm ends the process. */
	(void)alarm(1);
	written = write(STDOUT_FILENO, last_words.text, last_words.len);
	_exit(written < 0 ? STATE_UNKNOWN : last_words.code);
}

/* Arms the watchdog for the run's deadline, again when that has changed. */
static void
watchdog(const struct program *run)
{
	double seconds = deadline_left(run->env.by) + GRACE;
	struct itimerval timer = { .it_value = {
	    (time_t)seconds, (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6) } };
	struct sigaction action = { .sa_handler = bark };
	struct buf out = { .max = sizeof(last_words.text) };
	struct verdict v = run->verdict;

	v.findings = NULL;
	v.nfindings = 0;
	verdict_find(&v, &frame_watchdog, "the check hung and did not end by its deadline (-t %s)",
	    run->common.timeout);
	render_text(&v, false, &out);
	last_words.code = (int)verdict_state(&v);
	memcpy(last_words.text, buf_str(&out), out.len);
	last_words.len = out.len;
	verdict_drop(&v);
	buf_free(&out);
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* The dialogue on stderr, through the gate. */
static void
trace_to_stderr(void *arg, char who, const char *bytes, size_t n)
{
	char line[2048];

	(void)arg;
	text_copy(line, sizeof(line), bytes, n);
	text_tame(line);
	(void)fprintf(stderr, "%c: %s\n", who, line);
}

static const struct trace on_stderr = { trace_to_stderr, NULL };

static int
usage(struct program *run, const struct buf *why)
{
	run->verdict.nremaps = 0;	/* a typing error is never anything but UNKNOWN */
	verdict_find(&run->verdict, &frame_usage, "%s", buf_str(why));
	return report(run);
}

/* Nothing was checked, so nothing is OK: as the guideline says, exit code 3. */
static int
inform(struct program *run)
{
	const struct plugin *p = run->plugin;
	struct buf out = { .max = 1024 * 1024 };
	int rc = 0;

	if (run->common.help)
		help_text(p, run->sets, &out);
	else if (run->common.version)
		(void)buf_addf(&out, "%s %s (postmaster-plugins)\n", p->name, VERSION);
	else if (run->common.help_json)
		help_json(p, run->sets, &out);
	else
		rc = help_explain(p, run->common.explain, &out);
	if (rc == -1) {
		(void)buf_addf(&out, "--explain: \"%s\" is no cause of this plugin (--explain alone "
		    "lists them)", run->common.explain);
		rc = usage(run, &out);
	} else {
		rc = print(&out, STATE_UNKNOWN);
	}
	buf_free(&out);
	return rc;
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

static int
check(struct program *run)
{
	const struct common *c = &run->common;

	run->env.now = time(NULL);
	run->env.trace = c->verbose > 1 ? &on_stderr : NULL;
	watchdog(run);
	run->plugin->run(run->conf, &run->env, &run->verdict);
	verdict_close(&run->verdict);
	return report(run);
}

static int
go(struct program *run, int argc, char **argv)
{
	const struct opt_extra extra = { load_extra, run };
	const struct common *c = &run->common;
	struct buf why = { 0 };
	int code;

	if ((run->common.help = wants_help(argc, argv)))
		return inform(run);
	if (opt_defaults(run->sets, &why) == -1 || take_timeout(run, &why) == -1)
		return usage(run, &why);
	watchdog(run);
	if (opt_parse(run->sets, argc, argv, &extra, &why) == -1)
		code = usage(run, &why);
	else if (c->version || c->help_json || c->explain != NULL)
		code = inform(run);
	else if (take_common(run, &why) == -1 || run->plugin->settle(run->conf, &why) == -1)
		code = usage(run, &why);
	else
		code = check(run);
	buf_free(&why);
	return code;
}

int
plugin_main(const struct plugin *p, int argc, char **argv)
{
	struct program run = { .plugin = p, .env.start = clock_nsec() };
	int code = STATE_UNKNOWN;

	(void)signal(SIGPIPE, SIG_IGN);
	run.conf = calloc(1, p->conf_size);
	if (run.conf == NULL || verdict_init(&run.verdict, p->label, p->metrics) == -1) {
		(void)printf("%s UNKNOWN - memory is short\n", p->label);
	} else {
		lay_out(&run);
		code = go(&run, argc, argv);
		opt_free(run.sets);
	}
	verdict_free(&run.verdict);
	free(run.conf);
	return code;
}
