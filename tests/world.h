/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WORLD_H
#define WORLD_H

/* An engine on the tests' machine: all that a call could change, in one place,
 * to be kept, compared and brought back. */

#include <iso/iso.h>

#include "machine.h"

extern struct iso_engine engine;
extern struct iso_page pages[NPAGES];
extern struct iso_vm vms[ISO_MAX_VMS];

struct world {
	struct iso_engine engine;
	struct iso_page pages[NPAGES];
	struct iso_vm vms[ISO_MAX_VMS];
	struct machine machine;
};

/* a new engine on memory that held rubbish: what iso_engine_init answers */
int32_t world_init(void);

void world_save(struct world *w);
void world_load(const struct world *w);
/* is everything, to the last byte, as in w? */
int world_equal(const struct world *w);
/* the same but for what no longer means anything: ranges a transaction does not
 * count, and the port's statistics */
int world_alike(const struct world *w);

#endif
