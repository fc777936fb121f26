/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_STORE_H
#define PROOFSTATS_STORE_H

#include "solver.h"

#include <sqlite3.h>

/*
 * The results, in SQLite. A run is kept under its query's text, its solver
 * with version, command and limit, the kind of mutant and the seed: whatever
 * of these changes is measured anew, and what does not is never twice there.
 */
struct store {
	char *path;
	sqlite3 *db;
	sqlite3_stmt *has;
	sqlite3_stmt *failed;
	sqlite3_stmt *good;
	sqlite3_stmt *add;
};

struct run_key {
	int64_t query;
	int64_t solver;
	enum kind kind;
	uint32_t seed;
};

bool store_open(struct store *s, const char *path, bool make,
		struct error *e);
void store_close(struct store *s);

bool store_run_sql(struct store *s, const char *sql, struct error *e);
bool store_prepare(struct store *s, const char *sql, sqlite3_stmt **to,
		   struct error *e);

/* What follows is the campaign that reports are about. */
bool store_begin(struct store *s, struct error *e);
/* Its mutants in their order, and when no more of a query run. */
bool store_mutants(struct store *s, const struct config *c, struct error *e);
/* A query without text (its hash is empty) or trouble needs no solver. */
bool store_query(struct store *s, const char *name, const char *hash,
		 const char *trouble, int64_t *id, struct error *e);

/* Where the query is from, as file:line; null if that is not known. */
bool store_place(struct store *s, int64_t query, const char *place,
		 struct error *e);
bool store_solver(struct store *s, const struct solver *v,
		  const char *version, const char *trouble, int64_t *id,
		  struct error *e);

bool store_has(struct store *s, const struct run_key *k, bool *has,
	       struct error *e);
bool store_add(struct store *s, const struct run_key *k,
	       const struct result *r, struct error *e);

/* Of the query and solver of k, how many that come before the at-th failed. */
bool store_failed(struct store *s, const struct run_key *k, size_t at,
		  int64_t *n, struct error *e);

/* And how many were proved and cost no more than that. */
bool store_good(struct store *s, const struct run_key *k, size_t at,
		double most, int64_t *n, struct error *e);

/* Forget what says more of the machine than of the proof. */
bool store_forget_trouble(struct store *s, struct error *e);

#endif
