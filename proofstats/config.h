/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_CONFIG_H
#define PROOFSTATS_CONFIG_H

#include "mutate.h"

#define MAX_SOLVERS 16

struct solver {
	char *name;
	char *command;	/* {file} and {limit} are replaced */
	char *reseed;	/* added to the command with a seed: {seed} */
	char *count;	/* what stands before the resource count */
	char *version;	/* a command that prints the version */
	char *profile;	/* added to the command to count instances */
	char *only;	/* a pattern of queries' names, or null for all */
	char *prover;	/* a pattern: whose queries it is asked */
	double limit;	/* of resources, in the solver's own units */
};

struct config {
	struct solver solver[MAX_SOLVERS];
	unsigned solvers;
	double mutants[KINDS];
	double seed;		/* where the list of seeds begins */
	double timeout;		/* seconds until a solver counts as hung */
	double memory;		/* MiB for each solver */
	double output;		/* MiB that a solver may print */
	double enough;		/* failures after which no more run, or 0 */
	double sure;		/* good runs after which no more run, or 0 */
	double success;		/* shares and ratios for the verdict */
	double solvable;
	double headroom;
	double spread;
	double confidence;
	double discount;
	double brittle;		/* what the gate lets through */
	double removed;
	double total;
	double significance;	/* of differences */
	double change;
};

extern const char config_default[];

/* The default; then, unless path is null, what the file says. */
bool config_load(struct config *c, const char *path, struct error *e);

/* Add another version of a solver: NAME@VERSION=COMMAND. */
bool config_version(struct config *c, const char *text, struct error *e);
void config_free(struct config *c);

struct mutant {
	enum kind kind;
	uint32_t i;		/* of its kind */
	uint32_t seed;
};

/*
 * All mutants of a query in the order in which they run, the query itself
 * first, then the first of each kind, and so on: the first few tell of all
 * kinds. To be freed.
 */
struct mutant *config_mutants(const struct config *c, size_t *count);

#endif
