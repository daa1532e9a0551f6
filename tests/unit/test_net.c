/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/unit.h"
#include "wire/net.h"

static char dir[64];

static void
set_up(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/test_net.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
tear_down(void)
{
	unit_remove(dir);
}

/* The address of a socket in the directory of this run. */
static struct net_address
local(const char *name)
{
	struct net_address a;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(net_unix_address(&a, path), 0);
	return a;
}

static struct net_address
ip(const char *text, uint16_t port)
{
	struct net_address a;

	ck_assert_int_eq(net_address_parse(&a, text, port), 0);
	return a;
}

/* Binds a socket; a port is chosen by the system and put into *a. */
static int
bound(struct net_address *a, int type)
{
	int fd = socket(net_family(a), type, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a->sa, a->len), 0);
	(void)getsockname(fd, (struct sockaddr *)&a->sa, &a->len);
	return fd;
}

static int
listener(struct net_address *a, int backlog)
{
	int fd = bound(a, SOCK_STREAM);

	ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

/* An address of loopback where nothing listens. */
static struct net_address
deserted(void)
{
	struct net_address a = ip("127.0.0.1", 0);

	ck_assert_int_eq(close(bound(&a, SOCK_STREAM)), 0);
	return a;
}

static const struct {
	const char	*text;
	int		 family;
	const char	*back;
} addresses[] = {
	{ "192.0.2.1", AF_INET, "192.0.2.1" },
	{ "2001:DB8::1", AF_INET6, "2001:db8::1" },
	{ "[2001:db8::1]", AF_INET6, "2001:db8::1" },
	{ "fe80::1%lo", AF_INET6, "fe80::1%lo" },
};

START_TEST(address)
{
	struct net_address a = ip(addresses[_i].text, 25);
	char text[NET_TEXT_MAX];

	ck_assert_int_eq(net_family(&a), addresses[_i].family);
	ck_assert_str_eq(net_address_text(&a, text), addresses[_i].back);
	ck_assert_uint_eq(net_port(&a), 25);
	net_set_port(&a, 65534);
	ck_assert_uint_eq(net_port(&a), 65534);
	ck_assert_str_eq(net_address_text(&a, text), addresses[_i].back);
}
END_TEST

static const char *const no_addresses[] = {
	"", "mx.test", "192.0.2", "192.0.2.256", "[192.0.2.1]", "[]", "::1::", "fe80::1%",
	"fe80::1%no-such-interface", "/run/mx",
};

START_TEST(no_address)
{
	struct net_address a;

	ck_assert_int_eq(net_address_parse(&a, no_addresses[_i], 25), -1);
}
END_TEST

START_TEST(unix_address)
{
	struct net_address a;
	char path[109], text[NET_TEXT_MAX];

	ck_assert_int_eq(net_unix_address(&a, "/run/mx"), 0);
	ck_assert_int_eq(net_family(&a), AF_UNIX);
	ck_assert_str_eq(net_address_text(&a, text), "/run/mx");
	net_set_port(&a, 25);
	ck_assert_str_eq(net_address_text(&a, text), "/run/mx");
	ck_assert_uint_eq(net_port(&a), 0);
	memset(path, 'x', sizeof(path));
	path[107] = '\0';
	ck_assert_int_eq(net_unix_address(&a, path), 0);
	ck_assert_str_eq(net_address_text(&a, text), path);
	path[107] = 'x';
	path[108] = '\0';
	ck_assert_int_eq(net_unix_address(&a, path), -1);
	/* the system may hand out one without NUL */
	a.sa.ss_family = AF_UNIX;
	memcpy(((struct sockaddr_un *)&a.sa)->sun_path, path, 108);
	a.len = sizeof(struct sockaddr_un);
	ck_assert_str_eq(net_address_text(&a, text), path);
}
END_TEST

START_TEST(without_a_name)
{
	struct net_address a = { .len = sizeof(a.sa) };
	char text[NET_TEXT_MAX];
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	memset(&a.sa, 'x', sizeof(a.sa));
	(void)getsockname(fds[0], (struct sockaddr *)&a.sa, &a.len);
	ck_assert_str_eq(net_address_text(&a, text), "");
	a = (struct net_address){ 0 };
	ck_assert_str_eq(net_address_text(&a, text), "");
	ck_assert_uint_eq(net_port(&a), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

/* Connects to one address and says how that ends: NULL is well. */
static struct diag d;

static const struct cause *
try_one(const struct net_address *a, const struct net_address *from, double seconds,
    int *fd)
{
	int rc;

	d = (struct diag){ 0 };
	*fd = -1;
	rc = net_connect_one(a, from, deadline_in(seconds), fd, &d);
	ck_assert_int_eq(rc, diag_failed(&d) ? -1 : 0);
	ck_assert_int_eq(*fd == -1, rc == -1);
	return d.cause;
}

START_TEST(tcp)
{
	struct net_address a = ip("127.0.0.1", 0), nobody = deserted();
	int l = listener(&a, 5), fd, on = 0;
	socklen_t len = sizeof(on);

	ck_assert_ptr_null(try_one(&a, NULL, 5, &fd));
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	ck_assert_int_ne(on, 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_ptr_eq(try_one(&nobody, NULL, 5, &fd), &net_refused);
	ck_assert_str_eq(d.text, "127.0.0.1 refused the connection");
	(void)close(l);
}
END_TEST

START_TEST(from_source)
{
	struct net_address a = ip("127.0.0.1", 0), from = ip("127.0.0.2", 0), seen;
	int l = listener(&a, 5), fd, server;
	char text[NET_TEXT_MAX];

	ck_assert_ptr_null(try_one(&a, &from, 5, &fd));
	seen.len = sizeof(seen.sa);
	server = accept(l, (struct sockaddr *)&seen.sa, &seen.len);
	ck_assert_str_eq(net_address_text(&seen, text), "127.0.0.2");
	(void)close(server);
	(void)close(fd);
	(void)close(l);
}
END_TEST

static const struct {
	const char	*to, *from, *says;
} sources[] = {
	{ "127.0.0.1", "192.0.2.77",
	    "the source address 192.0.2.77 cannot be used (Cannot assign requested "
	    "address)" },
	{ "127.0.0.1", "2001:db8::77", "127.0.0.1 is no IPv6 address, as the source is" },
	{ "2001:db8::1", "127.0.0.1",
	    "2001:db8::1 is no IPv4 address, as the source is" },
	{ NULL, "127.0.0.1", "/run/mx is no IPv4 address, as the source is" },
};

START_TEST(source)
{
	struct net_address a, from = ip(sources[_i].from, 0);
	int fd;

	if (sources[_i].to == NULL)
		ck_assert_int_eq(net_unix_address(&a, "/run/mx"), 0);
	else
		a = ip(sources[_i].to, 25);
	ck_assert_ptr_eq(try_one(&a, &from, 5, &fd), &net_source);
	ck_assert_str_eq(d.text, sources[_i].says);
}
END_TEST

START_TEST(unix_socket)
{
	struct net_address a = local("mx");
	int l = listener(&a, 5), fd, server;

	ck_assert_ptr_null(try_one(&a, NULL, 5, &fd));
	server = accept(l, NULL, NULL);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	(void)close(server);
	(void)close(fd);
	(void)close(l);
}
END_TEST

/* What can be at a path that is no socket of a server. */
static struct net_address
nothing(void)
{
	return local("nothing");
}

static struct net_address
below_a_file(void)
{
	struct net_address a = local("plain");

	(void)fclose(fopen(((struct sockaddr_un *)&a.sa)->sun_path, "w"));
	return local("plain/mx");
}

static struct net_address
left_behind(void)
{
	struct net_address a = local("left");

	(void)close(bound(&a, SOCK_STREAM));
	return a;
}

static struct net_address
plain_file(void)
{
	struct net_address a = local("plain");

	(void)fclose(fopen(((struct sockaddr_un *)&a.sa)->sun_path, "w"));
	return a;
}

static struct net_address
for_datagrams(void)
{
	struct net_address a = local("datagrams");

	(void)bound(&a, SOCK_DGRAM);
	return a;
}

static struct net_address
forbidden(void)
{
	struct net_address a = local("forbidden");

	(void)listener(&a, 5);
	(void)chmod(dir, 0700);
	(void)chmod(((struct sockaddr_un *)&a.sa)->sun_path, 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	return a;
}

static const struct {
	struct net_address (*make)(void);
	const struct cause *cause;
	const char	*says;
} sockets[] = {
	{ nothing, &net_refused, "there is no socket " },
	{ below_a_file, &net_refused, "there is no socket " },
	{ left_behind, &net_refused, "nothing listens on the socket " },
	{ plain_file, &net_refused, "nothing listens on the socket " },
	{ for_datagrams, &net_failed, "(Protocol wrong type for socket)" },
	{ forbidden, &net_forbidden, "this user may not use the socket " },
};

START_TEST(bad_socket)
{
	struct net_address a = sockets[_i].make();
	const struct cause *cause;
	char path[NET_TEXT_MAX];
	int fd;

	cause = try_one(&a, NULL, 5, &fd);
	if (getuid() == 0)
		(void)seteuid(0);
	ck_assert_ptr_eq(cause, sockets[_i].cause);
	ck_assert_ptr_nonnull(strstr(d.text, sockets[_i].says));
	ck_assert_ptr_nonnull(strstr(d.text, net_address_text(&a, path)));
}
END_TEST

/* Fills the queue of a server that takes nothing from it. */
static size_t
fill(const struct net_address *a, int fds[], size_t max)
{
	size_t n = 0;

	while (n < max && try_one(a, NULL, 0, &fds[n]) == NULL)
		n++;
	return n;
}

static void *
accept_late(void *listener_fd)
{
	(void)usleep(100 * 1000);
	return (void *)(intptr_t)accept(*(int *)listener_fd, NULL, NULL);
}

START_TEST(full_queue)
{
	struct net_address a = local("busy");
	int l = listener(&a, 0), fds[8], fd;
	size_t n = fill(&a, fds, LEN(fds));
	int64_t start = clock_nsec();
	pthread_t server;
	void *accepted;

	ck_assert_uint_ge(n, 1);
	ck_assert_uint_lt(n, LEN(fds));
	ck_assert_ptr_eq(try_one(&a, NULL, 0.15, &fd), &net_timeout);
	ck_assert_ptr_nonnull(strstr(d.text, "is too busy to take the connection"));
	ck_assert(clock_since(start) >= 0.15 && clock_since(start) < 2);
	ck_assert_int_eq(pthread_create(&server, NULL, accept_late, &l), 0);
	ck_assert_ptr_null(try_one(&a, NULL, 10, &fd));
	(void)pthread_join(server, &accepted);
	(void)close((int)(intptr_t)accepted);
	(void)close(fd);
	while (n > 0)
		(void)close(fds[--n]);
	(void)close(l);
}
END_TEST

/*
 * Lists of addresses: L is one that listens, R one where nothing does, 6 one of IPv6,
 * U one that no connection can reach.
 */
static const struct {
	const char	*all, *from;
	const struct cause *cause;	/* NULL: connected to the L */
	const char	*says;		/* of those that failed */
} lists[] = {
	{ "L", NULL, NULL, "" },
	{ "RL", NULL, NULL, "127.0.0.1 refused the connection" },
	{ "RR", NULL, &net_refused,
	    "127.0.0.1 refused the connection; 127.0.0.1 refused the connection" },
	{ "", NULL, &net_failed, "" },
	{ "UR", NULL, &net_refused, "255.255.255.255 is unreachable (Network is "
	    "unreachable); 127.0.0.1 refused the connection" },
	{ "RU", NULL, &net_refused, "127.0.0.1 refused the connection; 255.255.255.255 "
	    "is unreachable (Network is unreachable)" },
	{ "U", NULL, &net_unreachable,
	    "255.255.255.255 is unreachable (Network is unreachable)" },
	{ "6L", "127.0.0.1", NULL, "2001:db8::1 is no IPv4 address, as the source is" },
	{ "66", "127.0.0.1", &net_source,
	    "2001:db8::1 is no IPv4 address, as the source is; "
	    "2001:db8::1 is no IPv4 address, as the source is" },
	{ "6R", "127.0.0.1", &net_refused,
	    "2001:db8::1 is no IPv4 address, as the source is; "
	    "127.0.0.1 refused the connection" },
	{ "R6", "127.0.0.1", &net_refused,
	    "127.0.0.1 refused the connection; "
	    "2001:db8::1 is no IPv4 address, as the source is" },
	{ "LL", "192.0.2.77", &net_source,
	    "the source address 192.0.2.77 cannot be used (Cannot assign requested "
	    "address); the source address 192.0.2.77 cannot be used (Cannot assign "
	    "requested address)" },
	{ "LL", "::1", &net_source,
	    "127.0.0.1 is no IPv6 address, as the source is; "
	    "127.0.0.1 is no IPv6 address, as the source is" },
};

START_TEST(list)
{
	struct net_address here = ip("127.0.0.1", 0), from;
	struct net_addresses all = { .n = strlen(lists[_i].all) };
	const char *l = strchr(lists[_i].all, 'L');
	struct buf failed = { 0 };
	int server = listener(&here, 5), fd = -1, rc;
	size_t which = 99;

	d = (struct diag){ 0 };
	for (size_t i = 0; i < all.n; i++)
		all.v[i] = lists[_i].all[i] == 'L' ? here :
		    lists[_i].all[i] == 'R' ? deserted() :
		    lists[_i].all[i] == 'U' ? ip("255.255.255.255", 25) :
		    ip("2001:db8::1", 25);
	if (lists[_i].from != NULL)
		from = ip(lists[_i].from, 0);
	rc = net_connect("mx.test:25", &all, lists[_i].from != NULL ? &from : NULL,
	    deadline_in(5), &fd, &which, &failed, &d);
	ck_assert_ptr_eq(d.cause, lists[_i].cause);
	ck_assert_str_eq(d.stage, "connect");
	ck_assert_str_eq(buf_str(&failed), lists[_i].says);
	ck_assert_int_eq(rc, lists[_i].cause == NULL ? 0 : -1);
	if (rc == 0) {
		ck_assert_uint_eq(which, (size_t)(l - lists[_i].all));
		(void)close(fd);
	} else {
		ck_assert_ptr_eq(strstr(d.text, "no connection to mx.test:25: "), d.text);
		ck_assert_ptr_nonnull(strstr(d.text, lists[_i].says));
	}
	buf_free(&failed);
	(void)close(server);
}
END_TEST

void
tests(TCase *t)
{
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, address, 0, LEN(addresses));
	tcase_add_loop_test(t, no_address, 0, LEN(no_addresses));
	tcase_add_test(t, unix_address);
	tcase_add_test(t, without_a_name);
	tcase_add_test(t, tcp);
	tcase_add_test(t, from_source);
	tcase_add_loop_test(t, source, 0, LEN(sources));
	tcase_add_test(t, unix_socket);
	tcase_add_loop_test(t, bad_socket, 0, LEN(sockets));
	tcase_add_test(t, full_queue);
	tcase_add_loop_test(t, list, 0, LEN(lists));
}
