/* SPDX-License-Identifier: BSD-2-Clause */
/* What commits came to, one row each, in the order in which they were added. */
#include "commands.h"

#include "history.h"
#include "describe.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

/* -- in the database -------------------------------------------------------- */

static bool step(struct store *s, sqlite3_stmt *q, struct error *e)
{
	const int r = sqlite3_step(q);

	sqlite3_finalize(q);
	return r == SQLITE_DONE || r == SQLITE_ROW ||
	       fail(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

static bool add_engines(struct store *s, const char *name,
			const struct figures *f, struct error *e)
{
	for (unsigned i = 0; i < f->engines; i++) {
		sqlite3_stmt *q;
		unsigned proved = 0;
		double total = 0;

		if (!is_engine(&f->engine[i]))
			continue;
		for (size_t k = 0; k < f->count; k++) {
			if (f->at[k].engine != i || f->at[k].runs == 0)
				continue;
			proved += f->at[k].verdict < VER_UNSOLVED;
			total += figure_cost(f, &f->at[k]);
		}
		if (!store_prepare(s, "INSERT INTO history_solver SELECT id,"
				   " ?2, ?3, ?4, ?5 FROM history"
				   " WHERE name = ?1", &q, e))
			return false;
		sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 2, f->engine[i].name, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 3, f->engine[i].version, -1,
				  SQLITE_STATIC);
		sqlite3_bind_int64(q, 4, proved);
		sqlite3_bind_double(q, 5, total);
		if (!step(s, q, e))
			return false;
	}
	return true;
}

static struct summary summarise(const struct figures *f)
{
	struct summary sum = { .vcs = (unsigned)f->goals };
	const struct goal *worst = NULL;

	for (size_t i = 0; i < f->goals; i++) {
		const struct goal *g = &f->goal[i];

		sum.brittle += g->verdict == VER_BRITTLE;
		sum.unsolved += is_worse(g->verdict, VER_BRITTLE);
		sum.total += g->cost;
		if (worst == NULL || g->cost > worst->cost)
			worst = g;
	}
	sum.worst = worst == NULL ? "" : (char *)name_of_goal(f, worst);
	sum.share = worst == NULL ? 0 : worst->cost;
	return sum;
}

static bool add_summary(struct store *s, const char *name,
			const struct summary *sum, struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "INSERT INTO history(name, vcs, brittle,"
			   " unsolved, total, worst, share)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
			   " ON CONFLICT(name) DO UPDATE SET vcs = ?2,"
			   " brittle = ?3, unsolved = ?4, total = ?5,"
			   " worst = ?6, share = ?7", &q, e))
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, sum->vcs);
	sqlite3_bind_int64(q, 3, sum->brittle);
	sqlite3_bind_int64(q, 4, sum->unsolved);
	sqlite3_bind_double(q, 5, sum->total);
	sqlite3_bind_text(q, 6, sum->worst, -1, SQLITE_STATIC);
	sqlite3_bind_double(q, 7, sum->share);
	return step(s, q, e);
}

static bool forget_engines(struct store *s, const char *name, struct error *e)
{
	sqlite3_stmt *q;

	if (!store_prepare(s, "DELETE FROM history_solver WHERE history IN"
			   " (SELECT id FROM history WHERE name = ?1)", &q, e))
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	return step(s, q, e);
}

bool history_add(struct store *s, const char *name, const struct figures *f,
		 struct error *e)
{
	const struct summary sum = summarise(f);

