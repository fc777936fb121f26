/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation tables in pages that the keeper owns: the host donates each VM's
 * quota and gets it back scrubbed. Engine, direct port and tables share one RAM,
 * frame numbers are page numbers, and a walker of the test's own reads the
 * entries from that RAM.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include <iso/iso.h>

#include "direct.h"
#include "page.h"
#include "stage2.h"

#define NPAGES 96u
#define NIPA 256u
#define A 1u
#define B 2u
#define MEM(v) (16u * (v)) /* the VM's memory, GUEST pages from its page 0 on */
#define GUEST 16u
#define POOL(v) (56u + 8u * (v)) /* its quota, TABLES pages */
#define TABLES 8u
#define FREE 3u /* a page that is the host's */
#define FAR (1ull << 18) /* pages this far apart have two tables each */
#define NOWHERE UINT64_MAX

struct quota {
	struct iso_s2 s;
	struct iso_s2_meta meta[TABLES];
	uint32_t spare[TABLES];
};

static struct iso_engine engine;
static struct world {
	_Alignas(4096) uint8_t ram[NPAGES * ISO_PAGE_SIZE];
	uint32_t cells[ISO_MAX_VMS * NIPA];
	struct iso_page pages[NPAGES];
	struct iso_vm vms[ISO_MAX_VMS];
	struct quota of[B + 1];
} w, before;

#define answers(want, call) cr_assert_eq((call), (want), #call)
#define ok(call) answers(ISO_OK, call)

/* and nothing has changed: no byte of RAM, no address, no row, no table */
#define refused(want, call)                                               \
	do {                                                              \
		memcpy(&before, &w, sizeof(w));                           \
		answers(want, call);                                      \
		cr_assert_eq(memcmp(&before, &w, sizeof(w)), 0, #call     \
			     " left a trace");                            \
	} while (0)

void iso_port_s2_flush(uint32_t vm)
{
	cr_assert(vm == A || vm == B);
}

void iso_port_s2_publish(void)
{
}

/* -- what hardware does ------------------------------------------------------- */

static uint64_t entry(uint64_t frame, uint64_t ip, uint32_t up)
{
	uint64_t d;

	cr_assert_lt(frame, NPAGES);
	memcpy(&d, w.ram + frame * ISO_PAGE_SIZE + (ip >> 9 * up & 511) * 8, 8);
	return d;
}

/* The page of RAM where v's walk for ip ends: A's tables are VMSAv8-64's (DDI
 * 0487, D8.3), B's are EPT's (SDM, volume 3, 29.3); neither has blocks here. */
static uint64_t walk(uint32_t v, uint64_t ip)
{
	uint64_t at = POOL(v), d;

	for (uint32_t up = v == A ? 3 : 4; up-- > 0;) {
		d = entry(at, ip, up);
		if (v == A ? (d & 3) != 3 : (d & 7) == 0)
			return NOWHERE;
		cr_assert(up == 0 || v == A || (d >> 7 & 1) == 0);
		at = d >> 12 & 0xfffffffffull;
		cr_assert(up == 0 || (at >= POOL(v) && at < POOL(v) + TABLES),
			  "a table of %u is in page %lu", v, (unsigned long)at);
	}
	return at;
}

/* is the page at any address of v */
static int reaches(uint32_t v, uint32_t page)
{
	for (uint32_t ip = 0; ip < NIPA; ip++)
		if (iso_direct_reach(v, ip, ISO_PERM_R) ==
		    w.ram + page * ISO_PAGE_SIZE)
			return 1;
	return 0;
}

/* -- what the hypervisor does ------------------------------------------------- */

/* the run of pages is on its way to the keeper, scrubbed two pages a call */
static void donate(uint32_t page, uint32_t n)
{
	int32_t r;

	ok(iso_tx_open(&engine, ISO_HOST, 0, ISO_DONATE));
	ok(iso_tx_add(&engine, ISO_HOST, 0, page, n));
	ok(iso_tx_grant(&engine, ISO_HOST, 0, ISO_KEEPER, ISO_PERM_RW));
	do
		r = iso_tx_send(&engine, ISO_HOST, 0, 1, 2);
	while (r == ISO_RETRY);
	ok(r);
}

