/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_DIRECT_SPEC_H
#define ISO_DIRECT_SPEC_H

/*
 * The direct port's arrays read as the specification's hardware. cells.mlw has
 * the words; the axioms below only say which array element is which.
 */

#include <iso/page.h>

#include "iso_spec.h"

/* As libiso/port_contract.h has them. */
/*@ axiomatic Hw {
  predicate port_vacant(hw x, integer v, integer i, integer n);
  predicate port_room(hw x, integer v, integer i, integer lo, integer n);
  predicate port_off(hw x, integer v, integer lo, integer n);
  predicate port_unreached(hw x, integer lo, integer n);
  logic hw port_map(hw x, integer v, integer i, integer lo, integer n,
                    integer a);
  logic hw port_unmap(hw x, integer v, integer lo, integer n);
  logic hw port_flush(hw x, integer v);
  logic hw port_zero(hw x, integer lo, integer n);
} */

/*@ predicate is_run(integer lo, integer n) =
      0 <= lo && 1 <= n && lo + n <= ISO_MAX_PAGES;
    predicate is_window(integer i, integer n) =
      0 <= i && 0 <= n && i + n <= ISO_IPA_PAGES; */

/*@ axiomatic Direct {
  type d_cells;
  type d_flags;
  type d_ram;
  type d_bytes;
  logic d_bytes d_zeros;
  logic integer d_index(integer n, integer v, integer i);
  logic integer d_cell(integer p, integer a);
  logic integer cell_page(integer x);
  logic integer cell_rights(integer x);
  logic integer cell_at(d_cells c, integer v, integer i);
  logic integer flag_at(d_flags b, integer v);
  logic d_bytes bytes_at(d_ram r, integer p);
  logic d_flags flag_set(d_flags b, integer v, integer x);
  logic d_ram ram_zero(d_ram r, integer lo, integer n);
  predicate same_flags(d_flags a, d_flags b);
  predicate same_ram(d_ram a, d_ram b);
  predicate well(d_cells c, integer n, integer k);
  predicate has(d_cells c, integer n, integer v, integer i, integer p);
  predicate filled(d_cells c, d_cells d, integer n, integer v, integer i,
                   integer lo, integer k, integer a);
  predicate cleared(d_cells c, d_cells d, integer n, integer v, integer i,
                    integer lo, integer k);
  predicate room(d_cells c, integer n, integer v, integer i, integer lo,
                 integer k);
  predicate there(d_cells c, integer n, integer v, integer i, integer lo,
                  integer k);
  predicate blank(d_cells c, integer v, integer i, integer k);
  predicate started(d_cells c, integer n, integer k);
  logic hw hw_direct(d_cells c, integer n, d_flags b, d_ram r);
  predicate hw_start(hw x, integer np);
  predicate hw_maps(hw x, integer v, integer i, integer p, integer a);
} */

/*@ axiomatic Arrays {
  logic d_cells cells_of{L}(uint32_t *t, integer n)
    reads t[0 .. ISO_MAX_VMS * n - 1];
  axiom cells_cell{L}: \forall uint32_t *t, integer n, v, i;
    is_vm(v) && 0 <= i < n ==>
    cell_at(cells_of(t, n), v, i) == t[d_index(n, v, i)];
  logic d_flags flags_of{L}(uint16_t *s) reads s[0 .. ISO_MAX_VMS - 1];
  axiom flags_flag{L}: \forall uint16_t *s, integer v;
    flag_at(flags_of(s), v) == (0 <= v < ISO_MAX_VMS ? s[v] : 0);
  logic d_bytes page_of{L}(uint8_t *r, integer p)
    reads r[ISO_PAGE_SIZE * p .. ISO_PAGE_SIZE * p + ISO_PAGE_SIZE - 1];
  axiom page_zeros{L}: \forall uint8_t *r, integer p;
    (\forall integer i; 0 <= i < ISO_PAGE_SIZE ==>
       r[ISO_PAGE_SIZE * p + i] == 0) ==> page_of(r, p) == d_zeros;
  axiom page_same{A, B}: \forall uint8_t *r, integer p;
    (\forall integer i; 0 <= i < ISO_PAGE_SIZE ==>
       \at(r[ISO_PAGE_SIZE * p + i], A) == \at(r[ISO_PAGE_SIZE * p + i], B))
    ==> page_of{A}(r, p) == page_of{B}(r, p);
  logic d_ram ram_of{L}(uint8_t *r, integer n)
    reads r[0 .. ISO_PAGE_SIZE * n - 1];
  axiom ram_page{L}: \forall uint8_t *r, integer n, p;
    bytes_at(ram_of(r, n), p) == (0 <= p < n ? page_of(r, p) : d_zeros);
} */

#endif
