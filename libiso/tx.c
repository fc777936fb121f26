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
    ensures code: \result == tx_open_code(st(e), c, h, kind); */
static int32_t tx_open_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			    uint64_t kind)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (kind < ISO_SHARE || kind > ISO_DONATE)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_FREE)
		return ISO_BUSY;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == tx_open_code(\old(st(e)), caller, tx, kind);
    ensures done: st(e) == tx_open_step(\old(st(e)), caller, tx, kind);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_open(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t kind)
{
	const struct iso_head x = { ISO_TX_OPEN, (uint32_t)kind, 0, 0, 0, 0 };
	int32_t r;

	iso_port_lock();
	r = tx_open_code(e, caller, tx, kind);
	if (r == ISO_OK)
		iso_put_tx(e, (uint32_t)caller, (uint32_t)tx, x);
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_add_code(st(e), c, h, lo, n); */
static int32_t tx_add_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			   uint64_t lo, uint64_t n)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (!iso_valid_run(e, lo, n))
		return ISO_INVALID;
	t = &e->vms[c].tx[h];
	if (t->state != ISO_TX_OPEN)
		return ISO_DENIED;
	if (t->nranges >= ISO_MAX_RANGES || t->total + n > ISO_IPA_PAGES)
		return ISO_NO_MEMORY;
	if (!iso_plain_run(e, (uint32_t)c, (uint32_t)lo, (uint32_t)n))
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_tx(h);
    requires run: 1 <= n && lo + n <= e->npages;
    requires room: e->vms[c].tx[h].nranges < ISO_MAX_RANGES &&
      e->vms[c].tx[h].total + n <= ISO_IPA_PAGES;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[c].tx[h];
    ensures done: st(e) == tx_add_next(\old(st(e)), c, h, lo, n); */
