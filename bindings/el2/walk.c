/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the hardware see what the tables say? Random calls of iso_s2_map, unmap
 * and protect, each followed by iso_s2_merge, on AArch64 tables, for each height
 * of the root, and destroy in the end; after them, EL1 reads, writes and runs
 * pages, and each access succeeds or faults as the calls say. What codes they
 * answer is no matter here: tests/stage2.c and stage2_merge.c know. For QEMU's
 * virt machine, at EL2: exits with 0 when all is well, with 1 when an access was
 * not as it should be.
 */
#include <stdint.h>

#include <iso/status.h>

#include "rng.h"
#include "stage2.h"
#include "stage2_spec.h"

#define ROUNDS 400u /* of calls, for each root */
#define PROBES 24u  /* before each of them, which fills the TLB, and after */
#define TABLES 64u
#define VM 1u

/* RAM that EL1 may come to see: each page has its number, then `hvc #0`. A
 * block of 1 GiB may begin here, and has RAM where it is looked at */
#define DATA 0x80000u
#define DATA_PAGES 0x8000u
#define HVC 0xd4000002u
#define WRITTEN 0x1234567800000000u

/* EL1's pages of interest: windows, each with tables of its own, from a page on
 * where a block may begin; EL1's code is before the first one */
#define WINDOWS 6u
#define WINDOW 2048u
#define CODE 511u
#define MB2 512u
#define GB1 262144u

/* syndromes: what EL1 did, and, of an abort, why it may not */
#define EC_HVC 0x16u
#define EC_FETCH 0x20u
#define EC_DATA 0x24u
#define TRANSLATION 1u
#define PERMISSION 3u

uint64_t el1_run(uint64_t pc, uint64_t x0, uint64_t x1);
void el2_print(const char *text);
int main(void);
extern volatile uint64_t el1_x1;
extern const char guest_page[];

static struct iso_s2_table table[TABLES] __attribute__((aligned(65536)));
static struct iso_s2_meta meta[TABLES];
static uint32_t spare[TABLES];
static struct iso_s2 s2;

static struct page {
	uint32_t frame;
	uint32_t attr; /* 0: not mapped */
} page[WINDOWS][WINDOW];
static uint64_t window_at[WINDOWS];
/* calls: unmap, map, protect; accesses: read, write, run */
static uint64_t done[3], refused[3], giant, through[3], faulted[3], merged;

void iso_port_s2_flush(uint32_t vm)
{
	if (vm == VM)
		__asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\t"
				 "isb" ::: "memory");
}

