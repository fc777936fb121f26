/* SPDX-License-Identifier: BSD-2-Clause */
/* A transaction from when it is sent: retrieve, relinquish, reclaim. */
#include "scene.h"

#define HIGH (1ull << 32)

static struct world earlier;

/* -- iso_tx_retrieve: B, of A's T, at TAKEN ---------------------------------- */

TestSuite(tx_retrieve, .init = scene_init, .fini = scene_check);

static int32_t retrieve(uint64_t caller, uint64_t sender, uint64_t tx,
			uint64_t ipa)
{
	return iso_tx_retrieve(&engine, caller, sender, tx, ipa);
}

Test(tx_retrieve, invalid_caller)
{
	send_offer(ISO_SHARE, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, retrieve(not_vm[i], A, T, TAKEN));
	refused(ISO_INVALID, retrieve(HIGH + B, A, T, TAKEN));
	ok(retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, denied_caller_not_live)
{
	send_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_DENIED, retrieve(D, A, T, TAKEN));
	refused(ISO_DENIED, retrieve(X, A, T, TAKEN));
	world_save(&earlier);
	doom(B);
	refused(ISO_DENIED, retrieve(B, A, T, TAKEN));
	world_load(&earlier);
	ok(retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, invalid_arguments)
{
	send_offer(ISO_SHARE, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, retrieve(B, not_vm[i], T, TAKEN));
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, retrieve(B, A, not_tx[i], TAKEN));
	ok(retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, denied_no_offer)
{
	/* not open, not sent, of another, not to the caller, of its own */
	refused(ISO_DENIED, retrieve(B, A, T, TAKEN));
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_DENIED, retrieve(B, A, T, TAKEN));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	refused(ISO_DENIED, retrieve(B, C, T, TAKEN));
	refused(ISO_DENIED, retrieve(B, A, T + 1, TAKEN));
	refused(ISO_DENIED, retrieve(C, A, T, TAKEN));
	refused(ISO_DENIED, retrieve(ISO_HOST, A, T, TAKEN));
	refused(ISO_DENIED, retrieve(A, A, T, TAKEN));
	ok(retrieve(B, A, T, TAKEN));
	/* it has it already, though not there */
	refused(ISO_DENIED, retrieve(B, A, T, 2 * TAKEN));
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	refused(ISO_DENIED, retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, denied_sender_not_live)
{
	send_offer(ISO_SHARE, ISO_PERM_R);
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, retrieve(B, A, T, TAKEN));
	world_load(&earlier);
	ok(retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, busy_clear)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	accepted(ISO_RETRY, iso_tx_send(&engine, A, T, 1, 1));
	refused(ISO_BUSY, retrieve(B, A, T, TAKEN));
	for (uint32_t i = 1; i < OFFERED; i++) {
		accepted(ISO_RETRY, iso_tx_send(&engine, A, T, 1, 1));
		refused(ISO_BUSY, retrieve(B, A, T, TAKEN));
	}
	ok(iso_tx_send(&engine, A, T, 1, 1));
	ok(retrieve(B, A, T, TAKEN));
}

Test(tx_retrieve, invalid_ipa)
{
	const uint64_t end = ISO_IPA_PAGES;

	send_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_INVALID, retrieve(B, A, T, end - OFFERED + 1));
	refused(ISO_INVALID, retrieve(B, A, T, end));
	refused(ISO_INVALID, retrieve(B, A, T, HIGH + TAKEN));
	refused(ISO_INVALID, retrieve(B, A, T, UINT64_MAX));
	refused(ISO_INVALID, retrieve(B, A, T, UINT64_MAX - OFFERED + 1));
	ok(retrieve(B, A, T, end - OFFERED));
	/* the host keeps its own pages' addresses free for them */
	ok(iso_tx_open(&engine, A, T + 1, ISO_SHARE));
	ok(iso_tx_add(&engine, A, T + 1, PAGE(A), 1));
	ok(iso_tx_grant(&engine, A, T + 1, ISO_HOST, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T + 1, 0, 1));
	refused(ISO_INVALID, retrieve(ISO_HOST, A, T + 1, PAGE(A)));
	refused(ISO_INVALID, retrieve(ISO_HOST, A, T + 1, NPAGES - 1));
	ok(retrieve(ISO_HOST, A, T + 1, NPAGES));
}

