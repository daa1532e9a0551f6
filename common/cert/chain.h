/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain: the one verifier of certificate chains, and the facts it finds. */

#ifndef CERT_CHAIN_H
#define CERT_CHAIN_H

#include <stdbool.h>
#include <time.h>

#include "base/diag.h"

extern const struct cause	 chain_untrusted, chain_incomplete, chain_self_signed,
				 chain_expired, chain_not_yet_valid, chain_wrong_name,
				 chain_weak, chain_unusable, chain_store;
extern cause_table		 chain_causes;

struct stack_st_X509;

/*
 * What is trusted. Either one replaces the system's store; both NULL: the system's store.
 */
struct chain_trust {
	char	*ca_file;	/* PEM certificates; an intermediate
				 * here is an anchor too */
	char	*ca_dir;	/* a directory of hashed names (openssl rehash) */
};

/* Whether the chain is one for this server, now, by this policy. */
struct chain_ask {
	const char	*peer;		/* "mail.example.org:587", for sentences */
	const char	*name;		/* a host name or an address */
	time_t		 now;
	int		 level;		/* OpenSSL's security level, see tls_facts */
};

struct chain_facts {
	bool	 known;		/* there was a certificate */
	double	 days;		/* until the first certificate of
				 * the path expires; < 0: since */
	char	 subject[200];	/* the server's own certificate */
};

/*
 * Verifies the chain as sent (the server's own certificate first) against the trust.
 * The system's store is asked by its hashed directory first and by its bundle only if
 * that does not suffice, because reading the bundle costs more than all the rest. Facts
 * are found also when the verification fails: days is then that of the server's own
 * certificate. Stage "certificate"; causes: all of chain_causes.
 */
int	 chain_verify(struct stack_st_X509 *sent, const struct chain_trust *trust,
	    const struct chain_ask *ask, struct chain_facts *facts, struct diag *d);

/* The facts alone, of the server's own certificate, without judging it. */
void	 chain_look(struct stack_st_X509 *sent, time_t now, struct chain_facts *facts);

#endif
