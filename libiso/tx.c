/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "close.h"
#include "scrub.h"
#include "store.h"

static int32_t tx_open_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			    uint64_t kind)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (kind < ISO_SHARE || kind > ISO_DONATE)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_FREE)
		return ISO_BUSY;
	return ISO_OK;
}

int32_t iso_tx_open(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t kind)
{
	const struct iso_head x = { ISO_TX_OPEN, (uint32_t)kind, 0, 0, 0, 0 };
	int32_t r;

	iso_port_lock();
	r = tx_open_code(e, caller, tx, kind);
	if (r == ISO_OK)
		iso_put_tx(e, (uint32_t)caller, (uint32_t)tx, x);
	iso_port_unlock();
	return r;
}

static int32_t tx_add_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			   uint64_t lo, uint64_t n)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (!iso_valid_run(e, lo, n))
		return ISO_INVALID;
	t = &e->vms[c].tx[h];
	if (t->state != ISO_TX_OPEN)
		return ISO_DENIED;
	if (t->nranges >= ISO_MAX_RANGES || t->total + n > ISO_IPA_PAGES)
		return ISO_NO_MEMORY;
	if (!iso_plain_run(e, (uint32_t)c, (uint32_t)lo, (uint32_t)n))
		return ISO_DENIED;
	return ISO_OK;
}

static void tx_add(struct iso_engine *e, uint32_t c, uint32_t h, uint32_t lo,
		   uint32_t n)
{
	const struct iso_tx *t = &e->vms[c].tx[h];
	const uint32_t r = t->nranges;
	const uint32_t off = t->total;
	const struct iso_head x = { t->state, t->kind,  r + 1,
				    off + n,  t->dirty, t->rest };

	iso_put_tx(e, c, h, x);
	iso_put_range(e, c, h, r, lo, n, off);
	iso_tag_run(e, lo, n, h, r);
}

int32_t iso_tx_add(struct iso_engine *e, uint64_t caller, uint64_t tx,
		   uint64_t page, uint64_t n)
{
	int32_t r;

	iso_port_lock();
	r = tx_add_code(e, caller, tx, page, n);
	if (r == ISO_OK)
		tx_add(e, (uint32_t)caller, (uint32_t)tx, (uint32_t)page,
		       (uint32_t)n);
	iso_port_unlock();
	return r;
}

/* no receiver but w */
static int32_t only(const struct iso_engine *e, uint32_t o, uint32_t h,
		    uint32_t w)
{
	for (uint32_t x = 0; x < ISO_MAX_VMS; x++)
		if (e->vms[o].tx[h].grant[x].perm != ISO_PERM_NONE && x != w)
			return 0;
	return 1;
}

static int32_t valid_perm(uint64_t p)
{
	return p == ISO_PERM_R || p == ISO_PERM_RW || p == ISO_PERM_RX ||
	       p == ISO_PERM_RWX;
}

static int32_t tx_grant_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			     uint64_t w, uint64_t perm)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (w >= ISO_MAX_VMS || w == c)
		return ISO_INVALID;
	if (!valid_perm(perm))
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_OPEN)
		return ISO_DENIED;
	if (e->vms[c].peer[w] != 1 || e->vms[w].state != ISO_VM_LIVE)
		return ISO_DENIED;
	if (e->vms[c].tx[h].kind == ISO_DONATE &&
	    (w == ISO_HOST || !only(e, (uint32_t)c, (uint32_t)h, (uint32_t)w)))
		return ISO_DENIED;
	return ISO_OK;
}

int32_t iso_tx_grant(struct iso_engine *e, uint64_t caller, uint64_t tx,
		     uint64_t vm, uint64_t perm)
{
	int32_t r;

	iso_port_lock();
	r = tx_grant_code(e, caller, tx, vm, perm);
	if (r == ISO_OK)
		iso_put_grant(e, (uint32_t)caller, (uint32_t)tx, (uint32_t)vm,
			      (uint32_t)perm, 0, 0);
	iso_port_unlock();
	return r;
}

static int32_t listless(const struct iso_engine *e, uint32_t o, uint32_t h)
{
	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		if (e->vms[o].tx[h].grant[w].perm != ISO_PERM_NONE)
			return 0;
	return 1;
}

static int32_t tx_send_code(const struct iso_engine *e, uint64_t c, uint64_t h,
			    uint64_t clear, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX || clear > 1 || max == 0)
		return ISO_INVALID;
	t = &e->vms[c].tx[h];
	if (t->state == ISO_TX_OPEN) {
		if (t->nranges == 0 || listless(e, (uint32_t)c, (uint32_t)h))
			return ISO_INVALID;
		if (clear == 1 && t->kind == ISO_SHARE)
			return ISO_INVALID;
		return clear == 1 ? ISO_RETRY : ISO_OK;
	}
	if (t->state == ISO_TX_SENT && t->dirty > 0)
		return iso_scrub_code(e, (uint32_t)c, (uint32_t)h, max);
	return ISO_DENIED;
}

static void tx_send(struct iso_engine *e, uint32_t c, uint32_t h,
		    uint32_t clear)
{
	const struct iso_tx *t = &e->vms[c].tx[h];

	if (t->kind != ISO_SHARE) {
		iso_map_owner(e, c, h, ISO_PERM_NONE);
		iso_port_flush(c);
	}
	iso_put_tx(e, c, h, iso_sent(t, clear));
}

int32_t iso_tx_send(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t clear, uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_send_code(e, caller, tx, clear, max);
	if (r == ISO_OK || r == ISO_RETRY) {
		if (e->vms[caller].tx[tx].state == ISO_TX_OPEN)
			tx_send(e, (uint32_t)caller, (uint32_t)tx,
				(uint32_t)clear);
		else
			iso_scrub(e, (uint32_t)caller, (uint32_t)tx, max);
	}
	iso_port_unlock();
	return r;
}

static int32_t tx_reclaim_code(const struct iso_engine *e, uint64_t c,
			       uint64_t h, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX || max == 0)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_SENT)
		return ISO_DENIED;
	if (!iso_idle(e, (uint32_t)c, (uint32_t)h))
		return ISO_DENIED;
	if (e->vms[c].tx[h].dirty > 0)
		return ISO_RETRY;
	return ISO_OK;
}

int32_t iso_tx_reclaim(struct iso_engine *e, uint64_t caller, uint64_t tx,
		       uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_reclaim_code(e, caller, tx, max);
	if (r == ISO_RETRY)
		iso_scrub(e, (uint32_t)caller, (uint32_t)tx, max);
	else if (r == ISO_OK)
		iso_tx_close(e, (uint32_t)caller, (uint32_t)tx);
	iso_port_unlock();
	return r;
}

static int32_t tx_abort_code(const struct iso_engine *e, uint64_t c, uint64_t h)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (h >= ISO_MAX_TX)
		return ISO_INVALID;
	if (e->vms[c].tx[h].state != ISO_TX_OPEN)
		return ISO_DENIED;
	return ISO_OK;
}

int32_t iso_tx_abort(struct iso_engine *e, uint64_t caller, uint64_t tx)
{
	int32_t r;

	iso_port_lock();
	r = tx_abort_code(e, caller, tx);
	if (r == ISO_OK)
		iso_tx_close(e, (uint32_t)caller, (uint32_t)tx);
	iso_port_unlock();
	return r;
}
