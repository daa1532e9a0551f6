/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict: findings and metrics, judged as they are recorded. The one place that turns
 * causes and thresholds into a state; renderers only read it.
 */

#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/state.h"
#include "base/table.h"
#include "judge/metric.h"
#include "judge/range.h"

/* A value left its -w or -c range: never remapped. */
extern const struct cause	 judge_threshold;
/* A value that -w or -c shall judge was not measured although nothing else failed. */
extern const struct cause	 judge_not_measured;
extern cause_table		 judge_causes;

/* Room for one sentence or note; what is longer ends in "...". */
#define VERDICT_WORDS 1024
#define VERDICT_ROWS 100

struct threshold {
	bool		 set;
	struct range	 range;
};

/* A metric in this run. */
struct measure {
	const struct metric	*metric;
	struct threshold	 warn, crit;
	bool			 measured;
	double			 value;		/* rounded to what is printed */
	enum state		 state;
};

struct finding {
	const struct cause	*cause;
	enum state		 state;
	const char		*stage;		/* NULL when it has none */
	char			*text;
	char			*proof;		/* NULL when the peer said nothing */
	char			*object;	/* which of several things looked
						 * at, "192.0.2.1"; or NULL */
	bool			 failure;	/* by verdict_diag(): something
						 * could not be done */
};

/* Something seen, for machines. */
struct fact {
	const char		*name;		/* "tls_version": static text */
	char			*value;
	char			*object;	/* as that of a finding */
};

/* --state: a cause's slug or a class, and its state. */
struct remap {
	const char	*name;
	enum state	 state;
};

struct verdict {
	char		 name[32];	/* "SMTP_AUTH" */
	char		*target;	/* what is looked at,
					 * "mx.example.org:25"; or NULL */
	char		*said;		/* what is right, in a
					 * sentence; NULL: nothing was */
	struct list	 notes;		/* for the long text, no finding */
	struct fact	*facts;		/* in the order they were met */
	size_t		 nfacts;
	struct finding	*findings;	/* in the order they were met */
	size_t		 nfindings;
	struct measure	*measures;	/* in the order of the metric table */
	size_t		 nmeasures;
	struct remap	*remaps;
	size_t		 nremaps;
	bool		 timeout_set;	/* -t DURATION:STATE */
	enum state	 timeout_state;
	bool		 omit_unmeasured;
	bool		 failed;	/* the dialogue broke off,
					 * so values may be missing */
	bool		 broken;	/* memory was short:
					 * the state cannot be trusted */
};

/*
 * Prepares a verdict for a table of metrics with their default thresholds.
 * -1 when memory is short or a default is no range. Free it with verdict_free(),
 * which leaves an empty one.
 */
int	 verdict_init(struct verdict *v, const char *name, const struct metric *metrics);
void	 verdict_free(struct verdict *v);

/*
 * Prepares child for a part of the work, such as one address of a host: nothing is
 * recorded in it, and it judges as v does. Each may be used in a thread of its own, as
 * long as v lives. -1 when memory is short. Free it with verdict_free().
 */
int	 verdict_fork(const struct verdict *v, struct verdict *child);

/*
 * Moves what was recorded in child, which looked at object, to the end of v: findings,
 * facts and notes, marked with the object unless they have one, and of each metric the
 * worse value of both. What was said to be right becomes a note: v says it for all.
 * Leaves child as verdict_fork() made it. Close v, not child.
 */
void	 verdict_merge(struct verdict *v, struct verdict *child, const char *object);

/* Forgets the findings, and nothing else. */
void	 verdict_drop(struct verdict *v);

/*
 * Takes a -w (STATE_WARNING) or -c (STATE_CRITICAL) argument "[METRIC=]RANGE";
 * a bare range goes to the main metric. -1 with *why a static text when the
 * metric or the range is none.
 */
int	 verdict_threshold(struct verdict *v, enum state state, const char *arg,
	    const char **why);

/* Adds a --state remapping; the name must live as long as v. -1 when memory is short. */
int	 verdict_remap(struct verdict *v, const char *name, enum state state);

/* Names what is looked at, for sentences about its values. */
void	 verdict_target(struct verdict *v, const char *target);

/*
 * Says what is right. The sentence is the first line unless a finding
 * is worse. Last one wins.
 */
void	 verdict_say(struct verdict *v, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* Adds a line of long text that judges nothing. */
void	 verdict_note(struct verdict *v, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * Adds the rows of a table as such lines, the first VERDICT_ROWS of them behind that of
 * the headings, and says how many there are more.
 */
void	 verdict_table(struct verdict *v, const struct table *t);

/*
 * Records a fact for machines: name is static, in snake_case, and not "objects".
 * The same name again replaces the value.
 */
void	 verdict_fact(struct verdict *v, const char *name, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/*
 * Records a failure as a finding in the state of its cause, remapped.
 * No failure: no finding.
 */
void	 verdict_diag(struct verdict *v, const struct diag *d);

/* The same, about one of several things looked at; object may be NULL. */
void	 verdict_diag_of(struct verdict *v, const struct diag *d, const char *object);

/*
 * The same where what the cause means for the whole is not always the same: the state
 * takes the place of the cause's own, and --state that of both.
 */
void	 verdict_diag_as(struct verdict *v, const struct diag *d, const char *object,
	    enum state state);

/* Has --state made the cause OK? */
bool	 verdict_accepts(const struct verdict *v, const struct cause *cause);

/*
 * Records a finding that came from no dialogue. A WARNING of class local is a remark
 * about this machine: nothing that is UNKNOWN stands behind it.
 */
void	 verdict_find(struct verdict *v, const struct cause *cause,
	    const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/*
 * Records the value of the metric at that place in the table and judges it against its
 * thresholds in the same step. What is judged is the value as printed.
 */
void	 verdict_metric(struct verdict *v, size_t metric, double value);

/*
 * Ends the recording: a threshold whose metric was never measured becomes a finding,
 * unless the dialogue broke off before it could be, and that is not called OK.
 */
void	 verdict_close(struct verdict *v);

/*
 * The worst finding, the first among equals; NULL when there is none. CRITICAL is worse
 * than WARNING, and that than UNKNOWN, but for one thing: a remark about this machine,
 * such as that others may read the password file, stands behind what is UNKNOWN. It is
 * there in every run: were it the state of the whole, a run in which nothing could be
 * checked would look like any other.
 */
const struct finding	*verdict_worst(const struct verdict *v);

/*
 * Walks the findings, worst first and among equals in the order they were met: the first
 * for NULL, else the one behind f; NULL at the end.
 */
const struct finding	*verdict_next(const struct verdict *v, const struct finding *f);

/*
 * The state of the whole: that of the worst finding. UNKNOWN, never OK, when nothing was
 * found and nothing was said.
 */
enum state		 verdict_state(const struct verdict *v);

/* Are two objects, stages or names the same? A missing one is like a missing one only. */
bool			 verdict_same(const char *a, const char *b);

#endif
