/* SPDX-License-Identifier: BSD-2-Clause */
/* The direct port: real bytes, seen as a VM's accesses would see them. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include <iso/iso.h>
#include <iso/port.h>

#include "direct.h"

#define NPAGES 64u
#define NIPA 256u
#define A 1u
#define B 2u
#define PAGE_A 8u
#define PAGE_B 24u
#define IPA 100u

static struct iso_engine engine;
static struct iso_page pages[NPAGES];
static struct iso_vm vms[ISO_MAX_VMS];
static uint8_t *ram;
static uint32_t *table;

static void ok(int32_t code)
{
	cr_assert_eq(code, ISO_OK);
}

static void memory_init(void)
{
	ram = malloc(NPAGES * ISO_PAGE_SIZE);
	table = calloc(ISO_MAX_VMS * NIPA, sizeof(*table));
	cr_assert(ram && table);
	memset(ram, 0xee, NPAGES * ISO_PAGE_SIZE);
	ok(iso_direct_init(ram, NPAGES, table, NIPA));
	ok(iso_engine_init(&engine, pages, NPAGES, vms));
	for (uint32_t v = A; v <= B; v++) {
		ok(iso_vm_create(&engine, ISO_HOST, v));
		ok(iso_page_assign(&engine, ISO_HOST, v,
				   v == A ? PAGE_A : PAGE_B, 16, IPA));
	}
	ok(iso_vm_peer(&engine, ISO_HOST, A, B, 1));
	ok(iso_vm_start(&engine, ISO_HOST, A));
	ok(iso_vm_start(&engine, ISO_HOST, B));
}

static void memory_fini(void)
{
	free(ram);
	free(table);
}

TestSuite(memory, .init = memory_init, .fini = memory_fini);

/* the bytes of page that are not x */
static uint32_t other_than(uint32_t page, uint8_t x)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < ISO_PAGE_SIZE; i++)
		n += ram[page * ISO_PAGE_SIZE + i] != x;
	return n;
}

/* A offers pages from .. from + n as slot 0, B is to get them */
static void offer(uint32_t kind, uint32_t from, uint32_t n)
{
	ok(iso_tx_open(&engine, A, 0, kind));
	ok(iso_tx_add(&engine, A, 0, from, n));
	ok(iso_tx_grant(&engine, A, 0, B, ISO_PERM_RW));
}

Test(memory, scrub_zeroes_every_byte_and_no_other)
{
	ok(iso_page_release(&engine, A, PAGE_A + 2, 3, 3));
	for (uint32_t p = 0; p < NPAGES; p++)
		cr_assert_eq(other_than(p, p >= PAGE_A + 2 && p < PAGE_A + 5 ?
					   0 : 0xee), 0);
}

Test(memory, clear_zeroes_in_chunks)
{
	int32_t r;
	uint32_t done = 0;

	offer(ISO_LEND, PAGE_A, 5);
	cr_assert_eq(iso_tx_send(&engine, A, 0, 1, 2), ISO_RETRY);
	do {
		uint32_t zeroed = 0;

		r = iso_tx_send(&engine, A, 0, 1, 2);
		for (uint32_t i = 0; i < 5; i++)
			zeroed += other_than(PAGE_A + i, 0) == 0;
		cr_assert_leq(zeroed - done, 2);
		cr_assert_gt(zeroed, done);
		done = zeroed;
	} while (r == ISO_RETRY);
	cr_assert_eq(r, ISO_OK);
	cr_assert_eq(done, 5);
	cr_assert_eq(other_than(PAGE_A + 5, 0xee), 0);
}

Test(memory, destroy_zeroes_all)
{
	int32_t r;

	do
		r = iso_vm_destroy(&engine, ISO_HOST, A, 3);
	while (r == ISO_RETRY);
	ok(r);
	for (uint32_t i = 0; i < 16; i++)
		cr_assert_eq(other_than(PAGE_A + i, 0), 0);
	cr_assert_eq(other_than(PAGE_A - 1, 0xee), 0);
	cr_assert_eq(other_than(PAGE_B, 0xee), 0);
}

