/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_FIGURES_H
#define PROOFSTATS_FIGURES_H

#include "judge.h"
#include "queries.h"

#include <stdio.h>

/* So much of a query's hash is kept in baselines. */
#define HASH_SHORT 17

struct engine {
	char *name;
	char *version;
	double limit;
};

/* What a query came to with one solver. */
struct figure {
	char *name;
	char *place;		/* file:line, or null */
	char *trouble;		/* why it could not be measured, or null */
	char hash[HASH_SHORT];
	unsigned engine;	/* of the set's engines */
	unsigned runs, proved;
	bool counted;		/* the rest is known */
	double mean, min, max;	/* of the proved ones' counts */
	double gmean, gsd;
	enum verdict verdict;
	bool incomplete;
};

/* A query with all its figures, which stand together. */
struct goal {
	size_t first, figures;
	enum verdict verdict;
	double cost;	/* with the cheapest solver, in shares of its limit */
	bool incomplete;
};

/* With the one of those that need none. */
#define MAX_ENGINES (MAX_SOLVERS + 1)

/*
 * The figures of a database or of a baseline, by name and solver. A query has
 * one figure for each solver, that of its best text if there are several; but
 * while none is measured, it may have one for each of them.
 */
struct figures {
	struct engine engine[MAX_ENGINES];
	unsigned engines;
	struct figure *at;
	size_t count;
	size_t room;
	struct goal *goal;
	size_t goals;
};

/* Is the file a database or a baseline? Read it, whichever it is. */
bool figures_load(struct figures *f, const char *path,
		  const struct config *c, struct error *e);
bool figures_of(struct figures *f, const struct judged *j, struct error *e);
bool figures_read(struct figures *f, char *text, const char *path,
		  struct error *e);
void figures_print(const struct figures *f, FILE *to);

/* Only the lines: the set is neither sorted nor freed if they are wrong. */
bool baseline_read(struct figures *f, char *text, const char *path,
		   struct error *e);

void figures_free(struct figures *f);

/*
 * A query whose text, solver and limit are those of the baseline has the
 * baseline's figures, unless it was measured anew.
 */
void figures_carry(struct figures *f, const struct figures *baseline);

bool is_engine(const struct engine *e);	/* and not no_solver */
bool same_engine(const struct engine *a, const struct engine *b);

/* Is it all measured? Half a baseline would let the other half through. */
bool figures_whole(const struct figures *f, struct error *e);

/* The figure of that goal with the engine of that name, or null. */
const struct figure *figure_of(const struct figures *f, const struct goal *g,
			       const char *engine);

/* What a run is expected to cost: one without a proof costs the limit. */
double figure_cost(const struct figures *f, const struct figure *r);

#endif
