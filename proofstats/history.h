/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_HISTORY_H
#define PROOFSTATS_HISTORY_H

#include "figures.h"

/* What the proofs came to at one commit. */
struct summary {
	char *name;		/* of the commit */
	unsigned vcs;
	unsigned brittle;
	unsigned unsolved;	/* or worse */
	double total;		/* cost, in limits */
	char *worst;		/* the costliest query ... */
	double share;		/* ... and its cost */
	char *engines;		/* each solver's total, in words */
};

/* The oldest first. */
struct history {
	struct summary *at;
	size_t count;
	size_t room;
};

/* A commit that is there already is changed and keeps its place. */
bool history_add(struct store *s, const char *name, const struct figures *f,
		 struct error *e);
bool history_load(struct history *h, struct store *s, struct error *e);
void history_free(struct history *h);

#endif
