/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "mail/envelope.h"
#include "probe/relay_questions.h"

#define FILE_MAX ((size_t)1024 * 1024)

const struct cause relay_questions_unreadable = {
	"matrix-unreadable", CLASS_LOCAL, STATE_UNKNOWN,
	"the file that says who may send to whom cannot be read",
	"check that the file is there and may be read, and the line that the sentence "
	"names: SENDER RECIPIENT LOGIN EXPECT, apart by blanks, with <> for the null "
	"sender, - for no login, and accept or refuse",
	false,
};

cause_table relay_questions_causes = { &relay_questions_unreadable, NULL };

static int
load_user(struct relay_questions *q, const struct credentials *login,
    const struct session_conf *session, const struct env *env, struct verdict *v,
    struct diag *d)
{
	if (login->user == NULL)
		return 0;
	if ((q->users = calloc(1, sizeof(*q->users))) == NULL)
		return diag_nomem(d);
	q->users[0].name = login->user;
	q->nusers = 1;
	return credentials_load(login, session, env, &q->secret, &q->users[0].login, v,
	    d);
}

int
relay_questions_pair(struct relay_questions *q, const struct list *from,
    const struct list *to, bool accept, const struct credentials *login,
    const struct session_conf *session, const struct env *env, struct verdict *v,
    struct diag *d)
{
	if (load_user(q, login, session, env, v, d) == -1)
		return -1;
	for (size_t f = 0; f < from->n; f++)
		for (size_t t = 0; t < to->n; t++) {
			const struct relay_row row = {
				.from = envelope_sender(from->v[f]), .to = to->v[t],
				.accept = accept,
			};

			if (relay_plan_add(&q->plan, &row, q->nusers) == -1)
				return diag_nomem(d);
		}
	return 0;
}

/* What the rows of a file are read with. */
struct reading {
	struct relay_questions		*q;
	const char			*program;
	bool				 allow_plaintext;
	const struct session_conf	*session;
	const struct env		*env;
	struct list			 exposed;
	struct verdict			*v;
};

/* The place of a login among the users, from 1; it is loaded where it is new. */
static int
find_user(struct reading *r, const char *name, size_t *login, struct diag *d)
{
	struct relay_questions *q = r->q;
	struct account *a = &q->accounts[q->naccounts];

	for (*login = 1; *login <= q->nusers; (*login)++) {
		const char *known = q->users[*login - 1].name;

		if (known != NULL && strcmp(known, name) == 0)
			return 0;
	}
	/* It counts whatever comes of it, so that what was read of it is freed. */
	q->naccounts++;
	a->conf.allow_plaintext = r->allow_plaintext;
	if (account_load(a, name, r->program, r->session, r->env, &r->exposed, r->v,
	    d) == -1)
		return -1;
	q->users[q->nusers++] = (struct relay_user){ a->name, a->login };
	return 0;
}

static int
take_row(struct reading *r, const struct relay_row *row, struct diag *d)
{
	size_t login = 0;

	if (row->login != NULL && find_user(r, row->login, &login, d) == -1)
		return -1;
	return relay_plan_add(&r->q->plan, row, login) == 0 ? 0 : diag_nomem(d);
}

static int
take_rows(struct reading *r, const struct relay_matrix *m, const char *path,
    struct diag *d)
{
	if (m->n == 0)
		return diag_set(d, &relay_questions_unreadable,
		    "%s: there is no question in it", path);
	r->q->accounts = calloc(m->n, sizeof(*r->q->accounts));
	r->q->users = calloc(m->n, sizeof(*r->q->users));
	if (r->q->accounts == NULL || r->q->users == NULL)
		return diag_nomem(d);
	for (size_t i = 0; i < m->n; i++) {
		struct diag one = { 0 };

		if (take_row(r, &m->v[i], &one) == 0)
			continue;
		diag_at(d, one.stage != NULL ? one.stage : d->stage);
		return diag_set(d, one.cause, "%s: line %u: %s", path, m->v[i].line,
		    one.text);
	}
	return 0;
}

int
relay_questions_read(struct relay_questions *q, const char *path, const char *program,
    bool allow_plaintext, const struct session_conf *session, const struct env *env,
    struct verdict *v, struct diag *d)
{
	struct reading r = { q, program, allow_plaintext, session, env, { 0 }, v };
	struct buf bytes = { .max = FILE_MAX }, why = { 0 };
	struct relay_matrix m = { 0 };
	int rc = 0;

	diag_at(d, "matrix");
	if (file_read(path, &bytes, NULL) == -1) {
		(void)diag_set(d, &relay_questions_unreadable, "%s cannot be read: %s",
		    path, strerror(errno));
		buf_free(&bytes);
		return -1;
	}
	if (bytes.len > 0)
		rc = relay_matrix_parse(&m, bytes.data, bytes.len, &why);
	rc = rc == -1 ? diag_set(d, &relay_questions_unreadable, "%s: %s", path,
	    buf_str(&why)) : take_rows(&r, &m, path, d);
	relay_matrix_free(&m);
	list_free(&r.exposed);
	buf_free(&bytes);
	buf_free(&why);
	return rc;
}

const struct relay_user *
relay_questions_user(const struct relay_questions *q, const struct relay_question *one)
{
	return one->login > 0 ? &q->users[one->login - 1] : NULL;
}

void
relay_questions_free(struct relay_questions *q)
{
	for (size_t i = 0; i < q->naccounts; i++)
		account_free(&q->accounts[i]);
	free(q->accounts);
	free(q->users);
	buf_wipe(&q->secret);
	relay_plan_free(&q->plan);
	*q = (struct relay_questions){ 0 };
}
