/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/opt.h"
#include "unit/unit.h"

#define ARGS_MAX 8	/* with the closing NULL; the program's name not counted */

struct conf {
	bool		 quiet;
	int		 verbose, mode, port, count;
	char		*host, *password, *explain;
	struct list	 warnings, mechanisms;
};

static const char *const modes[] = { "none", "starttls", "implicit", NULL };

static const struct opt server_rows[] = {
	{ 'H', "host", OPT_STRING(struct conf, host), "NAME", NULL, "", NULL, 0, false },
	{ 'p', "port", OPT_PORT(struct conf, port), "PORT", NULL, "", NULL, 0, false },
	{ 'n', "count", OPT_NUMBER(struct conf, count), "N", NULL, "", NULL, 0, false },
	{ '\0', "tls", OPT_CHOICE(struct conf, mode), "MODE", NULL, "", modes, 0, false },
	{ 'S', "starttls", OPT_PRESET(struct conf, mode), NULL, NULL, "", NULL, 2,
	    false },
	{ 'P', "password", OPT_SECRET(struct conf, password), "PASSWORD", NULL, "", NULL,
	    0, false },
	{ '\0', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", NULL, "", NULL,
	    0, false },
	{ 0 },
};

static const struct opt common_rows[] = {
	{ 'q', "quiet", OPT_FLAG(struct conf, quiet), NULL, NULL, "", NULL, 0, false },
	{ 'v', "verbose", OPT_COUNT(struct conf, verbose), NULL, NULL, "", NULL, 0,
	    false },
	{ 'w', "warning", OPT_LIST(struct conf, warnings), "RANGE", NULL, "", NULL, 0,
	    false },
	{ '\0', "extra-opts", OPT_KIND_EXTRA, 0, "WHERE", NULL, "", NULL, 0, false },
	{ '\0', "explain", OPT_STRING(struct conf, explain), "CAUSE", NULL, "", NULL, 0,
	    true },
	{ 0 },
};

/* One run of the parser: a command line that may be written to, as main() gets it. */
static struct conf conf;
static const struct opt_set sets[] = {
	{ "Server", server_rows, &conf }, { "Common", common_rows, &conf },
	{ NULL, NULL, NULL },
};
static char *argv[ARGS_MAX + 1];
static struct buf why, seen;

static void
put_list(const char *name, const struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		(void)buf_addf(&seen, "%s%s", i == 0 ? name : "+", list->v[i]);
}

static void
put_string(const char *name, const char *value)
{
	if (value != NULL)
		(void)buf_addf(&seen, "%s[%s]", name, value);
}

static void
put_number(const char *name, int value)
{
	if (value != 0)
		(void)buf_addf(&seen, "%s%d", name, value);
}

/* What the fields hold, as one text. */
static const char *
held(void)
{
	buf_reset(&seen);
	put_string(" host=", conf.host);
	put_number(" port=", conf.port);
	put_number(" count=", conf.count);
	put_number(" mode=", conf.mode);
	put_string(" password=", conf.password);
	put_list(" mechanism=", &conf.mechanisms);
	put_number(" quiet=", conf.quiet);
	put_number(" verbose=", conf.verbose);
	put_list(" warning=", &conf.warnings);
	put_string(" explain=", conf.explain);
	return buf_str(&seen);
}

/* An ini file that knows a host and a port; "bad" cannot be read. */
static int
load(void *arg, const char *where, const struct opt_set *all, struct buf *reason)
{
	int *loaded = arg;

	++*loaded;
	if (where != NULL && strcmp(where, "bad") == 0) {
		(void)buf_puts(reason, "no such file");
		return -1;
	}
	return opt_set(all, "host", where != NULL ? where : "default", reason) == 0 &&
	    opt_set(all, "p", "99", reason) == 0 ? 0 : -1;
}

static bool	 secret_seen;

static int
parse(const char *const args[ARGS_MAX])
{
	int argc = 1, loaded = 0;
	const struct opt_extra extra = { load, &loaded };

	argv[0] = strdup("check");
	for (; argc <= ARGS_MAX && args[argc - 1] != NULL; argc++)
		argv[argc] = strdup(args[argc - 1]);
	return opt_parse(sets, argc, argv, &extra, &secret_seen, &why);
}

