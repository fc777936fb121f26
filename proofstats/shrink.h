/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SHRINK_H
#define PROOFSTATS_SHRINK_H

#include "ask.h"
#include "parts.h"

/* A query, less and less of it, and the solver that still proves it. */
struct shrinking {
	const struct config *conf;
	struct solver solver;	/* with the limit of a try */
	double whole;		/* its limit in the configuration */
	double limit;		/* of a try, or 0 */
	const struct parts *parts;
	unsigned tries;		/* that may be made still */
	/* what came of it */
	bool *keep;
	struct result before;
	struct result after;
	size_t bytes_before;
	size_t bytes_after;
	unsigned tried;
	bool smaller;		/* what is kept is proved; else the whole is */
	bool least;		/* leaving out any one part more fails */
};

/*
 * Take the solver called so, or the first one that proves the query if that
 * is null. *proved tells whether there is one; only then go on.
 */
bool shrink_begin(struct shrinking *s, const struct config *conf,
		  const struct parts *p, const char *solver, bool *proved,
		  struct error *e);

/*
 * Leave out as much as can be. A try may cost as much as the limit says, or if
 * that is 0, four times what is kept then.
 */
bool shrink(struct shrinking *s, unsigned tries, double limit,
	    struct error *e);

/* What is left. */
void shrink_text(const struct shrinking *s, struct text *to);
void shrink_free(struct shrinking *s);

/* Does the solver prove this? */
bool shrink_try(struct shrinking *s, const struct cut *c, bool *proved,
		struct result *r, struct error *e);

#endif
