/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "close.h"
#include "scrub.h"
#include "store.h"

static int32_t tx_retrieve_code(const struct iso_engine *e, uint64_t c,
				uint64_t o, uint64_t h, uint64_t i)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (o >= ISO_MAX_VMS || h >= ISO_MAX_TX)
		return ISO_INVALID;
	t = &e->vms[o].tx[h];
	if (t->state != ISO_TX_SENT || t->grant[c].perm == ISO_PERM_NONE ||
	    t->grant[c].retrieved != 0)
		return ISO_DENIED;
	if (e->vms[o].state != ISO_VM_LIVE)
		return ISO_DENIED;
	if (t->dirty > 0)
		return ISO_BUSY;
	if (!iso_valid_ipa(i, t->total) || (c == ISO_HOST && i < e->npages))
		return ISO_INVALID;
	if (!iso_port_vacant((uint32_t)c, (uint32_t)i, t->total))
		return ISO_BUSY;
	return ISO_OK;
}

/* c gets the transaction's pages, range after range from address i */
static void map_tx(const struct iso_engine *e, uint32_t o, uint32_t h,
		   uint32_t c, uint32_t i, uint32_t perm)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	for (uint32_t r = 0; r < t->nranges; r++)
		iso_port_map(c, i + t->range[r].off, t->range[r].page,
			     t->range[r].n, perm);
}

static void tx_take(struct iso_engine *e, uint32_t c, uint32_t o, uint32_t h,
		    uint32_t i)
{
	const uint32_t perm = e->vms[o].tx[h].grant[c].perm;

	map_tx(e, o, h, c, i, perm);
	iso_put_grant(e, o, h, c, perm, 1, i);
}

static void own_tx(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t c,
		   uint32_t i)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	for (uint32_t r = 0; r < t->nranges; r++)
		iso_own_run(e, t->range[r].page, t->range[r].n, c,
			    i + t->range[r].off);
}

static void unmap_owner(const struct iso_engine *e, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	for (uint32_t r = 0; r < t->nranges; r++) {
		const uint32_t lo = t->range[r].page;

		iso_port_unmap(o, e->pages[lo].ipa, lo, t->range[r].n);
	}
}

static void tx_accept(struct iso_engine *e, uint32_t c, uint32_t o, uint32_t h,
		      uint32_t i)
{
	unmap_owner(e, o, h);
	iso_port_flush(o);
	map_tx(e, o, h, c, i, ISO_PERM_RWX);
	own_tx(e, o, h, c, i);
	iso_free_tx(e, o, h);
}

int32_t iso_tx_retrieve(struct iso_engine *e, uint64_t caller, uint64_t sender,
			uint64_t tx, uint64_t ipa)
{
	int32_t r;

	iso_port_lock();
	r = tx_retrieve_code(e, caller, sender, tx, ipa);
	if (r == ISO_OK) {
		if (e->vms[sender].tx[tx].kind == ISO_DONATE)
			tx_accept(e, (uint32_t)caller, (uint32_t)sender,
				  (uint32_t)tx, (uint32_t)ipa);
		else
			tx_take(e, (uint32_t)caller, (uint32_t)sender,
				(uint32_t)tx, (uint32_t)ipa);
	}
	iso_port_unlock();
	return r;
}

static int32_t writable(uint32_t perm)
{
	return perm == ISO_PERM_RW || perm == ISO_PERM_RWX;
}

/* may c, who holds the transaction, give it back so? */
static int32_t give_back_code(const struct iso_engine *e, uint32_t c,
			      uint32_t o, uint32_t h, uint32_t clear)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	if (clear == 0)
		return ISO_OK;
	if (t->kind == ISO_SHARE)
		return ISO_INVALID;
	if (!writable(t->grant[c].perm) || !iso_last(e, o, h, c))
		return ISO_DENIED;
	return ISO_RETRY;
}

static int32_t tx_relinquish_code(const struct iso_engine *e, uint64_t c,
				  uint64_t o, uint64_t h, uint64_t clear,
				  uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);
	const struct iso_tx *t;

	if (r != ISO_OK)
		return r;
	if (o >= ISO_MAX_VMS || h >= ISO_MAX_TX || clear > 1 || max == 0)
		return ISO_INVALID;
	t = &e->vms[o].tx[h];
	if (t->state != ISO_TX_SENT || t->grant[c].perm == ISO_PERM_NONE)
		return ISO_DENIED;
	if (t->grant[c].retrieved != 0)
		return give_back_code(e, (uint32_t)c, (uint32_t)o, (uint32_t)h,
				      (uint32_t)clear);
	if (t->dirty > 0)
		return iso_scrub_code(e, (uint32_t)o, (uint32_t)h, max);
	return ISO_DENIED;
}

static void tx_relinquish(struct iso_engine *e, uint32_t c, uint32_t o,
			  uint32_t h, uint32_t clear)
{
	const struct iso_tx *t = &e->vms[o].tx[h];

	iso_tx_unmap(e, o, h, c);
	iso_put_grant(e, o, h, c, t->grant[c].perm, 0, 0);
	if (clear == 1)
		iso_put_tx(e, o, h, iso_sent(t, clear));
}

int32_t iso_tx_relinquish(struct iso_engine *e, uint64_t caller,
			  uint64_t sender, uint64_t tx, uint64_t clear,
			  uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = tx_relinquish_code(e, caller, sender, tx, clear, max);
	if (r == ISO_OK || r == ISO_RETRY) {
		if (e->vms[sender].tx[tx].grant[caller].retrieved != 0)
			tx_relinquish(e, (uint32_t)caller, (uint32_t)sender,
				      (uint32_t)tx, (uint32_t)clear);
		else
			iso_scrub(e, (uint32_t)sender, (uint32_t)tx, max);
	}
	iso_port_unlock();
	return r;
}
