/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account: a login that is kept in a section of an ini file. */

#ifndef PROBE_ACCOUNT_H
#define PROBE_ACCOUNT_H

#include "base/env.h"
#include "base/list.h"
#include "judge/verdict.h"
#include "mail/sasl.h"
#include "probe/credentials.h"

/* Zero is a valid empty object. */
struct account {
	char			*name;		/* as it was asked for */
	struct credentials	 conf;
	struct buf		 secret;
	struct sasl_login	 login;		/* refers to all of these */
};

/*
 * Loads the login that where, "[SECTION][@FILE]" as --extra-opts takes it, names: user
 * and a secret, by the keys of the options of a login. Other keys of the section are
 * passed over, since it may serve other plugins too; the section defaults to program. A
 * section with a password in a file that everyone may read is a finding of v, unless the
 * file is in exposed already. What a->conf says before, such as that plain text is
 * allowed, stays said. Stage "password". -1 with secret_missing in d. Free it with
 * account_free() in either case.
 */
int	 account_load(struct account *a, const char *where, const char *program,
	    const struct session_conf *session, const struct env *env,
	    struct list *exposed, struct verdict *v, struct diag *d);
void	 account_free(struct account *a);

#endif
