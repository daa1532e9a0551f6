/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "unit/unit.h"
#include "wire/net.h"
#include "wire/tls.h"

#define DAY (24L * 3600)
#define BINDING 32		/* octets of tls-exporter */

/* --- certificates, made once, in the process that libcheck forks from --- */

static char dir[64];
static EVP_PKEY *ec_key, *other_key, *rsa_key, *ed_key;
static X509 *authority, *client, *expired, *stranger, *server_cert;

/* The name of a file in the directory of this run. */
static char *
file(const char *name)
{
	static char paths[4][128];
	static size_t next;
	char *path = paths[next++ % LEN(paths)];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static X509 *
unsigned_cert(const char *name, EVP_PKEY *key, long until)
{
	X509 *cert = X509_new();
	static long serial;

	ck_assert(cert != NULL && key != NULL);
	(void)X509_set_version(cert, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
	(void)X509_gmtime_adj(X509_getm_notBefore(cert), -9 * DAY);
	(void)X509_gmtime_adj(X509_getm_notAfter(cert), until * DAY);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0);
	(void)X509_set_pubkey(cert, key);
	return cert;
}

static X509 *
issue(const char *name, long until, const char *issuer)
{
	X509 *cert = unsigned_cert(name, ec_key, until);
	X509_NAME *above = X509_get_issuer_name(cert);

	(void)X509_NAME_add_entry_by_txt(above, "CN", MBSTRING_UTF8,
	    (const unsigned char *)issuer, -1, -1, 0);
	if (strcmp(name, issuer) == 0) {
		X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL,
		    NID_basic_constraints, "critical,CA:TRUE");

		ck_assert_int_eq(X509_add_ext(cert, ext, -1), 1);
		X509_EXTENSION_free(ext);
	}
	ck_assert_int_gt(X509_sign(cert, ec_key, EVP_sha256()), 0);
	return cert;
}

static void
write_text(const char *name, const char *text)
{
	FILE *f = fopen(file(name), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* A file with a certificate, a key, or both. */
static void
write_pem(const char *name, X509 *cert, EVP_PKEY *key)
{
	FILE *f = fopen(file(name), "w");

	ck_assert_ptr_nonnull(f);
	if (cert != NULL)
		ck_assert_int_eq(PEM_write_X509(f, cert), 1);
	if (key != NULL)
		ck_assert_int_eq(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL),
		    1);
	ck_assert_int_eq(fclose(f), 0);
}

static void
write_encrypted(const char *name, bool traditional)
{
	BIO *f = BIO_new_file(file(name), "w");
	char secret[] = "secret";

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq((traditional ? PEM_write_bio_PrivateKey_traditional :
	    PEM_write_bio_PrivateKey)(f, ec_key, EVP_aes_128_cbc(), NULL, 0, NULL,
	    secret), 1);
	ck_assert_int_eq(BIO_free(f), 1);
}

static void
set_up(void)
{
	(void)signal(SIGPIPE, SIG_IGN);		/* as the frame does */
	(void)snprintf(dir, sizeof(dir), "/tmp/test_tls.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ec_key = EVP_EC_gen("P-256");
	other_key = EVP_EC_gen("P-256");
	rsa_key = EVP_RSA_gen(2048);
	ed_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	authority = issue("Authority", 90, "Authority");
	client = issue("client", 90, "Authority");
	expired = issue("client", -1, "Authority");
	stranger = issue("client", 90, "Nobody");
	server_cert = issue("mail.test", 90, "Authority");
	write_pem("client.pem", client, NULL);
	write_pem("both.pem", client, ec_key);
	write_pem("key.pem", NULL, ec_key);
	write_pem("expired.pem", expired, ec_key);
	write_pem("stranger.pem", stranger, ec_key);
	write_pem("other.pem", NULL, other_key);
	write_pem("rsa.pem", NULL, rsa_key);
	write_encrypted("pkcs8.pem", false);
	write_encrypted("traditional.pem", true);
	write_text("empty.pem", "");
	write_text("words.pem", "no certificate\n");
	write_text("damaged.pem",
	    "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n");
	write_text("hollow.pem",
	    "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n");
}

static void
tear_down(void)
{
	EVP_PKEY *keys[] = { ec_key, other_key, rsa_key, ed_key };
	X509 *certs[] = { authority, client, expired, stranger, server_cert };

	for (size_t i = 0; i < LEN(keys); i++)
		EVP_PKEY_free(keys[i]);
	for (size_t i = 0; i < LEN(certs); i++)
		X509_free(certs[i]);
	unit_remove(dir);
}

/* --- a server in a thread of its own --- */

/* What the server shall be like, and what it saw. */
static struct server {
	int		 version;	/* the highest it speaks */
	bool		 demands;	/* a client certificate */
	bool		 no_ems;	/* no extended master secret */
	X509		*cert;		/* NULL: server_cert */

	int		 fd;
	pthread_t	 thread;
	bool		 shook, exported;
	char		 subject[64];	/* of the client */
	unsigned char	 binding[BINDING];
} server;

static SSL_CTX *
server_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_use_certificate(ctx,
	    server.cert != NULL ? server.cert : server_cert);
	(void)SSL_CTX_use_PrivateKey(ctx, ec_key);
	(void)X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority);
	(void)SSL_CTX_set_max_proto_version(ctx, server.version);
	(void)SSL_CTX_set_num_tickets(ctx, 0);
	if (server.no_ems)
		(void)SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	if (server.demands)
		SSL_CTX_set_verify(ctx,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return ctx;
}

static void
look(SSL *ssl)
{
	X509 *cert = SSL_get0_peer_certificate(ssl);

	if (cert != NULL)
		(void)X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
		    NID_commonName, server.subject, sizeof(server.subject));
	server.exported = SSL_export_keying_material(ssl, server.binding, BINDING,
	    "EXPORTER-Channel-Binding", 24, (const unsigned char *)"", 0, 1) == 1;
}

