/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#define HIGH (1ull << 32)
#define TOP (1ull << 63)

const uint64_t not_vm[8] = {
	64, 65, 255, 256 + A, 65536 + A, HIGH + A, TOP + A, UINT64_MAX,
};
const uint64_t not_tx[8] = {
	16, 17, 64, 255, 256 + T, HIGH + T, TOP + T, UINT64_MAX,
};
const uint64_t not_perm[8] = {
	ISO_PERM_NONE, 2, 4, 6, 8 + ISO_PERM_RW, 256 + ISO_PERM_RW,
	HIGH + ISO_PERM_RW, UINT64_MAX,
};
/* wherever the low halves of lo and n are good, they name a page of A */
const struct run not_run[10] = {
	{ PAGE(A), 0 },
	{ NPAGES, 1 },
	{ NPAGES - 1, 2 },
	{ 0, NPAGES + 1 },
	{ UINT64_MAX, 1 },
	{ UINT64_MAX, PAGE(A) + 2 },
	{ PAGE(A), UINT64_MAX },
	{ PAGE(A), HIGH + 1 },
	{ HIGH + PAGE(A), 1 },
	{ TOP + PAGE(A), TOP + 1 },
};

struct world before;

void empty_init(void)
{
	ok(world_init());
}

static void vm_init(uint32_t v)
{
	ok(iso_vm_create(&engine, ISO_HOST, v));
	ok(iso_page_assign(&engine, ISO_HOST, v, PAGE(v), PAGES, IPA(v)));
}

void scene_init(void)
{
	empty_init();
	for (uint32_t v = A; v <= D; v++)
		vm_init(v);
	for (uint32_t v = B; v <= D; v++)
		ok(iso_vm_peer(&engine, ISO_HOST, A, v, 1));
	for (uint32_t v = A; v <= B; v++)
		ok(iso_vm_peer(&engine, ISO_HOST, ISO_HOST, v, 1));
	for (uint32_t v = A; v <= C; v++)
		ok(iso_vm_start(&engine, ISO_HOST, v));
}

void last_init(void)
{
	ok(iso_vm_create(&engine, ISO_HOST, Z));
	ok(iso_vm_peer(&engine, ISO_HOST, A, Z, 1));
	ok(iso_vm_start(&engine, ISO_HOST, Z));
}

void scene_check(void)
{
	cr_assert_null(wf_broken(&engine, &machine, all_vms, ISO_MAX_VMS));
	cr_assert_not(machine.locked);
}

/* 3 pages from the middle of A's, then 2 from before them */
uint32_t offer_page(uint32_t i)
{
	return i < 3 ? PAGE(A) + 10 + i : PAGE(A) + 4 + (i - 3);
}

void open_offer(uint32_t kind, uint32_t perm)
{
	ok(iso_tx_open(&engine, A, T, kind));
	ok(iso_tx_add(&engine, A, T, offer_page(0), 3));
	ok(iso_tx_add(&engine, A, T, offer_page(3), 2));
	ok(iso_tx_grant(&engine, A, T, B, perm));
}

void send_offer(uint32_t kind, uint32_t perm)
{
	open_offer(kind, perm);
	ok(iso_tx_send(&engine, A, T, 0, 1));
}

void take_offer(uint32_t kind, uint32_t perm)
{
	send_offer(kind, perm);
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
}

void doom(uint32_t vm)
{
	accepted(ISO_RETRY, iso_vm_destroy(&engine, ISO_HOST, vm, 1));
	cr_assert_eq(vms[vm].state, ISO_VM_DYING);
}

int32_t destroy(uint32_t vm, uint64_t max)
{
	int32_t r;

	do
		r = iso_vm_destroy(&engine, ISO_HOST, vm, max);
	while (r == ISO_RETRY);
	return r;
}
