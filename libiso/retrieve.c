/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "close.h"
#include "scrub.h"
#include "store.h"

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_retrieve_code(st(e), c, o, h, i); */
static int32_t tx_retrieve_code(const struct iso_engine *e, uint64_t c,
				uint64_t o, uint64_t h, uint64_t i)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (o >= ISO_MAX_VMS || h >= ISO_MAX_TX)
		return ISO_INVALID;
	t = &e->vms[o].tx[h];
	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, c) == grant_of(t, c); */
	/*@ assert row: vm_at(eng(e), o) == vm_row(e, o); */
	if (t->state != ISO_TX_SENT || t->grant[c].perm == ISO_PERM_NONE ||
	    t->grant[c].retrieved != 0)
		return ISO_DENIED;
	if (e->vms[o].state != ISO_VM_LIVE)
		return ISO_DENIED;
	if (t->dirty > 0)
		return ISO_BUSY;
	if (!iso_valid_ipa(i, t->total) || (c == ISO_HOST && i < e->npages))
		return ISO_INVALID;
	/*@ assert vacant: vacant(st(e), c, i, t->total) <==>
	      port_vacant(port_hw, c, i, t->total); */
	if (!iso_port_vacant((uint32_t)c, (uint32_t)i, t->total))
		return ISO_BUSY;
	return ISO_OK;
}

/* the giver of a donation loses its pages */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == dropped(\old(st(e)), o, h, o); */
static void unmap_owner(const struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ loop invariant r: 0 <= r <= t->nranges;
	    loop invariant done: port_hw ==
	      hw_drop(\at(st(e), Pre), o, h, r, o);
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
		/*@ assert there: port_room(port_hw, o, ipa, lo, n); */
		iso_port_unmap(o, ipa, lo, n);
		/*@ assert next: port_hw ==
		      hw_drop(\at(st(e), Pre), o, h, r + 1, o); */
	}
	iso_port_flush(o);
}

/* sent to c, who does not hold it and has room for it at i */
/*@ predicate on_offer{L}(struct iso_engine *e, integer c, integer o, integer h,
        integer i) =
      e->vms[o].tx[h].state == ISO_TX_SENT &&
      e->vms[o].tx[h].grant[c].perm != 0 &&
      e->vms[o].tx[h].grant[c].retrieved == 0 &&
      i + e->vms[o].tx[h].total <= ISO_IPA_PAGES &&
      vacant(st(e), c, i, e->vms[o].tx[h].total); */

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && c != o;
    requires offered: on_offer(e, c, o, h, i);
    requires kept: e->vms[o].tx[h].kind != ISO_DONATE;
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == tx_take_next(\old(st(e)), c, o, h, i); */
static void tx_take(struct iso_engine *e, uint32_t c, uint32_t o, uint32_t h,
		    uint32_t i)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t nr = t->nranges;
	const uint32_t perm = t->grant[c].perm;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, c) == grant_of(t, c); */
	/*@ assert vacant: port_vacant(port_hw, c, i, t->total); */
	/*@ assert none: take_spot(st(e), c, o, h, i); */
	/*@ loop invariant r: 0 <= r <= nr;
	    loop invariant done: port_hw == hw_take(\at(st(e), Pre),
	      \at(port_hw, Pre), o, h, r, c, i, perm);
	    loop assigns r, iso_hw;
	    loop variant nr - r; */
	for (uint32_t r = 0; r < nr; r++) {
		const struct iso_range *x = &t->range[r];

		/*@ assert span: range_at(\at(eng(e), Pre), o, h, r) ==
		      span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		/*@ assert room: port_room(port_hw, c, i + x->off, x->page,
		      x->n); */
		/*@ assert off: port_off(port_hw, c, x->page, x->n); */
		iso_port_map(c, i + x->off, x->page, x->n, perm);
		/*@ assert next: port_hw == hw_take(\at(st(e), Pre),
		      \at(port_hw, Pre), o, h, r + 1, c, i, perm); */
	}
	iso_put_grant(e, o, h, c, perm, 1, i);
}

/* the pages are no longer o's, in no table, and c's */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && c != o;
    requires offered: on_offer(e, c, o, h, i);
    requires given: e->vms[o].tx[h].kind == ISO_DONATE;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw;
    ensures owned: eng(e) == eng_own_tx(\old(st(e)), o, h,
      \old(e->vms[o].tx[h].nranges), c, i);
    ensures dropped: port_hw == dropped(\old(st(e)), o, h, o);
    ensures none: accept_spot(\old(st(e)), port_hw, c, o, h, i); */
