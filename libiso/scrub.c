/* SPDX-License-Identifier: BSD-2-Clause */
#include "scrub.h"

#include <iso/port.h>

#include "check.h"

int32_t iso_scrub_code(const struct iso_engine *e, uint32_t o, uint32_t h,
		       uint64_t max)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	if (max < t->rest || t->dirty > 1)
		return ISO_RETRY;
	return ISO_OK;
}

/* the head after k more pages are zeroed */
static struct iso_head scrubbed(const struct iso_tx *t, uint32_t k)
{
	struct iso_head x = { t->state, t->kind,  t->nranges,
			      t->total, t->dirty, t->rest - k };

	if (x.rest == 0) {
		x.dirty--;
		if (x.dirty > 0)
			x.rest = t->range[x.dirty - 1].n;
	}
	return x;
}

void iso_scrub(struct iso_engine *e, uint32_t o, uint32_t h, uint64_t max)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t k = iso_least(max, t->rest);

	iso_port_zero(t->range[t->dirty - 1].page + (t->rest - k), k);
	iso_put_tx(e, o, h, scrubbed(t, k));
}

struct iso_head iso_sent(const struct iso_tx *t, uint32_t clear)
{
	struct iso_head x = { ISO_TX_SENT, t->kind,  t->nranges,
			      t->total,	   t->dirty, t->rest };

	if (clear == 1) {
		x.dirty = t->nranges;
		x.rest = t->range[t->nranges - 1].n;
	}
	return x;
}

void iso_release_run(struct iso_engine *e, uint32_t v, uint32_t lo, uint32_t n)
{
	iso_port_unmap(v, e->pages[lo].ipa, lo, n);
	iso_port_flush(v);
	iso_port_zero(lo, n);
	iso_own_run(e, lo, n, ISO_HOST, lo);
	iso_port_map(ISO_HOST, lo, lo, n, ISO_PERM_RWX);
}
