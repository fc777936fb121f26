/* SPDX-License-Identifier: BSD-2-Clause */
/* What a whole exchange leaves behind: for most, nothing at all. */
#include "scene.h"

static struct world earlier;

static void laws_init(void)
{
	scene_init();
	world_save(&earlier);
}

TestSuite(laws, .init = laws_init, .fini = scene_check);

Test(laws, share_then_reclaim_is_the_identity)
{
	send_offer(ISO_SHARE, ISO_PERM_RW);
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

Test(laws, lend_then_reclaim_is_the_identity)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

Test(laws, donate_then_reclaim_is_the_identity)
{
	send_offer(ISO_DONATE, ISO_PERM_RWX);
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

Test(laws, share_there_and_back_is_the_identity)
{
	take_offer(ISO_SHARE, ISO_PERM_RX);
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

Test(laws, lend_there_and_back_is_the_identity)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

/* v sends pages lo .. lo + n to w, which has them at ipa */
static void give(uint32_t v, uint32_t w, uint32_t lo, uint32_t n, uint32_t ipa)
{
	ok(iso_tx_open(&engine, v, T, ISO_DONATE));
	ok(iso_tx_add(&engine, v, T, lo, n));
	ok(iso_tx_grant(&engine, v, T, w, ISO_PERM_RWX));
	ok(iso_tx_send(&engine, v, T, 0, 1));
	ok(iso_tx_retrieve(&engine, w, v, T, ipa));
}

Test(laws, donate_there_and_back_is_the_identity)
{
	give(A, B, PAGE(A) + 3, 4, TAKEN);
	cr_assert_not(world_alike(&earlier));
	give(B, A, PAGE(A) + 3, 4, IPA(A) + 3);
	cr_assert(world_alike(&earlier));
}

Test(laws, share_of_many_there_and_back_is_the_identity)
{
	open_offer(ISO_SHARE, ISO_PERM_RW);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(iso_tx_retrieve(&engine, C, A, T, TAKEN));
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_relinquish(&engine, C, A, T, 0, 1));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	cr_assert(world_alike(&earlier));
}

Test(laws, retrieving_again_after_relinquish_is_the_first_time)
{
	static struct world taken;

	take_offer(ISO_LEND, ISO_PERM_R);
	world_save(&taken);
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	cr_assert(world_alike(&taken));
}

Test(laws, assign_then_destroy_differs_only_in_zeros)
{
	ok(iso_vm_create(&engine, ISO_HOST, X));
	ok(iso_page_assign(&engine, ISO_HOST, X, HOST_PAGE, 3, 9));
	ok(destroy(X, 5));
	for (uint32_t i = 0; i < 3; i++)
		earlier.machine.ram[HOST_PAGE + i] = 0;
	cr_assert(world_alike(&earlier));
}

Test(laws, assign_then_release_differs_only_in_zeros)
{
	ok(iso_vm_start(&engine, ISO_HOST, D));
	ok(iso_page_release(&engine, D, PAGE(D), PAGES, PAGES));
	for (uint32_t i = 0; i < PAGES; i++) {
		const uint32_t p = PAGE(D) + i;

		cr_assert_eq(pages[p].owner, ISO_HOST);
		cr_assert_eq(machine.ram[p], 0);
		cr_assert_eq(machine_reach(ISO_HOST, p, ISO_PERM_RWX), p);
	}
}

Test(laws, grants_commute)
{
	static struct world ab;

	ok(iso_tx_open(&engine, A, T, ISO_LEND));
	world_save(&earlier);
	ok(iso_tx_grant(&engine, A, T, B, ISO_PERM_R));
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_RW));
	world_save(&ab);
	world_load(&earlier);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_RW));
	ok(iso_tx_grant(&engine, A, T, B, ISO_PERM_R));
	cr_assert(world_equal(&ab));
}

/* however a CLEAR is cut into chunks, it ends in the same state */
static void clear_by(uint64_t max)
{
	int32_t r;

	do
		r = iso_tx_send(&engine, A, T, 1, max);
	while (r == ISO_RETRY);
	cr_assert_eq(r, ISO_OK);
}

Test(laws, chunks_of_a_clear_do_not_matter)
{
	static struct world whole;

	open_offer(ISO_LEND, ISO_PERM_RW);
	world_save(&earlier);
	clear_by(UINT64_MAX);
	world_save(&whole);
	for (uint64_t max = 1; max <= OFFERED + 1; max++) {
		world_load(&earlier);
		clear_by(max);
		cr_assert(world_alike(&whole));
	}
}

/* as many ranges as a transaction holds, there and back */
Test(laws, full_transaction)
{
	const uint32_t half = ISO_MAX_RANGES / 2;

	ok(iso_tx_open(&engine, ISO_HOST, T, ISO_LEND));
	for (uint32_t r = 0; r < ISO_MAX_RANGES; r++)
		ok(iso_tx_add(&engine, ISO_HOST, T,
			      r < half ? half - 1 - r : PAGE(5) + r - half, 1));
	ok(iso_tx_grant(&engine, ISO_HOST, T, B, ISO_PERM_R));
	ok(iso_tx_send(&engine, ISO_HOST, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, ISO_HOST, T, TAKEN));
	for (uint32_t r = 0; r < ISO_MAX_RANGES; r++)
		cr_assert_eq(machine_reach(B, TAKEN + r, ISO_PERM_R),
			     r < half ? half - 1 - r : PAGE(5) + r - half);
	ok(iso_tx_relinquish(&engine, B, ISO_HOST, T, 0, 1));
	ok(iso_tx_reclaim(&engine, ISO_HOST, T, 1));
	cr_assert(world_alike(&earlier));
}

/* a VM uses all its slots at once, and frees them in another order */
Test(laws, all_slots)
{
	for (uint32_t h = 0; h < ISO_MAX_TX; h++) {
		ok(iso_tx_open(&engine, A, h, ISO_SHARE));
		ok(iso_tx_add(&engine, A, h, PAGE(A) + h, 1));
		ok(iso_tx_grant(&engine, A, h, B, ISO_PERM_R));
		ok(iso_tx_send(&engine, A, h, 0, 1));
		ok(iso_tx_retrieve(&engine, B, A, h, TAKEN + h));
	}
	for (uint32_t h = ISO_MAX_TX; h-- > 0;) {
		ok(iso_tx_relinquish(&engine, B, A, h, 0, 1));
		ok(iso_tx_reclaim(&engine, A, h, 1));
	}
	cr_assert(world_alike(&earlier));
}