static void tx_own(struct iso_engine *e, uint32_t c, uint32_t o, uint32_t h,
		   uint32_t i)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t nr = t->nranges;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert donation: donation(st(e), o, h); */
	unmap_owner(e, o, h);
	/*@ assert none: accept_spot(\at(st(e), Pre), port_hw, c, o, h, i); */
	/*@ loop invariant r: 0 <= r <= nr;
	    loop invariant done: eng(e) ==
	      eng_own_tx(\at(st(e), Pre), o, h, r, c, i);
	    loop assigns r, e->pages[0 .. \at(e->npages, Pre) - 1];
	    loop variant nr - r; */
	for (uint32_t r = 0; r < nr; r++) {
		const struct iso_range *x = &t->range[r];

		/*@ assert span: range_at(\at(eng(e), Pre), o, h, r) ==
		      span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		/*@ assert unreached: port_unreached(port_hw, x->page,
		      x->n); */
		iso_own_run(e, x->page, x->n, c, i + x->off);
		/*@ assert valid: valid_engine(e); */
		/*@ assert next: eng(e) ==
		      eng_own_tx(\at(st(e), Pre), o, h, r + 1, c, i); */
	}
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && c != o;
    requires offered: on_offer(e, c, o, h, i);
    requires given: e->vms[o].tx[h].kind == ISO_DONATE;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == tx_accept_next(\old(st(e)), c, o, h, i); */
static void tx_accept(struct iso_engine *e, uint32_t c, uint32_t o, uint32_t h,
		      uint32_t i)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t nr = t->nranges;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert donation: donation(st(e), o, h); */
	tx_own(e, c, o, h, i);
	/*@ loop invariant r: 0 <= r <= nr;
	    loop invariant done: port_hw == hw_take(\at(st(e), Pre),
	      dropped(\at(st(e), Pre), o, h, o), o, h, r, c, i, ISO_PERM_RWX);
	    loop assigns r, iso_hw;
	    loop variant nr - r; */
	for (uint32_t r = 0; r < nr; r++) {
		const struct iso_range *x = &t->range[r];

		/*@ assert span: range_at(\at(eng(e), Pre), o, h, r) ==
		      span_at(t, r); */
		/*@ assert spot: range_spot(\at(st(e), Pre), o, h, r); */
		/*@ assert room: port_room(port_hw, c, i + x->off, x->page,
		      x->n); */
		/*@ assert off: port_off(port_hw, c, x->page, x->n); */
		iso_port_map(c, i + x->off, x->page, x->n, ISO_PERM_RWX);
		/*@ assert next: port_hw == hw_take(\at(st(e), Pre),
		      dropped(\at(st(e), Pre), o, h, o), o, h, r + 1, c, i, ISO_PERM_RWX); */
	}
	iso_free_tx(e, o, h);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == tx_retrieve_code(\old(st(e)), caller, sender, tx, ipa);
    ensures done: st(e) == tx_retrieve_step(\old(st(e)), caller, sender, tx, ipa);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_retrieve(struct iso_engine *e, uint64_t caller, uint64_t sender,
			uint64_t tx, uint64_t ipa)
{
	int32_t r;

	iso_port_lock();
	r = tx_retrieve_code(e, caller, sender, tx, ipa);
	if (r == ISO_OK) {
		/*@ assert ids: is_vm(caller) && is_vm(sender) && is_tx(tx) &&
		      ipa <= ISO_IPA_PAGES && caller != sender; */
		/*@ assert head: tx_at(eng(e), sender, tx) ==
		      head_at(&e->vms[sender].tx[tx]); */
		/*@ assert grant: grant_at(eng(e), sender, tx, caller) ==
		      grant_of(&e->vms[sender].tx[tx], caller); */
		if (e->vms[sender].tx[tx].kind == ISO_DONATE) {
			tx_accept(e, (uint32_t)caller, (uint32_t)sender,
				  (uint32_t)tx, (uint32_t)ipa);
			/*@ assert accepted: st(e) == tx_retrieve_next(
			      \at(st(e), Pre), caller, sender, tx, ipa); */
		} else {
			tx_take(e, (uint32_t)caller, (uint32_t)sender,
				(uint32_t)tx, (uint32_t)ipa);
			/*@ assert took: st(e) == tx_take_next(
			      \at(st(e), Pre), caller, sender, tx, ipa); */
			/*@ assert taken: st(e) == tx_retrieve_next(
			      \at(st(e), Pre), caller, sender, tx, ipa); */
		}
	}
	iso_port_unlock();
	return r;
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> (perm == 3 || perm == 7); */
static int32_t writable(uint32_t perm)
{
	return perm == ISO_PERM_RW || perm == ISO_PERM_RWX;
}

/* may c, who holds the transaction, give it back so? */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && clear <= 1;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == give_back_code(st(e), c, o, h, clear); */
static int32_t give_back_code(const struct iso_engine *e, uint32_t c,
			      uint32_t o, uint32_t h, uint32_t clear)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	if (clear == 0)
		return ISO_OK;
	if (t->kind == ISO_SHARE)
		return ISO_INVALID;
	if (!writable(t->grant[c].perm) || !iso_last(e, o, h, c))
		return ISO_DENIED;
	return ISO_RETRY;
}

