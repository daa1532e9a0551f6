/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "peer/jwt.h"
#include "peer/scratch.h"

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define SIGNATURE "the signature of nobody at all.."	/* as long as one of HS256 */
#define FAR (100L * 365 * 24 * 3600)

/* An order taken apart; the texts are in words. */
struct order {
	char		*words;
	const char	*name, *sub;
	long		 exp;		/* seconds from now */
	bool		 expires;
};

static int
order_option(struct order *o, const char *word)
{
	const char *number;

	if (strncmp(word, "sub=", 4) == 0) {
		o->sub = word + 4;
		return 0;
	}
	if (strncmp(word, "exp=", 4) != 0)
		return -1;
	number = word + 4;
	o->expires = true;
	return text_integer(*number == '+' ? number + 1 : number, -FAR, FAR, &o->exp);
}

static int
order_read(const char *text, struct order *o)
{
	char *rest, *word;
	int rc = 0;

	*o = (struct order){ .words = copied(text), .sub = "alice" };
	rest = o->words;
	o->name = word_take(&rest);
	while (rc == 0 && (word = word_take(&rest)) != NULL)
		rc = order_option(o, word);
	return o->name != NULL ? rc : -1;
}

bool
jwt_known(const char *order)
{
	struct order o;
	int rc = order_read(order, &o);

	free(o.words);
	return rc == 0;
}

/* Base64 for URLs (RFC 7515, section 2), as the parts of a token are written. */
static void
part_add(const char *text, struct buf *out)
{
	struct buf b64 = { 0 };

	b64_add(text, strlen(text), &b64);
	for (const char *p = buf_str(&b64); *p != '\0' && *p != '='; p++)
		(void)buf_add(out, *p == '+' ? "-" : *p == '/' ? "_" : p, 1);
	buf_free(&b64);
}

void
jwt_make(const char *order, const char *dir, struct vars *vars)
{
	struct buf claims = { 0 }, token = { 0 };
	struct order o;
	char path[8192];

	if (order_read(order, &o) == -1)
		die("there is no token \"%s\"", order);
	(void)buf_addf(&claims, "{\"iss\":\"https://login.test/\",\"sub\":\"%s\"", o.sub);
	if (o.expires)
		(void)buf_addf(&claims, ",\"exp\":%lld", (long long)time(NULL) + o.exp);
	(void)buf_puts(&claims, "}");
	part_add(HEADER, &token);
	(void)buf_puts(&token, ".");
	part_add(buf_str(&claims), &token);
	(void)buf_puts(&token, ".");
	part_add(SIGNATURE, &token);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, o.name);
	file_write(path, 0600, 0, buf_str(&token), token.len);
	vars_set(vars, o.name, "%s", buf_str(&token));
	buf_free(&claims);
	buf_free(&token);
	free(o.words);
}
