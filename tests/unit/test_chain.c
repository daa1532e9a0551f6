/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "cert/chain.h"
#include "unit/unit.h"

#define DAY (24L * 3600)
#define NOW ((time_t)2000000000)	/* all times here are days from then */

/* A certificate and the key behind it. */
struct pair {
	X509		*cert;
	EVP_PKEY	*key;
};

#define NAMES "DNS:mail.test,DNS:*.pool.test,IP:192.0.2.1,IP:2001:db8::1"
#define NONE ""

/* What a certificate shall be like: zero is a server's without a fault. */
struct wish {
	const char	*subject;	/* common name; NULL: "mail.test" */
	long		 from, until;	/* days; 0: -1 and 90 */
	const char	*names;		/* subjectAltName; NULL: NAMES */
	const char	*purpose;	/* extended key usage; NULL: serverAuth */
	bool		 authority, published, weak;
};

/* The authorities of all tests: made once, in the process that libcheck forks from. */
static struct pair root, issuer, other_root, other_issuer, old_issuer, old_root,
    young_issuer;
static char dir[64];

static void
extend(X509 *cert, X509 *above, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, above, cert, NULL, NULL, 0);
	ck_assert_ptr_nonnull(ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value));
	ck_assert_int_eq(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static void
set_dates(X509 *cert, const struct wish *w)
{
	time_t now = NOW;

	int from = w->from != 0 ? (int)w->from : -1;
	int until = w->until != 0 ? (int)w->until : 90;

	(void)X509_time_adj_ex(X509_getm_notBefore(cert), from, 0, &now);
	(void)X509_time_adj_ex(X509_getm_notAfter(cert), until, 0, &now);
}

static void
extend_leaf(X509 *cert, X509 *above, const struct wish *w)
{
	const char *names = w->names != NULL ? w->names : NAMES;

	extend(cert, above, NID_basic_constraints, "critical,CA:FALSE");
	extend(cert, above, NID_ext_key_usage,
	    w->purpose != NULL ? w->purpose : "serverAuth");
	if (names[0] != '\0')
		extend(cert, above, NID_subject_alt_name, names);
	if (w->published)
		extend(cert, above, NID_info_access,
		    "caIssuers;URI:http://pki.test/ca.der");
}

static void
sign(X509 *cert, const struct pair *above)
{
	(void)X509_set_issuer_name(cert, X509_get_subject_name(above->cert));
	ck_assert_int_gt(X509_sign(cert, above->key, EVP_sha256()), 0);
}

/* Issued by above, or by itself where that is NULL. Unsigned: it may still be changed. */
static struct pair
issue_unsigned(const struct wish *w, const struct pair *above)
{
	struct pair p = { X509_new(), w->weak ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256") };
	const char *subject = w->subject != NULL ? w->subject : "mail.test";
	static long serial;

	ck_assert(p.cert != NULL && p.key != NULL);
	(void)X509_set_version(p.cert, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(p.cert), ++serial);
	set_dates(p.cert, w);
	if (subject[0] != '\0')
		(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(p.cert), "CN",
		    MBSTRING_UTF8, (const unsigned char *)subject, -1, -1, 0);
	(void)X509_set_pubkey(p.cert, p.key);
	if (w->authority)
		extend(p.cert, p.cert, NID_basic_constraints, "critical,CA:TRUE");
	else
		extend_leaf(p.cert, above != NULL ? above->cert : p.cert, w);
	return p;
}

static struct pair
issue(const struct wish *w, const struct pair *above)
{
	struct pair p = issue_unsigned(w, above);

	sign(p.cert, above != NULL ? above : &p);
	return p;
}

static void
drop(struct pair *p)
{
	X509_free(p->cert);
	EVP_PKEY_free(p->key);
	*p = (struct pair){ NULL, NULL };
}

/* The name of a file in the directory of this run. */
static char *
file(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
write_pem(const char *name, X509 *cert)
{
	FILE *f = fopen(file(name), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(PEM_write_X509(f, cert), 1);
	ck_assert_int_eq(fclose(f), 0);
}

static struct pair
authority(const char *subject, long from, long until, const struct pair *above)
{
	return issue(&(struct wish){ .subject = subject, .from = from, .until = until,
	    .authority = true }, above);
}

static void
set_up(void)
{
	char hashed[32];

	(void)snprintf(dir, sizeof(dir), "/tmp/test_chain.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	root = authority("Root", -900, 900, NULL);
	old_root = authority("Old", -900, -3, NULL);
	other_root = authority("Other", -9, 900, NULL);
	issuer = authority("Issuer", -400, 400, &root);
	old_issuer = authority("Old issuer", -400, -5, &root);
	young_issuer = authority("Young issuer", 2, 900, &root);
	other_issuer = authority("Other issuer", -9, 900, &other_root);
	write_pem("root.pem", root.cert);
	write_pem("old_root.pem", old_root.cert);
	write_pem("issuer.pem", issuer.cert);
	ck_assert_int_eq(mkdir(file("hashed"), 0700), 0);
	(void)snprintf(hashed, sizeof(hashed), "hashed/%08lx.0",
	    X509_subject_name_hash(root.cert));
	write_pem(hashed, root.cert);
	ck_assert_int_eq(mkdir(file("empty"), 0700), 0);
	ck_assert_int_eq(fclose(fopen(file("nothing.pem"), "w")), 0);
}

static void
tear_down(void)
{
	struct pair *all[] = {
		&root, &issuer, &other_root, &other_issuer, &old_issuer, &old_root,
		&young_issuer,
	};

	for (size_t i = 0; i < LEN(all); i++)
		drop(all[i]);
	unit_remove(dir);
}

/* A verification and what it came to. */
static struct chain_facts facts;
static struct diag diag;

static int
verify(X509 *const *sent, size_t n, const char *ca_file, const char *ca_dir,
    const char *name, int level)
{
	char *pem = ca_file != NULL ? strdup(file(ca_file)) : NULL;
	char *hashes = ca_dir != NULL ? strdup(file(ca_dir)) : NULL;
	const struct chain_trust trust = { pem, hashes };
	const struct chain_ask ask = { "mail.test:25", name, NOW, level };
	STACK_OF(X509) *stack = sk_X509_new_null();
	int rc;

	for (size_t i = 0; i < n; i++)
		ck_assert_int_gt(sk_X509_push(stack, sent[i]), 0);
	facts = (struct chain_facts){ 0 };
	diag = (struct diag){ 0 };
	rc = chain_verify(stack, &trust, &ask, &facts, &diag);
	ck_assert_int_eq(rc, diag_failed(&diag) ? -1 : 0);
	if (rc == -1)
		ck_assert_str_eq(diag.stage, "certificate");
	sk_X509_free(stack);
	free(pem);
	free(hashes);
	return rc;
}

static const struct {
	const char	*what;
	struct wish	 wish;
	const struct pair *above;	/* NULL: signed by itself */
	const struct pair *also[2];	/* sent behind it */
	const char	*ca_file, *ca_dir, *name;
	const struct cause *cause;	/* NULL: good */
	double		 days;
	const char	*says;
} cases[] = {
	{ "good", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "mail.test",
	    NULL, 90, NULL },
	{ "with the root", { 0 }, &issuer, { &issuer, &root }, "root.pem", NULL,
	    "mail.test", NULL, 90, NULL },
	{ "in disorder", { 0 }, &issuer, { &root, &issuer }, "root.pem", NULL,
	    "mail.test", NULL, 90, NULL },
	{ "with a stranger", { 0 }, &issuer, { &other_issuer, &issuer }, "root.pem", NULL,
	    "mail.test", NULL, 90, NULL },
	{ "by the root itself", { 0 }, &root, { NULL }, "root.pem", NULL, "mail.test",
	    NULL, 90, NULL },
	{ "hashed directory", { 0 }, &issuer, { &issuer }, NULL, "hashed", "mail.test",
	    NULL, 90, NULL },
	{ "file and directory", { 0 }, &issuer, { &issuer }, "issuer.pem", "empty",
	    "mail.test", NULL, 90, NULL },
	{ "intermediate is the anchor", { 0 }, &issuer, { NULL }, "issuer.pem", NULL,
	    "mail.test", NULL, 90, NULL },
	{ "days of the path", { .until = 500 }, &issuer, { &issuer }, "root.pem", NULL,
	    "mail.test", NULL, 400, NULL },
	{ "days to an intermediate anchor", { .until = 500 }, &issuer, { NULL },
	    "issuer.pem", NULL, "mail.test", NULL, 400, NULL },
	{ "names: any case", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "MAIL.Test",
	    NULL, 90, NULL },
	{ "names: last dot", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "mail.test.",
	    NULL, 90, NULL },
	{ "names: wildcard", { 0 }, &issuer, { &issuer }, "root.pem", NULL,
	    "mx1.pool.test", NULL, 90, NULL },
	{ "names: IPv4", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "192.0.2.1",
	    NULL, 90, NULL },
	{ "names: IPv6", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "2001:DB8:0::1",
	    NULL, 90, NULL },
	{ "names: IPv6 in brackets", { 0 }, &issuer, { &issuer }, "root.pem", NULL,
	    "[2001:db8::1]", NULL, 90, NULL },
	{ "names: only the common name", { .names = NONE }, &issuer, { &issuer },
	    "root.pem", NULL, "mail.test", NULL, 90, NULL },

	{ "wrong name", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "other.test",
	    &chain_wrong_name, 90, "the certificate is for mail.test, *.pool.test, "
	    "192.0.2.1, 2001:db8::1, not for other.test" },
	{ "part of the name", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "ail.test",
	    &chain_wrong_name, 90, "not for ail.test" },
	{ "wildcard: the domain itself", { 0 }, &issuer, { &issuer }, "root.pem", NULL,
	    "pool.test", &chain_wrong_name, 90, "not for pool.test" },
	{ "wildcard: two labels", { 0 }, &issuer, { &issuer }, "root.pem", NULL,
	    "a.b.pool.test", &chain_wrong_name, 90, "not for a.b.pool.test" },
	{ "wildcard: in part", { .names = "DNS:m*.pool.test" }, &issuer, { &issuer },
	    "root.pem", NULL, "mail.pool.test", &chain_wrong_name, 90,
	    "for m*.pool.test, not for mail.pool.test" },
	{ "other IPv4", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "192.0.2.2",
	    &chain_wrong_name, 90, "not for 192.0.2.2" },
	{ "other IPv6", { 0 }, &issuer, { &issuer }, "root.pem", NULL, "2001:db8::2",
	    &chain_wrong_name, 90, "not for 2001:db8::2" },
	{ "address as DNS name", { .names = "DNS:192.0.2.1" }, &issuer, { &issuer },
	    "root.pem", NULL, "192.0.2.1", &chain_wrong_name, 90,
	    "for 192.0.2.1, not for" },
	{ "common name beside others", { .names = "DNS:other.test" }, &issuer,
	    { &issuer }, "root.pem", NULL, "mail.test", &chain_wrong_name, 90,
	    "for other.test, not for" },
	{ "only the common name", { .names = NONE }, &issuer, { &issuer }, "root.pem",
	    NULL, "other.test", &chain_wrong_name, 90,
	    "is for mail.test, not for other.test" },
	{ "names of no use", { .names = "email:a@b.test,URI:http://c.test/" }, &issuer,
	    { &issuer }, "root.pem", NULL, "other.test", &chain_wrong_name, 90,
	    "is for mail.test, not for other.test" },
	{ "eight names",
	    { .names = "URI:x:y,DNS:1,DNS:2,DNS:3,DNS:4,DNS:5,DNS:6,DNS:7,DNS:8" },
	    &issuer, { &issuer }, "root.pem", NULL, "x.test", &chain_wrong_name, 90,
	    "for 1, 2, 3, 4, 5, 6, 7, 8, not for x.test" },
	{ "more names",
	    { .names = "DNS:1,DNS:2,DNS:3,DNS:4,DNS:5,DNS:6,DNS:7,DNS:8,DNS:9,DNS:0" },
	    &issuer, { &issuer }, "root.pem", NULL, "x.test", &chain_wrong_name, 90,
	    "for 1, 2, 3, 4, 5, 6, 7, 8, ..., not for x.test" },
	{ "bar and line end in the name", { .subject = "a|b\nc$d", .names = NONE },
	    &issuer, { &issuer }, "root.pem", NULL, "x.test", &chain_wrong_name, 90,
	    "is for a|b\nc$d, not for x.test" },

	{ "expired", { .from = -90, .until = -10 }, &issuer, { &issuer }, "root.pem",
	    NULL, "mail.test", &chain_expired, -10,
	    "the certificate \"mail.test\" expired 10.0 days ago" },
	{ "expired intermediate", { 0 }, &old_issuer, { &old_issuer }, "root.pem", NULL,
	    "mail.test", &chain_expired, 90,
	    "the issuer's certificate \"Old issuer\" expired 5.0 days ago" },
	{ "expired anchor", { 0 }, &old_root, { NULL }, "old_root.pem", NULL, "mail.test",
	    &chain_expired, 90, "the issuer's certificate \"Old\" expired 3.0 days ago" },
	{ "not yet valid", { .from = 10 }, &issuer, { &issuer }, "root.pem", NULL,
	    "mail.test", &chain_not_yet_valid, 90,
	    "the certificate \"mail.test\" is not valid yet" },
	{ "intermediate not yet valid", { 0 }, &young_issuer, { &young_issuer },
	    "root.pem", NULL, "mail.test", &chain_not_yet_valid, 90,
	    "the issuer's certificate \"Young issuer\" is not valid yet" },

	{ "leaf only, issuer published", { .published = true }, &issuer, { NULL },
	    "root.pem", NULL, "mail.test", &chain_incomplete, 90,
	    "was issued by \"Issuer\", which is neither sent nor trusted here" },
	{ "leaf only", { 0 }, &issuer, { NULL }, "root.pem", NULL, "mail.test",
	    &chain_untrusted, 90,
	    "ends at \"Issuer\", which is neither sent nor trusted here" },
	{ "leaf and a stranger", { .published = true }, &issuer, { &other_issuer },
	    "root.pem", NULL, "mail.test", &chain_incomplete, 90,
	    "issued by \"Issuer\"" },
	{ "other authority", { 0 }, &other_issuer, { &other_issuer }, "root.pem", NULL,
	    "mail.test", &chain_untrusted, 90,
	    "ends at \"Other\", which is neither sent nor trusted here" },
	{ "other authority, published", { .published = true }, &other_issuer,
	    { &other_issuer }, "root.pem", NULL, "mail.test", &chain_untrusted, 90,
	    "\"Other\"" },
	{ "other authority, sent", { 0 }, &other_issuer, { &other_issuer, &other_root },
	    "root.pem", NULL, "mail.test", &chain_untrusted, 90,
	    "ends at \"Other\", which is not trusted here" },
	{ "signed by itself", { 0 }, NULL, { NULL }, "root.pem", NULL, "mail.test",
	    &chain_self_signed, 90, "the certificate \"mail.test\" is signed by itself" },
	{ "nothing is trusted", { 0 }, &issuer, { &issuer }, NULL, "empty", "mail.test",
	    &chain_untrusted, 90, "ends at \"Root\"" },

	{ "for clients", { .purpose = "clientAuth" }, &issuer, { &issuer }, "root.pem",
	    NULL, "mail.test", &chain_unusable, 90, "purpose" },
	{ "for mail", { .purpose = "emailProtection" }, &issuer, { &issuer }, "root.pem",
	    NULL, "mail.test", &chain_unusable, 90, "purpose" },
	{ "for both", { .purpose = "clientAuth,serverAuth" }, &issuer, { &issuer },
	    "root.pem", NULL, "mail.test", NULL, 90, NULL },
	{ "short key", { .weak = true }, &issuer, { &issuer }, "root.pem", NULL,
	    "mail.test", &chain_weak, 90, "the certificate \"mail.test\" is too weak: " },
	{ "issued by a leaf", { 0 }, &issuer, { &root }, "root.pem", NULL, "mail.test",
	    &chain_untrusted, 90, "\"Issuer\"" },

	{ "no such file", { 0 }, &issuer, { &issuer }, "nowhere.pem", NULL, "mail.test",
	    &chain_store, 90, "cannot be read: No such file" },
	{ "file without certificates", { 0 }, &issuer, { &issuer }, "nothing.pem", NULL,
	    "mail.test", &chain_store, 90, "nothing.pem" },
	{ "directory as file", { 0 }, &issuer, { &issuer }, "hashed", NULL, "mail.test",
	    &chain_store, 90, "hashed" },
	{ "no such directory", { 0 }, &issuer, { &issuer }, NULL, "nowhere", "mail.test",
	    &chain_store, 90, "nowhere cannot be read" },
};

START_TEST(verified)
{
	struct pair own = issue(&cases[_i].wish, cases[_i].above);
	X509 *sent[3] = { own.cert };
	size_t n = 1;

	for (; n <= LEN(cases[_i].also) && cases[_i].also[n - 1] != NULL; n++)
		sent[n] = cases[_i].also[n - 1]->cert;
	(void)verify(sent, n, cases[_i].ca_file, cases[_i].ca_dir, cases[_i].name, 2);
	ck_assert_msg(diag.cause == cases[_i].cause, "%s: %s", cases[_i].what,
	    diag.cause != NULL ? diag.text : "good");
	ck_assert(facts.known);
	ck_assert_double_eq_tol(facts.days, cases[_i].days, 0.001);
	ck_assert_str_eq(facts.subject,
	    cases[_i].wish.subject != NULL ? cases[_i].wish.subject : "mail.test");
	if (cases[_i].says != NULL) {
		ck_assert_msg(strstr(diag.text, cases[_i].says) != NULL, "%s: %s",
		    cases[_i].what, diag.text);
		ck_assert_int_eq(strncmp(diag.text, "mail.test:25: ", 14), 0);
	}
	drop(&own);
}
END_TEST

/* A key that the policy bears is none too weak. */
START_TEST(level)
{
	struct pair own = issue(&(struct wish){ .weak = true }, &issuer);
	X509 *sent[] = { own.cert, issuer.cert };

	ck_assert_int_eq(verify(sent, 2, "root.pem", NULL, "mail.test", _i),
	    _i < 2 ? 0 : -1);
	drop(&own);
}
END_TEST

START_TEST(trusted_itself)
{
	struct pair own = issue(&(struct wish){ 0 }, NULL);

	write_pem("itself.pem", own.cert);
	ck_assert_int_eq(verify(&own.cert, 1, "itself.pem", NULL, "mail.test", 2), 0);
	ck_assert_int_eq(verify(&own.cert, 1, "itself.pem", NULL, "other.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_wrong_name);
	drop(&own);
}
END_TEST

/* No name is not any name. */
START_TEST(empty_name)
{
	struct pair own = issue(&(struct wish){ 0 }, &root);

	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "", 2), -1);
	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, ".", 2), -1);
	drop(&own);
}
END_TEST

START_TEST(empty_chain)
{
	const struct chain_trust trust = { NULL, NULL };
	const struct chain_ask ask = { "mail.test:25", "mail.test", NOW, 2 };

	ck_assert_int_eq(verify(NULL, 0, "root.pem", NULL, "mail.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_unusable);
	ck_assert(!facts.known);
	diag = (struct diag){ 0 };
	ck_assert_int_eq(chain_verify(NULL, &trust, &ask, &facts, &diag), -1);
	ck_assert_ptr_eq(diag.cause, &chain_unusable);
	ck_assert(!facts.known);
}
END_TEST

/* The signature of an intermediate that only has the issuer's name. */
START_TEST(forged)
{
	struct pair false_issuer = authority("Issuer", -1, 90, &root);
	struct pair own = issue(&(struct wish){ 0 }, &false_issuer);
	X509 *sent[] = { own.cert, issuer.cert };

	ck_assert_int_eq(verify(sent, 2, "root.pem", NULL, "mail.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_unusable);
	drop(&own);
	drop(&false_issuer);
}
END_TEST

START_TEST(not_an_authority)
{
	struct pair middle = issue(&(struct wish){ .subject = "no authority" }, &root);
	struct pair own = issue(&(struct wish){ 0 }, &middle);
	X509 *sent[] = { own.cert, middle.cert };

	ck_assert_int_eq(verify(sent, 2, "root.pem", NULL, "mail.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_unusable);
	drop(&own);
	drop(&middle);
}
END_TEST

/* The system's store, which variables may name: by directory, by bundle, or neither. */
static const struct {
	const char	*dir, *file;
	const struct cause *cause;
} stores[] = {
	{ "hashed", "nowhere.pem", NULL },
	{ "empty", "root.pem", NULL },
	{ "nowhere", "root.pem", NULL },
	{ "hashed", "root.pem", NULL },
	{ "empty", "nowhere.pem", &chain_untrusted },
	{ "nowhere", "old_root.pem", &chain_untrusted },
};

START_TEST(system_store)
{
	struct pair own = issue(&(struct wish){ 0 }, &issuer);
	X509 *sent[] = { own.cert, issuer.cert };

	ck_assert_int_eq(setenv("SSL_CERT_DIR", file(stores[_i].dir), 1), 0);
	ck_assert_int_eq(setenv("SSL_CERT_FILE", file(stores[_i].file), 1), 0);
	(void)verify(sent, 2, NULL, NULL, "mail.test", 2);
	ck_assert_msg(diag.cause == stores[_i].cause, "%s", diag.text);
	drop(&own);
}
END_TEST

/* A leaf with a name that no tool would write: n bytes as they are. */
static struct pair
hostile(const char *bytes, int n, bool alternative)
{
	struct pair p = issue_unsigned(&(struct wish){
	    .subject = alternative ? "cn" : NONE, .names = NONE }, &root);

	if (alternative) {
		GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();

		ck_assert_int_eq(ASN1_STRING_set(text, bytes, n), 1);
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
		ck_assert_int_gt(sk_GENERAL_NAME_push(names, name), 0);
		ck_assert_int_eq(1,
		    X509_add1_ext_i2d(p.cert, NID_subject_alt_name, names, 0, 0));
		GENERAL_NAMES_free(names);
	} else {
		ck_assert_int_eq(X509_NAME_add_entry_by_txt(X509_get_subject_name(p.cert),
		    "CN", V_ASN1_UTF8STRING, (const unsigned char *)bytes, n, -1, 0), 1);
	}
	sign(p.cert, &root);
	return p;
}

#define BYTES(text) text, sizeof(text) - 1
#define TEN "1234567890"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
	const char	*bytes;
	size_t		 n;
	const char	*shown;
} bad_names[] = {
	{ BYTES("mail.test\0.evil.test"), "mail.test?.evil.test" },
	{ BYTES("\0mail.test"), "?mail.test" },
	{ BYTES("mail.test\0"), "mail.test?" },
	/* the gate before the output tames these */
	{ BYTES("a|b=1;;;$x$"), "a|b=1;;;$x$" },
	{ BYTES("a\r\nb"), "a\r\nb" },
	{ BYTES("\x1b[2J"), "\x1b[2J" },
	{ BYTES(FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY), FIFTY FIFTY },
};

START_TEST(hostile_alternative)
{
	struct pair own = hostile(bad_names[_i].bytes, (int)bad_names[_i].n, true);

	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "mail.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_wrong_name);
	ck_assert_msg(strstr(diag.text, bad_names[_i].shown) != NULL, "%s", diag.text);
	ck_assert_ptr_nonnull(strstr(diag.text, ", not for mail.test"));
	drop(&own);
}
END_TEST

START_TEST(hostile_subject)
{
	struct pair own;

	if (bad_names[_i].n > 64)	/* no common name is longer */
		return;
	own = hostile(bad_names[_i].bytes, (int)bad_names[_i].n, false);
	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "mail.test", 2), -1);
	ck_assert_ptr_eq(diag.cause, &chain_wrong_name);
	ck_assert_str_eq(facts.subject, bad_names[_i].shown);
	ck_assert_msg(strstr(diag.text, bad_names[_i].shown) != NULL, "%s", diag.text);
	drop(&own);
}
END_TEST

/* A name in two bytes a letter (BMPString), and none at all. */
START_TEST(odd_subjects)
{
	struct pair own = issue_unsigned(&(struct wish){ .subject = NONE }, &root);
	X509_NAME *name = X509_get_subject_name(own.cert);

	sign(own.cert, &root);
	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "mail.test", 2), 0);
	ck_assert_str_eq(facts.subject, "");
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", V_ASN1_BMPSTRING,
	    (const unsigned char *)"\0g\0r\0\xfc\0n", 8, -1, 0), 1);
	sign(own.cert, &root);
	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "mail.test", 2), 0);
	ck_assert_str_eq(facts.subject, "gr\xc3\xbcn");
	drop(&own);
}
END_TEST

