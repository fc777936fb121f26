/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be left out of a query, and what the rest looks like. */
#include "advice.h"
#include "mutate.h"
#include "queries.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct scene {
	struct smt q;
	struct parts p;
	bool *keep;
};

static void scene_begins(struct scene *s, const char *text)
{
	struct text t = { 0 };
	struct error e;

	text_put(&t, text);
	cr_assert(smt_read(&s->q, "q.smt2", &t, &e), "%s", e.text);
	parts_find(&s->p, &s->q);
	s->keep = need(s->p.count, sizeof s->keep[0]);
}

static void scene_ends(struct scene *s)
{
	free(s->keep);
	parts_free(&s->p);
	smt_free(&s->q);
}

static struct text rest(const struct scene *s, const bool *keep)
{
	struct text t = { 0 };
	struct cut c;

	cut_make(&c, &s->p, keep);
	cut_print(&c, &s->q, &t);
	cut_free(&c);
	return t;
}

/* The parts are these, and with those marked + the text becomes that. */
static void left(const char *text, const char *const *part, const char *becomes)
{
	struct scene s;
	struct text t;
	uint32_t n = 0;

	scene_begins(&s, text);
	for (; part[n] != NULL; n++) {
		struct text name = { 0 };

		cr_assert_lt(n, s.p.count, "there is no part %s", part[n]);
		part_name(&s.p, &s.p.part[n], &name);
		cr_expect_str_eq(name.at, part[n] + 1);
		s.keep[n] = part[n][0] == '+';
		text_free(&name);
	}
	cr_expect_eq(n, s.p.count, "there are %u parts", s.p.count);
	t = rest(&s, s.keep);
	cr_expect_str_eq(t.at, becomes);
	text_free(&t);
	scene_ends(&s);
}

Test(parts, hypotheses_go)
{
	left("(declare-const a Int)(declare-const b Int)"
	     "(assert (not (=> (and (> a 1) (and (> b 2) (> a 3))) (=> (> b 4) (< a 5)))))(check-sat)",
	     (const char *[]){ "-(> a 1)", "-(> b 2)", "+(> a 3)", "-(> b 4)",
			       NULL },
	     "(declare-const a Int)"
	     "(assert (not (=> (> a 3) (< a 5))))(check-sat)");
}

Test(parts, all_hypotheses_go)
{
	left("(declare-const a Int)(assert (not (=> (> a 1) (and (> a 2) (> a 3)) (< a 5))))(check-sat)",
	     (const char *[]){ "-(> a 1)", "-(> a 2)", "-(> a 3)", NULL },
	     "(declare-const a Int)(assert (not (< a 5)))(check-sat)");
}

Test(parts, premises_of_one_implication)
{
	left("(declare-const a Int)(assert (not (=> (> a 1) (> a 2) (> a 3) (< a 5))))(check-sat)",
	     (const char *[]){ "-(> a 1)", "+(> a 2)", "+(> a 3)", NULL },
	     "(declare-const a Int)(assert (not (=> (> a 2) (> a 3) (< a 5))))(check-sat)");
}

Test(parts, under_binders)
{
	left("(assert (not (forall ((x Int)) (let ((y (+ x 1))) (=> (> y 1) (! (=> (< x 3) (> x 0)) :named n))))))(check-sat)",
	     (const char *[]){ "-(> y 1)", "+(< x 3)", NULL },
	     "(assert (not (forall ((x Int)) (let ((y (+ x 1))) (! (=> (< x 3) (> x 0)) :named n)))))(check-sat)");
}

/* Not denied, a conjunct is a hypothesis, and a premise is none. */
Test(parts, asserted_conjunction)
{
	left("(declare-const a Int)(assert (and (> a 1) (=> (> a 2) (> a 3)) (< a 0)))(check-sat)",
	     (const char *[]){ "-(> a 1)", "+(=> (> a 2) (> a 3))", NULL },
	     "(declare-const a Int)(assert (and (=> (> a 2) (> a 3)) (< a 0)))(check-sat)");
}

/* Under two negations hypotheses are denied: there is nothing to leave out. */
Test(parts, denied_twice)
{
	left("(declare-const a Int)(assert (not (not (=> (> a 1) (> a 2)))))(check-sat)",
	     (const char *[]){ NULL },
	     "(declare-const a Int)(assert (not (not (=> (> a 1) (> a 2)))))(check-sat)");
}

Test(parts, definitions_become_declarations)
{
	left("(define-fun f ((x Int) (y (Array Int Int))) Int (+ x 1))"
	     "(define-const c Int 3)(define-fun-rec g ((n Int)) Int (g n))"
	     "(define-fun h () Int 4)"
	     "(assert (= (g c) h))(assert (> (f 1 2) 0))(check-sat)",
	     (const char *[]){ "-f", "-c", "+g", "-h", "+line 1: (assert (= (g c) h))",
			       NULL },
	     "(declare-fun f ( Int (Array Int Int)) Int)"
	     "(declare-const c Int)(define-fun-rec g ((n Int)) Int (g n))"
	     "(declare-fun h () Int)"
	     "(assert (= (g c) h))(assert (> (f 1 2) 0))(check-sat)");
}

