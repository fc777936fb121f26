/* SPDX-License-Identifier: BSD-2-Clause */
#include "queries.h"

const struct query queries[] = {
	{ "chain", true,
	  "; as WP writes a goal\n"
	  "(set-logic ALL)\n"
	  "(declare-sort uni 0)\n"
	  "(declare-fun f (uni) Int) ; a function\n"
	  "(declare-fun g (uni) Int)\n"
	  "(assert (forall ((u uni)) (! (<= (f u) (g u)) :pattern ((f u)))))\n"
	  "(define-fun small ((x Int)) Bool (and (<= 0 x) (< x 10)))\n"
	  "(assert (not (forall ((u uni) (i Int)) (=> (small i) (=> (and (= i (g u)) (> (f u) 2))\n"
	  "   (=> (< (f u) 7) (let ((j (+ i 1))) (=> (> j 1) (=> (< j 30) (and (< 2 i) (< (f u) j)))))))))))\n"
	  "(check-sat)\n" },
	{ "chain_sat", false,
	  "(set-logic ALL)\n"
	  "(declare-const a Int)(declare-const b Int)\n"
	  "(assert (> a 3))(assert (not (=> (> b 2) (=> (and (< b 9) (> a b)) (let ((b (- b))) (=> (< b 0) (> b (- 5))))))))\n"
	  "(check-sat)\n" },
	{ "datatypes", true,
	  "(set-logic ALL)\n"
	  "(declare-datatypes ((page 0) (tree 1)) (((mk (owner Int) (tag Int)))"
	  " (par (X) ((leaf) (node (left (tree X)) (value X) (right (tree X)))))))\n"
	  "(declare-const p page)(declare-const t (tree page))\n"
	  "(assert (= p (mk 1 2)))\n"
	  "(assert ((_ is node) t))\n"
	  "(assert (= (value t) p))\n"
	  "(assert (not (match t ((leaf false) ((node l v r) (= (owner v) 1))))))\n"
	  "(check-sat)\n" },
	{ "quoted", true,
	  "(set-info :source |not a (symbol|)\n"
	  "(set-logic ALL)\n"
	  "(declare-const |a b| Int) (declare-fun c () Int)\n"
	  "(declare-const s String)\n"
	  "(assert (= s \"say \"\"c\"\" ; not a comment (\"))\n"
	  "(assert (= |c| |a b|))\n"
	  "(assert (or (distinct c |a b|) (not (= s \"say \"\"c\"\" ; not a comment (\"))))\n"
	  "(check-sat)\n" },
	{ "shadow", true,
	  "(set-logic ALL)\n"
	  "(declare-const x Int)(declare-const y Int)\n"
	  "(define-fun twice ((x Int)) Int (* 2 x))\n"
	  "(define-fun-rec down ((x Int)) Int (ite (<= x 0) 0 (down (- x 1))))\n"
	  "(assert (let ((x (twice y)) (y x)) (and (= x 6) (= y 5))))\n"
	  "(assert (not (let ((x y)) (=> (= x x) (=> (> x 0) (let ((y (twice x))) (= y (+ x 3))))))))\n"
	  "(check-sat)\n(get-info :reason-unknown)\n" },
	{ "named", true,
	  "(set-logic ALL)\n"
	  "(declare-const p Bool)\n"
	  "(assert (! (=> p false) :named first))\n"
	  "(define-fun again () Bool (not first))\n"
	  "(assert (or p again))\n"
	  "(check-sat)\n" },
	{ "sat", false,
	  "(set-logic ALL)\n"
	  "(declare-fun h (Int Int) Bool)\n"
	  "(declare-const bv1 (_ BitVec 8))\n"
	  "(define-sort pair (X) (Array Int X))\n"
	  "(declare-const m (pair Int))\n"
	  "(assert (= bv1 (_ bv1 8)))\n"
	  "(assert (= (select m 3) 4))\n"
	  "(assert (h 1 2))\n"
	  "(assert (and (not (h 2 1)) (and (h 3 3) (= ((_ extract 3 0) bv1) #x1))))\n"
	  "(check-sat)\n" },
	{ "mutual", true,
	  "(set-logic ALL)\n"
	  "(define-funs-rec ((ev ((n Int)) Bool) (od ((m Int)) Bool)) ((ite (= n 0) true (od (- n 1))) (ite (= m 0) false (ev (- m 1)))))\n"
	  "(assert (not (=> (ev 2) (=> true (not (od 2))))))\n"
	  "(check-sat)\n" },
	{ "named_hypotheses", false,
	  "(set-logic ALL)\n"
	  "(declare-const a Int)(declare-const b Int)\n"
	  "(assert (! (> b 2) :named big))\n"
	  "(assert (not (=> (and (! (> a 1) :named n) (! (=> n big) :named m)) (=> (or (not n) (> a b)) (=> m (> a 5))))))\n"
	  "(check-sat)\n" },
};
const unsigned queries_count = sizeof queries / sizeof queries[0];
