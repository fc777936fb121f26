/* SPDX-License-Identifier: BSD-2-Clause */
/* Statistics and verdicts, on figures whose answers are known. */
#include "judge.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-4;
}

Test(statistics, wilson)
{
	double low, high;

	wilson(5, 10, &low, &high);
	cr_expect(near(low, 0.236593) && near(high, 0.763407));
	wilson(0, 10, &low, &high);
	cr_expect(near(low, 0) && near(high, 0.277533));
	wilson(10, 10, &low, &high);
	cr_expect(near(low, 0.722467) && near(high, 1));
	wilson(0, 0, &low, &high);
	cr_expect(near(low, 0) && near(high, 1));
}

Test(statistics, proportions)
{
	cr_expect(near(p_less(48, 61, 0.95), 0.000933));
	cr_expect(near(p_greater(48, 61, 0.95), 1 - 0.000933));
	cr_expect(near(p_greater(61, 61, 0.95), 0.043770));
	cr_expect(near(p_greater(58, 58, 0.95), 0.051046));
	cr_expect(near(p_less(0, 61, 0.05), 0.043770));
	cr_expect(near(p_less(61, 61, 0.05), 1));
	cr_expect(near(p_greater(0, 61, 0.95), 1));
}

static struct config conf(void)
{
	struct config c;
	struct error e;

	cr_assert(config_load(&c, NULL, &e), "%s", e.text);
	return c;
}

typedef enum category rule(const struct config *, const struct group *, double);

/* n runs, so many of them proved at this mean cost; the limit is 10. */
struct known {
	struct group group;
	enum category category;
};

static void agree(rule *of, const struct known *all, size_t count)
{
	struct config c = conf();

	for (size_t i = 0; i < count; i++) {
		const struct group *g = &all[i].group;

		cr_expect_eq(of(&c, g, 10), all[i].category,
			     "%u of %u at %g: %s", g->proved, g->n, g->mean,
			     category_name[of(&c, g, 10)]);
	}
	config_free(&c);
}

Test(categories, z_test)
{
	static const struct known all[] = {
		{ { 61, 61, 1 }, CAT_STABLE },
		{ { 58, 58, 1 }, CAT_INCONCLUSIVE },
		{ { 61, 0, 0 }, CAT_UNSOLVABLE },
		{ { 7, 0, 0 }, CAT_INCONCLUSIVE },
		{ { 61, 48, 1 }, CAT_UNSTABLE },
		{ { 61, 48, 9 }, CAT_INCONCLUSIVE },
		{ { 61, 57, 1 }, CAT_INCONCLUSIVE },
	};

	agree(z_test, all, sizeof all / sizeof all[0]);
}

Test(categories, cutoff)
{
	static const struct known all[] = {
		{ { 60, 57, 9 }, CAT_STABLE },
		{ { 60, 56, 7 }, CAT_UNSTABLE },
		{ { 60, 56, 8 }, CAT_UNSOLVABLE },
		{ { 60, 3, 1 }, CAT_UNSTABLE },
		{ { 60, 2, 1 }, CAT_UNSOLVABLE },
	};

	agree(cutoff, all, sizeof all / sizeof all[0]);
}

Test(categories, votes)
{
	const enum category s = CAT_STABLE, u = CAT_UNSOLVABLE,
			    i = CAT_INCONCLUSIVE;

	cr_expect_eq(vote((enum category[]){ s, i, s }, 3), CAT_STABLE);
	cr_expect_eq(vote((enum category[]){ s, u, s }, 3), CAT_UNSTABLE);
	cr_expect_eq(vote((enum category[]){ i, u, i }, 3), CAT_UNSOLVABLE);
	cr_expect_eq(vote((enum category[]){ i, i, i }, 3), CAT_INCONCLUSIVE);
}

/* -- Mariposa's published reports ------------------------------------------- */

struct published {
	unsigned queries[CAT_INCONCLUSIVE];	/* of each category */
	unsigned disagree;
};

struct entry {
	enum category said;
	enum category group[4];
	unsigned groups;
};

static void end_entry(struct published *p, struct entry *t)
{
	if (t->said != CAT_INCONCLUSIVE && t->groups > 0) {
		p->queries[t->said]++;
		p->disagree += vote(t->group, t->groups) != t->said;
	}
	*t = (struct entry){ .said = CAT_INCONCLUSIVE };
}

static void begin_entry(struct entry *t, const char *line)
{
	for (int c = 0; c < CAT_INCONCLUSIVE; c++) {
		const size_t length = strlen(category_name[c]);

		if (strncmp(line + 4, category_name[c], length) == 0 &&
		    line[4 + length] == ' ')
			t->said = (enum category)c;
	}
}

