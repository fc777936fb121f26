/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SUBJECT_H
#define PROOFSTATS_SUBJECT_H

#include "config.h"
#include "parts.h"

/* What shrink and explain are about: one query, and who is asked. */
struct subject {
	struct config conf;
	struct smt q;
	struct parts p;
	const char *solver;	/* or null: whoever proves it */
};

struct subject_options {
	const char *conf;	/* or null */
	const char *solver;	/* or null */
	const char *store;	/* where the name is one of a goal, or null */
};

/* A file, or with a store a goal in it. */
bool subject_open(struct subject *s, const struct subject_options *o,
		  const char *name, struct error *e);
void subject_close(struct subject *s);

#endif
