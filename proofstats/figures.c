/* SPDX-License-Identifier: BSD-2-Clause */
#include "figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *copy_or_null(const char *s)
{
	return s == NULL ? NULL : copy(s, strlen(s));
}

bool is_engine(const struct engine *e)
{
	return strcmp(e->name, no_solver) != 0;
}

bool same_engine(const struct engine *a, const struct engine *b)
{
	return strcmp(a->version, b->version) == 0 && a->limit == b->limit;
}

double figure_cost(const struct figures *f, const struct figure *r)
{
	const double failed = r->runs - r->proved;

	if (r->runs == 0)
		return 0;
	return ((r->counted ? r->mean * r->proved : 0) +
		failed * f->engine[r->engine].limit) / r->runs;
}

const struct figure *figure_of(const struct figures *f, const struct goal *g,
			       const char *engine)
{
	for (size_t i = g->first; i < g->first + g->figures; i++)
		if (strcmp(f->engine[f->at[i].engine].name, engine) == 0)
			return &f->at[i];
	return NULL;
}

/* -- order and goals -------------------------------------------------------- */

static const struct figures *sorting;	/* qsort has no argument of ours */

/*
 * A goal may have several texts for the same solver. One proof is enough, so
 * the best comes first, and one that was measured before one that was not.
 */
static int by_merit(const struct figure *x, const struct figure *y)
{
	const double cx = figure_cost(sorting, x), cy = figure_cost(sorting, y);

	if ((x->runs > 0) != (y->runs > 0))
		return x->runs > 0 ? -1 : 1;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	return cx != cy ? (cx > cy) - (cx < cy) : strcmp(x->hash, y->hash);
}

static int by_name(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;
	const int names = strcmp(x->name, y->name);
	const int engines = names != 0 ? names :
		strcmp(sorting->engine[x->engine].name,
		       sorting->engine[y->engine].name);

	return engines != 0 ? engines : by_merit(x, y);
}

static void free_figure(struct figure *r)
{
	free(r->name);
	free(r->place);
	free(r->trouble);
}

/* Are they of one query with one solver? */
static bool are_twins(const struct figure *a, const struct figure *b)
{
	return a->engine == b->engine && strcmp(a->name, b->name) == 0;
}

/* The best; or all that are not measured, for any of them may be. */
static void keep_one_of_each(struct figures *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct figure *r = &f->at[i];

		if (kept > 0 && f->at[kept - 1].runs > 0 &&
		    are_twins(&f->at[kept - 1], r))
			free_figure(r);
		else
			f->at[kept++] = *r;
	}
	f->count = kept;
}

/* As in the portfolio: one solver is enough. */
static void sum_up(const struct figures *f, struct goal *g)
{
	g->verdict = VER_UNMEASURED;
	g->cost = INFINITY;
	g->incomplete = false;
	for (size_t i = g->first; i < g->first + g->figures; i++) {
		const struct figure *r = &f->at[i];

		if (r->runs == 0)
			continue;
		g->incomplete |= r->incomplete;
		g->cost = fmin(g->cost, figure_cost(f, r) /
					f->engine[r->engine].limit);
		if (g->verdict == VER_CONFLICT || r->verdict == VER_CONFLICT)
			g->verdict = VER_CONFLICT;
		else if (r->verdict < g->verdict)
			g->verdict = r->verdict;
	}
	if (isinf(g->cost))
		g->cost = 0;
}

static void make_goals(struct figures *f)
{
	free(f->goal);
	f->goal = need(f->count, sizeof f->goal[0]);
	f->goals = 0;
	for (size_t i = 0; i < f->count; i++) {
		if (i == 0 || strcmp(f->at[i].name, f->at[i - 1].name) != 0)
			f->goal[f->goals++].first = i;
		f->goal[f->goals - 1].figures++;
	}
	for (size_t i = 0; i < f->goals; i++)
		sum_up(f, &f->goal[i]);
}

static void sort(struct figures *f)
{
	sorting = f;
	if (f->count > 0)
		qsort(f->at, f->count, sizeof f->at[0], by_name);
}

static void arrange(struct figures *f)
{
	sort(f);
	keep_one_of_each(f);
	make_goals(f);
}

void figures_carry(struct figures *f, const struct figures *baseline)
{
	for (size_t i = 0, k = 0; i < f->count && k < baseline->goals;) {
		struct figure *to = &f->at[i];
		const struct goal *g = &baseline->goal[k];
		const char *engine = f->engine[to->engine].name;
		const int c = strcmp(to->name, baseline->at[g->first].name);
		const struct figure *from =
			c == 0 ? figure_of(baseline, g, engine) : NULL;

		k += c > 0;
		i += c <= 0;
		if (from == NULL || (to->runs > 0 && !to->incomplete) ||
		    strcmp(from->hash, to->hash) != 0 ||
		    !same_engine(&f->engine[to->engine],
				 &baseline->engine[from->engine]))
			continue;
		to->runs = from->runs;
		to->proved = from->proved;
		to->counted = from->counted;
		to->mean = from->mean;
		to->min = from->min;
		to->max = from->max;
		to->gmean = from->gmean;
		to->gsd = from->gsd;
		to->verdict = from->verdict;
		to->incomplete = false;
	}
	arrange(f);
}

