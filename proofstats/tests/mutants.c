/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader, the printer and the mutants. */
#include "mutate.h"
#include "queries.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct smt read_text(const char *text, size_t length)
{
	struct text t = { 0 };
	struct smt q;
	struct error e;

	text_add(&t, text, length);
	cr_assert(smt_read(&q, "q.smt2", &t, &e), "%s", e.text);
	return q;
}

static struct smt read_string(const char *text)
{
	return read_text(text, strlen(text));
}

static struct text mutant(const char *text, enum kind kind, uint32_t seed)
{
	struct smt q = read_string(text);
	struct text t = { 0 };

	mutate(&q, kind, seed, false, &t);
	smt_free(&q);
	return t;
}

static void same_printed(const char *text, size_t length)
{
	struct smt q = read_text(text, length);
	struct text t = { 0 };

	smt_print(&q, &(struct smt_view){ 0 }, &t);
	cr_expect(t.length == length && memcmp(t.at, text, length) == 0,
		  "printed as %s", t.at);
	text_free(&t);
	smt_free(&q);
}

static void refused(const char *text, const char *message)
{
	struct text t = { 0 };
	struct smt q;
	struct error e;

	text_put(&t, text);
	if (smt_read(&q, "q.smt2", &t, &e)) {
		cr_expect(!mutable(&q, &e), "accepted: %s", text);
		smt_free(&q);
	}
	cr_expect_str_eq(e.text, message);
}

Test(sha256, known_answers)
{
	char hex[SHA256_HEX], a[200];

	sha256_hex("abc", 3, hex);
	cr_expect_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
			      "b00361a396177a9cb410ff61f20015ad");
	sha256_hex("", 0, hex);
	cr_expect_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb924"
			      "27ae41e4649b934ca495991b7852b855");
	memset(a, 'a', sizeof a);
	sha256_hex(a, 56, hex);
	cr_expect_str_eq(hex, "b35439a4ac6f0948b6d6f9e3c6af0f5f"
			      "590ce20f1bde7090ef7970686ec6738a");
}

/* The first outputs for state 1234567, from the generator's publication. */
Test(rng, known_answers)
{
	struct rng r = { 1234567 };

	cr_expect_eq(rng_next(&r), UINT64_C(6457827717110365317));
	cr_expect_eq(rng_next(&r), UINT64_C(3203168211198807973));
}

Test(reader, prints_what_it_read)
{
	for (unsigned i = 0; i < queries_count; i++)
		same_printed(queries[i].text, strlen(queries[i].text));
	same_printed("", 0);
	same_printed("; only this", 11);
	same_printed("(a\r\n ( ) ; x)\n|y\n z| \"\"\"\" \"\xc3\xa9\" ) ;e", 36);
}

Test(reader, deep_nesting)
{
	const size_t deep = 1000000;
	char *text = malloc(2 * deep + 8);

	memcpy(text, "(a ", 3);
	memset(text + 3, '(', deep);
	memset(text + 3 + deep, ')', deep);
	memcpy(text + 3 + 2 * deep, ")", 1);
	same_printed(text, 2 * deep + 4);
	free(text);
}

/* a name of the language, a null byte, and more than the name has room for */
Test(reader, null_bytes)
{
	static const char with[] = "(|push\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|)";
	struct text t = { 0 };
	struct error e;
	struct smt q;

	text_add(&t, with, sizeof with - 1);
	cr_assert(smt_read(&q, "q.smt2", &t, &e), "%s", e.text);
	cr_expect_not(smt_is(&q, 1, "push"));
	smt_free(&q);
	same_printed(with, sizeof with - 1);
}

Test(reader, refuses_with_a_place)
{
	refused("(a\n b))", "q.smt2:2:4: this ) closes nothing");
	refused("(a)\n(b (c)", "q.smt2:2:1: this ( is not closed");
	refused("(a \"b)", "q.smt2:1:4: this string is not closed");
	refused("(a\n\n  |b)", "q.smt2:3:3: this |symbol| is not closed");
	refused("a", "q.smt2:1:1: a command begins with a (");
	refused("(a) ()", "q.smt2:1:5: a command begins with its name");
	refused("((a))", "q.smt2:1:1: a command begins with its name");
	refused("(a b|c|)", "q.smt2:1:5: a blank is missing here");
	refused("(a b\1)", "q.smt2:1:5: a blank is missing here");
	refused("(a \1)",
		"q.smt2:1:4: a character that no text may have");
}

