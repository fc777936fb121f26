/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_COMPARE_H
#define PROOFSTATS_COMPARE_H

#include "figures.h"

/* What became of a query. */
enum change {
	CHANGE_WORSE,
	CHANGE_GONE,
	CHANGE_NEW,
	CHANGE_UNMEASURED,	/* it is there, but nobody knows how it does */
	CHANGE_BETTER,
	CHANGE_RENAMED,		/* the same text under another name */
	CHANGE_TEXT,		/* another text that does no better or worse */
	CHANGE_NONE,
	CHANGES
};

extern const char *const change_name[CHANGES];

/* A query with a solver that both sides have measured. */
struct pair {
	const struct figure *a, *b;
	double p_share, p_cost;	/* adjusted; 1 if nothing differs */
	enum change change;	/* worse, better or none */
};

struct changed {
	enum change change;
	const struct goal *a, *b;	/* null if new, or gone */
	size_t first, pairs;
};

struct comparison {
	const struct figures *a, *b;
	struct changed *at;
	size_t count;
	size_t room;
	struct pair *pair;
	size_t pairs;
	size_t pair_room;
	unsigned of[CHANGES];
	/* sums of goals' costs, in limits; solvers are the same? */
	double total_a, total_b;
	bool comparable;
};

/* b must live as long as the comparison, and so must a. */
void compare(struct comparison *c, const struct figures *a,
	     const struct figures *b, const struct config *conf);
void comparison_free(struct comparison *c);

/* From the best to the worst, whatever their numbers. */
bool is_worse(enum verdict v, enum verdict than);

/* Do both sides have costs, and in the same unit? */
bool have_costs(const struct comparison *c, const struct figure *a,
		const struct figure *b);

const char *name_of_goal(const struct figures *f, const struct goal *g);
const char *place_of_goal(const struct figures *f, const struct goal *g);

#endif
