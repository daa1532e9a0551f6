/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls: a handshake on a stream, without judging the certificates: it yields the chain as
 * sent, and cert/chain judges it before the first secret goes out.
 */

#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include <stdbool.h>

#include "base/diag.h"
#include "wire/stream.h"

extern const struct cause	 tls_handshake, tls_mode, tls_version, tls_local;
extern cause_table		 tls_causes;

struct stack_st_X509;

/* What the options say of the handshake. */
struct tls_conf {
	int	 min;		/* 1 + the index in tls_versions;
				 * 0: as the system's policy says */
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
 * Stage "tls". Causes: tls_mode (the peer speaks plain text), tls_version, tls_handshake,
 * tls_local (the fault is on this side), net_timeout, net_closed, net_reset.
 * stream_close() frees everything.
 */
int	 tls_start(struct stream *s, const struct tls_conf *conf, const char *server_name,
	    struct tls_facts *facts, struct diag *d);

/*
 * The certificates as the server sent them, its own first. NULL without any. Owned by s.
 */
struct stack_st_X509 *tls_chain(const struct stream *s);

#endif
