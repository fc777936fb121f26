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
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    requires pending: 1 <= e->vms[o].tx[h].dirty <= ISO_MAX_RANGES &&
      k <= e->vms[o].tx[h].rest;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures fits: head_fits(\result);
    ensures is: head_of(\result) == scrubbed(st(e), o, h, k); */
static struct iso_head scrubbed(const struct iso_engine *e, uint32_t o,
				uint32_t h, uint32_t k)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	struct iso_head x = { t->state, t->kind,  t->nranges,
			      t->total, t->dirty, t->rest - k };

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert part: k < t->rest ==>
	      head_of(x) == scrubbed(st(e), o, h, k); */
	if (x.rest == 0) {
		x.dirty--;
		/*@ assert last: x.dirty == 0 ==>
		      head_of(x) == scrubbed(st(e), o, h, k); */
		if (x.dirty > 0) {
			/*@ assert span: range_at(eng(e), o, h, x.dirty - 1) ==
			      span_at(t, x.dirty - 1); */
			x.rest = t->range[x.dirty - 1].n;
			/*@ assert next: head_of(x) ==
			      scrubbed(st(e), o, h, k); */
		}
	}
	return x;
}

void iso_scrub(struct iso_engine *e, uint32_t o, uint32_t h, uint64_t max)
{
	const struct iso_tx *t = &e->vms[o].tx[h];
	const uint32_t k = iso_least(max, t->rest);
	const uint32_t r = t->dirty - 1u;
	struct iso_head x;

	/*@ assert head: tx_at(eng(e), o, h) == head_at(t); */
	/*@ assert chunk: k == chunk(st(e), o, h, max); */
	/*@ assert span: range_at(eng(e), o, h, r) == span_at(t, r); */
	/*@ assert spot: scrub_spot(st(e), o, h, r); */
	/*@ assert unreached: port_unreached(port_hw,
	      t->range[r].page + (t->rest - k), k); */
	x = scrubbed(e, o, h, k);
	iso_port_zero(t->range[r].page + (t->rest - k), k);
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
