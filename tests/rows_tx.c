/* SPDX-License-Identifier: BSD-2-Clause */
/* A transaction until it is sent: open, add, grant, send, abort. */
#include "scene.h"

#define HIGH (1ull << 32)

static struct world earlier;

/* -- iso_tx_open ------------------------------------------------------------- */

TestSuite(tx_open, .init = scene_init, .fini = scene_check);

static int32_t tx_open(uint64_t caller, uint64_t tx, uint64_t kind)
{
	return iso_tx_open(&engine, caller, tx, kind);
}

Test(tx_open, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, tx_open(not_vm[i], T, ISO_SHARE));
	ok(tx_open(A, T, ISO_SHARE));
}

Test(tx_open, denied_caller_not_live)
{
	refused(ISO_DENIED, tx_open(D, T, ISO_SHARE));
	refused(ISO_DENIED, tx_open(X, T, ISO_SHARE));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, tx_open(A, T, ISO_SHARE));
	world_load(&earlier);
	ok(tx_open(A, T, ISO_SHARE));
	ok(iso_vm_start(&engine, ISO_HOST, D));
	ok(tx_open(D, T, ISO_SHARE));
}

Test(tx_open, invalid_tx)
{
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, tx_open(A, not_tx[i], ISO_SHARE));
	ok(tx_open(A, ISO_MAX_TX - 1, ISO_SHARE));
}

Test(tx_open, invalid_kind)
{
	refused(ISO_INVALID, tx_open(A, T, 0));
	refused(ISO_INVALID, tx_open(A, T, 4));
	refused(ISO_INVALID, tx_open(A, T, 256 + ISO_LEND));
	refused(ISO_INVALID, tx_open(A, T, HIGH + ISO_LEND));
	refused(ISO_INVALID, tx_open(A, T, UINT64_MAX));
	ok(tx_open(A, T, ISO_LEND));
}

Test(tx_open, busy_slot)
{
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_BUSY, tx_open(A, T, ISO_SHARE));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	refused(ISO_BUSY, tx_open(A, T, ISO_SHARE));
	/* the slots are each VM's own */
	ok(tx_open(B, T, ISO_SHARE));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	ok(tx_open(A, T, ISO_SHARE));
}

Test(tx_open, ok_open_and_empty)
{
	for (uint32_t k = ISO_SHARE; k <= ISO_DONATE; k++) {
		const struct iso_tx *t = &vms[A].tx[k];

		ok(tx_open(A, k, k));
		cr_assert_eq(t->state, ISO_TX_OPEN);
		cr_assert_eq(t->kind, k);
		cr_assert_eq(t->nranges, 0);
		cr_assert_eq(t->total, 0);
		cr_assert_eq(t->dirty, 0);
		cr_assert_eq(t->rest, 0);
		for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
			cr_assert_eq(t->grant[w].perm, ISO_PERM_NONE);
	}
}

/* -- iso_tx_add: to A's T, open unless said otherwise ------------------------ */

static void add_init(void)
{
	scene_init();
	ok(tx_open(A, T, ISO_SHARE));
}

TestSuite(tx_add, .init = add_init, .fini = scene_check);

static int32_t add(uint64_t caller, uint64_t tx, uint64_t page, uint64_t n)
{
	return iso_tx_add(&engine, caller, tx, page, n);
}

Test(tx_add, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, add(not_vm[i], T, PAGE(A), 1));
	ok(add(A, T, PAGE(A), 1));
}

Test(tx_add, denied_caller_not_live)
{
	refused(ISO_DENIED, add(D, T, PAGE(D), 1));
	refused(ISO_DENIED, add(X, T, PAGE(A), 1));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, add(A, T, PAGE(A), 1));
	world_load(&earlier);
	ok(add(A, T, PAGE(A), 1));
}

Test(tx_add, invalid_tx)
{
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, add(A, not_tx[i], PAGE(A), 1));
	ok(add(A, T, PAGE(A), 1));
}

Test(tx_add, invalid_run)
{
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID,
			add(A, T, not_run[i].lo, not_run[i].n));
	/* also where no transaction is open: this comes first */
	refused(ISO_INVALID, add(A, T + 1, NPAGES, 1));
	ok(add(A, T, PAGE(A), PAGES));
}

Test(tx_add, denied_not_open)
{
	refused(ISO_DENIED, add(A, T + 1, PAGE(A), 1));
	ok(add(A, T, PAGE(A), 1));
	ok(iso_tx_grant(&engine, A, T, B, ISO_PERM_R));
	world_save(&earlier);
	ok(iso_tx_send(&engine, A, T, 0, 1));
	refused(ISO_DENIED, add(A, T, PAGE(A) + 1, 1));
	world_load(&earlier);
	ok(add(A, T, PAGE(A) + 1, 1));
}

