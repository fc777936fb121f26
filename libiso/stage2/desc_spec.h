/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_DESC_SPEC_H
#define ISO_STAGE2_DESC_SPEC_H

/* Words of stage2_arith.mlw and stage2_desc.mlw. */

/*@ axiomatic S2_arith {
  predicate height(integer h);
  predicate fits(integer h, integer f);
  logic integer span(integer h);
  logic integer slot(integer h, integer ip);
  logic integer first(integer h, integer o, integer i);
  logic integer off(integer h, integer ip);
  logic integer root_org(integer h, integer r);
  logic integer root_of(integer h, integer ip);
} */

/*@ axiomatic S2_desc {
  predicate layout(integer l);
  predicate frame(integer f);
  predicate attr(integer a);
  predicate leaf_height(integer h);
  logic integer d_kind(integer l, integer h, integer d);
  logic integer d_next(integer l, integer d);
  logic integer d_out(integer l, integer h, integer d);
  logic integer d_attr(integer l, integer h, integer d);
  logic integer field(integer d, integer w, integer n);
  logic integer mk_next(integer l, integer f);
  logic integer mk_leaf(integer l, integer h, integer f, integer a);
} */

#endif