/* mutation, unsat, unknown, timeout, mean of those that passed */
static void add_group(const struct config *c, struct entry *t,
		      const char *line, double limit)
{
	unsigned unsat, unknown, timeout;
	char mutation[16], mean[16];
	struct group g;

	if (sscanf(line, "%15s %u %u %u %15s", mutation, &unsat, &unknown,
		   &timeout, mean) != 5 || t->groups == 4)
		return;
	g = (struct group){ unsat + unknown + timeout, unsat,
			    strcmp(mean, "--") == 0 ? 0 : atof(mean) };
	t->group[t->groups++] = cutoff(c, &g, limit);
}

static struct published read_report(const char *name, double limit)
{
	const char *srcdir = getenv("srcdir");
	struct config c = conf();
	struct published p = { 0 };
	struct entry t = { .said = CAT_INCONCLUSIVE };
	char path[512], line[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/../shared/data/mariposa/%s",
		 srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "r");
	if (f == NULL)
		cr_skip_test("no %s", path);
	while (fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "=== ", 4) == 0) {
			end_entry(&p, &t);
			begin_entry(&t, line);
		} else {
			add_group(&c, &t, line, limit);
		}
	}
	end_entry(&p, &t);
	fclose(f);
	config_free(&c);
	return p;
}

static void agrees(const char *name, double limit, unsigned stable,
		   unsigned unstable)
{
	const struct published p = read_report(name, limit);

	cr_expect_eq(p.queries[CAT_STABLE], stable);
	cr_expect_eq(p.queries[CAT_UNSTABLE], unstable);
	cr_expect_eq(p.queries[CAT_UNSOLVABLE], 0);
	cr_expect_eq(p.disagree, 0, "%u disagree", p.disagree);
}

Test(published, flowcert)
{
	agrees("flowcert.10sec.txt", 10, 28, 1);
}

Test(published, human_eval)
{
	agrees("human_eval.10sec.txt", 10, 151, 0);
}

/* its analyzer had no limit of time for the mean */
Test(published, mariposa_systems)
{
	agrees("mariposa_systems.txt", INFINITY, 0, 545);
}

/* with one, some would be unsolvable: the rule matters */
Test(published, mariposa_systems_with_a_limit)
{
	cr_expect_eq(read_report("mariposa_systems.txt", 60).disagree, 22);
}

/* -- solvers with known distributions --------------------------------------- */

struct scene {
	struct config conf;
	struct store store;
	int64_t query;
	int64_t solver[2];
};

/* So many failures are enough. */
static void set_enough(struct scene *s, unsigned enough)
{
	struct error e;
	const char *trouble = NULL;

	s->conf = conf();
	s->conf.enough = enough;
	cr_assert(store_open(&s->store, ":memory:", true, &e), "%s", e.text);
	cr_assert(store_begin(&s->store, &e), "%s", e.text);
	cr_assert(store_mutants(&s->store, &s->conf, &e), "%s", e.text);
	cr_assert(store_query(&s->store, "q", "hash", trouble, &s->query, &e));
	for (int i = 0; i < 2; i++) {
		s->conf.solver[i].limit = 1000;
		cr_assert(store_solver(&s->store, &s->conf.solver[i], "1",
				       trouble, &s->solver[i], &e));
	}
}

static void set(struct scene *s)
{
	set_enough(s, 0);
}

/* What the solver's i-th run came to; its mutants are one list of 81. */
typedef struct result synthetic(unsigned i);

static void runs(struct scene *s, int solver, synthetic *f)
{
	struct error e;
	size_t n;
	struct mutant *m = config_mutants(&s->conf, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct run_key key = { s->query, s->solver[solver],
					     m[i].kind, m[i].seed };
		const struct result r = f(i);

		cr_assert(store_add(&s->store, &key, &r, &e));
		cr_assert(store_add(&s->store, &key, &r, &e));
	}
	free(m);
}

static struct judged judged(struct scene *s)
{
	struct judged j;
	struct error e;

	cr_assert(judge_all(&j, &s->store, &s->conf, &e), "%s", e.text);
	cr_assert_eq(j.vcs, 1);
	store_close(&s->store);
	config_free(&s->conf);
	return j;
}

static struct result steady(unsigned i)
{
	return (struct result){ OUT_UNSAT, 10 + i % 3, 1, "", "" };
}

static struct result fails_often(unsigned i)
{
	return (struct result){ i % 4 == 3 ? OUT_UNKNOWN : OUT_UNSAT, 100, 1,
				"", "" };
}

static struct result near_limit(unsigned i)
{
	return (struct result){ OUT_UNSAT, i == 7 ? 900 : 100, 1, "", "" };
}

/* a CV of 70 % and more, at a cost that does not matter */
static struct result cheap(unsigned i)
{
	return (struct result){ OUT_UNSAT, i % 2 == 0 ? 1 : 9, 1, "", "" };
}

static struct result costly(unsigned i)
{
	return (struct result){ OUT_UNSAT, i % 2 == 0 ? 100 : 600, 1, "", "" };
}

