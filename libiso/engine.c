/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>

#include "store.h"

static void init_pages(struct iso_page *pages, uint32_t n)
{
	for (uint32_t p = 0; p < n; p++) {
		pages[p].owner = ISO_HOST;
		pages[p].tx = ISO_NO_TX;
		pages[p].range = 0;
		pages[p].ipa = p;
	}
}

static void init_vm(struct iso_engine *e, uint32_t v)
{
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		iso_put_peer(e, v, w, 0);
	for (uint32_t h = 0; h < ISO_MAX_TX; h++)
		iso_free_tx(e, v, h);
	iso_put_vm(e, v, v == ISO_HOST ? ISO_VM_LIVE : ISO_VM_ABSENT, 0, 0, 0);
}

int32_t iso_engine_init(struct iso_engine *e, struct iso_page *pages,
			uint64_t npages, struct iso_vm *vms)
{
	if (npages == 0 || npages > ISO_MAX_PAGES)
		return ISO_INVALID;
	e->pages = pages;
	e->vms = vms;
	e->npages = (uint32_t)npages;
	init_pages(pages, e->npages);
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		init_vm(e, v);
	return ISO_OK;
}
