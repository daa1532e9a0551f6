/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt_mail: option rows that plugins share which connect to mail servers. They are macros over
 * a struct S with a member m (mail/session's struct session_conf), because the frame knows no
 * rooms of the wire: the plugin that uses them does.
 */

#ifndef FRAME_OPT_MAIL_H
#define FRAME_OPT_MAIL_H

#include "frame/opt.h"

/* In the order of enum session_tls, which begins with "unset". */
#define OPT_TLS_CHOICES { "none", "starttls", "implicit", "opportunistic", NULL }

#define OPTS_CONNECT(S, m, port_help) \
	{ 'H', "host", OPT_STRING(S, m.host), "NAME", NULL, \
	    "the server, by name or address", NULL, 0, false }, \
	{ 'p', "port", OPT_PORT(S, m.port), "PORT", NULL, port_help, NULL, 0, false }, \
	{ '4', "ipv4", OPT_FLAG(S, m.only4), NULL, NULL, "use IPv4 only", NULL, 0, false }, \
	{ '6', "ipv6", OPT_FLAG(S, m.only6), NULL, NULL, "use IPv6 only", NULL, 0, false }, \
	{ '\0', "dns", OPT_LIST(S, m.dns), "ADDR[#PORT]", NULL, \
	    "ask this name server instead of those in /etc/resolv.conf (repeatable)", \
	    NULL, 0, false }, \
	{ 'F', "helo", OPT_STRING(S, m.helo), "NAME", NULL, \
	    "the name to say in EHLO (default: this machine's)", NULL, 0, false }

#define OPTS_TLS(S, m, choices) \
	{ '\0', "tls", OPT_CHOICE(S, m.tls), "MODE", NULL, \
	    "how the connection is encrypted", choices, 0, false }, \
	{ 'S', "starttls", OPT_PRESET(S, m.tls), NULL, NULL, \
	    "the same as --tls=starttls", NULL, SESSION_TLS_STARTTLS, false }, \
	{ '\0', "ssl", OPT_PRESET(S, m.tls), NULL, NULL, \
	    "the same as --tls=implicit", NULL, SESSION_TLS_IMPLICIT, false }, \
	{ '\0', "no-verify", OPT_FLAG(S, m.no_verify), NULL, NULL, \
	    "believe any certificate, even with a password", NULL, 0, false }, \
	{ '\0', "ca-file", OPT_STRING(S, m.trust.ca_file), "FILE", NULL, \
	    "trust these certificates (PEM) instead of the system's", NULL, 0, false }, \
	{ '\0', "ca-dir", OPT_STRING(S, m.trust.ca_dir), "DIR", NULL, \
	    "trust this directory of hashed certificates instead of the system's", \
	    NULL, 0, false }, \
	{ '\0', "tls-name", OPT_STRING(S, m.tls_name), "NAME", NULL, \
	    "the name the certificate must have (default: -H)", NULL, 0, false }, \
	{ '\0', "tls-min", OPT_STRING(S, m.tls_min), "VERSION", NULL, \
	    "the least TLS version: 1.0, 1.1, 1.2 or 1.3 (default: the system's policy)", \
	    NULL, 0, false }

#endif
