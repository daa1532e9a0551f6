/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of domains and exchangers, and expectations; a second text in a new line. */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/maildns_name.h"
#include "probe/domain.h"
#include "wire/dns.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_name(const char *name, const char *other)
{
	const char *parent = maildns_parent(name), *bad;
	size_t n = maildns_without_origin(name, other);
	bool fatal;

	assert(parent == NULL || (parent > name && parent < name + strlen(name)));
	assert(maildns_below(name, name));
	assert(parent == NULL || maildns_below(name, parent));
	assert(n == 0 || (n < strlen(name) && name[n] == '.' &&
	    strcmp(name + n + 1, other) == 0));
	bad = maildns_bad_host(name, &fatal);
	assert(bad != NULL || !fatal);
	/* No name is a host's and an address at once, but for the last label's digits. */
	assert(!maildns_is_address(name) || bad != NULL);
}

static void
check_expectation(const char *text)
{
	struct domain_expected e;
	char again[DNS_NAME_MAX];

	if (domain_expect_parse(text, &e) == -1)
		return;
	assert(e.preference >= -1 && e.preference <= UINT16_MAX);
	assert(dns_name(e.name, again) == 0 && strcmp(again, e.name) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *second;
	char name[DNS_NAME_MAX], other[DNS_NAME_MAX];

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	check_expectation(text);
	second = strchr(text, '\n');
	if (second != NULL)
		*second++ = '\0';
	if (dns_name(text, name) == 0 && strcmp(name, ".") != 0 &&
	    dns_name(second != NULL ? second : text, other) == 0)
		check_name(name, other);
	free(text);
	return 0;
}
