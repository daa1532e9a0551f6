/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "frame/ini.h"

#define INI_MAX (1024 * 1024)	/* octets of an ini file */
#define LINE_MAX_LEN 4096	/* octets of one line */

/* Cuts blanks and the CR of DOS at both ends, in place. */
static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		n--;
	s[n] = '\0';
	return s;
}

/* Is the line "[section]"? *ours says whether it is the one that is looked for. */
static bool
heading(char *line, const char *section, bool *ours)
{
	size_t n = strlen(line);

	if (line[0] != '[' || n < 2 || line[n - 1] != ']')
		return false;
	line[n - 1] = '\0';
	*ours = strcmp(trim(line + 1), section) == 0;
	return true;
}

static int
option(char *line, const struct ini_sink *sink, struct buf *why)
{
	char *value = strchr(line, '='), *key = line;

	if (value != NULL) {
		*value++ = '\0';
		value = trim(value);
	}
	key = trim(key);
	return sink->option(sink->arg, key, value != NULL && value[0] != '\0' ? value
	    : NULL, why);
}

/* What is being read, and where. */
struct reading {
	const char		*section;
	const struct ini_sink	*sink;
	bool			 ours, found;
	unsigned		 number;	/* of the line */
};

static int
take_line(struct reading *r, char *copy, struct buf *why)
{
	char *line = trim(copy);

	if (line[0] == '\0' || line[0] == ';' || line[0] == '#')
		return 0;
	if (heading(line, r->section, &r->ours)) {
		r->found = r->found || r->ours;
		return 0;
	}
	if (line[0] == '[' || line[0] == '=') {
		(void)buf_addf(why,
		    "line %u is neither [section] nor key=value", r->number);
		return -1;
	}
	if (!r->ours || option(line, r->sink, why) == 0)
		return 0;
	(void)buf_addf(why, " (line %u)", r->number);
	return -1;
}

int
ini_parse(const char *bytes, size_t n, const char *section, const struct ini_sink *sink,
    struct buf *why)
{
	struct reading r = { section, sink, false, false, 0 };
	char copy[LINE_MAX_LEN];
	int rc = 0;

	while (n > 0 && rc == 0) {
		const char *end = memchr(bytes, '\n', n);
		size_t len = end != NULL ? (size_t)(end - bytes) : n;

		r.number++;
		if (len >= sizeof(copy) || memchr(bytes, '\0', len) != NULL) {
			(void)buf_addf(why,
			    "line %u is too long or holds a NUL", r.number);
			rc = -1;
			break;
		}
		memcpy(copy, bytes, len);
		copy[len] = '\0';
		rc = take_line(&r, copy, why);
		len += end != NULL ? 1 : 0;
		bytes += len;
		n -= len;
	}
	explicit_bzero(copy, sizeof(copy));
	if (rc == 0 && !r.found) {
		(void)buf_addf(why, "there is no section [%s]", section);
		return -1;
	}
	return rc;
}

/* Monitoring Plugins' places for the file, in its order. */
static const char *
default_file(void)
{
	static const char *const places[] = {
		"/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
		"/usr/local/etc/monitoring-plugins.ini",
		"/etc/monitoring-plugins/monitoring-plugins.ini",
		"/etc/monitoring-plugins.ini",
		"/usr/local/etc/nagios/plugins.ini",
		"/usr/local/nagios/etc/plugins.ini",
		"/etc/nagios/plugins.ini",
		"/etc/opt/nagios/plugins.ini",
		"/etc/nagios-plugins.ini",
		"/usr/local/etc/nagios-plugins.ini",
		"/etc/opt/nagios-plugins.ini",
	};
	const char *from_env = secure_getenv("MP_CONFIG_FILE");

	if (from_env != NULL && from_env[0] != '\0')
		return from_env;
	for (size_t i = 0; i < LEN(places); i++)
		if (access(places[i], F_OK) == 0)
			return places[i];
	return NULL;
}

int
ini_load(const char *where, const char *program, const struct ini_sink *sink,
    struct buf *path, bool *exposed, struct buf *why)
{
	const char *at = where != NULL ? strchr(where, '@') : NULL;
	const char *file = at != NULL ? at + 1 : default_file();
	size_t n = where == NULL ? 0 : at != NULL ? (size_t)(at - where) : strlen(where);
	struct buf bytes = { .max = INI_MAX }, reason = { 0 };
	char section[256];
	int rc = -1;

	text_copy(section, sizeof(section), n > 0 ? where : program,
	    n > 0 ? n : strlen(program));
	if (file == NULL) {
		(void)buf_puts(why, "no file is named, and none is in the usual places");
		return -1;
	}
	(void)buf_puts(path, file);
	if (file_read(file, &bytes, exposed) == -1)
		(void)buf_addf(&reason, "cannot be read: %s", strerror(errno));
	else
		rc = ini_parse(buf_str(&bytes), bytes.len, section, sink, &reason);
	if (rc == -1)
		(void)buf_addf(why, "%s: %s", file, buf_str(&reason));
	buf_wipe(&bytes);
	buf_free(&reason);
	return rc;
}
