/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options: rows of the options that all plugins share which connect to mail servers. */

#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "frame/opt.h"
#include "mail/session.h"

/* 1 + the index of a choice is the version of the header. */
extern const char *const	 options_proxies[];
/* In the order of enum session_tls, which begins with "unset". */
extern const char *const	 options_tls_modes[];

/* Of a struct S with a member m of struct list, which dns_conf_settle() looks at. */
#define OPTS_DNS(S, m) \
	{ '\0', "dns", OPT_LIST(S, m), "ADDR[#PORT]", NULL, \
	    "ask this resolver instead of those in /etc/resolv.conf (repeatable)" }

/* Of a struct S with a member m of struct session_conf. */
#define OPTS_CONNECT(S, m, port_help) \
	{ 'H', "host", OPT_STRING(S, m.host), "NAME", NULL, \
	    "the server: a name, an address, or the path of a UNIX socket" }, \
	{ 'p', "port", OPT_PORT(S, m.port), "PORT", NULL, port_help }, \
	{ '4', "ipv4", OPT_FLAG(S, m.only4), NULL, NULL, "use IPv4 only" }, \
	{ '6', "ipv6", OPT_FLAG(S, m.only6), NULL, NULL, "use IPv6 only" }, \
	{ '\0', "all-addresses", OPT_FLAG(S, m.all_addresses), NULL, NULL, \
	    "check every address of the host, not the first that answers" }, \
	{ '\0', "source-address", OPT_STRING(S, m.source), "ADDR", NULL, \
	    "connect from this address of this machine" }, \
	OPTS_DNS(S, m.dns), \
	{ 'F', "helo", OPT_STRING(S, m.helo), "NAME", NULL, \
	    "the name to say in EHLO (default: this machine's)" }, \
	{ '\0', "proxy-protocol", OPT_CHOICE(S, m.proxy), "VERSION", NULL, \
	    "begin with a PROXY header, as load balancers do", options_proxies }, \
	{ '\0', "lmtp", OPT_FLAG(S, m.lmtp), NULL, NULL, \
	    "speak LMTP: LHLO, port 24, TLS where it is offered" }, \
	OPT_ALIAS("hostname", OPT_STRING(S, m.host), "NAME"), \
	OPT_ALIAS("use-ipv4", OPT_FLAG(S, m.only4), NULL), \
	OPT_ALIAS("use-ipv6", OPT_FLAG(S, m.only6), NULL), \
	OPT_ALIAS("fqdn", OPT_STRING(S, m.helo), "NAME")

#define OPTS_TLS(S, m) \
	{ '\0', "tls", OPT_CHOICE(S, m.mode), "MODE", NULL, \
	    "how the connection is encrypted", options_tls_modes }, \
	{ 'S', "starttls", OPT_PRESET(S, m.mode), NULL, NULL, \
	    "the same as --tls=starttls", .value = SESSION_TLS_STARTTLS }, \
	{ '\0', "ssl", OPT_PRESET(S, m.mode), NULL, NULL, \
	    "the same as --tls=implicit", .value = SESSION_TLS_IMPLICIT }, \
	{ '\0', "no-verify", OPT_FLAG(S, m.no_verify), NULL, NULL, \
	    "accept any certificate, even with a password" }, \
	{ '\0', "ca-file", OPT_STRING(S, m.trust.ca_file), "FILE", NULL, \
	    "trust these certificates (PEM) instead of the system's" }, \
	{ '\0', "ca-dir", OPT_STRING(S, m.trust.ca_dir), "DIR", NULL, \
	    "trust this directory of hashed certificates instead of the system's" }, \
	{ '\0', "tls-name", OPT_STRING(S, m.tls_name), "NAME", NULL, \
	    "the name the certificate must have (default: -H)" }, \
	{ '\0', "tls-min", OPT_CHOICE(S, m.tls.min), "VERSION", NULL, \
	    "the minimum TLS version (default: the system's policy)", tls_versions }, \
	{ '\0', "client-cert", OPT_STRING(S, m.tls.client_cert), "FILE", NULL, \
	    "show the server this certificate (PEM, with its chain)" }, \
	{ '\0', "client-key", OPT_STRING(S, m.tls.client_key), "FILE", NULL, \
	    "the key of --client-cert (default: in the same file)" }

#endif
