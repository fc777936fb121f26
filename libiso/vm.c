/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "close.h"
#include "scrub.h"
#include "store.h"

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

static int32_t can_peer(const struct iso_engine *e, uint64_t v)
{
	return e->vms[v].state == ISO_VM_CREATED ||
	       e->vms[v].state == ISO_VM_LIVE;
}

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

int32_t iso_vm_peer(struct iso_engine *e, uint64_t caller, uint64_t a,
		    uint64_t b, uint64_t on)
{
	int32_t r;

	iso_port_lock();
	r = vm_peer_code(e, caller, a, b, on);
	if (r == ISO_OK) {
		iso_put_peer(e, (uint32_t)a, (uint32_t)b, (uint32_t)on);
		iso_put_peer(e, (uint32_t)b, (uint32_t)a, (uint32_t)on);
	}
	iso_port_unlock();
	return r;
}

static int32_t vm_destroy_code(const struct iso_engine *e, uint64_t c,
			       uint64_t v, uint64_t max)
{
	const int32_t r = iso_host_code(c);
	const struct iso_vm *x;

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v) || max == 0)
		return ISO_INVALID;
	x = &e->vms[v];
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
static int32_t orphans(const struct iso_engine *e, uint32_t v, uint32_t o,
		       uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	return t->grant[v].retrieved != 0 && t->kind != ISO_SHARE &&
	       iso_last(e, o, h, v);
}

/* v gives back, and is no receiver of, transaction h of o */
static void leave(struct iso_engine *e, uint32_t v, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const int32_t orphaned = orphans(e, v, o, h);

	if (t->grant[v].retrieved != 0)
		iso_tx_unmap(e, o, h, v);
	iso_put_grant(e, o, h, v, ISO_PERM_NONE, 0, 0);
	if (orphaned)
		iso_put_tx(e, o, h, iso_sent(t, 1));
}

static void leave_step(struct iso_engine *e, uint32_t v)
{
	const uint32_t o = e->vms[v].cursor_vm;
	const uint32_t h = e->vms[v].cursor_tx;

	leave(e, v, o, h);
	if (h + 1 < ISO_MAX_TX) {
		iso_put_vm(e, v, ISO_VM_DYING, o, h + 1, 0);
	} else {
		iso_put_peer(e, v, o, 0);
		iso_put_peer(e, o, v, 0);
		iso_put_vm(e, v, ISO_VM_DYING, o + 1, 0, 0);
	}
}

static void close_step(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const uint32_t h = e->vms[v].cursor_tx;

	if (e->vms[v].tx[h].dirty > 0) {
		iso_scrub(e, v, h, max);
		return;
	}
	if (e->vms[v].tx[h].state != ISO_TX_FREE)
		iso_tx_close(e, v, h);
	iso_put_vm(e, v, ISO_VM_DYING, ISO_MAX_VMS, h + 1, 0);
}

/* how many pages from lo on, below hi, are v's and contiguous in its addresses */
static uint32_t run_of(const struct iso_engine *e, uint32_t v, uint32_t lo,
		       uint32_t hi)
{
	const uint32_t ipa = e->pages[lo].ipa;
	uint32_t n = 0;

	while (lo + n < hi && e->pages[lo + n].owner == v &&
	       e->pages[lo + n].ipa == ipa + n)
		n++;
	return n;
}

static void sweep(struct iso_engine *e, uint32_t v, uint32_t lo, uint32_t hi)
{
	uint32_t p = lo;

	while (p < hi) {
		if (e->pages[p].owner == v) {
			const uint32_t n = run_of(e, v, p, hi);

			iso_release_run(e, v, p, n);
			p += n;
		} else {
			p++;
		}
	}
}

static void sweep_step(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const uint32_t lo = e->vms[v].cursor_page;
	const uint32_t k = iso_least(max, e->npages - lo);

	sweep(e, v, lo, lo + k);
	iso_put_vm(e, v, ISO_VM_DYING, ISO_MAX_VMS, ISO_MAX_TX, lo + k);
}

static void vm_destroy(struct iso_engine *e, uint32_t v, uint64_t max)
{
	const struct iso_vm *x = &e->vms[v];

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
