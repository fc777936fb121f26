/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables against a walker of our own, which knows the manuals' bits and
 * nothing of the library: random trees of tables, pages and blocks, for both
 * layouts and each height of the root. What the library finds is what the walker
 * finds, and after pages are unmapped the others are where they were.
 *
 * usage: stage2 [trees [seed]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iso/status.h>

#include "rng.h"
#include "stage2.h"

#define TABLES 96u
#define BASE 0x1234500u /* the frame of table 0 */
#define LEAVES 60u
#define ASKED 200u
#define CALLS 6u
#define VM 7u
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct iso_s2_table table[TABLES];
static struct iso_s2_meta meta[TABLES];
static uint32_t spare[TABLES];
static struct iso_s2 s2;
static uint64_t leaf_at[LEAVES]; /* where there is something, or was */
static uint32_t leaves;
static uint64_t codes[3]; /* of unmapping: done, invalid, no memory */
static uint64_t seen[2][3]; /* pages and blocks found, by layout and height */
static int flushed;

void iso_port_s2_publish(void)
{
}

void iso_port_s2_flush(uint32_t vm)
{
	flushed |= vm == VM;
}

struct found {
	uint64_t frame;
	uint32_t attr;
	uint32_t up; /* height of the entry */
	int mapped;
};

/* Arm DDI 0487, D8.3: a VMSAv8-64 stage 2 descriptor */
static int a64_leaf(uint64_t d, uint32_t level_up, struct found *f)
{
	const uint64_t page = level_up == 0 ? 3 : 1;

	if ((d & 3) != page || level_up > 2)
		return 0;
	f->attr = 1u | ((d >> 7 & 1) ? 2u : 0) | ((d >> 54 & 1) ? 0 : 4u) |
		  ((d >> 2 & 15) == 15 ? 0 : 8u);
	return 1;
}

/* Intel SDM, volume 3, 29.3: an EPT entry */
static int ept_leaf(uint64_t d, uint32_t level_up, struct found *f)
{
	if ((d & 7) == 0 || level_up > 2 ||
	    (level_up > 0 && (d >> 7 & 1) == 0))
		return 0;
	f->attr = (uint32_t)(d & 7) | ((d >> 3 & 7) == 6 ? 0 : 8u);
	return 1;
}

static int is_table(uint64_t d, uint32_t level_up)
{
	if (level_up == 0)
		return 0;
	return s2.layout == ISO_S2_ARM64 ? (d & 3) == 3
					 : (d & 7) != 0 && (d >> 7 & 1) == 0;
}

/* the frame that a descriptor names */
static uint64_t frame_of(uint64_t d)
{
	return d >> 12 & 0xfffffffffull;
}

/* what the MMU does with page ip */
static struct found mmu(uint64_t ip)
{
	struct found f = { 0, 0, 0, 0 };
	uint32_t up = s2.top;
	uint64_t at = ip >> (9 * (up + 1)), d;

	if (at >= s2.nroots)
		return f;
	for (;;) {
		d = table[at].e[ip >> (9 * up) & 511];
		if (!is_table(d, up))
			break;
		at = frame_of(d) - BASE;
		up--;
	}
	f.up = up;
	f.mapped = s2.layout == ISO_S2_ARM64 ? a64_leaf(d, up, &f)
					     : ept_leaf(d, up, &f);
	if (f.mapped) {
		f.frame = frame_of(d) + (ip & ((1ull << (9 * up)) - 1));
		seen[s2.layout][up]++;
	}
	return f;
}

static uint64_t leaf_bits(uint64_t frame, uint32_t up, uint32_t attr)
{
	if (s2.layout == ISO_S2_EPT)
		return frame << 12 | (up ? 1u << 7 : 0) | (attr & 7) |
		       (attr & 8 ? 0 : 6u << 3);
	return frame << 12 | (up ? 1u : 3u) | (attr & 8 ? 1u << 2 : 15u << 2) |
	       1u << 6 | (attr & 2 ? 1u << 7 : 0) | 3u << 8 | 1u << 10 |
	       (attr & 4 ? 0 : 1ull << 54);
}

static void set_meta(uint32_t t, uint32_t up, uint64_t org)
{
	meta[t].levels = (uint16_t)(up + 1);
	meta[t].org = org;
}

/* a page or block for ip, height up, tables as needed */
static void put(uint64_t ip, uint32_t up)
{
	uint32_t h = s2.top, t = (uint32_t)(ip >> (9 * (h + 1))), i;
	uint64_t frame = (word() & 0x7ffffff) << 9 * up & 0xfffffffffull;

	for (;; h--) {
		i = (uint32_t)(ip >> (9 * h) & 511);
		if (h == up || (table[t].e[i] != 0 && !is_table(table[t].e[i], h)))
			break;
		if (table[t].e[i] == 0) {
			if (s2.nfree == 0)
				return;
			const uint32_t c = spare[--s2.nfree];

			set_meta(c, h - 1, ip >> (9 * h) << (9 * h));
			meta[c].up = t;
			meta[c].ix = (uint16_t)i;
			table[t].e[i] = (uint64_t)(BASE + c) << 12 |
				      (s2.layout == ISO_S2_EPT ? 7 : 3);
		}
		t = (uint32_t)(frame_of(table[t].e[i]) - BASE);
	}
	if (table[t].e[i] != 0 || frame - BASE < TABLES)
		return;
	table[t].e[i] = leaf_bits(frame, up, 1u | (uint32_t)(word() & 14));
	leaf_at[leaves++] = ip >> (9 * up) << (9 * up);
}

static uint64_t pages(void)
{
	return (uint64_t)s2.nroots << (9 * (s2.top + 1));
}

static void plant(uint32_t layout, uint32_t top)
{
	memset(table, 0, sizeof(table));
	memset(meta, 0, sizeof(meta));
	s2 = (struct iso_s2){ table, meta, spare, BASE, TABLES,
			      layout == ISO_S2_EPT ? 1 : 1 + (word() & 3),
			      0, top, layout, VM };
	leaves = 0;
	for (uint32_t t = 0; t < s2.nroots; t++)
		set_meta(t, top, (uint64_t)t << (9 * (top + 1)));
	while (s2.nroots + s2.nfree < TABLES) {
		meta[s2.nroots + s2.nfree].up = s2.nfree;
		spare[s2.nfree] = s2.nroots + s2.nfree;
		s2.nfree++;
	}
	while (leaves < LEAVES && s2.nfree > 0) {
		uint64_t ip = word() % pages();
		uint32_t up = (uint32_t)(word() % 3);

		/* near another, half the time, so that tables are shared */
		if (leaves > 0 && (word() & 1))
			ip = (leaf_at[word() % leaves] + (word() & 1023)) %
			     pages();
		put(ip, up < top ? up : (top < 2 ? top : 2));
	}
}

static int agrees(uint64_t ip)
{
	const struct found f = mmu(ip);
	const struct iso_s2_to r = iso_s2_query(&s2, ip);

	if (!f.mapped && r.mapped == 0)
		return 1;
	if (f.mapped && r.mapped && f.frame == r.frame && f.attr == r.attr)
		return 1;
	printf("# layout %" PRIu32 " top %" PRIu32 " page %" PRIx64
	       ": %d %" PRIx64 " %" PRIx32 ", not %" PRIu32 " %" PRIx64
	       " %" PRIx32 "\n", s2.layout, s2.top, ip, f.mapped, f.frame,
	       f.attr, r.mapped, r.frame, r.attr);
	return 0;
}

/* a page of interest: in or near a leaf, anywhere, or out of the space */
static uint64_t some_page(void)
{
	const uint64_t k = word() % 8;

	if (k == 0)
		return word();
	if (k == 1)
		return word() % pages();
	if (k == 2)
		return pages() - 1 + (word() & 1);
	return leaf_at[word() % leaves] + (word() & ((1ull << 9 * (word() % 3))
						     - 1));
}

/* a block begins before page ip and reaches over it */
static int cut(uint64_t ip)
{
	const struct found f = mmu(ip);

	return f.mapped && (ip & ((1ull << (9 * f.up)) - 1)) != 0;
}

/* may unmapping answer so: when no table is left to split a block, it says so */
static int unmap_may(int32_t got, uint64_t ip, uint64_t n, int cuts)
{
	if (n == 0 || ip >= pages() || n > pages() - ip)
		return got == ISO_INVALID;
	return got == ISO_OK ||
	       (got == ISO_NO_MEMORY && cuts && s2.nfree == 0);
}

static int same(struct found a, struct found b)
{
	return a.mapped == b.mapped && (!a.mapped || (a.frame == b.frame &&
						      a.attr == b.attr));
}

/* tables in use that the walker reaches from t, and how many have nothing */
static uint32_t reach(uint32_t t, uint32_t up, uint32_t *empty)
{
	uint32_t n = 1, used = 0;

	for (uint32_t i = 0; i < 512; i++) {
		const uint64_t d = table[t].e[i];

		used += d != 0;
		if (is_table(d, up))
			n += reach((uint32_t)(frame_of(d) - BASE), up - 1,
				   empty);
	}
	*empty += used == 0 && t >= s2.nroots;
	return n;
}

/* no table is lost, and no call leaves an empty one */
static int tidy(uint32_t before)
{
	uint32_t n = 0, empty = 0;

	for (uint32_t t = 0; t < s2.nroots; t++)
		n += reach(t, s2.top, &empty);
	if (empty > before || n + s2.nfree != TABLES)
		printf("# %" PRIu32 " tables in use, %" PRIu32 " free, %" PRIu32
		       " empty\n", n, s2.nfree, empty);
	return empty <= before && n + s2.nfree == TABLES;
}

/* pages go; those that were looked at before are where they were, or gone, and
 * what a TLB may have kept of them was flushed */
static int unmap(void)
{
	static const uint64_t some[] = { 1, 2, 511, 512, 513, 262144 };
	struct found was[ASKED];
	uint64_t at[ASKED];
	const uint64_t ip = word() & 1 ? leaf_at[word() % leaves] : some_page();
	const uint64_t n = word() & 1 ? some[word() % COUNT(some)]
				      : word() >> (24 + (word() & 31));
	const int cuts = cut(ip) || cut(ip + n);
	int32_t got;

	for (uint32_t i = 0; i < ASKED; i++) {
		at[i] = i & 1 ? some_page() : ip + word() % (2 * n + 1);
		was[i] = mmu(at[i]);
	}
	flushed = 0;
	got = iso_s2_unmap(&s2, ip, n);
	codes[got == ISO_OK ? 0 : got == ISO_INVALID ? 1 : 2]++;
	if (!unmap_may(got, ip, n, cuts)) {
		printf("# unmap %" PRIx64 " %" PRIx64 ": %" PRId32 "\n", ip, n,
		       got);
		return 0;
	}
	for (uint32_t i = 0; i < ASKED; i++) {
		const struct found now = mmu(at[i]);
		const int gone = got == ISO_OK && at[i] >= ip && at[i] - ip < n;

		if (gone ? now.mapped : !same(now, was[i]))
			return 0;
		if (!agrees(at[i]) || (!flushed && !same(now, was[i])))
			return 0;
	}
	return 1;
}

static int tree(uint32_t layout, uint32_t top)
{
	uint32_t empty = 0;

	plant(layout, top);
	for (uint32_t t = 0; t < s2.nroots; t++)
		reach(t, s2.top, &empty);
	for (uint32_t i = 0; i < ASKED; i++)
		if (!agrees(some_page()))
			return 0;
	for (uint32_t i = 0; i < CALLS; i++)
		if (!unmap() || !tidy(empty))
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	const uint64_t trees = argc > 1 ? strtoull(argv[1], NULL, 0) : 200;
	uint32_t n = 0;
	int bad = 0;

	rng = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	rng = rng * 0x9e3779b97f4a7c15ull | 1;
	printf("1..11\n");
	for (uint32_t layout = 0; layout < 2; layout++)
		for (uint32_t top = 0; top < 4; top++) {
			int good = 1;

			for (uint64_t i = 0; good && i < trees; i++)
				good = tree(layout, top);
			bad |= !good;
			printf("%s %" PRIu32 " - %s, root of height %" PRIu32
			       "\n", good ? "ok" : "not ok", ++n,
			       layout ? "EPT" : "AArch64", top);
		}
	for (uint32_t layout = 0; layout < 2; layout++) {
		const int good = seen[layout][0] && seen[layout][1] &&
				 seen[layout][2];

		bad |= !good;
		printf("%s %" PRIu32 " - %s: pages and blocks were found\n",
		       good ? "ok" : "not ok", ++n,
		       layout ? "EPT" : "AArch64");
	}
	const int all = codes[0] && codes[1] && codes[2];

	bad |= !all;
	printf("%s %" PRIu32 " - unmapping: each code was seen\n",
	       all ? "ok" : "not ok", ++n);
	return bad;
}
