/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "frame/common.h"
#include "frame/help.h"
#include "frame/ini.h"
#include "frame/plugin.h"
#include "frame/secret.h"
#include "frame/transcript.h"
#include "frame/watchdog.h"
#include "judge/render.h"

const struct cause frame_usage = {
	"bad-arguments", CLASS_LOCAL, STATE_UNKNOWN,
	"the check was called with arguments that make no sense",
	"correct the command line or the ini file; --help lists the options", false,
};

const struct cause frame_watchdog = {
	"deadline-missed", CLASS_LOCAL, STATE_UNKNOWN,
	"the check itself hung and was ended by its own watchdog",
	"look for a file system that hangs (ini file, password file, certificates) and "
	"for a machine without CPU time; if neither is there, report it as a fault "
	"of the plugin", true,
};

cause_table frame_causes = {
	&frame_usage, &frame_watchdog, &transcript_unwritable, NULL,
};

#define SETS_MAX 8

/* A run of the program, from the command line to the exit code. */
struct program {
	const struct plugin	*plugin;
	struct common		 common;
	void			*conf;
	struct opt_set		 sets[SETS_MAX + 1];
	struct list		 exposed;	/* ini files with a
						 * password for everyone */
	bool			 secret_shown;	/* a password stood on the command line */
	int			 output_ahead;	/* --output, until the command
						 * line is understood; or 0 */
	struct transcript	 transcript;
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

/* The sets for the parser: the plugin's groups, then the common options. */
static void
lay_out(struct program *run)
{
	const struct opt_group *groups = run->plugin->groups;
	size_t n = 0;

	for (; groups[n].title != NULL; n++) {
		assert(n < SETS_MAX - 1);
		run->sets[n] = (struct opt_set){ groups[n].title, groups[n].rows,
		    run->conf };
	}
	run->sets[n] = (struct opt_set){ "For every plugin", common_rows, &run->common };
}

/* Everything has to be on its way, or nobody may believe the exit code. */
static int
print(const struct program *run, const struct buf *out, int code)
{
	watchdog_finish(run->env.by);
	if (fwrite(buf_str(out), 1, out->len, stdout) != out->len ||
	    fflush(stdout) == EOF || out->failed)
		return STATE_UNKNOWN;
	return code;
}

/* Is colour welcome on this terminal? See no-color.org. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

/* The width of the window, within what can be read. */
static size_t
window_columns(void)
{
	struct winsize window;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == -1 || window.ws_col == 0)
		return 80;
	return window.ws_col < 40 ? 40 : window.ws_col > 100 ? 100 : window.ws_col;
}

/* The verdict in the form that was asked for. Half of what a machine reads is nothing. */
static void
render(const struct program *run, const struct verdict *v, struct buf *out)
{
	int output = run->output_ahead != 0 ? run->output_ahead : run->common.output;

	if (output == OUTPUT_JSON)
		render_json(v, run->plugin->name, out);
	else if (output == OUTPUT_OPENMETRICS)
		render_openmetrics(v, run->plugin->name, out);
	else if (isatty(STDOUT_FILENO) == 1)
		render_report(v, wants_colour(), window_columns(), out);
	else
		render_text(v, run->common.verbose > 0, out);
	if (out->failed && (output == OUTPUT_JSON || output == OUTPUT_OPENMETRICS))
		out->len = 0;
}

static int
report(struct program *run)
{
	struct buf out = { .max = 1024 * 1024 };
	int code;

	render(run, &run->verdict, &out);
	code = print(run, &out, (int)verdict_state(&run->verdict));
	buf_free(&out);
	return code;
}

/*
 * What the watchdog says, should the run hang: all values unmeasured. A target that
 * leaves no room is left out.
 */
static void
arm_watchdog(const struct program *run)
{
	struct verdict v = run->verdict;
	struct buf words = { .max = WATCHDOG_WORDS };

	v.findings = NULL;
	v.nfindings = 0;
	verdict_find(&v, &frame_watchdog,
	    "the check hung and did not end by its deadline (-t %s)",
	    run->common.timeout);
	render(run, &v, &words);
	if (words.failed) {
		v.target = NULL;
		buf_reset(&words);
		render(run, &v, &words);
	}
	watchdog_arm(run->env.by, &words, (int)verdict_state(&v));
	verdict_drop(&v);
	buf_free(&words);
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
	struct buf path = { 0 }, reason = { 0 };
	bool exposed = false;
	int rc;

	/* A -t that stands before this option holds for the file as well. */
	if (common_timeout(&run->common, &run->env, &run->verdict, why) == -1)
		return -1;
	arm_watchdog(run);
	rc = ini_load(where, run->plugin->name, &sink, &path, &exposed, &reason);
	if (rc == -1)
		(void)buf_addf(why, "--extra-opts: %s", buf_str(&reason));
	if (rc == 0 && exposed && state.secret &&
	    list_add(&run->exposed, buf_str(&path)) == -1) {
		(void)buf_puts(why, "memory is short");
		rc = -1;
	}
	buf_free(&path);
	buf_free(&reason);
	return rc;
}

