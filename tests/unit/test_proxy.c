/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/unit.h"
#include "wire/proxy.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define HEAD "\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a"
#define ONE_TO_TWO "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01" \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
#define LONGEST "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

/* An address with a '/' is a path. */
static struct net_address
address(const char *text, uint16_t port)
{
	struct net_address a;

	ck_assert_int_eq(strchr(text, '/') != NULL ? net_unix_address(&a, text) :
	    net_address_parse(&a, text, port), 0);
	return a;
}

static const struct {
	const char	*from;
	uint16_t	 from_port;
	const char	*to;
	uint16_t	 to_port;
	int		 version;
	const char	*bytes;
	size_t		 n;
} headers[] = {
	{ "192.0.2.1", 56324, "198.51.100.2", 25, 1,
	    TEXT("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\n") },
	{ "255.255.255.255", 65535, "255.255.255.255", 65535, 1,
	    TEXT("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n") },
	{ "2001:db8::1", 56324, "2001:db8::2", 587, 1,
	    TEXT("PROXY TCP6 2001:db8::1 2001:db8::2 56324 587\r\n") },
	{ LONGEST, 65535, LONGEST, 65535, 1,
	    TEXT("PROXY TCP6 " LONGEST " " LONGEST " 65535 65535\r\n") },
	/* an interface of this machine means nothing to another */
	{ "fe80::1%lo", 1, "fe80::2%lo", 2, 1,
	    TEXT("PROXY TCP6 fe80::1 fe80::2 1 2\r\n") },
	{ "192.0.2.1", 1, "2001:db8::2", 2, 1, TEXT("PROXY UNKNOWN\r\n") },
	{ "2001:db8::2", 1, "192.0.2.1", 2, 1, TEXT("PROXY UNKNOWN\r\n") },
	{ "/run/a", 0, "/run/b", 0, 1, TEXT("PROXY UNKNOWN\r\n") },
	{ "192.0.2.1", 1, "/run/b", 0, 1, TEXT("PROXY UNKNOWN\r\n") },

	{ "192.0.2.1", 56324, "198.51.100.2", 25, 2,
	    TEXT(HEAD "\x21\x11\0\x0c" "\xc0\0\2\1" "\xc6\x33\x64\2"
	    "\xdc\x04" "\0\x19") },
	{ "2001:db8::1", 56324, "2001:db8::2", 587, 2,
	    TEXT(HEAD "\x21\x21\0\x24" ONE_TO_TWO "\xdc\x04" "\x02\x4b") },
	{ LONGEST, 65535, LONGEST, 65535, 2,
	    TEXT(HEAD "\x21\x21\0\x24" ONES ONES "\xff\xff\xff\xff") },
	{ "192.0.2.1", 1, "2001:db8::2", 2, 2, TEXT(HEAD "\x20\0\0\0") },
	{ "/run/a", 0, "/run/b", 0, 2, TEXT(HEAD "\x20\0\0\0") },
};

START_TEST(header)
{
	struct net_address from = address(headers[_i].from, headers[_i].from_port);
	struct net_address to = address(headers[_i].to, headers[_i].to_port);
	struct buf out = { 0 };

	ck_assert_int_eq(proxy_header(headers[_i].version, &from, &to, &out), 0);
	ck_assert_uint_eq(out.len, headers[_i].n);
	ck_assert_mem_eq(out.data, headers[_i].bytes, out.len);
	buf_free(&out);
	out.max = headers[_i].n - 1;
	ck_assert_int_eq(proxy_header(headers[_i].version, &from, &to, &out), -1);
	buf_free(&out);
}
END_TEST

/* The trace as text: "C:line\n". */
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

/* A connection over loopback: the server's end in *server. */
static int
loopback(int *server, struct net_address *from, struct net_address *to)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(net_address_parse(to, "127.0.0.1", 0), 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&to->sa, to->len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	(void)getsockname(listener, (struct sockaddr *)&to->sa, &to->len);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to->sa, to->len), 0);
	from->len = sizeof(from->sa);
	*server = accept(listener, (struct sockaddr *)&from->sa, &from->len);
	ck_assert_int_ne(*server, -1);
	ck_assert_int_eq(close(listener), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* What the server receives is what it knows of the connection. */
START_TEST(sent)
{
	struct net_address from, to;
	struct diag d = { .stage = "connect" };
	struct stream s = { 0 };
	struct buf want = { 0 };
	char got[128];
	int server, fd = loopback(&server, &from, &to);

	stream_open(&s, fd, "mx.test:25", deadline_in(5), &trace);
	ck_assert_int_eq(proxy_send(&s, _i, &d), 0);
	ck_assert_int_eq(proxy_header(_i, &from, &to, &want), 0);
	ck_assert_int_eq(recv(server, got, sizeof(got), 0), (ssize_t)want.len);
	ck_assert_mem_eq(got, want.data, want.len);
	if (_i == 1) {
		ck_assert_uint_eq(heard.len, want.len + 1);
		ck_assert_mem_eq(heard.data, "C:PROXY TCP4 127.0.0.1 ", 23);
	} else {
		ck_assert_str_eq(buf_str(&heard),
		    "C:(PROXY protocol 2 header, 28 octets)\n");
	}
	stream_close(&s);
	ck_assert_int_eq(close(server), 0);
	buf_free(&want);
	buf_free(&heard);
}
END_TEST

START_TEST(sent_over_a_unix_socket)
{
	struct diag d = { .stage = "connect" };
	struct stream s = { 0 };
	char got[128];
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	stream_open(&s, fds[0], "/run/mx", deadline_in(5), NULL);
	ck_assert_int_eq(proxy_send(&s, 1, &d), 0);
	ck_assert_int_eq(recv(fds[1], got, sizeof(got), 0), 15);
	ck_assert_mem_eq(got, "PROXY UNKNOWN\r\n", 15);
	stream_close(&s);
	ck_assert_int_eq(close(fds[1]), 0);
}
END_TEST

START_TEST(sent_to_nobody)
{
	struct linger hard = { .l_onoff = 1 };
	struct net_address from, to;
	struct diag d = { .stage = "connect" };
	struct stream s = { 0 };
	int server, fd = loopback(&server, &from, &to);

	(void)setsockopt(server, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	ck_assert_int_eq(close(server), 0);
	stream_open(&s, fd, "mx.test:25", deadline_in(5), &trace);
	ck_assert_int_eq(proxy_send(&s, 1, &d), -1);
	ck_assert_ptr_eq(d.cause, &net_reset);
	ck_assert_str_eq(d.text, "mx.test:25 reset the connection (stage connect)");
	ck_assert_str_eq(buf_str(&heard), "");
	stream_close(&s);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_loop_test(t, header, 0, LEN(headers));
	tcase_add_loop_test(t, sent, 1, 3);
	tcase_add_test(t, sent_over_a_unix_socket);
	tcase_add_test(t, sent_to_nobody);
}
