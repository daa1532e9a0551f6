/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "wire/dns.h"
#include "wire/dns_conf.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define DNS_PORT 53
#define WORD_MAX 256	/* no address and no name that has a meaning is longer */

/* glibc's: MAXNS, and the limits and defaults of resolv.conf(5). */
#define FILE_SERVERS_MAX 3
#define NDOTS_MAX 15
#define TIMEOUT_MAX 30
#define ATTEMPTS_MAX 5

struct span {
	const char	*p, *end;
};

/* Takes the first line off the text; false at its end. */
static bool
next_line(struct span *text, struct span *line)
{
	const char *nl;

	if (text->p == text->end)
		return false;
	line->p = text->p;
	nl = memchr(text->p, '\n', (size_t)(text->end - text->p));
	line->end = nl != NULL ? nl : text->end;
	text->p = nl != NULL ? nl + 1 : text->end;
	return true;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/*
 * Takes the first word off the line; false at its end or at a comment. A word that is too
 * long or holds a NUL byte becomes the empty string, which means nothing to anybody.
 */
static bool
next_word(struct span *line, char word[WORD_MAX])
{
	const char *start;
	size_t n;

	while (line->p < line->end && blank(*line->p))
		line->p++;
	if (line->p == line->end || *line->p == '#' || *line->p == ';')
		return false;
	start = line->p;
	while (line->p < line->end && !blank(*line->p))
		line->p++;
	n = (size_t)(line->p - start);
	if (n >= WORD_MAX || memchr(start, '\0', n) != NULL)
		n = 0;
	memcpy(word, start, n);
	word[n] = '\0';
	return true;
}

static void
add_server(struct dns_conf *conf, const char *word)
{
	if (conf->nservers < FILE_SERVERS_MAX &&
	    net_address_parse(&conf->servers[conf->nservers], word, DNS_PORT) == 0)
		conf->nservers++;
}

/* "search" and "domain" replace each other: the last one counts. Empty ones do not. */
static int
set_search(struct dns_conf *conf, struct span *line, size_t most)
{
	char word[WORD_MAX];
	struct list search = { 0 };

	while (search.n < most && next_word(line, word)) {
		if (word[0] != '\0' && list_add(&search, word) == -1) {
			list_free(&search);
			return -1;
		}
	}
	if (search.n > 0) {
		list_free(&conf->search);
		conf->search = search;
	}
	return 0;
}

/* "name:number", the number cut to its limits; any other word changes nothing. */
static void
set_option(const char *word, const char *name, unsigned least, unsigned most,
    unsigned *value)
{
	size_t n = strlen(name);
	unsigned number = 0;

	if (strncmp(word, name, n) != 0 || word[n] == '\0')
		return;
	for (const char *p = word + n; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return;
		if (number <= most)
			number = number * 10 + (unsigned)(*p - '0');
	}
	*value = number < least ? least : number > most ? most : number;
}

static int
parse_line(struct dns_conf *conf, struct span *line)
{
	char word[WORD_MAX];

	/* resolv.conf(5): the keyword starts the line. */
	if (line->p == line->end || blank(*line->p) || !next_word(line, word))
		return 0;
	if (strcmp(word, "search") == 0)
		return set_search(conf, line, DNS_SEARCH_MAX);
	if (strcmp(word, "domain") == 0)
		return set_search(conf, line, 1);
	if (strcmp(word, "nameserver") == 0 && next_word(line, word))
		add_server(conf, word);
	else if (strcmp(word, "options") == 0) {
		while (next_word(line, word)) {
			set_option(word, "ndots:", 0, NDOTS_MAX, &conf->ndots);
			set_option(word, "timeout:", 1, TIMEOUT_MAX, &conf->timeout);
			set_option(word, "attempts:", 1, ATTEMPTS_MAX, &conf->attempts);
		}
	}
	return 0;
}

int
dns_conf_parse(struct dns_conf *conf, const char *text, size_t len)
{
	struct span rest = { text, text + len }, line;

	conf->ndots = 1;
	conf->timeout = 5;
	conf->attempts = 2;
	while (next_line(&rest, &line))
		if (parse_line(conf, &line) == -1)
			return -1;
	if (conf->nservers == 0)
		add_server(conf, "127.0.0.1");
	return 0;
}

int
dns_server_parse(struct net_address *server, const char *text)
{
	const char *hash = strchr(text, '#');
	size_t n = hash != NULL ? (size_t)(hash - text) : strlen(text);
	char address[NET_TEXT_MAX];
	long port = DNS_PORT;

	if (n >= sizeof(address) ||
	    (hash != NULL && text_integer(hash + 1, 1, UINT16_MAX, &port) == -1))
		return -1;
	text_copy(address, sizeof(address), text, n);
	return net_address_parse(server, address, (uint16_t)port);
}

int
dns_conf_settle(const struct list *servers, struct buf *why)
{
	struct net_address address;

	for (size_t i = 0; i < servers->n; i++)
		if (dns_server_parse(&address, servers->v[i]) == -1)
			return buf_refuse(why, "--dns takes the address of a name "
			    "server, such as 192.0.2.1, 2001:db8::1 or 192.0.2.1#5353");
	return 0;
}

/* The servers of --dns take the place of those in the file. */
static int
replace_servers(struct dns_conf *conf, const struct list *servers, struct diag *d)
{
	if (servers->n > DNS_SERVERS_MAX)
		return diag_set(d, &dns_failed, "%zu DNS servers are more than %d",
		    servers->n, DNS_SERVERS_MAX);
	for (size_t i = 0; i < servers->n; i++)
		if (dns_server_parse(&conf->servers[i], servers->v[i]) == -1)
			return diag_set(d, &dns_failed, "\"%s\" is no address of a DNS "
			    "server", servers->v[i]);
	conf->nservers = servers->n;
	return 0;
}

/* Without a search list names are looked for in this machine's domain, as in libc. */
static int
search_own_domain(struct dns_conf *conf)
{
	char name[WORD_MAX];
	const char *dot;

	if (conf->search.n > 0 || gethostname(name, sizeof(name) - 1) == -1)
		return 0;
	name[sizeof(name) - 1] = '\0';
	dot = strchr(name, '.');
	return dot != NULL && dot[1] != '\0' ? list_add(&conf->search, dot + 1) : 0;
}

/* glibc's choice of what counts as no file. */
static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM;
}

