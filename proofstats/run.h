/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_RUN_H
#define PROOFSTATS_RUN_H

#include "config.h"

struct run_options {
	const char *conf;	/* or null */
	const char *db;
	const char *baseline;	/* what it tells is left out; or null */
	uint64_t jobs;
	uint64_t most;		/* runs, by fewer mutants; 0: no bound */
	uint64_t mutants;	/* at most so many of each kind */
	uint64_t enough;	/* UINT64_MAX: what the configuration says */
	uint64_t sure;		/* as well */
	bool again;
	const char *version[MAX_SOLVERS];	/* NAME@VERSION=COMMAND */
	unsigned versions;
	uint64_t shard;		/* from 1 to shards, or 0: all queries */
	uint64_t shards;
	bool slurm;
	char **path;
	int paths;
};

/* Run each shard as a task of Slurm, wait, and merge; an exit code. */
int run_by_slurm(const struct run_options *o);

#endif
