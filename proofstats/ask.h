/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_ASK_H
#define PROOFSTATS_ASK_H

#include "solver.h"

/*
 * Run one solver on one text and wait for it. What it prints on its two
 * streams is added to keep[0] and keep[1] unless that is null.
 */
bool ask(const struct config *conf, const struct solver *s,
	 const struct text *query, struct text *keep, struct result *r,
	 struct error *e);

/* The solver of this name. */
const struct solver *solver_named(const struct config *conf,
				  const char *name, struct error *e);

#endif
