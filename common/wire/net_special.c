/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <string.h>

#include "base/text.h"
#include "wire/net_special.h"

struct block {
	unsigned char	 prefix[16];
	unsigned	 bits;
	const char	*kind;
};

static const struct block four[] = {
	{ { 0 }, 8, "unspecified" },
	{ { 10 }, 8, "private" },
	{ { 100, 64 }, 10, "shared" },
	{ { 127 }, 8, "loopback" },
	{ { 169, 254 }, 16, "link-local" },
	{ { 172, 16 }, 12, "private" },
	{ { 192, 0, 0 }, 24, "reserved" },
	{ { 192, 0, 2 }, 24, "documentation" },
	{ { 192, 168 }, 16, "private" },
	{ { 198, 18 }, 15, "benchmarking" },
	{ { 198, 51, 100 }, 24, "documentation" },
	{ { 203, 0, 113 }, 24, "documentation" },
	{ { 224 }, 4, "multicast" },
	{ { 240 }, 4, "reserved" },
};

static const struct block six[] = {
	{ { 0 }, 128, "unspecified" },
	{ { [15] = 1 }, 128, "loopback" },
	{ { [10] = 0xff, [11] = 0xff }, 96, "IPv4-mapped" },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, "private" },
	{ { 1 }, 64, "discard-only" },
	{ { 0x20, 0x01, 0x00, 0x02 }, 48, "benchmarking" },
	{ { 0x20, 0x01, 0x00, 0x20 }, 28, "reserved" },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, "documentation" },
	{ { 0x3f, 0xff }, 20, "documentation" },
	{ { 0xfc }, 7, "private" },
	{ { 0xfe, 0x80 }, 10, "link-local" },
	{ { 0xfe, 0xc0 }, 10, "site-local" },
	{ { 0xff }, 8, "multicast" },
};

static bool
within(const unsigned char *address, const struct block *b)
{
	size_t whole = b->bits / 8;
	unsigned mask = 0xffu << (8 - b->bits % 8) & 0xffu;

	return memcmp(address, b->prefix, whole) == 0 &&
	    (b->bits % 8 == 0 || (address[whole] & mask) == b->prefix[whole]);
}

static const char *
find(const unsigned char *address, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (within(address, &blocks[i]))
			return blocks[i].kind;
	return NULL;
}

const char *
net_special(const struct net_address *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->sa;

	if (net_family(a) == AF_INET)
		return find((const unsigned char *)&in->sin_addr, four, LEN(four));
	return find(in6->sin6_addr.s6_addr, six, LEN(six));
}
