/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the options of a session mean together; session.c opens it. */

#include <string.h>
#include <sys/socket.h>

#include "mail/session.h"
#include "wire/dns_host.h"

bool
session_is_tls_port(int port)
{
	return port == 465 || port == 993 || port == 995;
}

/*
 * May this be a host? An address, or a name that is no URL, no mail address and no
 * host with its port, all of which get typed, and not digits and dots alone, which
 * would be a wrong address. A name that begins with a dot would match all names
 * below it in a certificate.
 */
static bool
is_host(const char *text)
{
	struct net_address address;

	if (net_address_parse(&address, text, 0) == 0)
		return true;
	return text[0] != '.' && strpbrk(text, "/@: ,[]") == NULL &&
	    strspn(text, "0123456789.") != strlen(text);
}

bool
session_is_local(const struct session_conf *c)
{
	return c->host != NULL && c->host[0] == '/';
}

/* What does not go together where the server is a socket of this machine. */
static int
settle_local(const struct session_conf *c, struct buf *why)
{
	struct net_address path;

	if (net_unix_address(&path, c->host) == -1)
		return buf_refuse(why, "-H (--host): the path is too long for a socket");
	if (c->source != NULL || c->all_addresses || c->only4 || c->only6)
		return buf_refuse(why,
		    "a UNIX socket has no IP addresses: --source-address, "
		    "--all-addresses, -4 and -6 do not go with it");
	if (c->mode > SESSION_TLS_NONE && c->tls_name == NULL && !c->no_verify)
		return buf_refuse(why,
		    "TLS over a UNIX socket needs --tls-name: the name "
		    "the certificate must have");
	return 0;
}

static int
settle_addresses(const struct session_conf *c, struct buf *why)
{
	struct net_address address, host;

	if (c->only4 && c->only6)
		return buf_refuse(why, "-4 and -6 exclude each other");
	if (dns_conf_settle(&c->dns, why) == -1)
		return -1;
	if (c->source == NULL)
		return 0;
	if (net_address_parse(&address, c->source, 0) == -1)
		return buf_refuse(why, "--source-address takes an IP address of this "
		    "machine");
	if ((c->only4 && net_family(&address) != AF_INET) ||
	    (c->only6 && net_family(&address) != AF_INET6) ||
	    (c->host != NULL && net_address_parse(&host, c->host, 0) == 0 &&
	    net_family(&host) != net_family(&address)))
		return buf_refuse(why,
		    "--source-address is of another family than -H, -4 or "
		    "-6 asks for");
	return 0;
}

/* The port and the kind of TLS that the options left open. */
static void
settle_mode(struct session_conf *c, int port, enum session_tls mode)
{
	if (c->lmtp) {
		port = 24;
		mode = SESSION_TLS_OPPORTUNISTIC;
	}
	if (session_is_local(c))
		mode = SESSION_TLS_NONE;
	if (c->mode == SESSION_TLS_UNSET)
		c->mode = session_is_tls_port(c->port)
		    ? (int)SESSION_TLS_IMPLICIT : (int)mode;
	if (c->port == 0)
		c->port = c->mode == SESSION_TLS_IMPLICIT ? 465 : port;
}

int
session_need_host(const struct session_conf *c, struct buf *why)
{
	return c->host != NULL ? 0
	    : buf_refuse(why, "-H (--host) is needed: the server to check");
}

static int
settle_host(const struct session_conf *c, struct buf *why)
{
	if (session_is_local(c))
		return settle_local(c, why);
	return c->host == NULL || is_host(c->host) ? 0 : buf_refuse(why,
	    "-H (--host) takes a host name, an address or the path of a socket alone; "
	    "the port goes to -p");
}

int
session_settle(struct session_conf *c, int port, enum session_tls mode, struct buf *why)
{
	struct net_address posed;

	if (settle_host(c, why) == -1)
		return -1;
	if (c->tls_name != NULL && !is_host(c->tls_name))
		return buf_refuse(why, "--tls-name takes a host name or an address");
	if (c->helo != NULL && strchr(c->helo, ' ') != NULL)
		return buf_refuse(why, "-F (--helo) takes a name without blanks");
	if (c->xclient != NULL && net_address_parse(&posed, c->xclient, 0) == -1)
		return buf_refuse(why,
		    "--xclient takes the IP address of a client to pose as");
	if (c->tls.client_key != NULL && c->tls.client_cert == NULL)
		return buf_refuse(why, "--client-key needs --client-cert");
	if (settle_addresses(c, why) == -1)
		return -1;
	settle_mode(c, port, mode);
	return 0;
}

void
session_name(const struct session_conf *c, struct buf *out)
{
	char name[sizeof(((struct session *)NULL)->peer)];

	if (session_is_local(c)) {
		(void)buf_puts(out, c->host);
		return;
	}
	net_name(name, sizeof(name), c->host, (uint16_t)c->port);
	(void)buf_puts(out, name);
}

int
session_family(const struct session_conf *c)
{
	struct net_address source;

	if (c->source != NULL && net_address_parse(&source, c->source, 0) == 0)
		return net_family(&source);
	return c->only4 ? AF_INET : c->only6 ? AF_INET6 : AF_UNSPEC;
}
