/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "wire/tls_state.h"

#define EXPORTER_LABEL "EXPORTER-Channel-Binding"
#define EXPORTER_SIZE 32

/*
 * With TLS 1.2 the exporter tells connections apart only if there is an extended master
 * secret, and servers there know tls-unique rather than this.
 */
static int
exporter(const struct tls *tls, struct buf *out)
{
	unsigned char data[EXPORTER_SIZE];

	if (SSL_version(tls->ssl) < TLS1_3_VERSION)
		return -1;
	if (SSL_export_keying_material(tls->ssl, data, sizeof(data), EXPORTER_LABEL,
	    strlen(EXPORTER_LABEL), (const unsigned char *)"", 0, 1) != 1)
		return -1;
	return buf_add(out, data, sizeof(data));
}

/*
 * The digest to bind a certificate with. RFC 5929 4.1 leaves it undefined where the
 * signature has none of its own (Ed25519) or two (RSA-PSS with another one for its mask;
 * OpenSSL says of the other RSA-PSS that they are fit for TLS).
 */
static const EVP_MD *
end_point_digest(X509 *cert)
{
	int digest, key;
	uint32_t flags;

	if (X509_get_signature_info(cert, &digest, &key, NULL, &flags) != 1 ||
	    (key == EVP_PKEY_RSA_PSS && !(flags & X509_SIG_INFO_TLS)))
		return NULL;
	if (digest == NID_md5 || digest == NID_sha1)
		digest = NID_sha256;
	return EVP_get_digestbynid(digest);
}

static int
end_point(const struct tls *tls, struct buf *out)
{
	unsigned char data[EVP_MAX_MD_SIZE];
	unsigned n = sizeof(data);
	X509 *cert = tls->chain != NULL ? sk_X509_value(tls->chain, 0) : NULL;
	const EVP_MD *digest = cert != NULL ? end_point_digest(cert) : NULL;

	if (digest == NULL || X509_digest(cert, digest, data, &n) != 1)
		return -1;
	return buf_add(out, data, n);
}

int
tls_binding(const struct stream *s, const char *type, struct buf *out)
{
	const struct tls *tls = tls_state(s);
	int rc = -1;

	if (tls == NULL)
		return -1;
	if (strcmp(type, "tls-exporter") == 0)
		rc = exporter(tls, out);
	else if (strcmp(type, "tls-server-end-point") == 0)
		rc = end_point(tls, out);
	ERR_clear_error();
	return rc;
}
