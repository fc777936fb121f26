/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#define HIGH (1ull << 32)

static struct world earlier;

/* -- iso_vm_create ----------------------------------------------------------- */

TestSuite(vm_create, .init = scene_init, .fini = scene_check);

Test(vm_create, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, iso_vm_create(&engine, not_vm[i], X));
	refused(ISO_INVALID, iso_vm_create(&engine, HIGH + ISO_HOST, X));
	ok(iso_vm_create(&engine, ISO_HOST, X));
}

Test(vm_create, denied_caller_not_host)
{
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		refused(ISO_DENIED, iso_vm_create(&engine, v, X));
	ok(iso_vm_create(&engine, ISO_HOST, X));
}

Test(vm_create, invalid_vm)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID,
			iso_vm_create(&engine, ISO_HOST, not_vm[i]));
	refused(ISO_INVALID, iso_vm_create(&engine, ISO_HOST, HIGH + X));
	refused(ISO_INVALID, iso_vm_create(&engine, ISO_HOST, ISO_HOST));
	ok(iso_vm_create(&engine, ISO_HOST, X));
	ok(iso_vm_create(&engine, ISO_HOST, ISO_MAX_VMS - 1));
}

Test(vm_create, busy_id)
{
	refused(ISO_BUSY, iso_vm_create(&engine, ISO_HOST, A));
	refused(ISO_BUSY, iso_vm_create(&engine, ISO_HOST, D));
	doom(D);
	refused(ISO_BUSY, iso_vm_create(&engine, ISO_HOST, D));
	ok(destroy(D, 16));
	ok(iso_vm_create(&engine, ISO_HOST, D));
}

Test(vm_create, ok_created_with_nothing)
{
	ok(iso_vm_create(&engine, ISO_HOST, X));
	cr_assert_eq(vms[X].state, ISO_VM_CREATED);
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++) {
		cr_assert_eq(vms[X].peer[v], 0);
		cr_assert_eq(vms[v].peer[X], 0);
	}
	for (uint32_t p = 0; p < NPAGES; p++) {
		cr_assert_neq(pages[p].owner, X);
		cr_assert_eq(machine.s2[X][p].ipa, -1);
	}
}

/* -- iso_vm_start: D, which is CREATED --------------------------------------- */

TestSuite(vm_start, .init = scene_init, .fini = scene_check);

Test(vm_start, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, iso_vm_start(&engine, not_vm[i], D));
	refused(ISO_INVALID, iso_vm_start(&engine, HIGH + ISO_HOST, D));
	ok(iso_vm_start(&engine, ISO_HOST, D));
}

Test(vm_start, denied_caller_not_host)
{
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		refused(ISO_DENIED, iso_vm_start(&engine, v, D));
	ok(iso_vm_start(&engine, ISO_HOST, D));
}

Test(vm_start, invalid_vm)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID,
			iso_vm_start(&engine, ISO_HOST, not_vm[i]));
	refused(ISO_INVALID, iso_vm_start(&engine, ISO_HOST, HIGH + D));
	refused(ISO_INVALID, iso_vm_start(&engine, ISO_HOST, ISO_HOST));
	ok(iso_vm_start(&engine, ISO_HOST, D));
}

Test(vm_start, denied_not_created)
{
	refused(ISO_DENIED, iso_vm_start(&engine, ISO_HOST, A));
	refused(ISO_DENIED, iso_vm_start(&engine, ISO_HOST, X));
	world_save(&earlier);
	doom(D);
	refused(ISO_DENIED, iso_vm_start(&engine, ISO_HOST, D));
	world_load(&earlier);
	ok(iso_vm_start(&engine, ISO_HOST, D));
}

Test(vm_start, ok_live)
{
	world_save(&earlier);
	ok(iso_vm_start(&engine, ISO_HOST, D));
	cr_assert_eq(vms[D].state, ISO_VM_LIVE);
	/* and nothing else changed */
	earlier.vms[D].state = ISO_VM_LIVE;
	cr_assert(world_equal(&earlier));
}

/* -- iso_vm_peer: B and C, which are not peers ------------------------------- */

