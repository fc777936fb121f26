/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STORE_H
#define ISO_STORE_H

/*
 * The engine's only writers. Each changes one row or one run and promises one
 * relation between the tables before and after; calls are composed of them.
 */

#include <iso/iso.h>

#include "port_contract.h"

/* the head of a transaction, as put_tx writes it */
struct iso_head {
	uint32_t state;
	uint32_t kind;
	uint32_t nranges;
	uint32_t total;
	uint32_t dirty;
	uint32_t rest;
};

/*@ logic s_tx head_of(struct iso_head x) =
      mk_tx(x.state, x.kind, x.nranges, x.total, x.dirty, x.rest);
    predicate head_fits(struct iso_head x) =
      x.state < 256 && x.kind < 256 && x.nranges < 65536 && x.dirty < 65536; */

/* the pages of the run are in range r of their owner's transaction h */
/*@ requires valid: valid_engine(e);
    requires run: lo + n <= e->npages;
    requires fits: h <= ISO_NO_TX && r < 256;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1];
    ensures done: eng(e) ==
      eng_tag(\old(eng(e)), lo, n, h, r); */
void iso_tag_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t h,
		 uint32_t r);

/* the pages of the run are owner's, in no transaction, at ipa and on */
/*@ requires valid: valid_engine(e);
    requires run: lo + n <= e->npages;
    requires fits: is_vm(owner) && ipa + n <= ISO_IPA_PAGES;
    requires unreached: port_unreached(port_hw, lo, n);
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1];
    ensures done: eng(e) ==
      eng_own(\old(eng(e)), lo, n, owner, ipa); */
void iso_own_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t owner,
		 uint32_t ipa);

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    requires fits: head_fits(x);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h];
    ensures done: eng(e) ==
      eng_tx(\old(eng(e)), o, h, head_of(x)); */
void iso_put_tx(struct iso_engine *e, uint32_t o, uint32_t h,
		struct iso_head x);
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_range(r);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].range[r];
    ensures done: eng(e) ==
      eng_range(\old(eng(e)), o, h, r, mk_span(lo, n, off)); */
void iso_put_range(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t r,
		   uint32_t lo, uint32_t n, uint32_t off);
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_vm(w);
    requires fits: perm < 256 && held < 256;
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].grant[w];
    ensures done: eng(e) ==
      eng_grant(\old(eng(e)), o, h, w, mk_grant(perm, held, ipa)); */
void iso_put_grant(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w,
		   uint32_t perm, uint32_t held, uint32_t ipa);
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(v);
    terminates \true;
    exits \false;
    assigns e->vms[v];
    ensures done: eng(e) ==
      eng_vm(\old(eng(e)), v, mk_vm(life, cvm, ctx, cpage)); */
void iso_put_vm(struct iso_engine *e, uint32_t v, uint32_t life, uint32_t cvm,
		uint32_t ctx, uint32_t cpage);
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(a) && is_vm(b);
    requires fits: on < 256;
    terminates \true;
    exits \false;
    assigns e->vms[a].peer[b];
    ensures done: eng(e) ==
      eng_peer(\old(eng(e)), a, b, on); */
void iso_put_peer(struct iso_engine *e, uint32_t a, uint32_t b, uint32_t on);

/* the slot is free and lists nobody */
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h];
    ensures done: eng(e) ==
      eng_clear(eng_tx(\old(eng(e)), o, h, mk_tx(0, 0, 0, 0, 0, 0)),
                o, h); */
void iso_free_tx(struct iso_engine *e, uint32_t o, uint32_t h);

#endif
