/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of things: connections, their beginning and end. The steps are in step.c. */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "peer/play.h"

#define HANDS_MAX 4096	/* connections that one script with "each" serves in a case */

enum played
play_fail(struct play *p, const struct step *st, const char *format, ...)
{
	struct buf text = { 0 };
	va_list ap;
	char *why;

	va_start(ap, format);
	if (vasprintf(&why, format, ap) == -1)
		die("memory is short");
	va_end(ap);
	(void)buf_addf(&text, "line %d (%s%s%s): %s", st->line, verb_name(st->verb),
	    *st->text != '\0' ? " " : "", st->text, why);
	diary_fail(p->diary, "%s", buf_str(&text));
	buf_free(&text);
	free(why);
	return PLAY_FAILED;
}

void
play_park(struct play *p)
{
	if (p->nparked < PARKED_MAX) {
		p->parked[p->nparked].fd = p->conn.fd;
		p->parked[p->nparked++].ssl = p->conn.ssl;
		p->conn.fd = -1;
		p->conn.ssl = NULL;
		buf_free(&p->conn.out);
	}
	conn_close(&p->conn, false);
}

static void
unplayed(struct play *p)
{
	if (!p->optional && p->at < p->script->n)
		(void)play_fail(p, &p->script->v[p->at],
		    "was not played, the client has gone");
}

/* The steps of one connection: up to the next N or the end. */
static enum played
steps(struct play *p)
{
	enum played played = PLAYED;

	for (; p->at < p->script->n; p->at++) {
		const struct step *st = &p->script->v[p->at];

		if (st->verb == VERB_NEXT)
			break;
		played = st->verb == VERB_SERVE ? play_rules(p) : play_step(p, st);
		if (played != PLAYED)
			break;
	}
	if (played == PLAY_GONE)
		unplayed(p);
	return played;
}

/* What a client may still do after the script's end: say QUIT, and go. */
static enum played
afterwards(struct play *p)
{
	struct buf line = { 0 };
	int rc = conn_line(&p->conn, &line);
	enum played played = PLAYED;

	if (rc == 1 && strcasecmp(line.data, "QUIT") == 0) {
		conn_say(&p->conn, "221 2.0.0 bye\r\n", 15);
		(void)conn_flush(&p->conn);
	} else if (rc != 0) {
		diary_fail(p->diary, "the client went on after the script's end");
		played = PLAY_FAILED;
	} else {
		conn_close(&p->conn, false);
	}
	buf_free(&line);
	return played;
}

static bool
more(const struct play *p)
{
	return p->at < p->script->n;
}

/*
 * Sees a connection off. The next one may come first: clients that probe keep the old one
 * open, and a close() here could reset what they have not read yet.
 */
static enum played
finish(struct play *p)
{
	struct pollfd fds[3] = {
		{ .events = POLLIN }, { .fd = p->listener, .events = POLLIN },
		{ .fd = p->over, .events = POLLIN },
	};

	(void)conn_flush(&p->conn);
	while (p->conn.fd != -1) {
		fds[0].fd = p->conn.fd;
		if (!conn_pending(&p->conn) && poll(fds, 3, -1) == -1 && errno != EINTR)
			break;
		if (conn_pending(&p->conn) || fds[0].revents != 0) {
			if (afterwards(p) != PLAYED)
				return PLAY_FAILED;
			continue;
		}
		if (fds[1].revents != 0)
			play_park(p);
		else if (fds[2].revents != 0)
			conn_close(&p->conn, false);
	}
	return PLAYED;
}

static void
nobody_else(struct play *p)
{
	if (await(p->listener, POLLIN, p->over, -1) == 1 && !p->optional)
		diary_fail(p->diary, "the client connected once more than the script "
		    "knows");
}

static void
in_order(struct play *p)
{
	enum played played;

	do {
		if (conn_accept(&p->conn, p->listener, p->over, p->diary) == -1) {
			if (!p->optional)
				diary_fail(p->diary, "the client did not connect%s",
				    p->at > 0 ? " again" : "");
			return;
		}
		played = steps(p);
		if (played == PLAYED)
			played = finish(p);
		if (played != PLAYED)
			return;
	} while (more(p) && p->at++ < p->script->n);
	nobody_else(p);
}

static void
hang_up(struct play *p)
{
	conn_close(&p->conn, false);
	while (p->nparked > 0) {
		SSL_free(p->parked[--p->nparked].ssl);
		(void)close(p->parked[p->nparked].fd);
	}
}

/* One connection of many at once. */
static void *
hand(void *arg)
{
	struct play *p = arg;

	if (steps(p) == PLAYED && p->conn.fd != -1 && conn_flush(&p->conn) == 0)
		while (p->conn.fd != -1 && afterwards(p) == PLAYED)
			continue;
	hang_up(p);
	free(p);
	return NULL;
}

static bool
hand_start(const struct play *p, pthread_t *thread)
{
	struct play *one = must(malloc(sizeof(*one)));

	*one = *p;
	if (conn_accept(&one->conn, p->listener, p->over, p->diary) == 0) {
		if (pthread_create(thread, NULL, hand, one) == 0)
			return true;
		diary_fail(p->diary, "no thread for a connection");
		hang_up(one);
	}
	free(one);
	return false;
}

static void
each(struct play *p)
{
	pthread_t *hands = must(calloc(HANDS_MAX, sizeof(*hands)));
	size_t n = 0;

	while (n < HANDS_MAX && hand_start(p, &hands[n])) {
		if (p->serving)
			(void)pthread_detach(hands[n]);
		else
			n++;
	}
	if (n == 0 && !p->optional)
		diary_fail(p->diary, "no client connected");
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(hands[i], NULL);
	free(hands);
}

void *
play_script(void *arg)
{
	struct play *p = arg;

	p->conn.fd = -1;
	if (p->script->how != LISTEN_TRULY)
		return NULL;
	if (p->script->each || p->serving)
		each(p);
	else
		in_order(p);
	hang_up(p);
	return NULL;
}
