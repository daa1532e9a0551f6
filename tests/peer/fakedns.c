/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/text.h"
#include "peer/answer.h"
#include "peer/conn.h"
#include "peer/fakedns.h"
#include "peer/forge.h"

struct late {
	struct deadline		 due;
	struct sockaddr_in	 to;
	struct buf		 wire;
};

/* A connection over TCP: one that is silent must not keep the others waiting. */
struct hand {
	struct fakedns	*f;
	struct hand	*before;	/* the last one, which it waits for at its end */
	pthread_t	 thread;
	int		 fd;
};

/* Two sockets that must agree on a port: UDP takes one, TCP may find it in use. */
static int
both_bind(struct fakedns *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	f->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	f->other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(f->udp, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    getsockname(f->udp, (struct sockaddr *)&at, &len) == -1 ||
	    bind(f->tcp, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(f->tcp, 16) == -1) {
		fakedns_close(f);
		return -1;
	}
	f->port = ntohs(at.sin_port);
	return 0;
}

void
fakedns_open(struct fakedns *f)
{
	for (int i = 0; i < 50; i++)
		if (both_bind(f) == 0)
			return;
	die("no port for the fake DNS: %s", strerror(errno));
}

void
fakedns_close(struct fakedns *f)
{
	int *const sockets[] = { &f->udp, &f->tcp, &f->other };

	for (size_t i = 0; i < f->nlate; i++)
		buf_free(&f->late[i].wire);
	free(f->late);
	f->late = NULL;
	f->nlate = 0;
	for (size_t i = 0; i < LEN(sockets); i++) {
		if (*sockets[i] != -1)
			(void)close(*sockets[i]);
		*sockets[i] = -1;
	}
}

static void
datagram(int fd, const struct buf *wire, const struct sockaddr_in *to)
{
	(void)sendto(fd, buf_str(wire), wire->len, MSG_NOSIGNAL,
	    (const struct sockaddr *)to, sizeof(*to));
}

static void
hold_back(struct fakedns *f, const struct answer *a, const struct sockaddr_in *to)
{
	struct late *late;

	f->late = grown(f->late, f->nlate, sizeof(*f->late));
	late = &f->late[f->nlate++];
	late->due = deadline_in((double)a->late_ms / 1000);
	late->to = *to;
	(void)buf_add(&late->wire, buf_str(&a->wire), a->wire.len);
}

/* Sends what is due; returns the milliseconds until the next one is, -1 for none. */
static int
late_send(struct fakedns *f)
{
	int wait = -1, ms;

	for (size_t i = 0; i < f->nlate;) {
		if ((ms = deadline_ms(f->late[i].due)) == 0) {
			datagram(f->udp, &f->late[i].wire, &f->late[i].to);
			buf_free(&f->late[i].wire);
			f->late[i] = f->late[--f->nlate];
			continue;
		}
		wait = wait == -1 || ms < wait ? ms : wait;
		i++;
	}
	return wait;
}

static int
question_take(struct fakedns *f, const void *wire, size_t n, bool udp, struct answer *a)
{
	struct buf line = { 0 };

	if (answer_make(a, f->zone, f->vars, wire, n, udp) == -1) {
		diary_fail(f->diary, "the DNS was asked something that is no question");
		return -1;
	}
	diary_asked(f->diary, f->name, a->question);
	(void)buf_addf(&line, "%s%s", a->question, udp ? "" : " (TCP)");
	diary_talk(f->diary, f->name, buf_str(&line), line.len);
	buf_free(&line);
	return 0;
}

/* Who is silent may still be overtaken by those who are not. */
static void
udp_reply(struct fakedns *f, const struct answer *a, const struct sockaddr_in *to)
{
	int times = a->odd & ODD_SILENT ? 0 : a->odd & ODD_TWICE ? 2 : 1;

	for (size_t i = 0; i < a->nbefore; i++)
		datagram(a->before[i].elsewhere ? f->other : f->udp, &a->before[i].wire,
		    to);
	while (times-- > 0)
		if (a->late_ms > 0)
			hold_back(f, a, to);
		else
			datagram(f->udp, &a->wire, to);
}

static void
udp_serve(struct fakedns *f)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct answer a;
	char wire[4096];
	ssize_t n = recvfrom(f->udp, wire, sizeof(wire), 0, (struct sockaddr *)&from,
	    &len);

	if (n < 0)
		return;
	if (question_take(f, wire, (size_t)n, true, &a) == 0)
		udp_reply(f, &a, &from);
	answer_free(&a);
}

