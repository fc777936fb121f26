/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of significance and what they make of two baselines. */
#include "describe.h"
#include "escape.h"
#include "significance.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

/* -- significance ----------------------------------------------------------- */

Test(significance, shares)
{
	/* Fisher's tea: 1 of 70 ways, and twice that for both sides */
	cr_expect(near(p_shares(4, 4, 0, 4), 2.0 / 70));
	cr_expect(near(p_shares(3, 4, 1, 4), 34.0 / 70));
	cr_expect(near(p_shares(1, 10, 11, 14), 0.002759456));
	cr_expect(near(p_shares(11, 14, 1, 10), 0.002759456));
	cr_expect(near(p_shares(5, 5, 81, 81), 1));
	cr_expect(near(p_shares(0, 5, 0, 81), 1));
	cr_expect(near(p_shares(0, 0, 3, 5), 1));
	cr_expect(p_shares(301, 301, 0, 301) < 1e-100);
}

/* Where the incomplete beta function has a closed form. */
Test(significance, beta)
{
	const double pi = acos(-1);

	for (double x = 0; x <= 1; x += 0.0625) {
		cr_expect(near(beta_share(1, 1, x), x));
		cr_expect(near(beta_share(3, 1, x), x * x * x));
		cr_expect(near(beta_share(1, 3, x), 1 - pow(1 - x, 3)));
		cr_expect(near(beta_share(2, 2, x), x * x * (3 - 2 * x)));
		cr_expect(near(beta_share(0.5, 0.5, x),
			       2 / pi * asin(sqrt(x))));
	}
}

/* With equal deviations and sizes, t has 2 (n - 1) degrees of freedom. */
Test(significance, means)
{
	const struct sample a = { 2, 0, 1 }, b = { 2, 2, 1 };
	const struct sample c = { 3, 0, sqrt(1.5) }, d = { 3, -2, sqrt(1.5) };
	const struct sample same = { 9, 5, 0 }, more = { 9, 6, 0 };
	const struct sample one = { 1, 5, 0 };

	cr_expect(near(p_means(&a, &b), 1 - 2 / sqrt(6)));
	cr_expect(near(p_means(&b, &a), 1 - 2 / sqrt(6)));
	cr_expect(near(p_means(&c, &d), 0.1161165));
	cr_expect(near(p_means(&a, &a), 1));
	cr_expect(near(p_means(&same, &same), 1));
	cr_expect(near(p_means(&same, &more), 0));
	cr_expect(near(p_means(&one, &more), 1));
}

Test(significance, of_many)
{
	double p[] = { 0.01, 0.04, 0.03, 0.005 };
	double q[] = { 0.9, 0.001 };

	adjust(p, 4);
	cr_expect(near(p[0], 0.02) && near(p[1], 0.04));
	cr_expect(near(p[2], 0.04) && near(p[3], 0.02));
	adjust(q, 2);
	cr_expect(near(q[0], 0.9) && near(q[1], 0.002));
	adjust(q, 0);
}

/* -- two baselines ---------------------------------------------------------- */

#define HEAD "# proofstats baseline 1\n"
#define ENGINES HEAD "@cvc5\t1000\t1\n@z3\t1000\t4\n"
#define STEADY "\t64\t64\t100.0\t100\t100\t100.0\t1.0000\tstable\n"

struct scene {
	struct config conf;
	struct figures a, b;
	struct comparison c;
};

static void load(struct figures *f, const char *text)
{
	char *t = copy(text, strlen(text));
	struct error e = { "" };

	cr_assert(figures_read(f, t, "text", &e), "%s", e.text);
	free(t);
}

static void set(struct scene *s, const char *a, const char *b)
{
	struct error e;

	cr_assert(config_load(&s->conf, NULL, &e));
	load(&s->a, a);
	load(&s->b, b);
	compare(&s->c, &s->a, &s->b, &s->conf);
}

static void unset(struct scene *s)
{
	comparison_free(&s->c);
	figures_free(&s->a);
	figures_free(&s->b);
	config_free(&s->conf);
}

