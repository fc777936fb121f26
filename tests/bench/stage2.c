/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE

/*
 * What the calls on stage-2 tables cost, beside the same on plain.c's tables
 * and beside a memset of the tables in use. A call that answers wrongly ends
 * the run, and so do tables that differ.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <iso/tx.h>

#include "bench.h"
#include "plain.h"
#include "stage2.h"
#include "stage2_spec.h"

#define TABLES 2048u
#define BASE 0x40000u /* the frame of table 0 */
#define TOP 3u        /* 4 levels */
#define BLOCKS 256u   /* that are split and merged */
#define BATCH 65536u  /* pages a sample should touch at least */

/* where the frames are: pages that make no block, and blocks of 2 MiB */
static const struct variant {
	const char *name;
	uint64_t frame;
	uint32_t least; /* pages of a run */
} variants[] = {
	{ "4 KiB", 0x1000001, 1 },
	{ "2 MiB", 0x1000200, 512 },
};
static const uint32_t runs[] = { 1, 16, 512, 16384, 262144 };

/* VMSAv8-64: read, write, never run, normal memory, shareable, accessed */
#define BITS_R (1ull << 6 | 1ull << 54)
#define BITS_RW (3ull << 6 | 1ull << 54)
#define BITS_REST (15u << 2 | 3u << 8 | 1u << 10)

enum { MAP, PROTECT, QUERY, UNMAP, OPS };
static const char *const names[] = { "map", "protect", "query", "unmap" };

static struct iso_s2 s2;
static struct plain plain;
static double iso_ns[OPS][ROUNDS_MAX], plain_ns[OPS][ROUNDS_MAX];
static double memset_ns[ROUNDS_MAX], ratio[ROUNDS_MAX];
static double split_ns[ROUNDS_MAX], merge_ns[ROUNDS_MAX];
static volatile uint64_t sum; /* of what was asked, so that it is */

/* one CPU, and no guest runs: what TLBs and barriers cost is the machine's */
void iso_port_s2_flush(uint32_t vm)
{
	(void)vm;
	barrier();
}

void iso_port_s2_publish(void)
{
	barrier();
}

static void open_tables(void)
{
	s2.table = reserve(TABLES * sizeof(*s2.table), "tables");
	s2.meta = reserve(TABLES * sizeof(*s2.meta), "tables");
	s2.spare = reserve(TABLES * sizeof(*s2.spare), "tables");
	s2.base = BASE;
	s2.ntables = TABLES;
	s2.nroots = 1;
	s2.top = TOP;
	s2.layout = ISO_S2_ARM64;
	expect("s2_init", iso_s2_init(&s2));
	plain.table = reserve(TABLES * sizeof(*plain.table), "tables");
	plain.used = reserve(TABLES * sizeof(*plain.used), "tables");
	plain.spare = reserve(TABLES * sizeof(*plain.spare), "tables");
	plain.base = BASE;
	plain.top = TOP;
	plain_init(&plain, TABLES);
}

static void iso_op(int op, uint64_t ip, uint64_t n, uint64_t frame)
{
	uint64_t got = 0;

	switch (op) {
	case MAP:
		expect("s2_map", iso_s2_map(&s2, ip, n, frame, ISO_PERM_RW));
		break;
	case PROTECT:
		expect("s2_protect", iso_s2_protect(&s2, ip, n, ISO_PERM_R));
		break;
	case QUERY:
		for (uint64_t k = 0; k < n; k++)
			got += iso_s2_query(&s2, ip + k).frame;
		sum += got;
		break;
	default:
		expect("s2_unmap", iso_s2_unmap(&s2, ip, n));
	}
}

static void plain_op(int op, uint64_t ip, uint64_t n, uint64_t frame)
{
	uint64_t got = 0, off;

	switch (op) {
	case MAP:
		expect("plain_map", plain_map(&plain, ip, n, frame,
					      BITS_RW | BITS_REST));
		break;
	case PROTECT:
		expect("plain_protect", plain_protect(&plain, ip, n, BITS_R));
		break;
	case QUERY:
		for (uint64_t k = 0; k < n; k++) {
			const uint64_t d = plain_query(&plain, ip + k, &off);

			got += (d >> 12 & 0xfffffffff) + off;
		}
		sum += got;
		break;
	default:
		plain_unmap(&plain, ip, n);
	}
}

typedef void (*operation)(int op, uint64_t ip, uint64_t n, uint64_t frame);

/* some samples are longer than a time slice: not what others do meanwhile */
static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* reps runs of n pages, one after the other; nanoseconds a page */
static double time_op(operation f, int op, uint32_t n, uint32_t reps,
		      const struct variant *v)
{
	const double start = cpu_ns();

	for (uint64_t i = 0; i < reps; i++) {
		f(op, i * n, n, v->frame + i * n);
		barrier();
	}
	return (cpu_ns() - start) / reps / n;
}

static double time_memset(uint32_t tables, uint32_t pages)
{
	static struct iso_s2_table scratch[TABLES];
	double start;

	memset(scratch, 0, tables * sizeof(scratch[0]));
	barrier();
	start = cpu_ns();
	memset(scratch, 0, tables * sizeof(scratch[0]));
	barrier();
	return (cpu_ns() - start) / pages;
}

/* both have the same pages, as descriptors */
static void compare(uint64_t pages)
{
	for (uint64_t ip = 0; ip < pages; ip++) {
		const struct iso_s2_to to = iso_s2_query(&s2, ip);
		uint64_t off, d = plain_query(&plain, ip, &off);

		if (!to.mapped || d == 0 || to.attr != ISO_PERM_RW ||
		    to.frame != (d >> 12 & 0xfffffffff) + off)
			die("stage 2", "the tables differ");
	}
	if (s2.nfree != plain.nfree)
		die("stage 2", "the numbers of tables differ");
}