/* Greets whoever shakes hands, and closes without reading on. */
static void *
serve(void *arg)
{
	SSL_CTX *ctx = server_context();
	SSL *ssl = SSL_new(ctx);

	(void)arg;
	(void)SSL_set_fd(ssl, server.fd);
	if (SSL_accept(ssl) == 1) {
		server.shook = true;
		look(ssl);
		(void)SSL_write(ssl, "220 mail.test\r\n", 15);
		(void)SSL_shutdown(ssl);
	}
	ERR_clear_error();
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	(void)close(server.fd);
	return NULL;
}

static struct stream s;
static struct tls_facts facts;
static struct diag d;

/* A connection over loopback, for its resets: the server's end is in server.fd. */
static void
begin(void)
{
	struct net_address a;
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	ck_assert_int_eq(net_address_parse(&a, "127.0.0.1", 0), 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a.sa, a.len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	(void)getsockname(listener, (struct sockaddr *)&a.sa, &a.len);
	ck_assert_int_eq(net_connect_one(&a, NULL, deadline_in(5), &fd, &d), 0);
	ck_assert_int_ne(server.fd = accept(listener, NULL, NULL), -1);
	(void)close(listener);
	stream_open(&s, fd, "mail.test:465", deadline_in(10), NULL);
}

static int
shake_hands(const struct tls_conf *conf)
{
	begin();
	ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
	return tls_start(&s, conf, "mail.test", &facts, &d);
}

static void
end(void)
{
	stream_close(&s);
	(void)pthread_join(server.thread, NULL);
}

/* --- client certificates --- */

static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

static void
expect_greeting(void)
{
	char line[64];
	size_t n;

	ck_assert_int_eq(stream_line(&s, line, sizeof(line), &n, &d), 0);
	ck_assert_uint_eq(n, 13);
	ck_assert_mem_eq(line, "220 mail.test", 13);
}

START_TEST(accepted)
{
	struct tls_conf conf = { 0, file("client.pem"), file("key.pem") };
	struct tls_conf one_file = { .client_cert = file("both.pem") };

	server = (struct server){ .version = versions[_i / 2], .demands = true };
	ck_assert_int_eq(shake_hands(_i % 2 == 0 ? &conf : &one_file), 0);
	expect_greeting();
	end();
	ck_assert_str_eq(server.subject, "client");
}
END_TEST

/* Nobody sees a certificate who does not ask for it. */
START_TEST(not_asked)
{
	struct tls_conf conf = { .client_cert = file("both.pem") };

	server = (struct server){ .version = versions[_i] };
	ck_assert_int_eq(shake_hands(&conf), 0);
	expect_greeting();
	end();
	ck_assert(server.shook);
	ck_assert_str_eq(server.subject, "");
}
END_TEST

static const struct {
	const char	*shown;		/* NULL: none */
	const char	*says;
} refusals[] = {
	{ NULL, "mail.test:465 wants a client certificate (" },
	{ "expired.pem", "mail.test:465 refuses the client certificate (" },
	{ "stranger.pem", "mail.test:465 refuses the client certificate (" },
};

/* What the client does behind a handshake that went well as far as it can know. */
static int
read_first(void)
{
	char line[64];
	size_t n;

	return stream_line(&s, line, sizeof(line), &n, &d);
}

static int
write_first(void)
{
	if (stream_write(&s, "EHLO client.test\r\n", 18, &d) == -1)
		return -1;
	return read_first();
}

static int
write_twice(void)
{
	if (stream_write(&s, "EHLO client.test\r\n", 18, &d) == -1)
		return -1;
	(void)usleep(50 * 1000);
	return write_first();
}

static int
write_late(void)
{
	(void)pthread_join(server.thread, NULL);
	server.thread = pthread_self();
	return write_twice();
}

/* Looking whether something has come swallows the alert, but it is not forgotten. */
static int
look_first(void)
{
	(void)pthread_join(server.thread, NULL);
	server.thread = pthread_self();
	ck_assert_uint_eq(stream_pending(&s), 0);
	return write_first();
}

static int (*const goings_on[])(void) = {
	read_first, write_first, write_twice, write_late, look_first,
};

static void
end_refused(void)
{
	stream_close(&s);
	if (!pthread_equal(server.thread, pthread_self()))
		(void)pthread_join(server.thread, NULL);
}

START_TEST(refused)
{
	size_t which = (size_t)_i % LEN(refusals);
	size_t how = (size_t)_i / LEN(refusals) % LEN(goings_on);
	int version = versions[(size_t)_i / LEN(refusals) / LEN(goings_on)];
	const char *shown = refusals[which].shown;
	struct tls_conf conf = { .client_cert = shown != NULL ? file(shown) : NULL };

	server = (struct server){ .version = version, .demands = true };
	ck_assert_int_eq(shake_hands(&conf), version == TLS1_3_VERSION ? 0 : -1);
	if (version == TLS1_3_VERSION) {
		diag_at(&d, "greeting");
		ck_assert_int_eq(goings_on[how](), -1);
	}
	ck_assert_ptr_eq(d.cause, &tls_client_refused);
	ck_assert_ptr_eq(strstr(d.text, refusals[which].says), d.text);
	ck_assert_str_eq(d.stage, version == TLS1_3_VERSION ? "greeting" : "tls");
	end_refused();
	ck_assert(!server.shook);
}
END_TEST

/* %s is the directory */
static const struct {
	const char	*cert, *key, *says;
} unusables[] = {
	{ "missing.pem", "key.pem",
	    "cannot read the client's certificate %s/missing.pem "
	    "(No such file or directory)" },
	{ ".", NULL, "%s/. holds no certificate that OpenSSL can read: PEM is needed" },
	{ "empty.pem", "key.pem",
	    "%s/empty.pem holds no certificate that OpenSSL can read: PEM is needed" },
	{ "words.pem", "key.pem",
	    "%s/words.pem holds no certificate that OpenSSL can read: PEM is needed" },
	{ "damaged.pem", "key.pem",
	    "%s/damaged.pem holds no certificate that OpenSSL can read: PEM is needed" },
	{ "hollow.pem", "key.pem",
	    "%s/hollow.pem holds no certificate that OpenSSL can read: PEM is needed" },
	{ "key.pem", "key.pem",
	    "%s/key.pem holds no certificate that OpenSSL can read: PEM is needed" },
	{ "client.pem", NULL,
	    "%s/client.pem holds no key that OpenSSL can read: PEM is needed" },
	{ "client.pem", "words.pem",
	    "%s/words.pem holds no key that OpenSSL can read: PEM is needed" },
	{ "client.pem", "missing.pem",
	    "cannot read the client's key %s/missing.pem (No such file or directory)" },
	{ "client.pem", "other.pem",
	    "the key in %1$s/other.pem does not belong to the certificate in "
	    "%1$s/client.pem" },
	{ "client.pem", "rsa.pem",
	    "the key in %1$s/rsa.pem does not belong to the certificate in "
	    "%1$s/client.pem" },
	{ "client.pem", "pkcs8.pem",
	    "the key in %s/pkcs8.pem is encrypted, and a check has no passphrase" },
	{ "client.pem", "traditional.pem",
	    "the key in %s/traditional.pem is encrypted, and a check has no passphrase" },
	{ "client.pem", "locked.pem",
	    "cannot read the client's key %s/locked.pem (Permission denied)" },
};

/* Told before the server hears anything. */
START_TEST(unusable)
{
	struct tls_conf conf = { .client_cert = file(unusables[_i].cert) };
	char says[512];
	char byte;

	if (unusables[_i].key != NULL)
		conf.client_key = file(unusables[_i].key);
	write_pem("locked.pem", NULL, ec_key);
	ck_assert_int_eq(chmod(file("locked.pem"), 0), 0);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	begin();
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(tls_start(&s, &conf, "mail.test", &facts, &d), -1);
	if (getuid() == 0)
		(void)seteuid(0);
	ck_assert_ptr_eq(d.cause, &tls_client_cert);
	ck_assert_str_eq(d.stage, "tls");
	(void)remove(file("locked.pem"));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(says, sizeof(says), unusables[_i].says, dir);
#pragma GCC diagnostic pop
	ck_assert_str_eq(d.text, says);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	stream_close(&s);
	ck_assert_int_eq(recv(server.fd, &byte, 1, 0), 0);
	(void)close(server.fd);
}
END_TEST

/* --- channel binding --- */

START_TEST(exporter)
{
	struct tls_conf conf = { 0 };
	struct buf binding = { 0 };
	bool has = versions[_i % 2] == TLS1_3_VERSION;

	server = (struct server){ .version = versions[_i % 2], .no_ems = _i >= 2 };
	ck_assert_int_eq(shake_hands(&conf), 0);
	expect_greeting();
	ck_assert_int_eq(tls_binding(&s, "tls-exporter", &binding), has ? 0 : -1);
	end();
	ck_assert(server.exported);
	ck_assert_uint_eq(binding.len, has ? BINDING : 0);
	if (has)
		ck_assert_mem_eq(binding.data, server.binding, BINDING);
	buf_free(&binding);
}
END_TEST

/* Signs as the row says. */
static const struct {
	EVP_PKEY	**key;
	const char	*digest;	/* NULL: the key's own way */
	const char	*mask;		/* the second digest of RSA-PSS; NULL: no PSS */
	const char	*bound;		/* NULL: this certificate cannot be bound */
} signatures[] = {
	{ &ec_key, "SHA256", NULL, "SHA256" },
	{ &ec_key, "SHA384", NULL, "SHA384" },
	{ &ec_key, "SHA512", NULL, "SHA512" },
	{ &ec_key, "SHA224", NULL, "SHA224" },
	{ &ec_key, "SHA1", NULL, "SHA256" },
	{ &rsa_key, "SHA256", NULL, "SHA256" },
	{ &rsa_key, "SHA512", NULL, "SHA512" },
	{ &rsa_key, "SHA1", NULL, "SHA256" },
	{ &rsa_key, "MD5", NULL, "SHA256" },
	{ &rsa_key, "SHA256", "SHA256", "SHA256" },
	{ &rsa_key, "SHA384", "SHA384", "SHA384" },
	{ &rsa_key, "SHA256", "SHA1", NULL },
	{ &ed_key, NULL, NULL, NULL },
};

static X509 *
signed_as(size_t i)
{
	X509 *cert = unsigned_cert("mail.test", ec_key, 90);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key;

	(void)X509_set_issuer_name(cert, X509_get_subject_name(authority));
	ck_assert_int_eq(EVP_DigestSignInit_ex(ctx, &key, signatures[i].digest, NULL,
	    NULL, *signatures[i].key, NULL), 1);
	if (signatures[i].mask != NULL) {
		(void)EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING);
		(void)EVP_PKEY_CTX_set_rsa_pss_saltlen(key, RSA_PSS_SALTLEN_DIGEST);
		(void)EVP_PKEY_CTX_set_rsa_mgf1_md_name(key, signatures[i].mask, NULL);
	}
	ck_assert_int_gt(X509_sign_ctx(cert, ctx), 0);
	EVP_MD_CTX_free(ctx);
	return cert;
}

