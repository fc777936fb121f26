/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the hardware see what the tables say? Random calls of iso_s2_map, unmap
 * and protect on AArch64 tables, for each height of the root; after each, EL1
 * reads, writes and runs pages, and each access succeeds or faults as the calls
 * say. For QEMU's virt machine, at EL2: exits with 0 when all is well.
 */
#include <stdint.h>

#include <iso/status.h>

#include "stage2.h"

#define ROUNDS 400u /* of calls, for each root */
#ifndef FLUSH
#define FLUSH 1 /* 0 to see that the check can fail */
#endif
#define PROBES 24u
#define TABLES 64u
#define VM 1u

/* RAM that EL1 may come to see: each page has its number, then `hvc #0` */
#define DATA 0x44000u
#define DATA_PAGES 0x8000u
#define HVC 0xd4000002u

/* EL1's pages of interest: windows, each with tables of its own; the last page
 * before the first one is EL1's code */
#define WINDOWS 6u
#define WINDOW 2048u
#define CODE 511u

/* syndromes */
#define EC_HVC 0x16u
#define EC_FETCH 0x20u
#define EC_DATA 0x24u

uint64_t el1_run(uint64_t pc, uint64_t x0, uint64_t x1);
void el2_print(const char *text);
int main(void);
extern volatile uint64_t el1_x1;
extern const char guest_page[];

static struct iso_s2_table table[TABLES] __attribute__((aligned(65536)));
static struct iso_s2_meta meta[TABLES];
static uint32_t spare[TABLES];
static struct iso_s2 s2;
static uint64_t rng = 0x9e3779b97f4a7c15u;

static struct page {
	uint32_t frame;
	uint32_t attr; /* 0: not mapped */
} page[WINDOWS][WINDOW];
static uint64_t window_at[WINDOWS];
static uint64_t done[3], refused[3], ran[3], faulted[3];

/* xorshift64*, by Sebastiano Vigna */
static uint64_t word(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return rng * 0x2545f4914f6cdd1du;
}

void iso_port_s2_flush(uint32_t vm)
{
	if (vm == VM && FLUSH)
		__asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\t"
				 "isb" ::: "memory");
}