int
dns_conf_load(struct dns_conf *conf, const struct list *servers, struct diag *d)
{
	struct buf text = { 0 };
	int rc = -1;

	*conf = (struct dns_conf){ 0 };
	if (file_read(RESOLV_CONF, &text, NULL) == -1) {
		if (!is_missing(errno)) {
			(void)diag_set(d, &local_internal, "cannot read %s (%s)",
			    RESOLV_CONF, strerror(errno));
			goto out;
		}
		buf_reset(&text);
	}
	if (dns_conf_parse(conf, buf_str(&text), text.len) == -1 ||
	    search_own_domain(conf) == -1) {
		(void)diag_nomem(d);
		goto out;
	}
	rc = servers->n > 0 ? replace_servers(conf, servers, d) : 0;
out:
	buf_free(&text);
	return rc;
}

void
dns_conf_free(struct dns_conf *conf)
{
	list_free(&conf->search);
	*conf = (struct dns_conf){ 0 };
}

/* Does the rest of a line of the hosts file hold the name? */
static bool
line_names(struct span *line, const char *name)
{
	char word[WORD_MAX];

	while (next_word(line, word))
		if (text_same(word, name))
			return true;
	return false;
}

size_t
hosts_find(const char *text, size_t len, const char *name, int family,
    uint16_t port, struct net_addresses *out)
{
	struct span rest = { text, text + len }, line;
	struct net_address address;
	char word[WORD_MAX];
	size_t lines = 0;

	if (name[0] == '\0')
		return 0;
	while (next_line(&rest, &line)) {
		const char *hash = memchr(line.p, '#', (size_t)(line.end - line.p));

		if (hash != NULL)
			line.end = hash;
		if (!next_word(&line, word) || !line_names(&line, name) ||
		    net_address_parse(&address, word, port) == -1)
			continue;
		lines++;
		if ((family == AF_UNSPEC || family == net_family(&address)) &&
		    out->n < NET_ADDRESSES_MAX)
			out->v[out->n++] = address;
	}
	return lines;
}

const char *
dns_server_text(const struct net_address *server, char text[NET_TEXT_MAX])
{
	uint16_t port = net_port(server);
	size_t n;

	(void)net_address_text(server, text);
	n = strlen(text);
	if (port != DNS_PORT)
		(void)snprintf(text + n, NET_TEXT_MAX - n, "#%u", (unsigned)port);
	return text;
}
