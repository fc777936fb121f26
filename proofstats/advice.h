/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_ADVICE_H
#define PROOFSTATS_ADVICE_H

#include "profile.h"
#include "shrink.h"

/* What to do about a costly proof, and what came of trying it. */
enum advice_kind {
	ADVICE_CONTRADICTION,	/* it is proved without its goal */
	ADVICE_HIDE,		/* not needed, but instantiated */
	ADVICE_CONTEXT,		/* less context is enough and cheaper */
	ADVICE_TRIGGER,		/* needed, much used, and without a trigger */
	ADVICE_NARROW,		/* needed, and most instances are of it */
	ADVICE_SPLIT,		/* the goal is a conjunction */
	ADVICE_KINDS
};

extern const char *const advice_name[ADVICE_KINDS];

struct advice {
	enum advice_kind kind;
	char *about;
	char *text;
	uint64_t instances;
	bool tried;
	bool proved;
	int64_t count;
};

struct explanation {
	struct shrinking s;
	struct profile f;
	bool proved;
	struct advice *advice;
	size_t count;
	size_t room;
	uint32_t *order;	/* quantifiers, most instances first */
};

/* Solver null: the first that proves it, or else the last. */
bool explain(struct explanation *x, const struct config *conf,
	     const struct parts *p, const char *solver, unsigned tries,
	     struct error *e);
void explanation_free(struct explanation *x);

/* Is what this quantifier is in needed for the proof? */
bool is_needed(const struct explanation *x, const struct quantifier *f);

/* The name of the assertion or hypothesis that it is in. */
void quantifier_name(const struct parts *p, const struct quantifier *f,
		     struct text *to);

#endif
