/* SPDX-License-Identifier: BSD-2-Clause */
/* Campaigns that ran in parts, put together. */
#include "merge.h"

#include "commands.h"
#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an id of the part is in the whole; 0 is nothing. */
struct ids {
	int64_t *to;
	size_t count;
	size_t room;
};

struct merging {
	struct store whole;
	struct store part;
	struct ids query;
	struct ids solver;
	sqlite3_stmt *there;	/* the whole's run of a key */
};

static void ids_put(struct ids *m, int64_t from, int64_t to)
{
	while (m->count <= (size_t)from) {
		m->to = grow(m->to, m->count, &m->room, sizeof m->to[0]);
		m->to[m->count++] = 0;
	}
	m->to[from] = to;
}

static int64_t ids_get(const struct ids *m, int64_t from)
{
	return (size_t)from < m->count ? m->to[from] : 0;
}

static const char *column(sqlite3_stmt *q, int i)
{
	return (const char *)sqlite3_column_text(q, i);
}

/* Each line of a query on the part goes to take(). */
static bool each(struct merging *m, const char *sql,
		 bool (*take)(struct merging *m, sqlite3_stmt *line,
			      struct error *e),
		 struct error *e)
{
	sqlite3_stmt *q;
	bool ok = true;
	int r = SQLITE_DONE;

	if (!store_prepare(&m->part, sql, &q, e))
		return false;
	while (ok && (r = sqlite3_step(q)) == SQLITE_ROW)
		ok = take(m, q, e);
	if (ok && r != SQLITE_DONE)
		ok = fail(e, "%.200s: %.280s", m->part.path,
			  sqlite3_errmsg(m->part.db));
	sqlite3_finalize(q);
	return ok;
}

/* -- what the campaign is about ------------------------------------------- */

static bool take_query(struct merging *m, sqlite3_stmt *line, struct error *e)
{
	int64_t id;

	if (!store_query(&m->whole, column(line, 1), column(line, 2),
			 column(line, 3), &id, e) ||
	    !store_place(&m->whole, id, column(line, 4), e))
		return false;
	ids_put(&m->query, sqlite3_column_int64(line, 0), id);
	return true;
}

static bool take_solver(struct merging *m, sqlite3_stmt *line,
			struct error *e)
{
	struct solver v = { .limit = sqlite3_column_double(line, 5) };
	int64_t id;
	bool ok;

	v.name = copy(column(line, 1), strlen(column(line, 1)));
	v.command = copy(column(line, 3), strlen(column(line, 3)));
	v.reseed = copy(column(line, 4), strlen(column(line, 4)));
	ok = store_solver(&m->whole, &v, column(line, 2), column(line, 6),
			  &id, e);
	if (ok)
		ids_put(&m->solver, sqlite3_column_int64(line, 0), id);
	free(v.name);
	free(v.command);
	free(v.reseed);
	return ok;
}

/* What a database runs in words, to see whether it is the same. */
static bool mutants_of(struct store *s, struct text *t, struct error *e)
{
	sqlite3_stmt *q;
	int r;

	text_put(t, "");
	if (!store_prepare(s, "SELECT kind, i, seed FROM wanted UNION ALL"
			      " SELECT 'enough', enough, 0 FROM campaign"
			      " UNION ALL SELECT 'sure', sure, headroom"
			      " FROM campaign"
			      " ORDER BY 1, 2", &q, e))
		return false;
	while ((r = sqlite3_step(q)) == SQLITE_ROW)
		text_printf(t, "%s %s %s\n", column(q, 0), column(q, 1),
			    column(q, 2));
	sqlite3_finalize(q);
	return r == SQLITE_DONE ||
	       fail(e, "%.200s: %.280s", s->path, sqlite3_errmsg(s->db));
}

static bool insert(struct merging *m, const char *sql, sqlite3_stmt *line,
		   struct error *e)
{
	sqlite3_stmt *q;
	bool ok;

	if (!store_prepare(&m->whole, sql, &q, e))
		return false;
	for (int i = 0; i < sqlite3_column_count(line); i++)
		sqlite3_bind_value(q, i + 1, sqlite3_column_value(line, i));
	ok = sqlite3_step(q) == SQLITE_DONE ||
	     fail(e, "%.200s: %.280s", m->whole.path,
		  sqlite3_errmsg(m->whole.db));
	sqlite3_finalize(q);
	return ok;
}

static bool take_mutant(struct merging *m, sqlite3_stmt *line,
			struct error *e)
{
	return insert(m, "INSERT INTO wanted(kind, i, seed, at)"
		      " VALUES(?1, ?2, ?3, ?4)", line, e);
}

static bool take_campaign(struct merging *m, sqlite3_stmt *line,
			  struct error *e)
{
	return insert(m, "INSERT INTO campaign(enough, sure, headroom)"
		      " VALUES(?1, ?2, ?3)", line, e);
}

static bool same_mutants(struct merging *m, struct error *e)
{
	struct text a = { 0 }, b = { 0 };
	bool ok = mutants_of(&m->whole, &a, e) && mutants_of(&m->part, &b, e);

	if (ok && strcmp(a.at, b.at) != 0)
		ok = fail(e, "%s: this is about other mutants than the first",
			  m->part.path);
	text_free(&a);
	text_free(&b);
	return ok;
}

