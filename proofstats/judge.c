/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const category_name[] = {
	"unsolvable", "unstable", "stable", "inconclusive"
};
const char *const verdict_name[VERDICTS] = {
	"stable", "shaky", "brittle", "unsolved", "unmeasured", "conflict"
};

/* Mariposa's thresholds, whatever ours are. */
static const double mariposa_solvable = 0.05;
static const double mariposa_stable = 0.95;

/* -- statistics ------------------------------------------------------------- */

void wilson(unsigned hits, unsigned n, double *low, double *high)
{
	const double z = 1.959963984540054, k = n;
	const double p = n == 0 ? 0 : hits / k;
	const double d = 1 + z * z / k;
	const double mid = p + z * z / (2 * k);
	const double half = z * sqrt(p * (1 - p) / k + z * z / (4 * k * k));

	*low = n == 0 ? 0 : hits == 0 ? 0 : (mid - half) / d;
	*high = n == 0 ? 1 : hits == n ? 1 : (mid + half) / d;
}

/* Of a proportion, with the variance of the sample, as Mariposa has it. */
static double z_of(unsigned hits, unsigned n, double r)
{
	const double p = (double)hits / n;

	return (p - r) / sqrt(p * (1 - p) / n);
}

/* At 0 and n hits that variance is 0; then the binomial says it exactly. */
double p_less(unsigned hits, unsigned n, double r)
{
	if (hits == 0)
		return pow(1 - r, n);
	if (hits == n)
		return 1;
	return erfc(-z_of(hits, n, r) / sqrt(2)) / 2;
}

double p_greater(unsigned hits, unsigned n, double r)
{
	if (hits == 0)
		return 1;
	if (hits == n)
		return pow(r, n);
	return erfc(z_of(hits, n, r) / sqrt(2)) / 2;
}

/* -- Mariposa's categories -------------------------------------------------- */

static bool is_early(const struct config *c, const struct group *g,
		     double limit)
{
	return g->proved > 0 && g->mean < c->discount * limit;
}

enum category cutoff(const struct config *c, const struct group *g,
		     double limit)
{
	const double share = g->n == 0 ? 0 : (double)g->proved / g->n;

	if (share < mariposa_solvable)
		return CAT_UNSOLVABLE;
	if (share >= mariposa_stable)
		return CAT_STABLE;
	return is_early(c, g, limit) ? CAT_UNSTABLE : CAT_UNSOLVABLE;
}

enum category z_test(const struct config *c, const struct group *g,
		     double limit)
{
	const double alpha = c->confidence;

	if (g->n == 0)
		return CAT_INCONCLUSIVE;
	if (p_less(g->proved, g->n, mariposa_solvable) <= alpha)
		return CAT_UNSOLVABLE;
	if (p_less(g->proved, g->n, mariposa_stable) <= alpha &&
	    is_early(c, g, limit))
		return CAT_UNSTABLE;
	if (p_greater(g->proved, g->n, mariposa_stable) <= alpha)
		return CAT_STABLE;
	return CAT_INCONCLUSIVE;
}

enum category vote(const enum category *all, unsigned n)
{
	enum category won = CAT_INCONCLUSIVE;

	for (unsigned i = 0; i < n; i++) {
		if (all[i] == CAT_INCONCLUSIVE)
			continue;
		if (won != CAT_INCONCLUSIVE && won != all[i])
			return CAT_UNSTABLE;
		won = all[i];
	}
	return won;
}

/* -- a query with a solver -------------------------------------------------- */

/* The query itself is a mutant of each kind. */
static struct group with_itself(const struct row *r, enum kind k)
{
	const struct group *a = &r->kind[k], *b = &r->kind[KIND_NONE];
	struct group g = { a->n + b->n, a->proved + b->proved, 0 };

	if (g.proved > 0)
		g.mean = (a->mean * a->proved + b->mean * b->proved) / g.proved;
	return g;
}

static void categorise(struct row *r, const struct config *c)
{
	enum category cut[KINDS], z[KINDS];
	unsigned n = 0;

	for (enum kind k = KIND_RESEED; k < KINDS; k++) {
		const struct group g = with_itself(r, k);

		if (r->kind[k].n == 0)
			continue;
		cut[n] = cutoff(c, &g, r->limit);
		z[n++] = z_test(c, &g, r->limit);
	}
	r->cutoff = vote(cut, n);
	r->z_test = vote(z, n);
}