/* Nothing may be left, and freeing twice is freeing once. */
static void
clean(void)
{
	for (size_t i = 0; i < LEN(argv); i++)
		free(argv[i]);
	opt_free(sets);
	ck_assert_ptr_null(conf.host);
	ck_assert_ptr_null(conf.password);
	ck_assert_ptr_null(conf.explain);
	ck_assert_ptr_null(conf.warnings.v);
	ck_assert_ptr_null(conf.mechanisms.v);
	ck_assert_uint_eq(conf.warnings.n + conf.mechanisms.n, 0);
	opt_free(sets);
	buf_free(&why);
	buf_free(&seen);
}

static const struct {
	const char	*args[ARGS_MAX];
	const char	*held;
} good[] = {
	{ { NULL }, "" },
	{ { "--host", "mail" }, " host=[mail]" },
	{ { "--host=mail" }, " host=[mail]" },
	{ { "-H", "mail" }, " host=[mail]" },
	{ { "-Hmail" }, " host=[mail]" },
	{ { "-H=mail" }, " host=[=mail]" },
	{ { "--host=a=b" }, " host=[a=b]" },
	{ { "--host", "--port" }, " host=[--port]" },
	{ { "-H", "-v" }, " host=[-v]" },
	{ { "-H", "--", "-v" }, " host=[--] verbose=1" },
	{ { "--host= a b " }, " host=[ a b ]" },
	{ { "--host=m\xc3\xbcnchen" }, " host=[m\xc3\xbcnchen]" },
	{ { "-v" }, " verbose=1" },
	{ { "-vvv" }, " verbose=3" },
	{ { "-v", "--verbose", "-v" }, " verbose=3" },
	{ { "-q", "-q" }, " quiet=1" },
	{ { "-qvHmail" }, " host=[mail] quiet=1 verbose=1" },
	{ { "-vqH", "mail", "-v" }, " host=[mail] quiet=1 verbose=2" },
	{ { "-v", "--" }, " verbose=1" },
	{ { "--host=a", "-Hb", "--host", "c" }, " host=[c]" },
	{ { "-p1" }, " port=1" },
	{ { "-p", "65535" }, " port=65535" },
	{ { "--port=0025" }, " port=25" },
	{ { "-p25", "--port=587" }, " port=587" },
	{ { "-n1" }, " count=1" },
	{ { "--count=1000000" }, " count=1000000" },
	{ { "--tls=none" }, " mode=1" },
	{ { "--tls=STARTTLS" }, " mode=2" },
	{ { "--tls", "Implicit" }, " mode=3" },
	{ { "-S" }, " mode=2" },
	{ { "-S", "--tls=none" }, " mode=1" },
	{ { "--tls=none", "--starttls" }, " mode=2" },
	{ { "-w1", "-w", "2,3", "--warning=4" }, " warning=1+2,3+4" },
	{ { "--mechanism=PLAIN" }, " mechanism=PLAIN" },
	{ { "--mechanism=PLAIN,LOGIN,x" }, " mechanism=PLAIN+LOGIN+x" },
	{ { "--mechanism=a,b", "--mechanism=c" }, " mechanism=c" },
	{ { "--explain" }, " explain=[]" },
	{ { "--explain=x" }, " explain=[x]" },
	{ { "--explain", "x" }, " explain=[x]" },
	{ { "--explain", "-v" }, " verbose=1 explain=[]" },
	{ { "--explain=x", "--explain" }, " explain=[]" },
	{ { "-P", "my secret" }, " password=[my secret]" },
	{ { "-Pone", "--password=two" }, " password=[two]" },
	{ { "--extra-opts" }, " host=[default] port=99" },
	{ { "--extra-opts=other" }, " host=[other] port=99" },
	{ { "--extra-opts", "other" }, " host=[other] port=99" },
	{ { "--extra-opts", "-p25" }, " host=[default] port=25" },
	{ { "-p25", "--extra-opts" }, " host=[default] port=99" },
};

START_TEST(parsed)
{
	int rc = parse(good[_i].args);

	ck_assert_msg(rc == 0, "%s", buf_str(&why));
	ck_assert_str_eq(held(), good[_i].held);
	ck_assert_uint_eq(why.len, 0);
	clean();
}
END_TEST

