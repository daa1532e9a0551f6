/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline.h"
#include "peer/conn.h"
#include "peer/fakedns.h"

#define TCP_PATIENCE_MS 5000
#define FLOOD 200	/* datagrams */

struct late {
	struct deadline		 due;
	struct sockaddr_in	 to;
	struct buf		 wire;
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
	for (size_t i = 0; i < f->nlate; i++)
		buf_free(&f->late[i].wire);
	free(f->late);
	f->late = NULL;
	f->nlate = 0;
	if (f->udp != -1)
		(void)close(f->udp);
	if (f->tcp != -1)
		(void)close(f->tcp);
	f->udp = f->tcp = -1;
}

static void
datagram(struct fakedns *f, const struct buf *wire, const struct sockaddr_in *to)
{
	(void)sendto(f->udp, buf_str(wire), wire->len, MSG_NOSIGNAL,
	    (const struct sockaddr *)to, sizeof(*to));
}

/* The same from a port that nobody asked. */
static void
datagram_astray(const struct buf *wire, const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)sendto(fd, buf_str(wire), wire->len, MSG_NOSIGNAL,
	    (const struct sockaddr *)to, sizeof(*to));
	(void)close(fd);
}

/* What comes before the answer. */
static void
send_before(struct fakedns *f, const struct answer *a, const struct sockaddr_in *to)
{
	struct buf junk = { 0 };

	(void)buf_puts(&junk, "junk that is no DNS message");
	for (int i = 0; a->odd & ODD_FLOOD && i < FLOOD; i++)
		datagram(f, &junk, to);
	if (a->odd & ODD_OTHER_PORT)
		datagram_astray(&a->bad, to);
	else if (a->bad.len > 0 || a->odd & ODD_EMPTY)
		datagram(f, &a->bad, to);
	buf_free(&junk);
}

/* Keeps an answer for later, and with it the answer's bytes. */
static void
hold_back(struct fakedns *f, struct answer *a, const struct sockaddr_in *to)
{
	f->late = grown(f->late, f->nlate, sizeof(*f->late));
	f->late[f->nlate++] = (struct late){
		.due = deadline_in((double)a->late_ms / 1000), .to = *to, .wire = a->wire,
	};
	a->wire = (struct buf){ 0 };
}

/* Sends what is due; returns the milliseconds until the next one is, -1 for none. */
static int
late_send(struct fakedns *f)
{
	int wait = -1, ms;

	for (size_t i = 0; i < f->nlate;) {
		if ((ms = deadline_ms(f->late[i].due)) == 0) {
			datagram(f, &f->late[i].wire, &f->late[i].to);
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
answer_make(struct fakedns *f, const void *wire, size_t n, bool udp, struct answer *a)
{
	struct buf line = { 0 };

	if (zone_answer(f->zone, f->vars, wire, n, udp, a) == -1) {
		diary_fail(f->diary, "the DNS was asked something that is no question");
		return -1;
	}
	diary_asked(f->diary, f->name, a->question);
	(void)buf_addf(&line, "%s%s", a->question, udp ? "" : " (TCP)");
	diary_talk(f->diary, f->name, buf_str(&line), line.len);
	buf_free(&line);
	return 0;
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
	if (answer_make(f, wire, (size_t)n, true, &a) == 0 && !(a.odd & ODD_SILENT)) {
		send_before(f, &a, &from);
		if (a.odd & ODD_TWICE)
			datagram(f, &a.wire, &from);
		if (a.late_ms > 0)
			hold_back(f, &a, &from);
		else
			datagram(f, &a.wire, &from);
	}
	answer_free(&a);
}

/* Reads exactly n bytes before the client loses our patience. */
static int
tcp_read(const struct fakedns *f, int fd, void *bytes, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		if (await(fd, POLLIN, f->over, TCP_PATIENCE_MS) != 1)
			return -1;
		got = recv(fd, (char *)bytes + have, n - have, 0);
		if (got <= 0)
			return -1;
		have += (size_t)got;
	}
	return 0;
}

/* The answer behind its length, or what is odd of it. */
static void
tcp_fill(const struct answer *a, struct buf *out)
{
	size_t n = a->wire.len;
	const char head[2] = { (char)(n >> 8), (char)(n & 0xff) };

	if (a->odd & ODD_TCP_CLOSE)
		return;
	(void)buf_add(out, head, sizeof(head));
	for (size_t i = 0; a->odd & ODD_TCP_GARBAGE && i < n; i++)
		(void)buf_puts(out, "x");
	if (!(a->odd & ODD_TCP_GARBAGE))
		(void)buf_add(out, a->wire.data, a->odd & ODD_TCP_CUT ? n / 2 : n);
}

static int
tcp_answer(struct fakedns *f, int fd)
{
	unsigned char head[2], wire[65536];
	struct answer a;
	struct buf out = { .max = 128u * 1024 };
	size_t n;
	int rc = -1;

	if (tcp_read(f, fd, head, 2) == -1)
		return -1;
	n = (size_t)(head[0] << 8 | head[1]);
	if (tcp_read(f, fd, wire, n) == -1)
		return -1;
	if (answer_make(f, wire, n, false, &a) == 0) {
		tcp_fill(&a, &out);
		if (a.late_ms > 0)
			(void)await(-1, 0, f->over, (int)a.late_ms);
		/* Silent over TCP: the question is taken, and nothing comes back. */
		rc = a.odd & (ODD_SILENT | ODD_TCP_SILENT) || send(fd, out.data, out.len,
		    MSG_NOSIGNAL) == (ssize_t)out.len ? 0 : -1;
		if (a.odd & (ODD_TCP_CLOSE | ODD_TCP_CUT))
			rc = -1;
	}
	buf_free(&out);
	answer_free(&a);
	return rc;
}

/* Late answers over UDP wait for a client on TCP: no case needs both at once. */
static void
tcp_serve(struct fakedns *f)
{
	int fd = accept4(f->tcp, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1)
		return;
	while (tcp_answer(f, fd) == 0)
		continue;
	(void)close(fd);
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
	return NULL;
}
