/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_MUTATE_H
#define PROOFSTATS_MUTATE_H

#include "smt.h"

/*
 * Mutants of a query: other texts of the same meaning. A prover that is sure
 * of its proof does not care.
 */
enum kind {
	KIND_NONE,	/* the query itself */
	KIND_RESEED,	/* the same text, another seed for the solver */
	KIND_RENAME,	/* other names for what the query declares or binds */
	KIND_SHUFFLE,	/* commands in another order, the goal still last */
	KIND_HYPS,	/* hypotheses inside the goal in another order */
	KIND_ALL,	/* all of these at once */
	KINDS
};

extern const char *const kind_name[KINDS];

/* KINDS if there is none of this name. */
enum kind kind_of(const char *name);

/* The i-th seed of the list that begins with base; fits any solver. */
uint32_t mutant_seed(uint64_t base, uint32_t i);

/* Can this text be mutated? Mutants need one check-sat and no push. */
bool mutable(const struct smt *q, struct error *e);

/* Print the mutant of a text that can be mutated. */
void mutate(const struct smt *q, enum kind kind, uint32_t seed, bool plain,
	    struct text *to);

/* The hash of the text without its blanks and comments. */
void canonical_hash(const struct smt *q, char hex[SHA256_HEX]);

#endif
