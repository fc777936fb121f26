/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <criterion/criterion.h>
#include <iso/status.h>
#include <iso/tx.h>

#include "stage2.h"
#include "stage2_spec.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TABLES 20u
#define BASE 0x500000u /* the frame of table 0 */
#define END ISO_S2_FRAMES
#define VM 3u
#define MB2 512u    /* pages of a block */
#define GB1 262144u /* of a larger one */
#define ALL (2 * GB1 * 512ull) /* of the VM's address space */

struct run {
	uint64_t ip, n;
};

/* runs that are not all in the address space, or are nothing */
static const struct run not_run[] = {
	{ 0, 0 }, { ALL, 1 }, { ALL - 1, 2 }, { 0, ALL + 1 },
	{ 1, UINT64_MAX }, { UINT64_MAX, 1 }, { UINT64_MAX, 2 },
	{ ISO_S2_IP_END, 1 }, { 1ull << 32 | ALL, 1 }, { 8, 0 - 4ull },
	{ 0, 1ull << 63 }, { UINT64_MAX, UINT64_MAX },
};

/* the rights and attributes that no page has */
static const uint32_t not_rights[] = { 0, 2, 4, 6, 9, 15, 16, 17, 0x80000001 };
static const uint32_t not_attr[] = { 0, 2, 4, 8, 14, 16, 17, 31, 0x80000001 };

struct pool {
	struct iso_s2_table table[TABLES];
	struct iso_s2_meta meta[TABLES];
	uint32_t spare[TABLES];
	struct iso_s2 s2;
};
static struct pool pool, before;
static struct iso_s2 *const s = &pool.s2;
static uint32_t flushes;

void iso_port_s2_flush(uint32_t vm)
{
	flushes += vm == VM;
}

void iso_port_s2_publish(void)
{
}

