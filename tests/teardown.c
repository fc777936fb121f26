/* SPDX-License-Identifier: BSD-2-Clause */
/* Destroying a VM while it deals with others, who go on meanwhile. */
#include "codes.h"
#include "scene.h"

#define LIMIT 20000u /* calls that a teardown takes at the very most */

static struct world start;

/*
 * B lends to C, borrows from A and has written there, offers a donation to A,
 * has a transaction open, a CLEAR half done, and has borrowed from the host.
 */
static void entangle(void)
{
	scene_init();
	ok(iso_vm_peer(&engine, ISO_HOST, B, C, 1));
	take_offer(ISO_LEND, ISO_PERM_RW);
	machine.ram[offer_page(0)] = 0x5ec7e7;
	ok(iso_tx_open(&engine, B, 0, ISO_LEND));
	ok(iso_tx_add(&engine, B, 0, PAGE(B), 3));
	ok(iso_tx_grant(&engine, B, 0, C, ISO_PERM_RW));
	ok(iso_tx_send(&engine, B, 0, 0, 1));
	ok(iso_tx_retrieve(&engine, C, B, 0, TAKEN));
	ok(iso_tx_open(&engine, B, 1, ISO_DONATE));
	ok(iso_tx_add(&engine, B, 1, PAGE(B) + 8, 2));
	ok(iso_tx_grant(&engine, B, 1, A, ISO_PERM_RWX));
	ok(iso_tx_send(&engine, B, 1, 0, 1));
	ok(iso_tx_open(&engine, B, 2, ISO_SHARE));
	ok(iso_tx_add(&engine, B, 2, PAGE(B) + 12, 1));
	ok(iso_tx_open(&engine, B, 3, ISO_LEND));
	ok(iso_tx_add(&engine, B, 3, PAGE(B) + 16, 5));
	ok(iso_tx_grant(&engine, B, 3, A, ISO_PERM_R));
	accepted(ISO_RETRY, iso_tx_send(&engine, B, 3, 1, 1));
	accepted(ISO_RETRY, iso_tx_send(&engine, B, 3, 1, 2));
	ok(iso_tx_open(&engine, ISO_HOST, 0, ISO_LEND));
	ok(iso_tx_add(&engine, ISO_HOST, 0, HOST_PAGE, 2));
	ok(iso_tx_grant(&engine, ISO_HOST, 0, B, ISO_PERM_RW));
	ok(iso_tx_send(&engine, ISO_HOST, 0, 0, 1));
	ok(iso_tx_retrieve(&engine, B, ISO_HOST, 0, 2 * TAKEN));
	machine.ram[HOST_PAGE] = 0x5ec7e7;
	world_save(&start);
}

TestSuite(teardown, .init = entangle, .fini = scene_check, .timeout = 300);

/* nothing of v is left, and every page it had is the host's and zero */
static void check_gone(uint32_t v)
{
	cr_assert_eq(vms[v].state, ISO_VM_ABSENT);
	cr_assert_null(wf_broken(&engine, &machine, all_vms, ISO_MAX_VMS));
	for (uint32_t p = 0; p < NPAGES; p++) {
		cr_assert_eq(machine.s2[v][p].ipa, -1);
		if (start.pages[p].owner == v && pages[p].owner == ISO_HOST)
			cr_assert_eq(machine.ram[p], 0);
	}
}

/* C gives back, if it still has it, what keeps B from ending */
static int32_t end_of_b(uint64_t max)
{
	int32_t r = destroy(B, max);

	if (r == ISO_BUSY) {
		ok(iso_tx_relinquish(&engine, C, B, 0, 0, 1));
		r = destroy(B, max);
	}
	return r;
}

Test(teardown, waits_for_the_borrower_and_ends)
{
	cr_assert_eq(destroy(B, 4), ISO_BUSY);
	ok(end_of_b(4));
	check_gone(B);
	for (uint32_t p = PAGE(B); p < PAGE(B) + PAGES; p++)
		cr_assert_eq(pages[p].owner, ISO_HOST);
}

