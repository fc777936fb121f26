/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks split and merged again, at random, against the walker of stage2_mmu.c:
 * whether a table could be a block is read from what the walker finds. Every
 * translation stays, what the test's TLB keeps is right after each call, a block
 * comes by way of nothing and a flush, and tables come back, zeroed.
 *
 * usage: stage2_merge [rounds [seed]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iso/status.h>

#include "rng.h"
#include "stage2_mmu.h"
#include "tap.h"

#define STEPS 12u

static struct iso_s2_meta meta[TABLES];
static uint64_t codes[2][3]; /* by layout: denied, one table merged, two */

static int said(const char *what, uint64_t ip)
{
	printf("# layout %" PRIu32 " top %" PRIu32 " page %" PRIx64 ": %s\n",
	       s2.layout, s2.top, ip, what);
	return 0;
}

/* -- what a merge must answer ---------------------------------------------- */

/* could the table of height up with page ip be a block; what is under its entry
 * for ip was merged, if it was a table */
static int whole(uint64_t ip, uint32_t up)
{
	const uint64_t from = ip / span(up + 1) * span(up + 1);
	const struct found f = mmu(from);

	if (up >= s2.top || up > 1 || !f.mapped || !aligned(f.frame, up + 1))
		return 0;
	for (uint64_t q = from; q < from + span(up + 1); q += span(up)) {
		const struct found g = mmu(q);

		if (!g.mapped || g.attr != f.attr ||
		    g.frame != f.frame + (q - from))
			return 0;
		if (g.up != up && q / span(up) != ip / span(up))
			return 0;
	}
	return 1;
}

/* how many tables on the way to page ip become blocks */
static uint32_t merges(uint64_t ip)
{
	const uint32_t up = mmu(ip).up;
	uint32_t n = 0;

	while (whole(ip, up + n))
		n++;
	return n;
}

/* -- calls ------------------------------------------------------------------ */

static void begin(uint64_t ip, uint64_t n)
{
	for (uint32_t i = 0; i < ASKED; i++)
		watched[i].ip = i & 1 ? ip + word() % n : word() % pages();
	watched[0].ip = ip;
	watch();
}

/* is what a TLB keeps right, and where it should be */
static int kept(int same_as_before)
{
	const char *broken = watch_end();

	if (broken)
		return said(broken, watched[0].ip);
	for (uint32_t i = 0; i < ASKED; i++) {
		const struct watch *w = &watched[i];
		const struct found now = mmu(w->ip);
		const struct iso_s2_to to = iso_s2_query(&s2, w->ip);

		if (same_as_before && !same(now, w->was))
			return said("not where it was", w->ip);
		if (to.mapped != (uint32_t)now.mapped ||
		    (now.mapped && to.frame != now.frame))
			return said("found by the MMU only", w->ip);
		if (!up_to_date(w->kept, now))
			return said("no flush", w->ip);
		if (!same(w->last, now))
			return said("not published", w->ip);
	}
	return 1;
}

static int zero(uint32_t t)
{
	for (uint32_t i = 0; i < 512; i++)
		if (table[t].e[i] != 0)
			return 0;
	return 1;
}

/* merge what page ip is in; n pages around it are looked at */
static int merge(uint64_t ip, uint64_t n)
{
	const uint32_t want = merges(ip), nfree = s2.nfree;
	int32_t got;

	begin(ip / n * n, n);
	got = iso_s2_merge(&s2, ip);
	if (got != (want ? ISO_OK : ISO_DENIED))
		return said("code", ip);
	if (s2.nfree != nfree + want)
		return said("tables given back", ip);
	for (uint32_t k = nfree; k < s2.nfree; k++)
		if (!zero(spare[k]))
			return said("a table is not zeroed", ip);
	codes[s2.layout][want]++;
	return kept(1) && merges(ip) == 0;
}

static int ok(const char *what, int32_t got, uint64_t ip)
{
	return got == ISO_OK || said(what, ip);
}

/* split by taking pages away, which then come back */
static int away_and_back(uint64_t ip, uint64_t n, uint64_t frame, uint32_t attr)
{
	return ok("unmap", iso_s2_unmap(&s2, ip, n), ip) &&
	       merge(ip, n) &&
	       ok("map", iso_s2_map(&s2, ip, n, frame, attr), ip);
}

/* and by other rights */
static int other_rights(uint64_t ip, uint64_t n, uint32_t attr)
{
	return ok("protect", iso_s2_protect(&s2, ip, n, (attr & 7) ^ 6), ip) &&
	       merge(ip, n) &&
	       ok("protect", iso_s2_protect(&s2, ip, n, attr & 7), ip);
}

/* pages ip .. ip + n, a block of its own or not, in two parts or more; merged,
 * split and merged again */
static int step(uint64_t at, uint64_t n, uint64_t frame, uint32_t attr)
{
	const uint64_t sizes[] = { 1, 7, 512, 512 * 3 };
	const uint64_t size = sizes[word() % 4];
	const uint64_t k = word() % n / size * size;
	const uint64_t m = n - k < size ? n - k : size;

	if (m < n && !((word() & 1) ? away_and_back(at + k, m, frame + k, attr)
				    : other_rights(at + k, m, attr)))
		return 0;
	return ((word() & 3) == 0 || merge(at + k, m)) &&
	       merge(at + word() % n, n);
}

/* a region that is one block, or nearly */
static int region(uint32_t up)
{
	const uint64_t n = span(up);
	const uint64_t at = word() % (pages() / n) * n;
	const uint32_t attr = (uint32_t)(word() & 14) | 1u;
	uint64_t frame = (word() & 0x3ff) * n;

	if ((word() & 7) == 0)
		frame += span(up - 1); /* aligned for less */
	if (frame < BASE + TABLES && frame + n > BASE)
		frame += 0x20000000;
	begin(at, n);
	if (!ok("unmap", iso_s2_unmap(&s2, at, n), at) ||
	    !ok("map", iso_s2_map(&s2, at, n, frame, attr), at) || !kept(0))
		return 0;
	for (uint32_t i = 0; i < STEPS; i++)
		if (!step(at, n, frame, attr))
			return 0;
	/* a page that is somewhere else */
	return ok("unmap", iso_s2_unmap(&s2, at + n / 2, 1), at) &&
	       ok("map", iso_s2_map(&s2, at + n / 2, 1, frame ^ 1, attr), at) &&
	       merge(at, n) && merge(at + n / 2, n);
}

static int round_of(uint32_t layout, uint32_t top)
{
	memset(table, 0x5a, sizeof(table));
	memset(meta, 0x5a, sizeof(meta));
	s2 = (struct iso_s2){ table, meta, spare, BASE, TABLES,
			      layout == ISO_S2_EPT || top > 2 ? 1
							      : 1u << word() % 5,
			      0, top, layout, VM };
	roots = s2.nroots;
	if (!ok("init", iso_s2_init(&s2), 0))
		return 0;
	for (uint32_t i = 0; i < 3; i++)
		if (!region(top == 1 || (word() & 1) ? 1 : 2))
			return 0;
	if (iso_s2_merge(&s2, pages()) != ISO_INVALID ||
	    iso_s2_merge(&s2, UINT64_MAX) != ISO_INVALID)
		return said("code", pages());
	return ok("unmap", iso_s2_unmap(&s2, 0, pages()), 0) &&
	       (s2.nfree == s2.ntables - s2.nroots ||
		said("a table is lost", 0));
}

/* a root is no block, whatever it holds */
static int root(uint32_t layout)
{
	s2 = (struct iso_s2){ table, meta, spare, BASE, TABLES, 1, 0, 0, layout,
			      VM };
	roots = 1;
	return ok("init", iso_s2_init(&s2), 0) &&
	       ok("map", iso_s2_map(&s2, 0, 512, 512, 7), 0) && merge(0, 512);
}

int main(int argc, char **argv)
{
	static const char *const layouts[] = { "AArch64", "EPT" };
	const uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 0) : 100;

	seed(argc > 2 ? strtoull(argv[2], NULL, 0) : 1);
	printf("1..10\n");
	for (uint32_t layout = 0; layout < 2; layout++) {
		for (uint32_t top = 1; top < 4; top++) {
			char how[] = ", root of height 0";
			int good = 1;

			for (uint64_t i = 0; good && i < rounds; i++)
				good = round_of(layout, top);
			how[sizeof(how) - 2] = (char)('0' + top);
			test(good, layouts[layout], how);
		}
		test(root(layout), layouts[layout], ", root of height 0");
		test(codes[layout][0] && codes[layout][1] && codes[layout][2],
		     layouts[layout], ": blocks of both sizes, and none");
	}
	return bad;
}