/*
 * Shares and headroom decide. The coefficient of variation alone cries wolf:
 * cheap goals vary by half and never fail. So it counts by what it costs, as
 * the standard deviation in shares of the limit, and only warns.
 */
static enum verdict verdict_of(const struct row *r, const struct config *c)
{
	const double share = r->n == 0 ? 0 : (double)r->proved / r->n;

	if (r->n == 0)
		return VER_UNMEASURED;
	if (r->proved > 0 && r->sat > 0)
		return VER_CONFLICT;
	if (share < c->solvable || r->proved == 0)
		return VER_UNSOLVED;
	if (r->stopped || share < c->success || r->headroom < c->headroom)
		return VER_BRITTLE;
	return r->cv * r->mean > c->spread * r->limit ? VER_SHAKY : VER_STABLE;
}

/* Standard deviation of n numbers, from their sum and that of the squares. */
static double deviation(double n, double sum, double squares)
{
	return sqrt(fmax(0, (squares - sum * sum / n) / (n - 1)));
}

static void finish_row(struct row *r, const struct config *c)
{
	const double n = r->counted;
	/* where a failure ended it, that the last run failed is no chance */
	const unsigned all = r->n - r->stopped;
	const unsigned failed = r->n - r->proved - r->stopped;

	r->gmean = r->gsd = 1;
	for (enum kind k = KIND_NONE; k < KINDS; k++)
		if (r->kind[k].proved > 0)
			r->kind[k].mean /= r->kind[k].proved;
	if (r->counted > 0)
		r->mean = r->sum / n;
	if (r->counted > 1 && r->mean > 0)
		r->cv = deviation(n, r->sum, r->squares) / r->mean;
	if (r->counted > 0)
		r->gmean = exp(r->logs / n);
	if (r->counted > 1)
		r->gsd = exp(deviation(n, r->logs, r->log_squares));
	r->fail = all == 0 ? 0 : (double)failed / all;
	wilson(failed, all, &r->fail_low, &r->fail_high);
	r->headroom = r->largest > 0 ? r->limit / r->largest : INFINITY;
	categorise(r, c);
	r->verdict = verdict_of(r, c);
}

static void add_run(struct row *r, enum kind k, const char *outcome,
		    bool has_count, double count, const struct judged *j)
{
	const bool proved = strcmp(outcome, outcome_name[OUT_UNSAT]) == 0;

	/* it ran at the same time as what was enough, or in another campaign */
	if (r->stopped || r->settled)
		return;
	r->n++;
	r->stopped = !proved && r->n - r->proved == j->enough;
	r->kind[k].n++;
	r->sat += strcmp(outcome, outcome_name[OUT_SAT]) == 0;
	if (has_count)
		r->largest = fmax(r->largest, count);
	if (!proved)
		return;
	r->proved++;
	r->settled = r->n == j->sure && r->proved == r->n &&
		     r->largest <= r->limit / j->headroom;
	r->kind[k].proved++;
	if (!has_count)
		return;
	r->kind[k].mean += count;
	r->min = r->counted == 0 ? count : fmin(r->min, count);
	r->max = fmax(r->max, count);
	r->sum += count;
	r->squares += count * count;
	r->logs += log(fmax(count, 1));
	r->log_squares += pow(log(fmax(count, 1)), 2);
	r->counted++;
}

/* -- all of them ------------------------------------------------------------ */

bool lacks_runs(const struct judged *j, const struct row *r)
{
	return r->n > 0 && r->n < j->wanted && !r->stopped && !r->settled;
}

bool needs_solver(const struct vc *v)
{
	return v->trouble != NULL || v->rows == 0 || v->row[0].hash[0] != '\0';
}

/*
 * The portfolio is as good as its best solver: one is enough for a proof. What
 * another version of a solver would do, NAME@VERSION, does not count yet.
 */
static void finish_vc(struct judged *j, struct vc *v, const struct config *c)
{
	bool proved = false, sat = false;

	v->verdict = VER_UNMEASURED;
	for (unsigned i = 0; i < v->rows; i++) {
		struct row *r = &v->row[i];

		finish_row(r, c);
		proved |= r->proved > 0;
		sat |= r->sat > 0;
		v->incomplete |= lacks_runs(j, r);
		if (r->verdict < v->verdict && strchr(r->solver, '@') == NULL)
			v->verdict = r->verdict;
	}
	if (proved && sat)
		v->verdict = VER_CONFLICT;
	if (!needs_solver(v))
		v->verdict = VER_STABLE;
	j->of[v->verdict]++;
	j->incomplete |= v->incomplete || v->verdict == VER_UNMEASURED;
}