Test(memory, shared_bytes_are_the_same_bytes)
{
	uint8_t *a, *b;

	offer(ISO_SHARE, PAGE_A + 1, 2);
	ok(iso_tx_send(&engine, A, 0, 0, 1));
	ok(iso_tx_retrieve(&engine, B, A, 0, 10));
	a = iso_direct_reach(A, IPA + 2, ISO_PERM_RW);
	b = iso_direct_reach(B, 11, ISO_PERM_RW);
	cr_assert_not_null(a);
	a[17] = 42;
	cr_assert_eq(b[17], 42);
	cr_assert_null(iso_direct_reach(B, 11, ISO_PERM_RX));
	cr_assert_null(iso_direct_reach(ISO_HOST, PAGE_A + 1, ISO_PERM_R));
}

Test(memory, lent_pages_are_out_of_the_lenders_reach)
{
	offer(ISO_LEND, PAGE_A, 1);
	cr_assert_not_null(iso_direct_reach(A, IPA, ISO_PERM_RWX));
	ok(iso_tx_send(&engine, A, 0, 0, 1));
	cr_assert_null(iso_direct_reach(A, IPA, ISO_PERM_R));
	cr_assert_null(iso_direct_reach(B, 10, ISO_PERM_R));
	ok(iso_tx_retrieve(&engine, B, A, 0, 10));
	cr_assert_not_null(iso_direct_reach(B, 10, ISO_PERM_RW));
	ok(iso_tx_relinquish(&engine, B, A, 0, 0, 1));
	cr_assert_null(iso_direct_reach(B, 10, ISO_PERM_R));
	ok(iso_tx_reclaim(&engine, A, 0, 1));
	cr_assert_not_null(iso_direct_reach(A, IPA, ISO_PERM_RWX));
}

Test(memory, an_address_over_the_table_is_never_vacant)
{
	offer(ISO_SHARE, PAGE_A, 2);
	ok(iso_tx_send(&engine, A, 0, 0, 1));
	cr_assert_eq(iso_tx_retrieve(&engine, B, A, 0, NIPA - 1), ISO_BUSY);
	cr_assert_eq(iso_tx_retrieve(&engine, B, A, 0, NIPA), ISO_BUSY);
	cr_assert_eq(iso_tx_retrieve(&engine, B, A, 0, ISO_IPA_PAGES - 2),
		     ISO_BUSY);
	ok(iso_tx_retrieve(&engine, B, A, 0, NIPA - 2));
	cr_assert_null(iso_direct_reach(B, NIPA, ISO_PERM_R));
	cr_assert_null(iso_direct_reach(ISO_MAX_VMS, 0, ISO_PERM_R));
}

Test(memory, copy_takes_the_bytes_it_was_told)
{
	for (uint32_t i = 0; i < ISO_PAGE_SIZE; i++)
		ram[i] = (uint8_t)(i * 7);
	iso_port_lock();
	iso_port_copy(1, 0, 0);
	cr_assert_eq(other_than(1, 0xee), 0);
	iso_port_copy(1, 0, 100);
	iso_port_copy(2, 0, ISO_PAGE_SIZE);
	iso_port_unlock();
	cr_assert_arr_eq(ram + ISO_PAGE_SIZE, ram, 100);
	cr_assert_eq(ram[ISO_PAGE_SIZE + 100], 0xee);
	cr_assert_arr_eq(ram + 2 * ISO_PAGE_SIZE, ram, ISO_PAGE_SIZE);
	cr_assert_eq(other_than(3, 0xee), 0);
}

Test(memory, init_refuses_bad_sizes)
{
	cr_assert_eq(iso_direct_init(ram, 0, table, NIPA), ISO_INVALID);
	cr_assert_eq(iso_direct_init(ram, NPAGES, table, NPAGES - 1),
		     ISO_INVALID);
	cr_assert_eq(iso_direct_init(ram, NPAGES, table, ISO_IPA_PAGES + 1),
		     ISO_INVALID);
	cr_assert_eq(iso_direct_init(ram, ISO_MAX_PAGES + 1, table,
				     ISO_IPA_PAGES), ISO_INVALID);
}