Test(mutants, refuse_what_they_do_not_understand)
{
	refused("(assert true)", "q.smt2: there is no check-sat");
	refused("(push 1)(check-sat)",
		"q.smt2:1:1: push, pop and reset are not understood: "
		"split the text into queries");
	refused("(check-sat)\n(check-sat)",
		"q.smt2:2:1: a second check-sat: split the text into queries");
	refused("(check-sat) (assert true)",
		"q.smt2:1:13: this is after the check-sat");
	refused("(declare-const b Bool)\n(assert-soft b)(check-sat)",
		"q.smt2:2:1: this command before the check-sat is not "
		"understood");
	refused("(assert)(check-sat)", "q.smt2:1:1: an assert of nothing");
}

Test(mutants, rename_keeps_what_is_not_ours)
{
	struct text t = mutant("(set-info :x f)(declare-fun f (Int) Int)"
			       "(declare-datatype d ((c (s Int))))"
			       "(assert (forall ((and Int)) (is-c |f| f)))"
			       "(assert (= (_ f 3) (_ is c) \"f\" g))"
			       "(check-sat)", KIND_RENAME, 1);

	cr_expect(strstr(t.at, "(set-info :x f)") == t.at, "%s", t.at);
	cr_expect(strstr(t.at, "((and Int)) (is-") != NULL, "%s", t.at);
	cr_expect(strstr(t.at, "(is-c") == NULL, "%s", t.at);
	cr_expect(strstr(t.at, "|f|") == NULL, "%s", t.at);
	cr_expect(strstr(t.at, "(_ f 3)") != NULL, "%s", t.at);
	cr_expect(strstr(t.at, "(_ is c)") == NULL, "%s", t.at);
	cr_expect(strstr(t.at, "\"f\" g))") != NULL, "%s", t.at);
	text_free(&t);
}

/* Look at some mutants; does any have the second text before the first? */
static bool any_moves(const char *text, enum kind kind, const char *first,
		      const char *second, void (*look)(const char *mutant))
{
	bool moved = false;

	for (uint32_t seed = 0; seed < 20; seed++) {
		struct text t = mutant(text, kind, seed);

		look(t.at);
		moved |= strstr(t.at, second) < strstr(t.at, first);
		text_free(&t);
	}
	return moved;
}

static const char with_goal[] =
	"(declare-const a Int)(assert (= a 1))"
	"(declare-const b Int)(assert (= b 2))"
	"(assert (= a b))(assert (< a 4))(check-sat)";

static void has_goal_last(const char *t)
{
	cr_expect_eq(strlen(t), strlen(with_goal));
	cr_expect(strstr(t, "(assert (< a 4))(check-sat)") != NULL, "%s", t);
	cr_expect(strstr(t, "(declare-const b") < strstr(t, "(assert"));
}

Test(mutants, shuffle_keeps_the_goal_last)
{
	cr_expect(any_moves(with_goal, KIND_SHUFFLE, "(= a 1)", "(= b 2)",
			    has_goal_last));
}

static void has_closed_goal_last(const char *t)
{
	cr_expect(strstr(t, "(assert (= 3 4))(check-sat)") != NULL, "%s", t);
}

/* even one that mentions nothing and could stand anywhere */
Test(mutants, shuffle_keeps_a_closed_goal_last)
{
	cr_expect(any_moves("(assert (= 1 1))(assert (= 2 2))"
			    "(assert (= 3 4))(check-sat)", KIND_SHUFFLE,
			    "(= 1 1)", "(= 2 2)", has_closed_goal_last));
}

static void has_scopes(const char *t)
{
	const char *let = strstr(t, "(let ");

	cr_expect_not_null(let);
	cr_expect(strstr(t, "(f x)") > let, "%s", t);
	cr_expect(strstr(t, "(g x)") > let, "%s", t);
	cr_expect(strstr(t, "(c)") < let, "%s", t);
	cr_expect_not_null(strstr(t, "e))"), "%s", t);
}

Test(mutants, hyps_stay_in_their_scope)
{
	cr_expect(any_moves("(assert (= 1 1))(assert (not (=> a(=> (and b"
			    "(and(c)d))(let ((x a))(=> (f x)(=> (g x) e)))))))"
			    "(check-sat)", KIND_HYPS, "(f x)", "(g x)",
			    has_scopes));
}

static void has_names(const char *t)
{
	const char *n = strstr(t, ":named n"), *m = strstr(t, "(! (=> ");

	cr_expect(strstr(t, "(f n)") > n && strstr(t, "(g n)") > n, "%s", t);
	/* what m names has only this premise */
	cr_expect_not_null(m);
	cr_expect(strstr(t, "(h)") > m && strstr(t, "(g n)") < m, "%s", t);
}

Test(mutants, hyps_know_names_only_behind_them)
{
	cr_expect(any_moves("(assert (not (=> (and b (! (c) :named n)(f n)"
			    "(g n)) (! (=> (h) (e)) :named m))))"
			    "(check-sat-assuming (m))", KIND_HYPS, "(f n)",
			    "(g n)", has_names));
}

