/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a client comes from: its own address, and what a PROXY header says of it. */

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "peer/play.h"
#include "wire/net.h"

#define LINE_MAX_1 107		/* of a header of version 1, with its CR LF */
#define FIXED_2 16		/* bytes of version 2 that come before the addresses */

/* Both ends of the connection; a UNIX socket has no address worth the name. */
static int
ends_of(const struct conn *c, struct net_address *client, struct net_address *server)
{
	client->len = server->len = sizeof(client->sa);
	memset(&client->sa, 0, sizeof(client->sa));
	memset(&server->sa, 0, sizeof(server->sa));
	if (getpeername(c->fd, (struct sockaddr *)&client->sa, &client->len) == -1)
		return -1;
	return getsockname(c->fd, (struct sockaddr *)&server->sa, &server->len);
}

static uint16_t
port_of(const struct net_address *a)
{
	/* IPv4 has its port there too. */
	return ((const struct sockaddr_in6 *)&a->sa)->sin6_port;
}

enum played
play_source(struct play *p, const struct step *st)
{
	struct net_address client, server;
	char text[NET_TEXT_MAX] = "a UNIX socket";

	if (ends_of(&p->conn, &client, &server) == -1)
		return PLAY_GONE;
	if (net_family(&client) != AF_UNIX)
		(void)net_address_text(&client, text);
	if (glob_expanded(p->vars, st->text, text, strlen(text)))
		return PLAYED;
	return play_fail(p, st, "the client comes from %s", text);
}

/* The line as far as it comes, and not one byte more. */
static enum played
line_hear(struct play *p, struct buf *line)
{
	do
		if (conn_exact(&p->conn, 1, line) == 0)
			return PLAY_GONE;
	while (line->data[line->len - 1] != '\n' && line->len < LINE_MAX_1);
	return PLAYED;
}

static bool
right_1(const struct buf *heard, const struct net_address *client,
    const struct net_address *server)
{
	char from[NET_TEXT_MAX], to[NET_TEXT_MAX];
	struct buf want = { 0 };
	bool right;

	if (net_family(client) == AF_UNIX)
		return glob_match("PROXY UNKNOWN\\r\\n", heard->data, heard->len) ||
		    glob_match("PROXY UNKNOWN *\\r\\n", heard->data, heard->len);
	(void)buf_addf(&want, "PROXY TCP%d %s %s %u %u\r\n",
	    net_family(client) == AF_INET ? 4 : 6, net_address_text(client, from),
	    net_address_text(server, to), ntohs(port_of(client)), ntohs(port_of(server)));
	right = strcmp(buf_str(&want), buf_str(heard)) == 0;
	buf_free(&want);
	return right;
}

static enum played
header_hear(struct play *p, struct buf *header)
{
	const unsigned char *length;

	if (conn_exact(&p->conn, FIXED_2, header) == 0)
		return PLAY_GONE;
	length = (const unsigned char *)header->data + FIXED_2 - 2;
	/* Without the signature it is no header, and has no length. */
	if (memcmp(header->data, "\r\n\r\n", 4) != 0)
		return PLAYED;
	return conn_exact(&p->conn, (size_t)length[0] * 256 + length[1], header) == 1
	    ? PLAYED : PLAY_GONE;
}

/* Addresses and ports as they stand in version 2. */
static void
addresses_add(const struct net_address *client, const struct net_address *server,
    struct buf *out)
{
	const struct net_address *const both[] = { client, server };
	uint16_t port;

	for (size_t i = 0; i < 2; i++)
		if (net_family(both[i]) == AF_INET)
			(void)buf_add(out,
			    &((const struct sockaddr_in *)&both[i]->sa)->sin_addr, 4);
		else
			(void)buf_add(out,
			    &((const struct sockaddr_in6 *)&both[i]->sa)->sin6_addr, 16);
	for (size_t i = 0; i < 2; i++) {
		port = port_of(both[i]);
		(void)buf_add(out, &port, sizeof(port));
	}
}

static bool
right_2(const struct buf *heard, const struct net_address *client,
    const struct net_address *server)
{
	static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	const unsigned char *bytes = (const unsigned char *)heard->data;
	struct buf want = { 0 };
	bool right;

	if (memcmp(bytes, signature, sizeof(signature) - 1) != 0)
		return false;
	if (net_family(client) == AF_UNIX)
		return bytes[12] == 0x20 || (bytes[12] == 0x21 && bytes[13] == 0);
	addresses_add(client, server, &want);
	/* More may follow the addresses. */
	right = bytes[12] == 0x21 &&
	    bytes[13] == (net_family(client) == AF_INET ? 0x11 : 0x21) &&
	    heard->len - FIXED_2 >= want.len &&
	    memcmp(bytes + FIXED_2, want.data, want.len) == 0;
	buf_free(&want);
	return right;
}

enum played
play_proxy(struct play *p, const struct step *st)
{
	struct net_address client, server;
	struct buf heard = { 0 }, shown = { 0 };
	enum played played;

	if (ends_of(&p->conn, &client, &server) == -1)
		return PLAY_GONE;
	played = st->n == 1 ? line_hear(p, &heard) : header_hear(p, &heard);
	if (heard.len > 0)
		diary_talk(p->diary, "C", heard.data, heard.len);
	if (played == PLAYED && !(st->n == 1 ? right_1(&heard, &client, &server)
	    : right_2(&heard, &client, &server))) {
		visible(heard.data, heard.len, &shown);
		played = play_fail(p, st, "the client said \"%s\"", buf_str(&shown));
	}
	buf_free(&heard);
	buf_free(&shown);
	return played;
}
