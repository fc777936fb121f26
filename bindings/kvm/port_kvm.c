/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "isod.h"

/*
 * The port: a table of what each VM has at each address, the host included.
 * Machines run guests by this table and by nothing else. It changes, and is
 * looked at, under the lock only.
 */
struct cell port_table[ISO_MAX_VMS][ISOD_IPA_PAGES];
uint8_t *port_ram;

static uint8_t *page_at(uint32_t page)
{
	return port_ram + (uint64_t)page * ISO_PAGE_SIZE;
}

/* Give vm's machine what vm has at ipa. */
static void attach(uint32_t vm, uint32_t ipa)
{
	const struct cell c = port_table[vm][ipa];

	if (c.perm != ISO_PERM_NONE)
		machine_slot(vm, ipa, c.page, c.perm);
}

static void put(uint32_t vm, uint32_t ipa, struct cell c)
{
	if (port_table[vm][ipa].perm != ISO_PERM_NONE)
		machine_slot(vm, ipa, NULL, ISO_PERM_NONE);
	port_table[vm][ipa] = c;
	attach(vm, ipa);
}

void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm)
{
	for (uint32_t i = 0; i < n; i++)
		put(vm, ipa + i, (struct cell){ page_at(page + i), perm });
	ept_map(vm, ipa, page, n, perm);
}

void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put(vm, ipa + i, (struct cell){ NULL, ISO_PERM_NONE });
	ept_map(vm, ipa, page, n, ISO_PERM_NONE);
}

/* What is taken away is gone when machine_slot returns. */
void iso_port_flush(uint32_t vm)
{
	ept_flush(vm);
}

int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n)
{
	if (ipa > ISOD_IPA_PAGES || n > ISOD_IPA_PAGES - ipa)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (port_table[vm][ipa + i].page != NULL)
			return 0;
	return 1;
}

void iso_port_zero(uint32_t page, uint32_t n)
{
	memset(page_at(page), 0, (uint64_t)n * ISO_PAGE_SIZE);
}

void port_open(uint8_t *ram, uint32_t npages)
{
	port_ram = ram;
	iso_port_map(ISO_HOST, 0, 0, npages, ISO_PERM_RWX);
}

void port_attach(uint32_t vm)
{
	for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
		attach(vm, ipa);
}

static struct cell look(uint32_t vm, uint64_t ipa)
{
	return ipa < ISOD_IPA_PAGES ? port_table[vm][ipa] : (struct cell){ 0 };
}

uint64_t port_page(uint32_t vm, uint64_t name)
{
	struct cell c;

	if (vm == ISO_HOST)
		return name;
	iso_port_lock();
	c = look(vm, name);
	iso_port_unlock();
	return c.page == NULL ? UINT64_MAX
			      : (uint64_t)(c.page - port_ram) / ISO_PAGE_SIZE;
}

int32_t port_copy(uint32_t vm, uint64_t ipa, uint64_t offset, void *data,
		  uint64_t n, uint32_t perm)
{
	int32_t code = ISO_OK;
	struct cell c;

	if (n > ISO_PAGE_SIZE || offset > ISO_PAGE_SIZE - n)
		return ISO_INVALID;
	iso_port_lock();
	c = look(vm, ipa);
	if ((c.perm & perm) != perm)
		code = ISO_DENIED;
	else if ((perm & ISO_PERM_RW) == ISO_PERM_RW)
		memcpy(c.page + offset, data, n);
	else
		memcpy(data, c.page + offset, n);
	iso_port_unlock();
	return code;
}