/* The same seed gives the same mutant, on any machine and in any version. */
Test(mutants, are_always_the_same)
{
	struct text all = { 0 };
	char hex[SHA256_HEX];

	for (unsigned i = 0; i < queries_count; i++)
		for (enum kind k = KIND_NONE; k < KINDS; k++) {
			struct text t = mutant(queries[i].text, k,
					       mutant_seed(1, i));

			text_add(&all, t.at, t.length);
			text_free(&t);
		}
	sha256_hex(all.at, all.length, hex);
	cr_expect_str_eq(hex, "4fb21940c2eee12c3a207a73aacc3f2e"
			      "156119be3ae2ef9536d63bbd870dfe52");
	text_free(&all);
}

Test(mutants, hash_ignores_blanks_and_comments)
{
	struct smt a = read_string("(a (b\tc) d);x\n"), b = read_string("; y\n(a(b c)d)");
	char one[SHA256_HEX], two[SHA256_HEX];

	canonical_hash(&a, one);
	canonical_hash(&b, two);
	cr_expect_str_eq(one, two);
	smt_free(&a);
	smt_free(&b);
}

/* -- the meaning stays ------------------------------------------------------ */

static void answer(const char *command, const struct text *t, char line[80])
{
	char path[] = "/tmp/proofstats-test-XXXXXX", call[200];
	const int fd = mkstemp(path);
	FILE *f;

	cr_assert(fd >= 0 && write(fd, t->at, t->length) == (ssize_t)t->length);
	close(fd);
	snprintf(call, sizeof call, "%s %s", command, path);
	f = popen(call, "r");
	cr_assert(f != NULL);
	if (fgets(line, 80, f) == NULL)
		strcpy(line, "nothing\n");
	pclose(f);
	unlink(path);
}

static void keep_meaning(const char *command, const struct query *q,
			 enum kind k, bool plain)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct smt s = read_string(q->text);
		struct text t = { 0 };
		struct error e;
		char line[80];

		cr_expect(mutable(&s, &e));
		mutate(&s, k, mutant_seed(7, i), plain, &t);
		answer(command, &t, line);
		cr_expect_str_eq(line, q->unsat ? "unsat\n" : "sat\n",
				 "%s, %s %s:\n%s", command, q->name,
				 kind_name[k], t.at);
		text_free(&t);
		smt_free(&s);
	}
}

static void all_keep_meaning(const char *name, const char *command,
			     const struct query *all, unsigned count)
{
	char look[80];

	snprintf(look, sizeof look, "command -v %s >/dev/null", name);
	if (system(look) != 0)
		cr_skip_test("%s is not installed", name);
	for (unsigned i = 0; i < count; i++)
		for (enum kind k = KIND_RENAME; k < KINDS; k++)
			keep_meaning(command, &all[i], k, i % 2 == 0);
}

Test(mutants, keep_their_meaning_z3)
{
	all_keep_meaning("z3", "z3 -smt2 rlimit=3000000", queries,
			 queries_count);
}

Test(mutants, keep_their_meaning_cvc5)
{
	all_keep_meaning("cvc5", "cvc5 --lang=smt2 --rlimit=100000 2>&1",
			 queries, queries_count);
}

/* z3 does not know them */
static const struct query codatatypes[] = {
	{ "codatatypes", true,
	  "(set-logic ALL)"
	  "(declare-codatatypes ((list 1) (one 0)) ((par (X) ((link (first X)"
	  " (rest (list X))))) ((more (item Int) (next one)))))"
	  "(declare-codatatype other ((wrap (inside (list Int)))))"
	  "(declare-const here one)(declare-const there other)"
	  "(assert (= here (more 1 here)))"
	  "(assert ((_ is wrap) there))"
	  "(assert (not (and (= (item here) 1)"
	  " (= (wrap (inside there)) there)))) (check-sat)" },
};

Test(reader, codatatypes)
{
	const char *text = codatatypes[0].text;
	struct text t = mutant(text, KIND_RENAME, 1);

	same_printed(text, strlen(text));
	cr_expect(strstr(t.at, "(declare-codatatypes ((") != NULL, "%s", t.at);
	for (const char *const *name = (const char *const[]){
	     "list", "one", "link", "first", "rest", "more", "item", "next",
	     "other", "wrap", "inside", "here", NULL }; *name != NULL; name++)
		cr_expect(strstr(t.at, *name) == NULL, "%s in %s", *name, t.at);
	text_free(&t);
}

Test(mutants, of_codatatypes_keep_their_meaning_cvc5)
{
	all_keep_meaning("cvc5", "cvc5 --lang=smt2 --rlimit=100000 2>&1",
			 codatatypes, 1);
}
