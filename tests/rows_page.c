/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#define HIGH (1ull << 32)

static struct world earlier;

/* -- iso_page_assign: to D, which is CREATED --------------------------------- */

TestSuite(page_assign, .init = scene_init, .fini = scene_check);

static int32_t assign(uint64_t caller, uint64_t vm, uint64_t page, uint64_t n,
		      uint64_t ipa)
{
	return iso_page_assign(&engine, caller, vm, page, n, ipa);
}

Test(page_assign, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, assign(not_vm[i], D, HOST_PAGE, 1, 0));
	refused(ISO_INVALID, assign(HIGH + ISO_HOST, D, HOST_PAGE, 1, 0));
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, 0));
}

Test(page_assign, denied_caller_not_host)
{
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		refused(ISO_DENIED, assign(v, D, HOST_PAGE, 1, 0));
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, 0));
}

Test(page_assign, invalid_vm)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID,
			assign(ISO_HOST, not_vm[i], HOST_PAGE, 1, 0));
	refused(ISO_INVALID, assign(ISO_HOST, HIGH + D, HOST_PAGE, 1, 0));
	refused(ISO_INVALID, assign(ISO_HOST, ISO_HOST, HOST_PAGE, 1, 500));
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, 0));
}

Test(page_assign, invalid_run)
{
	const uint32_t last = NPAGES - 1;

	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID, assign(ISO_HOST, D, not_run[i].lo,
					    not_run[i].n, 0));
	refused(ISO_INVALID, assign(ISO_HOST, D, HIGH + HOST_PAGE, 1, 0));
	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, HIGH + 1, 0));
	refused(ISO_INVALID, assign(ISO_HOST, D, last, 2, 0));
	ok(assign(ISO_HOST, D, last, 1, 0));
}

Test(page_assign, invalid_ipa)
{
	const uint64_t end = ISO_IPA_PAGES;

	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, 1, end));
	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, 2, end - 1));
	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, 1, HIGH));
	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, 2, UINT64_MAX));
	refused(ISO_INVALID, assign(ISO_HOST, D, HOST_PAGE, 1, UINT64_MAX));
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, end - 1));
}

Test(page_assign, denied_vm_not_created)
{
	refused(ISO_DENIED, assign(ISO_HOST, X, HOST_PAGE, 1, 0));
	refused(ISO_DENIED, assign(ISO_HOST, A, HOST_PAGE, 1, 0));
	world_save(&earlier);
	doom(D);
	refused(ISO_DENIED, assign(ISO_HOST, D, HOST_PAGE, 1, 0));
	world_load(&earlier);
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, 0));
}

Test(page_assign, denied_page)
{
	/* another's, its own, and a run that ends in one */
	refused(ISO_DENIED, assign(ISO_HOST, D, PAGE(A), 1, 0));
	refused(ISO_DENIED, assign(ISO_HOST, D, PAGE(D), 1, 0));
	refused(ISO_DENIED, assign(ISO_HOST, D, PAGE(A) - 2, 3, 0));
	/* the host's, in a transaction */
	ok(iso_tx_open(&engine, ISO_HOST, T, ISO_SHARE));
	ok(iso_tx_add(&engine, ISO_HOST, T, PAGE(A) - 1, 1));
	refused(ISO_DENIED, assign(ISO_HOST, D, PAGE(A) - 2, 2, 0));
	ok(assign(ISO_HOST, D, PAGE(A) - 2, 1, 0));
}

Test(page_assign, busy_address)
{
	refused(ISO_BUSY, assign(ISO_HOST, D, HOST_PAGE, 1, IPA(D)));
	refused(ISO_BUSY, assign(ISO_HOST, D, HOST_PAGE, 2, IPA(D) - 1));
	refused(ISO_BUSY,
		assign(ISO_HOST, D, HOST_PAGE, 1, IPA(D) + PAGES - 1));
	/* or where the port cannot map */
	machine.full = D;
	refused(ISO_BUSY, assign(ISO_HOST, D, HOST_PAGE, 1, IPA(D) - 1));
	machine.full = 0;
	ok(assign(ISO_HOST, D, HOST_PAGE, 1, IPA(D) - 1));
	ok(assign(ISO_HOST, D, HOST_PAGE + 1, 1, IPA(D) + PAGES));
}