Test(tx_retrieve, busy_address)
{
	send_offer(ISO_LEND, ISO_PERM_R);
	/* on its own pages: on the first, on the last, around */
	refused(ISO_BUSY, retrieve(B, A, T, IPA(B) - OFFERED + 1));
	refused(ISO_BUSY, retrieve(B, A, T, IPA(B) + PAGES - 1));
	/* where the port cannot map */
	machine.full = B;
	refused(ISO_BUSY, retrieve(B, A, T, TAKEN));
	machine.full = 0;
	/* on what it has reserved */
	ok(iso_tx_open(&engine, B, T, ISO_LEND));
	ok(iso_tx_add(&engine, B, T, PAGE(B), 1));
	ok(iso_tx_grant(&engine, B, T, A, ISO_PERM_R));
	ok(iso_tx_send(&engine, B, T, 0, 1));
	refused(ISO_BUSY, retrieve(B, A, T, IPA(B) - OFFERED + 1));
	ok(retrieve(B, A, T, IPA(B) - OFFERED));
}

/* B has the i-th page of the offer at ipa + i with the rights perm, no others,
 * and A, at its own address, the rights left */
static void check_taken(uint32_t ipa, uint32_t perm, uint32_t left)
{
	for (uint32_t i = 0; i < OFFERED; i++) {
		const uint32_t p = offer_page(i);

		cr_assert_eq(machine.s2[B][p].ipa, ipa + i);
		cr_assert_eq(machine.s2[B][p].perm, perm);
		cr_assert_eq(machine.s2[A][p].ipa, IPA(A) + p - PAGE(A));
		cr_assert_eq(machine.s2[A][p].perm, left);
		cr_assert_eq(machine.ram[p], p + 1);
	}
}

Test(tx_retrieve, ok_share)
{
	const struct iso_grant *g = &vms[A].tx[T].grant[B];

	take_offer(ISO_SHARE, ISO_PERM_R);
	check_taken(TAKEN, ISO_PERM_R, ISO_PERM_RWX);
	cr_assert_eq(vms[A].tx[T].state, ISO_TX_SENT);
	cr_assert_eq(g->perm, ISO_PERM_R);
	cr_assert_eq(g->retrieved, 1);
	cr_assert_eq(g->ipa, TAKEN);
	cr_assert_eq(pages[offer_page(0)].owner, A);
}

Test(tx_retrieve, ok_lend)
{
	static const uint8_t perms[] = {
		ISO_PERM_R, ISO_PERM_RW, ISO_PERM_RX, ISO_PERM_RWX,
	};

	world_save(&earlier);
	for (size_t i = 0; i < COUNT(perms); i++) {
		world_load(&earlier);
		take_offer(ISO_LEND, perms[i]);
		check_taken(TAKEN, perms[i], ISO_PERM_NONE);
		cr_assert_eq(pages[offer_page(0)].owner, A);
		cr_assert_eq(pages[offer_page(0)].tx, T);
	}
}

Test(tx_retrieve, ok_donate)
{
	send_offer(ISO_DONATE, ISO_PERM_R);
	ok(retrieve(B, A, T, TAKEN));
	for (uint32_t i = 0; i < OFFERED; i++) {
		const uint32_t p = offer_page(i);

		cr_assert_eq(pages[p].owner, B);
		cr_assert_eq(pages[p].tx, ISO_NO_TX);
		cr_assert_eq(pages[p].range, 0);
		cr_assert_eq(pages[p].ipa, TAKEN + i);
		cr_assert_eq(machine_reach(B, TAKEN + i, ISO_PERM_RWX), p);
		cr_assert_eq(machine.s2[A][p].ipa, -1);
		cr_assert_eq(machine.ram[p], p + 1);
	}
	cr_assert_eq(vms[A].tx[T].state, ISO_TX_FREE);
	cr_assert_eq(vms[A].tx[T].grant[B].perm, ISO_PERM_NONE);
}

