/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

/*
 * The rows beside a written one are as they were: those of other VMs, those of
 * the VM's other transactions, and of the same transaction. Apart, since each
 * is a question of its own about addresses.
 */
/*@ predicate tx_vms(engine a, engine b, integer o) =
      \forall integer v, g; is_vm(v) && is_tx(g) && v != o ==>
        tx_at(a, v, g) == tx_at(b, v, g);
    predicate tx_slots(engine a, engine b, integer o, integer h) =
      \forall integer g; is_tx(g) && g != h ==>
        tx_at(a, o, g) == tx_at(b, o, g);
    predicate range_vms(engine a, engine b, integer o) =
      \forall integer v, g, q; is_vm(v) && is_tx(g) && is_range(q) && v != o ==>
        range_at(a, v, g, q) == range_at(b, v, g, q);
    predicate range_slots(engine a, engine b, integer o, integer h) =
      \forall integer g, q; is_tx(g) && is_range(q) && g != h ==>
        range_at(a, o, g, q) == range_at(b, o, g, q);
    predicate range_here(engine a, engine b, integer o, integer h, integer r) =
      \forall integer q; is_range(q) && q != r ==>
        range_at(a, o, h, q) == range_at(b, o, h, q);
    predicate grant_vms(engine a, engine b, integer o) =
      \forall integer v, g, u; is_vm(v) && is_tx(g) && is_vm(u) && v != o ==>
        grant_at(a, v, g, u) == grant_at(b, v, g, u);
    predicate grant_slots(engine a, engine b, integer o, integer h) =
      \forall integer g, u; is_tx(g) && is_vm(u) && g != h ==>
        grant_at(a, o, g, u) == grant_at(b, o, g, u);
    predicate grant_here(engine a, engine b, integer o, integer h, integer w) =
      \forall integer u; is_vm(u) && u != w ==>
        grant_at(a, o, h, u) == grant_at(b, o, h, u); */

/*@ requires valid: valid_engine(e);
    requires page: p < e->npages;
    requires fits: h <= ISO_NO_TX && r < 256;
    terminates \true;
    exits \false;
    assigns e->pages[p].tx, e->pages[p].range;
    ensures done: eng(e) == eng_tag(\old(eng(e)), p, 1, h, r); */
static void tag_page(struct iso_engine *e, uint32_t p, uint32_t h, uint32_t r)
{
	const uint32_t both = h + r * 256;

	/*@ assert parts: both % 256 == h && both / 256 == r; */
	e->pages[p].tx = (uint8_t)(both % 256);
	e->pages[p].range = (uint8_t)(both / 256);
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert pages: same_pages(eng(e),
	      eng_tag(\at(eng(e), Pre), p, 1, h, r)); */
	/*@ assert wrote: wrote(eng(e), eng_tag(\at(eng(e), Pre), p, 1, h, r)); */
}

void iso_tag_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t h,
		 uint32_t r)
{
	const uint32_t end = lo + n;

	/* until p is the end, not below: so a page's address takes no sum */
#pragma GCC unroll 8
	/*@ loop invariant p: lo <= p <= end;
	    loop invariant valid: valid_engine(e);
	    loop invariant done: eng(e) ==
	      tagged_to(\at(eng(e), Pre), lo, p - lo, h, r);
	    loop assigns p, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant end - p; */
	for (uint32_t p = lo; p != end; p++) {
		tag_page(e, p, h, r);
		/*@ assert next: eng(e) ==
		      tagged_to(\at(eng(e), Pre), lo, p - lo + 1, h, r); */
	}
}

/*@ requires valid: valid_engine(e);
    requires page: p < e->npages;
    requires fits: is_vm(owner) && ipa < ISO_IPA_PAGES;
    terminates \true;
    exits \false;
    assigns e->pages[p];
    ensures done: eng(e) == eng_own(\old(eng(e)), p, 1, owner, ipa); */
static void own_page(struct iso_engine *e, uint32_t p, uint32_t owner,
		     uint32_t ipa)
{
	struct iso_page *x = &e->pages[p];

	x->owner = (uint16_t)owner;
	x->tx = ISO_NO_TX;
	x->range = 0;
	x->ipa = ipa;
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert pages: same_pages(eng(e),
	      eng_own(\at(eng(e), Pre), p, 1, owner, ipa)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_own(\at(eng(e), Pre), p, 1, owner, ipa)); */
}