/* Reads exactly n bytes. -1 when the client has gone before. */
static int
tcp_read(const struct fakedns *f, int fd, void *bytes, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		if (await(fd, POLLIN, f->over, -1) != 1)
			return -1;
		got = recv(fd, (char *)bytes + have, n - have, 0);
		if (got <= 0)
			return -1;
		have += (size_t)got;
	}
	return 0;
}

/* 0 when the connection goes on: who is silent has taken the question, too. */
static int
tcp_reply(const struct fakedns *f, int fd, const struct answer *a)
{
	const char *text = a->odd & ODD_TCP_GARBAGE ? GARBAGE : buf_str(&a->wire);
	size_t n = a->odd & ODD_TCP_GARBAGE ? strlen(GARBAGE) : a->wire.len;
	unsigned char length[2] = { (unsigned char)(n >> 8), (unsigned char)n };
	struct buf out = { .max = 128u * 1024 };
	ssize_t sent;
	bool whole;

	if (a->odd & (ODD_SILENT | ODD_TCP_SILENT))
		return 0;
	if (a->odd & ODD_TCP_CLOSE)
		return -1;
	if (a->late_ms > 0)
		(void)await(-1, 0, f->over, (int)a->late_ms);
	(void)buf_add(&out, length, sizeof(length));
	(void)buf_add(&out, text, a->odd & ODD_TCP_CUT ? n / 2 : n);
	sent = send(fd, out.data, out.len, MSG_NOSIGNAL);
	whole = sent == (ssize_t)out.len && !(a->odd & ODD_TCP_CUT);
	buf_free(&out);
	return whole ? 0 : -1;
}

static int
tcp_answer(struct fakedns *f, int fd)
{
	unsigned char head[2], wire[65536];
	struct answer a;
	size_t n;
	int rc = -1;

	if (tcp_read(f, fd, head, 2) == -1)
		return -1;
	n = (size_t)(head[0] << 8 | head[1]);
	if (tcp_read(f, fd, wire, n) == -1)
		return -1;
	if (question_take(f, wire, n, false, &a) == 0)
		rc = tcp_reply(f, fd, &a);
	answer_free(&a);
	return rc;
}

static void
hand_join(struct hand *h)
{
	if (h != NULL)
		(void)pthread_join(h->thread, NULL);
	free(h);
}

static void *
hand_serve(void *arg)
{
	struct hand *h = arg;

	while (tcp_answer(h->f, h->fd) == 0)
		continue;
	(void)close(h->fd);
	hand_join(h->before);
	return NULL;
}

static void
tcp_serve(struct fakedns *f)
{
	int fd = accept4(f->tcp, NULL, NULL, SOCK_CLOEXEC);
	struct hand *h;

	if (fd == -1)
		return;
	h = must(calloc(1, sizeof(*h)));
	*h = (struct hand){ .f = f, .before = f->hand, .fd = fd };
	if (pthread_create(&h->thread, NULL, hand_serve, h) != 0)
		die("no thread");
	f->hand = h;
}

void *
fakedns_serve(void *arg)
{
	struct fakedns *f = arg;
	struct pollfd p[3] = {
		{ .fd = f->udp, .events = POLLIN }, { .fd = f->tcp, .events = POLLIN },
		{ .fd = f->over, .events = POLLIN },
	};

	for (;;) {
		if (poll(p, 3, late_send(f)) == -1 && errno != EINTR)
			break;
		if (p[0].revents != 0)
			udp_serve(f);
		if (p[1].revents != 0)
			tcp_serve(f);
		if (p[2].revents != 0 && p[0].revents == 0 && p[1].revents == 0)
			break;
	}
	hand_join(f->hand);
	f->hand = NULL;
	return NULL;
}
