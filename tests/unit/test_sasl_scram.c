/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/reply.h"
#include "mail/sasl_base64.h"
#include "mail/sasl_scram.h"
#include "unit/unit.h"

#define BYTES(text) text, sizeof(text) - 1

/* The message without a NUL behind it, for AddressSanitizer. */
static char *
bare(const char *text, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, n);
	return copy;
}

static int
final(struct scram *s, const char *text, size_t n, struct buf *out, struct diag *d)
{
	char *copy = bare(text, n);
	int rc = scram_final(s, copy, n, out, d);

	free(copy);
	return rc;
}

static int
verify(struct scram *s, const char *text, size_t n, struct diag *d)
{
	char *copy = bare(text, n);
	int rc = scram_verify(s, copy, n, d);

	free(copy);
	return rc;
}

/* The first two are those of RFC 5802 5 and RFC 7677 3; the others another program's. */
static const struct {
	struct scram_ask	 ask;
	const char		*first, *server_first, *last, *server_last;
	unsigned		 iterations;
} exchanges[] = {
	{ { "SHA-1", "user", "pencil", "n,,", NULL, 0, "fyko+d2lbbFgONRv9qkxdawL" },
	    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
	    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", 4096 },
	{ { "SHA-256", "user", "pencil", "n,,", NULL, 0, "rOprNGfwEbeRWgbNEkqO" },
	    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", 4096 },
	/* With data of the channel. */
	{ { "SHA-256", "user", "pencil", "p=tls-exporter,,",
	    "\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef"
	    "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff", 32,
	    "rOprNGfwEbeRWgbNEkqO" },
	    "p=tls-exporter,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	    "c=cD10bHMtZXhwb3J0ZXIsLODh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/,"
	    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "p=wJpl3wTx3voE8HwHXGtxyeJ+dUTOeC1xXt4rHhEKOaA=",
	    "v=KGvhaul0dmFf7wwGFM3h1VNv0kW/H4cbOJTYCwdl7C0=", 4096 },
	{ { "SHA-256", "user", "pencil", "p=tls-server-end-point,,", "\0\1\2", 3, "abc" },
	    "p=tls-server-end-point,,n=user,r=abc", "r=abcdef,s=AA==,i=1",
	    "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAEC,r=abcdef,"
	    "p=S2m9+Dx8dLBEX2Mv+f8YpzzSZIykLP036VsaADf40Cg=",
	    "v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=", 1 },
	/* We could, the server does not seem to. */
	{ { "SHA-1", "user", "pencil", "y,,", NULL, 0, "abc" },
	    "y,,n=user,r=abc", "r=abcdef,s=AA==,i=1",
	    "c=eSws,r=abcdef,p=myZ6zXWi5s0z0KIc+zGCoODJUG0=",
	    "v=bMIqsXN7hMWZGYBUD/r3K8cgdQk=", 1 },
	{ { "SHA-512", "user", "pencil", "n,,", NULL, 0, "abc" },
	    "n,,n=user,r=abc", "r=abcdef,s=AA==,i=2",
	    "c=biws,r=abcdef,p=nPzX7l0OICcZPS5EPUWThkUAxaJw5YTGsCeRQ/83/w2eerTHdVX+"
	    "g9MNLS/8rxwbL0LBs9r23C7CjnCPavaIrQ==",
	    "v=ICnjwjjQ9jGwO2gRP+bwSkqPE/q8evtzHUZZVQqqfbhS0btrVvN3KTCxvtHP2VFucIhq0YBh"
	    "tOX9MucpGbNsvA==", 2 },
	/* Signs in the name, no password, extensions nobody must know. */
	{ { "SHA-256", "a,b=c=,", "", "n,,", NULL, 0, "abc" },
	    "n,,n=a=2Cb=3Dc=3D=2C,r=abc", "r=abcdef,s=AA==,i=1,x=y,Z=a=b",
	    "c=biws,r=abcdef,p=/3Wrv5cxmGepJpafzzLUQTcsDpdOYpCeclWmbnhfyY0=",
	    "v=VlP+pDZueVtcujth2EaVzLO6UrJMJ2L45wmzCLG9psM=,x=y", 1 },
	{ { "SHA-256", "user", "p\xc3\xa4ssword, =", "n,,", NULL, 0, "abc" },
	    "n,,n=user,r=abc", "r=abcdef,s=AA==,i=1",
	    "c=biws,r=abcdef,p=maZ037flqzf6lqsJRxAG0/1shQjvrty4RDQFAOWgkCM=",
	    "v=oYD1EE3tSv9wps+7kcev6KHcRPH9sM4HYug7W7kV+0o=", 1 },
};

START_TEST(exchange)
{
	const char *first = exchanges[_i].server_first, *last = exchanges[_i].server_last;
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	for (int again = 0; again < 2; again++) {	/* without freeing it between */
		buf_reset(&out);
		ck_assert_int_eq(scram_first(&s, &exchanges[_i].ask, &out, &d), 0);
		ck_assert_str_eq(buf_str(&out), exchanges[_i].first);
		ck_assert_uint_eq(scram_iterations(&s), 0);
		buf_reset(&out);
		ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), 0);
		ck_assert_str_eq(buf_str(&out), exchanges[_i].last);
		ck_assert_uint_eq(scram_iterations(&s), exchanges[_i].iterations);
		ck_assert_ptr_null(s.password.data);
		ck_assert_int_eq(verify(&s, last, strlen(last), &d), 0);
		ck_assert_str_eq(scram_error(&s), "");
		ck_assert(!diag_failed(&d));
	}
	scram_free(&s);
	ck_assert_uint_eq(scram_iterations(&s), 0);
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

/* Nothing is asked of what the caller gave once the exchange has begun. */
START_TEST(copies)
{
	char digest[] = "SHA-256", user[] = "user", password[] = "pencil", gs2[] = "n,,",
	    nonce[] = "rOprNGfwEbeRWgbNEkqO";
	struct scram_ask ask = { digest, user, password, gs2, NULL, 0, nonce };
	const char *first = exchanges[1].server_first;
	struct diag d = { 0 };
	struct scram s = { 0 };
	struct buf out = { 0 };

	ck_assert_int_eq(scram_first(&s, &ask, &out, &d), 0);
	memset(digest, 'x', sizeof(digest));
	memset(user, 'x', sizeof(user));
	memset(password, 'x', sizeof(password));
	memset(gs2, 'x', sizeof(gs2));
	memset(nonce, 'x', sizeof(nonce));
	memset(&ask, 0, sizeof(ask));
	buf_reset(&out);
	ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), 0);
	ck_assert_str_eq(buf_str(&out), exchanges[1].last);
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