/* one sender, many receivers */
Test(tx_retrieve, ok_many)
{
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_R));
	ok(iso_tx_grant(&engine, A, T, ISO_HOST, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(retrieve(B, A, T, TAKEN));
	ok(retrieve(C, A, T, TAKEN + 1));
	ok(retrieve(ISO_HOST, A, T, NPAGES));
	check_taken(TAKEN, ISO_PERM_RW, ISO_PERM_NONE);
	for (uint32_t i = 0; i < OFFERED; i++) {
		const int64_t p = offer_page(i);

		cr_assert_eq(machine_reach(C, TAKEN + 1 + i, ISO_PERM_R), p);
		cr_assert_eq(machine_reach(C, TAKEN + 1 + i, ISO_PERM_RW), -1);
		cr_assert_eq(machine_reach(0, NPAGES + i, ISO_PERM_R), p);
		cr_assert_eq(machine_reach(0, NPAGES + i, ISO_PERM_RW), -1);
	}
}

/* -- iso_tx_relinquish: B, of A's T ------------------------------------------ */

TestSuite(tx_relinquish, .init = scene_init, .fini = scene_check);

static int32_t relinquish(uint64_t caller, uint64_t sender, uint64_t tx,
			  uint64_t clear, uint64_t max)
{
	return iso_tx_relinquish(&engine, caller, sender, tx, clear, max);
}

Test(tx_relinquish, invalid_caller)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, relinquish(not_vm[i], A, T, 0, 1));
	refused(ISO_INVALID, relinquish(HIGH + B, A, T, 0, 1));
	ok(relinquish(B, A, T, 0, 1));
}

Test(tx_relinquish, denied_caller_not_live)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, relinquish(D, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(X, A, T, 0, 1));
	world_save(&earlier);
	doom(B);
	refused(ISO_DENIED, relinquish(B, A, T, 0, 1));
	world_load(&earlier);
	ok(relinquish(B, A, T, 0, 1));
}

Test(tx_relinquish, invalid_arguments)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, relinquish(B, not_vm[i], T, 0, 1));
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, relinquish(B, A, not_tx[i], 0, 1));
	refused(ISO_INVALID, relinquish(B, A, T, 2, 1));
	refused(ISO_INVALID, relinquish(B, A, T, HIGH, 1));
	refused(ISO_INVALID, relinquish(B, A, T, UINT64_MAX, 1));
	refused(ISO_INVALID, relinquish(B, A, T, 0, 0));
	ok(relinquish(B, A, T, 0, UINT64_MAX));
}