#define refused(want, call)                                           \
	do {                                                          \
		before = pool;                                        \
		cr_assert_eq((call), (want), #call " is not " #want); \
		cr_assert(!memcmp(&pool, &before, sizeof(pool)),      \
			  #call " left a trace");                     \
	} while (0)

#define ok(call) cr_assert_eq((call), ISO_OK, #call " is not ISO_OK")

static void give(uint32_t layout)
{
	memset(&pool, 0x5a, sizeof(pool));
	*s = (struct iso_s2){ pool.table, pool.meta, pool.spare, BASE, TABLES,
			      layout == ISO_S2_EPT ? 1 : 2, 0, 2, layout, VM };
}

static void start(void)
{
	give(ISO_S2_ARM64);
	ok(iso_s2_init(s));
	flushes = 0;
}

static int32_t map(uint64_t ip, uint64_t n, uint64_t frame)
{
	return iso_s2_map(s, ip, n, frame, ISO_PERM_RW);
}

/* the pages of the run are at frame, frame + 1 ...; with attr = 0, nowhere */
static void at(uint64_t ip, uint64_t n, uint64_t frame, uint32_t attr)
{
	for (uint64_t k = 0; k < n; k++) {
		const struct iso_s2_to to = iso_s2_query(s, ip + k);

		cr_assert_eq(to.mapped, attr != 0);
		cr_assert(!attr || (to.frame == frame + k && to.attr == attr));
	}
}

/* -- iso_s2_init ----------------------------------------------------------- */

#define no_init(field, value)                         \
	do {                                          \
		give(ISO_S2_ARM64);                   \
		s->field = (value);                   \
		refused(ISO_INVALID, iso_s2_init(s)); \
	} while (0)

Test(s2_init, invalid_field)
{
	no_init(layout, 2);
	no_init(layout, UINT32_MAX);
	no_init(top, 4);
	no_init(top, UINT32_MAX);
	no_init(nroots, 0);
	no_init(nroots, TABLES + 1);
	no_init(nroots, ISO_S2_MAX_ROOTS + 1);
	no_init(nroots, 3);
	no_init(nroots, 5);
	no_init(nroots, 12);
	no_init(top, 3);
	no_init(base, BASE + 1);
	no_init(layout, ISO_S2_EPT);
	no_init(ntables, 1);
	no_init(ntables, 0);
	no_init(ntables, ISO_S2_MAX_TABLES + 1);
	no_init(vm, ISO_S2_MAX_VMS);
	no_init(base, END);
	no_init(base, END - TABLES + 1);
	no_init(base, UINT64_MAX);
	no_init(base, 0 - (uint64_t)TABLES);
	give(ISO_S2_ARM64);
	s->base = END - TABLES;
	s->vm = ISO_S2_MAX_VMS - 1;
	ok(iso_s2_init(s));
}

Test(s2_init, ok_nothing_mapped)
{
	for (uint32_t layout = 0; layout < 2; layout++)
		for (uint32_t top = 0; top < 4; top++) {
			give(layout);
			s->top = top;
			s->nroots = top > 2 ? 1 : s->nroots;
			ok(iso_s2_init(s));
			cr_assert_eq(s->nfree, TABLES - s->nroots);
			for (uint32_t t = 0; t < s->nroots; t++)
				for (uint32_t i = 0; i < 512; i++)
					cr_assert_eq(s->table[t].e[i], 0);
			at(0, 2048, 0, 0);
			ok(map(0, 1, 7));
		}
}

/* -- iso_s2_destroy -------------------------------------------------------- */

TestSuite(s2_destroy, .init = start);

/* pages, and blocks of both sizes: tables of each height */
static void some_mapped(void)
{
	ok(map(1, 2, 7));
	ok(map(MB2, MB2, MB2));
	ok(map(GB1, GB1, 0));
	ok(map(ALL - 1, 1, 9));
}

static uint32_t zero_from(uint32_t t)
{
	static const struct iso_s2_table zero;

	while (t < TABLES && !memcmp(&pool.table[t], &zero, sizeof(zero)))
		t++;
	return t;
}

Test(s2_destroy, invalid_none)
{
	some_mapped();
	refused(ISO_INVALID, iso_s2_destroy(s, 0));
	at(1, 2, 7, ISO_PERM_RW);
	/* on the way, and when all is done */
	cr_assert_eq(iso_s2_destroy(s, 1), ISO_RETRY);
	refused(ISO_INVALID, iso_s2_destroy(s, 0));
	ok(iso_s2_destroy(s, TABLES));
	refused(ISO_INVALID, iso_s2_destroy(s, 0));
}

Test(s2_destroy, retry_tables_left)
{
	some_mapped();
	memset(&pool.table[TABLES - 8], 0x5a, 8 * sizeof(pool.table[0]));
	before = pool;
	for (uint32_t k = 1; k < TABLES; k++) {
		cr_assert_eq(iso_s2_destroy(s, 1), ISO_RETRY);
		cr_assert_eq(s->nfree, TABLES - k);
		cr_assert_eq(zero_from(0) >= 2, 1);
		cr_assert_eq(zero_from(TABLES - k), TABLES);
		if (k < TABLES - 2)
			cr_assert(!memcmp(&pool.table[2], &before.table[2],
					  (TABLES - k - 2) *
						  sizeof(pool.table[0])));
		/* nothing is mapped, nor can be */
		at(0, 2 * MB2, 0, 0);
		refused(ISO_INVALID, map(0, 1, 7));
		refused(ISO_INVALID, iso_s2_unmap(s, 1, 1));
		refused(ISO_INVALID, iso_s2_protect(s, 1, 1, ISO_PERM_R));
		refused(ISO_INVALID, iso_s2_merge(s, 1));
		refused(ISO_INVALID, iso_s2_vacant(s, 1, 1));
		refused(ISO_INVALID, iso_s2_init(s));
	}
	ok(iso_s2_destroy(s, 1));
	/* all by the first call */
	cr_assert_eq(flushes, 1);
}

Test(s2_destroy, ok_all_zero)
{
	static const uint32_t steps[] = { 1, 2, 7, TABLES - 1, TABLES,
					  TABLES + 1, UINT32_MAX };

	for (size_t i = 0; i < COUNT(steps); i++) {
		uint32_t left = TABLES;

		start();
		some_mapped();
		for (; left > steps[i]; left -= steps[i])
			cr_assert_eq(iso_s2_destroy(s, steps[i]), ISO_RETRY);
		ok(iso_s2_destroy(s, steps[i]));
		cr_assert_eq(zero_from(0), TABLES);
		cr_assert_eq(flushes, 1);
		/* and once more */
		before = pool;
		ok(iso_s2_destroy(s, 1));
		cr_assert(!memcmp(&pool, &before, sizeof(pool)));
	}
	/* the pool is there for other tables */
	refused(ISO_INVALID, iso_s2_init(s));
	s->nroots = 2;
	ok(iso_s2_init(s));
	cr_assert_eq(s->nfree, TABLES - 2);
	at(0, 2 * MB2, 0, 0);
	some_mapped();
	at(1, 2, 7, ISO_PERM_RW);
}

/* -- iso_s2_unmap ---------------------------------------------------------- */

TestSuite(s2_unmap, .init = start);

Test(s2_unmap, invalid_run)
{
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID,
			iso_s2_unmap(s, not_run[i].ip, not_run[i].n));
	ok(iso_s2_unmap(s, 0, ALL));
	ok(iso_s2_unmap(s, ALL - 1, 1));
}

Test(s2_unmap, no_memory_pool)
{
	ok(map(MB2, 2 * MB2, MB2));
	for (uint64_t i = 4; s->nfree > 0; i++)
		ok(map(i * MB2, 1, 1 + i));
	refused(ISO_NO_MEMORY, iso_s2_unmap(s, MB2, 1));
	refused(ISO_NO_MEMORY, iso_s2_unmap(s, MB2 + 1, 2 * MB2 - 1));
	refused(ISO_NO_MEMORY, iso_s2_unmap(s, MB2, 2 * MB2 - 1));
	/* which needs no table */
	ok(iso_s2_unmap(s, MB2, MB2));
	at(2 * MB2, MB2, 2 * MB2, ISO_PERM_RW);
}

Test(s2_unmap, ok_blocks_split)
{
	ok(map(MB2, 3 * MB2, MB2));
	ok(iso_s2_unmap(s, MB2 + 7, 2 * MB2));
	at(MB2, 7, MB2, ISO_PERM_RW);
	at(MB2 + 7, 2 * MB2, 0, 0);
	at(3 * MB2 + 7, MB2 - 7, 3 * MB2 + 7, ISO_PERM_RW);
}

Test(s2_unmap, ok_tables_come_back)
{
	ok(map(MB2, 2 * MB2, 1));
	cr_assert_eq(s->nfree, TABLES - 2 - 3);
	ok(iso_s2_unmap(s, MB2, MB2));
	cr_assert_eq(s->nfree, TABLES - 2 - 2);
	at(2 * MB2, MB2, 1 + MB2, ISO_PERM_RW);
	ok(iso_s2_unmap(s, 0, ALL));
	cr_assert_eq(s->nfree, TABLES - 2);
	cr_assert_eq(flushes, 2);
}

/* -- iso_s2_vacant --------------------------------------------------------- */

TestSuite(s2_vacant, .init = start);

Test(s2_vacant, invalid_run)
{
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID,
			iso_s2_vacant(s, not_run[i].ip, not_run[i].n));
}