#define LISTS " (--help lists them)"
#define NO_PORT "--port takes a port number from 1 to 65535, not "
#define NO_NUMBER "--count takes a whole number from 1 to 1000000, not "
#define NO_MODE "--tls takes none, starttls or implicit"

static const struct {
	const char	*args[ARGS_MAX];
	const char	*why;
} bad[] = {
	{ { "--hosts=mail" }, "there is no option --hosts" LISTS },
	{ { "--hos", "mail" }, "there is no option --hos" LISTS },
	{ { "--hos=secret" }, "there is no option --hos" LISTS },
	{ { "--HOST=mail" }, "there is no option --HOST" LISTS },
	{ { "--H=mail" }, "there is no option --H" LISTS },
	{ { "--v" }, "there is no option --v" LISTS },
	{ { "--=x" }, "there is no option --" LISTS },
	{ { "---host=x" }, "there is no option ---host" LISTS },
	{ { "-x" }, "there is no option -x" LISTS },
	{ { "-vx" }, "there is no option -x" LISTS },
	{ { "-host" }, "there is no option -h" LISTS },
	{ { "-v=3" }, "there is no option -=" LISTS },
	{ { "-V" }, "there is no option -V" LISTS },
	{ { "mail" }, "\"mail\" belongs to no option" LISTS },
	{ { "-v", "3" }, "\"3\" belongs to no option" LISTS },
	{ { "-" }, "\"-\" belongs to no option" LISTS },
	{ { "" }, "\"\" belongs to no option" LISTS },
	{ { "--", "-v" }, "\"-v\" belongs to no option" LISTS },
	{ { "--", "--" }, "\"--\" belongs to no option" LISTS },
	{ { "--explain", "x", "y" }, "\"y\" belongs to no option" LISTS },
	{ { "--extra-opts", "x", "y" }, "\"y\" belongs to no option" LISTS },
	{ { "--extra-opts=bad" }, "no such file" },
	{ { "--host" }, "--host takes NAME, and nothing was given" },
	{ { "-H" }, "--host takes NAME, and nothing was given" },
	{ { "-vH" }, "--host takes NAME, and nothing was given" },
	{ { "-P" }, "--password takes PASSWORD, and nothing was given" },
	{ { "--host=" }, "--host takes NAME, not an empty text" },
	{ { "-H", "" }, "--host takes NAME, not an empty text" },
	{ { "--explain=" }, "--explain takes CAUSE, not an empty text" },
	{ { "--password=" }, "--password takes PASSWORD, not an empty text" },
	{ { "-w", "" }, "--warning takes RANGE, not an empty text" },
	{ { "--verbose=3" }, "--verbose takes no value, not \"3\"" },
	{ { "--quiet=" }, "--quiet takes no value, not an empty text" },
	{ { "--starttls=yes" }, "--starttls takes no value, not \"yes\"" },
	{ { "--host=a\r\nQUIT" }, "--host takes NAME without control characters" },
	{ { "--host=a\n" }, "--host takes NAME without control characters" },
	{ { "-H\r" }, "--host takes NAME without control characters" },
	{ { "-H", "\x01" }, "--host takes NAME without control characters" },
	{ { "-H", "a\tb" }, "--host takes NAME without control characters" },
	{ { "-H", "a\x7f" }, "--host takes NAME without control characters" },
	{ { "-w\n" }, "--warning takes RANGE without control characters" },
	{ { "--mechanism=a\x1b" }, "--mechanism takes LIST without control characters" },
	{ { "--tls=none\n" }, NO_MODE " without control characters" },
	{ { "-p0" }, NO_PORT "\"0\"" },
	{ { "-p65536" }, NO_PORT "\"65536\"" },
	{ { "-p", "25x" }, NO_PORT "\"25x\"" },
	{ { "-p", "-1" }, NO_PORT "\"-1\"" },
	{ { "-p", " 25" }, NO_PORT "\" 25\"" },
	{ { "-n0" }, NO_NUMBER "\"0\"" },
	{ { "--count=1000001" }, NO_NUMBER "\"1000001\"" },
	{ { "--count=many" }, NO_NUMBER "\"many\"" },
	{ { "-p", "smtp" }, NO_PORT "\"smtp\"" },
	{ { "-p", "0x19" }, NO_PORT "\"0x19\"" },
	{ { "-p99999999999999999999" }, NO_PORT "\"99999999999999999999\"" },
	{ { "-p", "" }, NO_PORT "an empty text" },
	{ { "--tls=tls" }, NO_MODE ", not \"tls\"" },
	{ { "--tls=start" }, NO_MODE ", not \"start\"" },
	{ { "--tls=none " }, NO_MODE ", not \"none \"" },
	{ { "--tls" }, NO_MODE ", and nothing was given" },
	{ { "--mechanism=a,,b" }, "--mechanism takes LIST, not \"a,,b\"" },
	{ { "--mechanism=,a" }, "--mechanism takes LIST, not \",a\"" },
	{ { "--mechanism=a," }, "--mechanism takes LIST, not \"a,\"" },
	{ { "--mechanism=," }, "--mechanism takes LIST, not \",\"" },
};

