/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a page's way through the engine costs when the engine's port writes
 * stage-2 tables, beside a memset of the same pages.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <iso/iso.h>

#include "bench.h"
#include "tables.h"

#define WINDOW 32768u /* pages of VMs, a half for each: 64 MiB */
#define FIRST 16384u  /* the first of them in RAM */
#define ELSEWHERE 65536u /* the borrower's addresses begin where the host has no
			    RAM, and at a multiple of a block */
#define BATCH 4096u /* pages a sample should touch at least */

enum { HOST, LENDER, BORROWER, FRESH };
enum { SHARE, LEND, ASSIGN, KINDS };
static const char *const names[] = { "share", "lend", "assign" };
static const uint32_t sizes[] = { 1, 16, 512, 16384 };

/* where the VMs have a page: in whole blocks, or so that none fits */
static const struct {
	const char *name;
	uint32_t off;
} granules[] = { { "4 KiB", 1 }, { "2 MiB", 0 } };

struct scene {
	int kind;
	uint32_t off, n, ranges;
};

static struct iso_engine e;
static uint8_t *ram;
static double ns[ROUNDS_MAX], zero[ROUNDS_MAX], ratio[ROUNDS_MAX];

/* all is the LENDER's, but for what ASSIGN gives to FRESH */
static void open_machine(uint32_t off)
{
	const size_t len = (size_t)TABLES_RAM * ISO_PAGE_SIZE;
	static struct iso_page *pages;
	static struct iso_vm *vms;

	if (ram == NULL) {
		ram = reserve(len, "RAM");
		pages = reserve(TABLES_RAM * sizeof(*pages), "page states");
		vms = reserve(ISO_MAX_VMS * sizeof(*vms), "VMs");
		memset(ram + (size_t)FIRST * ISO_PAGE_SIZE, 1,
		       (size_t)WINDOW * ISO_PAGE_SIZE);
	}
	tables_open(ram);
	expect("engine_init", iso_engine_init(&e, pages, TABLES_RAM, vms));
	for (uint64_t v = LENDER; v <= FRESH; v++)
		expect("vm_create", iso_vm_create(&e, HOST, v));
	expect("vm_peer", iso_vm_peer(&e, HOST, LENDER, BORROWER, 1));
	expect("page_assign", iso_page_assign(&e, HOST, LENDER, FIRST,
					      WINDOW / 2, off));
	expect("vm_start", iso_vm_start(&e, HOST, LENDER));
	expect("vm_start", iso_vm_start(&e, HOST, BORROWER));
}

/* every other page, or every other block of them, when there are many ranges */
static void add(const struct scene *s)
{
	const uint32_t n = s->n / s->ranges;

	for (uint32_t r = 0; r < s->ranges; r++)
		expect("tx_add", iso_tx_add(&e, LENDER, 0, FIRST + r * 2 * n,
					    n));
}

static void give(const struct scene *s)
{
	const uint32_t kind = s->kind == LEND ? ISO_LEND : ISO_SHARE;

	expect("tx_open", iso_tx_open(&e, LENDER, 0, kind));
	add(s);
	expect("tx_grant", iso_tx_grant(&e, LENDER, 0, BORROWER, ISO_PERM_RW));
	expect("tx_send", iso_tx_send(&e, LENDER, 0, 0, s->n));
	expect("tx_retrieve", iso_tx_retrieve(&e, BORROWER, LENDER, 0,
					      ELSEWHERE + s->off));
}

static void take_back(const struct scene *s)
{
	expect("tx_relinquish", iso_tx_relinquish(&e, BORROWER, LENDER, 0, 0,
						  s->n));
	expect("tx_reclaim", iso_tx_reclaim(&e, LENDER, 0, s->n));
}

static void want(uint32_t vm, uint32_t ipa, int64_t page)
{
	if (tables_find(vm, ipa) != page)
		die("tables", "a page is not where it should be");
}

/* the tables follow the calls */
static void check(const struct scene *s)
{
	const uint32_t n = s->n / s->ranges, last = FIRST + (n - 1);

	give(s);
	want(BORROWER, ELSEWHERE + s->off + n - 1, last);
	want(LENDER, s->off + n - 1, s->kind == LEND ? -1 : (int64_t)last);
	take_back(s);
	want(BORROWER, ELSEWHERE + s->off + n - 1, -1);
	want(LENDER, s->off + n - 1, last);
}

static double time_cycle(const struct scene *s, uint32_t reps)
{
	const double start = now_ns();

	for (uint32_t i = 0; i < reps; i++) {
		give(s);
		take_back(s);
	}
	return (now_ns() - start) / reps / s->n;
}