Test(s2_vacant, denied_mapped)
{
	ok(map(8, 4, 8));
	ok(map(MB2, 2 * MB2, MB2));
	refused(ISO_DENIED, iso_s2_vacant(s, 8, 1));
	refused(ISO_DENIED, iso_s2_vacant(s, 11, 1));
	refused(ISO_DENIED, iso_s2_vacant(s, 7, 2));
	refused(ISO_DENIED, iso_s2_vacant(s, 0, 16));
	refused(ISO_DENIED, iso_s2_vacant(s, 12, MB2));
	refused(ISO_DENIED, iso_s2_vacant(s, 3 * MB2 - 1, 1));
	refused(ISO_DENIED, iso_s2_vacant(s, 2 * MB2, GB1));
	refused(ISO_DENIED, iso_s2_vacant(s, 0, ALL));
}

Test(s2_vacant, ok_around)
{
	refused(ISO_OK, iso_s2_vacant(s, 0, ALL));
	ok(map(8, 4, 8));
	ok(map(MB2, 2 * MB2, MB2));
	refused(ISO_OK, iso_s2_vacant(s, 0, 8));
	refused(ISO_OK, iso_s2_vacant(s, 12, MB2 - 12));
	refused(ISO_OK, iso_s2_vacant(s, 3 * MB2, ALL - 3 * MB2));
	ok(iso_s2_unmap(s, MB2 + 7, 1));
	refused(ISO_OK, iso_s2_vacant(s, MB2 + 7, 1));
	refused(ISO_DENIED, iso_s2_vacant(s, MB2 + 6, 2));
}

