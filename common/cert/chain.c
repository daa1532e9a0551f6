/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/text.h"
#include "cert/certificate.h"
#include "cert/chain.h"
#include "wire/net.h"

const struct cause chain_untrusted = {
	"chain-untrusted", CLASS_CERTIFICATE, STATE_CRITICAL,
	"no trusted certificate authority stands behind the server's certificate",
	"if the authority named is yours, give its certificate to the clients (here: "
	"--ca-file); else the server needs a certificate from a public authority", false,
};

const struct cause chain_incomplete = {
	"chain-incomplete", CLASS_CERTIFICATE, STATE_CRITICAL,
	"the server sends its certificate without the intermediate that links it "
	"to an authority",
	"configure the server with the full chain (fullchain.pem): its own certificate "
	"first, then the intermediates; browsers hide this fault, mail servers "
	"and Java do not", false,
};

const struct cause chain_self_signed = {
	"certificate-self-signed", CLASS_CERTIFICATE, STATE_CRITICAL,
	"the server's certificate is signed by itself and not trusted here",
	"get a certificate from an authority, or, if it must stay, give the certificate "
	"itself to the clients (here: --ca-file)", false,
};

const struct cause chain_expired = {
	"certificate-expired", CLASS_CERTIFICATE, STATE_CRITICAL,
	"a certificate of the chain has expired",
	"renew the certificate named and make the server load it; if it was renewed "
	"already, the server was not restarted or reads another file", false,
};

const struct cause chain_not_yet_valid = {
	"certificate-not-yet-valid", CLASS_CERTIFICATE, STATE_CRITICAL,
	"a certificate of the chain is valid only later",
	"check the clock of this machine and of the one that made the certificate", false,
};

const struct cause chain_wrong_name = {
	"certificate-wrong-name", CLASS_CERTIFICATE, STATE_CRITICAL,
	"the certificate was made for other names than the one asked for",
	"use a name that stands in the certificate, or have one issued with this name; "
	"--tls-name verifies another name than -H", false,
};

const struct cause chain_weak = {
	"certificate-too-weak", CLASS_CERTIFICATE, STATE_CRITICAL,
	"a key or signature of the chain is too weak for this machine's policy",
	"have the certificate issued anew with a key of at least RSA 2048 or EC P-256 "
	"and a SHA-2 signature", false,
};

const struct cause chain_unusable = {
	"certificate-unusable", CLASS_CERTIFICATE, STATE_CRITICAL,
	"the chain is not one that a TLS server may use",
	"the sentence has OpenSSL's reason; have the certificate issued anew "
	"for a TLS server", false,
};

const struct cause chain_store = {
	"trust-store-unreadable", CLASS_LOCAL, STATE_UNKNOWN,
	"the trusted certificates could not be read on this machine",
	"check that the file or directory exists, that this user may read it and that it "
	"holds PEM certificates", false,
};

cause_table chain_causes = {
	&chain_untrusted, &chain_incomplete, &chain_self_signed, &chain_expired,
	&chain_not_yet_valid, &chain_wrong_name, &chain_weak, &chain_unusable,
	&chain_store, NULL,
};

void
chain_look(STACK_OF(X509) *sent, time_t now, struct chain_facts *facts)
{
	X509 *own = sent != NULL ? sk_X509_value(sent, 0) : NULL;

	if (own == NULL)
		return;
	facts->known = true;
	facts->days = cert_days(own, now);
	cert_name(X509_get_subject_name(own), facts->subject, sizeof(facts->subject));
}

/*
 * "Issuer not found". Public authorities issue from intermediates and publish these where
 * the certificate says; so a lone certificate that says so lacks its intermediate. Else
 * the authority itself is the unknown one.
 */
static int
issuer_missing(X509_STORE_CTX *ctx, STACK_OF(X509) *sent, struct diag *d)
{
	X509 *last = X509_STORE_CTX_get_current_cert(ctx), *own = sk_X509_value(sent, 0);
	char issuer[200];

	cert_name(X509_get_issuer_name(last != NULL ? last : own), issuer,
	    sizeof(issuer));
	if (X509_STORE_CTX_get_error_depth(ctx) == 0 && cert_issuer_is_published(own))
		return diag_set(d, &chain_incomplete, "the server sends no intermediate: "
		    "its certificate was issued by \"%s\", which is neither sent "
		    "nor trusted here", issuer);
	return diag_set(d, &chain_untrusted, "the certificate chain ends at \"%s\", "
	    "which is neither sent nor trusted here", issuer);
}

