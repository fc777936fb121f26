/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

int32_t iso_caller_code(const struct iso_engine *e, uint64_t c)
{
	if (c >= ISO_MAX_VMS)
		return ISO_INVALID;
	if (e->vms[c].state != ISO_VM_LIVE)
		return ISO_DENIED;
	return ISO_OK;
}

int32_t iso_host_code(uint64_t c)
{
	if (c >= ISO_MAX_VMS)
		return ISO_INVALID;
	if (c != ISO_HOST)
		return ISO_DENIED;
	return ISO_OK;
}

int32_t iso_valid_guest(uint64_t v)
{
	return v < ISO_MAX_VMS && v != ISO_HOST;
}

int32_t iso_valid_run(const struct iso_engine *e, uint64_t lo, uint64_t n)
{
	return n >= 1 && n <= e->npages && lo <= e->npages - n;
}

int32_t iso_valid_ipa(uint64_t i, uint64_t n)
{
	return n <= ISO_IPA_PAGES && i <= ISO_IPA_PAGES - n;
}

uint32_t iso_least(uint64_t a, uint32_t b)
{
	return a < b ? (uint32_t)a : b;
}

/* WP knows of shifts only what one bit does */
/*@ requires fits: x < 0x8000000000000000;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == 2 * x; */
static uint64_t twice(uint64_t x)
{
	return x << 1;
}

/*@ requires fits: x < 0x100000000000000;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == 0x100 * x; */
static uint64_t byte_up(uint64_t x)
{
	return twice(twice(twice(twice(twice(twice(twice(twice(x))))))));
}

/* A page's state as one number, its bytes in their order: by shifts, of which
 * compilers for little-endian machines make a single load. */
/*@ requires page: \valid_read(p);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == p->owner + p->tx * 0x10000 + p->range * 0x1000000 +
      p->ipa * 0x100000000; */
static uint64_t number_of(const struct iso_page *p)
{
	return p->owner +
	       byte_up(byte_up(p->tx + byte_up(p->range + byte_up(p->ipa))));
}

/* is page p v's, in no transaction, at ipa */
/*@ requires page: \valid_read(p);
    requires zero: p->tx == ISO_NO_TX ==> p->range == 0;
    requires fits: is_vm(v) && ipa < 0x100000000;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==>
      p->owner == v && p->tx == ISO_NO_TX && p->ipa == ipa; */
static int32_t plain_at(const struct iso_page *p, uint32_t v, uint64_t ipa)
{
	return number_of(p) == v + ISO_NO_TX * 0x10000 + ipa * 0x100000000u;
}

/* the same of page p of RAM */
/*@ requires valid: valid_engine(e);
    requires wf: wf(st(e));
    requires page: p < e->npages;
    requires fits: is_vm(v) && ipa < 0x100000000;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> e->pages[p].owner == v &&
      e->pages[p].tx == ISO_NO_TX && e->pages[p].ipa == ipa; */
static int32_t plain_page(const struct iso_engine *e, uint32_t v, uint64_t p,
			  uint64_t ipa)
{
	/*@ assert row: page_at(eng(e), p) == row_at(e, p); */
	/*@ assert zero: e->pages[p].tx == ISO_NO_TX ==>
	      e->pages[p].range == 0; */
	return plain_at(&e->pages[p], v, ipa);
}

/* 64-bit sums, of which no carry is cut off: what a page's number should be is
 * then the last one's and a constant */
int32_t iso_plain_run(const struct iso_engine *e, uint32_t v, uint32_t lo,
		      uint32_t n)
{
	const uint64_t ipa = e->pages[lo].ipa;

	/*@ assert page: page_at(eng(e), lo) == row_at(e, lo); */
	/*@ assert low: ipa < ISO_IPA_PAGES; */
#pragma GCC unroll 8
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant plain: \forall integer p; lo <= p < lo + i ==>
	      e->pages[p].owner == v && e->pages[p].tx == ISO_NO_TX &&
	      e->pages[p].ipa == ipa + (p - lo);
	    loop assigns i;
	    loop variant n - i; */
	for (uint64_t i = 0; i < n; i++)
		if (!plain_page(e, v, lo + i, ipa + i))
			return 0;
	/*@ assert plain: plain_run(st(e), v, lo, n); */
	return 1;
}

int32_t iso_idle(const struct iso_engine *e, uint32_t o, uint32_t h)
{
#pragma GCC unroll 8
	/*@ loop invariant w: 0 <= w <= ISO_MAX_VMS;
	    loop invariant none: \forall integer x; 0 <= x < w ==>
	      e->vms[o].tx[h].grant[x].retrieved == 0;
	    loop assigns w;
	    loop variant ISO_MAX_VMS - w; */
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		if (e->vms[o].tx[h].grant[w].retrieved != 0)
			return 0;
	/*@ assert idle: idle(st(e), o, h); */
	return 1;
}

int32_t iso_last(const struct iso_engine *e, uint32_t o, uint32_t h,
		 uint32_t w)
{
	/*@ loop invariant x: 0 <= x <= ISO_MAX_VMS;
	    loop invariant none: \forall integer y; 0 <= y < x && y != w ==>
	      e->vms[o].tx[h].grant[y].retrieved == 0;
	    loop assigns x;
	    loop variant ISO_MAX_VMS - x; */
	for (uint32_t x = 0; x < ISO_MAX_VMS; x++) {
		/*@ assert grant: grant_at(eng(e), o, h, x) ==
		      grant_of(&e->vms[o].tx[h], x); */
		if (e->vms[o].tx[h].grant[x].retrieved != 0 && x != w)
			return 0;
	}
	/*@ assert last: last(st(e), o, h, w); */
	return 1;
}