/* -- iso_s2_map ------------------------------------------------------------ */

TestSuite(s2_map, .init = start);

static void no_frames(uint64_t frame, uint64_t n)
{
	refused(ISO_INVALID, map(0, n, frame));
}

Test(s2_map, invalid_argument)
{
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID, map(not_run[i].ip, not_run[i].n, 0));
	for (size_t i = 0; i < COUNT(not_attr); i++)
		refused(ISO_INVALID, iso_s2_map(s, 0, 1, 0, not_attr[i]));
	no_frames(END, 1);
	no_frames(END - 1, 2);
	no_frames(END - MB2, MB2 + 1);
	no_frames(UINT64_MAX, 1);
	no_frames(UINT64_MAX, 2);
	no_frames(1ull << 52, 1);
	for (uint32_t t = 0; t < TABLES; t++)
		no_frames(BASE + t, 1);
	no_frames(BASE - 1, 2);
	no_frames(BASE - 1, TABLES + 2);
	no_frames(BASE + TABLES - 1, 2);
	ok(map(0, 1, BASE - 1));
	ok(map(1, 1, BASE + TABLES));
	ok(map(2, 2, END - 2));
	/* what is wrong in itself is said before what is there */
	refused(ISO_INVALID, map(0, 1, END));
}

Test(s2_map, denied_mapped)
{
	ok(map(8, 4, 8));
	ok(map(MB2, MB2, MB2));
	refused(ISO_DENIED, map(8, 1, 100));
	refused(ISO_DENIED, map(11, 1, 100));
	refused(ISO_DENIED, map(7, 2, 100));
	refused(ISO_DENIED, map(11, 2, 100));
	refused(ISO_DENIED, map(0, 16, 100));
	refused(ISO_DENIED, map(8, 4, 8));
	refused(ISO_DENIED, map(MB2 + 1, 1, 100));
	refused(ISO_DENIED, map(2 * MB2 - 1, 2, 100));
	refused(ISO_DENIED, map(12, MB2, 100));
	/* also when no table would do */
	refused(ISO_DENIED, map(0, GB1, 1));
	ok(map(7, 1, 100));
	ok(map(12, 1, 100));
}

Test(s2_map, no_memory_pool)
{
	const uint32_t n = TABLES * MB2; /* a table for each 2 MiB */

	ok(map(GB1 - 1, 1, 9));
	before = pool;
	cr_assert_eq(map(0, n, 1), ISO_NO_MEMORY);
	cr_assert_eq(s->nfree, before.s2.nfree);
	at(0, n, 0, 0);
	at(GB1 - 1, 1, 9, ISO_PERM_RW);
	cr_assert_geq(flushes, 1);
	/* the tables are there again, as many as this needs */
	ok(map(0, s->nfree * MB2, 1));
	cr_assert_eq(s->nfree, 0);
	/* full, though not for what needs no table */
	refused(ISO_NO_MEMORY, map(GB1, 1, 1));
	refused(ISO_DENIED, map(GB1 - 1, 1, 1));
	ok(map(GB1 - 2, 1, 1));
	ok(map(GB1, GB1, 0));
}

Test(s2_map, ok_blocks)
{
	ok(map(0, GB1, 2 * GB1));
	cr_assert_eq(s->nfree, TABLES - 2);
	ok(map(GB1, 3 * MB2, 3 * MB2));
	cr_assert_eq(s->nfree, TABLES - 3);
	/* the pages are aligned, the frames not */
	ok(map(2 * GB1, MB2, MB2 + 1));
	cr_assert_eq(s->nfree, TABLES - 5);
	/* pages, a block, pages */
	ok(map(3 * GB1 - 1, MB2 + 2, MB2 - 1));
	cr_assert_eq(s->nfree, TABLES - 8);
	at(0, GB1, 2 * GB1, ISO_PERM_RW);
	at(GB1, 3 * MB2, 3 * MB2, ISO_PERM_RW);
	at(2 * GB1, MB2, MB2 + 1, ISO_PERM_RW);
	at(3 * GB1 - 1, MB2 + 2, MB2 - 1, ISO_PERM_RW);
	at(3 * GB1 + MB2 + 1, 4, 0, 0);
	cr_assert_eq(flushes, 0);
}