/* may c, to whom it is offered, give it back or scrub on so? */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && clear <= 1 && max > 0;
    requires sent: e->vms[o].tx[h].state == ISO_TX_SENT;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == (e->vms[o].tx[h].grant[c].retrieved != 0 ?
      give_back_code(st(e), c, o, h, clear) :
      e->vms[o].tx[h].dirty > 0 ? scrub_code(st(e), o, h, max) :
      ISO_DENIED); */
static int32_t offered_code(const struct iso_engine *e, uint32_t c, uint32_t o,
			    uint32_t h, uint32_t clear, uint64_t max)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	if (t->grant[c].retrieved != 0)
		return give_back_code(e, c, o, h, clear);
	if (t->dirty > 0)
		return iso_scrub_code(e, o, h, max);
	return ISO_DENIED;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_relinquish_code(st(e), c, o, h, clear, max); */
static int32_t tx_relinquish_code(const struct iso_engine *e, uint64_t c,
				  uint64_t o, uint64_t h, uint64_t clear,
				  uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (o >= ISO_MAX_VMS || h >= ISO_MAX_TX || clear > 1 || max == 0)
		return ISO_INVALID;
	t = &e->vms[o].tx[h];
	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, c) == grant_of(t, c); */
	if (t->state != ISO_TX_SENT || t->grant[c].perm == ISO_PERM_NONE)
		return ISO_DENIED;
	return offered_code(e, (uint32_t)c, (uint32_t)o, (uint32_t)h,
			    (uint32_t)clear, max);
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_vm(o) && is_tx(h) && clear <= 1 && c != o;
    requires held: e->vms[o].tx[h].grant[c].retrieved != 0;
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == tx_relinquish_next(\old(st(e)), c, o, h, clear); */
static void tx_relinquish(struct iso_engine *e, uint32_t c, uint32_t o,
			  uint32_t h, uint32_t clear)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	struct iso_head x;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, c) == grant_of(t, c); */
	/*@ assert bound: range_spot(st(e), o, h, t->nranges - 1); */
	/*@ assert span: range_at(eng(e), o, h, t->nranges - 1) ==
	      span_at(t, t->nranges - 1); */
	x = iso_sent(t, clear);
	/*@ assert x: clear == 1 ==> head_of(x) ==
	      soiled(st(e), o, h, tx_at(eng(e), o, h)); */
	iso_tx_unmap(e, o, h, c);
	iso_put_grant(e, o, h, c, t->grant[c].perm, 0, 0);
	if (clear == 1)
		iso_put_tx(e, o, h, x);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == tx_relinquish_code(\old(st(e)), caller, sender, tx, clear, max);
    ensures done: st(e) == tx_relinquish_step(\old(st(e)), caller, sender, tx, clear, max);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_relinquish(struct iso_engine *e, uint64_t caller,
			  uint64_t sender, uint64_t tx, uint64_t clear,
			  uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_relinquish_code(e, caller, sender, tx, clear, max);
	if (r == ISO_OK || r == ISO_RETRY) {
		/*@ assert ids: is_vm(caller) && is_vm(sender) && is_tx(tx) &&
		      clear <= 1; */
		/*@ assert head: tx_at(eng(e), sender, tx) ==
		      head_at(&e->vms[sender].tx[tx]); */
		/*@ assert grant: grant_at(eng(e), sender, tx, caller) ==
		      grant_of(&e->vms[sender].tx[tx], caller); */
		if (e->vms[sender].tx[tx].grant[caller].retrieved != 0)
			tx_relinquish(e, (uint32_t)caller, (uint32_t)sender,
				      (uint32_t)tx, (uint32_t)clear);
		else
			iso_scrub(e, (uint32_t)sender, (uint32_t)tx, max);
		/*@ assert step: st(e) == tx_relinquish_step(
		      \at(st(e), Pre), caller, sender, tx, clear, max); */
	}
	iso_port_unlock();
	return r;
}