static char *column(sqlite3_stmt *q, int i)
{
	const char *t = (const char *)sqlite3_column_text(q, i);

	return t == NULL ? NULL : copy(t, strlen(t));
}

static struct row *row_for(struct judged *j, sqlite3_stmt *q, int64_t *query,
			   int64_t *solver)
{
	const char *name = (const char *)sqlite3_column_text(q, 1);
	struct vc *v;
	struct row *r;

	/* the same goal may have a query for each prover */
	if (j->vcs == 0 || strcmp(j->vc[j->vcs - 1].name, name) != 0) {
		j->vc = grow(j->vc, j->vcs, &j->room, sizeof j->vc[0]);
		j->vc[j->vcs++] = (struct vc){ .name = column(q, 1) };
	}
	v = &j->vc[j->vcs - 1];
	if (*query != sqlite3_column_int64(q, 0)) {
		*query = sqlite3_column_int64(q, 0);
		*solver = 0;
		if (v->trouble == NULL)
			v->trouble = column(q, 2);
	}
	if (*solver != sqlite3_column_int64(q, 3)) {
		v->row = grow(v->row, v->rows, &v->room, sizeof v->row[0]);
		v->row[v->rows++] = (struct row){
			.solver = column(q, 4), .version = column(q, 5),
			.limit = sqlite3_column_double(q, 6),
			.hash = column(q, 10), .place = column(q, 11) };
		*solver = sqlite3_column_int64(q, 3);
	}
	r = &v->row[v->rows - 1];
	return r;
}

static bool read_rows(struct judged *j, struct store *s, struct error *e)
{
	static const char sql[] =
		"SELECT q.id, q.name, q.trouble, s.id, s.name, s.version,"
		" s.cap, w.kind, r.outcome, r.count, q.hash, q.place"
		" FROM query q JOIN solver s LEFT JOIN run r"
		" ON r.query = q.id AND r.solver = s.id"
		" LEFT JOIN wanted w ON w.kind = r.kind AND w.seed = r.seed"
		" WHERE q.current AND s.current"
		" ORDER BY q.name, s.name, s.version, s.command, s.reseed,"
		" s.cap, q.hash, w.at, r.kind, r.seed";
	int64_t query = 0, solver = 0;
	sqlite3_stmt *q;
	int code;

	if (!store_prepare(s, sql, &q, e))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct row *r = row_for(j, q, &query, &solver);
		const char *kind = (const char *)sqlite3_column_text(q, 7);

		if (kind != NULL && kind_of(kind) != KINDS)
			add_run(r, kind_of(kind),
				(const char *)sqlite3_column_text(q, 8),
				sqlite3_column_type(q, 9) != SQLITE_NULL,
				sqlite3_column_double(q, 9), j);
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE ||
	       fail(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

static bool read_wanted(struct judged *j, struct store *s, struct error *e)
{
	sqlite3_stmt *q;
	bool ok;

	if (!store_prepare(s, "SELECT count(*), c.enough, c.sure, c.headroom"
			   " FROM wanted LEFT JOIN campaign c", &q, e))
		return false;
	ok = sqlite3_step(q) == SQLITE_ROW;
	j->wanted = (unsigned)sqlite3_column_int64(q, 0);
	j->enough = (unsigned)sqlite3_column_int64(q, 1);
	j->sure = (unsigned)sqlite3_column_int64(q, 2);
	j->headroom = sqlite3_column_double(q, 3);
	sqlite3_finalize(q);
	return ok || fail(e, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

bool judge_all(struct judged *j, struct store *s, const struct config *c,
	       struct error *e)
{
	*j = (struct judged){ 0 };
	if (!read_wanted(j, s, e) || !read_rows(j, s, e)) {
		judged_free(j);
		return false;
	}
	for (size_t i = 0; i < j->vcs; i++)
		finish_vc(j, &j->vc[i], c);
	return true;
}

void judged_free(struct judged *j)
{
	for (size_t i = 0; i < j->vcs; i++) {
		for (unsigned k = 0; k < j->vc[i].rows; k++) {
			free(j->vc[i].row[k].solver);
			free(j->vc[i].row[k].version);
			free(j->vc[i].row[k].hash);
			free(j->vc[i].row[k].place);
		}
		free(j->vc[i].row);
		free(j->vc[i].name);
		free(j->vc[i].trouble);
	}
	free(j->vc);
	*j = (struct judged){ 0 };
}