static void give(uint32_t v)
{
	struct quota *q = &w.of[v];

	donate(POOL(v), TABLES);
	ok(iso_tx_retrieve(&engine, ISO_KEEPER, ISO_HOST, 0, POOL(v)));
	q->s = (struct iso_s2){
		.table = (void *)(w.ram + POOL(v) * ISO_PAGE_SIZE),
		.meta = q->meta, .spare = q->spare, .base = POOL(v),
		.ntables = TABLES, .nroots = 1, .top = v == A ? 2 : 3,
		.layout = v == A ? ISO_S2_ARM64 : ISO_S2_EPT, .vm = v,
	};
}

static void make(uint32_t v)
{
	ok(iso_vm_create(&engine, ISO_HOST, v));
	ok(iso_page_assign(&engine, ISO_HOST, v, MEM(v), GUEST, 0));
	give(v);
	ok(iso_s2_init(&w.of[v].s));
	ok(iso_s2_map(&w.of[v].s, 0, GUEST, MEM(v), ISO_PERM_RWX));
	ok(iso_vm_start(&engine, ISO_HOST, v));
}

static void keeper_init(void)
{
	memset(&w, 0, sizeof(w));
	memset(w.ram, 0xee, sizeof(w.ram));
	ok(iso_direct_init(w.ram, NPAGES, w.cells, NIPA));
	ok(iso_engine_init(&engine, w.pages, NPAGES, w.vms));
	ok(iso_vm_create(&engine, ISO_HOST, ISO_KEEPER));
	ok(iso_vm_peer(&engine, ISO_HOST, ISO_HOST, ISO_KEEPER, 1));
	ok(iso_vm_start(&engine, ISO_HOST, ISO_KEEPER));
}

static void quota_init(void)
{
	keeper_init();
	make(A);
	make(B);
	ok(iso_vm_peer(&engine, ISO_HOST, A, B, 1));
	ok(iso_vm_peer(&engine, ISO_HOST, ISO_HOST, A, 1));
}

TestSuite(quota, .init = quota_init);

/* -- the host gives ----------------------------------------------------------- */

Test(quota, is_zero_and_the_keepers, .init = keeper_init)
{
	give(A);
	for (uint32_t p = POOL(A); p < POOL(A) + TABLES; p++) {
		cr_assert(page_is_zero(w.ram, p));
		cr_assert_eq(w.pages[p].owner, ISO_KEEPER);
		cr_assert_eq(w.pages[p].tx, ISO_NO_TX);
		cr_assert_not(reaches(ISO_HOST, p));
	}
	cr_assert(reaches(ISO_HOST, POOL(A) - 1));
	cr_assert(reaches(ISO_HOST, POOL(A) + TABLES));
}

/* the host cannot undo it half way, nor does anybody else get it */
Test(quota, is_nobodys_on_its_way, .init = keeper_init)
{
	make(A);
	ok(iso_vm_peer(&engine, ISO_HOST, ISO_HOST, A, 1));
	donate(POOL(B), TABLES);
	for (uint32_t v = ISO_HOST; v <= A; v++)
		cr_assert_not(reaches(v, POOL(B)));
	refused(ISO_DENIED, iso_tx_retrieve(&engine, A, ISO_HOST, 0, 64));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, POOL(B) + TABLES,
				       1));
	ok(iso_tx_reclaim(&engine, ISO_HOST, 0, 1));
	refused(ISO_DENIED,
		iso_tx_retrieve(&engine, ISO_KEEPER, ISO_HOST, 0, POOL(B)));
}

Test(quota, takes_no_page_of_a_guest)
{
	ok(iso_tx_open(&engine, ISO_HOST, 0, ISO_DONATE));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, MEM(A), 1));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, MEM(B), GUEST));
	/* nor a run of which one page is a guest's, the first or the last */
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, MEM(A) - 2, 3));
	refused(ISO_DENIED,
		iso_tx_add(&engine, ISO_HOST, 0, MEM(B) + GUEST - 1, 2));
	ok(iso_tx_add(&engine, ISO_HOST, 0, MEM(A) - 2, 2));
}

