/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "peer/scratch.h"
#include "peer/testca.h"
#include "peer/words.h"

#define DAY (24L * 3600)
#define USUAL_NAMES "DNS:mail.test,DNS:localhost,IP:127.0.0.1"
#define AIA "caIssuers;URI:http://pki.test/intermediate.der"

/* What is peculiar about a chain. */
enum {
	SELFSIGNED	= 1 << 0,
	UNKNOWN_ROOT	= 1 << 1,	/* below a root that is not in ca.pem */
	LEAF_ONLY	= 1 << 2,	/* the intermediate is not sent */
	NO_AIA		= 1 << 3,
	WITH_ROOT	= 1 << 4,
	REVERSED	= 1 << 5,
	STRANGER	= 1 << 6,	/* a certificate in it does not belong there */
	SHORT_RSA	= 1 << 7,	/* a key of 1024 bits */
	SHA1_SIGNED	= 1 << 8,
	FOR_CLIENTS	= 1 << 9,	/* extended key usage clientAuth only */
	OLD_ISSUER	= 1 << 10,	/* the intermediate has expired */
	SHA384_SIGNED	= 1 << 11,
};

static const struct kind {
	const char	*name;
	long		 from, until;	/* days from now */
	const char	*names;		/* subjectAltName, or NULL for none */
	unsigned	 odd;
} kinds[] = {
	{ "good",          -1,   90, USUAL_NAMES,     0 },
	{ "expired",     -100,  -10, USUAL_NAMES,     0 },
	{ "notyet",        10,  100, USUAL_NAMES,     0 },
	{ "selfsigned",    -1,   90, USUAL_NAMES,     SELFSIGNED | NO_AIA },
	{ "wrongname",     -1,   90, "DNS:other.test", 0 },
	{ "nosan",         -1,   90, NULL,            0 },
	{ "leafonly",      -1,   90, USUAL_NAMES,     LEAF_ONLY },
	{ "noaia",         -1,   90, USUAL_NAMES,     LEAF_ONLY | NO_AIA },
	{ "otherca",       -1,   90, USUAL_NAMES,     UNKNOWN_ROOT },
	{ "withroot",      -1,   90, USUAL_NAMES,     WITH_ROOT },
	{ "reversed",      -1,   90, USUAL_NAMES,     WITH_ROOT | REVERSED },
	{ "stranger",      -1,   90, USUAL_NAMES,     STRANGER },
	{ "weak",          -1,   90, USUAL_NAMES,     SHORT_RSA },
	{ "sha1",          -1,   90, USUAL_NAMES,     SHA1_SIGNED },
	{ "sha384",        -1,   90, USUAL_NAMES,     SHA384_SIGNED },
	{ "wrongpurpose",  -1,   90, USUAL_NAMES,     FOR_CLIENTS },
	{ "oldissuer",     -1,   90, USUAL_NAMES,     OLD_ISSUER },
	{ "client",        -1,   90, "DNS:client.test", FOR_CLIENTS },
};

struct pair {
	X509		*cert;
	EVP_PKEY	*key;
};

static struct {
	char		 dir[4096];
	struct pair	 root, issuer, other_root, other_issuer, old_issuer;
} shop;

/* An order taken apart. */
struct order {
	const struct kind *kind;
	long		 until;
	char		 names[256];
};

static int
order_option(struct order *o, const char *word)
{
	if (strncmp(word, "days=", 5) == 0)
		return text_integer(word + 5, -36500, 36500, &o->until);
	if (strncmp(word, "san=", 4) == 0) {
		(void)snprintf(o->names, sizeof(o->names), "%s", word + 4);
		return 0;
	}
	return -1;
}

static int
order_read(const char *text, struct order *o)
{
	char *copy = copied(text), *rest = copy, *word = word_take(&rest);
	int rc = 0;

	*o = (struct order){ 0 };
	for (size_t i = 0; word != NULL && i < LEN(kinds); i++)
		if (strcmp(kinds[i].name, word) == 0)
			o->kind = &kinds[i];
	if (o->kind == NULL) {
		rc = -1;
	} else {
		o->until = o->kind->until;
		(void)snprintf(o->names, sizeof(o->names), "%s",
		    o->kind->names != NULL ? o->kind->names : "");
		while (rc == 0 && (word = word_take(&rest)) != NULL)
			rc = order_option(o, word);
	}
	free(copy);
	return rc;
}