static int
wrong_name(STACK_OF(X509) *sent, const char *name, struct diag *d)
{
	struct buf names = { 0 };

	cert_names(sk_X509_value(sent, 0), &names);
	if (names.len == 0) {
		char subject[200];

		cert_name(X509_get_subject_name(sk_X509_value(sent, 0)), subject,
		    sizeof(subject));
		(void)buf_puts(&names, subject);
	}
	(void)diag_set(d, &chain_wrong_name, "the certificate is for %s, not for %s",
	    buf_str(&names), name);
	buf_free(&names);
	return -1;
}

static int
out_of_time(const X509 *cert, int depth, time_t now, const struct cause *cause,
    struct diag *d)
{
	double days = cert_days(cert, now);
	char subject[200];

	cert_name(X509_get_subject_name(cert), subject, sizeof(subject));
	if (cause == &chain_expired)
		return diag_set(d, cause, "the %s \"%s\" expired %.1f days ago",
		    depth == 0 ? "certificate" : "issuer's certificate", subject, -days);
	return diag_set(d, cause, "the %s \"%s\" is not valid yet",
	    depth == 0 ? "certificate" : "issuer's certificate", subject);
}

/* The one translator of verification errors. Returns -1. */
static int
explain(X509_STORE_CTX *ctx, STACK_OF(X509) *sent, const struct chain_ask *ask,
    struct diag *d)
{
	int error = X509_STORE_CTX_get_error(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	char subject[200];

	if (cert == NULL)
		cert = sk_X509_value(sent, 0);
	cert_name(X509_get_subject_name(cert), subject, sizeof(subject));
	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return issuer_missing(ctx, sent, d);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return diag_set(d, &chain_self_signed, "the certificate \"%s\" is signed "
		    "by itself and not trusted here", subject);
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
	case X509_V_ERR_CERT_REJECTED:
		return diag_set(d, &chain_untrusted, "the certificate chain ends at "
		    "\"%s\", which is not trusted here", subject);
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return out_of_time(cert, depth, ask->now, &chain_expired, d);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return out_of_time(cert, depth, ask->now, &chain_not_yet_valid, d);
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return wrong_name(sent, ask->name, d);
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return diag_set(d, &chain_weak, "the certificate \"%s\" is too weak: %s",
		    subject, X509_verify_cert_error_string(error));
	case X509_V_ERR_OUT_OF_MEM:
	case X509_V_ERR_UNSPECIFIED:
	case X509_V_ERR_INVALID_CALL:
	case X509_V_ERR_STORE_LOOKUP:
		return diag_set(d, &local_internal, "the chain cannot be verified: %s",
		    X509_verify_cert_error_string(error));
	default:
		return diag_set(d, &chain_unusable,
		    "the certificate \"%s\" is not usable: %s", subject,
		    X509_verify_cert_error_string(error));
	}
}

/* Days until the first certificate of the verified path expires. */
static double
path_days(X509_STORE_CTX *ctx, time_t now)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	double least = cert_days(sk_X509_value(path, 0), now);

	for (int i = 1; i < sk_X509_num(path); i++) {
		double days = cert_days(sk_X509_value(path, i), now);

		least = days < least ? days : least;
	}
	return least;
}

/* The name to verify: a host, which may be written with its last dot, or an address. */
static int
set_name(X509_VERIFY_PARAM *param, const char *name)
{
	struct net_address a;
	const void *four = &((const struct sockaddr_in *)&a.sa)->sin_addr;
	const void *six = &((const struct sockaddr_in6 *)&a.sa)->sin6_addr;
	size_t n = strlen(name);

	if (net_address_parse(&a, name, 0) == 0) {
		bool is_four = net_family(&a) == AF_INET;

		return X509_VERIFY_PARAM_set1_ip(param, is_four ? four : six,
		    is_four ? 4 : 16) == 1 ? 0 : -1;
	}
	/* OpenSSL would verify no name at all if it were given an empty one. */
	if (n > 1 && name[n - 1] == '.')
		n--;
	return n > 0 && X509_VERIFY_PARAM_set1_host(param, name, n) == 1 ? 0 : -1;
}

static int
set_purpose(X509_STORE_CTX *ctx, const struct chain_ask *ask)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, ask->now);
	X509_VERIFY_PARAM_set_auth_level(param, ask->level);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	/* What the administrator names as trusted is trusted, a root or not. */
	if (X509_STORE_CTX_set_default(ctx, "ssl_server") != 1 ||
	    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN) != 1)
		return -1;
	return set_name(param, ask->name);
}

