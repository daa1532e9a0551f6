/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "peer/jwt.h"
#include "peer/scene.h"
#include "peer/scratch.h"
#include "peer/testca.h"

#define BIND_TRIES 50	/* one port on several addresses may take some luck */

static void
posts_close(struct scene *s)
{
	while (s->nposts > 0)
		listener_close(&s->posts[--s->nposts].listener);
}

/* One more listener, or none at all. */
static int
post_open(struct scene *s, const char *address, enum listening how)
{
	const char *name = listener_path(address);
	char path[2 * sizeof(s->dir)];

	if (name != NULL) {
		(void)snprintf(path, sizeof(path), "unix:%s/%s", s->dir, name);
		address = path;
	}
	if (listener_open(&s->posts[s->nposts].listener, address, &s->port, how) == -1) {
		posts_close(s);
		return -1;
	}
	s->nposts++;
	return 0;
}

/*
 * All listeners on one port, or none. A case whose scripts have no port still has a
 * closed one.
 */
static int
posts_open(struct scene *s, uint16_t port)
{
	const struct testcase *c = s->c;

	s->port = port;
	for (size_t i = 0; i < c->nscripts; i++)
		if (post_open(s, c->scripts[i].address, c->scripts[i].how) == -1)
			return -1;
	return s->port != 0 ? 0 : post_open(s, "127.0.0.1", LISTEN_NONE);
}

static void
variables_set(struct scene *s, const char *scratch)
{
	struct vars *vars = &s->vars;

	vars_set(vars, "HOST", "127.0.0.1");
	vars_set(vars, "PORT", "%u", s->port);
	vars_set(vars, "DIR", "%s", s->dir);
	vars_set(vars, "HERE", "%s", s->c->here);
	vars_set(vars, "CERTS", "%s/certs", scratch);
	vars_set(vars, "CA", "%s/certs/ca.pem", scratch);
	vars_set(vars, "CADIR", "%s/certs/empty", scratch);
	vars_set(vars, "CAPATH", "%s/certs/capath", scratch);
	for (size_t i = 0; i < CASE_SERVERS; i++)
		if (s->dns[i].port != 0)
			vars_set(vars, server_name(i), "127.0.0.1#%u", s->dns[i].port);
}

static void
files_make(struct scene *s)
{
	const struct testcase *c = s->c;
	struct buf text = { .max = 1u << 20 };
	char path[2 * sizeof(s->dir)];

	for (size_t i = 0; i < c->dirs.n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", s->dir, c->dirs.v[i]);
		dir_make(path);
	}
	for (size_t i = 0; i < c->nfiles; i++) {
		buf_reset(&text);
		meaning(&s->vars, c->files[i].text, &text);
		(void)snprintf(path, sizeof(path), "%s/%s", s->dir, c->files[i].name);
		file_write(path, c->files[i].mode, c->files[i].age_s, buf_str(&text),
		    text.len);
	}
	buf_free(&text);
}

/* Contexts are made before any thread runs: they are shared by connections. */
static void
tls_prepare(struct scene *s, const char *scratch)
{
	const char *usual = s->c->certs.n > 0 ? s->c->certs.v[0] : NULL;
	char certs[4200], *order;
	struct step *st;

	(void)snprintf(certs, sizeof(certs), "%s/certs", scratch);
	for (size_t i = 0; i < s->c->nscripts; i++)
		for (size_t j = 0; j < s->c->scripts[i].n; j++) {
			st = &s->c->scripts[i].v[j];
			order = step_cert(st);
			if (st->verb == VERB_TLS && (order != NULL || usual != NULL))
				st->tls = testca_server(certs,
				    order != NULL ? order : usual);
			free(order);
		}
}

static void
dns_open(struct scene *s)
{
	for (size_t i = 0; i < CASE_SERVERS; i++) {
		s->dns[i] = (struct fakedns){
			.name = server_name(i), .zone = &s->c->zones[i],
			.vars = &s->vars, .diary = &s->diary, .over = s->over[0],
			.udp = -1, .tcp = -1, .other = -1,
		};
		if (s->c->zones[i].n > 0)
			fakedns_open(&s->dns[i]);
	}
}

void
scene_open(struct scene *s, const struct testcase *c, const char *scratch, size_t number,
    uint16_t port)
{
	int tries = 0;

	*s = (struct scene){ .c = c };
	diary_init(&s->diary);
	(void)snprintf(s->dir, sizeof(s->dir), "%.4000s/%zu", scratch, number);
	dir_make(s->dir);
	if (pipe2(s->over, O_CLOEXEC) == -1)
		die("pipe: %s", strerror(errno));
	s->posts = must(calloc(c->nscripts + 1, sizeof(*s->posts)));
	while (posts_open(s, port) == -1)
		if (port != 0 || ++tries == BIND_TRIES)
			die("%s:%d: no port to listen on: %s", c->path, c->line,
			    strerror(errno));
	dns_open(s);
	variables_set(s, scratch);
	for (size_t i = 0; i < c->jwts.n; i++)
		jwt_make(c->jwts.v[i], s->dir, &s->vars);
	files_make(s);
	tls_prepare(s, scratch);
}

void
scene_start(struct scene *s, bool serving)
{
	struct play *p;

	for (size_t i = 0; i < s->c->nscripts; i++) {
		p = &s->posts[i].play;
		*p = (struct play){
			.script = &s->c->scripts[i], .vars = &s->vars, .diary = &s->diary,
			.listener = s->posts[i].listener.fd, .over = s->over[0],
			.serving = serving,
		};
		if (pthread_create(&s->posts[i].thread, NULL, play_script, p) != 0)
			die("no thread");
	}
	for (size_t i = 0; i < CASE_SERVERS; i++)
		if (s->dns[i].port != 0 && pthread_create(&s->dns_threads[i], NULL,
		    fakedns_serve, &s->dns[i]) != 0)
			die("no thread");
}

void
scene_end(struct scene *s)
{
	(void)close(s->over[1]);
	for (size_t i = 0; i < s->c->nscripts; i++)
		(void)pthread_join(s->posts[i].thread, NULL);
	for (size_t i = 0; i < CASE_SERVERS; i++)
		if (s->dns[i].port != 0)
			(void)pthread_join(s->dns_threads[i], NULL);
}

void
scene_close(struct scene *s)
{
	(void)close(s->over[0]);
	posts_close(s);
	for (size_t i = 0; i < CASE_SERVERS; i++)
		fakedns_close(&s->dns[i]);
	free(s->posts);
	vars_free(&s->vars);
	diary_free(&s->diary);
}
