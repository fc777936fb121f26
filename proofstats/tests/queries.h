/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_TESTS_QUERIES_H
#define PROOFSTATS_TESTS_QUERIES_H

#include <stdbool.h>

/* Small queries, with what every solver should answer. */
struct query {
	const char *name;
	bool unsat;
	const char *text;
};

extern const struct query queries[];
extern const unsigned queries_count;

#endif