/* Could more anchors change this outcome? */
static bool
wants_more(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	    error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	    error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
	    error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
	    error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

/*
 * Verifies once with what the store holds. Unless this is the last try, 1 when more
 * anchors could help: the diagnosis is then left unset.
 */
static int
verify(X509_STORE *store, STACK_OF(X509) *sent, const struct chain_ask *ask, bool last,
    struct chain_facts *facts, struct diag *d)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int rc = 0;

	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, store, sk_X509_value(sent, 0), sent) != 1)
		rc = diag_nomem(d);
	else if (set_purpose(ctx, ask) == -1)
		rc = diag_set(d, &local_internal,
		    "\"%s\" is no name that can be verified", ask->name);
	else if (X509_verify_cert(ctx) == 1)
		facts->days = path_days(ctx, ask->now);
	else if (!last && wants_more(X509_STORE_CTX_get_error(ctx)))
		rc = 1;
	else
		rc = explain(ctx, sent, ask, d);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return rc;
}

static int
verify_by_option(X509_STORE *store, STACK_OF(X509) *sent, const struct chain_trust *trust,
    const struct chain_ask *ask, struct chain_facts *facts, struct diag *d)
{
	const char *file = trust->ca_file, *dir = trust->ca_dir;

	if (file != NULL && access(file, R_OK) == -1)
		return diag_set(d, &chain_store, "%s cannot be read: %s", file,
		    strerror(errno));
	if (file != NULL && X509_STORE_load_file(store, file) != 1)
		return diag_set(d, &chain_store,
		    "%s holds no certificates in PEM form", file);
	if (dir != NULL && (access(dir, R_OK | X_OK) == -1 ||
	    X509_STORE_load_path(store, dir) != 1))
		return diag_set(d, &chain_store, "the directory %s cannot be read", dir);
	return verify(store, sent, ask, true, facts, d);
}

/*
 * Is there a directory of trusted certificates, as SSL_CERT_DIR or
 * OpenSSL itself names it?
 */
static bool
has_directory(void)
{
	const char *dir = secure_getenv(X509_get_default_cert_dir_env());

	if (dir == NULL)
		dir = X509_get_default_cert_dir();
	return strchr(dir, ':') != NULL || access(dir, R_OK) == 0;
}

/*
 * FILETYPE_DEFAULT is OpenSSL's own place for the store, or what
 * SSL_CERT_DIR and _FILE say.
 */
static int
verify_by_system(X509_STORE *store, STACK_OF(X509) *sent, const struct chain_ask *ask,
    struct chain_facts *facts, struct diag *d)
{
	X509_LOOKUP *dir = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()), *file;
	int rc;

	if (dir == NULL)
		return diag_nomem(d);
	(void)X509_LOOKUP_add_dir(dir, NULL, X509_FILETYPE_DEFAULT);
	if ((rc = verify(store, sent, ask, false, facts, d)) != 1)
		return rc;
	file = X509_STORE_add_lookup(store, X509_LOOKUP_file());
	if ((file == NULL ||
	    X509_LOOKUP_load_file(file, NULL, X509_FILETYPE_DEFAULT) != 1) &&
	    !has_directory())
		return diag_set(d, &chain_store, "this machine has no store of trusted "
		    "certificates (the package ca-certificates brings one)");
	return verify(store, sent, ask, true, facts, d);
}

static int
judge(STACK_OF(X509) *sent, const struct chain_trust *trust, const struct chain_ask *ask,
    struct chain_facts *facts, struct diag *d)
{
	X509_STORE *store;
	int rc;

	chain_look(sent, ask->now, facts);
	if (!facts->known)
		return diag_set(d, &chain_unusable, "the server sent no certificate");
	if ((store = X509_STORE_new()) == NULL)
		return diag_nomem(d);
	rc = trust->ca_file == NULL && trust->ca_dir == NULL
	    ? verify_by_system(store, sent, ask, facts, d)
	    : verify_by_option(store, sent, trust, ask, facts, d);
	X509_STORE_free(store);
	return rc;
}

int
chain_verify(STACK_OF(X509) *sent, const struct chain_trust *trust,
    const struct chain_ask *ask, struct chain_facts *facts, struct diag *d)
{
	struct diag one = { 0 };

	diag_at(d, "certificate");
	if (judge(sent, trust, ask, facts, &one) == 0)
		return 0;
	return diag_set(d, one.cause, "%s: %s", ask->peer, one.text);
}