Test(tx_add, no_memory)
{
	struct iso_tx *t = &vms[ISO_HOST].tx[T];

	/* the host has pages enough for ranges of one */
	ok(tx_open(ISO_HOST, T, ISO_SHARE));
	for (uint32_t r = 0; r < ISO_MAX_RANGES; r++)
		ok(add(ISO_HOST, T, r < PAGES ? r : PAGE(D + 1) + r - PAGES,
		       1));
	refused(ISO_NO_MEMORY,
		add(ISO_HOST, T, PAGE(D + 1) + ISO_MAX_RANGES - PAGES, 1));
	ok(iso_tx_abort(&engine, ISO_HOST, T));
	/* A transaction holds a page once, so only one of all 2^28 pages could
	 * grow over ISO_IPA_PAGES: say that this one has as many. */
	ok(tx_open(ISO_HOST, T, ISO_SHARE));
	t->total = ISO_IPA_PAGES - 1;
	refused(ISO_NO_MEMORY, add(ISO_HOST, T, 0, 2));
	t->total = UINT32_MAX;
	refused(ISO_NO_MEMORY, add(ISO_HOST, T, 0, 1));
	t->total = 0;
	ok(add(ISO_HOST, T, 0, 2));
}

Test(tx_add, denied_page)
{
	/* another's, the host's, and a run that ends in one */
	refused(ISO_DENIED, add(A, T, PAGE(B), 1));
	refused(ISO_DENIED, add(A, T, HOST_PAGE, 1));
	refused(ISO_DENIED, add(A, T, PAGE(B) - 2, 3));
	/* borrowed is not owned */
	ok(tx_open(B, T, ISO_LEND));
	ok(add(B, T, PAGE(B), 1));
	ok(iso_tx_grant(&engine, B, T, A, ISO_PERM_RW));
	ok(iso_tx_send(&engine, B, T, 0, 1));
	ok(iso_tx_retrieve(&engine, A, B, T, TAKEN));
	refused(ISO_DENIED, add(A, T, PAGE(B), 1));
	/* in this transaction already, or in another */
	ok(add(A, T, PAGE(A) + 8, 4));
	refused(ISO_DENIED, add(A, T, PAGE(A) + 11, 1));
	refused(ISO_DENIED, add(A, T, PAGE(A) + 6, 3));
	ok(tx_open(A, T + 1, ISO_LEND));
	refused(ISO_DENIED, add(A, T + 1, PAGE(A) + 8, 1));
	/* not contiguous in the caller's addresses */
	ok(iso_page_assign(&engine, ISO_HOST, D, HOST_PAGE, 1, 50));
	ok(iso_page_assign(&engine, ISO_HOST, D, HOST_PAGE + 1, 1, 52));
	ok(iso_vm_start(&engine, ISO_HOST, D));
	ok(tx_open(D, T, ISO_SHARE));
	refused(ISO_DENIED, add(D, T, HOST_PAGE, 2));
	ok(add(D, T, HOST_PAGE, 1));
	ok(add(D, T, HOST_PAGE + 1, 1));
	ok(add(A, T, PAGE(A) + 12, 1));
	ok(add(A, T, PAGE(A) + 6, 2));
}

Test(tx_add, ok_tagged)
{
	const struct iso_tx *t = &vms[A].tx[T];
	static struct machine was;

	was = machine;
	ok(add(A, T, PAGE(A) + 10, 3));
	ok(add(A, T, PAGE(A) + 4, 2));
	cr_assert_eq(t->state, ISO_TX_OPEN);
	cr_assert_eq(t->nranges, 2);
	cr_assert_eq(t->total, 5);
	cr_assert_eq(t->range[0].page, PAGE(A) + 10);
	cr_assert_eq(t->range[0].n, 3);
	cr_assert_eq(t->range[0].off, 0);
	cr_assert_eq(t->range[1].page, PAGE(A) + 4);
	cr_assert_eq(t->range[1].n, 2);
	cr_assert_eq(t->range[1].off, 3);
	for (uint32_t i = 0; i < OFFERED; i++) {
		const struct iso_page *p = &pages[offer_page(i)];

		cr_assert_eq(p->owner, A);
		cr_assert_eq(p->tx, T);
		cr_assert_eq(p->range, i < 3 ? 0 : 1);
		cr_assert_eq(p->ipa, IPA(A) + offer_page(i) - PAGE(A));
	}
	cr_assert_arr_eq(&was, &machine, sizeof(was));
}

