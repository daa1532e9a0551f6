/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a resolv.conf. */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "wire/dns_conf.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_conf conf = { 0 };
	char text[NET_TEXT_MAX];

	assert(dns_conf_parse(&conf, (const char *)data, size) == 0);
	assert(conf.nservers >= 1 && conf.nservers <= 3);
	assert(conf.ndots <= 15);
	assert(conf.timeout >= 1 && conf.timeout <= 30);
	assert(conf.attempts >= 1 && conf.attempts <= 5);
	assert(conf.search.n <= DNS_SEARCH_MAX);
	for (size_t i = 0; i < conf.nservers; i++)
		assert(strchr(dns_server_text(&conf.servers[i], text), '#') == NULL);
	for (size_t i = 0; i < conf.search.n; i++) {
		assert(conf.search.v[i][0] != '\0' && strlen(conf.search.v[i]) < 256);
		assert(strpbrk(conf.search.v[i], " \t\r\n\v\f") == NULL);
	}
	dns_conf_free(&conf);
	assert(conf.nservers == 0 && conf.search.n == 0);
	return 0;
}
