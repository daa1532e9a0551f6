/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of logins: what is read stands within them, and none is empty. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/pairs.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pairs p = { 0 };
	struct buf why = { 0 };
	char *bytes = malloc(size + 1);
	int rc;

	if (bytes == NULL)
		return 0;
	memcpy(bytes, data, size);
	bytes[size] = '\0';
	rc = pairs_parse(&p, bytes, size, &why);
	if ((rc == -1) != (why.len > 0))
		abort();
	for (size_t i = 0; rc == 0 && i < p.n; i++) {
		const struct pair *pair = &p.v[i];

		if (pair->user < bytes || pair->user[0] == '\0' ||
		    pair->password[0] == '\0' ||
		    pair->password + strlen(pair->password) > bytes + size ||
		    pair->line == 0 || (i > 0 && pair->line <= pair[-1].line))
			abort();
	}
	pairs_free(&p);
	buf_free(&why);
	free(bytes);
	return 0;
}
