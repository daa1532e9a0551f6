/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secret: passwords and tokens from a file, the environment, an ini file or the command
 * line.
 */

#ifndef FRAME_SECRET_H
#define FRAME_SECRET_H

#include "base/diag.h"
#include "frame/opt.h"
#include "judge/verdict.h"

extern const struct cause	 secret_missing, secret_exposed;
extern cause_table		 secret_causes;

/* What the options say; at most one of them is set. */
struct secret_conf {
	char	*password;	/* -P, or the key of an ini file */
	char	*file, *env;
};

/* The rows of the options above, for a struct S with a member m of struct secret_conf. */
#define OPTS_SECRET(S, m) \
	{ '\0', "password-file", OPT_STRING(S, m.file), "FILE", NULL, \
	    "the password is the one line of this file" }, \
	{ '\0', "password-env", OPT_STRING(S, m.env), "NAME", NULL, \
	    "the password is in this environment variable" }, \
	{ 'P', "password", OPT_SECRET(S, m.password), "PASSWORD", NULL, \
	    "the password itself; ps shows it to everyone: meant for ini files" }

/*
 * Says whether a secret is given at all. -1 with a sentence in why
 * when it is given twice.
 */
int	 secret_settle(const struct secret_conf *conf, bool *given, struct buf *why);

/*
 * Loads the secret that conf names into out, which the caller wipes; what says what it
 * is, "password" or "token". Others that may read the file are a finding of v. From then
 * on the process leaves no core and cannot be traced. Empty out and 0 when conf names
 * none. -1 with secret_missing in d (stage "password").
 */
int	 secret_load(const struct secret_conf *conf, const char *what, struct buf *out,
	    struct verdict *v, struct diag *d);

/* A file that others do the reading of: only its rights are looked at. */
void	 secret_guard(const char *path, const char *what, struct verdict *v);

/* The same as secret_load() for a whole file of secrets, such as a "password file". */
int	 secret_read(const char *path, const char *what, struct buf *out,
	    struct verdict *v, struct diag *d);

#endif