static void becomes(const char *a, const char *b, enum change want)
{
	struct scene s;

	set(&s, a, b);
	cr_assert_eq(s.c.count, 1);
	cr_expect_eq(s.c.at[0].change, want, "%s instead of %s",
		     change_name[s.c.at[0].change], change_name[want]);
	unset(&s);
}

Test(changes, of_each_kind)
{
	const char *const q = ENGINES "q\tz3\taa" STEADY;

	becomes(q, q, CHANGE_NONE);
	becomes(q, ENGINES, CHANGE_GONE);
	becomes(ENGINES, q, CHANGE_NEW);
	becomes(q, ENGINES "q\tz3\tbb" STEADY, CHANGE_TEXT);
	becomes(q, ENGINES "r\tz3\taa" STEADY, CHANGE_RENAMED);
	becomes(q, ENGINES "q\tz3\tbb\t64\t40\t100.0\t100\t100\t100.0\t1.0000"
		"\tbrittle\n", CHANGE_WORSE);
	becomes(ENGINES "q\tz3\tbb\t64\t40\t100.0\t100\t100\t100.0\t1.0000"
		"\tbrittle\n", q, CHANGE_BETTER);
}

/* The verdict is that of the best; another solver may still do worse. */
Test(changes, of_costs)
{
	const char *const q = ENGINES "q\tz3\taa\t64\t64\t110.0\t50\t200\t100.0"
			      "\t1.5000\tstable\n";

	becomes(q, ENGINES "q\tz3\tbb\t64\t64\t220.0\t90\t400\t200.0\t1.5000"
		"\tstable\n", CHANGE_WORSE);
	becomes(q, ENGINES "q\tz3\tbb\t64\t64\t55.0\t20\t100\t50.0\t1.5000"
		"\tstable\n", CHANGE_BETTER);
	/* the same difference, but so few runs that it may be chance */
	becomes(q, ENGINES "q\tz3\tbb\t2\t2\t220.0\t90\t400\t200.0\t1.5000"
		"\tstable\n", CHANGE_TEXT);
	/* certain, but it does not matter */
	becomes(ENGINES "q\tz3\taa" STEADY, ENGINES "q\tz3\tbb\t64\t64\t101.0"
		"\t101\t101\t101.0\t1.0000\tstable\n", CHANGE_TEXT);
	/* counts of another version mean something else */
	becomes(q, HEAD "@z3\t1000\t5\nq\tz3\taa\t64\t64\t220.0\t90\t400\t200.0"
		"\t1.5000\tstable\n", CHANGE_NONE);
}

/* A verdict that changes says enough. */
Test(changes, of_verdicts)
{
	const char *const good = ENGINES "q\tz3\taa\t20\t20\t9.0\t9\t9\t9.0"
				 "\t1.0000\tstable\n";
	const char *const bad = ENGINES "q\tz3\tbb\t20\t18\t9.0\t9\t9\t9.0"
				"\t1.0000\tbrittle\n";

	becomes(good, bad, CHANGE_WORSE);
	becomes(bad, good, CHANGE_BETTER);
}

/* One p of 0.03 is significant, but not as the best of many. */
Test(changes, of_many)
{
	const char *const was = "\tz3\taa\t30\t30\t9.0\t9\t9\t9.0\t1.0000\tstable\n";
	const char *const is = "\tz3\tbb\t30\t24\t9.0\t9\t9\t9.0\t1.0000\tstable\n";
	const char *const like = "\tz3\tbb\t30\t29\t9.0\t9\t9\t9.0\t1.0000\tstable\n";
	struct text a = { 0 }, b = { 0 };

	struct scene s;

	becomes(ENGINES "q\tz3\taa\t30\t30\t9.0\t9\t9\t9.0\t1.0000\tstable\n",
		ENGINES "q\tz3\tbb\t30\t24\t9.0\t9\t9\t9.0\t1.0000\tstable\n",
		CHANGE_WORSE);
	text_put(&a, ENGINES);
	text_put(&b, ENGINES);
	for (int i = 0; i < 20; i++) {
		text_printf(&a, "q%d%s", i, was);
		text_printf(&b, "q%d%s", i, i == 0 ? is : like);
	}
	set(&s, a.at, b.at);
	cr_expect_eq(s.c.of[CHANGE_TEXT], 20);
	unset(&s);
	text_free(&a);
	text_free(&b);
}