/* What only the definition said goes with it. */
Test(parts, unneeded_declarations_go)
{
	left("(declare-sort s 0)(declare-fun far () s)(declare-fun k (s) Int)"
	     "(define-fun f () Int (k far))(assert (> f 0))(check-sat)",
	     (const char *[]){ "-f", NULL },
	     "(declare-fun f () Int)(assert (> f 0))(check-sat)");
}

Test(parts, datatypes_stay_for_constructors)
{
	left("(declare-datatypes () ((t (A (sel Int)) (B))))"
	     "(declare-datatypes ((u 0)) (((C))))"
	     "(assert (not (= (sel (A 1)) 2)))(check-sat)",
	     (const char *[]){ NULL },
	     "(declare-datatypes () ((t (A (sel Int)) (B))))"
	     "(assert (not (= (sel (A 1)) 2)))(check-sat)");
}

Test(parts, codatatypes_stay_for_constructors)
{
	left("(declare-codatatypes ((s 0)) (((cons (first Int) (rest s)))))"
	     "(declare-codatatypes ((t 0)) (((other))))"
	     "(declare-const a s)(assert (= (first a) 2))(check-sat)",
	     (const char *[]){ NULL },
	     "(declare-codatatypes ((s 0)) (((cons (first Int) (rest s)))))"
	     "(declare-const a s)(assert (= (first a) 2))(check-sat)");
}

/* Why3 declares a name that cvc5 has a meaning for. */
Test(parts, reserved_names_stay)
{
	left("(declare-sort tuple0 0)(declare-fun Tuple0 () tuple0)"
	     "(assert (forall ((u tuple0)) (= u Tuple0)))(assert false)(check-sat)",
	     (const char *[]){ "+line 1: (assert (forall ((u tuple0)) (= u Tuple0)))", NULL },
	     "(declare-sort tuple0 0)(declare-fun Tuple0 () tuple0)"
	     "(assert (forall ((u tuple0)) (= u Tuple0)))(assert false)(check-sat)");
}

/* Where the name of an assertion is used it is given, and no more is said. */
Test(parts, names_of_assertions_stay)
{
	left("(declare-const p Bool)(assert (! p :named n))(assert (! p :named m))"
	     "(assert (not n))(check-sat)",
	     (const char *[]){ "-n", "-m", NULL },
	     "(declare-const p Bool)(assert (or (! p :named n) true))"
	     "(assert (not n))(check-sat)");
}

Test(parts, names_of_hypotheses_stay)
{
	static const char text[] =
		"(declare-const p Bool)(declare-const q Bool)"
		"(assert (not (=> (and (! p :named n) q) (=> (or q n) p))))"
		"(check-sat)(get-value (q))";

	left(text, (const char *[]){ "-(! p :named n)", "-q", "+(or q n)", NULL },
	     "(declare-const p Bool)(declare-const q Bool)"
	     "(assert (not (=> (or (! p :named n) true) (=> (or q n) p))))"
	     "(check-sat)(get-value (q))");
	left(text, (const char *[]){ "-(! p :named n)", "+q", "-(or q n)", NULL },
	     "(declare-const p Bool)(declare-const q Bool)"
	     "(assert (not (=> q p)))(check-sat)(get-value (q))");
}

/* and what is weak already is not made longer */
Test(parts, names_are_kept_once)
{
	left("(declare-const p Bool)"
	     "(assert (not (=> (or (! p :named n) true) n)))(check-sat)",
	     (const char *[]){ "-(or (! p :named n) true)", NULL },
	     "(declare-const p Bool)"
	     "(assert (not (=> (or (! p :named n) true) n)))(check-sat)");
}

Test(parts, names_of_comments)
{
	left(";;; a driver\n\n;; first\n(assert true)\n\n;; Goal g\n"
	     ";; File \"f.mlw\", line 3\n(assert false)\n(assert (= 1 1))(check-sat)\n",
	     (const char *[]){ "+first", "+Goal g", NULL },
	     ";;; a driver\n\n;; first\n(assert true)\n\n;; Goal g\n"
	     ";; File \"f.mlw\", line 3\n(assert false)\n(assert (= 1 1))(check-sat)\n");
}

/* With everything kept the text is the same, to the byte. */
Test(parts, all_kept)
{
	for (unsigned i = 0; i < queries_count; i++) {
		struct scene s;
		struct text t;

		scene_begins(&s, queries[i].text);
		t = rest(&s, NULL);
		cr_expect_str_eq(t.at, queries[i].text);
		text_free(&t);
		scene_ends(&s);
	}
}

