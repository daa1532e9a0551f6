/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session: from a host name to an SMTP server that has said what it offers, encrypted and
 * verified as asked.
 */

#ifndef MAIL_SESSION_H
#define MAIL_SESSION_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/env.h"
#include "base/list.h"
#include "cert/chain.h"
#include "mail/smtp.h"
#include "wire/net.h"
#include "wire/tls.h"

enum session_tls {
	SESSION_TLS_UNSET,		/* by the port: implicit on 465,
					 * else the plugin's own */
	SESSION_TLS_NONE,
	SESSION_TLS_STARTTLS,
	SESSION_TLS_IMPLICIT,
	SESSION_TLS_OPPORTUNISTIC,	/* STARTTLS where it is offered */
};

/* What the options say. */
struct session_conf {
	char		*host;		/* a path is a UNIX socket; NULL: still to be
					 * found, before a session is opened */
	int		 port;		/* 0: by the kind of TLS */
	bool		 only4, only6;
	bool		 all_addresses;	/* for the plugin: each of them,
					 * not the first that answers */
	char		*source;	/* the address to connect from;
					 * NULL: the system's choice */
	int		 proxy;		/* version of the PROXY header, or 0 */
	bool		 lmtp;
	struct list	 dns;		/* resolvers; empty: resolv.conf */
	char		*helo;		/* NULL: this machine's name */
	char		*xclient;	/* the address to pose with, or NULL */
	int		 mode;		/* enum session_tls */
	struct tls_conf	 tls;
	bool		 no_verify;
	struct chain_trust trust;
	char		*tls_name;	/* NULL: host */
};

/* Seconds per stage, 0 where its end was not reached; ehlo is the sum of all of them. */
struct session_times {
	double	 connect, greeting, tls, ehlo;
};

/* Zero is a session that was not opened. */
struct session {
	struct smtp		 smtp;
	char			 peer[300];	/* "mail.example.org:587" */
	struct net_address	 address;	/* the one that answered */
	struct net_address	 own;		/* ours, as the server sees it
						 * unless there is NAT between */
	char			 dead[256];	/* what the ones before
						 * it did instead, or "" */
	struct tls_facts	 tls;		/* if smtp.encrypted */
	struct chain_facts	 chain;
	struct session_times	 times;
};

/*
 * Fills in port and kind of TLS where the options left them open: port 465 and its
 * kin mean implicit TLS, and implicit TLS means port 465; LMTP means port 24, and TLS
 * where it is offered; a UNIX socket means none; else the plugin's own.
 * -1 with a sentence in why when the options do not fit together: -4 with -6, --dns
 * without an address.
 */
int	 session_settle(struct session_conf *c, int port, enum session_tls mode,
	    struct buf *why);

/* -1 with a sentence in why when there is no host, for plugins that cannot find one. */
int	 session_need_host(const struct session_conf *c, struct buf *why);

/* A port where TLS comes before SMTP: 465 and its kin. */
bool	 session_is_tls_port(int port);

/* Is the server a UNIX socket? */
bool	 session_is_local(const struct session_conf *c);

/*
 * Appends the server's name as in sentences: "mail.example.org:587", or a socket's path.
 */
void	 session_name(const struct session_conf *c, struct buf *out);

/* The address family that the options leave: a source is of one only. */
int	 session_family(const struct session_conf *c);

/*
 * Finds the addresses of the host, and how many seconds that took. Stage "resolve";
 * dns_causes.
 */
int	 session_resolve(const struct session_conf *c, const struct env *env,
	    struct net_addresses *all, double *seconds, struct diag *d);

/* A server that was found, and what is handed down to a session with it. */
struct session_server {
	const struct session_conf	*conf;
	const struct net_addresses	*addresses;
	const char			*name;	/* in sentences */
	const struct env		*env;
};

/*
 * Opens a session with the first of the server's addresses that answers, up to and
 * including the last EHLO. s need not be initialised; close it with session_close() in
 * either case. Stages connect, greeting, ehlo, starttls, tls, certificate, xclient, with
 * the causes of net_, smtp_, tls_ and chain_causes. A server that keeps silent where it
 * should greet is asked on a second connection whether it speaks TLS.
 */
int	 session_open(struct session *s, const struct session_server *server,
	    struct diag *d);

/* Says QUIT where that makes sense, and closes. */
void	 session_close(struct session *s);

#endif
