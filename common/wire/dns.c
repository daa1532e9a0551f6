/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/dns.h"
#include "wire/dns_codec.h"
#include "wire/dns_trace.h"

#define UDP_MAX 4096	/* some servers send more than they were told to */
#define TCP_MAX (2 + UINT16_MAX)

/* A question under way. */
struct task {
	struct dns_query *q;		/* NULL: nothing is */
	size_t		 turn;		/* how many servers had it before */
	struct deadline	 until;		/* this server's time */
	int		 fd;
	uint16_t	 id;
	enum dns_manner	 manner;
	bool		 tcp;
	bool		 silent;	/* a server kept silent */
	int		 error;		/* errno: why the last one gave no answer */
	unsigned char	 out[2 + DNS_QUESTION_MAX];	/* TCP puts a length first */
	size_t		 len, sent;
	unsigned char	*in;		/* TCP_MAX bytes, or NULL */
	size_t		 got;
};

struct batch {
	const struct dns_conf *conf;
	struct deadline	 by;
	struct task	 tasks[DNS_BATCH_MAX];
	bool		 stuck;		/* this machine is out of sockets or memory */
	int		 error;
};

static size_t
turns(const struct dns_conf *conf)
{
	return conf->nservers * (conf->attempts > 0 ? conf->attempts : 1);
}

static const struct net_address *
server(const struct batch *b, const struct task *t)
{
	return &b->conf->servers[t->turn % b->conf->nservers];
}

static void
hang_up(struct task *t)
{
	if (t->fd != -1)
		(void)close(t->fd);
	free(t->in);
	t->fd = -1;
	t->in = NULL;
}

static void
finish(struct task *t)
{
	hang_up(t);
	t->q->error = t->q->answered || t->silent ? 0 : t->error;
	t->q = NULL;
}

/*
 * How long the server whose turn it is may take: what resolv.conf grants (glibc doubles
 * it from round to round and shares it among the servers then), and never so long that
 * the others of this round could not be asked before the deadline.
 */
static struct deadline
patience(const struct batch *b, const struct task *t)
{
	size_t n = b->conf->nservers, round = t->turn / n;
	double seconds = b->conf->timeout << round;

	if (round > 0)
		seconds /= (double)n;
	return deadline_sooner(deadline_in(seconds > 1 ? seconds : 1),
	    deadline_share(b->by, n - t->turn % n));
}

/* Errors that no other server would mend. */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

static int
open_socket(const struct net_address *to, bool tcp)
{
	int type = tcp ? SOCK_STREAM : SOCK_DGRAM, one = 1;
	bool six = net_family(to) == AF_INET6;
	int fd = socket(net_family(to), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* Routers tell of hosts they cannot reach; without this, nobody would hear it. */
	if (fd != -1 && !tcp)
		(void)setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP,
		    six ? IPV6_RECVERR : IP_RECVERR, &one, sizeof(one));
	return fd;
}

/* Sends as much of the question as goes at once. 0 or an errno. */
static int
send_some(struct task *t)
{
	const unsigned char *from = t->out + (t->tcp ? 0 : 2);
	ssize_t n = send(t->fd, from + t->sent, t->len - t->sent, MSG_NOSIGNAL);

	if (n >= 0)
		t->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		return errno;
	return 0;
}

/*
 * Asks the server whose turn it is, from a new socket and so a new random port, and with
 * a new id: together they are all that keeps forged answers off. 0 or an errno.
 */
static int
ask(const struct batch *b, struct task *t, bool tcp)
{
	const struct net_address *to = server(b, t);

	hang_up(t);
	t->tcp = tcp;
	t->sent = t->got = 0;
	if (getrandom(&t->id, sizeof(t->id), 0) != (ssize_t)sizeof(t->id))
		return errno;
	if (dns_question_write(t->q, t->id, t->manner, !b->conf->no_recursion,
	    t->out + 2, &t->len) == -1 || (tcp && (t->in = malloc(TCP_MAX)) == NULL))
		return ENOMEM;
	dns_tell_question(b->conf, server(b, t), t->q, t->manner, tcp);
	t->out[0] = (unsigned char)(t->len >> 8);
	t->out[1] = (unsigned char)t->len;
	t->len += tcp ? 2 : 0;
	if ((t->fd = open_socket(to, tcp)) == -1)
		return errno;
	if (connect(t->fd, (const struct sockaddr *)&to->sa, to->len) == -1)
		return errno == EINPROGRESS ? 0 : errno;
	return send_some(t);
}

/*
 * Lets the servers have their turn until one can be asked; none is left, or no time: the
 * end. Who kept silent in the first round may be one that drops EDNS.
 */
static void
ask_on(struct batch *b, struct task *t)
{
	for (; t->turn < turns(b->conf) && deadline_left(b->by) > 0; t->turn++) {
		int error;

		t->manner = t->turn < b->conf->nservers ? DNS_EDNS : DNS_NO_EDNS;
		t->until = patience(b, t);
		if ((error = ask(b, t, false)) == 0)
			return;
		t->error = error;
		if (is_shortage(error)) {
			b->stuck = true;
			b->error = error;
			break;
		}
	}
	if (deadline_left(b->by) <= 0)
		t->silent = true;
	finish(t);
}

/*
 * Gives the question to the next server; error is why this one gave no answer, if it is
 * known.
 */
static void
pass_on(struct batch *b, struct task *t, int error)
{
	if (error != 0)
		t->error = error;
	t->turn++;
	ask_on(b, t);
}

