/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>

#include <openssl/x509v3.h>

#include "base/text.h"
#include "cert/certificate.h"

#define NAMES_MAX 8		/* names of a certificate in a sentence */

/* The common name in UTF-8, NUL bytes as '?'; false when it has none. */
static bool
common_name(const X509_NAME *name, char *text, size_t size)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1), n;
	const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, at);
	unsigned char *bytes;

	if (entry == NULL)
		return false;
	if ((n = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry))) < 0)
		return false;
	text_copy(text, size, (const char *)bytes, (size_t)n);
	OPENSSL_free(bytes);
	return n > 0;
}

void
cert_name(const X509_NAME *name, char *text, size_t size)
{
	BIO *out;
	char *bytes;
	long n;

	text[0] = '\0';
	if (common_name(name, text, size))
		return;
	if ((out = BIO_new(BIO_s_mem())) == NULL)
		return;
	if (X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253) >= 0 &&
	    (n = BIO_get_mem_data(out, &bytes)) > 0)
		text_copy(text, size, bytes, (size_t)n);
	BIO_free(out);
}

double
cert_days(const X509 *cert, time_t now)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, now);
	int days = 0, seconds = 0;

	if (from != NULL)
		(void)ASN1_TIME_diff(&days, &seconds, from, X509_get0_notAfter(cert));
	ASN1_TIME_free(from);
	return days + seconds / 86400.0;
}

/* A DNS name or an address as text, NUL bytes as '?'; false for other kinds of names. */
static bool
alternative(const GENERAL_NAME *name, char *text, size_t size)
{
	int kind = 0, n;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);
	const unsigned char *bytes;

	if (kind != GEN_DNS && kind != GEN_IPADD)
		return false;
	bytes = ASN1_STRING_get0_data(value);
	n = ASN1_STRING_length(value);
	if (kind == GEN_DNS)
		text_copy(text, size, (const char *)bytes, (size_t)n);
	else if (n == 4 || n == 16)
		(void)inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text,
		    (socklen_t)size);
	return kind == GEN_DNS || n == 4 || n == 16;
}

void
cert_names(X509 *cert, struct buf *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	int n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && n <= NAMES_MAX; i++) {
		char text[256];

		if (!alternative(sk_GENERAL_NAME_value(names, i), text, sizeof(text)))
			continue;
		(void)buf_addf(out, "%s%s", n > 0 ? ", " : "",
		    n < NAMES_MAX ? text : "...");
		n++;
	}
	GENERAL_NAMES_free(names);
}

bool
cert_issuer_is_published(X509 *cert)
{
	AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(info); i++) {
		const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(info, i);

		if (OBJ_obj2nid(access->method) == NID_ad_ca_issuers &&
		    access->location->type == GEN_URI)
			found = true;
	}
	AUTHORITY_INFO_ACCESS_free(info);
	return found;
}
