/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "peer/diary.h"
#include "peer/words.h"

void
diary_init(struct diary *d)
{
	*d = (struct diary){ .start = clock_nsec() };
	(void)pthread_mutex_init(&d->lock, NULL);
}

void
diary_free(struct diary *d)
{
	(void)pthread_mutex_destroy(&d->lock);
	buf_free(&d->talk);
	buf_free(&d->wrong);
	list_free(&d->asked);
}

void
diary_talk(struct diary *d, const char *who, const char *bytes, size_t n)
{
	(void)pthread_mutex_lock(&d->lock);
	(void)buf_addf(&d->talk, "%7.3f %-3s ", clock_since(d->start), who);
	visible(bytes, n, &d->talk);
	(void)buf_puts(&d->talk, "\n");
	(void)pthread_mutex_unlock(&d->lock);
}

void
diary_note(struct diary *d, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	diary_talk(d, "--", text, strlen(text));
}

void
diary_fail(struct diary *d, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) == -1)
		die("memory is short");
	va_end(ap);
	(void)pthread_mutex_lock(&d->lock);
	if (d->loud)
		(void)fprintf(stderr, "peer: %s\n", text);
	if (d->wrong.len > 0)
		(void)buf_puts(&d->wrong, "; ");
	(void)buf_puts(&d->wrong, text);
	/* What does not fit any more is not lost: the case has failed without it. */
	(void)pthread_mutex_unlock(&d->lock);
	free(text);
}

void
diary_asked(struct diary *d, const char *server, const char *question)
{
	struct buf whole = { 0 };

	(void)buf_addf(&whole, "%s %s", server, question);
	(void)pthread_mutex_lock(&d->lock);
	listed(&d->asked, question);
	listed(&d->asked, buf_str(&whole));
	(void)pthread_mutex_unlock(&d->lock);
	buf_free(&whole);
}
