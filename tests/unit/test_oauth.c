/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "mail/oauth.h"
#include "mail/sasl_base64.h"
#include "unit/unit.h"

#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"	/* {"alg":"HS256","typ":"JWT"} */
#define SIGNATURE "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

/* A token whose second part is this JSON, in the alphabet and without the padding. */
static void
make_token(struct buf *token, const char *json)
{
	(void)buf_puts(token, HEADER ".");
	(void)base64_encode(token, json, strlen(json));
	while (token->data[token->len - 1] == '=')
		token->data[--token->len] = '\0';
	for (char *c = token->data; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	(void)buf_puts(token, "." SIGNATURE);
}

static const struct {
	const char	*json;
	long long	 expiry;	/* -1: it does not say */
} claims[] = {
	{ "{\"exp\":1300819380}",	1300819380 },
	{ "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
	    "\"http://example.com/is_root\":true}",
	    1300819380 },
	{ "{\"exp\":1}",		1 },
	{ "{\"exp\":0}",		0 },
	{ "{\"exp\":1300819380.0}",	1300819380 },
	{ "{\"exp\":1300819380.999}",	1300819380 },
	{ "{\"exp\":0.5}",		0 },
	{ "{\"exp\":4102444800}",	4102444800 },	/* beyond 32 bits */
	{ "{\"exp\":253402300799}",	253402300799 },
	{ " {\"exp\" : 5 } ",		5 },
	{ "{\"\\u0065xp\":5}",		5 },
	{ "{\"aud\":[\"a\",\"b\"],\"exp\":5}", 5 },
	{ "{\"act\":{\"exp\":7},\"exp\":5}", 5 },
	{ "{\"nbf\":1,\"iat\":2,\"exp\":5}", 5 },
	{ "{\"sub\":\"?>?>?>\xc3\xbf\xc3\xbe\",\"exp\":5}", 5 },
	/* out of range */
	{ "{\"exp\":253402300800}",	-1 },
	{ "{\"exp\":253402300799.5}",	-1 },
	{ "{\"exp\":9223372036854775807}", -1 },
	{ "{\"exp\":9223372036854775808}", -1 },
	{ "{\"exp\":18446744073709551616}", -1 },
	{ "{\"exp\":1000000000000000000000000000000000000000000000000000000000000000000}",
	    -1 },
	{ "{\"exp\":-1}",		-1 },
	{ "{\"exp\":-0.5}",		-1 },
	{ "{\"exp\":-1300819380}",	-1 },
	/* milliseconds are not seconds */
	{ "{\"exp\":1300819380000}",	-1 },
	/* no number as we read one */
	{ "{\"exp\":\"1300819380\"}",	-1 },
	{ "{\"exp\":1.3e9}",		-1 },
	{ "{\"exp\":1E9}",		-1 },
	{ "{\"exp\":1e999}",		-1 },
	{ "{\"exp\":true}",		-1 },
	{ "{\"exp\":null}",		-1 },
	{ "{\"exp\":[1300819380]}",	-1 },
	{ "{\"exp\":{\"exp\":5}}",	-1 },
	{ "{\"exp\":NaN}",		-1 },
	{ "{\"exp\":Infinity}",		-1 },
	{ "{\"exp\":0x5}",		-1 },
	{ "{\"exp\":05}",		-1 },
	/* not there */
	{ "{}",				-1 },
	{ "{\"iat\":1300819380}",	-1 },
	{ "{\"Exp\":5}",		-1 },
	{ "{\"act\":{\"exp\":5}}",	-1 },
	{ "{\"sub\":\"\\\"exp\\\":5\"}", -1 },
	/* there twice */
	{ "{\"exp\":5,\"exp\":9999999999}", -1 },
	/* no object */
	{ "",				-1 },
	{ "5",				-1 },
	{ "[5]",			-1 },
	{ "\"exp\"",			-1 },
	{ "{\"exp\":5",			-1 },
	{ "{\"exp\":5}x",		-1 },
	{ "{'exp':5}",			-1 },
	{ "{\"exp\":5,}",		-1 },
	{ "{\"sub\":\"\xe4\",\"exp\":5}", -1 },
};

START_TEST(claim)
{
	struct buf token = { 0 };
	time_t expiry = -42;

	make_token(&token, claims[_i].json);
	ck_assert_msg(oauth_expiry(buf_str(&token), &expiry) ==
	    (claims[_i].expiry == -1 ? 1 : 0), "%s", claims[_i].json);
	ck_assert_int_eq(expiry, claims[_i].expiry == -1 ? -42 : claims[_i].expiry);
	buf_free(&token);
}
END_TEST

#define CLAIMS "eyJleHAiOjV9"		/* {"exp":5} */

static const struct {
	const char	*token;
	int		 rc;
} tokens[] = {
	{ HEADER "." CLAIMS "." SIGNATURE,	0 },
	/* RFC 7519 3.1 */
	{ "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4"
	    "MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 0 },
	/* not signed (RFC 7519 6.1) */
	{ HEADER "." CLAIMS ".",		0 },
	{ "",					1 },
	{ ".",					1 },
	{ "..",					1 },
	{ "...",				1 },
	{ HEADER,				1 },
	{ HEADER "." CLAIMS,			1 },
	{ HEADER ".." SIGNATURE,		1 },
	/* encrypted (RFC 7516 7.1): five parts */
	{ HEADER "." CLAIMS "." SIGNATURE "." CLAIMS "." CLAIMS, 1 },
	{ HEADER "." CLAIMS "." SIGNATURE ".",	1 },
	{ "." HEADER "." CLAIMS "." SIGNATURE,	1 },
	/* Google's and others' are opaque; some have dots */
	{ "ya29.a0AfB_byDfMx-QCYS4q9vRZ",	1 },
	{ "ya29.a0AfB_byDf.MxQCYS4q9vRZ",	1 },
	{ "EwBAA8l6BAAUO9chh8cJscQLmU+LSWpbnr0vmwwAAQ==", 1 },
	{ "5d3c5f1a-8c5e-4b52-9d20-1c7e0a4b2f11", 1 },
	/* another part than the second */
	{ CLAIMS "." HEADER "." SIGNATURE,	1 },
	{ HEADER "." SIGNATURE "." CLAIMS,	1 },
	/* no base64url */
	{ HEADER "." CLAIMS "." SIGNATURE "+",	1 },
	{ HEADER "." CLAIMS "./w==",		1 },
	{ HEADER "!." CLAIMS "." SIGNATURE,	1 },
	{ HEADER "." CLAIMS "A." SIGNATURE,	1 },
	{ HEADER "." CLAIMS " ." SIGNATURE,	1 },
	{ HEADER "." CLAIMS "." SIGNATURE "\n",	1 },
	{ "Bearer " HEADER "." CLAIMS "." SIGNATURE, 1 },
	{ "\xff\xfe." CLAIMS ".",		1 },
	{ "\"" HEADER "." CLAIMS "." SIGNATURE "\"", 1 },
};

START_TEST(token)
{
	time_t expiry = -42;

	ck_assert_msg(oauth_expiry(tokens[_i].token, &expiry) == tokens[_i].rc, "%s",
	    tokens[_i].token);
	ck_assert(tokens[_i].rc == 0 ? expiry >= 0 : expiry == -42);
}
END_TEST

/* Longer than any buffer: no token, and no harm. */
START_TEST(huge)
{
	size_t n = (size_t)1 << 20;
	char *text = malloc(n + 1);
	time_t expiry = -42;

	ck_assert_ptr_nonnull(text);
	for (int dots = 0; dots < 2; dots++) {
		memset(text, 'A', n);
		text[n] = '\0';
		if (dots == 1)
			text[4] = text[n - 4] = '.';
		ck_assert_int_eq(oauth_expiry(text, &expiry), 1);
	}
	ck_assert_int_eq(expiry, -42);
	free(text);
}
END_TEST

static const struct {
	const char	*json, *words;		/* NULL: it is no token */
} told[] = {
	{ "{\"sub\":\"bob\",\"iss\":\"lab\",\"scope\":\"mail\",\"exp\":5}",
	    "subject bob, issuer lab, scope mail" },
	{ "{\"scp\":\"SMTP.Send\",\"upn\":\"alice@example.org\"}",
	    "user alice@example.org, scope SMTP.Send" },
	{ "{\"aud\":[\"a\"],\"sub\":\"\",\"n\":1}", "" },
	{ "{}", "" },
	{ "[]", NULL },
	{ "{\"sub\":", NULL },
};

START_TEST(tells_claims)
{
	struct buf jwt = { 0 }, words = { 0 };

	make_token(&jwt, told[_i].json);
	ck_assert_int_eq(oauth_claims(jwt.data, &words),
	    told[_i].words != NULL ? 0 : -1);
	if (told[_i].words != NULL)
		ck_assert_str_eq(buf_str(&words), told[_i].words);
	ck_assert_int_eq(oauth_claims("opaque", &words), -1);
	buf_free(&jwt);
	buf_free(&words);
}
END_TEST

START_TEST(xoauth2)
{
	struct buf out = { 0 };

	(void)buf_puts(&out, "> ");
	ck_assert_int_eq(oauth_xoauth2(&out, "someuser@example.com",
	    "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg=="), 0);
	ck_assert_str_eq(buf_str(&out), "> user=someuser@example.com\x01" "auth=Bearer "
	    "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==\x01\x01");
	buf_wipe(&out);
	/* Nothing is escaped here. */
	ck_assert_int_eq(oauth_xoauth2(&out, "a,b=c", "t"), 0);
	ck_assert_str_eq(buf_str(&out), "user=a,b=c\x01" "auth=Bearer t\x01\x01");
	buf_wipe(&out);
	out.max = 20;
	ck_assert_int_eq(oauth_xoauth2(&out, "user", "token"), -1);
	buf_wipe(&out);
}
END_TEST

static const struct {
	const char	*user, *host;
	int		 port;
	const char	*token, *message;
} bearers[] = {
	/* the example of RFC 7628 4.1 */
	{ "user@example.com", "server.example.com", 143,
	    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	    "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
	    "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01" },
	{ "user", "mx", 587, "t",
	    "n,a=user,\x01host=mx\x01port=587\x01" "auth=Bearer t\x01\x01" },
	{ "user", "mx", 0, "t", "n,a=user,\x01" "auth=Bearer t\x01\x01" },
	{ "user", "2001:db8::1", 65535, "t",
	    "n,a=user,\x01host=2001:db8::1\x01port=65535\x01" "auth=Bearer t\x01\x01" },
	{ "a,b=c", "mx", 0, "t", "n,a=a=2Cb=3Dc,\x01" "auth=Bearer t\x01\x01" },
	{ "=2C", "mx", 0, "t", "n,a==3D2C,\x01" "auth=Bearer t\x01\x01" },
	{ "", "mx", 25, "t", "n,,\x01host=mx\x01port=25\x01" "auth=Bearer t\x01\x01" },
	{ "gr\xc3\xbc", "mx", 0, "a.b-c_~+/==",
	    "n,a=gr\xc3\xbc,\x01" "auth=Bearer a.b-c_~+/==\x01\x01" },
};

START_TEST(bearer)
{
	struct buf out = { 0 };

	ck_assert_int_eq(oauth_bearer(&out, bearers[_i].user, bearers[_i].host,
	    bearers[_i].port, bearers[_i].token), 0);
	ck_assert_str_eq(buf_str(&out), bearers[_i].message);
	for (out.max = 1; out.max < strlen(bearers[_i].message); out.max++) {
		buf_wipe(&out);
		ck_assert_int_eq(oauth_bearer(&out, bearers[_i].user, bearers[_i].host,
		    bearers[_i].port, bearers[_i].token), -1);
	}
	buf_wipe(&out);
}
END_TEST

static const struct {
	const char	*json, *words;
} errors[] = {
	/* Google's and Dovecot's of XOAUTH2, Dovecot's of OAUTHBEARER, RFC 7628 4.3 */
	{ "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"mail\"}",
	    "status 401, schemes bearer, scope mail" },
	{ "{\"status\":\"400\",\"schemes\":\"Bearer\","
	    "\"scope\":\"https://mail.google.com/\"}",
	    "status 400, schemes Bearer, scope https://mail.google.com/" },
	{ "{\"status\":\"invalid_token\"}", "status invalid_token" },
	{ "{ \"status\" : \"invalid_token\", \"scope\" : \"example_scope\", "
	    "\"openid-configuration\" : "
	    "\"https://example.com/.well-known/openid-configuration\" }",
	    "status invalid_token, scope example_scope, openid-configuration "
	    "https://example.com/.well-known/openid-configuration" },
	{ "{\"scope\":\"mail\",\"status\":\"401\"}", "status 401, scope mail" },
	{ "{\"status\":401}", "status 401" },
	{ "{\"status\":\"401\",\"trace\":\"x\",\"more\":{\"a\":[1]}}", "status 401" },
	{ "{\"status\":\"401\",\"scope\":\"\"}", "status 401" },
	{ "{\"status\":\"401\",\"scope\":[\"a\",\"b\"]}", "status 401" },
	{ "{\"status\":\"a\\nb\\u0000\\\"c\"}", "status a\nb\xef\xbf\xbd\"c" },
	/* as it is */
	{ "", "" },
	{ "{}", "{}" },
	{ "{\"error\":\"x\"}", "{\"error\":\"x\"}" },
	{ "{\"status\":\"\"}", "{\"status\":\"\"}" },
	{ "{\"status\":{\"code\":401}}", "{\"status\":{\"code\":401}}" },
	{ "{\"status\":\"401\"", "{\"status\":\"401\"" },
	{ "{\"status\":\"401\"}x", "{\"status\":\"401\"}x" },
	{ "{\"status\":\"401\",\"status\":\"200\"}",
	    "{\"status\":\"401\",\"status\":\"200\"}" },
	{ "{\"status\":\"401\",\"scope\":\"a\",\"scope\":\"b\"}",
	    "{\"status\":\"401\",\"scope\":\"a\",\"scope\":\"b\"}" },
	{ "[\"status\"]", "[\"status\"]" },
	{ "invalid token", "invalid token" },
	{ "\"invalid token\"", "\"invalid token\"" },
	{ "<html>", "<html>" },
	{ "\xff\x1b[31m|", "\xff\x1b[31m|" },
};

START_TEST(error)
{
	size_t n = strlen(errors[_i].json);
	char *copy = malloc(n > 0 ? n : 1);
	struct buf out = { 0 };

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, errors[_i].json, n);
	(void)buf_puts(&out, "refused: ");
	oauth_error(copy, n, &out);
	ck_assert_str_eq(buf_str(&out) + 9, errors[_i].words);
	buf_free(&out);
	free(copy);
}
END_TEST

/* A server may talk at length, but not in a sentence of ours. */
START_TEST(long_error)
{
	struct buf json = { 0 }, out = { 0 };

	(void)buf_puts(&json, _i == 0 ? "" : "{\"status\":\"");
	for (int i = 0; i < 300; i++)
		(void)buf_puts(&json, "\xc3\xa4");
	(void)buf_puts(&json, _i == 0 ? "" : "\",\"scope\":\"mail\"}");
	oauth_error(json.data, json.len, &out);
	ck_assert_uint_le(out.len, 230);
	ck_assert_ptr_nonnull(strstr(out.data, _i == 0 ? "\xc3\xa4..." :
	    "\xc3\xa4..., scope mail"));
	buf_free(&json);
	buf_free(&out);
}
END_TEST

START_TEST(error_with_nul)
{
	static const char text[] = "{\"status\":\"401\0\"}";
	struct buf out = { 0 };

	oauth_error(text, sizeof(text) - 1, &out);
	ck_assert_str_eq(buf_str(&out), "{\"status\":\"401?\"}");
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, tells_claims, 0, LEN(told));
	tcase_add_loop_test(t, claim, 0, LEN(claims));
	tcase_add_loop_test(t, token, 0, LEN(tokens));
	tcase_add_test(t, huge);
	tcase_add_test(t, xoauth2);
	tcase_add_loop_test(t, bearer, 0, LEN(bearers));
	tcase_add_loop_test(t, error, 0, LEN(errors));
	tcase_add_loop_test(t, long_error, 0, 2);
	tcase_add_test(t, error_with_nul);
}