/* -- iso_tx_grant: on A's T, open, to B -------------------------------------- */

TestSuite(tx_grant, .init = add_init, .fini = scene_check);

static int32_t grant(uint64_t caller, uint64_t tx, uint64_t vm, uint64_t perm)
{
	return iso_tx_grant(&engine, caller, tx, vm, perm);
}

Test(tx_grant, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, grant(not_vm[i], T, B, ISO_PERM_R));
	ok(grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, denied_caller_not_live)
{
	refused(ISO_DENIED, grant(D, T, A, ISO_PERM_R));
	refused(ISO_DENIED, grant(X, T, B, ISO_PERM_R));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, grant(A, T, B, ISO_PERM_R));
	world_load(&earlier);
	ok(grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, invalid_tx)
{
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, grant(A, not_tx[i], B, ISO_PERM_R));
	ok(grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, invalid_vm)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, grant(A, T, not_vm[i], ISO_PERM_R));
	refused(ISO_INVALID, grant(A, T, 256 + B, ISO_PERM_R));
	refused(ISO_INVALID, grant(A, T, HIGH + B, ISO_PERM_R));
	/* nobody is a peer of its own, so say so to see this row decide */
	vms[A].peer[A] = 1;
	refused(ISO_INVALID, grant(A, T, A, ISO_PERM_R));
	vms[A].peer[A] = 0;
	ok(grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, invalid_perm)
{
	static const uint64_t perms[] = { ISO_PERM_R, ISO_PERM_RW, ISO_PERM_RX,
					  ISO_PERM_RWX };

	for (size_t i = 0; i < COUNT(not_perm); i++)
		refused(ISO_INVALID, grant(A, T, B, not_perm[i]));
	for (size_t i = 0; i < COUNT(perms); i++)
		ok(grant(A, T, B, perms[i]));
}

Test(tx_grant, denied_not_open)
{
	refused(ISO_DENIED, grant(A, T + 1, B, ISO_PERM_R));
	ok(add(A, T, PAGE(A), 1));
	ok(grant(A, T, B, ISO_PERM_R));
	world_save(&earlier);
	ok(iso_tx_send(&engine, A, T, 0, 1));
	refused(ISO_DENIED, grant(A, T, C, ISO_PERM_R));
	refused(ISO_DENIED, grant(A, T, B, ISO_PERM_RW));
	world_load(&earlier);
	ok(grant(A, T, C, ISO_PERM_R));
}

Test(tx_grant, denied_not_peer)
{
	ok(iso_tx_open(&engine, B, T, ISO_SHARE));
	refused(ISO_DENIED, grant(B, T, C, ISO_PERM_R));
	/* a peer, but CREATED, DYING, ABSENT */
	refused(ISO_DENIED, grant(A, T, D, ISO_PERM_R));
	refused(ISO_DENIED, grant(A, T, X, ISO_PERM_R));
	world_save(&earlier);
	doom(C);
	cr_assert_eq(vms[A].peer[C], 1);
	refused(ISO_DENIED, grant(A, T, C, ISO_PERM_R));
	world_load(&earlier);
	ok(grant(A, T, C, ISO_PERM_R));
	ok(iso_vm_start(&engine, ISO_HOST, D));
	ok(grant(A, T, D, ISO_PERM_R));
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
	ok(grant(B, T, C, ISO_PERM_R));
	ok(iso_vm_peer(&engine, ISO_HOST, A, B, 0));
	refused(ISO_DENIED, grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, denied_donate_to_host)
{
	ok(tx_open(A, T + 1, ISO_DONATE));
	refused(ISO_DENIED, grant(A, T + 1, ISO_HOST, ISO_PERM_RWX));
	ok(grant(A, T + 1, B, ISO_PERM_RWX));
	ok(grant(A, T, ISO_HOST, ISO_PERM_RWX));
}

Test(tx_grant, denied_donate_to_second)
{
	ok(tx_open(A, T + 1, ISO_DONATE));
	ok(grant(A, T + 1, C, ISO_PERM_RWX));
	refused(ISO_DENIED, grant(A, T + 1, B, ISO_PERM_RWX));
	/* the same again is not a second one; other kinds take many */
	ok(grant(A, T + 1, C, ISO_PERM_R));
	last_init();
	ok(tx_open(A, T + 2, ISO_DONATE));
	ok(grant(A, T + 2, Z, ISO_PERM_RWX));
	refused(ISO_DENIED, grant(A, T + 2, B, ISO_PERM_RWX));
	ok(grant(A, T, C, ISO_PERM_R));
	ok(grant(A, T, B, ISO_PERM_R));
}

Test(tx_grant, ok_listed)
{
	const struct iso_grant *g = vms[A].tx[T].grant;

	world_save(&earlier);
	ok(grant(A, T, B, ISO_PERM_RX));
	ok(grant(A, T, C, ISO_PERM_RWX));
	ok(grant(A, T, C, ISO_PERM_R));
	cr_assert_eq(g[B].perm, ISO_PERM_RX);
	cr_assert_eq(g[C].perm, ISO_PERM_R);
	/* and nothing else changed */
	earlier.vms[A].tx[T].grant[B].perm = ISO_PERM_RX;
	earlier.vms[A].tx[T].grant[C].perm = ISO_PERM_R;
	cr_assert(world_equal(&earlier));
}

/* -- iso_tx_send: A's T ------------------------------------------------------ */

TestSuite(tx_send, .init = scene_init, .fini = scene_check);

static int32_t transmit(uint64_t caller, uint64_t tx, uint64_t clear,
			uint64_t max)
{
	return iso_tx_send(&engine, caller, tx, clear, max);
}

Test(tx_send, invalid_caller)
{
	open_offer(ISO_SHARE, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, transmit(not_vm[i], T, 0, 1));
	ok(transmit(A, T, 0, 1));
}

Test(tx_send, denied_caller_not_live)
{
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_DENIED, transmit(D, T, 0, 1));
	refused(ISO_DENIED, transmit(X, T, 0, 1));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, transmit(A, T, 0, 1));
	world_load(&earlier);
	ok(transmit(A, T, 0, 1));
}

