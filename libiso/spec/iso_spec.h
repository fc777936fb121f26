/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_SPEC_H
#define ISO_SPEC_H

/*
 * The bridge: WhyML's words in ACSL, and the model that reads the engine's
 * arrays as the specification's tables. The axioms of Model define `model`,
 * one for each table, inside the arrays and outside; verify/assumptions.md
 * lists them, tests/model.c runs them.
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
  logic engine eng_tx(engine e, integer o, integer h, s_tx t);
  logic engine eng_range(engine e, integer o, integer h, integer r, s_span x);
  logic engine eng_grant(engine e, integer o, integer h, integer w, s_grant g);
  logic engine eng_vm(engine e, integer v, s_vm x);
  logic engine eng_peer(engine e, integer a, integer b, integer x);
  logic engine eng_clear(engine e, integer o, integer h);
} */

/*@ predicate is_vm(integer v) = 0 <= v < ISO_MAX_VMS;
    predicate is_tx(integer h) = 0 <= h < ISO_MAX_TX;
    predicate is_range(integer r) = 0 <= r < ISO_MAX_RANGES; */

/*@ axiomatic Model {
  logic engine model{L}(struct iso_page *pg, integer n, struct iso_vm *vm)
    reads pg[0 .. n-1], vm[0 .. ISO_MAX_VMS-1];
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

/*@ predicate valid_engine{L}(struct iso_engine *e) =
      \valid(e) && 1 <= e->npages <= ISO_MAX_PAGES &&
      \valid(e->pages + (0 .. e->npages - 1)) &&
      \valid(e->vms + (0 .. ISO_MAX_VMS - 1)) &&
      \separated(e, e->pages + (0 .. e->npages - 1),
                 e->vms + (0 .. ISO_MAX_VMS - 1));
    logic engine eng{L}(struct iso_engine *e) =
      model(e->pages, e->npages, e->vms); */

#endif