Test(quota, takes_no_page_twice)
{
	ok(iso_tx_open(&engine, ISO_HOST, 0, ISO_DONATE));
	ok(iso_tx_open(&engine, ISO_HOST, 1, ISO_DONATE));
	/* what is in use for A or B */
	for (uint32_t v = A; v <= B; v++) {
		refused(ISO_DENIED,
			iso_tx_add(&engine, ISO_HOST, 0, POOL(v), TABLES));
		refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0,
					       POOL(v) + TABLES - 1, 1));
	}
	/* what is being given, here or elsewhere */
	ok(iso_tx_add(&engine, ISO_HOST, 0, FREE, 2));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, FREE, 2));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 0, FREE + 1, 2));
	refused(ISO_DENIED, iso_tx_add(&engine, ISO_HOST, 1, FREE, 1));
	/* and what is no RAM */
	refused(ISO_INVALID, iso_tx_add(&engine, ISO_HOST, 0, NPAGES, 1));
	refused(ISO_INVALID, iso_tx_add(&engine, ISO_HOST, 0, POOL(B), 0));
}

/* -- while it is in use ------------------------------------------------------- */

Test(quota, has_tables_that_lead_to_the_guests_pages)
{
	for (uint32_t v = A; v <= B; v++) {
		for (uint32_t i = 0; i < GUEST; i++) {
			cr_assert_eq(walk(v, i), MEM(v) + i);
			cr_assert_eq(iso_direct_reach(v, i, ISO_PERM_RWX),
				     w.ram + walk(v, i) * ISO_PAGE_SIZE);
		}
		cr_assert_eq(walk(v, GUEST), NOWHERE);
		cr_assert_eq(walk(v, FAR), NOWHERE);
	}
}

Test(quota, is_reached_by_no_vm)
{
	for (uint32_t p = POOL(A); p < POOL(B) + TABLES; p++)
		for (uint32_t v = 0; v < ISO_KEEPER; v++)
			cr_assert_not(reaches(v, p));
	/* and no guest's tables lead to its own */
	for (uint32_t p = POOL(A); p < POOL(A) + TABLES; p++)
		refused(ISO_INVALID, iso_s2_map(&w.of[A].s, FAR, 1, p,
						ISO_PERM_RW));
	refused(ISO_INVALID, iso_s2_map(&w.of[A].s, FAR, 4, POOL(A) - 3,
					ISO_PERM_R));
}

Test(quota, is_nobodys_to_give)
{
	const uint32_t p = POOL(A) + 1;
	struct iso_page told;

	ok(iso_vm_create(&engine, ISO_HOST, 3));
	refused(ISO_DENIED, iso_page_assign(&engine, ISO_HOST, 3, p, 1, 0));
	for (uint64_t kind = ISO_SHARE; kind <= ISO_DONATE; kind++)
		for (uint32_t v = ISO_HOST; v <= B; v++) {
			ok(iso_tx_open(&engine, v, kind, kind));
			refused(ISO_DENIED, iso_tx_add(&engine, v, kind, p, 1));
			ok(iso_tx_abort(&engine, v, kind));
		}
	refused(ISO_DENIED, iso_page_release(&engine, ISO_HOST, p, 1, 1));
	refused(ISO_DENIED, iso_page_release(&engine, A, p, 1, 1));
	refused(ISO_DENIED, iso_page_query(&engine, A, p, &told));
}

Test(quota, keeper_is_nobodys_to_destroy)
{
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, 1));
	refused(ISO_DENIED,
		iso_vm_destroy(&engine, ISO_HOST, ISO_KEEPER, UINT64_MAX));
	refused(ISO_DENIED, iso_vm_destroy(&engine, A, ISO_KEEPER, 1));
	refused(ISO_DENIED, iso_vm_destroy(&engine, ISO_KEEPER, A, 1));
	refused(ISO_BUSY, iso_vm_create(&engine, ISO_HOST, ISO_KEEPER));
	/* that they are no longer peers takes nothing away */
	ok(iso_vm_peer(&engine, ISO_HOST, ISO_HOST, ISO_KEEPER, 0));
	cr_assert_eq(walk(A, 0), MEM(A));
	cr_assert_not(reaches(ISO_HOST, POOL(A)));
}

/* maps pages so far apart that each takes two tables, until there is none */
static uint32_t fill(uint32_t v)
{
	uint32_t n = 0;

	while (n < TABLES &&
	       iso_s2_map(&w.of[v].s, (n + 1) * FAR, 1, MEM(v), ISO_PERM_R) ==
		       ISO_OK)
		n++;
	return n;
}

