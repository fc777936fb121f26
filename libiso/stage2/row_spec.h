/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_ROW_SPEC_H
#define ISO_STAGE2_ROW_SPEC_H

/* Words of stage2_row.mlw and stage2_fill_row.mlw: what is done at once of a run. */

#include "stage2_spec.h"

/*@ axiomatic S2_row {
  predicate s2_row(s2_state s, integer t, integer i, integer m, integer ip,
                   integer left, integer e);
} */
/*@ axiomatic S2_goes {
  predicate s2_goes(integer h, integer ip, integer left, integer f);
} */

#endif
