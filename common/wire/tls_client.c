/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include <openssl/err.h>

#include "wire/tls_state.h"

/* Left to itself, OpenSSL asks for the passphrase on the terminal. */
static int
no_passphrase(char *text, int size, int writing, void *arg)
{
	struct tls *tls = arg;

	(void)text;
	(void)size;
	(void)writing;
	tls->encrypted = true;
	return -1;
}

/*
 * Says why a file is of no use. The first error in the queue is the deepest: the system's
 * where there is one. Those of libssl are its judgement of a certificate that was read,
 * unless they only name the library that failed.
 */
static int
unusable(const char *what, const char *path, struct diag *d)
{
	unsigned long first = ERR_peek_error(), last = ERR_peek_last_error();
	char reason[TLS_REASON_MAX];

	ERR_clear_error();
	if (ERR_SYSTEM_ERROR(first))
		return diag_set(d, &tls_client_cert, "cannot read the client's %s %s "
		    "(%s)", what, path, strerror(ERR_GET_REASON(first)));
	if (ERR_GET_LIB(last) == ERR_LIB_SSL && !ERR_COMMON_ERROR(last)) {
		tls_reason(last, reason);
		return diag_set(d, &tls_client_cert, "the client's %s %s cannot be used "
		    "(%s)", what, path, reason);
	}
	return diag_set(d, &tls_client_cert, "%s holds no %s that OpenSSL can read: PEM "
	    "is needed", path, what);
}

static int
key_unusable(const struct tls *tls, const char *path, const char *cert, struct diag *d)
{
	unsigned long last = ERR_peek_last_error();

	if (tls->encrypted) {
		ERR_clear_error();
		return diag_set(d, &tls_client_cert, "the key in %s is encrypted, and a "
		    "check has no passphrase", path);
	}
	if (ERR_GET_LIB(last) == ERR_LIB_X509 ||
	    (ERR_GET_LIB(last) == ERR_LIB_SSL &&
	    ERR_GET_REASON(last) == SSL_R_NO_CERTIFICATE_ASSIGNED)) {
		ERR_clear_error();
		return diag_set(d, &tls_client_cert, "the key in %s does not belong to "
		    "the certificate in %s", path, cert);
	}
	return unusable("key", path, d);
}

int
tls_client_load(struct tls *tls, const struct tls_conf *conf, struct diag *d)
{
	const char *cert = conf->client_cert;
	const char *key = conf->client_key != NULL ? conf->client_key : cert;

	SSL_set_default_passwd_cb(tls->ssl, no_passphrase);
	SSL_set_default_passwd_cb_userdata(tls->ssl, tls);
	ERR_clear_error();
	if (SSL_use_certificate_chain_file(tls->ssl, cert) != 1)
		return unusable("certificate", cert, d);
	if (SSL_use_PrivateKey_file(tls->ssl, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_check_private_key(tls->ssl) != 1)
		return key_unusable(tls, key, cert, d);
	return 0;
}
