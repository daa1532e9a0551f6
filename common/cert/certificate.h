/* SPDX-License-Identifier: GPL-3.0-or-later */
/* certificate: what one certificate says of itself, as text and numbers. */

#ifndef CERT_CERTIFICATE_H
#define CERT_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <openssl/x509.h>

#include "base/buf.h"

/*
 * The common name, or the whole name on one line (RFC 2253) when it has none; "" when
 * neither can be had. Foreign text, with NUL bytes as '?'.
 */
void	 cert_name(const X509_NAME *name, char *text, size_t size);

/* Days until the certificate expires, negative since it has. */
double	 cert_days(const X509 *cert, time_t now);

/*
 * Appends the first DNS names and addresses the certificate is made for; none: nothing.
 */
void	 cert_names(X509 *cert, struct buf *out);

/*
 * Does the certificate say where its issuer's certificate can be
 * fetched (RFC 5280 4.2.2.1)?
 */
bool	 cert_issuer_is_published(X509 *cert);

#endif