START_TEST(end_point)
{
	const char *bound = signatures[_i].bound;
	struct tls_conf conf = { 0 };
	struct buf binding = { 0 };
	unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
	size_t n = 0;
	int len;

	server = (struct server){ .version = TLS1_3_VERSION,
	    .cert = signed_as((size_t)_i) };
	ck_assert_int_eq(shake_hands(&conf), 0);
	expect_greeting();
	ck_assert_int_eq(tls_binding(&s, "tls-server-end-point", &binding),
	    bound != NULL ? 0 : -1);
	end();
	if (bound != NULL) {
		ck_assert_int_gt(len = i2d_X509(server.cert, &der), 0);
		ck_assert_int_eq(EVP_Q_digest(NULL, bound, NULL, der, (size_t)len,
		    digest, &n), 1);
		OPENSSL_free(der);
	}
	ck_assert_uint_eq(binding.len, n);
	if (n > 0)
		ck_assert_mem_eq(binding.data, digest, n);
	buf_free(&binding);
	X509_free(server.cert);
}
END_TEST

/* Of other kinds, without TLS, and where no handshake succeeded, there is none. */
START_TEST(no_binding)
{
	struct tls_conf conf = { 0 };
	struct buf binding = { 0 };

	server = (struct server){ .version = TLS1_2_VERSION };
	ck_assert_int_eq(shake_hands(&conf), 0);
	ck_assert_int_eq(tls_binding(&s, "tls-unique", &binding), -1);
	ck_assert_int_eq(tls_binding(&s, "", &binding), -1);
	end();
	begin();
	ck_assert_int_eq(tls_binding(&s, "tls-exporter", &binding), -1);
	ck_assert_int_eq(tls_binding(&s, "tls-server-end-point", &binding), -1);
	(void)close(server.fd);
	ck_assert_int_eq(tls_start(&s, &conf, "mail.test", &facts, &d), -1);
	ck_assert_int_eq(tls_binding(&s, "tls-exporter", &binding), -1);
	ck_assert_int_eq(tls_binding(&s, "tls-server-end-point", &binding), -1);
	stream_close(&s);
	ck_assert_uint_eq(binding.len, 0);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, accepted, 0, 2 * LEN(versions));
	tcase_add_loop_test(t, not_asked, 0, LEN(versions));
	tcase_add_loop_test(t, refused, 0,
	    LEN(versions) * LEN(refusals) * LEN(goings_on));
	tcase_add_loop_test(t, unusable, 0, LEN(unusables));
	tcase_add_loop_test(t, exporter, 0, 4);
	tcase_add_loop_test(t, end_point, 0, LEN(signatures));
	tcase_add_test(t, no_binding);
}