/* The dialogue, through the gate, to whoever wants it. Called by several threads. */
static void
trace(void *arg, char who, const char *bytes, size_t n)
{
	struct program *run = arg;
	char line[2048];

	text_copy(line, sizeof(line), bytes, n);
	text_tame(line);
	if (run->common.verbose > 1)
		(void)fprintf(stderr, "%c: %s\n", who, line);
	transcript_line(&run->transcript, who, line);
}

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
		(void)buf_addf(&out, "--explain: \"%s\" is no cause of this plugin "
		    "(--explain alone lists them)", run->common.explain);
		rc = usage(run, &out);
	} else {
		rc = print(run, &out, STATE_UNKNOWN);
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

/* The first line of the text is the last one of the transcript. */
static void
close_transcript(struct program *run)
{
	struct buf headline = { 0 };
	int error;

	render_headline(&run->verdict, &headline);
	error = transcript_close(&run->transcript, buf_str(&headline));
	if (error != 0)
		verdict_find(&run->verdict, &transcript_unwritable,
		    "%s cannot be written: %s", run->common.transcript, strerror(error));
	buf_free(&headline);
}

static int
check(struct program *run, const char *target)
{
	const struct common *c = &run->common;
	const struct trace heard = { trace, run };
	const char *tame;

	verdict_target(&run->verdict, target);
	tame = run->verdict.target;
	run->env.now = time(NULL);
	arm_watchdog(run);
	if (c->transcript != NULL)
		transcript_open(&run->transcript, c->transcript, run->plugin->name,
		    tame != NULL ? tame : "", run->env.now, run->env.start);
	if (c->verbose > 1 || c->transcript != NULL)
		run->env.trace = &heard;
	for (size_t i = 0; i < run->exposed.n; i++)
		verdict_find(&run->verdict, &secret_exposed,
		    "%s holds a password and may be read or changed by every user",
		    run->exposed.v[i]);
	if (run->secret_shown)
		verdict_note(&run->verdict, "a password on the command line is seen by "
		    "every user of this machine (ps); --password-file is safe");
	run->plugin->run(run->conf, &run->env, &run->verdict);
	verdict_close(&run->verdict);
	close_transcript(run);
	return report(run);
}

static int
go(struct program *run, int argc, char **argv)
{
	const struct opt_extra extra = { load_extra, run };
	const struct common *c = &run->common;
	struct buf why = { 0 }, target = { 0 };
	int code;

	if ((run->common.help = wants_help(argc, argv)))
		return inform(run);
	run->output_ahead = common_output_ahead(argc, argv);
	if (opt_defaults(run->sets, &why) == -1 ||
	    common_timeout(&run->common, &run->env, &run->verdict, &why) == -1) {
		code = usage(run, &why);
		buf_free(&why);
		return code;
	}
	arm_watchdog(run);
	if (opt_parse(run->sets, argc, argv, &extra, &run->secret_shown, &why) == -1) {
		code = usage(run, &why);
		goto out;
	}
	run->output_ahead = 0;
	if (c->version || c->help_json || c->explain != NULL)
		code = inform(run);
	else if (common_timeout(c, &run->env, &run->verdict, &why) == -1 ||
	    common_judgement(&run->common, run->plugin, &run->verdict, &why) == -1 ||
	    run->plugin->settle(run->conf, &target, &why) == -1)
		code = usage(run, &why);
	else
		code = check(run, buf_str(&target));
out:
	buf_free(&target);
	buf_free(&why);
	return code;
}

/*
 * A connection must not become standard output or error because the caller
 * closed them. What is opened in their place cannot be written to, so that a lost
 * verdict is still noticed.
 */
static void
fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

int
plugin_main(const struct plugin *p, int argc, char **argv)
{
	struct program run = { .plugin = p, .env.start = clock_nsec() };
	int code = STATE_UNKNOWN;

	fill_standard_files();
	(void)signal(SIGPIPE, SIG_IGN);
	run.conf = calloc(1, p->conf_size);
	if (run.conf == NULL || verdict_init(&run.verdict, p->label, p->metrics) == -1) {
		(void)printf("%s UNKNOWN - memory is short\n", p->label);
	} else {
		lay_out(&run);
		code = go(&run, argc, argv);
		opt_free(run.sets);
	}
	list_free(&run.exposed);
	verdict_free(&run.verdict);
	free(run.conf);
	return code;
}
