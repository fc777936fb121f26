/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_SPEC_H
#define ISO_SPEC_H

/*
 * The bridge: WhyML's words in ACSL, and the model that reads the engine's
 * arrays as the specification's tables. The axioms of Model define `model`,
 * one for each table, inside the arrays and outside; verify/assumptions.md
 * lists them.
 */

#include <iso/iso.h>

/*@ axiomatic Spec {
  type engine;
  type hw;
  type state;
  type s_page;
  type s_vm;
  type s_tx;
  type s_span;
  type s_grant;
  logic s_page mk_page(integer o, integer t, integer r, integer i);
  logic s_vm mk_vm(integer l, integer v, integer t, integer p);
  logic s_tx mk_tx(integer s, integer k, integer n, integer t, integer d,
                   integer r);
  logic s_span mk_span(integer l, integer n, integer o);
  logic s_grant mk_grant(integer p, integer h, integer b);
  logic state mk_state(engine e, hw x);
  logic engine eng_of(state s);
  logic hw hw_of(state s);
  logic integer eng_np(engine e);
  logic s_page page_at(engine e, integer p);
  logic s_vm vm_at(engine e, integer v);
  logic integer peer_at(engine e, integer v, integer w);
  logic s_tx tx_at(engine e, integer o, integer h);
  logic s_span range_at(engine e, integer o, integer h, integer r);
  logic s_grant grant_at(engine e, integer o, integer h, integer w);
  predicate same_pages(engine a, engine b);
  predicate same_vms(engine a, engine b);
  predicate same_peers(engine a, engine b);
  predicate same_txs(engine a, engine b);
  predicate same_ranges(engine a, engine b);
  predicate same_grants(engine a, engine b);
  predicate same_but_grants(engine a, engine b);
  predicate wrote(engine a, engine b);
  logic engine eng_tag(engine e, integer lo, integer n, integer h, integer r);
  logic engine eng_own(engine e, integer lo, integer n, integer o, integer i);
  logic engine tagged_to(engine e, integer lo, integer n, integer h, integer r);
  logic engine owned_to(engine e, integer lo, integer n, integer o, integer i);
  logic engine eng_tx(engine e, integer o, integer h, s_tx t);
  logic engine eng_range(engine e, integer o, integer h, integer r, s_span x);
  logic engine eng_grant(engine e, integer o, integer h, integer w, s_grant g);
  logic engine eng_vm(engine e, integer v, s_vm x);
  logic engine eng_peer(engine e, integer a, integer b, integer x);
  logic engine eng_clear(engine e, integer o, integer h);
  logic integer caller_code(state s, integer c);
  logic integer host_code(integer c);
  predicate valid_guest(integer v);
  predicate valid_run(state s, integer lo, integer n);
  predicate valid_ipa(integer i, integer n);
  logic integer least(integer a, integer b);
  predicate plain_run(state s, integer v, integer lo, integer n);
  predicate idle(state s, integer o, integer h);
  predicate last(state s, integer o, integer h, integer w);
  predicate wf(state s);
  logic integer scrub_code(state s, integer o, integer h, integer max);
  logic state scrub_next(state s, integer o, integer h, integer max);
  logic s_tx scrubbed(state s, integer o, integer h, integer k);
  logic integer chunk(state s, integer o, integer h, integer max);
  predicate vacant(state s, integer v, integer i, integer n);
  predicate owner_spot(integer i, integer k);
  logic hw hw_owner(state s, integer o, integer h, integer r, integer a);
  predicate drop_spot(state s, integer o, integer h, integer w);
  logic hw hw_drop(state s, integer o, integer h, integer r, integer w);
  logic hw dropped(state s, integer o, integer h, integer w);
  logic hw hw_take(state s, hw x, integer o, integer h, integer r, integer c,
                   integer i, integer a);
  logic engine eng_untag(state s, integer o, integer h, integer r);
  logic engine eng_own_tx(state s, integer o, integer h, integer r, integer w,
                          integer i);
  predicate range_spot(state s, integer o, integer h, integer r);
  logic hw close_hw(state s, integer o, integer h);
  logic state close_next(state s, integer o, integer h);
  predicate host_run(state s, integer lo, integer n);
  predicate assign_spot(state s, integer lo, integer n);
  logic hw taken(state s, integer lo, integer n);
  logic integer page_assign_code(state s, integer c, integer v, integer lo,
                                 integer n, integer i);
  logic state page_assign_next(state s, integer v, integer lo, integer n,
                               integer i);
  logic state page_assign_step(state s, integer c, integer v, integer lo,
                               integer n, integer i);
  predicate scrub_spot(state s, integer o, integer h, integer r);
  logic s_tx soiled(state s, integer o, integer h, s_tx t);
  logic state release_run(state s, integer v, integer lo, integer n);
  predicate release_spot(state s, integer v, integer i, integer lo, integer n);
  logic hw unmapped(state s, integer v, integer lo, integer n);
  logic integer page_release_code(state s, integer c, integer lo, integer n,
                                  integer max);
  logic state page_release_step(state s, integer c, integer lo, integer n,
                                integer max);
  logic integer page_query_code(state a, integer b, integer c);
  logic integer tx_open_code(state a, integer b, integer c, integer d);
  logic state tx_open_step(state a, integer b, integer c, integer d);
  logic integer tx_add_code(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_add_step(state a, integer b, integer c, integer d, integer e);
  logic state tx_add_next(state a, integer b, integer c, integer d, integer e);
  logic s_tx added(state a, integer b, integer c, integer d);
  logic integer tx_grant_code(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_grant_step(state a, integer b, integer c, integer d,
      integer e);
  predicate only(state a, integer b, integer c, integer d);
  logic integer tx_send_code(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_send_step(state a, integer b, integer c, integer d, integer e);
  logic state tx_send_next(state a, integer b, integer c, integer d);
  predicate listless(state a, integer b, integer c);
  logic hw send_hw(state a, integer b, integer c);
  logic s_tx send_tx(state a, integer b, integer c, integer d);
  logic integer tx_reclaim_code(state a, integer b, integer c, integer d);
  logic state tx_reclaim_step(state a, integer b, integer c, integer d);
  logic integer tx_abort_code(state a, integer b, integer c);
  logic state tx_abort_step(state a, integer b, integer c);
  logic integer tx_retrieve_code(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_retrieve_step(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_retrieve_next(state a, integer b, integer c, integer d,
      integer e);
  logic state tx_take_next(state a, integer b, integer c, integer d, integer e);
  logic state tx_accept_next(state a, integer b, integer c, integer d,
      integer e);
  predicate take_spot(state a, integer b, integer c, integer d, integer e);
  predicate donation(state a, integer b, integer c);
  predicate accept_spot(state a, hw b, integer c, integer d, integer e,
      integer f);
  logic integer tx_relinquish_code(state a, integer b, integer c, integer d,
      integer e, integer f);
  logic state tx_relinquish_step(state a, integer b, integer c, integer d,
      integer e, integer f);
  logic state tx_relinquish_next(state a, integer b, integer c, integer d,
      integer e);
  logic integer give_back_code(state a, integer b, integer c, integer d,
      integer e);
  logic integer vm_create_code(state a, integer b, integer c);
  logic state vm_create_step(state a, integer b, integer c);
  logic integer vm_start_code(state a, integer b, integer c);
  logic state vm_start_step(state a, integer b, integer c);
  logic integer vm_peer_code(state a, integer b, integer c, integer d,
      integer e);
  logic state vm_peer_step(state a, integer b, integer c, integer d, integer e);
  predicate can_peer(state a, integer b);
  logic integer vm_destroy_code(state a, integer b, integer c, integer d);
  logic state vm_destroy_step(state a, integer b, integer c, integer d);
  logic state vm_destroy_next(state a, integer b, integer c);
  predicate orphans(state a, integer b, integer c, integer d);
  logic state leave(state a, integer b, integer c, integer d);
  logic state leave_step(state a, integer b);
  logic hw leave_hw(state a, integer b, integer c, integer d);
  logic state close_step(state a, integer b, integer c);
  predicate sweeping(state a, integer b, integer c);
  predicate untagged_all(state a, integer v);
  predicate freed(state a, state b, integer v, integer lo, integer n);
  predicate alien(state a, integer b, integer c, integer d);
  logic state swept(state a, integer b, integer c, integer d);
  logic state sweep_step(state a, integer b, integer c);
  predicate fresh_vm(engine a, integer v);
  predicate others_same(engine a, engine b, integer v);
  predicate fresh_below(engine a, integer v);
  predicate hw_fresh(hw x, integer n);
  predicate begun(state s);
} */