START_TEST(refused)
{
	ck_assert_int_eq(parse(bad[_i].args), -1);
	ck_assert_str_eq(buf_str(&why), bad[_i].why);
	clean();
}
END_TEST

/* What others see of the command line, and what the error says, with a secret on it. */
static const struct {
	const char	*args[ARGS_MAX];
	const char	*after[ARGS_MAX];	/* the arguments, blanked */
	const char	*why;			/* NULL: there is no error */
} secrets[] = {
	{ { "-P", "Xyzzy1" }, { "-P", "" }, NULL },
	{ { "-PXyzzy1" }, { "-P" }, NULL },
	{ { "-vPXyzzy1", "-v" }, { "-vP", "-v" }, NULL },
	{ { "--password=Xyzzy1" }, { "--password=" }, NULL },
	{ { "--password", "Xyzzy1 2" }, { "--password", "" }, NULL },
	{ { "-PXyzzy1", "--password=Xyzzy2" }, { "-P", "--password=" }, NULL },
	{ { "-P", "Xyzzy1\n2" }, { "-P", "" },
	    "--password takes PASSWORD without control characters" },
	/* the rest of a password that was split by a blank */
	{ { "-P", "a", "Xyzzy1" }, { "-P", "", "Xyzzy1" },
	    "argument 3 belongs to no option" LISTS },
	{ { "-P", "a", "-Xyzzy1" }, { "-P", "", "-Xyzzy1" },
	    "argument 3 belongs to no option" LISTS },
	{ { "-P", "a", "-vXyzzy1" }, { "-P", "", "-vXyzzy1" },
	    "argument 3 belongs to no option" LISTS },
	{ { "-P", "a", "--Xyzzy1" }, { "-P", "", "--Xyzzy1" },
	    "argument 3 belongs to no option" LISTS },
	{ { "-P", "a", "-v", "--Xyzzy1=b" }, { "-P", "", "-v", "--Xyzzy1=b" },
	    "argument 4 belongs to no option" LISTS },
	{ { "-P", "a", "--", "Xyzzy1" }, { "-P", "", "--", "Xyzzy1" },
	    "argument 4 belongs to no option" LISTS },
};

START_TEST(secret)
{
	int rc = parse(secrets[_i].args);

	ck_assert_int_eq(rc, secrets[_i].why == NULL ? 0 : -1);
	ck_assert_str_eq(buf_str(&why), secrets[_i].why != NULL ? secrets[_i].why : "");
	ck_assert_ptr_null(strstr(buf_str(&why), "yzzy"));
	for (size_t i = 0; secrets[_i].after[i] != NULL; i++) {
		size_t len = strlen(secrets[_i].after[i]);

		ck_assert_str_eq(argv[i + 1], secrets[_i].after[i]);
		/* blanked to its end, not cut by one NUL */
		for (; len < strlen(secrets[_i].args[i]); len++)
			ck_assert_int_eq(argv[i + 1][len], '\0');
	}
	clean();
}
END_TEST