	if (!store_run_sql(s, "BEGIN IMMEDIATE", e))
		return false;
	if (add_summary(s, name, &sum, e) && forget_engines(s, name, e) &&
	    add_engines(s, name, f, e))
		return store_run_sql(s, "COMMIT", e);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static char *column(sqlite3_stmt *q, int i)
{
	const char *t = (const char *)sqlite3_column_text(q, i);

	return t == NULL ? copy("", 0) : copy(t, strlen(t));
}

bool history_load(struct history *h, struct store *s, struct error *e)
{
	sqlite3_stmt *q;
	int code;

	*h = (struct history){ 0 };
	if (!store_prepare(s, "SELECT h.name, vcs, brittle, unsolved, h.total,"
			   " worst, share, (SELECT group_concat(line, ', ')"
			   " FROM (SELECT name || ' ' ||"
			   "  printf('%.0f', total) AS line"
			   "  FROM history_solver WHERE history = h.id"
			   "  ORDER BY name))"
			   " FROM history h ORDER BY id", &q, e))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		h->at = grow(h->at, h->count, &h->room, sizeof h->at[0]);
		h->at[h->count++] = (struct summary){
			.name = column(q, 0),
			.vcs = (unsigned)sqlite3_column_int64(q, 1),
			.brittle = (unsigned)sqlite3_column_int64(q, 2),
			.unsolved = (unsigned)sqlite3_column_int64(q, 3),
			.total = sqlite3_column_double(q, 4),
			.worst = column(q, 5),
			.share = sqlite3_column_double(q, 6),
			.engines = column(q, 7),
		};
	}
	sqlite3_finalize(q);
	if (code == SQLITE_DONE)
		return true;
	history_free(h);
	return fail(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		free(h->at[i].name);
		free(h->at[i].worst);
		free(h->at[i].engines);
	}
	free(h->at);
	*h = (struct history){ 0 };
}

/* -- the command ------------------------------------------------------------ */

static int print(struct store *s)
{
	struct history h;
	struct error e;

	if (!history_load(&h, s, &e))
		return complain(&e);
	printf("%-12s %6s %8s %9s %11s  %-8s %s\n", "commit", "VCs", "brittle",
	       "unsolved", "total cost", "worst", "");
	for (size_t i = 0; i < h.count; i++) {
		const struct summary *sum = &h.at[i];

		printf("%-12s %6u %8u %9u %11.4f  %7.4f  %s; %s\n", sum->name,
		       sum->vcs, sum->brittle, sum->unsolved, sum->total,
		       sum->share, sum->worst, sum->engines);
	}
	history_free(&h);
	return printed(EXIT_FINE);
}

static int add(struct store *s, const char *name, const char *path,
	       const struct config *conf)
{
	struct figures f = { 0 };
	struct error e;
	int code = EXIT_FINE;

	if (!figures_load(&f, path, conf, &e)) {
		code = complain(&e);
	} else if (!figures_whole(&f, &e)) {
		complain(&e);
		code = EXIT_PARTLY;
	} else if (!history_add(s, name, &f, &e)) {
		code = complain(&e);
	}
	figures_free(&f);
	return code;
}

static int run(const struct options *o)
{
	struct config conf;
	struct store s;
	struct error e;
	int code;

	if (!config_load(&conf, o->conf, &e))
		return complain(&e);
	if (!store_open(&s, o->db, o->operands > 2, &e)) {
		config_free(&conf);
		return complain(&e);
	}
	code = o->operands == 0 ? print(&s) :
	       add(&s, o->operand[1],
		   o->operands > 2 ? o->operand[2] : o->db, &conf);
	store_close(&s);
	config_free(&conf);
	return code;
}

int command_history(int argc, char **argv)
{
	struct options o;

	if (!read_options(&o, argc, argv, &(struct syntax){ "c:d:", NULL,
			  "[add COMMIT [BASELINE|DATABASE]]", 0, 3 }))
		return o.code;
	if (o.operands == 1 ||
	    (o.operands > 0 && (strcmp(o.operand[0], "add") != 0 ||
				*o.operand[1] == '\0'))) {
		fprintf(stderr, "proofstats: history: %s: add COMMIT is meant,"
			" or nothing\n", o.operand[0]);
		return EXIT_TROUBLE;
	}
	return run(&o);
}