Test(teardown, takes_a_bounded_number_of_calls)
{
	const uint32_t most = 1 + ISO_MAX_VMS * ISO_MAX_TX + ISO_MAX_TX + 5 +
			      NPAGES + 1;
	uint32_t n = 0;

	ok(iso_tx_relinquish(&engine, C, B, 0, 0, 1));
	while (iso_vm_destroy(&engine, ISO_HOST, B, 1) == ISO_RETRY)
		n++;
	cr_assert_leq(n, most);
	check_gone(B);
}

Test(teardown, zeroes_at_most_max_a_call)
{
	int32_t r;

	ok(iso_tx_relinquish(&engine, C, B, 0, 0, 1));
	do {
		const uint64_t was = machine.zeroed;

		r = iso_vm_destroy(&engine, ISO_HOST, B, 3);
		cr_assert_leq(machine.zeroed - was, 3);
	} while (r == ISO_RETRY);
	check_gone(B);
}

/* what B wrote to pages lent to it, nobody gets to read */
Test(teardown, borrowed_pages_come_back_zeroed)
{
	ok(end_of_b(16));
	while (iso_tx_reclaim(&engine, A, T, 2) == ISO_RETRY)
		scene_check();
	while (iso_tx_reclaim(&engine, ISO_HOST, 0, 2) == ISO_RETRY)
		scene_check();
	for (uint32_t i = 0; i < OFFERED; i++) {
		const uint32_t p = offer_page(i);

		cr_assert_eq(machine.ram[p], 0);
		cr_assert_eq(machine_reach(A, IPA(A) + p - PAGE(A),
					   ISO_PERM_RWX), p);
	}
	cr_assert_eq(machine.ram[HOST_PAGE], 0);
	cr_assert_eq(machine_reach(0, HOST_PAGE, ISO_PERM_RWX), HOST_PAGE);
}

/* though not while another holds them still, nor when they were shared */
Test(teardown, borrowed_pages_of_others_keep_their_contents)
{
	ok(iso_tx_relinquish(&engine, B, A, T, 0, 1));
	ok(iso_tx_reclaim(&engine, A, T, 1));
	machine.ram[offer_page(0)] = 0x900d;
	open_offer(ISO_LEND, ISO_PERM_RW);
	ok(iso_tx_grant(&engine, A, T, C, ISO_PERM_R));
	ok(iso_tx_send(&engine, A, T, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T, TAKEN));
	ok(iso_tx_retrieve(&engine, C, A, T, 2 * TAKEN));
	ok(iso_tx_open(&engine, A, T + 1, ISO_SHARE));
	ok(iso_tx_add(&engine, A, T + 1, PAGE(A), 1));
	ok(iso_tx_grant(&engine, A, T + 1, B, ISO_PERM_RW));
	ok(iso_tx_send(&engine, A, T + 1, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, T + 1, 3 * TAKEN));
	ok(end_of_b(16));
	cr_assert_eq(machine_reach(C, 2 * TAKEN, ISO_PERM_R), offer_page(0));
	cr_assert_eq(machine.ram[offer_page(0)], 0x900d);
	ok(iso_tx_reclaim(&engine, A, T + 1, 1));
	cr_assert_eq(machine.ram[PAGE(A)], PAGE(A) + 1);
}

/* What the others may do at any moment of B's teardown. */
static const struct call meanwhile[] = {
	{ TX_RELINQUISH, { C, B, 0, 0, 1 } },
	{ TX_RELINQUISH, { C, B, 0, 1, 1 } },
	{ TX_RETRIEVE, { A, B, 1, TAKEN } },
	{ TX_RETRIEVE, { A, B, 3, TAKEN } },
	{ TX_RELINQUISH, { A, B, 3, 0, 2 } },
	{ TX_RECLAIM, { A, T, 1 } },
	{ TX_RECLAIM, { ISO_HOST, 0, 1 } },
	{ TX_SEND, { B, 3, 0, 1 } },
	{ TX_RECLAIM, { B, 1, 1 } },
	{ TX_OPEN, { B, 7, ISO_SHARE } },
	{ PAGE_RELEASE, { B, PAGE(B) + 24, 2, 2 } },
	{ VM_CREATE, { ISO_HOST, B } },
	{ VM_PEER, { ISO_HOST, A, B, 1 } },
	{ PAGE_ASSIGN, { ISO_HOST, B, HOST_PAGE + 8, 1, 0 } },
	{ TX_OPEN, { A, T + 1, ISO_LEND } },
	{ TX_GRANT, { A, T + 1, B, ISO_PERM_R } },
	{ VM_DESTROY, { ISO_HOST, C, 1 } },
	{ VM_DESTROY, { ISO_HOST, A, 1 } },
};

