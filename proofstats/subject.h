/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SUBJECT_H
#define PROOFSTATS_SUBJECT_H

#include "config.h"
#include "options.h"
#include "parts.h"

/* What shrink and explain are about: one query, and who is asked. */
struct subject {
	struct config conf;
	struct smt q;
	struct parts p;
	const char *solver;	/* or null: whoever proves it */
};

/* A file, or with a store a goal in it: the operand. */
bool subject_open(struct subject *s, const struct options *o,
		  struct error *e);
void subject_close(struct subject *s);

#endif
