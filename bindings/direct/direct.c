/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include <iso/iso.h>
#include <iso/port.h>

#include "direct.h"
#include "direct_spec.h"

static struct iso_direct {
	uint8_t *ram;
	uint32_t *table;
	uint32_t npages;
	uint32_t nipa;
} direct;

/* 1: vm lost a right since its last flush. Kept for iso_direct_stale. */
static uint16_t stale[ISO_MAX_VMS];

/*@ logic d_cells direct_cells{L} = cells_of(direct.table, direct.nipa);
    logic d_flags direct_flags{L} = flags_of(&stale[0]);
    logic d_ram direct_ram{L} = ram_of(direct.ram, direct.npages);
    logic hw port_hw{L} =
      hw_direct(direct_cells, direct.nipa, direct_flags, direct_ram);
    predicate direct_valid{L} =
      1 <= direct.npages <= ISO_MAX_PAGES &&
      direct.npages <= direct.nipa <= ISO_IPA_PAGES &&
      \valid(direct.table + (0 .. ISO_MAX_VMS * direct.nipa - 1)) &&
      \valid(direct.ram + (0 .. ISO_PAGE_SIZE * direct.npages - 1)) &&
      \separated(direct.table + (0 .. ISO_MAX_VMS * direct.nipa - 1),
                 direct.ram + (0 .. ISO_PAGE_SIZE * direct.npages - 1),
                 &stale[0] + (0 .. ISO_MAX_VMS - 1));
    predicate direct_ok{L} =
      direct_valid && well(direct_cells, direct.nipa, ISO_MAX_PAGES);
    predicate fits{L}(integer v, integer i, integer n) =
      is_vm(v) && 0 <= i && 0 <= n && i + n <= direct.nipa; */

/*@ requires valid: \valid(table + (at .. at + n - 1));
    requires fits: page + n <= ISO_MAX_PAGES && perm < ISO_DIRECT_RIGHTS;
    requires wide: at + n <= ISO_MAX_VMS * ISO_IPA_PAGES;
    terminates \true;
    exits \false;
    assigns table[at .. at + n - 1];
    ensures done: \forall integer k; at <= k < at + n ==>
      table[k] == d_cell(page + (k - at), perm);
    ensures kept: \forall integer k; !(at <= k < at + n) ==>
      table[k] == \old(table[k]); */
static void fill_row(uint32_t *table, uint64_t at, uint32_t n, uint32_t page,
		     uint32_t perm)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant done: \forall integer k; at <= k < at + i ==>
	      table[k] == d_cell(page + (k - at), perm);
	    loop invariant kept: \forall integer k; !(at <= k < at + n) ==>
	      table[k] == \at(table[k], Pre);
	    loop assigns i, table[at .. at + n - 1];
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++)
		table[at + i] = (page + i + 1u) * ISO_DIRECT_RIGHTS + perm;
}

/* Only cells that hold the page they should: a stranger's stays. */
/*@ requires valid: \valid(table + (at .. at + n - 1));
    requires fits: page + n <= ISO_MAX_PAGES;
    requires wide: at + n <= ISO_MAX_VMS * ISO_IPA_PAGES;
    terminates \true;
    exits \false;
    assigns table[at .. at + n - 1];
    ensures done: \forall integer k; at <= k < at + n ==>
      table[k] == (cell_page(\old(table[k])) == page + (k - at) ?
                     0 : \old(table[k]));
    ensures kept: \forall integer k; !(at <= k < at + n) ==>
      table[k] == \old(table[k]); */
