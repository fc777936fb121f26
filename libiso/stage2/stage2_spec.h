/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_SPEC_H
#define ISO_STAGE2_SPEC_H

/*
 * The words of libiso/spec/stage2_bridge.mlw, and the model that reads the C
 * struct as the specification's tables.
 */

#include "stage2.h"

#include "desc_spec.h"

/*@ axiomatic S2 {
  type s2_state;
  type s2_tr;
  logic integer s2_lay(s2_state s);
  logic integer s2_base(s2_state s);
  logic integer s2_nt(s2_state s);
  logic integer s2_roots(s2_state s);
  logic integer s2_top(s2_state s);
  logic integer s2_ent(s2_state s, integer t, integer i);
  logic integer s2_ht(s2_state s, integer t);
  logic integer s2_org(s2_state s, integer t);
  logic integer s2_up(s2_state s, integer t);
  logic integer s2_ix(s2_state s, integer t);
  logic integer s2_nfree(s2_state s);
  logic integer s2_spare(s2_state s, integer k);
  predicate s2_valid_ip(s2_state s, integer ip);
  predicate s2_on_way(s2_state s, integer t, integer ip);
  predicate s2_wf(s2_state s);
  logic integer s2_step(s2_state s, integer t, integer ip);
  logic integer s2_walk0(s2_state s, integer ip);
  logic integer s2_walk(s2_state s, integer ip);
  logic s2_tr s2_fault;
  logic s2_tr s2_to(integer f, integer a);
  logic s2_tr s2_xl(s2_state s, integer ip);
} */

/*@ axiomatic S2_model {
  logic s2_state s2_of{L}(struct iso_s2 *s)
    reads *s, s->table[0 .. s->ntables - 1][0 .. 511],
      s->meta[0 .. s->ntables - 1], s->spare[0 .. s->ntables - 1];
  axiom s2_of_lay{L}: \forall struct iso_s2 *s;
    s2_lay(s2_of(s)) == s->layout;
  axiom s2_of_base{L}: \forall struct iso_s2 *s;
    s2_base(s2_of(s)) == s->base;
  axiom s2_of_nt{L}: \forall struct iso_s2 *s;
    s2_nt(s2_of(s)) == s->ntables;
  axiom s2_of_roots{L}: \forall struct iso_s2 *s;
    s2_roots(s2_of(s)) == s->nroots;
  axiom s2_of_top{L}: \forall struct iso_s2 *s;
    s2_top(s2_of(s)) == s->top;
  axiom s2_of_nfree{L}: \forall struct iso_s2 *s;
    s2_nfree(s2_of(s)) == s->nfree;
  axiom s2_of_ent{L}: \forall struct iso_s2 *s, integer t, i;
    0 <= t < s->ntables && 0 <= i < 512 ==>
    s2_ent(s2_of(s), t, i) == s->table[t][i];
  axiom s2_of_ht{L}: \forall struct iso_s2 *s, integer t;
    0 <= t < s->ntables ==> s2_ht(s2_of(s), t) == s->meta[t].levels - 1;
  axiom s2_of_org{L}: \forall struct iso_s2 *s, integer t;
    0 <= t < s->ntables ==> s2_org(s2_of(s), t) == s->meta[t].org;
  axiom s2_of_up{L}: \forall struct iso_s2 *s, integer t;
    0 <= t < s->ntables ==> s2_up(s2_of(s), t) == s->meta[t].up;
  axiom s2_of_ix{L}: \forall struct iso_s2 *s, integer t;
    0 <= t < s->ntables ==> s2_ix(s2_of(s), t) == s->meta[t].ix;
  axiom s2_of_spare{L}: \forall struct iso_s2 *s, integer k;
    0 <= k < s->ntables ==> s2_spare(s2_of(s), k) == s->spare[k];
} */

/*@ predicate valid_s2{L}(struct iso_s2 *s) =
      \valid(s) && 1 <= s->ntables <= ISO_S2_MAX_TABLES &&
      s->nroots <= ISO_S2_MAX_ROOTS &&
      \valid(s->table + (0 .. s->ntables - 1)) &&
      \valid(s->meta + (0 .. s->ntables - 1)) &&
      \valid(s->spare + (0 .. s->ntables - 1)) &&
      \separated(s, s->table + (0 .. s->ntables - 1),
                 s->meta + (0 .. s->ntables - 1),
                 s->spare + (0 .. s->ntables - 1));
    predicate ok_s2{L}(struct iso_s2 *s) = valid_s2(s) && s2_wf(s2_of(s)); */

#endif
