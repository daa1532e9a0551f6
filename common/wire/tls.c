/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/text.h"
#include "wire/net.h"
#include "wire/tls.h"

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

cause_table tls_causes = { &tls_handshake, &tls_mode, &tls_version, &tls_local, NULL };

struct tls {
	SSL_CTX		*ctx;
	SSL		*ssl;
	STACK_OF(X509)	*chain;		/* leaf first; NULL when the server sent none */
	char		 first[200];	/* the first bytes of the server */
	size_t		 nfirst;
};

const char *const tls_versions[] = { "1.0", "1.1", "1.2", "1.3", NULL };

static const int version_numbers[] = {
	TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION,
};

/* Keeps the first bytes that OpenSSL reads from the socket. */
static long
overhear(BIO *bio, int operation, const char *bytes, size_t len, int argi, long argl,
    int ret, size_t *moved)
{
	struct tls *tls = (struct tls *)BIO_get_callback_arg(bio);

	(void)len;
	(void)argi;
	(void)argl;
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && ret > 0 && tls->nfirst == 0) {
		tls->nfirst = *moved < sizeof(tls->first) ? *moved : sizeof(tls->first);
		memcpy(tls->first, bytes, tls->nfirst);
	}
	return ret;
}

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
 * OpenSSL's words for an error. Loading them costs a twentieth of a whole check, so
 * prepare() keeps OpenSSL from doing it; the one function that still can afterwards is
 * declared deprecated. It knows the errors of libssl, which stands above the others.
 */
static void
reason_text(unsigned long error, char *text, size_t size)
{
	const char *reason;

#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	(void)ERR_load_SSL_strings();
#pragma GCC diagnostic pop
#endif
	if ((reason = ERR_reason_error_string(error)) != NULL)
		(void)snprintf(text, size, "%s", reason);
	else
		(void)snprintf(text, size, "OpenSSL error %lX", error);
}

/* The one translator of OpenSSL's error queue, emptied here. Returns -1. */
static int
tls_error(const struct stream *s, struct diag *d)
{
	const struct tls *tls = s->state;
	unsigned long error = ERR_peek_last_error();
	int code = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
	char reason[128];

	ERR_clear_error();
	reason_text(error, reason, sizeof(reason));
	if (in_plain_text(s, d))
		return diag_set(d, &tls_mode,
		    "%s answers the TLS handshake in plain text: %s", s->peer, d->proof);
	if (tls->nfirst == 0)
		return diag_set(d, &tls_local, "OpenSSL cannot begin TLS with %s: %s",
		    s->peer, reason);
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

/* Turns the result of an SSL_ call into a step. The queue was cleared before the call. */
static enum stream_step
step(struct stream *s, int result, struct diag *d)
{
	struct tls *tls = s->state;
	int error = errno;

	if (result > 0)
		return STREAM_MOVED;
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return STREAM_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return STREAM_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return STREAM_END;
	case SSL_ERROR_SYSCALL:
		if (ERR_peek_error() == 0) {
			if (error == 0)
				return STREAM_END;
			(void)stream_error(s, error, d);
			return STREAM_FAILED;
		}
		break;
	case SSL_ERROR_SSL:
		if (ERR_GET_REASON(ERR_peek_error()) ==
		    SSL_R_UNEXPECTED_EOF_WHILE_READING) {
			ERR_clear_error();
			return STREAM_END;
		}
		break;
	default:
		break;
	}
	(void)tls_error(s, d);
	return STREAM_FAILED;
}

static enum stream_step
tls_read(struct stream *s, void *bytes, size_t *n, struct diag *d)
{
	struct tls *tls = s->state;

	ERR_clear_error();
	errno = 0;
	return step(s, SSL_read_ex(tls->ssl, bytes, *n, n), d);
}

static enum stream_step
tls_write(struct stream *s, const void *bytes, size_t *n, struct diag *d)
{
	struct tls *tls = s->state;

	ERR_clear_error();
	errno = 0;
	return step(s, SSL_write_ex(tls->ssl, bytes, *n, n), d);
}

static void
tls_close(struct stream *s)
{
	struct tls *tls = s->state;

	/* One close_notify, without waiting for the peer's: RFC 8446 6.1 allows it. */
	if (tls->ssl != NULL && SSL_is_init_finished(tls->ssl))
		(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->ctx);
	free(tls);
	s->state = NULL;
}

