/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "peer/words.h"
#include "peer/zone.h"

#define HEX "0123456789abcdefABCDEF"

static const struct {
	const char	*word;
	int		 rcode;
	unsigned	 odd;
} specials[] = {
	{ "nodata",       LDNS_RCODE_NOERROR,  0 },
	{ "nxdomain",     LDNS_RCODE_NXDOMAIN, 0 },
	{ "servfail",     LDNS_RCODE_SERVFAIL, 0 },
	{ "refused",      LDNS_RCODE_REFUSED,  0 },
	{ "formerr",      LDNS_RCODE_FORMERR,  0 },
	{ "notimp",       LDNS_RCODE_NOTIMPL,  0 },
	{ "silent",       NO_RCODE,            ODD_SILENT },
	{ "lame",         NO_RCODE,            ODD_LAME },
	{ "referral",     NO_RCODE,            ODD_REFERRAL },
	{ "bogus",        NO_RCODE,            ODD_BOGUS },
	{ "noedns",       NO_RCODE,            ODD_NO_EDNS },
	{ "old",          NO_RCODE,            ODD_OLD },
	{ "truncate",     NO_RCODE,            ODD_TRUNCATED },
	{ "tcpclose",     NO_RCODE,            ODD_TCP_CLOSE },
	{ "tcpsilent",    NO_RCODE,            ODD_TCP_SILENT },
	{ "tcpgarbage",   NO_RCODE,            ODD_TCP_GARBAGE },
	{ "tcpcut",       NO_RCODE,            ODD_TCP_CUT },
	{ "twice",        NO_RCODE,            ODD_TWICE },
	{ "upcase",       NO_RCODE,            ODD_UPCASE },
	{ "garbage",      NO_RCODE,            ODD_GARBAGE },
	{ "empty",        NO_RCODE,            ODD_EMPTY },
	{ "short",        NO_RCODE,            ODD_SHORT },
	{ "flood",        NO_RCODE,            ODD_FLOOD },
	{ "wrongid",      NO_RCODE,            ODD_WRONG_ID },
	{ "wrongname",    NO_RCODE,            ODD_WRONG_NAME },
	{ "wrongtype",    NO_RCODE,            ODD_WRONG_TYPE },
	{ "wrongclass",   NO_RCODE,            ODD_WRONG_CLASS },
	{ "noqr",         NO_RCODE,            ODD_NO_QR },
	{ "opcode",       NO_RCODE,            ODD_OPCODE },
	{ "otherport",    NO_RCODE,            ODD_OTHER_PORT },
	{ "noquestion",   NO_RCODE,            ODD_NO_QUESTION },
	{ "twoquestions", NO_RCODE,            ODD_TWO_QUESTIONS },
};

/* A line that is being read. */
struct line {
	struct fact	 fact;		/* what its flags say */
	long		 times;		/* how many facts it stands for; 0: itself */
};

static int
flag_read(struct line *line, const char *flag, char **rest)
{
	char *word = NULL;
	long n = 0;

	if (strcmp(flag, "-ad") == 0) {
		line->fact.odd |= ODD_AUTHENTIC;
		return 0;
	}
	if (strcmp(flag, "-noaa") == 0) {
		line->fact.odd |= ODD_NO_AA;
		return 0;
	}
	if ((word = word_take(rest)) == NULL || text_integer(word, 0, 1 << 30, &n) == -1)
		return -1;
	if (strcmp(flag, "-ttl") == 0)
		line->fact.ttl = (uint32_t)n;
	else if (strcmp(flag, "-late") == 0)
		line->fact.late_ms = n;
	else if (strcmp(flag, "-turn") == 0 && (n == 1 || n == 2))
		line->fact.turn = (int)n;
	else if (strcmp(flag, "-n") == 0)
		line->times = n;
	else
		return -1;
	return 0;
}

/* A copy of the text with the number for each '#'; as it is for the number 0. */
static char *
numbered(const char *text, long number)
{
	struct buf out = { .max = 1u << 20 };
	char *copy;

	for (; *text != '\0'; text++)
		if (*text == '#' && number > 0)
			(void)buf_addf(&out, "%ld", number);
		else
			(void)buf_add(&out, text, 1);
	copy = copied(buf_str(&out));
	buf_free(&out);
	return copy;
}

