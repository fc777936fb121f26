/* SPDX-License-Identifier: BSD-2-Clause */
#include "close.h"

#include <iso/port.h>

#include "store.h"

void iso_tx_unmap(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t ipa = t->grant[w].ipa;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, w) == grant_of(t, w); */
	/*@ assert fits: drop_spot(st(e), o, h, w); */
	/*@ loop invariant r: 0 <= r <= t->nranges;
	    loop invariant done: port_hw ==
	      hw_drop(\at(st(e), Pre), o, h, r, w);
	    loop assigns r, iso_hw;
	    loop variant t->nranges - r; */
	for (uint32_t r = 0; r < t->nranges; r++) {
		const struct iso_range *x = &t->range[r];

		/*@ assert span: range_at(eng(e), o, h, r) == span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		/*@ assert there: port_room(port_hw, w, ipa + x->off, x->page,
		      x->n); */
		iso_port_unmap(w, ipa + x->off, x->page, x->n);
		/*@ assert next: port_hw ==
		      hw_drop(\at(st(e), Pre), o, h, r + 1, w); */
	}
	iso_port_flush(w);
}

void iso_map_owner(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t perm)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ loop invariant r: 0 <= r <= t->nranges;
	    loop invariant done: port_hw ==
	      hw_owner(\at(st(e), Pre), o, h, r, perm);
	    loop assigns r, iso_hw;
	    loop variant t->nranges - r; */
	for (uint32_t r = 0; r < t->nranges; r++) {
		const uint32_t lo = t->range[r].page;
		const uint32_t n = t->range[r].n;
		uint32_t ipa;

		/*@ assert span: range_at(eng(e), o, h, r) == span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		ipa = e->pages[lo].ipa;
		/*@ assert page: page_at(eng(e), lo) == row_at(e, lo); */
		/*@ assert fits: owner_spot(ipa, n); */
		/*@ assert room: port_room(port_hw, o, ipa, lo, n); */
		/*@ assert off: perm == 0 || port_off(port_hw, o, lo, n); */
		iso_port_map(o, ipa, lo, n, perm);
		/*@ assert next: port_hw ==
		      hw_owner(\at(st(e), Pre), o, h, r + 1, perm); */
	}
}

/* what was lent or donated, and not shared, is the owner's to use again */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == close_hw(\old(st(e)), o, h); */
static void regain(struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	if (t->state == ISO_TX_SENT && t->kind != ISO_SHARE)
		iso_map_owner(e, o, h, ISO_PERM_RWX);
}

void iso_tx_close(struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t nr = t->nranges;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert spots: \forall integer r; 0 <= r < nr ==>
	      range_spot(st(e), o, h, r); */
	/*@ assert none: eng(e) == eng_untag(st(e), o, h, 0); */
	regain(e, o, h);
	/*@ loop invariant r: 0 <= r <= nr;
	    loop invariant valid: valid_engine(e);
	    loop invariant done: eng(e) ==
	      eng_untag(\at(st(e), Pre), o, h, r);
	    loop assigns r, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant nr - r; */
	for (uint32_t r = 0; r < nr; r++) {
		const struct iso_range *x = &t->range[r];

		/*@ assert span: range_at(\at(eng(e), Pre), o, h, r) ==
		      span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		iso_tag_run(e, x->page, x->n, ISO_NO_TX, 0);
		/*@ assert next: eng(e) ==
		      eng_untag(\at(st(e), Pre), o, h, r + 1); */
	}
	iso_free_tx(e, o, h);
}
