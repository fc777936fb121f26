/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_REPORT_H
#define PROOFSTATS_REPORT_H

#include "history.h"
#include "judge.h"

struct report {
	struct judged j;
	struct history history;
	struct config conf;
	const char *explained;	/* a folder with a text for each query, or null */
};

/* Those that need the most attention come first. */
struct attention {
	const struct vc *vc;
	const struct row *row;	/* with the solver to which it owes its verdict,
				   or null */
};

struct attention *by_attention(const struct judged *j);

/* Where the query is from, or null. */
const char *vc_place(const struct vc *v);

/* "brittle; z3: 60 of 81 proved, mean 5 of 1000, headroom 2.1" */
void say_vc(struct text *t, const struct vc *v);
void say_summary(struct text *t, const struct judged *j);

/* Each prints to standard output and returns an exit code. */
int print_html(const struct report *r);
int print_junit(const struct report *r);
int print_markdown(const struct report *r);

#endif