static void sample(unsigned i, uint32_t n, uint32_t reps,
		   const struct variant *v)
{
	for (int op = 0; op < OPS; op++) {
		/* whoever is first finds other caches */
		if (i % 2)
			iso_ns[op][i] = time_op(iso_op, op, n, reps, v);
		plain_ns[op][i] = time_op(plain_op, op, n, reps, v);
		if (i % 2 == 0)
			iso_ns[op][i] = time_op(iso_op, op, n, reps, v);
	}
}

static void print_row(int op, const struct variant *v, uint32_t n,
		      double bytes)
{
	double ns, base, zero;

	for (unsigned i = 0; i < rounds; i++)
		ratio[i] = iso_ns[op][i] / plain_ns[op][i];
	ns = median(iso_ns[op], rounds);
	base = median(plain_ns[op], rounds);
	zero = median(memset_ns, rounds);
	if (json)
		printf("%s\n  {\"what\": \"%s\", \"granule\": \"%s\", "
		       "\"pages\": %" PRIu32 ", \"ns_page\": %.4f, "
		       "\"plain_ns_page\": %.4f, \"ratio\": %.4f, "
		       "\"memset_ns_page\": %.4f, \"ratio_memset\": %.3f, "
		       "\"table_bytes_page\": %.4f}",
		       first_row ? "" : ",", names[op], v->name, n, ns, base,
		       median(ratio, rounds), zero, ns / zero, bytes);
	else
		printf("%-8s %-6s %7" PRIu32 " %9.3f %9.3f %7.2f %9.4f %8.1f "
		       "%9.4f\n", names[op], v->name, n, ns, base,
		       median(ratio, rounds), zero, ns / zero, bytes);
	first_row = false;
	fflush(stdout);
}

static void bench_run(const struct variant *v, uint32_t n)
{
	const uint32_t reps = n < BATCH ? BATCH / n : 1;
	const uint32_t pages = reps * n;
	uint32_t tables;

	for (uint32_t i = 0; i < reps; i++) {
		iso_op(MAP, (uint64_t)i * n, n, v->frame + (uint64_t)i * n);
		plain_op(MAP, (uint64_t)i * n, n, v->frame + (uint64_t)i * n);
	}
	compare(pages);
	tables = TABLES - s2.nfree;
	iso_op(UNMAP, 0, pages, 0);
	plain_op(UNMAP, 0, pages, 0);
	for (unsigned i = 0; i < rounds; i++) {
		memset_ns[i] = time_memset(tables, pages);
		sample(i, n, reps, v);
	}
	for (int op = 0; op < OPS; op++)
		print_row(op, v, n,
			  (double)tables * sizeof(*s2.table) / pages);
}

static void head(void)
{
	const unsigned beside = (unsigned)(sizeof(*s2.meta) +
					   sizeof(*s2.spare));

	if (json) {
		printf("\n ], \"stage2_beside_bytes_table\": %u, \"stage2\": [",
		       beside);
		first_row = true;
		return;
	}
	printf("\nStage-2 tables, AArch64, 4 levels. Nanoseconds and bytes of "
	       "tables are per page;\nbeside a table of 4096 bytes the library "
	       "has %u bytes. plain = the same by code\nthat is not proved; "
	       "memset = of the tables in use. Included: the call's checks,\n"
	       "whether all or no pages are mapped, zeroing of new tables, "
	       "giving back of empty\nones. Not included: flushes of TLBs, "
	       "barriers, locks. A sample is of %u pages\nor more, run after "
	       "run; query asks for each page.\n\n", beside, BATCH);
	printf("%-8s %-6s %7s %9s %9s %7s %9s %8s %9s\n", "call", "by", "pages",
	       "ns", "plain", "ratio", "memset", "ratio", "bytes");
}

/* A block of 2 MiB becomes a table when a page of it gets other rights, and the
 * table a block again when it has them no more. Nanoseconds a block. */
static void time_merge(unsigned i)
{
	double start;

	for (uint64_t b = 0; b < BLOCKS; b++)
		iso_op(MAP, b * 512, 512, variants[1].frame + b * 512);
	start = cpu_ns();
	for (uint64_t b = 0; b < BLOCKS; b++)
		iso_op(PROTECT, b * 512, 1, 0);
	split_ns[i] = (cpu_ns() - start) / BLOCKS;
	for (uint64_t b = 0; b < BLOCKS; b++)
		expect("s2_protect", iso_s2_protect(&s2, b * 512, 1,
						    ISO_PERM_RW));
	start = cpu_ns();
	for (uint64_t b = 0; b < BLOCKS; b++)
		expect("s2_merge", iso_s2_merge(&s2, b * 512));
	merge_ns[i] = (cpu_ns() - start) / BLOCKS;
	iso_op(UNMAP, 0, BLOCKS * 512, 0);
}

static void bench_merge(void)
{
	double split, merge;

	for (unsigned i = 0; i < rounds; i++)
		time_merge(i);
	split = median(split_ns, rounds);
	merge = median(merge_ns, rounds);
	printf(json ? "\n ], \"block\": { \"split_ns\": %.1f, "
		      "\"merge_ns\": %.1f }" :
		      "\nA block of 2 MiB, of which a page gets other rights, "
		      "is split: %.0f ns.\nIts table is merged again: %.0f ns.\n",
	       split, merge);
}

void bench_stage2(void)
{
	open_tables();
	head();
	for (size_t k = 0; k < sizeof(variants) / sizeof(*variants); k++)
		for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
			if (runs[i] >= variants[k].least)
				bench_run(&variants[k], runs[i]);
	bench_merge();
}
