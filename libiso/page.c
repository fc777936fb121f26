/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "scrub.h"
#include "store.h"

/*@ requires valid: valid_engine(e);
    requires run: 1 <= n && lo + n <= e->npages;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> host_run(st(e), lo, n); */
static int32_t host_run(const struct iso_engine *e, uint32_t lo, uint32_t n)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant host: \forall integer p; lo <= p < lo + i ==>
	      e->pages[p].owner == ISO_HOST && e->pages[p].tx == ISO_NO_TX;
	    loop assigns i;
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		const struct iso_page *p = &e->pages[lo + i];

		/*@ assert row: page_at(eng(e), lo + i) == row_at(e, lo + i); */
		if (p->owner != ISO_HOST || p->tx != ISO_NO_TX)
			return 0;
	}
	/*@ assert all: host_run(st(e), lo, n); */
	return 1;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == page_assign_code(st(e), c, v, lo, n, i); */
static int32_t page_assign_code(const struct iso_engine *e, uint64_t c,
				uint64_t v, uint64_t lo, uint64_t n, uint64_t i)
{
	const int32_t r = iso_host_code(c);

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v))
		return ISO_INVALID;
	if (!iso_valid_run(e, lo, n))
		return ISO_INVALID;
	if (!iso_valid_ipa(i, n))
		return ISO_INVALID;
	if (e->vms[v].state != ISO_VM_CREATED)
		return ISO_DENIED;
	if (!host_run(e, (uint32_t)lo, (uint32_t)n))
		return ISO_DENIED;
	/*@ assert vacant: vacant(st(e), v, i, n) <==>
	      port_vacant(port_hw, v, i, n); */
	if (!iso_port_vacant((uint32_t)v, (uint32_t)i, (uint32_t)n))
		return ISO_BUSY;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: valid_guest(v) && is_vm(v) && v != ISO_HOST;
    requires run: valid_run(st(e), lo, n) && 1 <= n && lo + n <= e->npages;
    requires window: valid_ipa(i, n) && i + n <= ISO_IPA_PAGES;
    requires host: host_run(st(e), lo, n);
    requires vacant: vacant(st(e), v, i, n);
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw;
    ensures done: st(e) == page_assign_next(\old(st(e)), v, lo, n, i); */
