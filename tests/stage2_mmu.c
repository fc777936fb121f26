/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage2_mmu.h"
#include "stage2_spec.h"

struct iso_s2 s2;
struct iso_s2_table table[TABLES];
uint32_t spare[TABLES];
uint32_t roots;
uint64_t seen[2][3];
struct watch watched[ASKED];
uint32_t published;

static const char *broken; /* a rule, by the call under way */
/* the table at the top of the stack, when last published, and how many were on
 * it: each table is published by itself before it is linked */
static struct iso_s2_table ready;
static uint32_t ready_free;

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

int is_table(uint64_t d, uint32_t level_up)
{
	if (level_up == 0)
		return 0;
	return s2.layout == ISO_S2_ARM64 ? (d & 3) == 3
					 : (d & 7) != 0 && (d >> 7 & 1) == 0;
}

uint64_t frame_of(uint64_t d)
{
	return d >> 12 & 0xfffffffffull;
}

uint32_t table_of(uint64_t d)
{
	const uint64_t t = frame_of(d) - BASE;

	if (t >= s2.ntables) {
		printf("Bail out! a table outside of the pool\n");
		exit(1);
	}
	return (uint32_t)t;
}

uint64_t span(uint32_t up)
{
	return 1ull << (9 * up);
}

int aligned(uint64_t ip, uint32_t up)
{
	return ip % span(up) == 0;
}

uint64_t pages(void)
{
	return roots * span(s2.top + 1);
}

struct found mmu(uint64_t ip)
{
	struct found f = { .up = s2.top };
	uint64_t at = ip >> (9 * (s2.top + 1)), d;

	if (at >= roots)
		return f;
	for (;; f.up--) {
		f.way[f.tables++] = (uint32_t)at;
		d = table[at].e[ip >> (9 * f.up) & 511];
		if (!is_table(d, f.up))
			break;
		at = table_of(d);
	}
	f.mapped = s2.layout == ISO_S2_ARM64 ? a64_leaf(d, f.up, &f)
					     : ept_leaf(d, f.up, &f);
	if (f.mapped) {
		f.frame = frame_of(d) + ip % span(f.up);
		seen[s2.layout][f.up]++;
	}
	return f;
}

int same(struct found a, struct found b)
{
	return a.mapped == b.mapped && (!a.mapped || (a.frame == b.frame &&
						      a.attr == b.attr));
}

/* Arm DDI 0487, "Using break-before-make": a page that is remembered may change
 * its rights, but its frame, size or type only by way of nothing and a flush */
static int breaks(struct found kept, struct found now)
{
	return kept.mapped && now.mapped &&
	       (kept.up != now.up || kept.frame != now.frame ||
		(kept.attr & 8) != (now.attr & 8));
}

static void look(void)
{
	for (uint32_t i = 0; i < ASKED; i++) {
		struct watch *w = &watched[i];

		w->last = mmu(w->ip);
		if (breaks(w->kept, w->last))
			broken = "changed with no break";
		if (!w->kept.mapped && w->last.tables >= w->kept.tables)
			w->kept = w->last;
	}
}

/* a table is linked as it was published, but for what is stored in it later:
 * entries that were free, and rights */
static void look_at_linked(void)
{
	const uint64_t *e;

	if (s2.nfree >= ready_free)
		return;
	e = table[spare[ready_free - 1]].e;
	if (s2.nfree + 1 < ready_free)
		broken = "tables linked, not published";
	for (uint32_t i = 0; i < 512; i++)
		if (ready.e[i] != 0 && frame_of(ready.e[i]) != frame_of(e[i]))
			broken = "linked before it was published";
}

static void get_ready(void)
{
	ready_free = s2.nfree;
	if (s2.nfree > 0)
		ready = table[spare[s2.nfree - 1]];
}

void iso_port_s2_flush(uint32_t vm)
{
	if (vm != VM)
		return;
	look();
	for (uint32_t i = 0; i < ASKED; i++)
		watched[i].kept = watched[i].last;
}

void iso_port_s2_publish(void)
{
	look();
	look_at_linked();
	get_ready();
	published++;
}

void watch(void)
{
	for (uint32_t i = 0; i < ASKED; i++) {
		struct watch *w = &watched[i];

		w->was = w->kept = w->last = mmu(w->ip);
	}
	broken = NULL;
	get_ready();
}

const char *watch_end(void)
{
	look_at_linked();
	return broken;
}

int up_to_date(struct found kept, struct found now)
{
	return (!kept.mapped || same(kept, now)) && kept.tables <= now.tables &&
	       !memcmp(kept.way, now.way, kept.tables * sizeof(now.way[0]));
}
