/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/file.h"
#include "base/text.h"
#include "frame/secret.h"

#define SECRET_MAX 16384	/* octets; bearer tokens are long */

const struct cause secret_missing = {
	"password-unreadable", CLASS_LOCAL, STATE_UNKNOWN,
	"the password, token or key could not be read on this machine",
	"check that the file, section or variable exists, that the user the monitoring "
	"runs as may read it, and that it holds what it should (a password or token: one "
	"line; a section: user and secret)",
	false,
};

const struct cause secret_exposed = {
	"password-exposed", CLASS_LOCAL, STATE_WARNING,
	"a file with a password, token or key may be read or changed by every user of "
	"this machine",
	"take the rights away: chmod o-rwx, and give the file to the user or group that "
	"the monitoring runs as", false,
};

cause_table secret_causes = { &secret_missing, &secret_exposed, NULL };

/* gcc says so by a macro of its own, clang by a feature. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* A sanitizer looks at the process from outside at its end: leave it the right to. */
static void
hide_memory(void)
{
#if !defined(SANITIZED)
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
secret_guard(const char *path, const char *what, struct verdict *v)
{
	hide_memory();
	if (file_is_exposed(path))
		verdict_find(v, &secret_exposed, "the %s %s may be read or changed by "
		    "every user", what, path);
}

int
secret_read(const char *path, const char *what, struct buf *out, struct verdict *v,
    struct diag *d)
{
	bool exposed = false;

	diag_at(d, "password");
	hide_memory();
	if (file_read(path, out, &exposed) == -1)
		return diag_set(d, &secret_missing, "%s cannot be read: %s", path,
		    strerror(errno));
	if (exposed)
		verdict_find(v, &secret_exposed, "the %s %s may be read or changed by "
		    "every user", what, path);
	return 0;
}

static int
from_file(const char *path, const char *what, struct buf *out, struct verdict *v,
    struct diag *d)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%s file", what);
	if (secret_read(path, name, out, v, d) == -1)
		return -1;
	/* An editor's line end is none of the password's. */
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	if (out->len > 0 && out->data[out->len - 1] == '\r')
		out->data[--out->len] = '\0';
	return 0;
}

static int
from_env(const char *name, struct buf *out, struct diag *d)
{
	const char *value = secure_getenv(name);

	if (value == NULL)
		return diag_set(d, &secret_missing, "the environment has no variable of "
		    "the name given with --password-env");
	return buf_puts(out, value);
}

int
secret_settle(const struct secret_conf *conf, bool *given, struct buf *why)
{
	int n = (conf->file != NULL) + (conf->env != NULL) + (conf->password != NULL);

	*given = n > 0;
	if (n <= 1)
		return 0;
	(void)buf_puts(why,
	    "only one of --password-file, --password-env and --password may be given");
	return -1;
}

int
secret_load(const struct secret_conf *conf, const char *what, struct buf *out,
    struct verdict *v, struct diag *d)
{
	const char *source = conf->file != NULL ? conf->file
	    : conf->env != NULL ? conf->env : "";
	const char *in = source[0] != '\0' ? " in " : "";
	int rc = 0;

	diag_at(d, "password");
	out->max = SECRET_MAX;
	if (conf->file != NULL)
		rc = from_file(conf->file, what, out, v, d);
	else if (conf->env != NULL)
		rc = from_env(conf->env, out, d);
	else if (conf->password != NULL)
		rc = buf_puts(out, conf->password);
	else
		return 0;
	hide_memory();
	if (rc == -1)
		return diag_set(d, &secret_missing, "the %s is longer than %d octets",
		    what, SECRET_MAX);
	if (out->len == 0)
		return diag_set(d, &secret_missing, "the %s%s%s is empty", what, in,
		    source);
	if (strlen(buf_str(out)) != out->len || text_has_control(buf_str(out)))
		return diag_set(d, &secret_missing, "the %s%s%s is not one line, or "
		    "holds control characters", what, in, source);
	return 0;
}