static int
name_read(struct fact *f, const char *name)
{
	if (strcmp(name, "*") == 0)
		return 0;
	f->name = ldns_dname_new_frm_str(name);
	return f->name != NULL ? 0 : -1;
}

static int
type_read(struct fact *f, const char *word)
{
	if (strcmp(word, "*") == 0)
		return 0;
	f->type = (int)ldns_get_rr_type_by_name(word);
	return f->type != 0 ? 0 : -1;
}

/* FLAGS QD AN NS AR BYTES */
static int
raw_read(struct fact *f, char *text)
{
	const char *word = word_take(&text);
	long n;

	if (word == NULL || strlen(word) != 4 || strspn(word, HEX) != 4)
		return -1;
	f->head[0] = (uint16_t)strtoul(word, NULL, 16);
	for (size_t i = 1; i < LEN(f->head); i++) {
		word = word_take(&text);
		if (word == NULL || text_integer(word, 0, UINT16_MAX, &n) == -1)
			return -1;
		f->head[i] = (uint16_t)n;
	}
	f->raw = copied(text);
	return 0;
}

/*
 * Is the value good for a record of the type? Those with @VARIABLES@ are seen when asked.
 */
static int
value_check(const struct fact *f)
{
	struct buf line = { 0 };
	ldns_rr *rr = NULL;
	char *type;
	int rc = 0;

	if (strchr(f->data, '@') != NULL)
		return 0;
	if (f->type == 0)
		return -1;
	type = must(ldns_rr_type2str((ldns_rr_type)f->type));
	(void)buf_addf(&line, "x.test. 1 IN %s %s", type, f->data);
	if (ldns_rr_new_frm_str(&rr, buf_str(&line), 1, NULL, NULL) != LDNS_STATUS_OK)
		rc = -1;
	ldns_rr_free(rr);
	buf_free(&line);
	free(type);
	return rc;
}

static int
value_read(struct fact *f, char *value)
{
	if (strncmp(value, "wire ", 5) == 0)
		return raw_read(f, value + 5);
	for (size_t i = 0; i < LEN(specials); i++)
		if (strcmp(specials[i].word, value) == 0) {
			f->rcode = specials[i].rcode;
			f->odd |= specials[i].odd;
			return 0;
		}
	f->data = copied(value);
	return value_check(f);
}

/* The fact joins the zone even when it is none: there it will be freed. */
static int
fact_add(struct zone *zone, const struct fact *like, const char *name, const char *value,
    long number)
{
	char *own_name = numbered(name, number), *own_value = numbered(value, number);
	struct fact *f;
	int rc;

	zone->v = grown(zone->v, zone->n, sizeof(*zone->v));
	f = &zone->v[zone->n++];
	*f = *like;
	rc = name_read(f, own_name) == -1 ? -1 : value_read(f, own_value);
	free(own_name);
	free(own_value);
	return rc;
}

int
zone_add(struct zone *zone, char *text, struct buf *why)
{
	struct line line = { .fact = { .rcode = NO_RCODE, .ttl = 300 } };
	const char *word = word_take(&text), *type;

	while (word != NULL && *word == '-') {
		if (flag_read(&line, word, &text) == -1) {
			(void)buf_addf(why, "bad flag %s", word);
			return -1;
		}
		word = word_take(&text);
	}
	type = word_take(&text);
	if (word == NULL || type == NULL || *text == '\0' ||
	    type_read(&line.fact, type) == -1) {
		(void)buf_puts(why, "wanted: NAME TYPE VALUE");
		return -1;
	}
	for (long i = line.times > 0 ? 1 : 0; i <= line.times; i++)
		if (fact_add(zone, &line.fact, word, text, i) == -1) {
			(void)buf_addf(why, "\"%s\" is no name, or \"%s\" no value of "
			    "type %s", word, text, type);
			return -1;
		}
	return 0;
}

void
zone_free(struct zone *zone)
{
	for (size_t i = 0; i < zone->n; i++) {
		ldns_rdf_deep_free(zone->v[i].name);
		free(zone->v[i].data);
		free(zone->v[i].raw);
	}
	free(zone->v);
	*zone = (struct zone){ 0 };
}
