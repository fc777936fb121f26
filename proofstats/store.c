/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA 4

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS query(id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL, hash TEXT NOT NULL, trouble TEXT,"
	" current INTEGER NOT NULL, UNIQUE(name, hash));"
	"CREATE TABLE IF NOT EXISTS solver(id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL, version TEXT NOT NULL, command TEXT NOT NULL,"
	" reseed TEXT NOT NULL, cap REAL NOT NULL, trouble TEXT,"
	" current INTEGER NOT NULL,"
	" UNIQUE(name, version, command, reseed, cap));"
	"CREATE TABLE IF NOT EXISTS run(query INTEGER NOT NULL,"
	" solver INTEGER NOT NULL, kind TEXT NOT NULL, seed INTEGER NOT NULL,"
	" outcome TEXT NOT NULL, count INTEGER, ms INTEGER NOT NULL, note TEXT,"
	" PRIMARY KEY(query, solver, kind, seed)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS wanted(kind TEXT NOT NULL,"
	" i INTEGER NOT NULL, seed INTEGER NOT NULL,"
	" PRIMARY KEY(kind, seed)) WITHOUT ROWID;";

/*
 * Since version 2: where a query is from, as file:line, and what commits came
 * to. A database of version 1 gets it when it is opened.
 */
static const char schema_2[] =
	"ALTER TABLE query ADD COLUMN place TEXT;"
	"CREATE TABLE history(id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE, vcs INTEGER NOT NULL,"
	" brittle INTEGER NOT NULL, unsolved INTEGER NOT NULL,"
	" total REAL NOT NULL, worst TEXT NOT NULL, share REAL NOT NULL);"
	"CREATE TABLE history_solver(history INTEGER NOT NULL,"
	" name TEXT NOT NULL, version TEXT NOT NULL, proved INTEGER NOT NULL,"
	" total REAL NOT NULL,"
	" PRIMARY KEY(history, name)) WITHOUT ROWID;"
	"PRAGMA user_version = 2;";

/* Since version 3: the order of the mutants, and how many failures end it. */
static const char schema_3[] =
	"ALTER TABLE wanted ADD COLUMN at INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE campaign(enough INTEGER NOT NULL);"
	"PRAGMA user_version = 3;";

/* Since version 4: how many good runs end it, and what headroom these leave. */
static const char schema_4[] =
	"ALTER TABLE campaign ADD COLUMN sure INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE campaign ADD COLUMN headroom REAL NOT NULL DEFAULT 1;"
	"PRAGMA user_version = 4;";

static bool broken(const struct store *s, struct error *e)
{
	const bool locked_out = (sqlite3_errcode(s->db) & 0xff) ==
				SQLITE_READONLY;

	return fail(e, "%s: %s%s", s->path, sqlite3_errmsg(s->db),
		    locked_out ? "; it and its folder must be writable, even to be read: a copy will do" : "");
}

bool store_run_sql(struct store *s, const char *sql, struct error *e)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	broken(s, e);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool store_prepare(struct store *s, const char *sql, sqlite3_stmt **to,
		   struct error *e)
{
	return sqlite3_prepare_v2(s->db, sql, -1, to, NULL) == SQLITE_OK ||
	       broken(s, e);
}

static bool read_version(struct store *s, int64_t *version, struct error *e)
{
	sqlite3_stmt *q;
	bool ok;

	if (!store_prepare(s, "PRAGMA user_version", &q, e))
		return false;
	ok = sqlite3_step(q) == SQLITE_ROW || broken(s, e);
	*version = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return ok;
}

/* Of version 0 is what is empty, and what other programs make. */
static bool is_ours(struct store *s, struct error *e)
{
	sqlite3_stmt *q;
	bool ok;

	if (!store_prepare(s, "SELECT count(*) FROM sqlite_master", &q, e))
		return false;
	ok = sqlite3_step(q) == SQLITE_ROW || broken(s, e);
	if (ok && sqlite3_column_int64(q, 0) > 0)
		ok = fail(e, "%s: a database of another program", s->path);
	sqlite3_finalize(q);
	return ok;
}

/* Another process may do the same at this moment, so ask again inside. */
static bool add_schema(struct store *s, struct error *e)
{
	int64_t version;

	return store_run_sql(s, "BEGIN IMMEDIATE", e) &&
	       read_version(s, &version, e) &&
	       (version > 0 || store_run_sql(s, schema, e)) &&
	       (version > 1 || store_run_sql(s, schema_2, e)) &&
	       (version > 2 || store_run_sql(s, schema_3, e)) &&
	       (version > 3 || store_run_sql(s, schema_4, e)) &&
	       store_run_sql(s, "COMMIT", e);
}

static bool make_schema(struct store *s, bool make, struct error *e)
{
	int64_t version;

	if (!store_run_sql(s, "BEGIN", e) || !read_version(s, &version, e) ||
	    (version == 0 && !is_ours(s, e)) || !store_run_sql(s, "COMMIT", e))
		return false;
	if (version < 0 || version > SCHEMA)
		return fail(e, "%s: of another version of proofstats",
			    s->path);
	if (version == SCHEMA)
		return true;
	if (version == 0 && !make)
		return fail(e, "%s: nothing was measured yet", s->path);
	return store_run_sql(s, "PRAGMA journal_mode = WAL", e) &&
	       add_schema(s, e);
}

bool store_open(struct store *s, const char *path, bool make, struct error *e)
{
	const int flags = SQLITE_OPEN_READWRITE |
			  (make ? SQLITE_OPEN_CREATE : 0);

	*s = (struct store){ .path = copy(path, strlen(path)) };
	if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK)
		broken(s, e);
	else if (sqlite3_busy_timeout(s->db, 10000),
		 make_schema(s, make, e) &&
		 store_run_sql(s, "PRAGMA synchronous = NORMAL", e) &&
		 store_prepare(s, "SELECT 1 FROM run WHERE query = ?1 AND"
			       " solver = ?2 AND kind = ?3 AND seed = ?4",
			       &s->has, e) &&
		 store_prepare(s, "SELECT count(*) FROM run r JOIN wanted w"
			       " ON w.kind = r.kind AND w.seed = r.seed"
			       " WHERE r.query = ?1 AND r.solver = ?2 AND"
			       " r.outcome <> 'unsat' AND w.at < ?3",
			       &s->failed, e) &&
		 store_prepare(s, "SELECT count(*) FROM run r JOIN wanted w"
			       " ON w.kind = r.kind AND w.seed = r.seed"
			       " WHERE r.query = ?1 AND r.solver = ?2 AND"
			       " r.outcome = 'unsat' AND w.at < ?3 AND"
			       " coalesce(r.count, 0) <= ?4", &s->good, e) &&
		 store_prepare(s, "INSERT OR IGNORE INTO run"
			       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			       &s->add, e))
		return true;
	store_close(s);
	return false;
}