static void clear_row(uint32_t *table, uint64_t at, uint32_t n, uint32_t page)
{
	/*@ loop invariant i: 0 <= i <= n;
	    loop invariant done: \forall integer k; at <= k < at + i ==>
	      table[k] == (cell_page(\at(table[k], Pre)) == page + (k - at) ?
	                     0 : \at(table[k], Pre));
	    loop invariant kept: \forall integer k; !(at <= k < at + i) ==>
	      table[k] == \at(table[k], Pre);
	    loop assigns i, table[at .. at + n - 1];
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t c = table[at + i];

		table[at + i] =
			c / ISO_DIRECT_RIGHTS == page + i + 1u ? 0 : c;
	}
}

/* Compilers make the library's memset of this. */
/*@ requires valid: \valid(ram + (from .. to - 1));
    terminates \true;
    exits \false;
    assigns ram[from .. to - 1];
    ensures done: \forall integer k; from <= k < to ==> ram[k] == 0;
    ensures kept: \forall integer k; !(from <= k < to) ==>
      ram[k] == \old(ram[k]); */
static void zero_bytes(uint8_t *ram, uint64_t from, uint64_t to)
{
	/*@ loop invariant i: from <= i && (i <= to || i == from);
	    loop invariant done: \forall integer k; from <= k < i ==>
	      ram[k] == 0;
	    loop invariant kept: \forall integer k; !(from <= k < to) ==>
	      ram[k] == \at(ram[k], Pre);
	    loop assigns i, ram[from .. to - 1];
	    loop variant to - i; */
	for (uint64_t i = from; i < to; i++)
		ram[i] = 0;
}

/* vm's cell for address ipa */
/*@ requires valid: direct_valid;
    requires fits: fits(vm, ipa, 0);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures done: \result == d_index(direct.nipa, vm, ipa); */
static uint64_t slot(uint32_t vm, uint32_t ipa)
{
	/*@ assert row: d_index(direct.nipa, vm, 0) == vm * direct.nipa; */
	return (uint64_t)vm * direct.nipa + ipa;
}

/*@ requires valid: \valid(table + (0 .. ISO_MAX_VMS * nipa - 1)) &&
      \valid(ram + (0 .. ISO_PAGE_SIZE * npages - 1)) &&
      \separated(table + (0 .. ISO_MAX_VMS * nipa - 1),
                 ram + (0 .. ISO_PAGE_SIZE * npages - 1),
                 &stale[0] + (0 .. ISO_MAX_VMS - 1));
    requires blank: \forall integer k; 0 <= k < ISO_MAX_VMS * nipa ==>
      table[k] == 0;
    terminates \true;
    exits \false;
    assigns direct, stale[0 .. ISO_MAX_VMS - 1], table[0 .. npages - 1];
    ensures code: \result == (1 <= npages <= ISO_MAX_PAGES &&
      npages <= nipa <= ISO_IPA_PAGES ? ISO_OK : ISO_INVALID);
    ensures same: \result != ISO_OK ==> direct == \old(direct);
    ensures as: \result == ISO_OK ==> direct.ram == ram &&
      direct.npages == npages && direct.table == table &&
      direct.nipa == nipa;
    ensures valid: \result == ISO_OK ==> direct_ok;
    ensures start: \result == ISO_OK ==> hw_start(port_hw, npages); */
int32_t iso_direct_init(uint8_t *ram, uint32_t npages, uint32_t *table,
			uint32_t nipa)
{
	if (npages == 0 || npages > ISO_MAX_PAGES)
		return ISO_INVALID;
	if (nipa < npages || nipa > ISO_IPA_PAGES)
		return ISO_INVALID;
	direct.ram = ram;
	direct.npages = npages;
	direct.table = table;
	direct.nipa = nipa;
	/*@ loop invariant v: 0 <= v <= ISO_MAX_VMS;
	    loop invariant fresh: \forall integer w; 0 <= w < v ==>
	      stale[w] == 0;
	    loop assigns v, stale[0 .. ISO_MAX_VMS - 1];
	    loop variant ISO_MAX_VMS - v; */
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		stale[v] = 0;
	fill_row(table, 0, npages, 0, ISO_PERM_RWX);
	/*@ assert row: d_index(nipa, 0, 0) == 0 * nipa; */
	/*@ assert started: started(direct_cells, nipa, npages); */
	/*@ assert fresh: \forall integer v; flag_at(direct_flags, v) == 0; */
	return ISO_OK;
}

/*@ requires valid: direct_ok;
    terminates \true;
    exits \false;
    assigns \result \from direct, direct.table[..], vm, ipa, perm;
    ensures reach: \result != \null ==>
      \let p = cell_page(cell_at(direct_cells, vm, ipa));
      \let a = cell_rights(cell_at(direct_cells, vm, ipa));
      0 <= p < direct.npages && hw_maps(port_hw, vm, ipa, p, a) &&
      perm != 0 && (a & perm) == perm &&
      \result == direct.ram + ISO_PAGE_SIZE * p;
    ensures fault: \result == \null ==> perm == 0 ||
      \forall integer p, a; hw_maps(port_hw, vm, ipa, p, a) ==>
        p >= direct.npages || (a & perm) != perm; */
uint8_t *iso_direct_reach(uint32_t vm, uint32_t ipa, uint32_t perm)
{
	uint32_t c, page;

	if (vm >= ISO_MAX_VMS || ipa >= direct.nipa || perm == ISO_PERM_NONE)
		return NULL;
	c = direct.table[slot(vm, ipa)];
	/*@ assert cell: c == cell_at(direct_cells, vm, ipa); */
	/*@ assert rights: c % ISO_DIRECT_RIGHTS == cell_rights(c); */
	if (c == 0 || (c % ISO_DIRECT_RIGHTS & perm) != perm)
		return NULL;
	page = c / ISO_DIRECT_RIGHTS - 1u;
	/*@ assert page: page == cell_page(c); */
	/*@ assert maps: hw_maps(port_hw, vm, ipa, page, cell_rights(c)); */
	if (page >= direct.npages)
		return NULL;
	/*@ assert enough: (cell_rights(c) & perm) == perm; */
	return direct.ram + (uint64_t)page * ISO_PAGE_SIZE;
}

/*@ requires valid: direct_ok;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures done: \result == flag_at(direct_flags, vm); */
int32_t iso_direct_stale(uint32_t vm)
{
	return vm < ISO_MAX_VMS ? stale[vm] : 0;
}

/*@ requires valid: direct_ok;
    requires ids: is_vm(vm) && is_window(ipa, n);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures refuses: !fits(vm, ipa, n) ==> \result == 0;
    ensures decides: fits(vm, ipa, n) ==>
      (\result != 0 <==> port_vacant(port_hw, vm, ipa, n)); */
int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n)
{
	const uint32_t *table = direct.table;
	uint32_t used = 0; /* counted, as a loop without exit is faster */
	uint64_t at;

	if (ipa > direct.nipa || n > direct.nipa - ipa)
		return 0;
	at = slot(vm, ipa);
	/*@ loop invariant i: 0 <= used <= i <= n;
	    loop invariant blank: used == 0 ==>
	      blank(direct_cells, vm, ipa, i);
	    loop invariant taken: used != 0 ==>
	      !port_vacant(port_hw, vm, ipa, n);
	    loop assigns i, used;
	    loop variant n - i; */
	for (uint32_t i = 0; i < n; i++) {
		/*@ assert cell: table[at + i] ==
		      cell_at(direct_cells, vm, ipa + i); */
		/*@ assert holds: table[at + i] == 0 ||
		      has(direct_cells, direct.nipa, vm, ipa + i,
		          cell_page(table[at + i])); */
		used += table[at + i] != 0 ? 1u : 0u;
	}
	return used == 0;
}

