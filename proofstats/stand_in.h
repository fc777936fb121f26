/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_STAND_IN_H
#define PROOFSTATS_STAND_IN_H

#include "base.h"

/* Provers played by this program, which puts their queries into a store. */
struct cast {
	char **name;	/* what each is called: its shortcut, or its name */
	size_t count;
	size_t room;
};

/*
 * Write Why3's configuration of now with all provers played to
 * SCRATCH/why3.conf, and let WHY3CONFIG say so.
 *
 * A stand-in prints "proofstats-query HASH NUMBER" or "proofstats-trouble WHY",
 * and Why3 passes that line on as the reason why the prover failed.
 */
bool cast_all(struct cast *c, const char *store, const char *scratch,
	      struct error *e);
void cast_free(struct cast *c);

#endif
