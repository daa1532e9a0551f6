/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl_scram: the client's side of SCRAM (RFC 5802, RFC 7677), messages without their
 * base64. Server and client prove to each other that they know the password, and neither
 * says it. Pure but for the nonce, which the caller brings.
 *
 * User and password go in as they are: no SASLprep (RFC 4013), for no library for it is
 * linked. ASCII is the same with and without it; beyond it, the server's keys must have
 * been made of the same octets.
 */

#ifndef MAIL_SASL_SCRAM_H
#define MAIL_SASL_SCRAM_H

#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"

#define SCRAM_ITERATIONS_MAX 1000000	/* about a second of a CPU */
#define SCRAM_ITERATIONS_LEAST 4096	/* RFC 7677 4: fewer are worth a remark */
#define SCRAM_MESSAGE_MAX 8192		/* octets of a message of the server */
#define SCRAM_NONCE_MAX 1024		/* octets of the nonce of both sides */
#define SCRAM_SALT_MAX 1024		/* octets */
#define SCRAM_DIGEST_MAX 64		/* octets */

extern const struct cause	 scram_unproven, scram_costly, sasl_crypto;
extern cause_table		 scram_causes;

struct evp_md_st;

/* An exchange. Zero is one that has not begun. */
struct scram {
	struct evp_md_st *md;		/* the digest */
	struct buf	 password;	/* until the proof is made */
	struct buf	 binding;	/* the GS2 header and the
					 * data of the channel */
	struct buf	 nonce;		/* ours */
	struct buf	 dialogue;	/* what both sides sign */
	unsigned char	 signature[SCRAM_DIGEST_MAX];	/* what the server must send */
	size_t		 nsignature;	/* 0: no proof was made */
	unsigned	 iterations;
	unsigned	 most;		/* of them, where time is short, to be
					 * set after scram_first(); 0: as above */
	char		 error[64];
};

/* Everything is copied: nothing need outlive scram_first(). */
struct scram_ask {
	const char	*digest;	/* "SHA-256", "SHA-1" */
	const char	*user, *password;
	const char	*gs2;		/* "n,,", "y,,", "p=tls-exporter,," */
	const void	*binding;	/* data of the channel; none for n and y */
	size_t		 nbinding;
	const char	*nonce;		/* fresh and random for every exchange;
					 * printable ASCII without a comma */
};

/*
 * Begins an exchange and appends the client's first message. Causes: sasl_crypto when
 * there is no such digest; what is short of memory.
 */
int		 scram_first(struct scram *s, const struct scram_ask *ask,
		    struct buf *out, struct diag *d);

/*
 * Takes the server's first message and appends the client's last one, with the proof,
 * which a guesser can try passwords on: wipe it. The password is forgotten, also on
 * failure. Causes: scram_unproven when the nonce does not go on from ours, scram_costly,
 * sasl_crypto, reply_bad when the message is malformed, asks for an extension, or is an
 * error of the server (see scram_error()).
 */
int		 scram_final(struct scram *s, const char *server_first, size_t n,
		    struct buf *out, struct diag *d);

/*
 * Judges the server's last message. 0 only when it has the signature that the password
 * gives. Causes: scram_unproven when it has another one or none (n may be 0: the server
 * said no more), reply_bad as in scram_final().
 */
int		 scram_verify(struct scram *s, const char *server_final, size_t n,
		    struct diag *d);

/*
 * The server's own word for what went wrong (RFC 5802 7), such as "invalid-proof", raw;
 * "" when it said none.
 */
const char	*scram_error(const struct scram *s);

/* How many iterations the server asked for; 0 as long as it did not. */
unsigned	 scram_iterations(const struct scram *s);

/* Wipes everything and leaves an exchange that has not begun. */
void		 scram_free(struct scram *s);

/* Appends a name as GS2 and SCRAM write it: "," is "=2C", "=" is "=3D" (RFC 5801 4). */
int		 scram_name(struct buf *out, const char *name);

#endif