/*@ predicate is_vm(integer v) = 0 <= v < ISO_MAX_VMS;
    predicate is_tx(integer h) = 0 <= h < ISO_MAX_TX;
    predicate is_range(integer r) = 0 <= r < ISO_MAX_RANGES; */

/* What `model` reads goes by scalars: whole structures would bring axioms on
 * loading them into each query, a third of its text. */
/*@ axiomatic Model {
  logic engine model{L}(struct iso_page *pg, integer n, struct iso_vm *vm)
    reads pg[0 .. n-1].owner, pg[0 .. n-1].tx, pg[0 .. n-1].range,
      pg[0 .. n-1].ipa, vm[0 .. ISO_MAX_VMS-1].state,
      vm[0 .. ISO_MAX_VMS-1].cursor_vm, vm[0 .. ISO_MAX_VMS-1].cursor_tx,
      vm[0 .. ISO_MAX_VMS-1].cursor_page,
      vm[0 .. ISO_MAX_VMS-1].peer[0 .. ISO_MAX_VMS-1],
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].state,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].kind,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].nranges,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].total,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].dirty,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].rest,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].range[0 .. ISO_MAX_RANGES-1].page,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].range[0 .. ISO_MAX_RANGES-1].n,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].range[0 .. ISO_MAX_RANGES-1].off,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].grant[0 .. ISO_MAX_VMS-1].perm,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].grant[0 .. ISO_MAX_VMS-1].retrieved,
      vm[0 .. ISO_MAX_VMS-1].tx[0 .. ISO_MAX_TX-1].grant[0 .. ISO_MAX_VMS-1].ipa;
  axiom model_np{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm;
    eng_np(model(pg, n, vm)) == n;
  axiom model_page{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer p;
    0 <= p < n ==>
    page_at(model(pg, n, vm), p) ==
      mk_page(pg[p].owner, pg[p].tx, pg[p].range, pg[p].ipa);
  axiom model_no_page{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer p;
    !(0 <= p < n) ==>
    page_at(model(pg, n, vm), p) == mk_page(0, ISO_NO_TX, 0, 0);
  axiom model_vm{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer v;
    is_vm(v) ==>
    vm_at(model(pg, n, vm), v) ==
      mk_vm(vm[v].state, vm[v].cursor_vm, vm[v].cursor_tx,
            vm[v].cursor_page);
  axiom model_no_vm{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer v;
    !(is_vm(v)) ==>
    vm_at(model(pg, n, vm), v) == mk_vm(0, 0, 0, 0);
  axiom model_peer{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer v, w;
    is_vm(v) && is_vm(w) ==>
    peer_at(model(pg, n, vm), v, w) ==
      vm[v].peer[w];
  axiom model_no_peer{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer v, w;
    !(is_vm(v) && is_vm(w)) ==>
    peer_at(model(pg, n, vm), v, w) == 0;
  axiom model_tx{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h;
    is_vm(o) && is_tx(h) ==>
    tx_at(model(pg, n, vm), o, h) ==
      mk_tx(vm[o].tx[h].state, vm[o].tx[h].kind, vm[o].tx[h].nranges,
            vm[o].tx[h].total, vm[o].tx[h].dirty, vm[o].tx[h].rest);
  axiom model_no_tx{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h;
    !(is_vm(o) && is_tx(h)) ==>
    tx_at(model(pg, n, vm), o, h) == mk_tx(0, 0, 0, 0, 0, 0);
  axiom model_range{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h, r;
    is_vm(o) && is_tx(h) && is_range(r) ==>
    range_at(model(pg, n, vm), o, h, r) ==
      mk_span(vm[o].tx[h].range[r].page, vm[o].tx[h].range[r].n,
              vm[o].tx[h].range[r].off);
  axiom model_no_range{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h, r;
    !(is_vm(o) && is_tx(h) && is_range(r)) ==>
    range_at(model(pg, n, vm), o, h, r) == mk_span(0, 0, 0);
  axiom model_grant{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h, w;
    is_vm(o) && is_tx(h) && is_vm(w) ==>
    grant_at(model(pg, n, vm), o, h, w) ==
      mk_grant(vm[o].tx[h].grant[w].perm, vm[o].tx[h].grant[w].retrieved,
               vm[o].tx[h].grant[w].ipa);
  axiom model_no_grant{L}: \forall struct iso_page *pg, integer n, struct iso_vm *vm, integer o, h, w;
    !(is_vm(o) && is_tx(h) && is_vm(w)) ==>
    grant_at(model(pg, n, vm), o, h, w) == mk_grant(0, 0, 0);
} */

