/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_NEED_SPEC_H
#define ISO_STAGE2_NEED_SPEC_H

/* Words of stage2_need.mlw: how many tables a run of pages needs. */

#include "stage2_spec.h"

/*@ axiomatic S2_need {
  logic integer s2_needs(integer top, integer lo, integer n);
  logic integer s2_deep(s2_state s, integer ip);
  predicate s2_low(s2_state s, integer p);
} */

#endif
