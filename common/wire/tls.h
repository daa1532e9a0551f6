/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls: a handshake on a stream, without judging the certificates: it yields the chain as
 * sent, and cert/chain judges it before the first secret goes out.
 */

#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"
#include "wire/stream.h"

extern const struct cause	 tls_handshake, tls_mode, tls_version, tls_local,
				 tls_client_cert, tls_client_refused;
extern cause_table		 tls_causes;

struct stack_st_X509;

/* What the options say of the handshake. */
struct tls_conf {
	int	 min;		/* 1 + the index in tls_versions;
				 * 0: as the system's policy says */
	char	*client_cert;	/* PEM file with a certificate to show, and those
				 * above it; NULL: none */
	char	*client_key;	/* PEM file with its key; NULL: the same */
};

/* "1.0", "1.1", "1.2", "1.3", NULL: the least versions one may ask for. */
extern const char *const	 tls_versions[];

/* What the handshake found. */
struct tls_facts {
	char	 version[16];		/* "TLSv1.3" */
	char	 cipher[64];		/* as OpenSSL names it */
	int	 level;			/* the security level of this machine's policy */
};

/*
 * Shakes hands as a client and puts TLS between the stream and its socket. The system's
 * OpenSSL policy (openssl.cnf) is in force; conf->min may raise its floor. server_name is
 * sent as SNI unless it is an address (RFC 6066 3). The stream must hold no unread bytes.
 * Stage "tls". Causes: tls_client_cert (told before anything is sent), tls_mode (the peer
 * speaks plain text), tls_version, tls_client_refused, tls_handshake, tls_local (the
 * fault is on this side), net_timeout, net_closed, net_reset. With TLS 1.3 a server
 * refuses the client's certificate after the handshake: then a later read or write of the
 * stream has the cause tls_client_refused. stream_close() frees everything.
 */
int	 tls_start(struct stream *s, const struct tls_conf *conf, const char *server_name,
	    struct tls_facts *facts, struct diag *d);

/*
 * The certificates as the server sent them, its own first. NULL without any. Owned by s.
 */
struct stack_st_X509 *tls_chain(const struct stream *s);

/*
 * Appends the channel binding data of that type: "tls-exporter" (RFC 9266; from TLS 1.3
 * on) or "tls-server-end-point" (RFC 5929 4; not where
 * the signature of the server's certificate has no digest, or more than one). -1 where
 * this connection has none.
 */
int	 tls_binding(const struct stream *s, const char *type, struct buf *out);

#endif
