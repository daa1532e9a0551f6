/* SPDX-License-Identifier: GPL-3.0-or-later */
/* domain_judge: the parts of domain_look(). Private to probe/domain*.c. */

#ifndef PROBE_DOMAIN_JUDGE_H
#define PROBE_DOMAIN_JUDGE_H

#include "mail/maildns.h"
#include "probe/domain.h"

/* One domain that is looked at. */
struct domain {
	const struct domain_wish	*wish;
	const struct domain_metrics	*metrics;
	const struct dns_conf		*conf;
	const struct maildns		*m;
	struct verdict			*v;
};

extern const struct cause	 domain_other_data;

/*
 * Records a finding of the stage "mx", its sentence beginning with the domain; object may
 * be NULL.
 */
void	 domain_find(const struct domain *c, const struct cause *cause,
	    const char *object, const char *format, ...)
	    __attribute__((format(printf, 4, 5)));

/* Does every exchanger say that there is none (RFC 7505)? */
bool	 domain_is_null(const struct maildns *m);

/*
 * What an answer says of its name, as texts that can be compared: its records in order of
 * the alphabet, "an alias of x", "nothing" or "does not exist".
 */
void	 domain_say_answer(const struct dns_query *q, struct buf *out);

/* Judge: the domain itself, its exchangers, what was expected of them, its name servers,
 * its signatures, and the names of the exchangers' addresses. */
void	 domain_judge_name(const struct domain *c);
void	 domain_judge_targets(const struct domain *c);
void	 domain_judge_expected(const struct domain *c);
void	 domain_judge_servers(const struct domain *c);
void	 domain_judge_dnssec(const struct domain *c);
void	 domain_judge_reverse(const struct domain *c);

/* May the AD bit of this answer be believed? */
bool	 domain_trusts(const struct domain *c, const struct dns_query *q);

/* How many exchangers there are, and how many can take mail, by what the DNS says. */
size_t	 domain_exchangers(const struct domain *c);
size_t	 domain_usable(const struct domain *c);

/* What each kind of sender makes of what is odd. */
void	 domain_tell_senders(const struct domain *c);

/* Tell: what is right, the table, facts, and what senders make of it. */
void	 domain_tell(const struct domain *c);

#endif
