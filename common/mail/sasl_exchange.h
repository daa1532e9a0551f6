/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl_exchange: the steps that all mechanisms are made of (RFC 4954 4): a command,
 * challenges and responses in base64, and a last word. For the mechanisms' files alone.
 */

#ifndef MAIL_SASL_EXCHANGE_H
#define MAIL_SASL_EXCHANGE_H

#include "base/buf.h"
#include "mail/sasl.h"

#define SASL_TELLING 8		/* octets of base64 that betray a secret, and that a
				 * server hardly says by chance */

struct sasl_exchange {
	struct smtp		*m;
	const struct sasl_login	*login;
	struct sasl_facts	*facts;		/* the mechanism is chosen */
	const char		*digest;	/* of SCRAM: "SHA-256" */
	bool			 bound;		/* SCRAM: to the TLS channel */
};

/*
 * "AUTH mechanism" alone, or with n octets as the initial response where it fits into a
 * command line (RFC 4954 4); where it does not they follow on their own.
 */
int	 sasl_begin(struct sasl_exchange *x, struct diag *d);
int	 sasl_begin_with(struct sasl_exchange *x, const char *bytes, size_t n,
	    struct diag *d);

/* The last reply must be a challenge; what it says goes to challenge unless NULL. */
int	 sasl_challenge(struct sasl_exchange *x, struct buf *challenge, struct diag *d);

/* Sends n octets in answer; what the peer quotes of them is hidden. */
int	 sasl_respond(struct sasl_exchange *x, const char *bytes, size_t n,
	    struct diag *d);

/* The last reply must be the acceptance. */
int	 sasl_accepted(struct sasl_exchange *x, struct diag *d);

/* The last reply is neither acceptance nor challenge: says why. Returns -1. */
int	 sasl_refused(struct sasl_exchange *x, struct diag *d);

/* Leaves the exchange on our side ("*"), whatever the server says to that. */
void	 sasl_cancel(struct sasl_exchange *x);

/*
 * The name of the first type of channel binding from *at on that the connection has, and
 * *at behind it; NULL when there is none.
 */
const char *sasl_binding(const struct smtp *m, size_t *at);

/* The mechanisms. */
int	 sasl_plain(struct sasl_exchange *x, struct diag *d);
int	 sasl_login_mechanism(struct sasl_exchange *x, struct diag *d);
int	 sasl_cram(struct sasl_exchange *x, struct diag *d);
int	 sasl_external(struct sasl_exchange *x, struct diag *d);
int	 sasl_scram(struct sasl_exchange *x, struct diag *d);
int	 sasl_bearer(struct sasl_exchange *x, struct diag *d);
int	 sasl_xoauth2(struct sasl_exchange *x, struct diag *d);

#endif
