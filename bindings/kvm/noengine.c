/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

/*
 * libiso's calls without its checks: all is allowed, and nothing is taken away
 * or zeroed. isod-noengine is linked with this instead of libiso, so that
 * iso-demo --no-engine can show what the checks are for. Never install it as
 * isod. Numbers are only kept from crashing isod itself.
 */
#define VM(v) ((uint32_t)((v) % ISO_MAX_VMS))
#define TX(e, v, h) (&(e)->vms[VM(v)].tx[(h) % ISO_MAX_TX])

int32_t iso_engine_init(struct iso_engine *e, struct iso_page *pages,
			uint64_t npages, struct iso_vm *vms)
{
	e->pages = pages;
	e->vms = vms;
	e->npages = (uint32_t)npages;
	for (uint32_t p = 0; p < e->npages; p++)
		pages[p].ipa = p;
	return ISO_OK;
}

int32_t iso_vm_create(struct iso_engine *e, uint64_t caller, uint64_t vm)
{
	(void)caller;
	if (e->vms[VM(vm)].state == ISO_VM_ABSENT)
		e->vms[VM(vm)].state = ISO_VM_CREATED;
	return ISO_OK;
}

int32_t iso_vm_start(struct iso_engine *e, uint64_t caller, uint64_t vm)
{
	(void)caller;
	e->vms[VM(vm)].state = ISO_VM_LIVE;
	return ISO_OK;
}

int32_t iso_vm_peer(struct iso_engine *e, uint64_t caller, uint64_t a,
		    uint64_t b, uint64_t on)
{
	(void)e, (void)caller, (void)a, (void)b, (void)on;
	return ISO_OK;
}

/* The host may say so of its guests; a guest's wish is noted, and no more,
 * or the story would have nobody left to tell it. */
int32_t iso_vm_destroy(struct iso_engine *e, uint64_t caller, uint64_t vm,
		       uint64_t max)
{
	(void)max;
	if (caller != ISO_HOST)
		return ISO_OK;
	if (vm >= ISO_MAX_VMS)
		return ISO_INVALID;
	e->vms[vm].state = ISO_VM_ABSENT;
	return ISO_OK;
}

static uint32_t bounded(const struct iso_engine *e, uint64_t page, uint64_t n)
{
	if (page >= e->npages)
		return 0;
	return n < e->npages - page ? (uint32_t)n : e->npages - (uint32_t)page;
}

static void map(uint64_t vm, uint64_t ipa, uint64_t page, uint32_t n,
		uint32_t perm)
{
	iso_port_lock();
	for (uint32_t i = 0; i < n; i++)
		if (ipa < ISO_IPA_PAGES - n &&
		    iso_port_vacant(VM(vm), (uint32_t)ipa + i, 1))
			iso_port_map(VM(vm), (uint32_t)ipa + i,
				     (uint32_t)page + i, 1, perm);
	iso_port_unlock();
}

int32_t iso_page_assign(struct iso_engine *e, uint64_t caller, uint64_t vm,
			uint64_t page, uint64_t n, uint64_t ipa)
{
	const uint32_t k = bounded(e, page, n);

	(void)caller;
	for (uint32_t i = 0; i < k; i++)
		e->pages[page + i].owner = (uint16_t)VM(vm);
	map(vm, ipa, page, k, ISO_PERM_RWX);
	return ISO_OK;
}

int32_t iso_page_release(struct iso_engine *e, uint64_t caller, uint64_t page,
			 uint64_t n, uint64_t max)
{
	(void)e, (void)caller, (void)page, (void)n, (void)max;
	return ISO_OK;
}

int32_t iso_page_query(const struct iso_engine *e, uint64_t caller,
		       uint64_t page, struct iso_page *out)
{
	(void)caller;
	*out = e->pages[page % e->npages];
	return ISO_OK;
}

int32_t iso_tx_open(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t kind)
{
	(void)kind;
	TX(e, caller, tx)->nranges = 0;
	return ISO_OK;
}

int32_t iso_tx_add(struct iso_engine *e, uint64_t caller, uint64_t tx,
		   uint64_t page, uint64_t n)
{
	struct iso_tx *t = TX(e, caller, tx);
	const uint32_t k = bounded(e, page, n);

	if (k > 0)
		t->range[0] = (struct iso_range){ (uint32_t)page, k, 0 };
	t->nranges = k > 0;
	return ISO_OK;
}

int32_t iso_tx_grant(struct iso_engine *e, uint64_t caller, uint64_t tx,
		     uint64_t vm, uint64_t perm)
{
	(void)e, (void)caller, (void)tx, (void)vm, (void)perm;
	return ISO_OK;
}

int32_t iso_tx_send(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t clear, uint64_t max)
{
	(void)e, (void)caller, (void)tx, (void)clear, (void)max;
	return ISO_OK;
}

int32_t iso_tx_retrieve(struct iso_engine *e, uint64_t caller, uint64_t sender,
			uint64_t tx, uint64_t ipa)
{
	const struct iso_tx *t = TX(e, sender, tx);

	if (t->nranges > 0)
		map(caller, ipa, t->range[0].page, t->range[0].n, ISO_PERM_RWX);
	return ISO_OK;
}

int32_t iso_tx_relinquish(struct iso_engine *e, uint64_t caller,
			  uint64_t sender, uint64_t tx, uint64_t clear,
			  uint64_t max)
{
	(void)e, (void)caller, (void)sender, (void)tx, (void)clear, (void)max;
	return ISO_OK;
}

int32_t iso_tx_reclaim(struct iso_engine *e, uint64_t caller, uint64_t tx,
		       uint64_t max)
{
	(void)e, (void)caller, (void)tx, (void)max;
	return ISO_OK;
}

int32_t iso_tx_abort(struct iso_engine *e, uint64_t caller, uint64_t tx)
{
	(void)e, (void)caller, (void)tx;
	return ISO_OK;
}