/* -- its runs ------------------------------------------------------------- */

static enum outcome outcome_of(const char *name)
{
	enum outcome o = OUT_UNSAT;

	while (o < OUTCOMES && strcmp(outcome_name[o], name) != 0)
		o++;
	return o;
}

/* What is there already must be the same; a time never is. */
static bool is_there(struct merging *m, const struct run_key *k,
		     const struct result *r, bool *there, struct error *e)
{
	sqlite3_stmt *q = m->there;
	int code;
	bool same;

	sqlite3_reset(q);
	sqlite3_bind_int64(q, 1, k->query);
	sqlite3_bind_int64(q, 2, k->solver);
	sqlite3_bind_text(q, 3, kind_name[k->kind], -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, k->seed);
	code = sqlite3_step(q);
	*there = code == SQLITE_ROW;
	same = !*there ||
	       (strcmp(column(q, 0), outcome_name[r->outcome]) == 0 &&
		(sqlite3_column_type(q, 1) == SQLITE_NULL ? -1 :
		 sqlite3_column_int64(q, 1)) == r->count);
	sqlite3_reset(q);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return fail(e, "%.200s: %.280s", m->whole.path,
			    sqlite3_errmsg(m->whole.db));
	return same || fail(e, "%s: a run that was merged before went another"
			    " way: %s, seed %u", m->part.path,
			    kind_name[k->kind], (unsigned)k->seed);
}

static bool take_run(struct merging *m, sqlite3_stmt *line, struct error *e)
{
	const char *note = column(line, 7);
	struct run_key k = {
		ids_get(&m->query, sqlite3_column_int64(line, 0)),
		ids_get(&m->solver, sqlite3_column_int64(line, 1)),
		kind_of(column(line, 2)),
		(uint32_t)sqlite3_column_int64(line, 3)
	};
	struct result r = {
		.outcome = outcome_of(column(line, 4)),
		.count = sqlite3_column_type(line, 5) == SQLITE_NULL ? -1 :
			 sqlite3_column_int64(line, 5),
		.ms = sqlite3_column_int64(line, 6),
	};
	bool there;

	/* of an older campaign, or of another version of proofstats */
	if (k.query == 0 || k.solver == 0 || k.kind == KINDS ||
	    r.outcome == OUTCOMES)
		return true;
	snprintf(r.note, sizeof r.note, "%s", note == NULL ? "" : note);
	return is_there(m, &k, &r, &there, e) &&
	       (there || store_add(&m->whole, &k, &r, e));
}

/* -- all of it ------------------------------------------------------------ */

static bool take_part(struct merging *m, const char *path, bool first,
		      struct error *e)
{
	bool ok;

	if (!store_open(&m->part, path, false, e))
		return false;
	m->query.count = m->solver.count = 0;
	ok = (!first || (each(m, "SELECT kind, i, seed, at FROM wanted",
			      take_mutant, e) &&
			 each(m, "SELECT enough, sure, headroom FROM campaign",
			      take_campaign, e))) &&
	     same_mutants(m, e) &&
	     each(m, "SELECT id, name, hash, trouble, place FROM query"
		  " WHERE current ORDER BY id", take_query, e) &&
	     each(m, "SELECT id, name, version, command, reseed, cap, trouble"
		  " FROM solver WHERE current ORDER BY id", take_solver, e) &&
	     each(m, "SELECT query, solver, kind, seed, outcome, count, ms,"
		  " note FROM run", take_run, e);
	store_close(&m->part);
	return ok;
}

static bool take_all(struct merging *m, char **from, int count,
		     struct error *e)
{
	bool ok = store_run_sql(&m->whole, "BEGIN IMMEDIATE;"
				"UPDATE query SET current = 0;"
				"UPDATE solver SET current = 0;"
				"DELETE FROM wanted;"
				"DELETE FROM campaign", e) &&
		  store_prepare(&m->whole, "SELECT outcome, count FROM run"
				" WHERE query = ?1 AND solver = ?2 AND"
				" kind = ?3 AND seed = ?4", &m->there, e);

	for (int i = 0; ok && i < count; i++)
		ok = take_part(m, from[i], i == 0, e);
	sqlite3_finalize(m->there);
	if (ok)
		return store_run_sql(&m->whole, "COMMIT", e);
	if (!sqlite3_get_autocommit(m->whole.db))
		sqlite3_exec(m->whole.db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool merge(const char *to, char **from, int count, struct error *e)
{
	struct merging m = { .query = { 0 } };
	bool ok;

	if (!store_open(&m.whole, to, true, e))
		return false;
	ok = take_all(&m, from, count, e);
	store_close(&m.whole);
	free(m.query.to);
	free(m.solver.to);
	return ok;
}

int command_merge(int argc, char **argv)
{
	struct options o;
	struct error e;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  "d:", NULL, "DATABASE...", 1, INT_MAX }))
		return o.code;
	return merge(o.db, o.operand, o.operands, &e) ? EXIT_FINE :
		complain(&e);
}
