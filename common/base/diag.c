/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"

const struct cause local_internal = {
	"internal-error", CLASS_LOCAL, STATE_UNKNOWN,
	"the check itself could not go on",
	"look at the sentence: memory or another resource of this machine was short",
	false,
};

cause_table diag_causes = { &local_internal, NULL };

const char *
class_name(enum cause_class class)
{
	static const char *const names[CLASS_COUNT] = {
		"network", "dns", "tls", "certificate", "protocol",
		"auth", "policy", "queue", "local",
	};

	return names[class];
}

void
diag_at(struct diag *d, const char *stage)
{
	if (d->cause != NULL)
		return;
	d->stage = stage;
	d->code = 0;
	d->proof[0] = '\0';
}

void
diag_heard(struct diag *d, int code, const char *bytes, size_t n)
{
	if (d->cause != NULL)
		return;
	d->code = code;
	text_copy(d->proof, sizeof(d->proof), bytes, n);
}

int
diag_set(struct diag *d, const struct cause *cause, const char *format, ...)
{
	char text[2 * sizeof(d->text)];
	va_list ap;

	if (d->cause != NULL)
		return -1;
	d->cause = cause;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	text_copy(d->text, sizeof(d->text), text, strlen(text));
	return -1;
}

int
diag_nomem(struct diag *d)
{
	return diag_set(d, &local_internal, "memory is short");
}

bool
diag_failed(const struct diag *d)
{
	return d->cause != NULL;
}