static void page_assign(struct iso_engine *e, uint32_t v, uint32_t lo,
			uint32_t n, uint32_t i)
{
	/*@ assert spot: assign_spot(st(e), lo, n); */
	iso_port_unmap(ISO_HOST, lo, lo, n);
	iso_port_flush(ISO_HOST);
	/*@ assert taken: port_hw == taken(\at(st(e), Pre), lo, n); */
	/*@ assert room: port_room(port_hw, v, i, lo, n); */
	/*@ assert off: port_off(port_hw, v, lo, n); */
	iso_own_run(e, lo, n, v, i);
	iso_port_map(v, i, lo, n, ISO_PERM_RWX);
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw, iso_locked;
    ensures code: \result == page_assign_code(\old(st(e)), caller, vm, page, n, ipa);
    ensures done: st(e) == page_assign_step(\old(st(e)), caller, vm, page, n, ipa);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_page_assign(struct iso_engine *e, uint64_t caller, uint64_t vm,
			uint64_t page, uint64_t n, uint64_t ipa)
{
	int32_t r;

	iso_port_lock();
	r = page_assign_code(e, caller, vm, page, n, ipa);
	if (r == ISO_OK)
		page_assign(e, (uint32_t)vm, (uint32_t)page, (uint32_t)n,
			    (uint32_t)ipa);
	/*@ assert step: st(e) == page_assign_step(\at(st(e), Pre), caller, vm,
	      page, n, ipa); */
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == page_release_code(st(e), c, lo, n, max); */
static int32_t page_release_code(const struct iso_engine *e, uint64_t c,
				 uint64_t lo, uint64_t n, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (c == ISO_HOST)
		return ISO_DENIED;
	if (!iso_valid_run(e, lo, n) || max == 0)
		return ISO_INVALID;
	if (!iso_plain_run(e, (uint32_t)c, (uint32_t)lo,
			   iso_least(max, (uint32_t)n)))
		return ISO_DENIED;
	if (max < n)
		return ISO_RETRY;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw, iso_locked;
    ensures code: \result == page_release_code(\old(st(e)), caller, page, n, max);
    ensures done: st(e) == page_release_step(\old(st(e)), caller, page, n, max);
    ensures wf: wf(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_page_release(struct iso_engine *e, uint64_t caller, uint64_t page,
			 uint64_t n, uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = page_release_code(e, caller, page, n, max);
	if (r == ISO_OK || r == ISO_RETRY) {
		/*@ assert ids: is_vm(caller) && 1 <= n <= e->npages &&
		      page <= e->npages - n && max >= 1; */
		iso_release_run(e, (uint32_t)caller, (uint32_t)page,
				iso_least(max, (uint32_t)n));
		/*@ assert run: st(e) == release_run(\at(st(e), Pre), caller,
		      page, least(n, max)); */
		/*@ assert step: st(e) == page_release_step(\at(st(e), Pre),
		      caller, page, n, max); */
	}
	iso_port_unlock();
	return r;
}

/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == page_query_code(st(e), c, p); */
static int32_t page_query_code(const struct iso_engine *e, uint64_t c,
			       uint64_t p)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (p >= e->npages)
		return ISO_INVALID;
	if (c != ISO_HOST && e->pages[p].owner != c)
		return ISO_DENIED;
	return ISO_OK;
}

/*@ requires valid: valid_engine(e);
    requires page: page < e->npages;
    requires out: \valid(out) &&
      \separated(out, e, e->pages + (0 .. e->npages - 1),
                 e->vms + (0 .. ISO_MAX_VMS - 1));
    terminates \true;
    exits \false;
    assigns *out;
    ensures row: mk_page(out->owner, out->tx, out->range, out->ipa) ==
      page_at(eng(e), page);
    ensures same: eng(e) == \old(eng(e)); */
static void tell(const struct iso_engine *e, uint32_t page,
		 struct iso_page *out)
{
	out->owner = e->pages[page].owner;
	out->tx = e->pages[page].tx;
	out->range = e->pages[page].range;
	out->ipa = e->pages[page].ipa;
	/*@ assert page: page_at(eng(e), page) == row_at(e, page); */
	/*@ assert pages: same_pages(eng(e), \at(eng(e), Pre)); */
	/*@ assert vms: same_vms(eng(e), \at(eng(e), Pre)); */
	/*@ assert peers: same_peers(eng(e), \at(eng(e), Pre)); */
	/*@ assert txs: same_txs(eng(e), \at(eng(e), Pre)); */
	/*@ assert ranges: same_ranges(eng(e), \at(eng(e), Pre)); */
	/*@ assert grants: same_grants(eng(e), \at(eng(e), Pre)); */
	/*@ assert wrote: wrote(eng(e), \at(eng(e), Pre)); */
}

/*@ requires valid: valid_engine(e);
    requires unlocked: iso_locked == 0;
    requires wf: wf(st(e));
    requires out: \valid(out) &&
      \separated(out, e, e->pages + (0 .. e->npages - 1),
                 e->vms + (0 .. ISO_MAX_VMS - 1));
    terminates \true;
    exits \false;
    assigns *out, iso_locked;
    ensures code: \result == page_query_code(st(e), caller, page);
    ensures row: \result == ISO_OK ==>
      mk_page(out->owner, out->tx, out->range, out->ipa) ==
      page_at(eng(e), page);
    ensures nothing: \result != ISO_OK ==> *out == \old(*out);
    ensures same: st(e) == \old(st(e));
    ensures unlocked: iso_locked == 0; */
int32_t iso_page_query(const struct iso_engine *e, uint64_t caller,
		       uint64_t page, struct iso_page *out)
{
	int32_t r;

	iso_port_lock();
	r = page_query_code(e, caller, page);
	if (r == ISO_OK)
		tell(e, (uint32_t)page, out);
	iso_port_unlock();
	return r;
}
