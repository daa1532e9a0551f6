/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <string.h>

#include "frame/help.h"
#include "frame/secret.h"
#include "mail/refusal.h"
#include "mail/session.h"
#include "probe/options.h"
#include "unit/unit.h"

#define COLUMNS 80

/* The tables of a plugin that connects and logs in. */
struct conf {
	struct session_conf	 session;
	char			*user, *explain;
	struct secret_conf	 secret;
	struct list		 mechanisms, warnings;
	int			 verbose;
};


static const struct opt server_rows[] = {
	OPTS_CONNECT(struct conf, session,
	    "TCP port (default: 587, with --tls=implicit 465)"),
	OPTS_TLS(struct conf, session),
	{ 0 },
};

static const struct opt other_rows[] = {
	OPTS_SECRET(struct conf, secret),
	{ '\0', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", NULL,
	    "use one of these mechanisms only, apart by commas: PLAIN, LOGIN (default: "
	    "the strongest offered)", NULL, 0, false },
	{ 'v', "verbose", OPT_COUNT(struct conf, verbose), NULL, NULL,
	    "say \"more\" \\ less", NULL, 0, false },
	{ 'w', "warning", OPT_LIST(struct conf, warnings), "[METRIC=]RANGE", "time=5",
	    "warn", NULL, 0, false },
	{ '\0', "an-option-with-a-rather-long-name", OPT_STRING(struct conf, user),
	    "AN-ARGUMENT", NULL, "text", NULL, 0, false },
	{ '\0', "extra-opts", OPT_KIND_EXTRA, 0, "[SECTION][@FILE]", NULL, "read", NULL,
	    0, false },
	{ '\0', "explain", OPT_STRING(struct conf, explain), "CAUSE", NULL, "print", NULL,
	    0, true },
	{ 0 },
};

static const struct opt_set sets[] = {
	{ "Server", server_rows, NULL }, { "Others", other_rows, NULL },
	{ NULL, NULL, NULL },
};

static const struct metric metrics[] = {
	{ "time", UNIT_SECONDS, false, .help = "the whole check" },
	{ "a_label_of_25_characters_", UNIT_NONE, false, .help = "a text that is "
	    "longer than what fits the line that it has begun, and which therefore goes "
	    "on in the next" },
	{ "cert_days", UNIT_DAYS, true, .help = "days" },
	{ 0 },
};

static const struct cause *const *const causes[] = {
	smtp_causes, refusal_causes, chain_causes, net_causes, tls_causes, secret_causes,
	judge_causes, frame_causes, diag_causes, NULL,
};

static const struct plugin plugins[] = {
	{ .name = "check_smtp_auth", .label = "SMTP_AUTH", .purpose = "Can this account "
	    "log in here and submit mail, and if not, whose fault is it?",
	    .metrics = metrics, .causes = causes },
	{ .name = "check_queue_depth", .label = "QUEUE_DEPTH",
	    .purpose = "How many messages wait, how old, for whom and why: every mail "
	    "server, and plain folder queues that others fill?", .metrics = metrics,
	    .causes = causes },
};

/* Every line is printable and fits a terminal. */
static void
check_lines(const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		ck_assert_msg(n <= COLUMNS, "%zu columns: %.*s", n, (int)n, text);
		ck_assert_msg(n == 0 || text[n - 1] != ' ', "blank behind: %.*s", (int)n,
		    text);
		for (size_t i = 0; i < n; i++)
			ck_assert(text[i] >= ' ' && text[i] <= '~');
		ck_assert_int_eq(text[n], '\n');
		text += n + 1;
	}
}

