/* SPDX-License-Identifier: BSD-2-Clause */
#include "close.h"

#include <iso/port.h>

#include "store.h"

void iso_tx_unmap(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t ipa = t->grant[w].ipa;

	for (uint32_t r = 0; r < t->nranges; r++)
		iso_port_unmap(w, ipa + t->range[r].off, t->range[r].page,
			       t->range[r].n);
	iso_port_flush(w);
}

void iso_map_owner(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t perm)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	for (uint32_t r = 0; r < t->nranges; r++) {
		const uint32_t lo = t->range[r].page;

		iso_port_map(o, e->pages[lo].ipa, lo, t->range[r].n, perm);
	}
}

static void untag_tx(struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	for (uint32_t r = 0; r < t->nranges; r++)
		iso_tag_run(e, t->range[r].page, t->range[r].n, ISO_NO_TX, 0);
}

void iso_tx_close(struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	if (t->state == ISO_TX_SENT && t->kind != ISO_SHARE)
		iso_map_owner(e, o, h, ISO_PERM_RWX);
	untag_tx(e, o, h);
	iso_free_tx(e, o, h);
}
