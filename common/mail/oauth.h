/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oauth: logins with a bearer token: what is sent, and what a token says. Pure. */

#ifndef MAIL_OAUTH_H
#define MAIL_OAUTH_H

#include <time.h>

#include "base/buf.h"

/*
 * When a bearer token expires, if it is a JWT (RFC 7519) that says so: 0 and *expiry in
 * seconds since the epoch, a fraction cut. 1 when the token is none or does not say. The
 * signature is not looked at: to check it is the server's.
 */
int	 oauth_expiry(const char *token, time_t *expiry);

/*
 * Appends what a JWT says of itself: "subject bob, issuer lab, scope mail", as much of it
 * as there is. -1 when the token is none. Raw; tame before printing.
 */
int	 oauth_claims(const char *token, struct buf *out);

/*
 * Appends the message of XOAUTH2 (Google's; no RFC has it). -1 when memory is short. The
 * message is a secret: wiping out is the caller's. Neither text may have control
 * characters, which part the members here and below.
 */
int	 oauth_xoauth2(struct buf *out, const char *user, const char *token);

/*
 * Appends the message of OAUTHBEARER (RFC 7628 3.1). Without a user ("") the token alone
 * says who it is; port 0 leaves host and port out. Else like oauth_xoauth2().
 */
int	 oauth_bearer(struct buf *out, const char *user, const char *host, int port,
	    const char *token);

/*
 * Puts what a server says of a token it refuses (RFC 7628 3.2.2, and Google's of XOAUTH2)
 * into words: "status 401, schemes bearer, scope mail". What is no such JSON is appended
 * as it is, NUL bytes as '?'. Long values are cut; raw, tame before printing.
 */
void	 oauth_error(const char *json, size_t n, struct buf *out);

#endif
