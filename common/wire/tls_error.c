/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "wire/tls_state.h"

const struct cause tls_handshake = {
	"tls-handshake-failed", CLASS_TLS, STATE_CRITICAL,
	"the server and this machine did not agree on an encrypted connection",
	"the sentence has OpenSSL's reason: compare the server's protocol versions, "
	"ciphers and key with this machine's policy in openssl.cnf, and look into "
	"the server's log", false,
};

const struct cause tls_mode = {
	"tls-mode-mismatch", CLASS_TLS, STATE_CRITICAL,
	"the port wants another kind of encryption than the check (or the client) uses",
	"use --tls=starttls on ports that greet in plain text (587, 25) and "
	"--tls=implicit on ports that speak TLS at once (465)", false,
};

const struct cause tls_version = {
	"tls-version-mismatch", CLASS_TLS, STATE_CRITICAL,
	"the server and this machine have no TLS version in common",
	"enable TLS 1.2 or 1.3 on the server; the floor on this side is set by "
	"openssl.cnf and --tls-min", false,
};

const struct cause tls_local = {
	"tls-setup-failed", CLASS_LOCAL, STATE_UNKNOWN,
	"OpenSSL on this machine cannot begin a TLS connection",
	"look at this machine's openssl.cnf (or what OPENSSL_CONF names) and at "
	"--tls-min: protocol versions, ciphers, providers", false,
};

const struct cause tls_client_cert = {
	"client-certificate-unusable", CLASS_LOCAL, STATE_UNKNOWN,
	"the client certificate or its key cannot be used",
	"--client-cert names a PEM file with the certificate and those that link it to "
	"its CA, --client-key one with its key (without it, the key stands in the same "
	"file): the user of the check must be able to read both, and the key must not "
	"be encrypted (openssl pkey decrypts it)", false,
};

const struct cause tls_client_refused = {
	"client-certificate-refused", CLASS_TLS, STATE_CRITICAL,
	"the server wants a client certificate, or refuses the one it was shown",
	"show one that is valid and comes from a CA that the server trusts for clients "
	"(--client-cert, --client-key), or have the server ask for none on this port; "
	"its log says what it found wrong", false,
};

cause_table tls_causes = {
	&tls_handshake, &tls_mode, &tls_version, &tls_local, &tls_client_cert,
	&tls_client_refused, NULL,
};

static size_t
first_line(const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && bytes[i] != '\r' && bytes[i] != '\n')
		i++;
	return i;
}

/*
 * Did the server answer our hello in plain text, with its banner or an error? A TLS
 * record starts with its type, 20 to 23 (RFC 8446 5.1). OpenSSL stops behind the first
 * five bytes; the rest of the words is still in the socket.
 */
static bool
in_plain_text(const struct stream *s, struct diag *d)
{
	struct tls *tls = s->state;
	ssize_t rest;

	if (tls->nfirst == 0 || ((unsigned char)tls->first[0] >= 20 &&
	    (unsigned char)tls->first[0] <= 23))
		return false;
	rest = recv(s->fd, tls->first + tls->nfirst, sizeof(tls->first) - tls->nfirst, 0);
	tls->nfirst += rest > 0 ? (size_t)rest : 0;
	diag_heard(d, 0, tls->first, first_line(tls->first, tls->nfirst));
	return true;
}

/*
 * Loading the words costs a twentieth of a whole check, so prepare() keeps OpenSSL from
 * doing it; the one function that still can afterwards is declared deprecated. It knows
 * the errors of libssl, which stands above the others.
 */
void
tls_reason(unsigned long error, char reason[TLS_REASON_MAX])
{
	const char *words;

#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	(void)ERR_load_SSL_strings();
#pragma GCC diagnostic pop
#endif
	if ((words = ERR_reason_error_string(error)) != NULL)
		(void)snprintf(reason, TLS_REASON_MAX, "%s", words);
	else
		(void)snprintf(reason, TLS_REASON_MAX, "OpenSSL error %lX", error);
}

/*
 * Is it the alert of a server that wants another certificate of the client, or one at
 * all? For the latter there is none up to TLS 1.2: what follows the question counts.
 */
static bool
is_refusal(const struct tls *tls, int code)
{
	switch (code) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
		return true;
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		return tls->asked;
	default:
		return false;
	}
}

static int
refused(const struct stream *s, const char *reason, struct diag *d)
{
	const struct tls *tls = s->state;

	return diag_set(d, &tls_client_refused, SSL_get_certificate(tls->ssl) != NULL ?
	    "%s refuses the client certificate (%s)" :
	    "%s wants a client certificate (%s)", s->peer, reason);
}

int
tls_error(const struct stream *s, struct diag *d)
{
	struct tls *tls = s->state;
	char reason[TLS_REASON_MAX];
	int code;

	if (ERR_peek_last_error() != 0)
		tls->error = ERR_peek_last_error();
	ERR_clear_error();
	code = ERR_GET_LIB(tls->error) == ERR_LIB_SSL ? ERR_GET_REASON(tls->error) : 0;
	tls_reason(tls->error, reason);
	if (in_plain_text(s, d))
		return diag_set(d, &tls_mode,
		    "%s answers the TLS handshake in plain text: %s", s->peer, d->proof);
	if (tls->nfirst == 0)
		return diag_set(d, &tls_local, "OpenSSL cannot begin TLS with %s: %s",
		    s->peer, reason);
	if (is_refusal(tls, code))
		return refused(s, reason, d);
	switch (code) {
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_NO_PROTOCOLS_AVAILABLE:
		return diag_set(d, &tls_version, "%s has no TLS version in common with "
		    "this machine (%s)", s->peer, reason);
	default:
		return diag_set(d, &tls_handshake, "TLS with %s failed: %s",
		    s->peer, reason);
	}
}