void iso_port_s2_publish(void)
{
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

static void use_tables(void)
{
	const uint32_t more = s2.nroots == 1 ? 0 : s2.nroots == 2 ? 1 :
			      s2.nroots == 4 ? 2 : s2.nroots == 8 ? 3 : 4;
	const uint64_t bits = 12 + 9 * (s2.top + 1) + more;
	/* 48-bit frames, inner shareable write-back walks */
	const uint64_t vtcr = 1ull << 31 | 5ull << 16 | 3u << 12 | 1u << 10 |
			      1u << 8 | (uint64_t)(s2.top - 1) << 6 |
			      (64 - bits);
	const uint64_t vttbr = (uint64_t)VM << 48 | (uint64_t)(uintptr_t)table;
	/* AArch64 at EL1, write-back where stage 1 is off, stage 2 on */
	const uint64_t hcr = 1ull << 31 | 1u << 12 | 1u;

	__asm__ volatile("msr vtcr_el2, %0\n\tmsr vttbr_el2, %1\n\t"
			 "msr hcr_el2, %2\n\tisb"
			 :: "r"(vtcr), "r"(vttbr), "r"(hcr) : "memory");
	iso_port_s2_flush(VM);
}

/* one access by EL1: 0 read, 1 write, 2 run; 1 when it went through */
static int access(uint32_t how, uint64_t ip, uint64_t off)
{
	const uint64_t code = (uint64_t)CODE << 12;
	uint64_t syndrome;

	if (how == 2)
		syndrome = el1_run((ip << 12) + 8, 0, 0);
	else
		syndrome = el1_run(code + 8 * how, (ip << 12) + off,
				   0x1234567800000000u + ip);
	return syndrome >> 26 == EC_HVC;
}

static uint64_t *ram(uint64_t frame, uint64_t off)
{
	return (uint64_t *)(uintptr_t)((frame << 12) + off);
}

static int probe(uint32_t w, uint64_t i)
{
	const struct page *p = &page[w][i];
	const uint64_t ip = window_at[w] + i;
	const uint32_t how = (uint32_t)(word() % 3);
	/* nothing may be run from device memory */
	const uint32_t may = p->attr >> how & 1;
	int got;

	if (how == 2 && p->attr >= ISO_S2_DEVICE)
		return 1;
	if (how == 1 && p->attr)
		*ram(p->frame, 2048) = 0;
	got = access(how, ip, how == 1 ? 2048 : 0);
	if ((uint32_t)got != may)
		return 0;
	ran[how] += may;
	faulted[how] += !may;
	if (how == 0 && got && el1_x1 != p->frame)
		return 0;
	if (how == 1 && p->attr)
		return *ram(p->frame, 2048) ==
		       (got ? 0x1234567800000000u + ip : 0);
	return 1;
}

/* a call, and what it must do to the pages */
static int call(void)
{
	static const uint32_t some[] = { 1, 2, 511, 512, 1024, 2048 };
	const uint32_t w = (uint32_t)(word() % WINDOWS);
	const uint32_t what = (uint32_t)(word() % 3);
	const uint64_t align = word() & 1 ? 512 : 1;
	const uint64_t i = word() % WINDOW / align * align;
	uint64_t n = some[word() % 6];
	const uint64_t f = DATA + word() % (DATA_PAGES - WINDOW) / align * align;
	const uint32_t x = (uint32_t)(word() & (what == 1 ? 14 : 6)) | 1u;
	int32_t r;

	if (n > WINDOW - i)
		n = WINDOW - i;
	if (what == 0)
		r = iso_s2_unmap(&s2, window_at[w] + i, n);
	else if (what == 1)
		r = iso_s2_map(&s2, window_at[w] + i, n, f, x);
	else
		r = iso_s2_protect(&s2, window_at[w] + i, n, x);
	(r == ISO_OK ? done : refused)[what]++;
	for (uint64_t k = i; r == ISO_OK && k < i + n; k++) {
		struct page *p = &page[w][k];

		if (what == 1)
			p->frame = (uint32_t)(f + (k - i));
		p->attr = what == 0 ? 0 : what == 1 ? x : (p->attr & 8) | x;
	}
	for (uint32_t k = 0; k < PROBES; k++) {
		/* mostly where something changed, and about its ends */
		const uint64_t at = k < 8 ? word() % WINDOW :
				    (i + word() % (n + 4)) % WINDOW;

		if (!probe(k < 4 ? (uint32_t)(word() % WINDOWS) : w, at))
			return 0;
	}
	return 1;
}

static int tables(uint32_t top, uint32_t roots)
{
	const uint64_t all = (uint64_t)roots << (9 * (top + 1));

	s2 = (struct iso_s2){ table, meta, spare,
			      (uint64_t)(uintptr_t)table >> 12, TABLES, roots,
			      0, top, ISO_S2_ARM64, VM };
	if (iso_s2_init(&s2) != ISO_OK)
		return 0;
	use_tables();
	for (uint32_t w = 0; w < WINDOWS; w++) {
		window_at[w] = 512 + w * (all / WINDOWS / WINDOW * WINDOW);
		for (uint32_t i = 0; i < WINDOW; i++)
			page[w][i].attr = 0;
	}
	if (iso_s2_map(&s2, CODE, 1, (uint64_t)(uintptr_t)guest_page >> 12,
		       1 | 4) != ISO_OK)
		return 0;
	for (uint32_t i = 0; i < ROUNDS; i++)
		if (!call())
			return 0;
	return 1;
}

static int all_seen(void)
{
	for (uint32_t i = 0; i < 3; i++)
		if (!done[i] || !refused[i] || !ran[i] || !faulted[i])
			return 0;
	return 1;
}

int main(void)
{
	static const uint8_t roots[] = { 1, 2, 4, 8, 16 };

	for (uint64_t p = DATA; p < DATA + DATA_PAGES; p++) {
		*ram(p, 0) = p;
		*ram(p, 8) = HVC;
	}
	for (uint32_t top = 1; top <= 3; top++)
		for (uint32_t r = 0; r < (top == 3 ? 1 : sizeof(roots)); r++)
			if (!tables(top, roots[r])) {
				el2_print("an access is not as the map says\n");
				return 1;
			}
	if (!all_seen()) {
		el2_print("a case was never seen\n");
		return 2;
	}
	el2_print("each access was as the map says\n");
	return 0;
}