START_TEST(no_common_name)
{
	struct pair own = issue_unsigned(&(struct wish){ .subject = NONE }, &root);

	ck_assert_int_eq(X509_NAME_add_entry_by_txt(X509_get_subject_name(own.cert), "O",
	    MBSTRING_ASC, (const unsigned char *)"Post", -1, -1, 0), 1);
	sign(own.cert, &root);
	ck_assert_int_eq(verify(&own.cert, 1, "root.pem", NULL, "mail.test", 2), 0);
	ck_assert_str_eq(facts.subject, "O=Post");
	drop(&own);
}
END_TEST

static const long looks[] = { 90, 1, -3, 36500 };

START_TEST(look)
{
	struct pair own = issue(&(struct wish){ .from = -10, .until = looks[_i] }, NULL);
	STACK_OF(X509) *stack = sk_X509_new_null();

	facts = (struct chain_facts){ 0 };
	chain_look(NULL, NOW, &facts);
	chain_look(stack, NOW, &facts);
	ck_assert(!facts.known);
	ck_assert_int_gt(sk_X509_push(stack, own.cert), 0);
	chain_look(stack, NOW, &facts);
	ck_assert(facts.known);
	ck_assert_double_eq_tol(facts.days, (double)looks[_i], 0.001);
	ck_assert_str_eq(facts.subject, "mail.test");
	sk_X509_free(stack);
	drop(&own);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, verified, 0, LEN(cases));
	tcase_add_loop_test(t, level, 0, 4);
	tcase_add_test(t, trusted_itself);
	tcase_add_test(t, empty_name);
	tcase_add_test(t, empty_chain);
	tcase_add_test(t, forged);
	tcase_add_test(t, not_an_authority);
	tcase_add_loop_test(t, system_store, 0, LEN(stores));
	tcase_add_loop_test(t, hostile_alternative, 0, LEN(bad_names));
	tcase_add_loop_test(t, hostile_subject, 0, LEN(bad_names));
	tcase_add_test(t, odd_subjects);
	tcase_add_test(t, no_common_name);
	tcase_add_loop_test(t, look, 0, LEN(looks));
}