void store_close(struct store *s)
{
	sqlite3_finalize(s->has);
	sqlite3_finalize(s->failed);
	sqlite3_finalize(s->good);
	sqlite3_finalize(s->add);
	sqlite3_close(s->db);
	free(s->path);
	*s = (struct store){ 0 };
}

/* Step a statement that gives at most one number, and let go of it. */
static bool one(struct store *s, sqlite3_stmt *q, int64_t *number,
		struct error *e)
{
	const int r = sqlite3_step(q);
	const bool ok = r == SQLITE_ROW || r == SQLITE_DONE || broken(s, e);

	if (ok && number != NULL)
		*number = r == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_finalize(q);
	return ok;
}

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
	if (text == NULL || *text == '\0')
		sqlite3_bind_null(q, at);
	else
		sqlite3_bind_text(q, at, text, -1, SQLITE_TRANSIENT);
}

static bool want(struct store *s, const struct mutant *m, size_t at,
		 struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "INSERT OR IGNORE INTO wanted(kind, i, seed, at)"
			   " VALUES(?1, ?2, ?3, ?4)", &q, e))
		return false;
	bind_text(q, 1, kind_name[m->kind]);
	sqlite3_bind_int64(q, 2, m->i);
	sqlite3_bind_int64(q, 3, m->seed);
	sqlite3_bind_int64(q, 4, (int64_t)at);
	return one(s, q, NULL, e);
}

bool store_begin(struct store *s, struct error *e)
{
	return store_run_sql(s, "UPDATE query SET current = 0;"
				"UPDATE solver SET current = 0;"
				"DELETE FROM wanted;"
				"DELETE FROM campaign", e);
}

bool store_mutants(struct store *s, const struct config *c, struct error *e)
{
	sqlite3_stmt *q;
	struct mutant *m;
	size_t n;
	bool ok;

	if (!store_prepare(s, "INSERT INTO campaign(enough, sure, headroom)"
			   " VALUES(?1, ?2, ?3)", &q, e))
		return false;
	sqlite3_bind_int64(q, 1, (int64_t)c->enough);
	sqlite3_bind_int64(q, 2, (int64_t)c->sure);
	sqlite3_bind_double(q, 3, c->headroom);
	ok = one(s, q, NULL, e);
	m = config_mutants(c, &n);
	for (size_t i = 0; ok && i < n; i++)
		ok = want(s, &m[i], i, e);
	free(m);
	return ok;
}