static void check_call(const struct call *c)
{
	const uint32_t row = deciding_row(&engine, &machine, c);

	cr_assert_eq(make_call(&engine, c), tables[c->fn].code[row]);
	cr_assert_null(wf_broken(&engine, &machine, all_vms, X));
}

/* the call, twice, before each step of the teardown, which then goes on */
static void interrupt(const struct call *c, uint64_t max)
{
	static struct world now;
	int32_t r = ISO_RETRY;

	world_load(&start);
	for (uint32_t n = 0; n < LIMIT && r == ISO_RETRY; n++) {
		world_save(&now);
		check_call(c);
		check_call(c);
		if (n % 128 == 0 || n > ISO_MAX_VMS * ISO_MAX_TX) {
			ok(destroy(C, 64));
			ok(destroy(B, 64));
			check_gone(B);
		}
		world_load(&now);
		r = iso_vm_destroy(&engine, ISO_HOST, B, max);
	}
	cr_assert_eq(r, ISO_BUSY);
}

Test(teardown, goes_on_whatever_the_others_do)
{
	for (size_t i = 0; i < COUNT(meanwhile); i++)
		interrupt(&meanwhile[i], 5);
}

/* after C has given back, so that the teardown is seen to its end */
Test(teardown, goes_on_whatever_the_others_do_to_the_end)
{
	ok(iso_tx_relinquish(&engine, C, B, 0, 0, 1));
	while (vms[B].cursor_vm < ISO_MAX_VMS)
		accepted(ISO_RETRY, iso_vm_destroy(&engine, ISO_HOST, B, 9));
	world_save(&start);
	for (size_t i = 0; i < COUNT(meanwhile); i++) {
		int32_t r = ISO_RETRY;

		world_load(&start);
		while (r == ISO_RETRY) {
			check_call(&meanwhile[i]);
			r = iso_vm_destroy(&engine, ISO_HOST, B, 9);
		}
		cr_assert_eq(r, ISO_OK);
	}
}

static int both_absent(void)
{
	return vms[B].state == ISO_VM_ABSENT && vms[C].state == ISO_VM_ABSENT;
}

/* several VMs die at once, taking turns in every rhythm of eight */
Test(teardown, of_several_at_once)
{
	for (uint32_t rhythm = 1; rhythm < 255; rhythm += 2) {
		uint32_t n = 0;

		world_load(&start);
		for (; n < LIMIT && !both_absent(); n++)
			iso_vm_destroy(&engine, ISO_HOST,
				       rhythm >> n % 8 & 1 ? B : C, 7);
		check_gone(B);
		check_gone(C);
	}
}

Test(teardown, then_a_new_life)
{
	ok(end_of_b(16));
	ok(iso_vm_create(&engine, ISO_HOST, B));
	ok(iso_page_assign(&engine, ISO_HOST, B, PAGE(B), PAGES, IPA(B)));
	ok(iso_vm_peer(&engine, ISO_HOST, A, B, 1));
	ok(iso_vm_start(&engine, ISO_HOST, B));
	/* nothing of the old life's offers is left */
	refused(ISO_DENIED, iso_tx_retrieve(&engine, B, A, T, TAKEN));
	refused(ISO_DENIED, iso_tx_retrieve(&engine, A, B, 1, TAKEN));
	for (uint32_t p = PAGE(B); p < PAGE(B) + PAGES; p++)
		cr_assert_eq(machine.ram[p], 0);
}
