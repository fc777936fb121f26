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

/* What WP puts before the names of functions: the memory model and drivers. */
struct prefix {
	char *text;
	unsigned goals;	/* how many could have it */
};

struct report {
	struct property *at;
	size_t count;
	size_t room;
	char **function;	/* that have goals */
	size_t functions;
	size_t function_room;
	struct prefix *prefix;
	size_t prefixes;
	size_t prefix_room;
};

/* What -report-csv and -wp-report-json have written. */
bool report_read(struct report *r, const char *csv, const char *json,
		 struct error *e);
void report_free(struct report *r);

/*
 * f_g_ensures may be a goal of g with something before it, or of f_g. So all
 * goals are to be known before any is named: most have the same before them.
 */
void report_goal(struct report *r, const char *goal);

/*
 * What a goal of WP is called here: function.clause. And where the clause is,
 * FILE:LINE: as numbered names do not say which of several it is,
 * FILE:FIRST-LAST then. Empty if the report has none.
 */
void goal_place(const struct report *r, const char *goal, struct text *name,
		struct text *place);

#endif
