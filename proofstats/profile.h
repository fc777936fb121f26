/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_PROFILE_H
#define PROOFSTATS_PROFILE_H

#include "ask.h"
#include "parts.h"

#define NO_PART UINT32_MAX

/* A quantifier of the text, and how many instances the solver made of it. */
struct quantifier {
	uint32_t node;
	uint32_t inner;		/* last of (forall (x) (forall (y) ...)) */
	uint32_t command;
	uint32_t part;		/* the one that it is in, or NO_PART */
	bool trigger;		/* the text has one for it */
	uint64_t instances;
};

struct profile {
	struct quantifier *at;
	uint32_t count;
	size_t room;
	uint64_t instances;	/* all */
	uint64_t elsewhere;	/* of what the solver made of quantifiers */
	bool known;		/* the solver can tell */
};

/* Run the solver on the whole text, with ids given to its quantifiers. */
bool profile_take(struct profile *f, const struct parts *p,
		  const struct config *conf, const struct solver *s,
		  struct error *e);
void profile_free(struct profile *f);

/* Its variables: "x y". */
void quantifier_variables(const struct smt *q, const struct quantifier *f,
			  struct text *to);

#endif
