/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_state: what stands behind a stream with TLS. Private to wire/tls*.c. */

#ifndef WIRE_TLS_STATE_H
#define WIRE_TLS_STATE_H

#include <openssl/ssl.h>

#include "wire/tls.h"

#define TLS_REASON_MAX 128

struct tls {
	SSL_CTX		*ctx;
	SSL		*ssl;
	STACK_OF(X509)	*chain;		/* leaf first; NULL when the server sent none */
	char		 first[200];	/* the first bytes of the server */
	size_t		 nfirst;
	bool		 asked;		/* the server wants a client certificate */
	bool		 encrypted;	/* a file wants a passphrase */
	unsigned long	 error;		/* what broke the connection: OpenSSL tells it
					 * once, and then only that it is closed */
};

/* The state of a stream; NULL where there is no TLS. */
const struct tls *tls_state(const struct stream *s);

/* OpenSSL's words for an error. */
void	 tls_reason(unsigned long error, char reason[TLS_REASON_MAX]);

/* The one translator of OpenSSL's error queue, emptied here. Returns -1. */
int	 tls_error(const struct stream *s, struct diag *d);

/* Loads what the options say to show a server that asks. Cause tls_client_cert. */
int	 tls_client_load(struct tls *tls, const struct tls_conf *conf, struct diag *d);

#endif