/* what the arrays say, as rows of the tables: for assertions that let a proof
 * go from C to the specification */
/*@ logic s_tx head_at{L}(struct iso_tx *t) =
      mk_tx(t->state, t->kind, t->nranges, t->total, t->dirty, t->rest);
    logic s_span span_at{L}(struct iso_tx *t, integer r) =
      mk_span(t->range[r].page, t->range[r].n, t->range[r].off);
    logic s_grant grant_of{L}(struct iso_tx *t, integer w) =
      mk_grant(t->grant[w].perm, t->grant[w].retrieved, t->grant[w].ipa);
    logic s_page row_at{L}(struct iso_engine *e, integer p) =
      mk_page(e->pages[p].owner, e->pages[p].tx, e->pages[p].range,
              e->pages[p].ipa);
    logic s_vm vm_row{L}(struct iso_engine *e, integer v) =
      mk_vm(e->vms[v].state, e->vms[v].cursor_vm, e->vms[v].cursor_tx,
            e->vms[v].cursor_page); */

/*@ predicate valid_engine{L}(struct iso_engine *e) =
      \valid(e) && 1 <= e->npages <= ISO_MAX_PAGES &&
      \valid(e->pages + (0 .. e->npages - 1)) &&
      \valid(e->vms + (0 .. ISO_MAX_VMS - 1)) &&
      \separated(e, e->pages + (0 .. e->npages - 1),
                 e->vms + (0 .. ISO_MAX_VMS - 1));
    logic engine eng{L}(struct iso_engine *e) =
      model(e->pages, e->npages, e->vms); */

#endif