Test(tx_send, invalid_arguments)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, transmit(A, not_tx[i], 0, 1));
	refused(ISO_INVALID, transmit(A, T, 2, 1));
	refused(ISO_INVALID, transmit(A, T, 256, 1));
	refused(ISO_INVALID, transmit(A, T, HIGH, 1));
	refused(ISO_INVALID, transmit(A, T, UINT64_MAX, 1));
	refused(ISO_INVALID, transmit(A, T, 0, 0));
	refused(ISO_INVALID, transmit(A, T, 1, 0));
	ok(transmit(A, T, 0, UINT64_MAX));
}

Test(tx_send, invalid_empty)
{
	ok(tx_open(A, T, ISO_LEND));
	ok(grant(A, T, B, ISO_PERM_R));
	refused(ISO_INVALID, transmit(A, T, 0, 1));
	ok(add(A, T, PAGE(A), 1));
	ok(transmit(A, T, 0, 1));
	ok(tx_open(A, T + 1, ISO_LEND));
	ok(add(A, T + 1, PAGE(A) + 1, 1));
	refused(ISO_INVALID, transmit(A, T + 1, 0, 1));
	last_init();
	ok(grant(A, T + 1, Z, ISO_PERM_R));
	ok(transmit(A, T + 1, 0, 1));
}

Test(tx_send, invalid_clear_share)
{
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_INVALID, transmit(A, T, 1, 1));
	ok(transmit(A, T, 0, 1));
}

/* what the tables say of the sent offer: in whole, and of the i-th page */
static void check_sent(uint32_t kind, uint32_t dirty, uint32_t rest)
{
	const struct iso_tx *t = &vms[A].tx[T];

	cr_assert_eq(t->state, ISO_TX_SENT);
	cr_assert_eq(t->kind, kind);
	cr_assert_eq(t->dirty, dirty);
	cr_assert_eq(t->rest, rest);
	cr_assert_eq(t->grant[B].retrieved, 0);
}

static void check_owner_reaches(int64_t (*what)(uint32_t page))
{
	for (uint32_t i = 0; i < OFFERED; i++) {
		const uint32_t p = offer_page(i);
		const uint32_t ipa = IPA(A) + p - PAGE(A);

		cr_assert_eq(pages[p].owner, A);
		cr_assert_eq(machine_reach(A, ipa, ISO_PERM_R), what(p));
		/* the address stays taken */
		cr_assert_eq(machine.s2[A][p].ipa, ipa);
		cr_assert_eq(machine.s2[B][p].ipa, -1);
	}
}

static int64_t itself(uint32_t page)
{
	return page;
}

static int64_t nothing(uint32_t page)
{
	(void)page;
	return -1;
}

Test(tx_send, retry_clear)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	accepted(ISO_RETRY, transmit(A, T, 1, 4));
	check_sent(ISO_LEND, 2, 2);
	check_owner_reaches(nothing);
	cr_assert_eq(machine.zeroed, 0);
}

