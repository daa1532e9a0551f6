/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sasl_base64: how logins and tokens write octets (RFC 4648). Pure. */

#ifndef MAIL_SASL_BASE64_H
#define MAIL_SASL_BASE64_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Appends n octets as base64 (RFC 4648 4), padded. -1 when out's ceiling or memory is
 * reached; out is marked as failed then. What comes out may be a secret as what went in:
 * wiping out is the caller's.
 */
int	 base64_encode(struct buf *out, const void *bytes, size_t n);

/*
 * Appends what a base64 text stands for; any octet may come out, NUL too. Strict: nothing
 * but the alphabet, all padding, unused bits zero, so that there is one text for every
 * octets. -1 when the text is none, and out is as it was; or when out's ceiling or memory
 * is reached, and out is marked as failed.
 */
int	 base64_decode(struct buf *out, const char *text, size_t n);

/* The same for base64url (RFC 4648 5), with all padding or without any. */
int	 base64url_decode(struct buf *out, const char *text, size_t n);

#endif
