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
    ensures code: \result == vm_create_code(st(e), c, v); */
static int32_t vm_create_code(const struct iso_engine *e, uint64_t c,
			      uint64_t v)
{
	const int32_t r = iso_host_code(c);

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v))
		return ISO_INVALID;
	if (e->vms[v].state != ISO_VM_ABSENT)
		return ISO_BUSY;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == vm_create_code(\old(st(e)), caller, vm);
    ensures done: st(e) == vm_create_step(\old(st(e)), caller, vm);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_vm_create(struct iso_engine *e, uint64_t caller, uint64_t vm)
{
	int32_t r;

	iso_port_lock();
	r = vm_create_code(e, caller, vm);
	if (r == ISO_OK)
		iso_put_vm(e, (uint32_t)vm, ISO_VM_CREATED, 0, 0, 0);
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == vm_start_code(st(e), c, v); */
static int32_t vm_start_code(const struct iso_engine *e, uint64_t c, uint64_t v)
{
	const int32_t r = iso_host_code(c);

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v))
		return ISO_INVALID;
	if (e->vms[v].state != ISO_VM_CREATED)
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == vm_start_code(\old(st(e)), caller, vm);
    ensures done: st(e) == vm_start_step(\old(st(e)), caller, vm);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_vm_start(struct iso_engine *e, uint64_t caller, uint64_t vm)
{
	int32_t r;

	iso_port_lock();
	r = vm_start_code(e, caller, vm);
	if (r == ISO_OK)
		iso_put_vm(e, (uint32_t)vm, ISO_VM_LIVE, 0, 0, 0);
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires ids: is_vm(v);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> can_peer(st(e), v); */
static int32_t can_peer(const struct iso_engine *e, uint64_t v)
{
	return e->vms[v].state == ISO_VM_CREATED ||
	       e->vms[v].state == ISO_VM_LIVE;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == vm_peer_code(st(e), c, a, b, on); */
static int32_t vm_peer_code(const struct iso_engine *e, uint64_t c, uint64_t a,
			    uint64_t b, uint64_t on)
{
	const int32_t r = iso_host_code(c);

	if (r != ISO_OK)
		return r;
	if (a >= ISO_MAX_VMS || b >= ISO_MAX_VMS || a == b || on > 1)
		return ISO_INVALID;
	if (!can_peer(e, a) || !can_peer(e, b))
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_locked;
    ensures code: \result == vm_peer_code(\old(st(e)), caller, a, b, on);
    ensures done: st(e) == vm_peer_step(\old(st(e)), caller, a, b, on);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_vm_peer(struct iso_engine *e, uint64_t caller, uint64_t a,
		    uint64_t b, uint64_t on)
{
	int32_t r;

	iso_port_lock();
	r = vm_peer_code(e, caller, a, b, on);
	if (r == ISO_OK) {
		/*@ assert ids: is_vm(a) && is_vm(b) && on <= 1; */
		iso_put_peer(e, (uint32_t)a, (uint32_t)b, (uint32_t)on);
		iso_put_peer(e, (uint32_t)b, (uint32_t)a, (uint32_t)on);
	}
	/*@ assert step: st(e) == vm_peer_step(\at(st(e), Pre), caller, a, b,
	      on); */
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == vm_destroy_code(st(e), c, v, max); */
static int32_t vm_destroy_code(const struct iso_engine *e, uint64_t c,
			       uint64_t v, uint64_t max)
{
	const int32_t r = iso_host_code(c);
	const struct iso_vm *x;

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v) || max == 0)
		return ISO_INVALID;
	if (v == ISO_KEEPER)
		return ISO_DENIED;
	x = &e->vms[v];
	/*@ assert row: vm_at(eng(e), v) == vm_row(e, v); */
	if (x->state == ISO_VM_ABSENT)
		return ISO_DENIED;
	if (x->state != ISO_VM_DYING || x->cursor_vm < ISO_MAX_VMS)
		return ISO_RETRY;
	if (x->cursor_tx < ISO_MAX_TX)
		return iso_idle(e, (uint32_t)v, x->cursor_tx) ? ISO_RETRY
							      : ISO_BUSY;
	return x->cursor_page < e->npages ? ISO_RETRY : ISO_OK;
}

/*
 * Does v take secrets along? It did not choose to give back what it wrote into
 * pages lent to it, so nobody may read them when it was the last to hold them.
 */
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(v) && is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> orphans(st(e), v, o, h); */
static int32_t orphans(const struct iso_engine *e, uint32_t v, uint32_t o,
		       uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, v) == grant_of(t, v); */
	return t->grant[v].retrieved != 0 && t->kind != ISO_SHARE &&
	       iso_last(e, o, h, v);
}

/* the transaction, to be scrubbed before its pages are anybody else's */
/*@ requires valid: valid_engine(e);
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires sent: e->vms[o].tx[h].state == ISO_TX_SENT &&
      e->vms[o].tx[h].nranges >= 1;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures soiled: head_of(\result) ==
      soiled(st(e), o, h, tx_at(eng(e), o, h));
    ensures fits: head_fits(\result); */
static struct iso_head soiled(const struct iso_engine *e, uint32_t o,
			      uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert bound: range_spot(st(e), o, h, t->nranges - 1); */
	/*@ assert span: range_at(eng(e), o, h, t->nranges - 1) ==
	      span_at(t, t->nranges - 1); */
	return iso_sent(t, 1);
}

/* v gives back, and is no receiver of, transaction h of o */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(v) && is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == leave(\old(st(e)), v, o, h); */
static void leave(struct iso_engine *e, uint32_t v, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const int32_t orphaned = orphans(e, v, o, h);
	struct iso_head x = { 0, 0, 0, 0, 0, 0 };

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert grant: grant_at(eng(e), o, h, v) == grant_of(t, v); */
	/*@ assert held: orphaned != 0 ==> t->grant[v].retrieved != 0; */
	/*@ assert sent: orphaned != 0 ==>
	      t->state == ISO_TX_SENT && t->nranges >= 1; */
	if (orphaned)
		x = soiled(e, o, h);
	if (t->grant[v].retrieved != 0)
		iso_tx_unmap(e, o, h, v);
	/*@ assert hw: port_hw == leave_hw(\at(st(e), Pre), v, o, h); */
	iso_put_grant(e, o, h, v, ISO_PERM_NONE, 0, 0);
	if (orphaned)
		iso_put_tx(e, o, h, x);
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires dying: valid_guest(v) && is_vm(v) && v != ISO_HOST &&
      e->vms[v].state == ISO_VM_DYING &&
      e->vms[v].cursor_vm < ISO_MAX_VMS;
    terminates \true;
    exits \false;
    assigns e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
    ensures done: st(e) == leave_step(\old(st(e)), v); */
static void leave_step(struct iso_engine *e, uint32_t v)
{
	const uint32_t o = e->vms[v].cursor_vm;
	const uint32_t h = e->vms[v].cursor_tx;

	/*@ assert row: vm_at(eng(e), v) == vm_row(e, v); */
	leave(e, v, o, h);
	if (h + 1 < ISO_MAX_TX) {
		iso_put_vm(e, v, ISO_VM_DYING, o, h + 1, 0);
		/*@ assert next: st(e) == leave_step(\at(st(e), Pre), v); */
	} else {
		iso_put_peer(e, v, o, 0);
		iso_put_peer(e, o, v, 0);
		iso_put_vm(e, v, ISO_VM_DYING, o + 1, 0, 0);
		/*@ assert last: st(e) == leave_step(\at(st(e), Pre), v); */
	}
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires dying: valid_guest(v) && is_vm(v) && v != ISO_HOST &&
      e->vms[v].state == ISO_VM_DYING &&
      e->vms[v].cursor_vm == ISO_MAX_VMS && e->vms[v].cursor_tx < ISO_MAX_TX;
    requires max: max >= 1;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
    ensures done: st(e) == close_step(\old(st(e)), v, max); */
static void close_step(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const uint32_t h = e->vms[v].cursor_tx;

	/*@ assert row: vm_at(eng(e), v) == vm_row(e, v); */
	/*@ assert head: tx_at(eng(e), v, h) == head_at(&e->vms[v].tx[h]); */
	if (e->vms[v].tx[h].dirty > 0) {
		iso_scrub(e, v, h, max);
		return;
	}
	if (e->vms[v].tx[h].state != ISO_TX_FREE)
		iso_tx_close(e, v, h);
	iso_put_vm(e, v, ISO_VM_DYING, ISO_MAX_VMS, h + 1, 0);
}

/* how many pages from lo on, below hi, are not v's */
/*@ requires valid: valid_engine(e);
    requires run: lo < hi && hi <= e->npages;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures bound: 0 <= \result <= hi - lo;
    ensures alien: alien(st(e), v, lo, \result);
    ensures first: \result == 0 ==> e->pages[lo].owner == v; */
static uint32_t skip_of(const struct iso_engine *e, uint32_t v, uint32_t lo,
			uint32_t hi)
{
	uint32_t n = 0;

	/*@ loop invariant n: 0 <= n <= hi - lo;
	    loop invariant alien: \forall integer p; lo <= p < lo + n ==>
	      e->pages[p].owner != v;
	    loop assigns n;
	    loop variant hi - lo - n; */
	while (n < hi - lo && e->pages[lo + n].owner != v)
		n++;
	/*@ assert rows: \forall integer p; lo <= p < lo + n ==>
	      page_at(eng(e), p) == row_at(e, p); */
	return n;
}

/* how many pages from lo on, below hi, are v's and contiguous in its addresses */
/*@ requires valid: valid_engine(e);
    requires run: lo < hi && hi <= e->npages;
    requires first: e->pages[lo].owner == v && is_vm(v);
    requires free: untagged_all(st(e), v);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures bound: 1 <= \result <= hi - lo;
    ensures plain: plain_run(st(e), v, lo, \result); */
static uint32_t run_of(const struct iso_engine *e, uint32_t v, uint32_t lo,
		       uint32_t hi)
{
	const uint32_t ipa = e->pages[lo].ipa;
	uint32_t n = 1;

	/*@ loop invariant n: 1 <= n <= hi - lo;
	    loop invariant plain: \forall integer p; lo <= p < lo + n ==>
	      e->pages[p].owner == v && e->pages[p].ipa == ipa + (p - lo);
	    loop assigns n;
	    loop variant hi - lo - n; */
	while (n < hi - lo && e->pages[lo + n].owner == v &&
	       e->pages[lo + n].ipa > ipa && e->pages[lo + n].ipa - ipa == n) {
		/*@ assert next: e->pages[lo + n].owner == v &&
		      e->pages[lo + n].ipa == ipa + n; */
		n++;
	}
	/*@ assert rows: \forall integer p; lo <= p < lo + n ==>
	      page_at(eng(e), p) == row_at(e, p); */
	return n;
}

/* one run of v's pages goes to the host, or pages not v's are passed by */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires sweeping: sweeping(st(e), v, lo) && is_vm(v) && v != ISO_HOST;
    requires run: lo < hi && hi <= e->npages;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw;
    ensures some: 0 < \result <= hi - lo;
    ensures freed: freed(\old(st(e)), st(e), v, lo, \result); */
static uint32_t free_some(struct iso_engine *e, uint32_t v, uint32_t lo,
			  uint32_t hi)
{
	uint32_t n = skip_of(e, v, lo, hi);

	if (n == 0) {
		/*@ assert untagged: untagged_all(st(e), v); */
		n = run_of(e, v, lo, hi);
		/*@ assert run: valid_run(st(e), lo, n); */
		iso_release_run(e, v, lo, n);
		/*@ assert released: plain_run(\at(st(e), Pre), v, lo, n) &&
		      st(e) == release_run(\at(st(e), Pre), v, lo, n); */
	}
	return n;
}

/* ... and the cursor of v's teardown moves past them */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires sweeping: sweeping(st(e), v, lo) && is_vm(v) && v != ISO_HOST;
    requires run: lo < hi && hi <= e->npages;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
    ensures some: lo < \result <= hi;
    ensures done: st(e) == swept(\old(st(e)), v, lo, \result - lo); */
static uint32_t sweep_some(struct iso_engine *e, uint32_t v, uint32_t lo,
			   uint32_t hi)
{
	const uint32_t n = free_some(e, v, lo, hi);
	const uint32_t p = lo + n;

	/*@ assert p: p == lo + n; */
	iso_put_vm(e, v, ISO_VM_DYING, ISO_MAX_VMS, ISO_MAX_TX, p);
	/*@ assert done: st(e) == swept(\at(st(e), Pre), v, lo, n); */
	return p;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires dying: valid_guest(v) && is_vm(v) && v != ISO_HOST &&
      e->vms[v].state == ISO_VM_DYING &&
      e->vms[v].cursor_vm == ISO_MAX_VMS &&
      e->vms[v].cursor_tx == ISO_MAX_TX && e->vms[v].cursor_page < e->npages;
    requires max: max >= 1;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
    ensures done: st(e) == sweep_step(\old(st(e)), v, max); */
static void sweep_step(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const uint32_t lo = e->vms[v].cursor_page;
	const uint32_t hi = lo + iso_least(max, e->npages - lo);
	uint32_t p = lo;

	/*@ assert row: vm_at(eng(e), v) == vm_row(e, v); */
	/*@ assert sweeping: sweeping(st(e), v, lo); */
	/*@ loop invariant p: lo <= p <= hi;
	    loop invariant done: st(e) == swept(\at(st(e), Pre), v, lo, p - lo);
	    loop invariant wf: wf(st(e));
	    loop invariant sweeping: sweeping(st(e), v, p);
	    loop assigns p, e->pages[0 .. \at(e->npages, Pre) - 1],
	      e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
	    loop variant hi - p; */
	while (p < hi)
		p = sweep_some(e, v, p, hi);
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: valid_guest(v) && is_vm(v) && v != ISO_HOST && max >= 1;
    requires may: vm_destroy_code(st(e), ISO_HOST, v, max) == ISO_OK ||
      vm_destroy_code(st(e), ISO_HOST, v, max) == ISO_RETRY;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw;
    ensures done: st(e) == vm_destroy_next(\old(st(e)), v, max); */
static void vm_destroy(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const struct iso_vm *x = &e->vms[v];

	/*@ assert row: vm_at(eng(e), v) == vm_row(e, v); */
	if (x->state != ISO_VM_DYING)
		iso_put_vm(e, v, ISO_VM_DYING, 0, 0, 0);
	else if (x->cursor_vm < ISO_MAX_VMS)
		leave_step(e, v);
	else if (x->cursor_tx < ISO_MAX_TX)
		close_step(e, v, max);
	else if (x->cursor_page < e->npages)
		sweep_step(e, v, max);
	else
		iso_put_vm(e, v, ISO_VM_ABSENT, 0, 0, 0);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[0 .. ISO_MAX_VMS - 1], iso_hw, iso_locked;
    ensures code: \result == vm_destroy_code(\old(st(e)), caller, vm, max);
    ensures done: st(e) == vm_destroy_step(\old(st(e)), caller, vm, max);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_vm_destroy(struct iso_engine *e, uint64_t caller, uint64_t vm,
		       uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = vm_destroy_code(e, caller, vm, max);
	if (r == ISO_OK || r == ISO_RETRY)
		vm_destroy(e, (uint32_t)vm, max);
	iso_port_unlock();
	return r;
}