Test(tx_relinquish, denied_no_offer)
{
	refused(ISO_DENIED, relinquish(B, A, T, 0, 1));
	open_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, relinquish(B, A, T, 0, 1));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	refused(ISO_DENIED, relinquish(C, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(ISO_HOST, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(A, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(B, A, T + 1, 0, 1));
	refused(ISO_DENIED, relinquish(B, C, T, 0, 1));
	/* a stranger does not go on with a CLEAR either */
	accepted(ISO_RETRY, relinquish(B, A, T, 1, 1));
	refused(ISO_DENIED, relinquish(C, A, T, 0, 1));
	accepted(ISO_RETRY, relinquish(B, A, T, 0, 1));
}

Test(tx_relinquish, invalid_clear_share)
{
	take_offer(ISO_SHARE, ISO_PERM_RW);
	refused(ISO_INVALID, relinquish(B, A, T, 1, 1));
	ok(relinquish(B, A, T, 0, 1));
}

Test(tx_relinquish, denied_clear)
{
	/* may not write */
	world_save(&earlier);
	take_offer(ISO_LEND, ISO_PERM_RX);
	refused(ISO_DENIED, relinquish(B, A, T, 1, 1));
	ok(relinquish(B, A, T, 0, 1));
	/* is not the last */
	world_load(&earlier);
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_RW));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(iso_tx_retrieve(&engine, C, A, T, TAKEN));
	refused(ISO_DENIED, relinquish(B, A, T, 1, 1));
	ok(relinquish(C, A, T, 0, 1));
	accepted(ISO_RETRY, relinquish(B, A, T, 1, 1));
	/* nor while the last of the ids holds it */
	world_load(&earlier);
	last_init();
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_grant(&engine, A, T, Z, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(iso_tx_retrieve(&engine, Z, A, T, TAKEN));
	refused(ISO_DENIED, relinquish(B, A, T, 1, 1));
	ok(relinquish(Z, A, T, 0, 1));
	accepted(ISO_RETRY, relinquish(B, A, T, 1, 1));
}

/* B has nothing of the offer */
static void check_given_back(void)
{
	const struct iso_grant *g = &vms[A].tx[T].grant[B];

	cr_assert_eq(g->retrieved, 0);
	cr_assert_eq(g->ipa, 0);
	for (uint32_t i = 0; i < OFFERED; i++)
		cr_assert_eq(machine.s2[B][offer_page(i)].ipa, -1);
}

Test(tx_relinquish, retry_clear)
{
	take_offer(ISO_LEND, ISO_PERM_RW);
	accepted(ISO_RETRY, relinquish(B, A, T, 1, 100));
	check_given_back();
	cr_assert_eq(vms[A].tx[T].dirty, 2);
	cr_assert_eq(vms[A].tx[T].rest, 2);
	cr_assert_eq(machine.zeroed, 0);
	for (uint32_t i = 0; i < OFFERED; i++)
		cr_assert_eq(machine.s2[A][offer_page(i)].perm, ISO_PERM_NONE);
}

Test(tx_relinquish, retry_scrub)
{
	take_offer(ISO_LEND, ISO_PERM_RWX);
	accepted(ISO_RETRY, relinquish(B, A, T, 1, 100));
	accepted(ISO_RETRY, relinquish(B, A, T, 0, HIGH));
	cr_assert_eq(vms[A].tx[T].dirty, 1);
	cr_assert_eq(vms[A].tx[T].rest, 3);
	cr_assert_eq(machine.zeroed, 2);
	ok(relinquish(B, A, T, 1, 100));
	cr_assert_eq(vms[A].tx[T].dirty, 0);
	cr_assert_eq(vms[A].tx[T].rest, 0);
	for (uint32_t i = 0; i < OFFERED; i++)
		cr_assert_eq(machine.ram[offer_page(i)], 0);
	cr_assert_eq(machine.zeroed, OFFERED);
}

Test(tx_relinquish, denied_neither_retrieved_nor_dirty)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, relinquish(B, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(B, A, T, 1, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(relinquish(B, A, T, 0, 1));
	refused(ISO_DENIED, relinquish(B, A, T, 0, 1));
}

Test(tx_relinquish, ok_given_back)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	world_save(&earlier);
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(relinquish(B, A, T, 0, 1));
	check_given_back();
	cr_assert_eq(vms[A].tx[T].grant[B].perm, ISO_PERM_RW);
	cr_assert_eq(machine.zeroed, 0);
	cr_assert(world_alike(&earlier));
}

/* -- iso_tx_reclaim: A's T --------------------------------------------------- */

TestSuite(tx_reclaim, .init = scene_init, .fini = scene_check);

static int32_t reclaim(uint64_t caller, uint64_t tx, uint64_t max)
{
	return iso_tx_reclaim(&engine, caller, tx, max);
}

Test(tx_reclaim, invalid_caller)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, reclaim(not_vm[i], T, 1));
	ok(reclaim(A, T, 1));
}

