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
  predicate s2_live(s2_state s, integer t);
  logic integer s2_step(s2_state s, integer t, integer ip);
  logic integer s2_walk0(s2_state s, integer ip);
  logic integer s2_walk(s2_state s, integer ip);
  logic s2_tr s2_fault;
  logic s2_tr s2_to(integer f, integer a);
  logic s2_tr s2_xl(s2_state s, integer ip);
} */

/*@ axiomatic S2_store {
  predicate s2_same_meta(s2_state a, s2_state b);
  predicate s2_put_rest(s2_state a, s2_state b, integer t, integer i,
                        integer m);
  predicate s2_clears(s2_state a, s2_state b, integer t, integer i, integer m);
  predicate s2_stores(s2_state a, s2_state b, integer t, integer i, integer m,
                      integer h, integer f, integer x);
  predicate s2_rest_meta(s2_state a, s2_state b, integer c);
  predicate s2_same_ents(s2_state a, s2_state b);
  predicate s2_same_spare(s2_state a, s2_state b);
  predicate s2_sets_meta(s2_state a, s2_state b, integer c, integer h,
                         integer o, integer u, integer x);
  predicate s2_pops(s2_state a, s2_state b);
  predicate s2_sets_entry(s2_state a, s2_state b, integer t, integer i,
                          integer d);
  predicate s2_drops(s2_state a, s2_state b, integer c);
  predicate s2_pushes(s2_state a, s2_state b, integer c);
  predicate s2_links(s2_state a, s2_state b, integer t, integer i, integer c);
  predicate s2_unlinks(s2_state a, s2_state b, integer t, integer i, integer c);
  logic integer s2_paint(integer l, integer h, integer d, integer x);
  predicate s2_paints(s2_state a, s2_state b, integer t, integer i, integer m,
                      integer x);
  predicate s2_on_stack(s2_state s, integer c);
  predicate s2_blank(s2_state s, integer c);
} */

/*@ axiomatic S2_run {
  predicate s2_root(s2_state s, integer t);
  predicate s2_stop_at(s2_state s, integer t, integer i, integer ip);
  predicate s2_stop_block(s2_state s, integer t, integer i, integer ip);
  predicate s2_kinds(s2_state s, integer t, integer i, integer m, integer w);
  predicate s2_free(s2_state s, integer t, integer i, integer m);
  predicate s2_hole(s2_state s, integer t, integer i, integer ip);
  predicate s2_valid_run(s2_state s, integer lo, integer n);
  predicate s2_good_frames(s2_state s, integer f, integer n, integer x);
  predicate s2_rights(integer x);
  predicate s2_every(s2_state s, integer lo, integer n, integer w);
  predicate s2_keeps(s2_state a, s2_state b);
  predicate s2_prunes(s2_state a, s2_state b);
  predicate s2_clears_run(s2_state a, s2_state b, integer lo, integer n);
  predicate s2_maps_run(s2_state a, s2_state b, integer lo, integer n,
                        integer f, integer x);
  predicate s2_paints_run(s2_state a, s2_state b, integer lo, integer n,
                          integer x);
  predicate s2_uncut(s2_state s, integer p);
  predicate s2_uncuts_but(s2_state a, s2_state b, integer lo, integer n);
} */

/*@ axiomatic S2_merge {
  predicate s2_parts_of(s2_state s, integer c, integer h, integer f, integer x,
                        integer n);
  predicate s2_whole_of(s2_state s, integer c, integer f, integer x);
  predicate s2_whole(s2_state s, integer c);
  predicate s2_merged(s2_state s, integer ip);
  predicate s2_frees(s2_state a, s2_state b);
} */

/*@ axiomatic S2_start {
  predicate s2_sets_spare(s2_state a, s2_state b, integer k, integer c);
  predicate s2_starts_root(s2_state s, integer n);
  predicate s2_starts_spare(s2_state s, integer n);
  predicate s2_starts_rest(s2_state s, integer n);
  predicate s2_starts(s2_state s);
} */

