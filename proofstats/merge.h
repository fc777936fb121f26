/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_MERGE_H
#define PROOFSTATS_MERGE_H

#include "store.h"

/*
 * Make one campaign of those in several databases. They must be about the same
 * mutants, and where they have the same run, it must have gone the same way.
 * All of them, or none, is in the database then.
 */
bool merge(const char *to, char **from, int count, struct error *e);

#endif