/*@ requires valid: direct_ok;
    requires fits: fits(vm, ipa, n);
    requires rights: perm < ISO_DIRECT_RIGHTS;
    requires ids: is_vm(vm) && is_run(page, n) && is_window(ipa, n);
    requires room: port_room(port_hw, vm, ipa, page, n);
    terminates \true;
    exits \false;
    assigns direct.table[0 .. ISO_MAX_VMS * direct.nipa - 1], stale[vm];
    ensures valid: direct_ok;
    ensures done: port_hw == port_map(\old(port_hw), vm, ipa, page, n, perm); */
void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm)
{
	/*@ assert room: room(direct_cells, direct.nipa, vm, ipa, page, n); */
	fill_row(direct.table, slot(vm, ipa), n, page, perm);
	/*@ assert others: \forall integer u, j;
	      is_vm(u) && 0 <= j < direct.nipa &&
	      !(u == vm && ipa <= j < ipa + n) ==>
	      direct.table[d_index(direct.nipa, u, j)] ==
	        \at(direct.table[d_index(direct.nipa, u, j)], Pre); */
	/*@ assert run: \forall integer j; ipa <= j < ipa + n ==>
	      direct.table[d_index(direct.nipa, vm, j)] ==
	        d_cell(page + (j - ipa), perm); */
	/*@ assert filled: filled(\at(direct_cells, Pre), direct_cells,
	      direct.nipa, vm, ipa, page, n, perm); */
	if (perm == ISO_PERM_NONE)
		stale[vm] = 1;
	/*@ assert flags: same_flags(direct_flags, perm == 0 ?
	      flag_set(\at(direct_flags, Pre), vm, 1) :
	      \at(direct_flags, Pre)); */
}

/*@ requires valid: direct_ok;
    requires fits: fits(vm, ipa, n);
    requires ids: is_vm(vm) && is_run(page, n) && is_window(ipa, n);
    requires there: port_room(port_hw, vm, ipa, page, n);
    terminates \true;
    exits \false;
    assigns direct.table[0 .. ISO_MAX_VMS * direct.nipa - 1], stale[vm];
    ensures valid: direct_ok;
    ensures done: port_hw == port_unmap(\old(port_hw), vm, page, n); */
void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n)
{
	/*@ assert there: there(direct_cells, direct.nipa, vm, ipa, page, n); */
	clear_row(direct.table, slot(vm, ipa), n, page);
	/*@ assert others: \forall integer u, j;
	      is_vm(u) && 0 <= j < direct.nipa &&
	      !(u == vm && ipa <= j < ipa + n) ==>
	      direct.table[d_index(direct.nipa, u, j)] ==
	        \at(direct.table[d_index(direct.nipa, u, j)], Pre); */
	/*@ assert run: \forall integer j; ipa <= j < ipa + n ==>
	      \let old = \at(direct.table[d_index(direct.nipa, vm, j)], Pre);
	      direct.table[d_index(direct.nipa, vm, j)] ==
	        (cell_page(old) == page + (j - ipa) ? 0 : old); */
	/*@ assert cleared: cleared(\at(direct_cells, Pre), direct_cells,
	      direct.nipa, vm, ipa, page, n); */
	stale[vm] = 1;
	/*@ assert flags: same_flags(direct_flags,
	      flag_set(\at(direct_flags, Pre), vm, 1)); */
}