bool figures_whole(const struct figures *f, struct error *e)
{
	const char *name = NULL;
	size_t missing = 0;

	for (size_t i = 0; i < f->goals; i++) {
		const struct goal *g = &f->goal[i];

		if (g->verdict != VER_UNMEASURED && !g->incomplete)
			continue;
		if (missing++ == 0)
			name = f->at[g->first].name;
	}
	if (missing > 0)
		return fail(e, "%zu queries are not all measured, %s for one",
			    missing, name);
	return f->goals > 0 || fail(e, "nothing was measured");
}

/* -- from a baseline -------------------------------------------------------- */

/* Both sides of a merge conflict, for one, would be two lines of a query. */
static bool are_single(const struct figures *f, const char *path,
		       struct error *e)
{
	for (size_t i = 1; i < f->count; i++) {
		const struct figure *r = &f->at[i];

		if (are_twins(r - 1, r))
			return fail(e, "%s: two lines are about %s with %s",
				    path, r->name, f->engine[r->engine].name);
	}
	return true;
}

bool figures_read(struct figures *f, char *text, const char *path,
		  struct error *e)
{
	bool ok;

	*f = (struct figures){ 0 };
	ok = baseline_read(f, text, path, e);
	if (ok) {
		sort(f);
		ok = are_single(f, path, e);
	}
	if (ok)
		make_goals(f);
	else
		figures_free(f);
	return ok;
}

/* -- from a database -------------------------------------------------------- */

static bool find_engine(struct figures *f, const char *name,
			const char *version, double limit, unsigned *i,
			struct error *e)
{
	for (*i = 0; *i < f->engines; ++*i)
		if (strcmp(f->engine[*i].name, name) == 0)
			return true;
	if (f->engines == MAX_ENGINES)
		return fail(e, "too many solvers: %s", name);
	f->engine[f->engines++] = (struct engine){
		copy(name, strlen(name)), copy(version, strlen(version)), limit
	};
	return true;
}

static bool add_row(struct figures *f, const struct judged *j,
		    const struct vc *v, const struct row *r, struct error *e)
{
	const bool needs = needs_solver(v);
	struct figure *to;
	unsigned engine;

	/* what another version would do is no figure of the project's */
	if (strchr(r->solver, '@') != NULL)
		return true;
	if (needs ?
	    !find_engine(f, r->solver, r->version, r->limit, &engine, e) :
	    !find_engine(f, no_solver, "-", 1, &engine, e))
		return false;
	f->at = grow(f->at, f->count, &f->room, sizeof f->at[0]);
	to = &f->at[f->count++];
	*to = (struct figure){
		.name = copy(v->name, strlen(v->name)),
		.place = copy_or_null(r->place),
		.trouble = copy_or_null(v->trouble),
		.engine = engine,
		.runs = needs ? r->n : 1,
		.proved = needs ? r->proved : 1,
		.counted = r->counted > 0,
		.mean = r->mean,
		.min = r->min,
		.max = r->max,
		.gmean = r->gmean,
		.gsd = r->gsd,
		.verdict = v->verdict == VER_CONFLICT && r->n > 0 ?
			   VER_CONFLICT : needs ? r->verdict : VER_STABLE,
		.incomplete = lacks_runs(j, r),
	};
	snprintf(to->hash, sizeof to->hash, "%.*s", HASH_SHORT - 1, r->hash);
	return true;
}

bool figures_of(struct figures *f, const struct judged *j, struct error *e)
{
	*f = (struct figures){ 0 };
	for (size_t i = 0; i < j->vcs; i++)
		for (unsigned k = 0; k < j->vc[i].rows; k++)
			if (!add_row(f, j, &j->vc[i], &j->vc[i].row[k], e)) {
				figures_free(f);
				return false;
			}
	arrange(f);
	return true;
}

static bool load_database(struct figures *f, const char *path,
			  const struct config *c, struct error *e)
{
	struct judged j = { 0 };
	struct store s;
	bool ok = store_open(&s, path, false, e);

	if (!ok)
		return false;
	ok = judge_all(&j, &s, c, e);
	store_close(&s);
	ok = ok && figures_of(f, &j, e);
	judged_free(&j);
	return ok;
}

bool figures_load(struct figures *f, const char *path,
		  const struct config *c, struct error *e)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof magic] = "";
	struct text t = { 0 };
	FILE *file = fopen(path, "rb");
	bool ok;

	*f = (struct figures){ 0 };
	if (file != NULL) {
		const size_t n = fread(head, 1, sizeof head, file);

		fclose(file);
		if (n == sizeof head && memcmp(head, magic, n) == 0)
			return load_database(f, path, c, e);
	}
	ok = text_read_file(&t, path, e) && figures_read(f, t.at, path, e);
	text_free(&t);
	return ok;
}

void figures_free(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++)
		free_figure(&f->at[i]);
	for (unsigned i = 0; i < f->engines; i++) {
		free(f->engine[i].name);
		free(f->engine[i].version);
	}
	free(f->at);
	free(f->goal);
	*f = (struct figures){ 0 };
}
