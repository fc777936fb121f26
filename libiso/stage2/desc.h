/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_DESC_H
#define ISO_STAGE2_DESC_H

/*
 * Numbers and descriptors of translation tables, for both layouts. By division
 * and remainder, which is what the proofs speak; compilers make shifts and
 * masks of them.
 */

#include "stage2.h"
#include <iso/tx.h>

#include "desc_spec.h"

/* what an entry is */
#define ISO_S2_NONE 0u
#define ISO_S2_LEAF 1u /* a page or block */
#define ISO_S2_NEXT 2u /* a table */

/* pages that an entry of a table of height h stands for */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == span(h); */
uint32_t iso_s2_span(uint32_t h);

/* the entry for page ip */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == slot(h, ip); */
uint32_t iso_s2_slot(uint32_t h, uint64_t ip);

/* ip within its entry */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == off(h, ip); */
uint32_t iso_s2_off(uint32_t h, uint64_t ip);

/* the first page of entry i, in a table that begins at o */
/*@ requires height: height(h);
    requires small: o <= 0xffffffffffff && i <= 512;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == first(h, o, i); */
uint64_t iso_s2_first(uint32_t h, uint64_t o, uint32_t i);

/* may a block of height h begin at frame f */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> fits(h, f); */
int32_t iso_s2_fits(uint32_t h, uint64_t f);

/* which root table has ip; is there one */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == root_of(h, ip);
    ensures decides: \forall integer n; 0 <= n <= ISO_S2_MAX_ROOTS ==>
      (\result < n <==> ip < root_org(h, n)); */
uint64_t iso_s2_root_of(uint32_t h, uint64_t ip);
/*@ requires height: height(h);
    requires small: n <= ISO_S2_MAX_ROOTS;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> ip < root_org(h, n);
    ensures small: root_org(h, n) <= ISO_S2_IP_END; */
int32_t iso_s2_valid_ip(uint32_t h, uint32_t n, uint64_t ip);
/*@ requires height: height(h);
    requires small: r <= ISO_S2_MAX_ROOTS;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == root_org(h, r); */
uint64_t iso_s2_root_org(uint32_t h, uint32_t r);

/* what entry d of a table of height h is */
/*@ requires layout: layout(l);
    requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == d_kind(l, h, d); */
uint32_t iso_s2_kind(uint32_t l, uint32_t h, uint64_t d);

/* does entry d of a table of height h > 0 lead to a table, where nothing but 0
 * stands for nothing */
/*@ requires layout: layout(l);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \forall integer h; 1 <= h <= 3 &&
      (d_kind(l, h, d) == ISO_S2_NONE ==> d == 0) ==>
      (\result != 0 <==> d_kind(l, h, d) == ISO_S2_NEXT); */
int32_t iso_s2_leads(uint32_t l, uint64_t d);

/* and is one that does not, of any height, a page or block */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \forall integer l, h; layout(l) && height(h) &&
      (d_kind(l, h, d) == ISO_S2_NONE ==> d == 0) &&
      d_kind(l, h, d) != ISO_S2_NEXT ==>
      (\result != 0 <==> d_kind(l, h, d) == ISO_S2_LEAF); */
int32_t iso_s2_leaf(uint64_t d);

/* the frame in an entry, of a table as of a page or block */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures frame: frame(\result);
    ensures next: \forall integer l; \result == d_next(l, d);
    ensures out: \forall integer l, h; \result == d_out(l, h, d); */
uint64_t iso_s2_frame(uint64_t d);
/* the table that an entry leads to, in a pool from frame b on */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \forall integer l; 0 <= d_next(l, d) - b <= 0xffffffff ==>
      \result == d_next(l, d) - b; */
uint32_t iso_s2_next(uint64_t d, uint64_t b);
/*@ requires layout: layout(l);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \forall integer h; \result == d_attr(l, h, d); */
uint32_t iso_s2_attr(uint32_t l, uint64_t d);

/*@ requires layout: layout(l);
    requires frame: frame(f);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == mk_next(l, f); */
uint64_t iso_s2_mk_next(uint32_t l, uint64_t f);
/*@ requires layout: layout(l);
    requires leaf: leaf_height(h);
    requires frame: frame(f);
    requires attr: attr(a);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == mk_leaf(l, h, f, a); */
uint64_t iso_s2_mk_leaf(uint32_t l, uint32_t h, uint64_t f, uint32_t a);

#endif
