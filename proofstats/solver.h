/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SOLVER_H
#define PROOFSTATS_SOLVER_H

#include "config.h"

#include <sys/types.h>
#include <time.h>

/* What came of a run of a solver; only unsat is a proof. */
enum outcome {
	OUT_UNSAT,
	OUT_SAT,
	OUT_UNKNOWN,
	OUT_ERROR,	/* it complained of the query */
	OUT_GARBAGE,	/* it printed something else, or nothing */
	OUT_CRASH,	/* a signal ended it, whatever it printed before */
	OUT_FLOOD,	/* stopped: it printed too much */
	OUT_HANG,	/* stopped: its own limit did not stop it */
	OUTCOMES
};

extern const char *const outcome_name[OUTCOMES];

/* One stream of a solver, a line at a time; longer ones are cut. */
struct stream {
	int fd;
	size_t length;
	char line[512];
};

/* A solver at work. All zero but pid when there is none. */
struct child {
	pid_t pid;
	const struct solver *solver;
	struct stream stream[2];	/* stdout, stderr */
	struct text *keep;	/* null, or two texts for all of both */
	size_t printed;
	size_t may_print;
	struct timespec begin;
	double timeout;
	bool flooded;
	bool hung;
	char first[160];	/* first line of stdout that is not empty */
	int64_t count;		/* of resources, -1 while unknown */
};

struct result {
	enum outcome outcome;
	int64_t count;
	int64_t ms;
	char first[160];
	char note[160];
};

/* Start it on a text; seed is null for the solver's own. */
bool child_start(struct child *c, const struct config *conf,
		 const struct solver *s, const uint32_t *seed,
		 const struct text *query, struct error *e);

/* Read what there is; stop it if it printed too much or hangs. */
void child_read(struct child *c);

/* Has it ended? Then what came of it; the child is free again. */
bool child_ended(struct child *c, struct result *r);

void child_kill(struct child *c);

/* The first line that the solver's version command prints. */
bool solver_version(const struct config *conf, const struct solver *s,
		    char version[160], struct error *e);

#endif
