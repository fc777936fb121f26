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
/*@ requires valid: \valid_read(t);
    requires pending: 1 <= t->dirty <= ISO_MAX_RANGES && k <= t->rest;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures same: \result.state == t->state && \result.kind == t->kind &&
      \result.nranges == t->nranges && \result.total == t->total;
    ensures part: k < t->rest ==>
      \result.dirty == t->dirty && \result.rest == t->rest - k;
    ensures range: k == t->rest ==> \result.dirty == t->dirty - 1;
    ensures last: k == t->rest && t->dirty == 1 ==> \result.rest == 0;
    ensures next: k == t->rest && t->dirty > 1 ==>
      \result.rest == t->range[t->dirty - 2].n; */
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
	const uint32_t r = t->dirty - 1u;
	struct iso_head x;

	/*@ assert chunk: k == chunk(st(e), o, h, max); */
	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert span: range_at(eng(e), o, h, r) == span_at(t, r); */
	/*@ assert spot: scrub_spot(st(e), o, h, r); */
	/*@ assert unreached: port_unreached(port_hw,
	      t->range[r].page + (t->rest - k), k); */
	iso_port_zero(t->range[r].page + (t->rest - k), k);
	/*@ assert span2: t->dirty > 1 ==>
	      range_at(eng(e), o, h, r - 1) == span_at(t, r - 1); */
	x = scrubbed(t, k);
	/*@ assert x: head_of(x) == scrubbed(\at(st(e), Pre), o, h, k); */
	iso_put_tx(e, o, h, x);
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
	const uint32_t ipa = e->pages[lo].ipa;

	/*@ assert page: page_at(eng(e), lo) == row_at(e, lo); */
	/*@ assert spot: release_spot(st(e), v, ipa, lo, n); */
	iso_port_unmap(v, ipa, lo, n);
	iso_port_flush(v);
	/*@ assert unmapped: port_hw == unmapped(\at(st(e), Pre), v, lo, n); */
	iso_port_zero(lo, n);
	/*@ assert room: port_room(port_hw, ISO_HOST, lo, lo, n); */
	/*@ assert off: port_off(port_hw, ISO_HOST, lo, n); */
	iso_own_run(e, lo, n, ISO_HOST, lo);
	iso_port_map(ISO_HOST, lo, lo, n, ISO_PERM_RWX);
}
