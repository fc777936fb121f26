/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>

#include "store.h"

/*@ requires valid: \valid(pages + (0 .. n - 1)) && n <= ISO_MAX_PAGES;
    terminates \true;
    exits \false;
    assigns pages[0 .. n - 1];
    ensures host: \forall integer p; 0 <= p < n ==>
      pages[p].owner == ISO_HOST && pages[p].tx == ISO_NO_TX &&
      pages[p].range == 0 && pages[p].ipa == p; */
static void init_pages(struct iso_page *pages, uint32_t n)
{
	/*@ loop invariant p: 0 <= p <= n;
	    loop invariant host: \forall integer q; 0 <= q < p ==>
	      pages[q].owner == ISO_HOST && pages[q].tx == ISO_NO_TX &&
	      pages[q].range == 0 && pages[q].ipa == q;
	    loop assigns p, pages[0 .. n - 1];
	    loop variant n - p; */
	for (uint32_t p = 0; p < n; p++) {
		pages[p].owner = ISO_HOST;
		pages[p].tx = ISO_NO_TX;
		pages[p].range = 0;
		pages[p].ipa = p;
	}
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(v);
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1];
    ensures done: fresh_vm(eng(e), v);
    ensures others: others_same(eng(e), \old(eng(e)), v);
    ensures pages: same_pages(eng(e), \old(eng(e))); */
static void init_vm(struct iso_engine *e, uint32_t v)
{
	/*@ loop invariant w: 0 <= w <= ISO_MAX_VMS;
	    loop invariant pages: same_pages(eng(e), \at(eng(e), Pre));
	    loop invariant others: others_same(eng(e), \at(eng(e), Pre), v);
	    loop invariant done: \forall integer x; 0 <= x < w ==>
	      peer_at(eng(e), v, x) == 0;
	    loop assigns w, e->vms[0 .. ISO_MAX_VMS - 1];
	    loop variant ISO_MAX_VMS - w; */
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		iso_put_peer(e, v, w, 0);
	/*@ assert peers: \forall integer x; peer_at(eng(e), v, x) == 0; */
	/*@ loop invariant h: 0 <= h <= ISO_MAX_TX;
	    loop invariant pages: same_pages(eng(e), \at(eng(e), Pre));
	    loop invariant others: others_same(eng(e), \at(eng(e), Pre), v);
	    loop invariant peers: \forall integer x;
	      peer_at(eng(e), v, x) == 0;
	    loop invariant txs: \forall integer g; 0 <= g < h ==>
	      tx_at(eng(e), v, g) == mk_tx(0, 0, 0, 0, 0, 0);
	    loop invariant grants: \forall integer g, x; 0 <= g < h ==>
	      grant_at(eng(e), v, g, x) == mk_grant(0, 0, 0);
	    loop assigns h, e->vms[0 .. ISO_MAX_VMS - 1];
	    loop variant ISO_MAX_TX - h; */
	for (uint32_t h = 0; h < ISO_MAX_TX; h++)
		iso_free_tx(e, v, h);
	/*@ assert txs: \forall integer g;
	      tx_at(eng(e), v, g) == mk_tx(0, 0, 0, 0, 0, 0); */
	/*@ assert grants: \forall integer g, x;
	      grant_at(eng(e), v, g, x) == mk_grant(0, 0, 0); */
	iso_put_vm(e, v, v == ISO_HOST ? ISO_VM_LIVE : ISO_VM_ABSENT, 0, 0, 0);
}

/*@ requires valid: \valid(e) && \valid(vms + (0 .. ISO_MAX_VMS - 1));
    requires pages: 1 <= npages <= ISO_MAX_PAGES ==>
      \valid(pages + (0 .. npages - 1)) &&
      \separated(e, pages + (0 .. npages - 1),
                 vms + (0 .. ISO_MAX_VMS - 1)) &&
      hw_fresh(port_hw, npages);
    terminates \true;
    exits \false;
    assigns *e, pages[0 .. npages - 1], vms[0 .. ISO_MAX_VMS - 1];
    ensures code: \result ==
      (1 <= npages <= ISO_MAX_PAGES ? ISO_OK : ISO_INVALID);
    ensures valid: \result == ISO_OK ==> valid_engine(e) &&
      e->pages == pages && e->npages == npages && e->vms == vms;
    ensures done: \result == ISO_OK ==> begun(st(e)); */
int32_t iso_engine_init(struct iso_engine *e, struct iso_page *pages,
			uint64_t npages, struct iso_vm *vms)
{
	if (npages == 0 || npages > ISO_MAX_PAGES)
		return ISO_INVALID;
	e->pages = pages;
	e->vms = vms;
	e->npages = (uint32_t)npages;
	init_pages(pages, e->npages);
	/*@ assert host: \forall integer p; 0 <= p < e->npages ==>
	      page_at(eng(e), p) == mk_page(ISO_HOST, ISO_NO_TX, 0, p); */
	/*@ loop invariant v: 0 <= v <= ISO_MAX_VMS;
	    loop invariant valid: valid_engine(e);
	    loop invariant same: e->pages == pages && e->vms == vms &&
	      e->npages == npages;
	    loop invariant pages: \forall integer p; 0 <= p < npages ==>
	      page_at(eng(e), p) == mk_page(ISO_HOST, ISO_NO_TX, 0, p);
	    loop invariant done: fresh_below(eng(e), v);
	    loop assigns v, vms[0 .. ISO_MAX_VMS - 1];
	    loop variant ISO_MAX_VMS - v; */
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		init_vm(e, v);
	/*@ assert vms: \forall integer u; fresh_vm(eng(e), u); */
	return ISO_OK;
}