static void
ask_again(struct batch *b, struct task *t, bool tcp)
{
	int error = ask(b, t, tcp);

	if (error != 0)
		pass_on(b, t, error);
}

/* An answer is there. Those that settle nothing pass the question on. */
static void
consider(struct batch *b, struct task *t)
{
	int rcode = t->q->rcode;

	(void)dns_server_text(server(b, t), t->q->server);
	dns_tell_answer(b->conf, t->q);
	if (rcode == DNS_NOERROR || rcode == DNS_NXDOMAIN) {
		finish(t);
	} else if ((rcode == DNS_FORMERR || rcode == DNS_NOTIMP ||
	    rcode == DNS_BADVERS) && t->manner != DNS_PLAIN) {
		t->manner = DNS_PLAIN;
		ask_again(b, t, t->tcp);
	} else {
		pass_on(b, t, 0);
	}
}

static void
take(struct batch *b, struct task *t, const unsigned char *wire, size_t len)
{
	int rc = dns_reply_parse(t->q, t->id, wire, len);

	if (rc == 0) {
		consider(b, t);
	} else if (!t->tcp && rc == 1) {
		ask_again(b, t, true);
	} else if (t->tcp) {
		/* Nobody else can have sent this. */
		dns_query_free(t->q);
		t->q->answered = true;
		t->q->rcode = DNS_GARBAGE;
		consider(b, t);
	}
}

/*
 * One datagram at a time: a flood of them must not keep the others, nor the clock,
 * waiting.
 */
static void
receive_udp(struct batch *b, struct task *t)
{
	unsigned char wire[UDP_MAX];
	ssize_t n = recv(t->fd, wire, sizeof(wire), MSG_TRUNC);

	if (n >= 0 && (size_t)n <= sizeof(wire))
		take(b, t, wire, (size_t)n);
	else if (n == -1 && errno != EAGAIN && errno != EINTR)
		pass_on(b, t, errno);
}

static void
receive_tcp(struct batch *b, struct task *t)
{
	size_t want = t->got < 2 ? 2 : 2 + (size_t)(t->in[0] << 8 | t->in[1]);
	ssize_t n = recv(t->fd, t->in + t->got, want - t->got, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		pass_on(b, t, n == 0 ? ECONNRESET : errno);
		return;
	}
	t->got += (size_t)n;
	if (t->got >= 2 && t->got == 2 + (size_t)(t->in[0] << 8 | t->in[1]))
		take(b, t, t->in + 2, t->got - 2);
}

static void
step(struct batch *b, struct task *t)
{
	int error;

	if (t->sent == t->len)
		(t->tcp ? receive_tcp : receive_udp)(b, t);
	else if ((error = send_some(t)) != 0)
		pass_on(b, t, error);
}

/*
 * Fills in what to wait for, and until when. Returns how many entries to poll: more than
 * there may be open files would be an error.
 */
static nfds_t
watch(const struct batch *b, struct pollfd p[DNS_BATCH_MAX], struct deadline *until)
{
	nfds_t used = 0;

	*until = b->by;
	for (size_t i = 0; i < DNS_BATCH_MAX; i++) {
		const struct task *t = &b->tasks[i];

		p[i] = (struct pollfd){ .fd = -1 };
		if (t->q == NULL)
			continue;
		p[i].fd = t->fd;
		p[i].events = t->sent < t->len ? POLLOUT : POLLIN;
		*until = deadline_sooner(*until, t->until);
		used = i + 1;
	}
	return used;
}

static void
run(struct batch *b, struct dns_query *queries, size_t n)
{
	struct pollfd p[DNS_BATCH_MAX];
	struct deadline until;
	size_t next = 0;
	nfds_t used;

	for (;;) {
		for (size_t i = 0; i < DNS_BATCH_MAX && next < n && !b->stuck; i++) {
			struct task *t = &b->tasks[i];

			if (t->q != NULL)
				continue;
			*t = (struct task){ .q = &queries[next++], .fd = -1,
			    .error = EDESTADDRREQ };
			ask_on(b, t);
		}
		used = watch(b, p, &until);
		if (b->stuck || (used == 0 && next == n))
			return;
		if (poll(p, used, deadline_ms(until)) == -1 && errno != EINTR &&
		    errno != EAGAIN) {
			b->stuck = true;
			b->error = errno;
			return;
		}
		for (size_t i = 0; i < DNS_BATCH_MAX; i++) {
			struct task *t = &b->tasks[i];

			if (t->q != NULL && p[i].revents != 0)
				step(b, t);
			if (t->q != NULL && deadline_left(t->until) <= 0) {
				dns_tell_silence(b->conf, server(b, t), t->q);
				t->silent = true;
				pass_on(b, t, 0);
			}
		}
	}
}

int
dns_ask(const struct dns_conf *conf, struct dns_query *queries, size_t n,
    struct deadline by, struct diag *d)
{
	struct batch b = { .conf = conf, .by = by };
	char name[DNS_NAME_MAX];

	for (size_t i = 0; i < n; i++)
		if (dns_name(queries[i].name, name) == -1)
			return diag_set(d, &dns_no_such_host,
			    "\"%s\" is no name that the DNS can hold", queries[i].name);
	run(&b, queries, n);
	for (size_t i = 0; i < DNS_BATCH_MAX; i++)
		if (b.tasks[i].q != NULL)
			finish(&b.tasks[i]);
	if (b.stuck)
		return diag_set(d, &local_internal, "the DNS cannot be asked: %s",
		    strerror(b.error));
	return 0;
}
