/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include <iso/iso.h>

#include "machine.h"

/*
 * The invariant `wf` of libiso/spec/wf.mlw, written once more over the engine's
 * arrays and the machine's tables, for tests: neither text is made from the
 * other. And that the keeper's pages are nobody else's (theorems/keeper.mlw).
 * Looks at the n VMs listed in ids, and at all pages.
 *
 * Returns NULL if all holds, else the name of the part that is broken.
 */
const char *wf_broken(const struct iso_engine *e, const struct machine *m,
		      const uint32_t *ids, uint32_t n);

/* all of 0 .. ISO_MAX_VMS-1 */
extern const uint32_t all_vms[ISO_MAX_VMS];

#endif