static struct result never(unsigned i)
{
	return (struct result){ OUT_UNKNOWN, 1000 + i, 1, "", "" };
}

static struct result crashes(unsigned i)
{
	(void)i;
	return (struct result){ OUT_CRASH, -1, 1, "", "" };
}

static struct result wrong(unsigned i)
{
	return (struct result){ i == 3 ? OUT_SAT : OUT_UNSAT, 5, 1, "", "" };
}

static void verdict_is(synthetic *a, synthetic *b, enum verdict v)
{
	struct scene s;
	struct judged j;

	set(&s);
	if (a != NULL)
		runs(&s, 0, a);
	if (b != NULL)
		runs(&s, 1, b);
	j = judged(&s);
	cr_expect_eq(j.vc[0].verdict, v, "%s", verdict_name[j.vc[0].verdict]);
	cr_expect(!j.vc[0].incomplete);
	judged_free(&j);
}

Test(verdicts, of_one_solver)
{
	verdict_is(steady, NULL, VER_STABLE);
	verdict_is(fails_often, NULL, VER_BRITTLE);
	verdict_is(near_limit, NULL, VER_BRITTLE);
	verdict_is(cheap, NULL, VER_STABLE);
	verdict_is(costly, NULL, VER_SHAKY);
	verdict_is(never, NULL, VER_UNSOLVED);
	verdict_is(crashes, NULL, VER_UNSOLVED);
	verdict_is(wrong, NULL, VER_CONFLICT);
	verdict_is(NULL, NULL, VER_UNMEASURED);
}

Test(verdicts, of_a_portfolio)
{
	verdict_is(never, steady, VER_STABLE);
	verdict_is(fails_often, never, VER_BRITTLE);
	verdict_is(costly, fails_often, VER_SHAKY);
	verdict_is(wrong, steady, VER_CONFLICT);
}

Test(verdicts, figures)
{
	struct scene s;
	struct judged j;
	const struct row *r;

	set(&s);
	runs(&s, 0, fails_often);
	runs(&s, 1, costly);
	j = judged(&s);
	r = &j.vc[0].row[1];
	cr_expect_str_eq(r->solver, "z3");
	cr_expect_eq(r->n, 81);
	cr_expect_eq(r->proved, 61);
	cr_expect(near(r->fail, 20.0 / 81) && near(r->cv, 0));
	cr_expect(near(r->headroom, 10));
	cr_expect_eq(r->cutoff, CAT_UNSTABLE);
	r = &j.vc[0].row[0];
	cr_expect(near(r->mean, (41 * 100 + 40 * 600) / 81.0));
	cr_expect(near(r->min, 100) && near(r->max, 600));
	cr_expect(near(r->cv, 0.725075), "%f", r->cv);
	cr_expect(near(r->headroom, 1000.0 / 600));
	cr_expect_eq(r->cutoff, CAT_STABLE);
	judged_free(&j);
}

/* Every fourth fails, so two have failed after the eighth run. */
Test(verdicts, enough_failures)
{
	struct scene s;
	struct judged j;
	const struct row *r;
	double low, high;

	set_enough(&s, 2);
	runs(&s, 0, fails_often);
	runs(&s, 1, wrong);
	j = judged(&s);
	cr_expect_eq(j.vc[0].verdict, VER_CONFLICT);
	cr_expect(!j.incomplete);
	r = &j.vc[0].row[1];
	cr_expect(r->stopped && r->n == 8 && r->proved == 6);
	wilson(1, 7, &low, &high);
	cr_expect(near(r->fail, 1.0 / 7) && near(r->fail_low, low) &&
		  near(r->fail_high, high));
	r = &j.vc[0].row[0];
	cr_expect(!r->stopped && r->n == 81 && r->proved == 80);
	judged_free(&j);
}

static struct result at_the_end(unsigned i)
{
	return (struct result){ i > 78 ? OUT_UNKNOWN : OUT_UNSAT, 10, 1, "",
				"" };
}

/* The verdict is no other where the failures that are enough come last. */
Test(verdicts, enough_failures_at_the_end)
{
	struct scene s;
	struct judged j;

	set_enough(&s, 2);
	runs(&s, 0, at_the_end);
	j = judged(&s);
	cr_expect_eq(j.vc[0].verdict, VER_BRITTLE);
	cr_expect(near(j.vc[0].row[1].fail, 1.0 / 80));
	judged_free(&j);
}

/* One run that fails tells nothing of how many would. */
Test(verdicts, one_failure_is_enough)
{
	struct scene s;
	struct judged j;

	set_enough(&s, 1);
	runs(&s, 0, never);
	j = judged(&s);
	cr_expect_eq(j.vc[0].verdict, VER_UNSOLVED);
	cr_expect_eq(j.vc[0].row[1].n, 1);
	cr_expect(near(j.vc[0].row[1].fail_low, 0));
	cr_expect(near(j.vc[0].row[1].fail_high, 1));
	judged_free(&j);
}