static void tx_add(struct iso_engine *e, uint32_t c, uint32_t h, uint32_t lo,
		   uint32_t n)
{
	const struct iso_tx *t = &e->vms[c].tx[h];
	const uint32_t r = t->nranges;
	const uint32_t off = t->total;
	const struct iso_head x = { t->state, t->kind,  r + 1,
				    off + n,  t->dirty, t->rest };

	/*@ assert head: tx_at(eng(e), c, h) == head_at(t); */
	/*@ assert x: head_of(x) == added(st(e), c, h, n); */
	iso_put_tx(e, c, h, x);
	iso_put_range(e, c, h, r, lo, n, off);
	iso_tag_run(e, lo, n, h, r);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == tx_add_code(\old(st(e)), caller, tx, page, n);
    ensures done: st(e) == tx_add_step(\old(st(e)), caller, tx, page, n);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_add(struct iso_engine *e, uint64_t caller, uint64_t tx,
		   uint64_t page, uint64_t n)
{
	int32_t r;

	iso_port_lock();
	r = tx_add_code(e, caller, tx, page, n);
	if (r == ISO_OK)
		tx_add(e, (uint32_t)caller, (uint32_t)tx, (uint32_t)page,
		       (uint32_t)n);
	iso_port_unlock();
	return r;
}

/* no receiver but w */
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_vm(w);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> only(st(e), o, h, w); */
static int32_t only(const struct iso_engine *e, uint32_t o, uint32_t h,
		    uint32_t w)
{
	/*@ loop invariant x: 0 <= x <= ISO_MAX_VMS;
	    loop invariant none: \forall integer y; 0 <= y < x && y != w ==>
	      e->vms[o].tx[h].grant[y].perm == ISO_PERM_NONE;
	    loop assigns x;
	    loop variant ISO_MAX_VMS - x; */
	for (uint32_t x = 0; x < ISO_MAX_VMS; x++) {
		const struct iso_tx *t = &e->vms[o].tx[h];

		/*@ assert row: grant_at(eng(e), o, h, x) == grant_of(t, x); */
		if (t->grant[x].perm != ISO_PERM_NONE && x != w)
			return 0;
	}
	/*@ assert all: only(st(e), o, h, w); */
	return 1;
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> (p == 1 || p == 3 || p == 5 || p == 7); */
static int32_t valid_perm(uint64_t p)
{
	return p == ISO_PERM_R || p == ISO_PERM_RW || p == ISO_PERM_RX ||
	       p == ISO_PERM_RWX;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_grant_code(st(e), c, h, w, perm); */
static int32_t tx_grant_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			     uint64_t w, uint64_t perm)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (w >= ISO_MAX_VMS || w == c)
		return ISO_INVALID;
	if (!valid_perm(perm))
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_OPEN)
		return ISO_DENIED;
	if (e->vms[c].peer[w] != 1 || e->vms[w].state != ISO_VM_LIVE)
		return ISO_DENIED;
	if (e->vms[c].tx[h].kind == ISO_DONATE &&
	    (w == ISO_HOST || !only(e, (uint32_t)c, (uint32_t)h, (uint32_t)w)))
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == tx_grant_code(\old(st(e)), caller, tx, vm, perm);
    ensures done: st(e) == tx_grant_step(\old(st(e)), caller, tx, vm, perm);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_grant(struct iso_engine *e, uint64_t caller, uint64_t tx,
		     uint64_t vm, uint64_t perm)
{
	int32_t r;

	iso_port_lock();
	r = tx_grant_code(e, caller, tx, vm, perm);
	/*@ assert ids: r == ISO_OK ==>
	      is_vm(caller) && is_tx(tx) && is_vm(vm) && perm <= 7; */
	if (r == ISO_OK)
		iso_put_grant(e, (uint32_t)caller, (uint32_t)tx, (uint32_t)vm,
			      (uint32_t)perm, 0, 0);
	/*@ assert step: st(e) == tx_grant_step(\at(st(e), Pre), caller, tx, vm,
	      perm); */
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> listless(st(e), o, h); */
static int32_t listless(const struct iso_engine *e, uint32_t o, uint32_t h)
{
	/*@ loop invariant w: 0 <= w <= ISO_MAX_VMS;
	    loop invariant none: \forall integer y; 0 <= y < w ==>
	      e->vms[o].tx[h].grant[y].perm == ISO_PERM_NONE;
	    loop assigns w;
	    loop variant ISO_MAX_VMS - w; */
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++) {
		const struct iso_tx *t = &e->vms[o].tx[h];

		/*@ assert row: grant_at(eng(e), o, h, w) == grant_of(t, w); */
		if (t->grant[w].perm != ISO_PERM_NONE)
			return 0;
	}
	/*@ assert all: listless(st(e), o, h); */
	return 1;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_send_code(st(e), c, h, clear, max); */
static int32_t tx_send_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			    uint64_t clear, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX || clear > 1 || max == 0)
		return ISO_INVALID;
	t = &e->vms[c].tx[h];
	/*@ assert head: tx_at(eng(e), c, h) == head_at(t); */
	if (t->state == ISO_TX_OPEN) {
		if (t->nranges == 0 || listless(e, (uint32_t)c, (uint32_t)h))
			return ISO_INVALID;
		if (clear == 1 && t->kind == ISO_SHARE)
			return ISO_INVALID;
		return clear == 1 ? ISO_RETRY : ISO_OK;
	}
	if (t->state == ISO_TX_SENT && t->dirty > 0)
		return iso_scrub_code(e, (uint32_t)c, (uint32_t)h, max);
	return ISO_DENIED;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(c) && is_tx(h) && clear <= 1;
    requires open: e->vms[c].tx[h].state == ISO_TX_OPEN &&
      e->vms[c].tx[h].nranges >= 1;
    terminates \true;
    exits \false;
    assigns e->vms[c].tx[h], iso_hw;
    ensures done: st(e) == tx_send_next(\old(st(e)), c, h, clear); */
static void tx_send(struct iso_engine *e, uint32_t c, uint32_t h,
		    uint32_t clear)
{
	const struct iso_tx *t = &e->vms[c].tx[h];

	struct iso_head x;

	/*@ assert head: tx_at(eng(e), c, h) == head_at(t); */
	/*@ assert bound: range_spot(st(e), c, h, t->nranges - 1); */
	/*@ assert span: range_at(eng(e), c, h, t->nranges - 1) ==
	      span_at(t, t->nranges - 1); */
	if (t->kind != ISO_SHARE) {
		iso_map_owner(e, c, h, ISO_PERM_NONE);
		iso_port_flush(c);
	}
	/*@ assert hw: port_hw == send_hw(\at(st(e), Pre), c, h); */
	x = iso_sent(t, clear);
	/*@ assert x: head_of(x) == send_tx(\at(st(e), Pre), c, h, clear); */
	iso_put_tx(e, c, h, x);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == tx_send_code(\old(st(e)), caller, tx, clear, max);
    ensures done: st(e) == tx_send_step(\old(st(e)), caller, tx, clear, max);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_send(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t clear, uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_send_code(e, caller, tx, clear, max);
	if (r == ISO_OK || r == ISO_RETRY) {
		/*@ assert ids: is_vm(caller) && is_tx(tx) && clear <= 1; */
		if (e->vms[caller].tx[tx].state == ISO_TX_OPEN)
			tx_send(e, (uint32_t)caller, (uint32_t)tx,
				(uint32_t)clear);
		else
			iso_scrub(e, (uint32_t)caller, (uint32_t)tx, max);
	}
	iso_port_unlock();
	/*@ assert step: st(e) == tx_send_step(\at(st(e), Pre), caller, tx,
	      clear, max); */
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_reclaim_code(st(e), c, h, max); */
static int32_t tx_reclaim_code(const struct iso_engine *e, uint64_t c,
			       uint64_t h, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX || max == 0)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_SENT)
		return ISO_DENIED;
	if (!iso_idle(e, (uint32_t)c, (uint32_t)h))
		return ISO_DENIED;
	if (e->vms[c].tx[h].dirty > 0)
		return ISO_RETRY;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == tx_reclaim_code(\old(st(e)), caller, tx, max);
    ensures done: st(e) == tx_reclaim_step(\old(st(e)), caller, tx, max);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_reclaim(struct iso_engine *e, uint64_t caller, uint64_t tx,
		       uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_reclaim_code(e, caller, tx, max);
	/*@ assert ids: r == ISO_RETRY || r == ISO_OK ==>
	      is_vm(caller) && is_tx(tx); */
	if (r == ISO_RETRY)
		iso_scrub(e, (uint32_t)caller, (uint32_t)tx, max);
	else if (r == ISO_OK)
		iso_tx_close(e, (uint32_t)caller, (uint32_t)tx);
	/*@ assert step: st(e) == tx_reclaim_step(\at(st(e), Pre), caller, tx,
	      max); */
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == tx_abort_code(st(e), c, h); */
static int32_t tx_abort_code(const struct iso_engine *e, uint64_t c, uint64_t h)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_OPEN)
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == tx_abort_code(\old(st(e)), caller, tx);
    ensures done: st(e) == tx_abort_step(\old(st(e)), caller, tx);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_tx_abort(struct iso_engine *e, uint64_t caller, uint64_t tx)
{
	int32_t r;

	iso_port_lock();
	r = tx_abort_code(e, caller, tx);
	if (r == ISO_OK)
		iso_tx_close(e, (uint32_t)caller, (uint32_t)tx);
	iso_port_unlock();
	return r;
}