#define NONCE "r=abcdef,"
#define SALT "s=AA==,"

/* What a server may send to the nonce "abc", and must not. */
static const struct {
	const char		*message;
	size_t			 n;
	const struct cause	*cause;
	const char		*sentence;
} hostile[] = {
	/* Another login's answer, or nobody's. */
	{ BYTES("r=xyz," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=abc," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=ab," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=abxdef," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=ABCdef," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=xabcdef," SALT "i=4096"), &scram_unproven, "nonce" },
	{ BYTES("r=xyz," SALT "i=99999999"), &scram_unproven, "nonce" },
	/* Work without end. */
	{ BYTES(NONCE SALT "i=1000001"), &scram_costly, "more than 1000000 iterations" },
	{ BYTES(NONCE SALT "i=9999999"), &scram_costly, "iterations" },
	{ BYTES(NONCE SALT "i=2147483648"), &scram_costly, "iterations" },
	{ BYTES(NONCE SALT "i=4294967297"), &scram_costly, "iterations" },
	{ BYTES(NONCE SALT "i=18446744073709551617"), &scram_costly, "iterations" },
	{ BYTES(NONCE SALT "i=1000000000000000000000000000000000000000000"),
	    &scram_costly, "iterations" },
	{ BYTES(NONCE SALT "i=1000001,x=y"), &scram_costly, "iterations" },
	/* Iteration counts that are none. */
	{ BYTES(NONCE SALT "i=0"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=00"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=04096"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=-1"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=+4096"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i= 4096"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=4096 "), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=4096x"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=0x1000"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=1e3"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=4096.0"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i=99999999999999999999x"), &reply_bad, "is no number" },
	{ BYTES(NONCE SALT "i=\xd9\xa1"), &reply_bad, "iteration count is no number" },
	{ BYTES(NONCE SALT "i="), &reply_bad, "no iteration count" },
	{ BYTES(NONCE SALT "i"), &reply_bad, "no iteration count" },
	{ BYTES(NONCE SALT "i=,x=y"), &reply_bad, "no iteration count" },
	{ BYTES(NONCE "s=AA=="), &reply_bad, "no iteration count" },
	{ BYTES(NONCE SALT "I=4096"), &reply_bad, "no iteration count" },
	{ BYTES(NONCE SALT "x=y,i=4096"), &reply_bad, "no iteration count" },
	/* Salts. */
	{ BYTES(NONCE "i=4096"), &reply_bad, "no salt" },
	{ BYTES(NONCE "i=4096,s=AA=="), &reply_bad, "no salt" },
	{ BYTES(NONCE "s=,i=4096"), &reply_bad, "no salt" },
	{ BYTES(NONCE "s,i=4096"), &reply_bad, "no salt" },
	{ BYTES("r=abcdef"), &reply_bad, "no salt" },
	{ BYTES(NONCE "s=A,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=AA,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=AA=,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=AB==,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=AA== ,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s= AA==,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=AA-_,i=4096"), &reply_bad, "salt is no base64" },
	{ BYTES(NONCE "s=====,i=4096"), &reply_bad, "salt is no base64" },
	/* Nonces. */
	{ BYTES(""), &reply_bad, "no nonce" },
	{ BYTES("r"), &reply_bad, "no nonce" },
	{ BYTES("r="), &reply_bad, "no nonce" },
	{ BYTES("r=," SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES("R=abcdef," SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES(" r=abcdef," SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES(SALT NONCE "i=4096"), &reply_bad, "no nonce" },
	{ BYTES("x=y," NONCE SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES("r=abc def," SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES("r=abcd\xc3\xa4," SALT "i=4096"), &reply_bad, "no nonce" },
	{ BYTES("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), &reply_bad, "no nonce" },
	{ BYTES("Username:"), &reply_bad, "no nonce" },
	{ BYTES(","), &reply_bad, "no nonce" },
	/* Extensions. */
	{ BYTES("m=x," NONCE SALT "i=4096"), &reply_bad, "extension" },
	{ BYTES("m," NONCE SALT "i=4096"), &reply_bad, "extension" },
	{ BYTES(NONCE SALT "i=4096,m=x"), &reply_bad, "extension" },
	{ BYTES(NONCE SALT "i=4096,x=y,m=x"), &reply_bad, "extension" },
	{ BYTES(NONCE SALT "i=4096,"), &reply_bad, "no iteration count" },
	{ BYTES(NONCE SALT "i=4096,,"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,x"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,x="), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,x=y,"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,xx=y"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,1=y"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096, x=y"), &reply_bad, "end" },
	{ BYTES(NONCE SALT "i=4096,\xe4=y"), &reply_bad, "end" },
	/* Bytes that no message has. */
	{ BYTES("r=abcdef\0," SALT "i=4096"), &reply_bad, "control characters" },
	{ BYTES(NONCE SALT "i=4096\0"), &reply_bad, "control characters" },
	{ BYTES("\0" NONCE SALT "i=4096"), &reply_bad, "control characters" },
	{ BYTES(NONCE SALT "i=4096\r\n"), &reply_bad, "control characters" },
	{ BYTES(NONCE SALT "i=4096,x=\x01"), &reply_bad, "control characters" },
	{ BYTES(NONCE "s=AA==\t,i=4096"), &reply_bad, "control characters" },
	{ BYTES("r=abc\x7f" "def," SALT "i=4096"), &reply_bad, "control characters" },
	{ BYTES("e=\x1b[31mred"), &reply_bad, "control characters" },
};

static void
begin(struct scram *s)
{
	static const struct scram_ask ask = {
		"SHA-256", "user", "pencil", "n,,", NULL, 0, "abc",
	};
	struct diag d = { .stage = "auth" };
	struct buf out = { 0 };

	ck_assert_int_eq(scram_first(s, &ask, &out, &d), 0);
	buf_free(&out);
}

START_TEST(refused)
{
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	begin(&s);
	ck_assert_int_eq(final(&s, hostile[_i].message, hostile[_i].n, &out, &d), -1);
	ck_assert_msg(d.cause == hostile[_i].cause, "%s: %s: %s", hostile[_i].message,
	    d.cause->slug, d.text);
	ck_assert_msg(strstr(d.text, hostile[_i].sentence) != NULL, "%s: %s",
	    hostile[_i].message, d.text);
	ck_assert_msg(strstr(d.text, "the server") != NULL, "%s", d.text);
	ck_assert_str_eq(scram_error(&s), "");
	ck_assert_uint_eq(scram_iterations(&s), 0);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_ptr_null(s.password.data);
	/* Whatever it says then, it has proven nothing. */
	d = (struct diag){ 0 };
	ck_assert_int_eq(verify(&s, BYTES("v=AA=="), &d), -1);
	ck_assert_ptr_eq(d.cause, &scram_unproven);
	scram_free(&s);
}
END_TEST

/* The same for its last message. */
static const struct {
	const char		*message;
	size_t			 n;
	const struct cause	*cause;
	const char		*sentence;
} unproven[] = {
	{ BYTES(""), &scram_unproven, "without its signature" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp4="), &scram_unproven,
	    "signature" },
	{ BYTES("v=AAnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &scram_unproven,
	    "signature" },
	{ BYTES("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), &scram_unproven,
	    "signature" },
	/* another length, and the proof sent back */
	{ BYTES("v=AA=="), &scram_unproven, "signature" },
	{ BYTES("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), &scram_unproven, "signature" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0A"), &scram_unproven,
	    "signature" },
	{ BYTES("v=S2m9+Dx8dLBEX2Mv+f8YpzzSZIykLP036VsaADf40Cg="), &scram_unproven,
	    "signature" },
	{ BYTES("v="), &reply_bad, "no signature" },
	{ BYTES("v"), &reply_bad, "no signature" },
	{ BYTES("V=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &reply_bad,
	    "no signature" },
	{ BYTES(" v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &reply_bad,
	    "no signature" },
	{ BYTES("x=y,v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &reply_bad,
	    "no signature" },
	{ BYTES("m=x,v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &reply_bad,
	    "no signature" },
	{ BYTES("r=abcdef,s=AA==,i=1"), &reply_bad, "no signature" },
	{ BYTES("XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0="), &reply_bad,
	    "no signature" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0"), &reply_bad,
	    "no base64" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0= "), &reply_bad,
	    "no base64" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp1="), &reply_bad,
	    "no base64" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=,"), &reply_bad,
	    "no signature" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=,x"), &reply_bad, "end" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=,m=x"), &reply_bad,
	    "extension" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=\0"), &reply_bad,
	    "control characters" },
	{ BYTES("v=XQnZ04qV1sgHub+Q/j5E/jKz7vbn3FY386zAzRyrLp0=\r\n"), &reply_bad,
	    "control characters" },
};

START_TEST(not_proven)
{
	const char *first = exchanges[3].server_first;
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	ck_assert_int_eq(scram_first(&s, &exchanges[3].ask, &out, &d), 0);
	ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), 0);
	ck_assert_int_eq(verify(&s, unproven[_i].message, unproven[_i].n, &d), -1);
	ck_assert_msg(d.cause == unproven[_i].cause, "%s: %s", unproven[_i].message,
	    d.text);
	ck_assert_msg(strstr(d.text, unproven[_i].sentence) != NULL, "%s: %s",
	    unproven[_i].message, d.text);
	ck_assert_str_eq(scram_error(&s), "");
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

/* The right signature proves nothing where the dialogue, password or channel differs. */
START_TEST(other_exchange)
{
	static const struct scram_ask asks[] = {
		{ "SHA-256", "user", "pencil", "p=tls-server-end-point,,", "\0\1\3", 3,
		    "abc" },
		{ "SHA-256", "user", "pencil", "n,,", NULL, 0, "abc" },
		{ "SHA-256", "user", "pencil", "y,,", NULL, 0, "abc" },
		{ "SHA-256", "other", "pencil", "p=tls-server-end-point,,", "\0\1\2", 3,
		    "abc" },
		{ "SHA-256", "user", "Pencil", "p=tls-server-end-point,,", "\0\1\2", 3,
		    "abc" },
		{ "SHA-256", "user", "", "p=tls-server-end-point,,", "\0\1\2", 3, "abc" },
		{ "SHA-1", "user", "pencil", "p=tls-server-end-point,,", "\0\1\2", 3,
		    "abc" },
		{ "SHA-256", "user", "pencil", "p=tls-server-end-point,,", "\0\1\2", 3,
		    "ab" },
	};
	const char *first = exchanges[3].server_first, *last = exchanges[3].server_last;
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	ck_assert_int_eq(scram_first(&s, &asks[_i], &out, &d), 0);
	ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), 0);
	ck_assert_int_eq(verify(&s, last, strlen(last), &d), -1);
	ck_assert_ptr_eq(d.cause, &scram_unproven);
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

/* The server's errors, instead of either message. */
static const struct {
	const char	*message, *word;
} errors[] = {
	{ "e=invalid-proof",				"invalid-proof" },
	{ "e=unknown-user",				"unknown-user" },
	{ "e=channel-binding-not-supported",		"channel-binding-not-supported" },
	{ "e=unsupported-channel-binding-type", "unsupported-channel-binding-type" },
	{ "e=server-does-support-channel-binding",
	    "server-does-support-channel-binding" },
	{ "e=other-error,x=y",				"other-error" },
	{ "e=|$(x)",					"|$(x)" },
	{ "e=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" "xx" },
	{ "e=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." },
};

START_TEST(error)
{
	const char *message = errors[_i].message, *first = exchanges[3].server_first;
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	for (int last = 0; last < 2; last++) {
		d = (struct diag){ .stage = "auth" };
		buf_reset(&out);
		begin(&s);
		if (last == 1) {
			ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), 0);
			ck_assert_int_eq(verify(&s, message, strlen(message), &d), -1);
		} else {
			ck_assert_int_eq(final(&s, message, strlen(message), &out, &d),
			    -1);
		}
		ck_assert_ptr_eq(d.cause, &reply_bad);
		ck_assert_msg(strstr(d.text, errors[_i].word) != NULL, "%s", d.text);
		ck_assert_str_eq(scram_error(&s), errors[_i].word);
	}
	begin(&s);
	ck_assert_str_eq(scram_error(&s), "");
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

/* An "e" without a word is as malformed as anything. */
START_TEST(error_without_word)
{
	static const char *const messages[] = { "e=", "e", "e=,x=y", "e=x," };
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	begin(&s);
	ck_assert_int_eq(final(&s, messages[_i], strlen(messages[_i]), &out, &d), -1);
	ck_assert_ptr_eq(d.cause, &reply_bad);
	ck_assert_ptr_nonnull(strstr(d.text, "no nonce"));
	ck_assert_str_eq(scram_error(&s), "");
	scram_free(&s);
}
END_TEST

/* A text of n times this letter. */
static void
fill(struct buf *out, char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)buf_add(out, &c, 1);
}

/* So many octets of salt, of the nonce and of an extension. */
static const struct {
	size_t		 salt, nonce, extension;
	const char	*sentence;	/* NULL: fine */
} sizes[] = {
	{ 1, 4, 0, NULL }, { SCRAM_SALT_MAX, 4, 0, NULL },
	{ SCRAM_SALT_MAX + 1, 4, 0, "salt is too long" },
	{ SCRAM_SALT_MAX + 2, 4, 0, "salt is too long" },
	{ SCRAM_SALT_MAX + 3, 4, 0, "salt is too long" },
	{ 5000, 4, 0, "salt is too long" },
	{ 16, SCRAM_NONCE_MAX, 0, NULL },
	{ 16, SCRAM_NONCE_MAX + 1, 0, "nonce is too long" },
	{ SCRAM_SALT_MAX, SCRAM_NONCE_MAX, 5000, NULL },
	{ 16, 4, SCRAM_MESSAGE_MAX, "too long" },
	{ 16, 4, 60000, "too long" },
};

START_TEST(size)
{
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf message = { 0 }, salt = { 0 }, out = { 0 };

	begin(&s);
	fill(&salt, '\0', sizes[_i].salt);
	(void)buf_puts(&message, "r=abc");
	fill(&message, 'x', sizes[_i].nonce - 3);
	(void)buf_puts(&message, ",s=");
	(void)base64_encode(&message, salt.data, salt.len);
	(void)buf_puts(&message, ",i=1");
	if (sizes[_i].extension > 0) {
		(void)buf_puts(&message, ",x=");
		fill(&message, 'y', sizes[_i].extension);
	}
	ck_assert(!message.failed);
	ck_assert_int_eq(final(&s, message.data, message.len, &out, &d),
	    sizes[_i].sentence != NULL ? -1 : 0);
	if (sizes[_i].sentence != NULL) {
		ck_assert_ptr_eq(d.cause, &reply_bad);
		ck_assert_ptr_nonnull(strstr(d.text, sizes[_i].sentence));
	}
	scram_free(&s);
	buf_free(&message);
	buf_free(&salt);
	buf_wipe(&out);
}
END_TEST

/* As many iterations as are allowed; and fewer than are good, which the caller learns. */
START_TEST(iterations)
{
	static const unsigned counts[] = { 1, 4095, 4096, SCRAM_ITERATIONS_MAX };
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf message = { 0 }, out = { 0 };

	begin(&s);
	(void)buf_addf(&message, "r=abcdef,s=AA==,i=%u", counts[_i]);
	ck_assert_int_eq(final(&s, message.data, message.len, &out, &d), 0);
	ck_assert_uint_eq(scram_iterations(&s), counts[_i]);
	scram_free(&s);
	buf_free(&message);
	buf_wipe(&out);
}
END_TEST

START_TEST(no_digest)
{
	static const struct scram_ask ask = {
		"SHA-9", "user", "pencil", "n,,", NULL, 0, "abc",
	};
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { 0 };

	ck_assert_int_eq(scram_first(&s, &ask, &out, &d), -1);
	ck_assert_ptr_eq(d.cause, &sasl_crypto);
	ck_assert_ptr_nonnull(strstr(d.text, "SHA-9"));
	ck_assert_uint_eq(out.len, 0);
	scram_free(&s);
}
END_TEST

/* What does not fit is told as what it is. */
START_TEST(ceiling)
{
	const char *first = exchanges[3].server_first;
	struct diag d = { .stage = "auth" };
	struct scram s = { 0 };
	struct buf out = { .max = (size_t)_i * 9 };

	if (_i == 1) {
		ck_assert_int_eq(scram_first(&s, &exchanges[3].ask, &out, &d), -1);
	} else {
		begin(&s);
		ck_assert_int_eq(final(&s, first, strlen(first), &out, &d), -1);
	}
	ck_assert_ptr_eq(d.cause, &local_internal);
	scram_free(&s);
	buf_wipe(&out);
}
END_TEST

static const struct {
	const char	*name, *written;
} names[] = {
	{ "", "" }, { "user", "user" }, { "user@example.org", "user@example.org" },
	{ ",", "=2C" }, { "=", "=3D" }, { "=2C", "=3D2C" }, { ",=,", "=2C=3D=2C" },
	{ "a,b", "a=2Cb" }, { "gr\xc3\xbc", "gr\xc3\xbc" },
};

START_TEST(name)
{
	struct buf out = { 0 };

	ck_assert_int_eq(scram_name(&out, names[_i].name), 0);
	ck_assert_str_eq(buf_str(&out), names[_i].written);
	buf_free(&out);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, exchange, 0, LEN(exchanges));
	tcase_add_test(t, copies);
	tcase_add_loop_test(t, refused, 0, LEN(hostile));
	tcase_add_loop_test(t, not_proven, 0, LEN(unproven));
	tcase_add_loop_test(t, other_exchange, 0, 8);
	tcase_add_loop_test(t, error, 0, LEN(errors));
	tcase_add_loop_test(t, error_without_word, 0, 4);
	tcase_add_loop_test(t, size, 0, LEN(sizes));
	tcase_add_loop_test(t, iterations, 0, 4);
	tcase_add_test(t, no_digest);
	tcase_add_loop_test(t, ceiling, 1, 7);
	tcase_add_loop_test(t, name, 0, LEN(names));
}