void iso_own_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t owner,
		 uint32_t ipa)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant valid: valid_engine(e);
	    loop invariant done: eng(e) ==
	      owned_to(\at(eng(e), Pre), lo, i, owner, ipa);
	    loop assigns i, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		own_page(e, lo + i, owner, ipa + i);
		/*@ assert next: eng(e) ==
		      owned_to(\at(eng(e), Pre), lo, i + 1, owner, ipa); */
	}
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    requires fits: head_fits(x);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].state, e->vms[o].tx[h].kind,
      e->vms[o].tx[h].nranges, e->vms[o].tx[h].total,
      e->vms[o].tx[h].dirty, e->vms[o].tx[h].rest;
    ensures own: tx_at(eng(e), o, h) == head_of(x);
    ensures tx_vms: tx_vms(eng(e), \old(eng(e)), o);
    ensures tx_slots: tx_slots(eng(e), \old(eng(e)), o, h);
    ensures pages: same_pages(eng(e), \old(eng(e)));
    ensures vms: same_vms(eng(e), \old(eng(e)));
    ensures peers: same_peers(eng(e), \old(eng(e)));
    ensures range_vms: range_vms(eng(e), \old(eng(e)), o);
    ensures range_slots: range_slots(eng(e), \old(eng(e)), o, h);
    ensures range_here: range_here(eng(e), \old(eng(e)), o, h, ISO_MAX_RANGES);
    ensures grant_vms: grant_vms(eng(e), \old(eng(e)), o);
    ensures grant_slots: grant_slots(eng(e), \old(eng(e)), o, h);
    ensures grant_here: grant_here(eng(e), \old(eng(e)), o, h, ISO_MAX_VMS); */
static void write_head(struct iso_engine *e, uint32_t o, uint32_t h,
		       struct iso_head x)
{
	struct iso_tx *t = &e->vms[o].tx[h];

	t->state = (uint8_t)x.state;
	t->kind = (uint8_t)x.kind;
	t->nranges = (uint16_t)x.nranges;
	t->total = x.total;
	t->dirty = (uint16_t)x.dirty;
	t->rest = x.rest;
}

void iso_put_tx(struct iso_engine *e, uint32_t o, uint32_t h,
		struct iso_head x)
{
	write_head(e, o, h, x);
	/*@ assert txs: same_txs(eng(e),
	      eng_tx(\at(eng(e), Pre), o, h, head_of(x))); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_tx(\at(eng(e), Pre), o, h, head_of(x))); */
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_range(r);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].range[r].page, e->vms[o].tx[h].range[r].n,
      e->vms[o].tx[h].range[r].off;
    ensures own: range_at(eng(e), o, h, r) == mk_span(lo, n, off);
    ensures range_vms: range_vms(eng(e), \old(eng(e)), o);
    ensures range_slots: range_slots(eng(e), \old(eng(e)), o, h);
    ensures range_here: range_here(eng(e), \old(eng(e)), o, h, r);
    ensures pages: same_pages(eng(e), \old(eng(e)));
    ensures vms: same_vms(eng(e), \old(eng(e)));
    ensures peers: same_peers(eng(e), \old(eng(e)));
    ensures tx_vms: tx_vms(eng(e), \old(eng(e)), o);
    ensures tx_slots: tx_slots(eng(e), \old(eng(e)), o, ISO_MAX_TX);
    ensures grant_vms: grant_vms(eng(e), \old(eng(e)), o);
    ensures grant_slots: grant_slots(eng(e), \old(eng(e)), o, h);
    ensures grant_here: grant_here(eng(e), \old(eng(e)), o, h, ISO_MAX_VMS); */
static void write_range(struct iso_engine *e, uint32_t o, uint32_t h,
			uint32_t r, uint32_t lo, uint32_t n, uint32_t off)
{
	struct iso_range *x = &e->vms[o].tx[h].range[r];

	x->page = lo;
	x->n = n;
	x->off = off;
}

void iso_put_range(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t r,
		   uint32_t lo, uint32_t n, uint32_t off)
{
	write_range(e, o, h, r, lo, n, off);
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e),
	      eng_range(\at(eng(e), Pre), o, h, r, mk_span(lo, n, off))); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_range(\at(eng(e), Pre), o, h, r, mk_span(lo, n, off))); */
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_vm(w);
    requires fits: perm < 256 && held < 256;
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].grant[w].perm,
      e->vms[o].tx[h].grant[w].retrieved, e->vms[o].tx[h].grant[w].ipa;
    ensures own: grant_at(eng(e), o, h, w) == mk_grant(perm, held, ipa);
    ensures grant_vms: grant_vms(eng(e), \old(eng(e)), o);
    ensures grant_slots: grant_slots(eng(e), \old(eng(e)), o, h);
    ensures grant_here: grant_here(eng(e), \old(eng(e)), o, h, w);
    ensures pages: same_pages(eng(e), \old(eng(e)));
    ensures vms: same_vms(eng(e), \old(eng(e)));
    ensures peers: same_peers(eng(e), \old(eng(e)));
    ensures tx_vms: tx_vms(eng(e), \old(eng(e)), o);
    ensures tx_slots: tx_slots(eng(e), \old(eng(e)), o, ISO_MAX_TX);
    ensures range_vms: range_vms(eng(e), \old(eng(e)), o);
    ensures range_slots: range_slots(eng(e), \old(eng(e)), o, h);
    ensures range_here: range_here(eng(e), \old(eng(e)), o, h, ISO_MAX_RANGES); */
