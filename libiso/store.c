/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

/* for annotations: these memory cells are as they were */
#define KEPT(x) ((x) == \at(x, Pre))
#define KEPT_VM(v) \
	(KEPT(e->vms[v].state) && KEPT(e->vms[v].cursor_vm) && \
	 KEPT(e->vms[v].cursor_tx) && KEPT(e->vms[v].cursor_page))
#define KEPT_TX(t) \
	(KEPT((t).state) && KEPT((t).kind) && KEPT((t).nranges) && \
	 KEPT((t).total) && KEPT((t).dirty) && KEPT((t).rest))
#define KEPT_RANGE(t, r) \
	(KEPT((t).range[r].page) && KEPT((t).range[r].n) && \
	 KEPT((t).range[r].off))
#define KEPT_GRANT(t, w) \
	(KEPT((t).grant[w].perm) && KEPT((t).grant[w].retrieved) && \
	 KEPT((t).grant[w].ipa))

void iso_tag_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t h,
		 uint32_t r)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant kept: \forall integer p; 0 <= p < e->npages ==>
	      e->pages[p].owner == \at(e->pages[p].owner, Pre) &&
	      e->pages[p].ipa == \at(e->pages[p].ipa, Pre);
	    loop invariant others: \forall integer p;
	      0 <= p < e->npages && !(lo <= p < lo + i) ==>
	      e->pages[p].tx == \at(e->pages[p].tx, Pre) &&
	      e->pages[p].range == \at(e->pages[p].range, Pre);
	    loop invariant tagged: \forall integer p; lo <= p < lo + i ==>
	      e->pages[p].tx == h && e->pages[p].range == r;
	    loop assigns i, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		e->pages[lo + i].tx = (uint8_t)h;
		e->pages[lo + i].range = (uint8_t)r;
	}
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert pages: same_pages(eng(e),
	      eng_tag(\at(eng(e), Pre), lo, n, h, r)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_tag(\at(eng(e), Pre), lo, n, h, r)); */
}

void iso_own_run(struct iso_engine *e, uint32_t lo, uint32_t n, uint32_t owner,
		 uint32_t ipa)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant others: \forall integer p;
	      0 <= p < e->npages && !(lo <= p < lo + i) ==>
	      e->pages[p].owner == \at(e->pages[p].owner, Pre) &&
	      e->pages[p].tx == \at(e->pages[p].tx, Pre) &&
	      e->pages[p].range == \at(e->pages[p].range, Pre) &&
	      e->pages[p].ipa == \at(e->pages[p].ipa, Pre);
	    loop invariant owned: \forall integer p; lo <= p < lo + i ==>
	      e->pages[p].owner == owner && e->pages[p].tx == ISO_NO_TX &&
	      e->pages[p].range == 0 && e->pages[p].ipa == ipa + (p - lo);
	    loop assigns i, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		struct iso_page *p = &e->pages[lo + i];

		p->owner = (uint16_t)owner;
		p->tx = ISO_NO_TX;
		p->range = 0;
		p->ipa = ipa + i;
	}
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert pages: same_pages(eng(e),
	      eng_own(\at(eng(e), Pre), lo, n, owner, ipa)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_own(\at(eng(e), Pre), lo, n, owner, ipa)); */
}

void iso_put_tx(struct iso_engine *e, uint32_t o, uint32_t h,
		struct iso_head x)
{
	struct iso_tx *t = &e->vms[o].tx[h];

	t->state = (uint8_t)x.state;
	t->kind = (uint8_t)x.kind;
	t->nranges = (uint16_t)x.nranges;
	t->total = x.total;
	t->dirty = (uint16_t)x.dirty;
	t->rest = x.rest;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert tx_vm: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 != o ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert tx_slot: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 == o && h1 != h ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert own: tx_at(eng(e), o, h) == head_of(x); */
	/*@ assert rest: \forall integer o1, h1; !(o1 == o && h1 == h) ==>
	      tx_at(eng(e), o1, h1) == tx_at(\at(eng(e), Pre), o1, h1); */
	/*@ assert txs: same_txs(eng(e),
	      eng_tx(\at(eng(e), Pre), o, h, head_of(x))); */
	/*@ assert range_vm: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 != o ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert range_slot: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 == o && h1 != h ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert range_here: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 == o && h1 == h ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grant_vm: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 != o ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_slot: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 != h ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_here: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 == h ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_tx(\at(eng(e), Pre), o, h, head_of(x))); */
}

void iso_put_range(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t r,
		   uint32_t lo, uint32_t n, uint32_t off)
{
	struct iso_range *x = &e->vms[o].tx[h].range[r];

	x->page = lo;
	x->n = n;
	x->off = off;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert vm_kept: \forall integer o1; is_vm(o1) ==> KEPT_VM(o1); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e),
	      eng_range(\at(eng(e), Pre), o, h, r, mk_span(lo, n, off))); */
	/*@ assert tx_vm: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 != o ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert tx_slot: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 == o && h1 != h ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert tx_here: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 == o && h1 == h ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert grant_vm: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 != o ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_slot: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 != h ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_here: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 == h ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_range(\at(eng(e), Pre), o, h, r, mk_span(lo, n, off))); */
}

void iso_put_grant(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w,
		   uint32_t perm, uint32_t held, uint32_t ipa)
{
	struct iso_grant *g = &e->vms[o].tx[h].grant[w];

	g->perm = (uint8_t)perm;
	g->retrieved = (uint8_t)held;
	g->ipa = ipa;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert vm_kept: \forall integer o1; is_vm(o1) ==> KEPT_VM(o1); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert tx_vm: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 != o ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert tx_slot: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 == o && h1 != h ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert tx_here: \forall integer o1, h1;
	      is_vm(o1) && is_tx(h1) && o1 == o && h1 == h ==>
	      KEPT_TX(e->vms[o1].tx[h1]); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert range_vm: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 != o ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert range_slot: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 == o && h1 != h ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert range_here: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 == o && h1 == h ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grant_vm: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 != o ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_slot: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 != h ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_here: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) && o1 == o && h1 == h && w1 != w ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert grant_others: \forall integer o1, h1, w1;
	      is_vm(o1) && is_tx(h1) && is_vm(w1) &&
	      !(o1 == o && h1 == h && w1 == w) ==>
	      KEPT_GRANT(e->vms[o1].tx[h1], w1); */
	/*@ assert own: grant_at(eng(e), o, h, w) ==
	      mk_grant(perm, held, ipa); */
	/*@ assert rest: \forall integer o1, h1, w1;
	      !(o1 == o && h1 == h && w1 == w) ==>
	      grant_at(eng(e), o1, h1, w1) ==
	        grant_at(\at(eng(e), Pre), o1, h1, w1); */
	/*@ assert grants: same_grants(eng(e),
	      eng_grant(\at(eng(e), Pre), o, h, w, mk_grant(perm, held, ipa))); */
	/*@ assert wrote: wrote(eng(e),
	      eng_grant(\at(eng(e), Pre), o, h, w, mk_grant(perm, held, ipa))); */
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
	/*@ assert range_vm: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 != v ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert range_here: \forall integer o1, h1, r1;
	      is_vm(o1) && is_tx(h1) && is_range(r1) && o1 == v ==>
	      KEPT_RANGE(e->vms[o1].tx[h1], r1); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e),
	      eng_vm(\at(eng(e), Pre), v, mk_vm(life, cvm, ctx, cpage))); */
}

void iso_put_peer(struct iso_engine *e, uint32_t a, uint32_t b, uint32_t on)
{
	e->vms[a].peer[b] = (uint8_t)on;
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
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
