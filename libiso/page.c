/* SPDX-License-Identifier: BSD-2-Clause */
#include <iso/iso.h>
#include <iso/port.h>

#include "check.h"
#include "scrub.h"
#include "store.h"

static int32_t host_run(const struct iso_engine *e, uint32_t lo, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct iso_page *p = &e->pages[lo + i];

		if (p->owner != ISO_HOST || p->tx != ISO_NO_TX)
			return 0;
	}
	return 1;
}

static int32_t page_assign_code(const struct iso_engine *e, uint64_t c,
				uint64_t v, uint64_t lo, uint64_t n, uint64_t i)
{
	const int32_t r = iso_host_code(c);

	if (r != ISO_OK)
		return r;
	if (!iso_valid_guest(v))
		return ISO_INVALID;
	if (!iso_valid_run(e, lo, n))
		return ISO_INVALID;
	if (!iso_valid_ipa(i, n))
		return ISO_INVALID;
	if (e->vms[v].state != ISO_VM_CREATED)
		return ISO_DENIED;
	if (!host_run(e, (uint32_t)lo, (uint32_t)n))
		return ISO_DENIED;
	if (!iso_port_vacant((uint32_t)v, (uint32_t)i, (uint32_t)n))
		return ISO_BUSY;
	return ISO_OK;
}

static void page_assign(struct iso_engine *e, uint32_t v, uint32_t lo,
			uint32_t n, uint32_t i)
{
	iso_port_unmap(ISO_HOST, lo, lo, n);
	iso_port_flush(ISO_HOST);
	iso_own_run(e, lo, n, v, i);
	iso_port_map(v, i, lo, n, ISO_PERM_RWX);
}

int32_t iso_page_assign(struct iso_engine *e, uint64_t caller, uint64_t vm,
			uint64_t page, uint64_t n, uint64_t ipa)
{
	int32_t r;

	iso_port_lock();
	r = page_assign_code(e, caller, vm, page, n, ipa);
	if (r == ISO_OK)
		page_assign(e, (uint32_t)vm, (uint32_t)page, (uint32_t)n,
			    (uint32_t)ipa);
	iso_port_unlock();
	return r;
}

static int32_t page_release_code(const struct iso_engine *e, uint64_t c,
				 uint64_t lo, uint64_t n, uint64_t max)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (c == ISO_HOST)
		return ISO_DENIED;
	if (!iso_valid_run(e, lo, n) || max == 0)
		return ISO_INVALID;
	if (!iso_plain_run(e, (uint32_t)c, (uint32_t)lo,
			   iso_least(max, (uint32_t)n)))
		return ISO_DENIED;
	if (max < n)
		return ISO_RETRY;
	return ISO_OK;
}

int32_t iso_page_release(struct iso_engine *e, uint64_t caller, uint64_t page,
			 uint64_t n, uint64_t max)
{
	int32_t r;

	iso_port_lock();
	r = page_release_code(e, caller, page, n, max);
	if (r == ISO_OK || r == ISO_RETRY)
		iso_release_run(e, (uint32_t)caller, (uint32_t)page,
				iso_least(max, (uint32_t)n));
	iso_port_unlock();
	return r;
}

static int32_t page_query_code(const struct iso_engine *e, uint64_t c,
			       uint64_t p)
{
	const int32_t r = iso_caller_code(e, c);

	if (r != ISO_OK)
		return r;
	if (p >= e->npages)
		return ISO_INVALID;
	if (c != ISO_HOST && e->pages[p].owner != c)
		return ISO_DENIED;
	return ISO_OK;
}

int32_t iso_page_query(const struct iso_engine *e, uint64_t caller,
		       uint64_t page, struct iso_page *out)
{
	int32_t r;

	iso_port_lock();
	r = page_query_code(e, caller, page);
	if (r == ISO_OK)
		*out = e->pages[page];
	iso_port_unlock();
	return r;
}