Test(changes, of_totals)
{
	struct scene s;

	/* the cheapest solver counts, and failures at the limit */
	set(&s, ENGINES "q\tcvc5\taa\t64\t0\t-\t-\t-\t-\t-\tunsolved\n"
	    "q\tz3\taa" STEADY "r\tz3\tcc" STEADY,
	    ENGINES "q\tz3\taa\t64\t32\t100.0\t100\t100\t100.0\t1.0000\tbrittle\n"
	    "r\tcvc5\tcc\t64\t64\t50.0\t50\t50\t50.0\t1.0000\tstable\n");
	cr_expect(near(s.c.total_a, 0.2));
	cr_expect(near(s.c.total_b, 0.55 + 0.05));
	cr_expect(s.c.comparable);
	unset(&s);
	set(&s, ENGINES "q\tz3\taa" STEADY,
	    HEAD "@z3\t2000\t4\nq\tz3\taa" STEADY);
	cr_expect(!s.c.comparable);
	unset(&s);
}

Test(changes, needs_no_solver_any_more)
{
	struct scene s;

	set(&s, ENGINES "q\tz3\taa" STEADY,
	    ENGINES "@Qed\t1\t-\nq\tQed\t-\t1\t1\t-\t-\t-\t-\t-\tstable\n");
	cr_assert_eq(s.c.count, 1);
	cr_expect_eq(s.c.at[0].change, CHANGE_TEXT);
	cr_expect(s.c.comparable);
	unset(&s);
}

Test(baseline, is_read_as_written)
{
	const char *const text = HEAD "# comment\n@a\\tb\t1000.5\t\\\\x y\n"
		"\\#1\\nq\ta\\tb\taa" STEADY
		"\\@q\ta\\tb\tbb\t9\t0\t-\t-\t-\t-\t-\tunsolved\n";
	struct figures f;
	char *printed = NULL;
	size_t length;
	FILE *to = open_memstream(&printed, &length);

	load(&f, text);
	cr_assert_eq(f.count, 2);
	cr_expect_str_eq(f.at[0].name, "#1\nq");
	cr_expect_str_eq(f.at[1].name, "@q");
	cr_expect_str_eq(f.engine[0].name, "a\tb");
	cr_expect_str_eq(f.engine[0].version, "\\x y");
	figures_print(&f, to);
	fclose(to);
	/* but for the comments */
	cr_expect(strstr(printed, strchr(strchr(text, '\n') + 1, '\n')) != NULL,
		  "%s", printed);
	figures_free(&f);
	free(printed);
}

static void refused(const char *text, const char *why)
{
	char *t = copy(text, strlen(text));
	struct figures f;
	struct error e = { "" };

	cr_expect(!figures_read(&f, t, "b", &e));
	cr_expect_str_eq(e.text, why);
	free(t);
}

Test(baseline, refuses)
{
	refused("", "b:1: neither a database nor a baseline");
	refused("(assert true)\n", "b:1: neither a database nor a baseline");
	refused(HEAD "<<<<<<< HEAD\n", "b:2: this is no line of a baseline");
	refused(HEAD "q\tz3\taa" STEADY,
		"b:2: the solver was not named before");
	refused(HEAD "@z3\tx\t1\n",
		"b:2: a solver has a name, a limit and a version");
	refused(ENGINES "q\tz3\taa\t3\t4\t-\t-\t-\t-\t-\tstable\n",
		"b:4: this is no line of a baseline");
	refused(ENGINES "q\tz3\taa\t3\t3\t1\t1\t1\t1\t0\tstable\n",
		"b:4: this is no line of a baseline");
	refused(ENGINES "q\tz3\taa\t3\t3\t-\t-\t-\t-\t-\tfine\n",
		"b:4: this is no line of a baseline");
}

/* -- a database ------------------------------------------------------------- */

static void make_store(struct store *store, const struct config *c,
		       int64_t *solver)
{
	struct error e;

	cr_assert(store_open(store, ":memory:", true, &e), "%s", e.text);
	cr_assert(store_begin(store, &e));
	cr_assert(store_mutants(store, c, &e));
	cr_assert(store_solver(store, &c->solver[0], "1", NULL, solver, &e));
}