/* a VM that is not started is given pages; one that is releases them */
static double time_assign(const struct scene *s, uint32_t reps)
{
	const uint32_t first = FIRST + WINDOW / 2;
	double start, spent;
	int32_t r;

	start = now_ns();
	for (uint32_t i = 0; i < reps; i++)
		expect("page_assign", iso_page_assign(&e, HOST, FRESH,
			first + i * s->n, s->n, s->off + i * s->n));
	spent = now_ns() - start;
	expect("vm_start", iso_vm_start(&e, HOST, FRESH));
	want(FRESH, s->off, first);
	want(HOST, first, -1);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++)
		expect("page_release", iso_page_release(&e, FRESH,
			first + i * s->n, s->n, s->n));
	spent += now_ns() - start;
	want(FRESH, s->off, -1);
	want(HOST, first, first);
	do
		r = iso_vm_destroy(&e, HOST, FRESH, e.npages);
	while (r == ISO_RETRY);
	expect("vm_destroy", r);
	expect("vm_create", iso_vm_create(&e, HOST, FRESH));
	return spent / reps / s->n;
}

/* the pages were written last in the same order, and are as warm */
static double time_memset(const struct scene *s, uint32_t reps)
{
	const uint32_t first = s->kind == ASSIGN ? FIRST + WINDOW / 2 : FIRST;
	const uint32_t runs = s->kind == ASSIGN ? reps : 1;
	const size_t len = (size_t)s->n * ISO_PAGE_SIZE;
	double start = 0;

	for (uint32_t i = 0; i < runs + reps; i++) {
		if (i == runs)
			start = now_ns();
		memset(ram + (size_t)first * ISO_PAGE_SIZE + i % runs * len, 0,
		       len);
		barrier();
	}
	return (now_ns() - start) / reps / s->n;
}

static void print_row(const struct scene *s, const char *granule)
{
	const double t = median(ns, rounds), z = median(zero, rounds);

	if (json)
		printf("%s\n  {\"what\": \"%s\", \"granule\": \"%s\", "
		       "\"pages\": %" PRIu32 ", \"ranges\": %" PRIu32
		       ", \"ns_page\": %.3f, \"memset_ns_page\": %.3f, "
		       "\"ratio\": %.5f}", first_row ? "" : ",",
		       names[s->kind], granule, s->n, s->ranges, t, z,
		       median(ratio, rounds));
	else
		printf("%-8s %-6s %7" PRIu32 " %7" PRIu32 " %10.0f %10.2f "
		       "%10.2f %9.4f\n", names[s->kind], granule, s->n,
		       s->ranges, t * s->n, t, z, median(ratio, rounds));
	first_row = false;
	fflush(stdout);
}

static void measure(const struct scene *s, const char *granule)
{
	const uint32_t reps = s->n < BATCH ? BATCH / s->n : 1;

	if (s->kind != ASSIGN)
		check(s);
	for (unsigned i = 0; i < rounds; i++) {
		zero[i] = time_memset(s, reps);
		ns[i] = s->kind == ASSIGN ? time_assign(s, reps) :
					    time_cycle(s, reps);
		ratio[i] = ns[i] / zero[i];
	}
	print_row(s, granule);
}

static void head(void)
{
	if (json) {
		printf("{\"rounds\": %u, \"cycle\": [", rounds);
		return;
	}
	printf("Cycles through the engine and stage-2 tables of AArch64, four "
	       "levels; the lender\nhas 64 MiB. Medians of %u rounds, each next to "
	       "a memset of the same pages.\n"
	       "share, lend: open, add, grant, send, retrieve, relinquish, "
	       "reclaim. assign: assign,\nrelease. by: whether a guest's addresses "
	       "make blocks of its pages; the host has\nwhat fits.\n"
	       "Included: every check of the calls, each page's owner and "
	       "state, the tables' own\nchecks, their entries written for all "
	       "VMs whose rights change (share: the\nborrower's; lend: both; "
	       "assign: the host's too), new tables zeroed, empty ones\ngiven "
	       "back, for assign the scrub. Not included: traps, locks, TLBs, "
	       "barriers.\nWith 64 ranges (the most a transaction has) each is "
	       "apart from the next.\n\n", rounds);
	printf("%-8s %-6s %7s %7s %10s %10s %10s %9s\n", "cycle", "by", "pages",
	       "ranges", "ns", "ns/page", "memset", "ratio");
}

static void bench_granule(size_t g)
{
	open_machine(granules[g].off);
	for (int kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct scene s = { kind, granules[g].off, sizes[i], 1 };

			measure(&s, granules[g].name);
			s.ranges = 64;
			if (kind != ASSIGN && s.n >= 512 && s.n < WINDOW / 2)
				measure(&s, granules[g].name);
		}
}

int main(int argc, char **argv)
{
	options(argc, argv);
	head();
	for (size_t g = 0; g < sizeof(granules) / sizeof(*granules); g++)
		bench_granule(g);
	if (json)
		puts("\n ]}");
	return 0;
}