Test(page_assign, ok_owned_and_mapped)
{
	ok(assign(ISO_HOST, D, HOST_PAGE, 3, 77));
	for (uint32_t i = 0; i < 3; i++) {
		const struct iso_page *p = &pages[HOST_PAGE + i];

		cr_assert_eq(p->owner, D);
		cr_assert_eq(p->tx, ISO_NO_TX);
		cr_assert_eq(p->range, 0);
		cr_assert_eq(p->ipa, 77 + i);
		cr_assert_eq(machine_reach(D, 77 + i, ISO_PERM_RWX),
			     HOST_PAGE + i);
		cr_assert_eq(machine_reach(ISO_HOST, HOST_PAGE + i, 0), -1);
		/* the contents stay */
		cr_assert_eq(machine.ram[HOST_PAGE + i], HOST_PAGE + i + 1);
	}
	cr_assert_eq(pages[HOST_PAGE + 3].owner, ISO_HOST);
	cr_assert_eq(pages[HOST_PAGE - 1].owner, ISO_HOST);
	cr_assert_eq(machine.zeroed, 0);
}

/* -- iso_page_release: of A's ------------------------------------------------ */

TestSuite(page_release, .init = scene_init, .fini = scene_check);

static int32_t release(uint64_t caller, uint64_t page, uint64_t n, uint64_t max)
{
	return iso_page_release(&engine, caller, page, n, max);
}

Test(page_release, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, release(not_vm[i], PAGE(A), 1, 1));
	ok(release(A, PAGE(A), 1, 1));
}

Test(page_release, denied_caller_not_live)
{
	refused(ISO_DENIED, release(D, PAGE(D), 1, 1));
	refused(ISO_DENIED, release(X, PAGE(A), 1, 1));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, release(A, PAGE(A), 1, 1));
	world_load(&earlier);
	ok(release(A, PAGE(A), 1, 1));
	ok(iso_vm_start(&engine, ISO_HOST, D));
	ok(release(D, PAGE(D), 1, 1));
}

Test(page_release, denied_caller_host)
{
	refused(ISO_DENIED, release(ISO_HOST, HOST_PAGE, 1, 1));
	refused(ISO_DENIED, release(ISO_HOST, PAGE(A), 1, 1));
	ok(release(A, PAGE(A), 1, 1));
}

Test(page_release, invalid_run_or_max)
{
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID,
			release(A, not_run[i].lo, not_run[i].n, 1));
	refused(ISO_INVALID, release(A, PAGE(A), 1, 0));
	ok(release(A, PAGE(A), 1, 1));
}

Test(page_release, denied_page)
{
	/* another's, the host's, and a run that ends in one */
	refused(ISO_DENIED, release(A, PAGE(B), 1, 1));
	refused(ISO_DENIED, release(A, HOST_PAGE, 1, 1));
	refused(ISO_DENIED, release(A, PAGE(B) - 2, 3, 3));
	/* in a transaction */
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_DENIED, release(A, offer_page(0), 1, 1));
	refused(ISO_DENIED, release(A, offer_page(0) - 1, 2, 2));
	/* not contiguous in the caller's addresses */
	ok(iso_page_assign(&engine, ISO_HOST, D, HOST_PAGE, 1, 50));
	ok(iso_page_assign(&engine, ISO_HOST, D, HOST_PAGE + 1, 1, 52));
	ok(iso_vm_start(&engine, ISO_HOST, D));
	refused(ISO_DENIED, release(D, HOST_PAGE, 2, 2));
	/* only the pages that this call handles count */
	accepted(ISO_RETRY, release(A, PAGE(B) - 2, 3, 2));
	ok(release(D, HOST_PAGE, 1, 2));
	ok(release(D, HOST_PAGE + 1, 1, 1));
}