bool
testca_known(const char *order)
{
	struct order o;

	return order_read(order, &o) == 0;
}

void
testca_stem(const char *order, char stem[CERT_STEM_MAX])
{
	(void)snprintf(stem, CERT_STEM_MAX, "%s", order);
	for (char *p = stem; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
}

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = must(X509V3_EXT_conf_nid(NULL, &ctx, nid, value));
	(void)X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
}

/* A certificate without extensions and signature. */
static X509 *
blank(const char *name, EVP_PKEY *key, long from, long until)
{
	X509 *cert = must(X509_new());
	uint64_t serial = 0;

	(void)RAND_bytes((unsigned char *)&serial, sizeof(serial));
	(void)X509_set_version(cert, 2);
	(void)ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(cert), from * DAY);
	/* An hour more, so that whole days left are as many as ordered. */
	(void)X509_gmtime_adj(X509_getm_notAfter(cert), until * DAY + 3600);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	(void)X509_set_pubkey(cert, key);
	return cert;
}

static void
sign(X509 *cert, X509 *issuer, EVP_PKEY *key, const EVP_MD *digest)
{
	(void)X509_set_issuer_name(cert, X509_get_subject_name(issuer));
	extend(cert, issuer, NID_subject_key_identifier, "hash");
	extend(cert, issuer, NID_authority_key_identifier, "keyid");
	if (X509_sign(cert, key, digest) == 0)
		die("a test certificate cannot be signed");
}

static struct pair
authority(const char *name, const struct pair *above, long until)
{
	struct pair p = { .key = must(EVP_EC_gen("P-256")) };

	p.cert = blank(name, p.key, -400, until);
	extend(p.cert, p.cert, NID_basic_constraints, "critical,CA:TRUE");
	extend(p.cert, p.cert, NID_key_usage, "critical,keyCertSign,cRLSign");
	if (above == NULL)
		above = &p;
	sign(p.cert, above->cert, above->key, EVP_sha256());
	return p;
}