static const char *const said[] = {
	"\nServer:\n", "\nOthers:\n",
	"\n  -H, --host=NAME           the server: a name, an address, or the path of a\n"
	"                            UNIX socket\n",
	"\n      --ca-file=FILE        trust these certificates (PEM) instead of the\n"
	"                            system's\n",
	"\n      --tls=MODE            how the connection is encrypted: none, starttls,\n"
	"                            implicit, opportunistic\n",
	"\n  -v, --verbose             say \"more\" \\ less\n",
	"\n  -w, --warning=[METRIC=]RANGE\n"
	"                            warn (default: time=5)\n",
	"\n      --an-option-with-a-rather-long-name=AN-ARGUMENT\n"
	"                            text\n",
	"\n      --extra-opts[=[SECTION][@FILE]]\n                            read\n",
	"\n      --explain[=CAUSE]     print\n",
	"\n  time                      the whole check\n",
	"\n  a_label_of_25_characters_ a text that is longer than what fits the line "
	"that\n                            it has begun,",
	"\n  cert_days                 days; low is bad: N means N:\n",
};

START_TEST(text)
{
	struct buf out = { 0 };

	help_text(&plugins[0], sets, &out);
	ck_assert(!out.failed);
	ck_assert_msg(strstr(buf_str(&out), said[_i]) != NULL, "%s is not in\n%s",
	    said[_i], buf_str(&out));
	buf_free(&out);
}
END_TEST

START_TEST(columns)
{
	struct buf out = { 0 };

	help_text(&plugins[_i], sets, &out);
	check_lines(buf_str(&out));
	buf_free(&out);
}
END_TEST

/*
 * A strict reader of JSON (RFC 8259), as far as it is needed: it returns what follows a
 * value, or NULL when there is none.
 */
static const char *json_value(const char *s);

/* What is behind a backslash. */
static const char *
json_escape(const char *s)
{
	if (*s == 'u')
		return strspn(s + 1, "0123456789abcdefABCDEF") >= 4 ? s + 5 : NULL;
	return *s != '\0' && strchr("\"\\/bfnrt", *s) != NULL ? s + 1 : NULL;
}

static const char *
json_text(const char *s)
{
	if (*s++ != '"')
		return NULL;
	while (s != NULL && *s != '"') {
		if ((unsigned char)*s < ' ')
			return NULL;
		s = *s == '\\' ? json_escape(s + 1) : s + 1;
	}
	return s != NULL ? s + 1 : NULL;
}

static const char *
json_members(const char *s, char close, bool named)
{
	if (*s == close)
		return s + 1;
	for (;;) {
		if (named && ((s = json_text(s)) == NULL || *s++ != ':'))
			return NULL;
		if ((s = json_value(s)) == NULL)
			return NULL;
		if (*s == close)
			return s + 1;
		if (*s++ != ',')
			return NULL;
	}
}