TestSuite(vm_peer, .init = scene_init, .fini = scene_check);

Test(vm_peer, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, iso_vm_peer(&engine, not_vm[i], B, C, 1));
	refused(ISO_INVALID, iso_vm_peer(&engine, HIGH + ISO_HOST, B, C, 1));
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
}

Test(vm_peer, denied_caller_not_host)
{
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		refused(ISO_DENIED, iso_vm_peer(&engine, v, B, C, 1));
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
}

Test(vm_peer, invalid_arguments)
{
	for (size_t i = 0; i < COUNT(not_vm); i++) {
		refused(ISO_INVALID,
			iso_vm_peer(&engine, ISO_HOST, not_vm[i], C, 1));
		refused(ISO_INVALID,
			iso_vm_peer(&engine, ISO_HOST, C, not_vm[i], 1));
	}
	refused(ISO_INVALID, iso_vm_peer(&engine, ISO_HOST, B, B, 1));
	refused(ISO_INVALID, iso_vm_peer(&engine, ISO_HOST, B, C, 2));
	refused(ISO_INVALID, iso_vm_peer(&engine, ISO_HOST, B, C, 256 + 1));
	refused(ISO_INVALID, iso_vm_peer(&engine, ISO_HOST, B, C, HIGH));
	refused(ISO_INVALID, iso_vm_peer(&engine, ISO_HOST, B, C, UINT64_MAX));
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
}

Test(vm_peer, denied_absent_or_dying)
{
	refused(ISO_DENIED, iso_vm_peer(&engine, ISO_HOST, B, X, 1));
	refused(ISO_DENIED, iso_vm_peer(&engine, ISO_HOST, X, B, 1));
	world_save(&earlier);
	doom(C);
	refused(ISO_DENIED, iso_vm_peer(&engine, ISO_HOST, B, C, 1));
	refused(ISO_DENIED, iso_vm_peer(&engine, ISO_HOST, C, B, 1));
	world_load(&earlier);
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
	ok(iso_vm_create(&engine, ISO_HOST, X));
	ok(iso_vm_peer(&engine, ISO_HOST, B, X, 1));
}

Test(vm_peer, ok_both_ways)
{
	world_save(&earlier);
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
	cr_assert_eq(vms[B].peer[C], 1);
	cr_assert_eq(vms[C].peer[B], 1);
	ok(iso_vm_peer(&engine, ISO_HOST, C, B, 0));
	cr_assert(world_equal(&earlier));
}

Test(vm_peer, ok_off_keeps_what_is_sent)
{
	send_offer(ISO_SHARE, ISO_PERM_R);
	ok(iso_vm_peer(&engine, ISO_HOST, A, B, 0));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
}

/* -- iso_vm_destroy ---------------------------------------------------------- */

TestSuite(vm_destroy, .init = scene_init, .fini = scene_check);

Test(vm_destroy, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, iso_vm_destroy(&engine, not_vm[i], B, 1));
	refused(ISO_INVALID, iso_vm_destroy(&engine, HIGH + ISO_HOST, B, 1));
	doom(B);
}

Test(vm_destroy, denied_caller_not_host)
{
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		refused(ISO_DENIED, iso_vm_destroy(&engine, v, B, 1));
	doom(B);
}

Test(vm_destroy, invalid_arguments)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID,
			iso_vm_destroy(&engine, ISO_HOST, not_vm[i], 1));
	refused(ISO_INVALID, iso_vm_destroy(&engine, ISO_HOST, ISO_HOST, 1));
	refused(ISO_INVALID, iso_vm_destroy(&engine, ISO_HOST, B, 0));
	doom(B);
	refused(ISO_INVALID, iso_vm_destroy(&engine, ISO_HOST, B, 0));
}