/* page p went from A to the host, zeroed */
static int released(uint32_t p)
{
	return pages[p].owner == ISO_HOST && pages[p].tx == ISO_NO_TX &&
	       pages[p].range == 0 && pages[p].ipa == p &&
	       machine.ram[p] == 0 &&
	       machine_reach(ISO_HOST, p, ISO_PERM_RWX) == p &&
	       machine_reach(A, IPA(A) + p - PAGE(A), 0) == -1;
}

Test(page_release, retry_chunk)
{
	accepted(ISO_RETRY, release(A, PAGE(A), 5, 4));
	for (uint32_t i = 0; i < 4; i++)
		cr_assert(released(PAGE(A) + i));
	cr_assert_eq(machine.zeroed, 4);
	cr_assert_eq(pages[PAGE(A) + 4].owner, A);
	cr_assert_eq(machine.ram[PAGE(A) + 4], PAGE(A) + 5);
	ok(release(A, PAGE(A) + 4, 1, 4));
	cr_assert(released(PAGE(A) + 4));
}

Test(page_release, ok_zeroed_and_the_hosts)
{
	ok(release(A, PAGE(A) + 1, 3, 3));
	for (uint32_t i = 1; i < 4; i++)
		cr_assert(released(PAGE(A) + i));
	cr_assert_eq(pages[PAGE(A)].owner, A);
	cr_assert_eq(pages[PAGE(A) + 4].owner, A);
	cr_assert_eq(machine.zeroed, 3);
	ok(release(A, PAGE(A) + 4, 2, HIGH));
	cr_assert(released(PAGE(A) + 5));
	ok(release(A, PAGE(A) + 6, 2, UINT64_MAX));
	cr_assert(released(PAGE(A) + 7));
}

/* -- iso_page_query ---------------------------------------------------------- */

TestSuite(page_query, .init = scene_init, .fini = scene_check);

/* and out stays as it was when the result is not ISO_OK */
static int32_t query(uint64_t caller, uint64_t page)
{
	const struct iso_page was = { 0x1234, 0x56, 0x78, 0x9abcdef0 };
	struct iso_page out = was;
	const int32_t r = iso_page_query(&engine, caller, page, &out);

	if (r == ISO_OK)
		cr_assert_arr_eq(&out, &pages[page], sizeof(out));
	else
		cr_assert_arr_eq(&out, &was, sizeof(out));
	return r;
}

Test(page_query, invalid_caller)
{
	for (size_t i = 0; i < COUNT(not_vm); i++)
		refused(ISO_INVALID, query(not_vm[i], PAGE(A)));
	ok(query(A, PAGE(A)));
}

Test(page_query, denied_caller_not_live)
{
	refused(ISO_DENIED, query(D, PAGE(D)));
	refused(ISO_DENIED, query(X, PAGE(A)));
	world_save(&earlier);
	doom(A);
	refused(ISO_DENIED, query(A, PAGE(A)));
	world_load(&earlier);
	ok(query(A, PAGE(A)));
}

Test(page_query, invalid_page)
{
	refused(ISO_INVALID, query(A, NPAGES));
	refused(ISO_INVALID, query(A, HIGH + PAGE(A)));
	refused(ISO_INVALID, query(ISO_HOST, UINT64_MAX));
	ok(query(ISO_HOST, NPAGES - 1));
}

Test(page_query, denied_not_owner)
{
	refused(ISO_DENIED, query(B, PAGE(A)));
	refused(ISO_DENIED, query(A, HOST_PAGE));
	/* a borrower is not the owner */
	take_offer(ISO_LEND, ISO_PERM_RW);
	refused(ISO_DENIED, query(B, offer_page(0)));
	ok(query(ISO_HOST, PAGE(A)));
}

Test(page_query, ok_changes_nothing)
{
	open_offer(ISO_SHARE, ISO_PERM_R);
	refused(ISO_OK, query(A, offer_page(1)));
	refused(ISO_OK, query(ISO_HOST, offer_page(1)));
	refused(ISO_OK, query(ISO_HOST, HOST_PAGE));
}