/* Nothing here caches a translation: an access looks at the table. */
/*@ requires valid: direct_ok;
    requires ids: is_vm(vm);
    terminates \true;
    exits \false;
    assigns stale[vm];
    ensures valid: direct_ok;
    ensures done: port_hw == port_flush(\old(port_hw), vm); */
void iso_port_flush(uint32_t vm)
{
	stale[vm] = 0;
	/*@ assert flags: same_flags(direct_flags,
	      flag_set(\at(direct_flags, Pre), vm, 0)); */
}

/* the pages from page on, below end */
/*@ requires valid: \valid(ram + (ISO_PAGE_SIZE * page ..
                                  ISO_PAGE_SIZE * end - 1));
    requires fits: page <= ISO_MAX_PAGES && end <= ISO_MAX_PAGES;
    terminates \true;
    exits \false;
    assigns ram[ISO_PAGE_SIZE * page .. ISO_PAGE_SIZE * end - 1];
    ensures zeros: \forall integer p; page <= p < end ==>
      page_of(ram, p) == d_zeros;
    ensures kept: \forall integer p; !(page <= p < end) ==>
      page_of(ram, p) == \old(page_of(ram, p)); */
static void zero_pages(uint8_t *ram, uint32_t page, uint64_t end)
{
	const uint64_t from = (uint64_t)page * ISO_PAGE_SIZE;
	const uint64_t to = end * ISO_PAGE_SIZE;

	/*@ assert from: from == ISO_PAGE_SIZE * page; */
	/*@ assert to: to == ISO_PAGE_SIZE * end; */
	zero_bytes(ram, from, to);
	/*@ assert run: \forall integer p, i;
	      page <= p < end && 0 <= i < ISO_PAGE_SIZE ==>
	      ram[ISO_PAGE_SIZE * p + i] == 0; */
	/*@ assert others: \forall integer p, i;
	      !(page <= p < end) && 0 <= i < ISO_PAGE_SIZE ==>
	      ram[ISO_PAGE_SIZE * p + i] ==
	        \at(ram[ISO_PAGE_SIZE * p + i], Pre); */
}

/* Beyond RAM, where the engine does not go, there is nothing to zero. */
/*@ requires valid: direct_ok;
    requires ids: is_run(page, n);
    terminates \true;
    exits \false;
    assigns direct.ram[0 .. ISO_PAGE_SIZE * direct.npages - 1];
    ensures valid: direct_ok;
    ensures done: port_hw == port_zero(\old(port_hw), page, n); */
void iso_port_zero(uint32_t page, uint32_t n)
{
	uint64_t end = (uint64_t)page + n;

	if (end > direct.npages)
		end = direct.npages;
	zero_pages(direct.ram, page, end);
	/*@ assert ram: same_ram(direct_ram,
	      ram_zero(\at(direct_ram, Pre), page, n)); */
}

/*@ requires valid: direct_ok;
    requires pages: dst < direct.npages && src < direct.npages;
    requires len: len <= ISO_PAGE_SIZE;
    requires apart: dst != src;
    terminates \true;
    exits \false;
    assigns direct.ram[ISO_PAGE_SIZE * dst .. ISO_PAGE_SIZE * dst + len - 1];
    ensures valid: direct_ok;
    ensures done: \forall integer k;
      ISO_PAGE_SIZE * dst <= k < ISO_PAGE_SIZE * dst + len ==>
      direct.ram[k] == \old(direct.ram[k + ISO_PAGE_SIZE * (src - dst)]); */
void iso_port_copy(uint32_t dst, uint32_t src, uint32_t len)
{
	const uint64_t to = (uint64_t)dst * ISO_PAGE_SIZE;
	const uint64_t from = (uint64_t)src * ISO_PAGE_SIZE;
	uint8_t *ram = direct.ram;

	/*@ loop invariant i: 0 <= i <= len;
	    loop invariant done: \forall integer k; to <= k < to + i ==>
	      ram[k] ==
	        \at(direct.ram[k + ISO_PAGE_SIZE * (src - dst)], Pre);
	    loop invariant kept: \forall integer k; !(to <= k < to + len) ==>
	      ram[k] == \at(direct.ram[k], Pre);
	    loop assigns i, ram[to .. to + len - 1];
	    loop variant len - i; */
	for (uint32_t i = 0; i < len; i++)
		ram[to + i] = ram[from + i];
}
