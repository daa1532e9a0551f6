/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host name in the first line, and the text of a hosts file in those that follow. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "wire/dns_conf.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *text, size_t len, const char *name)
{
	static struct net_addresses all, four, six;
	size_t lines;

	all.n = four.n = six.n = 0;
	lines = hosts_find(text, len, name, AF_UNSPEC, 25, &all);
	assert(hosts_find(text, len, name, AF_INET, 25, &four) == lines);
	assert(hosts_find(text, len, name, AF_INET6, 25, &six) == lines);
	assert(all.n == (lines < NET_ADDRESSES_MAX ? lines : NET_ADDRESSES_MAX));
	if (lines <= NET_ADDRESSES_MAX)
		assert(four.n + six.n == all.n);
	for (size_t i = 0; i < four.n; i++)
		assert(net_family(&four.v[i]) == AF_INET);
	for (size_t i = 0; i < six.n; i++)
		assert(net_family(&six.v[i]) == AF_INET6);
	/* It appends, and stops where there is no more room. */
	(void)hosts_find(text, len, name, AF_UNSPEC, 25, &all);
	assert(all.n <= NET_ADDRESSES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t n = end != NULL ? (size_t)(end - data) : 0;
	char name[300];

	if (end == NULL || n >= sizeof(name))
		return 0;
	memcpy(name, data, n);
	name[n] = '\0';
	check((const char *)end + 1, size - n - 1, name);
	return 0;
}
