/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_PLACE_H
#define PROOFSTATS_PLACE_H

#include "base.h"

/* A property in Frama-C's report. */
struct property {
	char *function;
	char *file;
	unsigned line;
	char *word;	/* with it the names of its goals go on, f_WORD */
};

struct report {
	struct property *at;
	size_t count;
	size_t room;
};

/* What -report-csv has written. */
bool report_read(struct report *r, const char *path, struct error *e);
void report_free(struct report *r);

/*
 * What a goal of WP is called here: function.clause, without the memory model
 * before it. And where the clause is, FILE:LINE: as numbered names do not say
 * which of several it is, FILE:FIRST-LAST then. Empty if the report has none.
 */
void goal_place(const struct report *r, const char *goal, struct text *name,
		struct text *place);

#endif
