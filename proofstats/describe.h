/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_DESCRIBE_H
#define PROOFSTATS_DESCRIBE_H

#include "compare.h"

/* In words, on one line: what differs, with its significance. */
void describe(struct text *t, const struct comparison *c,
	      const struct changed *g);

/* The name, and before it the file and line if that is known. */
void describe_place(struct text *t, const struct comparison *c,
		    const struct changed *g);

/* Whose costs cannot be compared, and why; nothing if they all can. */
void describe_engines(struct text *t, const struct comparison *c);

/* "total cost 1.2 -> 2.4 limits, +100.0 %" */
void describe_total(struct text *t, const struct comparison *c);

#endif