Test(tx_reclaim, denied_caller_not_live)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, reclaim(D, T, 1));
	refused(ISO_DENIED, reclaim(X, T, 1));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, reclaim(A, T, 1));
	world_load(&earlier);
	ok(reclaim(A, T, 1));
}

Test(tx_reclaim, invalid_arguments)
{
	send_offer(ISO_LEND, ISO_PERM_RW);
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, reclaim(A, not_tx[i], 1));
	refused(ISO_INVALID, reclaim(A, T, 0));
	ok(reclaim(A, T, UINT64_MAX));
}

Test(tx_reclaim, denied_not_sent)
{
	refused(ISO_DENIED, reclaim(A, T, 1));
	open_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, reclaim(A, T, 1));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	refused(ISO_DENIED, reclaim(B, T, 1));
	world_save(&earlier);
	ok(reclaim(A, T, 1));
	world_load(&earlier);
	/* nor once a donation was accepted */
	ok(reclaim(A, T, 1));
	send_offer(ISO_DONATE, ISO_PERM_RWX);
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	refused(ISO_DENIED, reclaim(A, T, 1));
}

Test(tx_reclaim, denied_held)
{
	take_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_DENIED, reclaim(A, T, 1));
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(reclaim(A, T, 1));
	/* all of them must have given it back */
	open_offer(ISO_LEND, ISO_PERM_R);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, C, A, T, TAKEN));
	refused(ISO_DENIED, reclaim(A, T, 1));
	ok(iso_tx_relinquish(&engine, C, A, T, 0, 1));
	ok(reclaim(A, T, 1));
	/* the last of the ids as well */
	last_init();
	open_offer(ISO_LEND, ISO_PERM_R);
	ok(iso_tx_grant(&engine, A, T, Z, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, Z, A, T, TAKEN));
	refused(ISO_DENIED, reclaim(A, T, 1));
	ok(iso_tx_relinquish(&engine, Z, A, T, 0, 1));
	ok(reclaim(A, T, 1));
}

Test(tx_reclaim, retry_clear)
{
	open_offer(ISO_LEND, ISO_PERM_RW);
	accepted(ISO_RETRY, iso_tx_send(&engine, A, T, 1, 1));
	accepted(ISO_RETRY, reclaim(A, T, 100));
	cr_assert_eq(machine.zeroed, 2);
	accepted(ISO_RETRY, reclaim(A, T, 2));
	cr_assert_eq(machine.zeroed, 4);
	cr_assert_eq(vms[A].tx[T].rest, 1);
	/* the last chunk is a step of its own */
	accepted(ISO_RETRY, reclaim(A, T, 100));
	cr_assert_eq(vms[A].tx[T].dirty, 0);
	cr_assert_eq(vms[A].tx[T].state, ISO_TX_SENT);
	ok(reclaim(A, T, 1));
	for (uint32_t i = 0; i < OFFERED; i++)
		cr_assert_eq(machine.ram[offer_page(i)], 0);
}

Test(tx_reclaim, ok_mapped_again)
{
	send_offer(ISO_DONATE, ISO_PERM_RWX);
	ok(reclaim(A, T, 1));
	cr_assert_eq(vms[A].tx[T].state, ISO_TX_FREE);
	cr_assert_eq(vms[A].tx[T].nranges, 0);
	cr_assert_eq(vms[A].tx[T].total, 0);
	cr_assert_eq(vms[A].tx[T].grant[B].perm, ISO_PERM_NONE);
	for (uint32_t i = 0; i < OFFERED; i++) {
		const uint32_t p = offer_page(i);

		cr_assert_eq(pages[p].owner, A);
		cr_assert_eq(pages[p].tx, ISO_NO_TX);
		cr_assert_eq(pages[p].range, 0);
		cr_assert_eq(machine_reach(A, IPA(A) + p - PAGE(A),
					   ISO_PERM_RWX), p);
		cr_assert_eq(machine.ram[p], p + 1);
	}
	refused(ISO_DENIED, iso_tx_retrieve(&engine, B, A, T, TAKEN));
}
