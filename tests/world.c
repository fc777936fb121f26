/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "world.h"

struct iso_engine engine;
struct iso_page pages[NPAGES];
struct iso_vm vms[ISO_MAX_VMS];

int32_t world_init(void)
{
	memset(pages, 0xa5, sizeof(pages));
	memset(vms, 0xa5, sizeof(vms));
	machine_reset();
	return iso_engine_init(&engine, pages, NPAGES, vms);
}

void world_save(struct world *w)
{
	memcpy(&w->engine, &engine, sizeof(engine));
	memcpy(w->pages, pages, sizeof(pages));
	memcpy(w->vms, vms, sizeof(vms));
	memcpy(&w->machine, &machine, sizeof(machine));
}

void world_load(const struct world *w)
{
	memcpy(&engine, &w->engine, sizeof(engine));
	memcpy(pages, w->pages, sizeof(pages));
	memcpy(vms, w->vms, sizeof(vms));
	memcpy(&machine, &w->machine, sizeof(machine));
}

int world_equal(const struct world *w)
{
	return memcmp(&w->engine, &engine, sizeof(engine)) == 0 &&
	       memcmp(w->pages, pages, sizeof(pages)) == 0 &&
	       memcmp(w->vms, vms, sizeof(vms)) == 0 &&
	       memcmp(&w->machine, &machine, sizeof(machine)) == 0;
}

static void forget_ranges(struct iso_vm *v)
{
	for (uint32_t h = 0; h < ISO_MAX_TX; h++) {
		struct iso_tx *t = &v->tx[h];

		memset(&t->range[t->nranges], 0,
		       (ISO_MAX_RANGES - t->nranges) * sizeof(t->range[0]));
	}
}

int world_alike(const struct world *w)
{
	static struct world was, is;

	memcpy(&was, w, sizeof(was));
	world_save(&is);
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++) {
		forget_ranges(&was.vms[v]);
		forget_ranges(&is.vms[v]);
	}
	is.machine.calls = was.machine.calls;
	is.machine.zeroed = was.machine.zeroed;
	return memcmp(&was, &is, sizeof(was)) == 0;
}
