/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_QUERIES_H
#define PROOFSTATS_QUERIES_H

#include "base.h"

/*
 * Queries, from files, folders and stores. A store is a folder with
 *
 *	index			a line for each goal and prover: goal, prover,
 *				hash and place, parted by tabs
 *	ab/abcdef....smt2	a query, under the hash of its text without
 *				blanks and comments
 */
struct query {
	char *name;	/* of the goal; else the path below the folder given */
	char *prover;	/* whose it is; null: anybody's */
	char *hash;	/* null: no solver is needed, or it is in no store */
	char *place;	/* FILE:LINE, or null */
	char *path;	/* null: no solver is needed */
};

struct queries {
	struct query *at;
	size_t count;
	size_t room;
};

/* Whose goals need no solver. */
extern const char no_solver[];

/* Add one, copying each text; any but the name may be null. */
struct query *queries_add(struct queries *q, const char *name,
			  const char *prover, const char *hash,
			  const char *place, const char *path);

/* All in these files, folders and stores, by name and prover. */
bool queries_find(struct queries *q, char **path, int paths, struct error *e);

/* By name and prover; false if there are two of the same. */
bool queries_sort(struct queries *q, struct error *e);
void queries_free(struct queries *q);

/* Make a store if it is not there. */
bool queries_store(const char *store, struct error *e);

/* Put a text into a store. It must be one that solvers can be asked. */
bool queries_put(const char *store, const char *path, char hash[SHA256_HEX],
		 struct error *e);

/* Make this the index, or change the old one where this has the same goals. */
bool queries_index(const char *store, const struct queries *q, bool add,
		   struct error *e);

#endif