static void write_grant(struct iso_engine *e, uint32_t o, uint32_t h,
			uint32_t w, uint32_t perm, uint32_t held,
			uint32_t ipa)
{
	struct iso_grant *g = &e->vms[o].tx[h].grant[w];

	g->perm = (uint8_t)perm;
	g->retrieved = (uint8_t)held;
	g->ipa = ipa;
}

void iso_put_grant(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w,
		   uint32_t perm, uint32_t held, uint32_t ipa)
{
	write_grant(e, o, h, w, perm, held, ipa);
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), eng_grant(\at(eng(e), Pre),
	      o, h, w, mk_grant(perm, held, ipa))); */
	/*@ assert wrote: wrote(eng(e), eng_grant(\at(eng(e), Pre), o, h, w,
	      mk_grant(perm, held, ipa))); */
}

void iso_put_vm(struct iso_engine *e, uint32_t v, uint32_t life, uint32_t cvm,
		uint32_t ctx, uint32_t cpage)
{
	struct iso_vm *x = &e->vms[v];

	x->state = life;
	x->cursor_vm = cvm;
	x->cursor_tx = ctx;
	x->cursor_page = cpage;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert vms: same_vms(eng(e),
	      eng_vm(\at(eng(e), Pre), v, mk_vm(life, cvm, ctx, cpage))); */
	/*@ assert range_vms: range_vms(eng(e), \at(eng(e), Pre), v); */
	/*@ assert range_own: range_slots(eng(e), \at(eng(e), Pre), v,
	      ISO_MAX_TX); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_vm(\at(eng(e), Pre), v, mk_vm(life, cvm, ctx, cpage))); */
}

void iso_put_peer(struct iso_engine *e, uint32_t a, uint32_t b, uint32_t on)
{
	e->vms[a].peer[b] = (uint8_t)on;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert tx_vms: tx_vms(eng(e), \at(eng(e), Pre), a); */
	/*@ assert tx_own: tx_slots(eng(e), \at(eng(e), Pre), a, ISO_MAX_TX); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grant_vms: grant_vms(eng(e), \at(eng(e), Pre), a); */
	/*@ assert grant_own: grant_slots(eng(e), \at(eng(e), Pre), a,
	      ISO_MAX_TX); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e),
	      eng_peer(\at(eng(e), Pre), a, b, on)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_peer(\at(eng(e), Pre), a, b, on)); */
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h].grant[0 .. ISO_MAX_VMS - 1];
    ensures done: eng(e) == eng_clear(\old(eng(e)), o, h); */
static void clear_grants(struct iso_engine *e, uint32_t o, uint32_t h)
{
	/*@ loop invariant w: 0 <= w <= ISO_MAX_VMS;
	    loop invariant rest: same_but_grants(eng(e), \at(eng(e), Pre));
	    loop invariant cleared: \forall integer x; 0 <= x < w ==>
	      grant_at(eng(e), o, h, x) == mk_grant(0, 0, 0);
	    loop invariant others: \forall integer o1, h1, x;
	      !(o1 == o && h1 == h && 0 <= x < w) ==>
	      grant_at(eng(e), o1, h1, x) ==
	        grant_at(\at(eng(e), Pre), o1, h1, x);
	    loop assigns w, e->vms[o].tx[h].grant[0 .. ISO_MAX_VMS - 1];
	    loop variant ISO_MAX_VMS - w; */
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		iso_put_grant(e, o, h, w, ISO_PERM_NONE, 0, 0);
	/*@ assert grants: same_grants(eng(e),
	      eng_clear(\at(eng(e), Pre), o, h)); */
	/*@ assert wrote: wrote(eng(e), eng_clear(\at(eng(e), Pre), o, h)); */
}

void iso_free_tx(struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_head none = { 0, 0, 0, 0, 0, 0 };

	iso_put_tx(e, o, h, none);
	clear_grants(e, o, h);
}
