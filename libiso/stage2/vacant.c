/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <iso/status.h>

/*@ requires state: ok_s2(s) || dying_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures codes: \result == ISO_OK || \result == ISO_INVALID ||
      \result == ISO_DENIED;
    ensures dying: dying_s2(s) ==> \result == ISO_INVALID;
    ensures invalid: \result == ISO_INVALID <==>
      !(1 <= n && s2_valid_run(s2_of(s), ip, n));
    ensures vacant: \result == ISO_OK ==> s2_every(s2_of(s), ip, n, 0);
    ensures denied: \result == ISO_DENIED ==>
      !s2_every(s2_of(s), ip, n, 0); */
int32_t iso_s2_vacant(const struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	if (!iso_s2_valid_run(s, ip, n))
		return ISO_INVALID;
	return iso_s2_every(s, ip, n, 0) ? ISO_OK : ISO_DENIED;
}