Test(database, has_places)
{
	struct scene s = { 0 };
	struct store store;
	struct text t = { 0 };
	struct error e;
	struct judged j;
	int64_t query, solver;

	cr_assert(config_load(&s.conf, NULL, &e));
	make_store(&store, &s.conf, &solver);
	cr_assert(store_query(&store, "q", "aa", NULL, &query, &e));
	cr_assert(store_place(&store, query, "x.c:3", &e), "%s", e.text);
	cr_assert(store_query(&store, "easy", "", NULL, &query, &e));
	cr_assert(judge_all(&j, &store, &s.conf, &e), "%s", e.text);
	cr_assert(figures_of(&s.b, &j, &e), "%s", e.text);
	load(&s.a, ENGINES);
	compare(&s.c, &s.a, &s.b, &s.conf);
	cr_assert_eq(s.c.count, 2);
	cr_expect_eq(s.c.at[0].change, CHANGE_NEW);
	cr_expect_eq(s.c.at[1].change, CHANGE_UNMEASURED);
	describe_place(&t, &s.c, &s.c.at[1]);
	cr_expect_str_eq(t.at, "x.c:3: q");
	text_free(&t);
	judged_free(&j);
	store_close(&store);
	unset(&s);
}

static void add_runs(struct store *store, int64_t query, int64_t solver,
		     int64_t count)
{
	struct error e;

	for (uint32_t i = 0; i < 9; i++) {
		const struct run_key key = { query, solver, KIND_RESEED,
					     mutant_seed(1, i) };
		const struct result r = { OUT_UNSAT, count, 1, "", "" };

		cr_assert(store_add(store, &key, &r, &e), "%s", e.text);
	}
}

/* One proof is enough, whichever of the texts it is of. */
Test(database, takes_the_best_of_several_texts)
{
	static const int64_t count[2][3] = { { 9, 5, 7 }, { 5, 9, 7 } };

	for (int k = 0; k < 2; k++) {
		static const char *const hash[] = { "aa", "bb", "cc" };
		struct config c;
		struct store store;
		struct figures f;
		struct error e;
		struct judged j;
		int64_t query, solver;

		cr_assert(config_load(&c, NULL, &e));
		make_store(&store, &c, &solver);
		for (int i = 0; i < 3; i++) {
			cr_assert(store_query(&store, "q", hash[i], NULL,
					      &query, &e));
			add_runs(&store, query, solver, count[k][i]);
		}
		cr_assert(judge_all(&j, &store, &c, &e), "%s", e.text);
		cr_assert(figures_of(&f, &j, &e), "%s", e.text);
		cr_assert_eq(f.count, 1);
		cr_expect_str_eq(f.at[0].hash, hash[1 - k]);
		figures_free(&f);
		judged_free(&j);
		store_close(&store);
		config_free(&c);
	}
}

/* -- escapes ---------------------------------------------------------------- */

static void prints(void (*put)(const char *, FILE *), const char *s,
		   const char *want)
{
	char *got = NULL;
	size_t length;
	FILE *to = open_memstream(&got, &length);

	put(s, to);
	fclose(to);
	cr_expect_str_eq(got, want);
	free(got);
}

Test(escapes, xml)
{
	prints(put_xml, "a<b> & \"c\" 'd'",
	       "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
	prints(put_xml, NULL, "");
	prints(put_xml, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	       "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
#define R "\xef\xbf\xbd"
	/* control characters, half a character, too long a form, surrogates */
	prints(put_xml, "\x01x", R "x");
	prints(put_xml, "\xc3", R);
	prints(put_xml, "\xff<", R "&lt;");
	prints(put_xml, "\xc0\xaf", R R);
	prints(put_xml, "\xed\xa0\x80", R R R);
	prints(put_xml, "\xef\xbf\xbf", R R R);
}

Test(escapes, markdown)
{
	prints(put_markdown, "a|b\n`c`", "a&#124;b&#10;&#96;c&#96;");
	prints(put_markdown, "<x> [y](z)",
	       "&lt;x&gt; &#91;y&#93;(z)");
}

Test(escapes, csv)
{
	prints(put_csv, "a,\"b\"\n", "\"a,\"\"b\"\"\n\"");
}