/*@ axiomatic S2_model {
  logic s2_state s2_of{L}(struct iso_s2 *s)
    reads s->table, s->meta, s->spare, s->base, s->ntables, s->nroots,
      s->nfree, s->top, s->layout, s->table[0 .. s->ntables - 1].e[0 .. 511],
      s->meta[0 .. s->ntables - 1].org, s->meta[0 .. s->ntables - 1].up,
      s->meta[0 .. s->ntables - 1].ix, s->meta[0 .. s->ntables - 1].levels,
      s->spare[0 .. s->ntables - 1];
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
    s2_ent(s2_of(s), t, i) == s->table[t].e[i];
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

/*@ predicate room_s2{L}(struct iso_s2 *s) =
      \valid(s) && \valid(s->table + (0 .. s->ntables - 1)) &&
      \valid(s->meta + (0 .. s->ntables - 1)) &&
      \valid(s->spare + (0 .. s->ntables - 1)) &&
      \separated(s, s->table + (0 .. s->ntables - 1),
                 s->meta + (0 .. s->ntables - 1),
                 s->spare + (0 .. s->ntables - 1));
    predicate root_s2{L}(struct iso_s2 *s) = s->nroots == 1 ||
      ((s->nroots == 2 || s->nroots == 4 || s->nroots == 8 ||
        s->nroots == 16) && s->layout == 0 && s->top <= 2 &&
       s->base % s->nroots == 0);
    predicate good_s2{L}(struct iso_s2 *s) =
      s->layout <= 1 && s->top <= 3 && s->vm < ISO_S2_MAX_VMS &&
      root_s2(s) && s->nroots <= s->ntables &&
      s->ntables <= ISO_S2_MAX_TABLES &&
      s->base + s->ntables <= ISO_S2_FRAMES;
    predicate valid_s2{L}(struct iso_s2 *s) = room_s2(s) &&
      1 <= s->ntables <= ISO_S2_MAX_TABLES &&
      s->nroots <= ISO_S2_MAX_ROOTS && s->vm < ISO_S2_MAX_VMS;
    predicate ok_s2{L}(struct iso_s2 *s) = valid_s2(s) && s2_wf(s2_of(s)); */

/*
 * What the MMU may remember, as ghosts: iso_s2_stale is 1 + the VM of which it
 * may hold translations, or ways to tables, that are no more, or 0; iso_s2_unseen
 * is 1 while a table was written and the MMU may see a link to it first. A table
 * is linked, and pages are mapped, only when both are 0.
 */
/*@ ghost int iso_s2_stale; */
/*@ ghost int iso_s2_unseen; */

/* what it may hold of old is this VM's; nothing is old or unseen */
/*@ predicate stale_s2{L}(struct iso_s2 *s) =
      iso_s2_stale == 0 || iso_s2_stale == 1 + s->vm;
    predicate fresh_s2{L} = iso_s2_stale == 0 && iso_s2_unseen == 0; */

/* tables that are taken apart: those from nfree on are zero, and how many are
 * not yet */
/*@ axiomatic S2_dark {
  predicate s2_dark(s2_state s, integer n);
  predicate s2_darker(s2_state a, s2_state b);
  predicate s2_scrubs(s2_state a, s2_state b, integer lo, integer hi);
} */
/*@ predicate zero_s2{L}(struct iso_s2 *s, integer lo) =
      \forall integer t, i; lo <= t < s->ntables && 0 <= i < 512 ==>
      s->table[t].e[i] == 0;
    predicate dying_s2{L}(struct iso_s2 *s) = valid_s2(s) &&
      height(s->top) && s->nroots == 0 && s->nfree <= s->ntables &&
      zero_s2(s, s->nfree);
    logic integer left_s2{L}(struct iso_s2 *s) =
      s->nroots != 0 ? s->ntables : s->nfree; */

/*@ terminates \true;
    exits \false;
    assigns iso_s2_stale;
    ensures flushed: \old(iso_s2_stale) == 0 ||
      \old(iso_s2_stale) == 1 + vm ==> iso_s2_stale == 0; */
void iso_port_s2_flush(uint32_t vm);

/*@ terminates \true;
    exits \false;
    assigns iso_s2_unseen;
    ensures seen: iso_s2_unseen == 0; */
void iso_port_s2_publish(void);

#endif