/* whatever its life is, whoever calls: it stays as it is */
Test(vm_destroy, denied_keeper)
{
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, 1));
	ok(iso_vm_create(&engine, ISO_HOST, ISO_KEEPER));
	ok(iso_page_assign(&engine, ISO_HOST, ISO_KEEPER, HOST_PAGE, 1, 0));
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, 1));
	ok(iso_vm_start(&engine, ISO_HOST, ISO_KEEPER));
	refused(ISO_DENIED,
		iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, UINT64_MAX));
	refused(ISO_INVALID, iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, 0));
	refused(ISO_DENIED, iso_vm_destroy(&engine, A, ISO_KEEPER, 1));
	refused(ISO_DENIED,
		iso_vm_destroy(&engine, ISO_KEEPER, ISO_KEEPER, 1));
	/* the one before it is nobody's keeper */
	ok(iso_vm_create(&engine, ISO_HOST, ISO_KEEPER - 1));
	ok(destroy(ISO_KEEPER - 1, 16));
}

Test(vm_destroy, denied_absent)
{
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_HOST, X, 1));
	ok(destroy(B, 16));
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_HOST, B, 1));
	ok(iso_vm_create(&engine, ISO_HOST, X));
	doom(X);
}

Test(vm_destroy, busy_held)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	cr_assert_eq(destroy(A, 16), ISO_BUSY);
	cr_assert_eq(vms[A].cursor_vm, ISO_MAX_VMS);
	cr_assert_eq(vms[A].cursor_tx, T);
	refused(ISO_BUSY, iso_vm_destroy(&engine, ISO_HOST, A, 1));
	/* waiting for it helps, and so does destroying it */
	world_save(&earlier);
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(destroy(A, 16));
	world_load(&earlier);
	ok(destroy(B, 16));
	ok(destroy(A, 16));
}

Test(vm_destroy, retry_step)
{
	world_save(&earlier);
	doom(B);
	/* the first step only says so */
	earlier.vms[B].state = ISO_VM_DYING;
	cr_assert(world_equal(&earlier));
	/* the next has come past transaction 0 of the host */
	accepted(ISO_RETRY, iso_vm_destroy(&engine, ISO_HOST, B, 1));
	cr_assert_eq(vms[B].cursor_vm, 0);
	cr_assert_eq(vms[B].cursor_tx, 1);
	for (uint32_t h = 1; h < ISO_MAX_TX; h++)
		accepted(ISO_RETRY, iso_vm_destroy(&engine, ISO_HOST, B, 1));
	cr_assert_eq(vms[B].cursor_vm, 1);
	cr_assert_eq(vms[B].cursor_tx, 0);
	cr_assert_eq(vms[B].peer[ISO_HOST], 0);
	cr_assert_eq(vms[ISO_HOST].peer[B], 0);
	cr_assert_eq(vms[B].peer[A], 1);
}

Test(vm_destroy, ok_all_is_gone)
{
	take_offer(ISO_SHARE, ISO_PERM_RW);
	ok(iso_tx_open(&engine, B, 0, ISO_DONATE));
	ok(iso_tx_add(&engine, B, 0, PAGE(B), 4));
	ok(iso_tx_grant(&engine, B, 0, A, ISO_PERM_RW));
	ok(iso_tx_send(&engine, B, 0, 0, 1));
	ok(destroy(B, 7));
	cr_assert_eq(vms[B].state, ISO_VM_ABSENT);
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		cr_assert_eq(vms[B].peer[v] + vms[v].peer[B], 0);
	for (uint32_t h = 0; h < ISO_MAX_TX; h++)
		cr_assert_eq(vms[B].tx[h].state, ISO_TX_FREE);
	cr_assert_eq(vms[A].tx[T].grant[B].perm, ISO_PERM_NONE);
	for (uint32_t p = 0; p < NPAGES; p++)
		cr_assert_eq(machine.s2[B][p].ipa, -1);
	for (uint32_t p = PAGE(B); p < PAGE(B) + PAGES; p++) {
		cr_assert_eq(pages[p].owner, ISO_HOST);
		cr_assert_eq(machine.ram[p], 0);
		cr_assert_eq(machine_reach(ISO_HOST, p, ISO_PERM_RWX), p);
	}
	/* what A shared with it is still A's, with its contents */
	cr_assert_eq(machine.ram[offer_page(0)], offer_page(0) + 1);
	cr_assert_eq(machine.zeroed, PAGES);
}