bool store_query(struct store *s, const char *name, const char *hash,
		 const char *trouble, int64_t *id, struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "INSERT INTO query(name, hash, trouble, current)"
			   " VALUES(?1, ?2, ?3, 1) ON CONFLICT(name, hash)"
			   " DO UPDATE SET trouble = ?3, current = 1", &q, e))
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 2, hash, -1, SQLITE_TRANSIENT);
	bind_text(q, 3, trouble);
	if (!one(s, q, NULL, e) ||
	    !store_prepare(s, "SELECT id FROM query WHERE name = ?1 AND"
			   " hash = ?2", &q, e))
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 2, hash, -1, SQLITE_TRANSIENT);
	return one(s, q, id, e);
}

bool store_place(struct store *s, int64_t query, const char *place,
		 struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "UPDATE query SET place = ?2 WHERE id = ?1", &q,
			   e))
		return false;
	sqlite3_bind_int64(q, 1, query);
	bind_text(q, 2, place);
	return one(s, q, NULL, e);
}

static void bind_solver(sqlite3_stmt *q, const struct solver *v,
			const char *version, const char *trouble)
{
	sqlite3_bind_text(q, 1, v->name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 2, version, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 3, v->command, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 4, v->reseed, -1, SQLITE_TRANSIENT);
	sqlite3_bind_double(q, 5, v->limit);
	bind_text(q, 6, trouble);
}

bool store_solver(struct store *s, const struct solver *v,
		  const char *version, const char *trouble, int64_t *id,
		  struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "INSERT INTO solver(name, version, command,"
			   " reseed, cap, trouble, current)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1)"
			   " ON CONFLICT(name, version, command, reseed, cap)"
			   " DO UPDATE SET trouble = ?6, current = 1", &q, e))
		return false;
	bind_solver(q, v, version, trouble);
	if (!one(s, q, NULL, e) ||
	    !store_prepare(s, "SELECT id FROM solver WHERE name = ?1 AND"
			   " version = ?2 AND command = ?3 AND reseed = ?4"
			   " AND cap = ?5 AND ?6 IS ?6", &q, e))
		return false;
	bind_solver(q, v, version, trouble);
	return one(s, q, id, e);
}

static void bind_key(sqlite3_stmt *q, const struct run_key *k)
{
	sqlite3_reset(q);
	sqlite3_bind_int64(q, 1, k->query);
	sqlite3_bind_int64(q, 2, k->solver);
	sqlite3_bind_text(q, 3, kind_name[k->kind], -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, k->seed);
}

bool store_has(struct store *s, const struct run_key *k, bool *has,
	       struct error *e)
{
	int r;

	bind_key(s->has, k);
	r = sqlite3_step(s->has);
	*has = r == SQLITE_ROW;
	sqlite3_reset(s->has);
	return r == SQLITE_ROW || r == SQLITE_DONE || broken(s, e);
}

/* How many of these runs are as the statement says? */
static bool count_runs(struct store *s, sqlite3_stmt *q,
		       const struct run_key *k, size_t at, int64_t *n,
		       struct error *e)
{
	int r;

	sqlite3_bind_int64(q, 1, k->query);
	sqlite3_bind_int64(q, 2, k->solver);
	sqlite3_bind_int64(q, 3, (int64_t)at);
	r = sqlite3_step(q);
	*n = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return r == SQLITE_ROW || broken(s, e);
}

bool store_failed(struct store *s, const struct run_key *k, size_t at,
		  int64_t *n, struct error *e)
{
	return count_runs(s, s->failed, k, at, n, e);
}

bool store_good(struct store *s, const struct run_key *k, size_t at,
		double most, int64_t *n, struct error *e)
{
	sqlite3_bind_double(s->good, 4, most);
	return count_runs(s, s->good, k, at, n, e);
}

bool store_add(struct store *s, const struct run_key *k,
	       const struct result *r, struct error *e)
{
	bool ok;

	bind_key(s->add, k);
	bind_text(s->add, 5, outcome_name[r->outcome]);
	if (r->count < 0)
		sqlite3_bind_null(s->add, 6);
	else
		sqlite3_bind_int64(s->add, 6, r->count);
	sqlite3_bind_int64(s->add, 7, r->ms);
	bind_text(s->add, 8, r->note);
	ok = sqlite3_step(s->add) == SQLITE_DONE || broken(s, e);
	sqlite3_reset(s->add);
	return ok;
}

bool store_forget_trouble(struct store *s, struct error *e)
{
	return store_run_sql(s, "DELETE FROM run WHERE outcome IN"
			     " ('crash', 'flood', 'hang', 'garbage')", e);
}