/* -- with the solver -------------------------------------------------------- */

static enum outcome ask_z3(const struct config *conf, const struct text *t,
			   char first[160])
{
	struct result r;
	struct error e;

	cr_assert(ask(conf, &conf->solver[0], t, NULL, &r, &e), "%s", e.text);
	memcpy(first, r.first, sizeof r.first);
	return r.outcome;
}

/*
 * Whatever is left out: the text stays well-formed, and what was satisfiable
 * does not become unsatisfiable.
 */
Test(parts, weaker_and_never_wrong)
{
	struct config conf;
	struct error e;

	cr_assert(config_load(&conf, NULL, &e), "%s", e.text);
	if (system("z3 --version >/dev/null 2>&1") != 0)
		cr_skip_test("z3 is not here");
	for (unsigned i = 0; i < queries_count; i++) {
		struct scene s;
		struct rng r = { i };

		scene_begins(&s, queries[i].text);
		for (unsigned k = 0; k < 12; k++) {
			char first[160];
			struct text t;
			enum outcome o;

			for (uint32_t n = 0; n < s.p.count; n++)
				s.keep[n] = rng_below(&r, 3) > 0;
			t = rest(&s, s.keep);
			o = ask_z3(&conf, &t, first);
			cr_expect(o == OUT_SAT || o == OUT_UNKNOWN ||
				  (o == OUT_UNSAT && queries[i].unsat),
				  "%s: %s of\n%s", queries[i].name, first,
				  t.at);
			text_free(&t);
		}
		scene_ends(&s);
	}
	config_free(&conf);
}

/* -- damaged texts ---------------------------------------------------------- */

/* A few bytes go, come or change, or a piece stands twice; seldom none of it. */
static void damage(struct rng *r, const char *text, struct text *to)
{
	static const char odd[] = "()|\"; \n\0\1!:#aA09_\x80\xff";
	const size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		const uint64_t what = rng_below(r, length + 40);
		const size_t from = (size_t)rng_below(r, i + 1);

		if (what == 0)
			continue;
		if (what == 1)
			text_add(to, odd + rng_below(r, sizeof odd - 1), 1);
		if (what == 2)
			text_add(to, text + from, (size_t)rng_below(r, 40) %
				 (length - from));
		if (what == 3)
			return;
		text_add(to, what == 4 ? odd + rng_below(r, sizeof odd - 1) :
			 text + i, 1);
	}
}

static void stays_whole(struct text *t)
{
	struct smt q;
	struct error e;

	cr_assert(smt_read(&q, "q.smt2", t, &e), "%s", e.text);
	cr_expect(mutable(&q, &e), "%s", e.text);
	smt_free(&q);
}

/* What can be read and mutated comes out of all that as such a text again. */
static void goes_through(const struct smt *q, struct rng *r)
{
	struct parts p;
	struct cut c;
	struct text t = { 0 };
	bool *keep;

	mutate(q, (enum kind)rng_below(r, KINDS), (uint32_t)rng_next(r),
	       rng_below(r, 2) > 0, &t);
	stays_whole(&t);
	parts_find(&p, q);
	keep = need(p.count, sizeof keep[0]);
	for (uint32_t n = 0; n < p.count; n++)
		keep[n] = rng_below(r, 2) > 0;
	cut_make(&c, &p, keep);
	t = (struct text){ 0 };
	cut_print(&c, q, &t);
	stays_whole(&t);
	cut_free(&c);
	free(keep);
	parts_free(&p);
}

/* Returns whether it could be mutated. */
static bool survives(struct rng *r, const char *text)
{
	struct text t = { 0 }, same = { 0 }, again = { 0 };
	struct smt q;
	struct error e = { "" };
	char hash[SHA256_HEX];
	bool is;

	damage(r, text, &t);
	text_put(&t, "\n");
	text_add(&same, t.at, t.length);
	if (!smt_read(&q, "q.smt2", &t, &e)) {
		cr_expect(strncmp(e.text, "q.smt2:", 7) == 0, "%s", e.text);
		text_free(&same);
		return false;
	}
	smt_print(&q, &(struct smt_view){ 0 }, &again);
	cr_expect(again.length == same.length &&
		  memcmp(again.at, same.at, same.length) == 0);
	canonical_hash(&q, hash);
	is = mutable(&q, &e);
	if (is)
		goes_through(&q, r);
	text_free(&again);
	text_free(&same);
	smt_free(&q);
	return is;
}

Test(damaged, texts_are_read_or_refused)
{
	struct rng r = { 2026 };
	unsigned whole = 0, all = 0;

	for (unsigned k = 0; k < 1500; k++)
		for (unsigned i = 0; i < queries_count; i++, all++)
			whole += survives(&r, queries[i].text);
	cr_expect_gt(whole, all / 20);
	cr_expect_lt(whole, all / 2);
}