/* what the other has, to the last byte */
static void same_but_for(uint32_t v)
{
	const uint32_t u = A + B - v;

	cr_assert_eq(memcmp(&w.of[u], &before.of[u], sizeof(w.of[u])), 0);
	for (uint32_t p = 0; p < NPAGES; p++)
		if (p < POOL(v) || p >= POOL(v) + TABLES)
			cr_assert_eq(memcmp(w.ram + p * ISO_PAGE_SIZE,
					    before.ram + p * ISO_PAGE_SIZE,
					    ISO_PAGE_SIZE), 0);
	cr_assert_eq(memcmp(w.pages, before.pages, sizeof(w.pages)), 0);
	cr_assert_eq(memcmp(w.vms, before.vms, sizeof(w.vms)), 0);
}

static void used_up(uint32_t v)
{
	uint64_t far;

	memcpy(&before, &w, sizeof(w));
	far = (fill(v) + 1) * FAR;
	cr_assert_gt(far, FAR);
	answers(ISO_NO_MEMORY,
		iso_s2_map(&w.of[v].s, far, 1, MEM(v), ISO_PERM_R));
	same_but_for(v);
	/* what was there is there still */
	for (uint64_t at = FAR; at < far; at += FAR)
		cr_assert_eq(walk(v, at), MEM(v));
	cr_assert_eq(walk(v, far), NOWHERE);
	cr_assert_eq(walk(v, GUEST - 1), MEM(v) + GUEST - 1);
}

Test(quota, used_up_shows_nothing_to_another)
{
	const uint32_t room = fill(B);

	ok(iso_s2_unmap(&w.of[B].s, FAR, room * FAR));
	used_up(A);
	/* B has as much room as before */
	cr_assert_eq(fill(B), room);
	for (uint32_t i = 1; i <= room; i++)
		cr_assert_eq(walk(B, i * FAR), MEM(B));
	/* and A has room again when it lets go */
	ok(iso_s2_unmap(&w.of[A].s, FAR, 1));
	ok(iso_s2_map(&w.of[A].s, 9 * FAR, 1, MEM(A) + 1, ISO_PERM_R));
	cr_assert_eq(walk(A, 9 * FAR), MEM(A) + 1);
}

Test(quota, used_up_by_each_alike)
{
	used_up(B);
	used_up(A);
}

/* -- the host has it back ----------------------------------------------------- */

static void end(uint32_t v)
{
	int32_t r;

	do
		r = iso_vm_destroy(&engine, ISO_HOST, v, 5);
	while (r == ISO_RETRY);
	ok(r);
	while ((r = iso_s2_destroy(&w.of[v].s, 3)) == ISO_RETRY)
		cr_assert_eq(walk(v, 0), NOWHERE);
	ok(r);
}

Test(quota, comes_back_scrubbed_in_chunks)
{
	uint32_t n = 0;

	fill(A);
	end(A);
	memset(w.ram + POOL(A) * ISO_PAGE_SIZE, 0x5a, ISO_PAGE_SIZE);
	for (; TABLES - n > 3; n += 3) {
		answers(ISO_RETRY, iso_page_release(&engine, ISO_KEEPER,
						    POOL(A) + n, TABLES - n,
						    3));
		cr_assert(reaches(ISO_HOST, POOL(A) + n + 2));
		cr_assert_not(reaches(ISO_HOST, POOL(A) + n + 3));
	}
	ok(iso_page_release(&engine, ISO_KEEPER, POOL(A) + n, TABLES - n, 3));
	for (uint32_t p = POOL(A); p < POOL(A) + TABLES; p++) {
		cr_assert(page_is_zero(w.ram, p));
		cr_assert_eq(w.pages[p].owner, ISO_HOST);
		cr_assert(reaches(ISO_HOST, p));
	}
	/* B's stays, and these may be given again */
	cr_assert_eq(walk(B, 0), MEM(B));
	cr_assert_eq(w.pages[POOL(B)].owner, ISO_KEEPER);
	refused(ISO_DENIED,
		iso_page_release(&engine, ISO_KEEPER, POOL(A), 1, 1));
	make(A);
	cr_assert_eq(walk(A, 1), MEM(A) + 1);
}