/* the offer's pages are zeroed from the end, at most max a call and within
 * one range */
Test(tx_send, retry_scrub)
{
	open_offer(ISO_DONATE, ISO_PERM_RWX);
	accepted(ISO_RETRY, transmit(A, T, 1, 1));
	accepted(ISO_RETRY, transmit(A, T, 1, 1));
	check_sent(ISO_DONATE, 2, 1);
	cr_assert_eq(machine.ram[offer_page(4)], 0);
	cr_assert_neq(machine.ram[offer_page(3)], 0);
	/* clear says nothing any more */
	accepted(ISO_RETRY, transmit(A, T, 0, HIGH));
	check_sent(ISO_DONATE, 1, 3);
	cr_assert_eq(machine.ram[offer_page(3)], 0);
	cr_assert_eq(machine.zeroed, 2);
	accepted(ISO_RETRY, transmit(A, T, 1, 2));
	check_sent(ISO_DONATE, 1, 1);
	cr_assert_neq(machine.ram[offer_page(0)], 0);
	ok(transmit(A, T, 1, 2));
	check_sent(ISO_DONATE, 0, 0);
	for (uint32_t i = 0; i < OFFERED; i++)
		cr_assert_eq(machine.ram[offer_page(i)], 0);
	cr_assert_eq(machine.zeroed, OFFERED);
	check_owner_reaches(nothing);
}

Test(tx_send, denied_neither_open_nor_dirty)
{
	refused(ISO_DENIED, transmit(A, T, 0, 1));
	open_offer(ISO_LEND, ISO_PERM_RW);
	accepted(ISO_RETRY, transmit(A, T, 1, 1));
	while (vms[A].tx[T].dirty > 0)
		cr_assert_neq(transmit(A, T, 1, 1), ISO_DENIED);
	refused(ISO_DENIED, transmit(A, T, 0, 1));
	refused(ISO_DENIED, transmit(A, T, 1, 1));
}

Test(tx_send, ok_share)
{
	open_offer(ISO_SHARE, ISO_PERM_RW);
	ok(transmit(A, T, 0, 1));
	check_sent(ISO_SHARE, 0, 0);
	check_owner_reaches(itself);
}

Test(tx_send, ok_lend)
{
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(transmit(A, T, 0, 1));
	check_sent(ISO_LEND, 0, 0);
	check_owner_reaches(nothing);
	cr_assert_eq(machine.zeroed, 0);
}

Test(tx_send, ok_donate)
{
	open_offer(ISO_DONATE, ISO_PERM_RW);
	ok(transmit(A, T, 0, 1));
	check_sent(ISO_DONATE, 0, 0);
	check_owner_reaches(nothing);
	cr_assert_eq(machine.zeroed, 0);
}

/* -- iso_tx_abort ------------------------------------------------------------ */

TestSuite(tx_abort, .init = scene_init, .fini = scene_check);

Test(tx_abort, invalid_caller)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, iso_tx_abort(&engine, not_vm[i], T));
	ok(iso_tx_abort(&engine, A, T));
}

Test(tx_abort, denied_caller_not_live)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	refused(ISO_DENIED, iso_tx_abort(&engine, D, T));
	refused(ISO_DENIED, iso_tx_abort(&engine, X, T));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, iso_tx_abort(&engine, A, T));
	world_load(&earlier);
	ok(iso_tx_abort(&engine, A, T));
}

Test(tx_abort, invalid_tx)
{
	open_offer(ISO_LEND, ISO_PERM_R);
	for (size_t i = 0; i < COUNT(not_tx); i++)
		refused(ISO_INVALID, iso_tx_abort(&engine, A, not_tx[i]));
	ok(iso_tx_abort(&engine, A, T));
}

Test(tx_abort, denied_not_open)
{
	refused(ISO_DENIED, iso_tx_abort(&engine, A, T));
	open_offer(ISO_LEND, ISO_PERM_R);
	refused(ISO_DENIED, iso_tx_abort(&engine, B, T));
	world_save(&earlier);
	ok(transmit(A, T, 0, 1));
	refused(ISO_DENIED, iso_tx_abort(&engine, A, T));
	world_load(&earlier);
	ok(iso_tx_abort(&engine, A, T));
	refused(ISO_DENIED, iso_tx_abort(&engine, A, T));
}

Test(tx_abort, ok_as_if_never_opened)
{
	world_save(&earlier);
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_abort(&engine, A, T));
	cr_assert_eq(vms[A].tx[T].state, ISO_TX_FREE);
	cr_assert(world_alike(&earlier));
}