static struct pair
leaf(const struct order *o, const struct pair *above)
{
	unsigned odd = o->kind->odd;
	struct pair p = {
		.key = must(odd & SHORT_RSA ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256")),
	};

	p.cert = blank("mail.test", p.key, o->kind->from, o->until);
	if (odd & SELFSIGNED)
		above = &p;
	extend(p.cert, above->cert, NID_basic_constraints, "critical,CA:FALSE");
	extend(p.cert, above->cert, NID_key_usage, "critical,digitalSignature");
	extend(p.cert, above->cert, NID_ext_key_usage,
	    odd & FOR_CLIENTS ? "clientAuth" : "serverAuth");
	if (o->names[0] != '\0')
		extend(p.cert, above->cert, NID_subject_alt_name, o->names);
	if (!(odd & NO_AIA))
		extend(p.cert, above->cert, NID_info_access, AIA);
	sign(p.cert, above->cert, above->key, odd & SHA1_SIGNED ? EVP_sha1() :
	    odd & SHA384_SIGNED ? EVP_sha384() : EVP_sha256());
	return p;
}

static void
pair_free(struct pair *p)
{
	X509_free(p->cert);
	EVP_PKEY_free(p->key);
}

static FILE *
pem_open(const char *name, const char *suffix)
{
	char path[sizeof(shop.dir) + CERT_STEM_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/%s%s", shop.dir, name, suffix);
	return must(fopen(path, "w"));
}

static void
cert_write(const char *name, X509 *const *certs, size_t n)
{
	FILE *f = pem_open(name, ".pem");

	for (size_t i = 0; i < n; i++)
		(void)PEM_write_X509(f, certs[i]);
	(void)fclose(f);
}

static void
capath_make(void)
{
	char path[sizeof(shop.dir) + 64];

	(void)snprintf(path, sizeof(path), "%s/empty", shop.dir);
	dir_make(path);
	(void)snprintf(path, sizeof(path), "%s/capath", shop.dir);
	dir_make(path);
	(void)snprintf(path, sizeof(path), "%s/capath/%08lx.0", shop.dir,
	    X509_subject_name_hash(shop.root.cert));
	if (symlink("../ca.pem", path) == -1)
		die("%s cannot be made", path);
}

void
testca_open(const char *dir)
{
	(void)snprintf(shop.dir, sizeof(shop.dir), "%s", dir);
	dir_make(dir);
	shop.root = authority("Test Root CA", NULL, 3650);
	shop.issuer = authority("Test Intermediate CA", &shop.root, 1000);
	shop.other_root = authority("Other Root CA", NULL, 3650);
	shop.other_issuer = authority("Other Intermediate CA", &shop.other_root, 1000);
	shop.old_issuer = authority("Old Intermediate CA", &shop.root, -5);
	cert_write("ca", &shop.root.cert, 1);
	cert_write("otherca_root", &shop.other_root.cert, 1);
	cert_write("intermediate", &shop.issuer.cert, 1);
	capath_make();
}

void
testca_close(void)
{
	pair_free(&shop.root);
	pair_free(&shop.issuer);
	pair_free(&shop.other_root);
	pair_free(&shop.other_issuer);
	pair_free(&shop.old_issuer);
	memset(&shop, 0, sizeof(shop));
}

static const struct pair *
issuer_of(unsigned odd)
{
	return odd & UNKNOWN_ROOT ? &shop.other_issuer :
	    odd & OLD_ISSUER ? &shop.old_issuer : &shop.issuer;
}

/* Puts the chain together as the server sends it. */
static size_t
chain_of(unsigned odd, X509 *own, X509 *chain[4])
{
	size_t n = 0;
	X509 *swap;

	chain[n++] = own;
	if (odd & STRANGER)
		chain[n++] = shop.other_issuer.cert;
	if (!(odd & (LEAF_ONLY | SELFSIGNED)))
		chain[n++] = issuer_of(odd)->cert;
	if (odd & WITH_ROOT)
		chain[n++] = shop.root.cert;
	/* The leaf stays first: servers want it so. */
	if (n > 1 && (odd & REVERSED)) {
		swap = chain[1];
		chain[1] = chain[n - 1];
		chain[n - 1] = swap;
	}
	return n;
}

void
testca_make(const char *order)
{
	char stem[CERT_STEM_MAX], path[sizeof(shop.dir) + CERT_STEM_MAX + 16];
	X509 *chain[4];
	struct order o;
	struct pair own;
	FILE *f;

	testca_stem(order, stem);
	(void)snprintf(path, sizeof(path), "%s/%s.pem", shop.dir, stem);
	if (access(path, F_OK) == 0)
		return;
	if (order_read(order, &o) == -1)
		die("there is no certificate \"%s\"", order);
	own = leaf(&o, issuer_of(o.kind->odd));
	cert_write(stem, chain, chain_of(o.kind->odd, own.cert, chain));
	f = pem_open(stem, ".key");
	(void)PEM_write_PrivateKey(f, own.key, NULL, NULL, 0, NULL, NULL);
	(void)fclose(f);
	(void)snprintf(path, sizeof(path), "%s/%s.key", shop.dir, stem);
	(void)chmod(path, 0600);
	pair_free(&own);
}

SSL_CTX *
testca_server(const char *dir, const char *order)
{
	char stem[CERT_STEM_MAX], pem[4400], key[4400], ca[4400];
	SSL_CTX *ctx = must(SSL_CTX_new(TLS_server_method()));

	testca_stem(order, stem);
	(void)snprintf(pem, sizeof(pem), "%s/%s.pem", dir, stem);
	(void)snprintf(key, sizeof(key), "%s/%s.key", dir, stem);
	(void)snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	/* What is weak is for the client to find out. */
	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	(void)SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	if (SSL_CTX_use_certificate_chain_file(ctx, pem) == 1 &&
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1 &&
	    SSL_CTX_load_verify_locations(ctx, ca, NULL) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}
