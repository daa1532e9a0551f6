/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "frame/ini.h"
#include "frame/opt.h"
#include "probe/account.h"

static const struct opt rows[] = {
	OPTS_LOGIN(struct account, conf, "the user"),
	{ 0 },
};

/* What a section is read into. */
struct reading {
	const struct opt_set	*sets;
	bool			 secret;	/* it holds one itself */
};

static int
take_option(void *arg, const char *key, const char *value, struct buf *why)
{
	struct reading *r = arg;

	r->secret = r->secret || opt_is_secret(r->sets, key);
	return opt_knows(r->sets, key) ? opt_set(r->sets, key, value, why) : 0;
}

static int
read_section(struct account *a, const char *where, const char *program,
    struct list *exposed, struct verdict *v, struct buf *why)
{
	struct opt_set sets[] = { { "Login", rows, a }, { NULL, NULL, NULL } };
	struct reading reading = { sets, false };
	struct ini_sink sink = { take_option, &reading };
	struct buf path = { 0 };
	bool everyone = false;
	int rc = ini_load(where, program, &sink, &path, &everyone, why);

	if (rc == 0 && everyone && reading.secret &&
	    !list_has(exposed, buf_str(&path))) {
		verdict_find(v, &secret_exposed, "%s holds a password and may be read "
		    "or changed by every user", buf_str(&path));
		if (list_add(exposed, buf_str(&path)) == -1)
			rc = buf_refuse(why, "memory is short");
	}
	buf_free(&path);
	return rc;
}

int
account_load(struct account *a, const char *where, const char *program,
    const struct session_conf *session, const struct env *env, struct list *exposed,
    struct verdict *v, struct diag *d)
{
	struct buf why = { 0 };
	int rc;

	diag_at(d, "password");
	if ((a->name = strdup(where)) == NULL)
		return diag_nomem(d);
	rc = read_section(a, where, program, exposed, v, &why);
	if (rc == 0 && a->conf.user == NULL)
		rc = buf_refuse(&why, "the section has no user=");
	if (rc == 0)
		rc = credentials_settle(&a->conf, session, &why);
	if (rc == -1)
		(void)diag_set(d, &secret_missing, "the login %s: %s", where,
		    buf_str(&why));
	else
		rc = credentials_load(&a->conf, session, env, &a->secret, &a->login, v,
		    d);
	buf_free(&why);
	return rc;
}

void
account_free(struct account *a)
{
	struct opt_set sets[] = { { "Login", rows, a }, { NULL, NULL, NULL } };

	opt_free(sets);
	buf_wipe(&a->secret);
	free(a->name);
	*a = (struct account){ 0 };
}