static const struct {
	const char	*name, *value;
	const char	*held;		/* NULL: it is refused */
	const char	*why;
	bool		 secret;
} keys[] = {
	{ "host", "mail", " host=[mail]", "", false },
	{ "H", "mail", " host=[mail]", "", false },
	{ "verbose", NULL, " verbose=1", "", false },
	{ "v", NULL, " verbose=1", "", false },
	{ "explain", NULL, " explain=[]", "", false },
	{ "password", "Xyzzy1", " password=[Xyzzy1]", "", true },
	{ "P", "Xyzzy1", " password=[Xyzzy1]", "", true },
	{ "host", NULL, NULL, "--host takes NAME, and nothing was given", false },
	{ "password", "\x7f", NULL,
	    "--password takes PASSWORD without control characters", true },
	{ "quiet", "no", NULL, "--quiet takes no value, not \"no\"", false },
	{ "p", "x", NULL, NO_PORT "\"x\"", false },
	{ "hos", "mail", NULL, "there is no such option" LISTS, false },
	{ "x", "mail", NULL, "there is no such option" LISTS, false },
	{ "", "mail", NULL, "there is no such option" LISTS, false },
	{ "password: Xyzzy1", NULL, NULL, "there is no such option" LISTS, false },
	/* a file does not read another one */
	{ "extra-opts", "x", NULL, "there is no such option" LISTS, false },
};

START_TEST(key)
{
	int rc = opt_set(sets, keys[_i].name, keys[_i].value, &why);

	ck_assert_int_eq(rc, keys[_i].held != NULL ? 0 : -1);
	ck_assert_str_eq(buf_str(&why), keys[_i].why);
	ck_assert_str_eq(held(), keys[_i].held != NULL ? keys[_i].held : "");
	ck_assert_int_eq(opt_is_secret(sets, keys[_i].name), keys[_i].secret);
	clean();
}
END_TEST

static const struct {
	struct opt	 row;
	const char	*held;		/* NULL: the default is refused as if typed */
} defaults[] = {
	{ { 'p', "port", OPT_PORT(struct conf, port), "PORT", "587", "", NULL, 0, false },
	    " port=587" },
	{ { 'p', "port", OPT_PORT(struct conf, port), "PORT", "0", "", NULL, 0, false },
	    NULL },
	{ { '\0', "tls", OPT_CHOICE(struct conf, mode), "MODE", "Starttls", "", modes, 0,
	    false }, " mode=2" },
	{ { '\0', "tls", OPT_CHOICE(struct conf, mode), "MODE", "2", "", modes, 0,
	    false }, NULL },
	{ { 'H', "host", OPT_STRING(struct conf, host), "NAME", "localhost", "", NULL, 0,
	    false }, " host=[localhost]" },
	{ { 'H', "host", OPT_STRING(struct conf, host), "NAME", "", "", NULL, 0, false },
	    NULL },
	{ { 'm', "mechanism", OPT_WORDS(struct conf, mechanisms), "LIST", "a,b", "", NULL,
	    0, false }, " mechanism=a+b" },
	{ { 'H', "host", OPT_STRING(struct conf, host), "NAME", NULL, "", NULL, 0,
	    false }, "" },
};

START_TEST(fallback)
{
	const struct opt rows[] = { defaults[_i].row, { 0 } };
	const struct opt_set one[] = { { "One", rows, &conf }, { NULL, NULL, NULL } };
	int rc = opt_defaults(one, &why);

	ck_assert_int_eq(rc, defaults[_i].held != NULL ? 0 : -1);
	ck_assert_str_eq(held(), defaults[_i].held != NULL ? defaults[_i].held : "");
	ck_assert_int_eq(why.len == 0, rc == 0);
	clean();
}
END_TEST

START_TEST(typed_beats_fallback)
{
	const struct opt rows[] = { defaults[6].row, { 0 } };
	const struct opt_set one[] = { { "One", rows, &conf }, { NULL, NULL, NULL } };

	ck_assert_int_eq(opt_defaults(one, &why), 0);
	ck_assert_int_eq(parse((const char *const[ARGS_MAX]){ "--mechanism=c" }), 0);
	ck_assert_str_eq(held(), " mechanism=c");
	clean();
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, parsed, 0, LEN(good));
	tcase_add_loop_test(t, refused, 0, LEN(bad));
	tcase_add_loop_test(t, secret, 0, LEN(secrets));
	tcase_add_loop_test(t, key, 0, LEN(keys));
	tcase_add_loop_test(t, fallback, 0, LEN(defaults));
	tcase_add_test(t, typed_beats_fallback);
}
