/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/text.h"
#include "wire/net.h"
#include "wire/tls_state.h"

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

/*
 * A server that refuses the client's certificate closes without reading on, which may
 * break a write before the alert was read.
 */
static bool
alert_waits(struct tls *tls)
{
	char byte;
	size_t n;

	if (!tls->asked)
		return false;
	(void)SSL_peek_ex(tls->ssl, &byte, sizeof(byte), &n);
	if (ERR_GET_REASON(ERR_peek_last_error()) > SSL_AD_REASON_OFFSET)
		return true;
	ERR_clear_error();
	return false;
}

/* Turns the result of an SSL_ call into a step. The queue was cleared before the call. */
static enum stream_step
step(struct stream *s, int result, struct diag *d)
{
	struct tls *tls = s->state;
	int error = errno;

	if (result > 0)
		return STREAM_MOVED;
	if (tls->error != 0) {
		(void)tls_error(s, d);
		return STREAM_FAILED;
	}
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return STREAM_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return STREAM_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return STREAM_END;
	case SSL_ERROR_SYSCALL:
		if (ERR_peek_error() != 0)
			break;
		if (error == 0)
			return STREAM_END;
		if (alert_waits(tls))
			break;
		(void)stream_error(s, error, d);
		return STREAM_FAILED;
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
	sk_X509_pop_free(tls->chain, X509_free);
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

/*
 * Called when the server asks for a certificate; the answer is the one
 * loaded, if any.
 */
static int
asked(SSL *ssl, void *arg)
{
	struct tls *tls = arg;

	(void)ssl;
	tls->asked = true;
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
	SSL_CTX_set_cert_cb(tls->ctx, asked, tls);
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
	STACK_OF(X509) *sent;

	diag_at(d, "tls");
	if (tls == NULL)
		return diag_nomem(d);
	s->state = tls;
	s->layer = &layer;
	if (prepare(s, tls, conf, server_name) == -1)
		return tls_error(s, d);
	if ((conf->client_cert != NULL && tls_client_load(tls, conf, d) == -1) ||
	    shake_hands(s, tls, d) == -1)
		return -1;
	BIO_set_callback_ex(SSL_get_rbio(tls->ssl), NULL);
	/* On the client's side this stack begins with the server's own certificate. */
	sent = SSL_get_peer_cert_chain(tls->ssl);
	/* Of our own, for a later session ticket of the server takes OpenSSL's away. */
	if (sent != NULL && (tls->chain = X509_chain_up_ref(sent)) == NULL)
		return diag_nomem(d);
	facts->level = SSL_get_security_level(tls->ssl);
	text_copy(facts->version, sizeof(facts->version), SSL_get_version(tls->ssl),
	    strlen(SSL_get_version(tls->ssl)));
	text_copy(facts->cipher, sizeof(facts->cipher), SSL_get_cipher_name(tls->ssl),
	    strlen(SSL_get_cipher_name(tls->ssl)));
	return 0;
}

const struct tls *
tls_state(const struct stream *s)
{
	return s->layer == &layer ? s->state : NULL;
}

struct stack_st_X509 *
tls_chain(const struct stream *s)
{
	const struct tls *tls = tls_state(s);

	return tls != NULL ? tls->chain : NULL;
}