Test(s2_map, ok_attributes)
{
	for (uint32_t layout = 0; layout < 2; layout++) {
		give(layout);
		ok(iso_s2_init(s));
		for (uint32_t a = 1; a < 16; a += 2) {
			ok(iso_s2_map(s, a, 1, a, a));
			ok(iso_s2_map(s, a * MB2, MB2, a * MB2, a));
			at(a, 1, a, a);
			at(a * MB2, MB2, a * MB2, a);
		}
	}
}

/* -- iso_s2_merge ---------------------------------------------------------- */

TestSuite(s2_merge, .init = start);

Test(s2_merge, invalid_page)
{
	for (uint64_t k = 0; k < 64; k++)
		refused(ISO_INVALID, iso_s2_merge(s, ALL + (1ull << k) - 1));
	refused(ISO_INVALID, iso_s2_merge(s, UINT64_MAX));
	refused(ISO_DENIED, iso_s2_merge(s, ALL - 1));
}

/* MB2 pages that are a table, not a block */
static void map_parts(uint64_t ip, uint64_t frame)
{
	ok(map(ip, 1, frame));
	ok(map(ip + 1, MB2 - 1, frame + 1));
}

/* one root table, of that height */
static void start_at(uint32_t layout, uint32_t top)
{
	give(layout);
	s->top = top;
	s->nroots = 1;
	ok(iso_s2_init(s));
}

/* no root becomes a block, and none is larger than 1 GiB */
static void no_larger_block(uint32_t layout)
{
	for (uint32_t top = 0; top < 3; top++) {
		start_at(layout, top);
		ok(map(0, 512ull << 9 * top, 1ull << 30));
		refused(ISO_DENIED, iso_s2_merge(s, 0));
	}
	start_at(layout, 3);
	ok(map(0, 512ull * GB1, 1ull << 30));
	refused(ISO_DENIED, iso_s2_merge(s, 0));
}

Test(s2_merge, denied_no_parts)
{
	/* nothing there, or a block already */
	refused(ISO_DENIED, iso_s2_merge(s, 0));
	ok(map(GB1, GB1, 0));
	refused(ISO_DENIED, iso_s2_merge(s, GB1));
	/* a page is missing: the first, the last, or another */
	ok(map(1, MB2 - 1, 1));
	refused(ISO_DENIED, iso_s2_merge(s, 1));
	ok(map(MB2, MB2 - 1, MB2));
	refused(ISO_DENIED, iso_s2_merge(s, MB2));
	/* is somewhere else */
	ok(map(2 * MB2 - 1, 1, 2 * MB2));
	refused(ISO_DENIED, iso_s2_merge(s, MB2));
	ok(map(0, 1, 1));
	refused(ISO_DENIED, iso_s2_merge(s, 0));
	/* all are in a row, from a frame where no block begins */
	ok(map(2 * MB2, MB2, 1));
	refused(ISO_DENIED, iso_s2_merge(s, 2 * MB2));
	/* other rights, or no ordinary memory */
	map_parts(3 * MB2, 3 * MB2);
	ok(iso_s2_protect(s, 4 * MB2 - 1, 1, ISO_PERM_R));
	refused(ISO_DENIED, iso_s2_merge(s, 3 * MB2));
	ok(map(4 * MB2, 8, 0));
	ok(iso_s2_map(s, 4 * MB2 + 8, MB2 - 8, 8,
		      ISO_PERM_RW | ISO_S2_DEVICE));
	refused(ISO_DENIED, iso_s2_merge(s, 4 * MB2));
	cr_assert_eq(flushes, 1);
	no_larger_block(ISO_S2_ARM64);
	no_larger_block(ISO_S2_EPT);
}

Test(s2_merge, ok_block)
{
	for (uint64_t k = 0; k < MB2; k += 73) {
		start();
		map_parts(7 * MB2, 3 * MB2);
		cr_assert_eq(s->nfree, TABLES - 2 - 2);
		ok(iso_s2_merge(s, 7 * MB2 + k));
		at(7 * MB2, MB2, 3 * MB2, ISO_PERM_RW);
		at(8 * MB2, 1, 0, 0);
		at(7 * MB2 - 1, 1, 0, 0);
		cr_assert_eq(s->nfree, TABLES - 2 - 1);
		cr_assert_eq(flushes, 1);
		refused(ISO_DENIED, iso_s2_merge(s, 7 * MB2));
	}
}