void iso_port_s2_publish(void)
{
	__asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

static void use_tables(void)
{
	/* addresses: a page, the heights, and the tables side by side */
	const uint64_t bits = 12 + 9 * (s2.top + 1) +
			      (uint64_t)__builtin_ctz(s2.nroots);
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

/* one access by EL1: 0 read, 1 write, 2 run; the syndrome */
static uint64_t access(uint32_t how, uint64_t ip, uint64_t off)
{
	const uint64_t code = (uint64_t)CODE << 12;

	if (how == 2)
		return el1_run((ip << 12) + 8, 0, 0);
	return el1_run(code + 8 * how, (ip << 12) + off, WRITTEN + ip);
}

/* did the access go through, or fault for the one reason that there was */
static int as_expected(uint64_t syndrome, uint32_t how, int may, int mapped)
{
	const uint64_t class = syndrome >> 26, status = syndrome & 0x3f;

	if (may)
		return class == EC_HVC;
	return class == (how == 2 ? EC_FETCH : EC_DATA) &&
	       status >> 2 == (mapped ? PERMISSION : TRANSLATION);
}

static uint64_t *ram(uint64_t frame, uint64_t off)
{
	return (uint64_t *)(uintptr_t)((frame << 12) + off);
}

/* an access to page i of window w */
struct probe {
	uint32_t how, w;
	uint64_t i;
};

static int probe(const struct probe *a)
{
	const struct page *p = &page[a->w][a->i];
	const uint64_t ip = window_at[a->w] + a->i;
	const uint32_t how = a->how;
	const int may = p->attr >> how & 1;

	/* the architecture does not say what running device memory does */
	if (how == 2 && p->attr >= ISO_S2_DEVICE)
		return 1;
	if (how == 1 && p->attr)
		*ram(p->frame, 2048) = 0;
	if (!as_expected(access(how, ip, how == 1 ? 2048 : 0), how, may,
			 p->attr != 0))
		return 0;
	(may ? through : faulted)[how]++;
	if (how == 0 && may)
		return el1_x1 == p->frame;
	if (how == 1 && p->attr)
		return *ram(p->frame, 2048) == (may ? WRITTEN + ip : 0);
	return 1;
}

struct call {
	uint32_t what; /* 0 unmap, 1 map, 2 protect */
	uint32_t w;    /* a window, its page i, and n pages */
	uint64_t i, n, f;
	uint32_t x;
};

static struct call some_call(void)
{
	static const uint32_t some[] = { 1, 2, 511, 512, 1024, 2048 };
	const uint64_t align = word() & 1 ? MB2 : 1;
	struct call c;

	c.what = (uint32_t)(word() % 3);
	c.w = (uint32_t)(word() % WINDOWS);
	c.i = word() % WINDOW / align * align;
	c.n = some[word() % 6];
	if (c.n > WINDOW - c.i)
		c.n = WINDOW - c.i;
	c.f = DATA + word() % (DATA_PAGES - WINDOW) / align * align;
	c.x = (uint32_t)(word() & (c.what == 1 ? 14 : 6)) | 1u;
	/* or all of a block of 1 GiB, of which the window is a part */
	if (s2.top >= 2 && word() % 8 == 0) {
		c.i = 0;
		c.n = GB1;
		c.f = DATA;
	}
	return c;
}

/* the pages, after the call was done */
static void apply(const struct call *c)
{
	for (uint64_t k = c->i; k < c->i + c->n && k < WINDOW; k++) {
		struct page *p = &page[c->w][k];

		if (c->what == 1)
			p->frame = (uint32_t)(c->f + (k - c->i));
		p->attr = c->what == 0 ? 0 : c->what == 1 ? c->x :
			  (p->attr & ISO_S2_DEVICE) | c->x;
	}
	giant += c->what == 1 && c->n == GB1;
}

static int32_t do_call(const struct call *c)
{
	const uint64_t ip = window_at[c->w] + c->i;

	if (c->what == 0)
		return iso_s2_unmap(&s2, ip, c->n);
	if (c->what == 1)
		return iso_s2_map(&s2, ip, c->n, c->f, c->x);
	return iso_s2_protect(&s2, ip, c->n, c->x);
}

/* mostly where something changes, and about its ends */
static struct probe some_probe(uint32_t k, const struct call *c)
{
	struct probe a;

	a.how = (uint32_t)(word() % 3);
	a.w = k < 4 ? (uint32_t)(word() % WINDOWS) : c->w;
	a.i = k < 8 ? word() % WINDOW : (c->i + word() % (c->n + 4)) % WINDOW;
	return a;
}

static int call(void)
{
	const struct call c = some_call();
	struct probe a[PROBES];
	int32_t r;

	for (uint32_t k = 0; k < PROBES; k++) {
		a[k] = some_probe(k, &c);
		if (!probe(&a[k]))
			return 0;
	}
	r = do_call(&c);
	(r == ISO_OK ? done : refused)[c.what]++;
	if (r == ISO_OK)
		apply(&c);
	/* by which no access may change */
	merged += iso_s2_merge(&s2, window_at[c.w] + c.i) == ISO_OK;
	for (uint32_t k = 0; k < PROBES; k++)
		if (!probe(&a[k]))
			return 0;
	return 1;
}

/* not even EL1's code is there */
static int nothing(void)
{
	const uint64_t ip = window_at[word() % WINDOWS] + word() % WINDOW;
	const uint64_t syndrome = access((uint32_t)(word() % 3), ip, 0);

	return syndrome >> 26 == EC_FETCH &&
	       (syndrome & 0x3f) >> 2 == TRANSLATION;
}

static int destroy(void)
{
	int32_t r;

	do {
		r = iso_s2_destroy(&s2, 1 + (uint32_t)(word() % 8));
		for (uint32_t k = 0; k < PROBES; k++)
			if (!nothing())
				return 0;
	} while (r == ISO_RETRY);
	return r == ISO_OK;
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
		window_at[w] = top >= 2 ? GB1 * (1 + w * (all / GB1 / 8)) :
					  MB2 + w * (all / 8);
		for (uint32_t i = 0; i < WINDOW; i++)
			page[w][i].attr = 0;
	}
	if (iso_s2_map(&s2, CODE, 1, (uint64_t)(uintptr_t)guest_page >> 12,
		       1 | 4) != ISO_OK)
		return 0;
	for (uint32_t i = 0; i < ROUNDS; i++)
		if (!call())
			return 0;
	return destroy();
}

static int all_seen(void)
{
	for (uint32_t i = 0; i < 3; i++)
		if (!done[i] || !(refused[i] || i == 0) || !through[i] ||
		    !faulted[i]) /* here there are tables to unmap anything */
			return 0;
	return giant != 0 && merged != 0;
}

int main(void)
{
	static const uint8_t roots[] = { 1, 2, 4, 8, 16 };

	rng = 0x9e3779b97f4a7c15u;
	/* on hardware with caches these stores would have to reach memory */
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
