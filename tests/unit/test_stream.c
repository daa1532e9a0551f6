/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "unit/unit.h"
#include "wire/net.h"
#include "wire/stream.h"

#define TEN "1234567890"
#define CHUNKS_MAX 8

/* The trace as text: "S:line\n". */
static struct buf heard;

static void
hear(void *arg, char who, const char *bytes, size_t n)
{
	(void)arg;
	(void)buf_addf(&heard, "%c:", who);
	(void)buf_add(&heard, bytes, n);
	(void)buf_puts(&heard, "\n");
}

static const struct trace trace = { hear, NULL };

/* Our end in s, the peer's in peer. Packets keep the bounds of what is sent at once. */
static struct stream s;
static struct diag d;
static int peer;

static void
begin(int type, double seconds)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, type, 0, fds), 0);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	peer = fds[1];
	d = (struct diag){ .stage = "ehlo" };
	stream_open(&s, fds[0], "mx.test:25", deadline_in(seconds), &trace);
}

static void
hang_up(void)
{
	if (peer != -1)
		ck_assert_int_eq(close(peer), 0);
	peer = -1;
}

static void
end(void)
{
	stream_close(&s);
	hang_up();
	buf_free(&heard);
}

static void
say(const char *bytes, size_t n)
{
	ck_assert_int_eq(send(peer, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Reads a line of at most size octets into memory of just that size, and compares. */
static void
expect(int rc, size_t size, const char *line, size_t len)
{
	char *room = malloc(size);
	size_t n = 0;

	ck_assert_ptr_nonnull(room);
	ck_assert_int_eq(stream_line(&s, room, size, &n, &d), rc);
	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(room, line, len);
	free(room);
}

static const struct {
	const char	*name;
	const char	*chunks[CHUNKS_MAX];
	const char	*lines[CHUNKS_MAX];
} splits[] = {
	{ "CR LF", { "250 ok\r\n" }, { "250 ok" } },
	{ "LF", { "250 ok\n" }, { "250 ok" } },
	{ "empty", { "\r\n\n\r\n" }, { "", "", "" } },
	{ "several at once", { "a\r\nb\nc\r\n" }, { "a", "b", "c" } },
	{ "in the middle", { "25", "0 o", "k\r\n" }, { "250 ok" } },
	{ "between CR and LF", { "a\r", "\nb\r", "\n" }, { "a", "b" } },
	{ "LF alone", { "a", "\n", "b", "\n" }, { "a", "b" } },
	{ "line and a half", { "a\r\nb", "c\r\n" }, { "a", "bc" } },
	{ "bare CR", { "a\rb\r\n" }, { "a\rb" } },
	{ "bare CR, split", { "a\r", "b\r\n" }, { "a\rb" } },
	{ "two CR", { "a\r\r\n\r\r\n" }, { "a\r", "\r" } },
	{ "LF CR", { "a\n\rb\n" }, { "a", "\rb" } },
	{ "any byte", { "\x01\x7f\x80\xff|\n" }, { "\x01\x7f\x80\xff|" } },
};

START_TEST(split)
{
	struct buf wanted = { 0 };

	begin(SOCK_SEQPACKET, 5);
	for (size_t i = 0; splits[_i].chunks[i] != NULL; i++)
		say(splits[_i].chunks[i], strlen(splits[_i].chunks[i]));
	hang_up();
	for (size_t i = 0; splits[_i].lines[i] != NULL; i++) {
		expect(0, 64, splits[_i].lines[i], strlen(splits[_i].lines[i]));
		(void)buf_addf(&wanted, "S:%s\n", splits[_i].lines[i]);
	}
	ck_assert_msg(strcmp(buf_str(&heard), buf_str(&wanted)) == 0, "%s: %s",
	    splits[_i].name, buf_str(&heard));
	expect(-1, 64, "", 0);
	ck_assert_ptr_eq(d.cause, &net_closed);
	buf_free(&wanted);
	end();
}
END_TEST

/* Cut at every place there is, and after every byte. */
static const char dialogue[] = "250-mx\r\n250-x\ry\n\r\n250 ok\r\n";

static void
expect_dialogue(void)
{
	expect(0, 64, "250-mx", 6);
	expect(0, 64, "250-x\ry", 7);
	expect(0, 64, "", 0);
	expect(0, 64, "250 ok", 6);
	ck_assert_uint_eq(stream_pending(&s), 0);
	ck_assert(!diag_failed(&d));
}

START_TEST(split_anywhere)
{
	begin(SOCK_SEQPACKET, 5);
	say(dialogue, (size_t)_i);
	say(dialogue + _i, sizeof(dialogue) - 1 - (size_t)_i);
	expect_dialogue();
	end();
}
END_TEST

START_TEST(byte_by_byte)
{
	begin(SOCK_SEQPACKET, 5);
	for (size_t i = 0; i < sizeof(dialogue) - 1; i++)
		say(dialogue + i, 1);
	expect_dialogue();
	end();
}
END_TEST

START_TEST(nul)
{
	begin(SOCK_STREAM, 5);
	say("a\0b\0\r\n\0\n", 8);
	expect(0, 64, "a\0b\0", 4);
	expect(0, 64, "\0", 1);
	ck_assert_uint_eq(heard.len, strlen("S:????\nS:?\n"));
	end();
}
END_TEST

/* Around a size of ten octets; a CR counts until its LF is seen. */
static const struct {
	const char	*chunks[CHUNKS_MAX];
	int		 rc;
	const char	*line;
	size_t		 pending;	/* what is left of it; of use when rc is 1 */
} sizes[] = {
	{ { "123456789\n" }, 0, "123456789", 0 },
	{ { TEN "\n" }, 0, TEN, 0 },
	{ { TEN "1\n" }, 1, TEN, 2 },
	{ { "123456789\r\n" }, 0, "123456789", 0 },
	{ { TEN "\r\n" }, 1, TEN, 2 },
	{ { TEN TEN TEN }, 1, TEN, 20 },
	{ { TEN, "\n" }, 0, TEN, 0 },
	{ { TEN, "1\n" }, 1, TEN, 2 },
	{ { TEN, "\r\n" }, 1, TEN, 2 },
	{ { "123456789\r", "\n" }, 0, "123456789", 0 },
	{ { "123456789\r", "x\n" }, 1, "123456789\r", 2 },
	{ { "12345", "67890", "\n" }, 0, TEN, 0 },
};

START_TEST(size)
{
	begin(SOCK_SEQPACKET, 5);
	for (size_t i = 0; sizes[_i].chunks[i] != NULL; i++)
		say(sizes[_i].chunks[i], strlen(sizes[_i].chunks[i]));
	expect(sizes[_i].rc, 10, sizes[_i].line, strlen(sizes[_i].line));
	ck_assert_uint_eq(stream_pending(&s), sizes[_i].pending);
	ck_assert(!diag_failed(&d));
	/* a line that was too long is nobody's line */
	ck_assert_int_eq(heard.len > 0, sizes[_i].rc == 0);
	end();
}
END_TEST

/* What was too long goes on where it was left. */
START_TEST(rest_of_a_long_line)
{
	begin(SOCK_STREAM, 5);
	say(TEN TEN "ab\nnext\n", 28);
	expect(1, 10, TEN, 10);
	expect(1, 10, TEN, 10);
	expect(0, 10, "ab", 2);
	expect(0, 10, "next", 4);
	end();
}
END_TEST

/* Longer than what is received at once. */
START_TEST(long_line)
{
	enum { LENGTH = 3 * sizeof(s.in) + 77 };
	static char line[LENGTH + 2];

	memset(line, 'x', LENGTH);
	line[LENGTH] = '\r';
	line[LENGTH + 1] = '\n';
	begin(SOCK_STREAM, 5);
	say(line, sizeof(line));
	expect(0, sizeof(line), line, LENGTH);
	end();
}
END_TEST

START_TEST(pending)
{
	begin(SOCK_STREAM, 5);
	ck_assert_uint_eq(stream_pending(&s), 0);
	say("220 go\r\n250 hurry\r\n", 19);
	ck_assert_uint_eq(stream_pending(&s), 19);
	ck_assert_uint_eq(stream_pending(&s), 19);	/* looking takes nothing away */
	expect(0, 64, "220 go", 6);
	ck_assert_uint_eq(stream_pending(&s), 11);
	expect(0, 64, "250 hurry", 9);
	ck_assert_uint_eq(stream_pending(&s), 0);
	end();
}
END_TEST

/* How it ends when the peer hangs up, or says nothing any more. */
static const struct {
	const char	*said;
	bool		 hangs_up;
	const struct cause *cause;
	const char	*text;
} endings[] = {
	{ "", true, &net_closed, "mx.test:25 closed the connection (stage ehlo)" },
	{ "250-half", true, &net_closed,
	    "mx.test:25 closed the connection (stage ehlo)" },
	{ "250 half\r", true, &net_closed,
	    "mx.test:25 closed the connection (stage ehlo)" },
	{ "", false, &net_timeout, "no answer from mx.test:25 in time (stage ehlo)" },
	{ "250-half", false, &net_timeout,
	    "no complete answer from mx.test:25 in time (stage ehlo)" },
};

START_TEST(ending)
{
	begin(SOCK_STREAM, endings[_i].hangs_up ? 5 : 0.05);
	say(endings[_i].said, strlen(endings[_i].said));
	if (endings[_i].hangs_up)
		hang_up();
	expect(-1, 64, endings[_i].said, strlen(endings[_i].said));
	ck_assert_ptr_eq(d.cause, endings[_i].cause);
	ck_assert_str_eq(d.text, endings[_i].text);
	ck_assert_str_eq(d.proof, endings[_i].said);
	ck_assert_int_eq(d.code, 0);
	end();
}
END_TEST

/* The peer goes without having read what we said. */
START_TEST(reset)
{
	begin(SOCK_STREAM, 5);
	ck_assert_int_eq(stream_write(&s, "EHLO x\r\n", 8, &d), 0);
	hang_up();
	expect(-1, 64, "", 0);
	ck_assert_ptr_eq(d.cause, &net_reset);
	ck_assert_str_eq(d.text, "mx.test:25 reset the connection (stage ehlo)");
	end();
}
END_TEST

START_TEST(write_to_nobody)
{
	begin(SOCK_STREAM, 5);
	hang_up();
	ck_assert_int_eq(stream_write(&s, "EHLO x\r\n", 8, &d), -1);
	ck_assert_ptr_eq(d.cause, &net_reset);
	end();
}
END_TEST

/* A peer of its own will: says the same again and again, as long as somebody is there. */
struct talker {
	const char	*bytes;
	size_t		 n;
	useconds_t	 pause;
};

static void *
talk(void *arg)
{
	const struct talker *t = arg;

	while (send(peer, t->bytes, t->n, MSG_NOSIGNAL) == (ssize_t)t->n)
		(void)usleep(t->pause);
	return NULL;
}

static const char flood[1024] = { 'f', 'l' };
static const char lines[] = "250-a\n250-b\n250-c\n250-d\n250-e\n";

/* Whatever it says, the deadline ends it: not much before, not much after. */
static const struct {
	const char	*name;
	struct talker	 talker;
	size_t		 size;		/* room for a line */
	int		 rc;		/* what readings yield until then */
} talkers[] = {
	{ "drips", { "x", 1, 5000 }, 4096, -1 },
	{ "drips lines", { "x\n", 2, 5000 }, 4096, 0 },
	{ "floods with one line", { flood, sizeof(flood), 0 }, 4096, 1 },
	{ "floods with lines", { lines, sizeof(lines) - 1, 0 }, 4096, 0 },
};

START_TEST(deadline)
{
	const size_t room = talkers[_i].size;
	struct talker talker = talkers[_i].talker;
	char *line = malloc(room);
	pthread_t thread;
	int64_t start = clock_nsec();
	size_t n;
	int rc;

	ck_assert_ptr_nonnull(line);
	begin(SOCK_STREAM, 0.2);
	s.trace = NULL;
	ck_assert_int_eq(pthread_create(&thread, NULL, talk, &talker), 0);
	while ((rc = stream_line(&s, line, room, &n, &d)) != -1)
		ck_assert_int_eq(rc, talkers[_i].rc);
	ck_assert_double_ge(clock_since(start), 0.2);
	ck_assert_double_lt(clock_since(start), 2);
	ck_assert_msg(d.cause == &net_timeout, "%s: %s", talkers[_i].name, d.text);
	if (talkers[_i].rc == -1)	/* the drops so far are kept */
		ck_assert(d.proof[0] == 'x' && strspn(d.proof, "x") == strlen(d.proof));
	stream_close(&s);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	free(line);
	end();
}
END_TEST

/* More than the kernel takes for a peer that does not read. */
static char heap[4 * 1024 * 1024];

START_TEST(write_to_the_deaf)
{
	int64_t start = clock_nsec();

	begin(SOCK_STREAM, 0.2);
	ck_assert_int_eq(stream_write_secret(&s, heap, sizeof(heap), "(hidden)", &d), -1);
	ck_assert_ptr_eq(d.cause, &net_timeout);
	ck_assert_double_ge(clock_since(start), 0.2);
	ck_assert_double_lt(clock_since(start), 2);
	end();
}
END_TEST

static void *
listen_to(void *arg)
{
	size_t *sum = arg;
	char bytes[10000];
	ssize_t n;

	while ((n = recv(peer, bytes, sizeof(bytes), 0)) > 0)
		*sum += (size_t)n;
	return NULL;
}

START_TEST(write_in_parts)
{
	pthread_t thread;
	size_t sum = 0;

	begin(SOCK_STREAM, 10);
	ck_assert_int_eq(pthread_create(&thread, NULL, listen_to, &sum), 0);
	ck_assert_int_eq(stream_write_secret(&s, heap, sizeof(heap), "(hidden)", &d), 0);
	stream_close(&s);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(sum, sizeof(heap));
	end();
}
END_TEST

static const struct {
	const char	*bytes, *shown;	/* shown is not NULL for a secret */
	const char	*heard;
} writes[] = {
	{ "EHLO x\r\n", NULL, "C:EHLO x\n" },
	{ "QUIT", NULL, "C:QUIT\n" },
	{ "\r\n", NULL, "C:\n" },
	{ "\n", NULL, "C:\n\n" },
	{ "AUTH PLAIN c2VjcmV0\r\n", "AUTH PLAIN (hidden)", "C:AUTH PLAIN (hidden)\n" },
	{ "c2VjcmV0\r\n", "(hidden)", "C:(hidden)\n" },
	{ "c2VjcmV0\r\n", "", "C:\n" },
};

START_TEST(written)
{
	size_t n = strlen(writes[_i].bytes);
	char got[64] = { 0 };

	begin(SOCK_STREAM, 5);
	if (writes[_i].shown == NULL)
		ck_assert_int_eq(stream_write(&s, writes[_i].bytes, n, &d), 0);
	else
		ck_assert_int_eq(stream_write_secret(&s, writes[_i].bytes, n,
		    writes[_i].shown, &d), 0);
	ck_assert_int_eq(recv(peer, got, sizeof(got), 0), (ssize_t)n);
	ck_assert_str_eq(got, writes[_i].bytes);
	ck_assert_str_eq(buf_str(&heard), writes[_i].heard);
	end();
}
END_TEST

/* Neither the trace nor the diagnosis tells a secret that could not be sent. */
START_TEST(secret_to_nobody)
{
	begin(SOCK_STREAM, 5);
	hang_up();
	ck_assert_int_eq(stream_write_secret(&s, "c2VjcmV0\r\n", 10, "(hidden)", &d), -1);
	ck_assert_str_eq(buf_str(&heard), "C:(hidden)\n");
	ck_assert_ptr_null(strstr(d.text, "c2Vj"));
	ck_assert_str_eq(d.proof, "");
	end();
}
END_TEST

static const struct {
	int		 error;
	const struct cause *cause;
} errors[] = {
	{ ECONNRESET, &net_reset }, { EPIPE, &net_reset }, { ETIMEDOUT, &net_timeout },
	{ EHOSTUNREACH, &net_failed }, { ENETDOWN, &net_failed }, { EIO, &net_failed },
};

START_TEST(error)
{
	begin(SOCK_STREAM, 5);
	ck_assert_int_eq(stream_error(&s, errors[_i].error, &d), -1);
	ck_assert_ptr_eq(d.cause, errors[_i].cause);
	ck_assert_ptr_nonnull(strstr(d.text, "mx.test:25"));
	ck_assert_ptr_nonnull(strstr(d.text, "(stage ehlo)"));
	end();
}
END_TEST

/* Time that has run out has run out, also for a peer that would be ready. */
START_TEST(too_late)
{
	char line[64];
	size_t n;

	begin(SOCK_STREAM, 0);
	say("x\n", 2);
	ck_assert_int_eq(stream_wait(&s, STREAM_WANT_READ, &d), -1);
	ck_assert_ptr_eq(d.cause, &net_timeout);
	d = (struct diag){ .stage = "ehlo" };
	ck_assert_int_eq(stream_line(&s, line, sizeof(line), &n, &d), -1);
	ck_assert_ptr_eq(d.cause, &net_timeout);
	end();
}
END_TEST

START_TEST(closed)
{
	struct stream zero = { 0 };
	char byte;
	int fd;

	stream_close(&zero);
	begin(SOCK_STREAM, 5);
	stream_close(&s);
	ck_assert_ptr_null(s.layer);
	ck_assert_int_eq(recv(peer, &byte, 1, 0), 0);
	/* a second time closes no descriptor that others have now */
	ck_assert_int_eq(fd = dup(peer), s.fd);
	stream_close(&s);
	ck_assert_int_ne(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(close(fd), 0);
	end();
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, split, 0, LEN(splits));
	tcase_add_loop_test(t, split_anywhere, 1, sizeof(dialogue) - 1);
	tcase_add_test(t, byte_by_byte);
	tcase_add_test(t, nul);
	tcase_add_loop_test(t, size, 0, LEN(sizes));
	tcase_add_test(t, rest_of_a_long_line);
	tcase_add_test(t, long_line);
	tcase_add_test(t, pending);
	tcase_add_loop_test(t, ending, 0, LEN(endings));
	tcase_add_test(t, reset);
	tcase_add_test(t, write_to_nobody);
	tcase_add_loop_test(t, deadline, 0, LEN(talkers));
	tcase_add_test(t, write_to_the_deaf);
	tcase_add_test(t, write_in_parts);
	tcase_add_loop_test(t, written, 0, LEN(writes));
	tcase_add_test(t, secret_to_nobody);
	tcase_add_loop_test(t, error, 0, LEN(errors));
	tcase_add_test(t, too_late);
	tcase_add_test(t, closed);
}