Test(s2_merge, ok_attributes)
{
	for (uint32_t layout = 0; layout < 2; layout++) {
		give(layout);
		ok(iso_s2_init(s));
		for (uint32_t a = 1; a < 16; a += 2) {
			ok(iso_s2_map(s, a * MB2, 7, a * MB2, a));
			ok(iso_s2_map(s, a * MB2 + 7, MB2 - 7, a * MB2 + 7, a));
			ok(iso_s2_merge(s, a * MB2 + 8));
			at(a * MB2, MB2, a * MB2, a);
		}
		cr_assert_eq(s->nfree, TABLES - s->nroots - 1);
	}
}

Test(s2_merge, ok_two_at_once)
{
	ok(map(GB1, GB1, 5 * GB1));
	ok(iso_s2_unmap(s, GB1 + 9 * MB2 + 9, 1));
	cr_assert_eq(s->nfree, TABLES - 2 - 2);
	refused(ISO_DENIED, iso_s2_merge(s, GB1));
	refused(ISO_DENIED, iso_s2_merge(s, GB1 + 9 * MB2));
	ok(map(GB1 + 9 * MB2 + 9, 1, 5 * GB1 + 9 * MB2 + 9));
	/* the other parts are blocks already, and one is not yet */
	refused(ISO_DENIED, iso_s2_merge(s, GB1));
	flushes = 0;
	ok(iso_s2_merge(s, GB1 + 9 * MB2));
	cr_assert_eq(s->nfree, TABLES - 2);
	cr_assert_eq(flushes, 2);
	at(GB1, GB1, 5 * GB1, ISO_PERM_RW);
	/* which the pool has for others, zeroed */
	for (uint32_t i = 0; i < 2 * 512; i++)
		cr_assert_eq(s->table[s->spare[s->nfree - 1 - i / 512]]
				     .e[i % 512], 0);
}

/* -- iso_s2_protect -------------------------------------------------------- */

TestSuite(s2_protect, .init = start);

Test(s2_protect, invalid_argument)
{
	ok(map(0, 16, 0));
	for (size_t i = 0; i < COUNT(not_run); i++)
		refused(ISO_INVALID, iso_s2_protect(s, not_run[i].ip,
						    not_run[i].n, ISO_PERM_R));
	for (size_t i = 0; i < COUNT(not_rights); i++)
		refused(ISO_INVALID, iso_s2_protect(s, 0, 1, not_rights[i]));
	/* before whether the page is there */
	refused(ISO_INVALID, iso_s2_protect(s, 16, 1, 0));
	ok(iso_s2_protect(s, 0, 1, ISO_PERM_R));
}

Test(s2_protect, denied_not_mapped)
{
	ok(map(8, 4, 8));
	ok(map(MB2, MB2, MB2));
	refused(ISO_DENIED, iso_s2_protect(s, 7, 1, ISO_PERM_R));
	refused(ISO_DENIED, iso_s2_protect(s, 7, 2, ISO_PERM_R));
	refused(ISO_DENIED, iso_s2_protect(s, 11, 2, ISO_PERM_R));
	refused(ISO_DENIED, iso_s2_protect(s, 0, ALL, ISO_PERM_R));
	refused(ISO_DENIED, iso_s2_protect(s, MB2 + 1, MB2, ISO_PERM_R));
	ok(iso_s2_protect(s, 8, 4, ISO_PERM_R));
}

/* map blocks of 1 GiB, and use up the pool but for some tables */
static void leave(uint32_t tables)
{
	ok(map(0, 2 * GB1, 0));
	ok(map(3 * GB1, (s->nfree - 1 - tables) * MB2, 1));
	cr_assert_eq(s->nfree, tables);
}

Test(s2_protect, no_memory_pool)
{
	leave(0);
	refused(ISO_NO_MEMORY, iso_s2_protect(s, 1, 1, ISO_PERM_R));
	refused(ISO_NO_MEMORY, iso_s2_protect(s, 0, MB2, ISO_PERM_R));
	ok(iso_s2_protect(s, 0, GB1, ISO_PERM_RX));
	at(0, GB1, 0, ISO_PERM_RX);
	/* a block may be split in vain, which no translation shows */
	for (uint32_t left = 1; left < 4; left++) {
		start();
		leave(left);
		cr_assert_eq(iso_s2_protect(s, 1, GB1, ISO_PERM_R),
			     ISO_NO_MEMORY);
		at(0, 2 * GB1, 0, ISO_PERM_RW);
	}
	start();
	leave(4);
	ok(iso_s2_protect(s, 1, GB1, ISO_PERM_R));
	at(1, GB1, 1, ISO_PERM_R);
	at(GB1 + 1, GB1 - 1, GB1 + 1, ISO_PERM_RW);
}

