/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_JUDGE_H
#define PROOFSTATS_JUDGE_H

#include "store.h"

/* Mariposa's words for a query. */
enum category { CAT_UNSOLVABLE, CAT_UNSTABLE, CAT_STABLE, CAT_INCONCLUSIVE };

extern const char *const category_name[];

/* The mutants of one kind, with the query itself as one of them. */
struct group {
	unsigned n;
	unsigned proved;
	double mean;	/* cost of the proved ones */
};

/* The limit is in the unit of the costs; INFINITY if there is none. */
enum category cutoff(const struct config *c, const struct group *g,
		     double limit);
enum category z_test(const struct config *c, const struct group *g,
		     double limit);
enum category vote(const enum category *all, unsigned n);

/* 95 % interval of a share, by Wilson. */
void wilson(unsigned hits, unsigned n, double *low, double *high);

/* Is p less than, or greater than, r? The probability of seeing this if not. */
double p_less(unsigned hits, unsigned n, double r);
double p_greater(unsigned hits, unsigned n, double r);

/* From best to worst. */
enum verdict {
	VER_STABLE,
	VER_SHAKY,	/* proved, but its cost varies much */
	VER_BRITTLE,	/* some mutants fail, or come near the limit */
	VER_UNSOLVED,
	VER_UNMEASURED,
	VER_CONFLICT,	/* sat and unsat of the same query */
	VERDICTS
};

extern const char *const verdict_name[VERDICTS];

/* One query with one solver. */
struct row {
	char *solver;
	char *version;
	char *hash;		/* of the query; empty if it has no text */
	char *place;		/* file:line, or null */
	double limit;
	struct group kind[KINDS];
	double sum, squares;	/* of the proved ones' counts */
	double logs, log_squares;
	unsigned counted;
	unsigned n, proved, sat;
	bool stopped;		/* so many failed that no more count */
	bool settled;		/* so many were good, and no other */
	double mean, min, max, cv;
	double gmean, gsd;	/* geometric mean, and factor around it */
	double largest;		/* count, of the failed ones as well */
	double fail, fail_low, fail_high;
	double headroom;	/* infinite if nothing was counted */
	enum category cutoff, z_test;
	enum verdict verdict;
};

struct vc {
	char *name;
	char *trouble;
	struct row *row;
	unsigned rows;
	size_t room;
	bool incomplete;
	enum verdict verdict;
};

struct judged {
	struct vc *vc;
	size_t vcs;
	size_t room;
	unsigned wanted;	/* runs of each query with each solver */
	unsigned enough;	/* failures after which they stop, or 0 */
	unsigned sure;		/* good ones after which they do, or 0 */
	double headroom;	/* that these leave */
	unsigned of[VERDICTS];
	bool incomplete;
};

/* Has it fewer runs than the campaign, of those that count? */
bool lacks_runs(const struct judged *j, const struct row *r);

/* Not if it has no text, though nothing was wrong with it. */
bool needs_solver(const struct vc *v);

bool judge_all(struct judged *j, struct store *s, const struct config *c,
	       struct error *e);
void judged_free(struct judged *j);

#endif