static const struct stream_layer layer = { tls_read, tls_write, tls_close };

static int
shake_hands(struct stream *s, struct tls *tls, struct diag *d)
{
	for (;;) {
		enum stream_step want;

		ERR_clear_error();
		errno = 0;
		want = step(s, SSL_connect(tls->ssl), d);
		switch (want) {
		case STREAM_MOVED:
			return 0;
		case STREAM_WANT_READ:
		case STREAM_WANT_WRITE:
			if (stream_wait(s, want, d) == -1)
				return -1;
			break;
		case STREAM_END:
			return diag_set(d, &net_closed,
			    "%s closed the connection during the TLS handshake", s->peer);
		case STREAM_FAILED:
			return -1;
		}
	}
}

/* What a client must know of the chain is cert/chain's to say, after the handshake. */
static int
judge_later(X509_STORE_CTX *ctx, void *arg)
{
	(void)ctx;
	(void)arg;
	return 1;
}

/* No address, and no last dot: RFC 6066 3. */
static int
set_server_name(SSL *ssl, const char *server_name)
{
	struct net_address address;
	char name[256];
	size_t n = strlen(server_name);

	if (net_address_parse(&address, server_name, 0) == 0)
		return 0;
	n -= n > 0 && server_name[n - 1] == '.' ? 1 : 0;
	text_copy(name, sizeof(name), server_name, n);
	return SSL_set_tlsext_host_name(ssl, name) == 1 ? 0 : -1;
}

static int
prepare(struct stream *s, struct tls *tls, const struct tls_conf *conf,
    const char *server_name)
{
	/* The first call of all into OpenSSL, for the others load the strings. */
	(void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS |
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
	ERR_clear_error();
	if ((tls->ctx = SSL_CTX_new(TLS_client_method())) == NULL)
		return -1;
	SSL_CTX_set_cert_verify_callback(tls->ctx, judge_later, NULL);
	/*
	 * A new handshake within could show other certificates than
	 * those that were judged.
	 */
	(void)SSL_CTX_set_options(tls->ctx, SSL_OP_NO_RENEGOTIATION);
	/* Each record comes back here, to the clock. */
	(void)SSL_CTX_clear_mode(tls->ctx, SSL_MODE_AUTO_RETRY);
	(void)SSL_CTX_set_session_cache_mode(tls->ctx, SSL_SESS_CACHE_OFF);
	if (conf->min > 0 &&
	    version_numbers[conf->min - 1] > SSL_CTX_get_min_proto_version(tls->ctx) &&
	    SSL_CTX_set_min_proto_version(tls->ctx, version_numbers[conf->min - 1]) != 1)
		return -1;
	if ((tls->ssl = SSL_new(tls->ctx)) == NULL || SSL_set_fd(tls->ssl, s->fd) != 1)
		return -1;
	BIO_set_callback_ex(SSL_get_rbio(tls->ssl), overhear);
	BIO_set_callback_arg(SSL_get_rbio(tls->ssl), (char *)tls);
	return set_server_name(tls->ssl, server_name);
}

int
tls_start(struct stream *s, const struct tls_conf *conf, const char *server_name,
    struct tls_facts *facts, struct diag *d)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	diag_at(d, "tls");
	if (tls == NULL)
		return diag_nomem(d);
	s->state = tls;
	s->layer = &layer;
	if (prepare(s, tls, conf, server_name) == -1)
		return tls_error(s, d);
	if (shake_hands(s, tls, d) == -1)
		return -1;
	BIO_set_callback_ex(SSL_get_rbio(tls->ssl), NULL);
	/* On the client's side this stack begins with the server's own certificate. */
	tls->chain = SSL_get_peer_cert_chain(tls->ssl);
	facts->level = SSL_get_security_level(tls->ssl);
	text_copy(facts->version, sizeof(facts->version), SSL_get_version(tls->ssl),
	    strlen(SSL_get_version(tls->ssl)));
	text_copy(facts->cipher, sizeof(facts->cipher), SSL_get_cipher_name(tls->ssl),
	    strlen(SSL_get_cipher_name(tls->ssl)));
	return 0;
}

struct stack_st_X509 *
tls_chain(const struct stream *s)
{
	return s->layer == &layer ? ((const struct tls *)s->state)->chain : NULL;
}
