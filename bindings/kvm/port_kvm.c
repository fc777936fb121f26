/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <iso/port.h>

#include "isod.h"

/*
 * The port: a table of what each VM has at each address, the host included.
 * Machines run guests by this table and by nothing else.
 */
static struct isod_cell table[ISO_MAX_VMS][ISOD_IPA_PAGES];
static uint64_t version[ISO_MAX_VMS];
static uint8_t *base;

void port_open(uint8_t *ram, uint32_t npages)
{
	base = ram;
	iso_port_map(ISO_HOST, 0, 0, npages, ISO_PERM_RWX);
}

struct isod_cell port_cell(uint32_t vm, uint64_t ipa)
{
	if (vm >= ISO_MAX_VMS || ipa >= ISOD_IPA_PAGES)
		return (struct isod_cell){ 0, ISO_PERM_NONE };
	return table[vm][ipa];
}

uint64_t port_version(uint32_t vm)
{
	return version[vm];
}

uint8_t *port_reach(uint32_t vm, uint64_t ipa, uint32_t perm)
{
	const struct isod_cell c = port_cell(vm, ipa);

	if (c.page1 == 0 || perm == ISO_PERM_NONE || (c.perm & perm) != perm)
		return NULL;
	return base + (uint64_t)(c.page1 - 1) * ISO_PAGE_SIZE;
}

uint64_t port_page(uint32_t vm, uint64_t ipa)
{
	const struct isod_cell c = port_cell(vm, ipa);

	return c.page1 == 0 ? UINT64_MAX : c.page1 - 1;
}

int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n)
{
	if (ipa > ISOD_IPA_PAGES || n > ISOD_IPA_PAGES - ipa)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (table[vm][ipa + i].page1 != 0)
			return 0;
	return 1;
}

/* New rights are used from the next run on, which syncs first. */
void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm)
{
	for (uint32_t i = 0; i < n; i++)
		table[vm][ipa + i] = (struct isod_cell){ page + i + 1, perm };
	version[vm]++;
}

void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n)
{
	(void)page;
	for (uint32_t i = 0; i < n; i++)
		table[vm][ipa + i] = (struct isod_cell){ 0, ISO_PERM_NONE };
	version[vm]++;
}

void iso_port_flush(uint32_t vm)
{
	machine_sync(vm);
}

void iso_port_zero(uint32_t page, uint32_t n)
{
	memset(base + (uint64_t)page * ISO_PAGE_SIZE, 0,
	       (uint64_t)n * ISO_PAGE_SIZE);
}

void iso_port_copy(uint32_t dst, uint32_t src, uint32_t len)
{
	memmove(base + (uint64_t)dst * ISO_PAGE_SIZE,
		base + (uint64_t)src * ISO_PAGE_SIZE, len);
}

/* isod has one thread: each call is alone from its first check on. */
void iso_port_lock(void)
{
}

void iso_port_unlock(void)
{
}
