/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_COLLECT_H
#define PROOFSTATS_COLLECT_H

#include "queries.h"

/* What a run of `proofstats collect` wants, and has so far. */
struct collection {
	const char *store;
	const char *as;		/* a name in place of the prover's, or null */
	char *scratch;		/* a folder that goes away */
	struct queries by;	/* whose queries are wanted; empty: everyone's */
	struct queries found;
	unsigned troubles;	/* goals that have no query */
};

/* Is this prover's query of this goal wanted? */
bool is_wanted(const struct collection *c, const char *name,
	       const char *prover);

/* A goal without a query, and why: said, counted, and left out. */
void leave_out(struct collection *c, const char *goal, const char *why);

/* argv ends with a null; argv[0] is the program. */
bool collect_wp(struct collection *c, char **argv, struct error *e);
bool collect_why3(struct collection *c, char **argv, struct error *e);

/* -- programs --------------------------------------------------------------- */

/*
 * Run a program, and give each line of what it prints to line(). False if it
 * cannot be started or does not end with 0; the message has its last lines.
 */
bool program_run(char *const *argv, void (*line)(void *data, char *text),
		 void *data, struct error *e);

#endif