Test(s2_protect, ok_splits_at_the_ends)
{
	ok(iso_s2_map(s, 0, GB1, GB1, ISO_PERM_RX | ISO_S2_DEVICE));
	ok(iso_s2_protect(s, MB2 + 1, 1, ISO_PERM_RW));
	cr_assert_eq(s->nfree, TABLES - 2 - 2);
	at(0, MB2 + 1, GB1, ISO_PERM_RX | ISO_S2_DEVICE);
	at(MB2 + 1, 1, GB1 + MB2 + 1, ISO_PERM_RW | ISO_S2_DEVICE);
	at(MB2 + 2, GB1 - MB2 - 2, GB1 + MB2 + 2, ISO_PERM_RX | ISO_S2_DEVICE);
	/* once a split, and once for the rights */
	cr_assert_eq(flushes, 3);
}

/* -- descriptors ----------------------------------------------------------- */

/* Pages with attributes 1, 3 .. 15. Arm DDI 0487, D8.3: accessed, inner
 * shareable, write-back or Device-nGnRE. Intel SDM, volume 3, 29.3: write-back or
 * uncached, and the PAT is not ignored. */
#define XN (1ull << 54)
static const uint64_t page_bits[2][8] = {
	{ XN | 0x77f, XN | 0x7ff, 0x77f, 0x7ff,
	  XN | 0x747, XN | 0x7c7, 0x747, 0x7c7 },
	{ 0x31, 0x33, 0x35, 0x37, 0x1, 0x3, 0x5, 0x7 },
};

static uint64_t leaf(uint64_t frame, uint32_t attr, int block)
{
	const uint64_t d = page_bits[s->layout][attr / 2] | frame << 12;

	return !block ? d : s->layout == ISO_S2_EPT ? d | 0x80 : d & ~2ull;
}

/* the table that an entry leads to, whose other bits are as the manuals say */
static uint32_t under(uint32_t t, uint64_t i)
{
	const uint64_t d = s->table[t].e[i];
	const uint64_t c = (d >> 12) - BASE;

	cr_assert_eq(d & 0xfff, s->layout == ISO_S2_EPT ? 7 : 3);
	cr_assert_lt(c, TABLES);
	return (uint32_t)c;
}

static void entry_is(uint32_t t, uint64_t i, uint64_t d)
{
	cr_assert_eq(s->table[t].e[i], d, "%llx, not %llx",
		     (unsigned long long)s->table[t].e[i],
		     (unsigned long long)d);
}

static void descriptors(uint32_t a)
{
	const uint64_t f = END - GB1; /* with the highest bits of a frame */

	ok(iso_s2_map(s, a * GB1, GB1, f, a));
	entry_is(0, a, leaf(f, a, 1));
	ok(iso_s2_map(s, MB2 * a, MB2, f + MB2, a));
	entry_is(under(0, 0), a, leaf(f + MB2, a, 1));
	ok(iso_s2_map(s, a, 1, END - a, a));
	entry_is(under(under(0, 0), 0), a, leaf(END - a, a, 0));
	/* rights anew, and what is left of a block */
	ok(iso_s2_protect(s, a, 1, ISO_PERM_RX));
	entry_is(under(under(0, 0), 0), a,
		 leaf(END - a, (a & ISO_S2_DEVICE) | ISO_PERM_RX, 0));
	ok(iso_s2_unmap(s, a * GB1 + 7, 1));
	entry_is(under(0, a), 511, leaf(f + 511 * MB2, a, 1));
	entry_is(under(under(0, a), 0), 8, leaf(f + 8, a, 0));
	ok(iso_s2_unmap(s, a * GB1, GB1));
}

Test(s2_map, ok_descriptors)
{
	for (uint32_t layout = 0; layout < 2; layout++) {
		start_at(layout, 2);
		for (uint32_t a = 1; a < 16; a += 2)
			descriptors(a);
	}
}
