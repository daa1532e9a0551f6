/* SPDX-License-Identifier: GPL-3.0-or-later */
/* testca: certificate chains for the fake servers, made anew for every run. */

#ifndef PEER_TESTCA_H
#define PEER_TESTCA_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

#define CERT_STEM_MAX 128

/*
 * A chain is ordered by a text: KIND [days=N] [san=DNS:a,IP:b]. Is it one? The kinds
 * stand in tests/peer/README.md.
 */
bool	 testca_known(const char *order);

/*
 * Opens the shop in a directory: ca.pem (root), otherca.pem (a root nobody trusts),
 * capath/ (the root by its hash), empty/.
 */
void	 testca_open(const char *dir);
void	 testca_close(void);

/* Makes STEM.pem (the chain as sent) and STEM.key in the directory, once per order. */
void	 testca_make(const char *order);

/* The file name of an order without its suffix. */
void	 testca_stem(const char *order, char stem[CERT_STEM_MAX]);

/*
 * A server's context that shows the chain of the order. It takes anything a client may
 * try; NULL when it cannot be made.
 */
SSL_CTX	*testca_server(const char *dir, const char *order);

#endif