static const char *
json_value(const char *s)
{
	static const char *const words[] = { "null", "true", "false" };

	if (*s == '{')
		return json_members(s + 1, '}', true);
	if (*s == '[')
		return json_members(s + 1, ']', false);
	for (size_t i = 0; i < LEN(words); i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return s + strlen(words[i]);
	return json_text(s);
}

/* The reader itself must be able to fail. */
static const struct {
	const char	*json;
	bool		 valid;
} texts[] = {
	{ "{}", true }, { "[]", true }, { "[null,true,\"a\"]", true },
	{ "{\"a\":[{\"b\":null},\"c\"]}", true }, { "\"\\u00e4\\n\\\"\\\\\"", true },
	{ "\"\"", true },
	{ "", false }, { "{", false }, { "[1", false }, { "{\"a\"}", false },
	{ "{a:null}", false },
	{ "[null,]", false }, { "[,null]", false }, { "{\"a\":}", false },
	{ "{\"a\":null,}", false }, { "[null null]", false }, { "[null}", false },
	{ "\"a", false }, { "\"a\nb\"", false }, { "\"\\x\"", false },
	{ "\"\\u12g4\"", false },
	{ "nul", false }, { "\"\\", false },
};

START_TEST(reader)
{
	const char *end = json_value(texts[_i].json);

	ck_assert_int_eq(end != NULL && *end == '\0', texts[_i].valid);
}
END_TEST

START_TEST(json)
{
	struct buf out = { 0 };
	const char *end;

	help_json(&plugins[_i], sets, &out);
	ck_assert(!out.failed);
	end = json_value(buf_str(&out));
	ck_assert_ptr_nonnull(end);
	ck_assert_str_eq(end, "\n");		/* one object on one line */
	buf_free(&out);
}
END_TEST

/* Members of the object, with ' for each ". */
static const char *const members[] = {
	"{'plugin':'check_smtp_auth','version':'",
	"{'group':'Server','letter':'H','word':'host','argument':'NAME','type':'string',"
	"'repeatable':false,'choices':[],'default':null,'help':'the ",
	"'word':'dns','argument':'ADDR[#PORT]','type':'string','repeatable':true,",
	"'word':'port','argument':'PORT','type':'port',",
	"'type':'choice','repeatable':false,'choices':['none','starttls','implicit',"
	"'opportunistic'],",
	"'letter':null,'word':'ssl','argument':null,'type':'flag','repeatable':false",
	"'word':'password','argument':'PASSWORD','type':'secret',",
	"'word':'mechanism','argument':'LIST','type':'words','repeatable':false,",
	"'word':'verbose','argument':null,'type':'flag','repeatable':true,",
	"'help':'say \\'more\\' \\\\ less'}",
	"'default':'time=5'",
	"'metrics':[{'label':'time','unit':'s','low_is_bad':false,'help':'the whole",
	"{'label':'cert_days','unit':'','low_is_bad':true,",
	"{'slug':'auth-rejected','class':'auth','state':'CRITICAL','meaning':'",
	"'slug':'internal-error'",
};

START_TEST(member)
{
	struct buf out = { 0 };

	help_json(&plugins[0], sets, &out);
	for (size_t i = 0; i < out.len; i++)
		if (out.data[i] == '"')
			out.data[i] = '\'';
	ck_assert_msg(strstr(buf_str(&out), members[_i]) != NULL, "%s", members[_i]);
	buf_free(&out);
}
END_TEST

static const struct {
	const char	*slug;
	int		 rc;
	const char	*start;
} slugs[] = {
	{ "auth-rejected", 0, "auth-rejected (auth, CRITICAL)\n    the server refuses" },
	{ "timeout", 0,
	    "timeout (network, CRITICAL; -t DURATION:STATE changes it)\n    " },
	{ "password-exposed", 0, "password-exposed (local, WARNING)\n" },
	{ "auth", -1, "" }, { "Auth-Rejected", -1, "" }, { "auth-rejected ", -1, "" },
	{ "nonsense", -1, "" },
};

START_TEST(explain_one)
{
	struct buf out = { 0 };

	ck_assert_int_eq(help_explain(&plugins[0], slugs[_i].slug, &out), slugs[_i].rc);
	ck_assert_msg(strncmp(buf_str(&out), slugs[_i].start,
	    strlen(slugs[_i].start)) == 0, "%s", buf_str(&out));
	if (slugs[_i].rc == 0)
		ck_assert_ptr_nonnull(strstr(buf_str(&out), "\n    remedy: "));
	else
		ck_assert_uint_eq(out.len, 0);
	check_lines(buf_str(&out));
	buf_free(&out);
}
END_TEST

START_TEST(explain_all)
{
	struct buf out = { 0 };

	ck_assert_int_eq(help_explain(&plugins[0], "", &out), 0);
	ck_assert(!out.failed);
	check_lines(buf_str(&out));
	for (size_t t = 0; causes[t] != NULL; t++) {
		for (size_t i = 0; causes[t][i] != NULL; i++) {
			char line[128];

			(void)snprintf(line, sizeof(line), "%s (%s, ", causes[t][i]->slug,
			    class_name(causes[t][i]->class));
			ck_assert_msg(strstr(buf_str(&out), line) != NULL, "%s", line);
			ck_assert_ptr_eq(plugin_cause(&plugins[0], causes[t][i]->slug),
			    causes[t][i]);
		}
	}
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, text, 0, LEN(said));
	tcase_add_loop_test(t, columns, 0, LEN(plugins));
	tcase_add_loop_test(t, reader, 0, LEN(texts));
	tcase_add_loop_test(t, json, 0, LEN(plugins));
	tcase_add_loop_test(t, member, 0, LEN(members));
	tcase_add_loop_test(t, explain_one, 0, LEN(slugs));
	tcase_add_test(t, explain_all);
}
