/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_NAMES_H
#define PROOFSTATS_NAMES_H

#include "smt.h"

#define NO_COMMAND UINT32_MAX

/* Which symbols a text introduces itself, and by which command. */
struct names {
	bool *own;	/* for each symbol: declared or bound in the text */
	uint32_t *by;	/* for each symbol: the command that made it global */
};

void names_init(struct names *n, const struct smt *q);
void names_free(struct names *n);

/* Add what a command introduces, for the commands in their order. */
void names_collect(struct names *n, const struct smt *q, uint32_t command);

/*
 * The symbol that a node mentions, or UINT32_MAX. Of is-C, the tester of a
 * constructor, that is C, and *prefix becomes 3.
 */
uint32_t names_mentioned(const struct names *n, const struct smt *q,
			 uint32_t node, size_t *prefix);

bool is_declaration(const struct smt *q, uint32_t command);

/* Is it the attribute that gives a term a name? */
bool is_naming(const struct smt *q, uint32_t node);

#endif
