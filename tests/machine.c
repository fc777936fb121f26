/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iso/port.h>

#include "machine.h"

struct machine machine;

/* A broken contract is a defect of the engine, whatever the test is about. */
static void want(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "port contract broken: %s\n", what);
	abort();
}

void machine_reset(void)
{
	memset(&machine, 0, sizeof(machine));
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		for (uint32_t p = 0; p < NPAGES; p++)
			machine.s2[v][p].ipa = -1;
	for (uint32_t p = 0; p < NPAGES; p++) {
		machine.s2[ISO_HOST][p].ipa = p;
		machine.s2[ISO_HOST][p].perm = ISO_PERM_RWX;
		machine.ram[p] = p + 1;
	}
}

int64_t machine_reach(uint32_t vm, uint64_t ipa, uint32_t perm)
{
	for (uint32_t p = 0; p < NPAGES; p++)
		if (machine.s2[vm][p].ipa == (int64_t)ipa &&
		    (machine.s2[vm][p].perm & perm) == perm)
			return p;
	return -1;
}

static void want_run(uint32_t page, uint32_t n)
{
	want(machine.locked, "the lock is held");
	want(n >= 1 && n <= NPAGES && page <= NPAGES - n, "pages are RAM");
}

/* nobody reaches the page, not even by an older translation */
static void want_off(uint32_t p)
{
	for (uint32_t v = 0; v < ISO_MAX_VMS; v++)
		want((machine.s2[v][p].perm | machine.s2[v][p].stale |
		      machine.unflushed[v]) == 0,
		     "nobody reaches a page that is zeroed");
}

static void want_window(uint32_t vm, uint32_t ipa, uint32_t n)
{
	want(machine.locked, "the lock is held");
	want(vm < ISO_MAX_VMS, "vm is a VM id");
	want(n <= ISO_IPA_PAGES && ipa <= ISO_IPA_PAGES - n,
	     "addresses are below ISO_IPA_PAGES");
}

/* the page that vm has at ipa, or NPAGES */
static uint32_t page_at(uint32_t vm, int64_t ipa)
{
	uint32_t p = 0;

	while (p < NPAGES && machine.s2[vm][p].ipa != ipa)
		p++;
	return p;
}

int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n)
{
	want_window(vm, ipa, n);
	if (machine.full != 0 && machine.full == vm)
		return 0;
	for (uint32_t p = 0; p < NPAGES; p++) {
		const int64_t at = machine.s2[vm][p].ipa;

		if (at >= ipa && at < (int64_t)ipa + n)
			return 0;
	}
	return 1;
}

static void map_one(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t perm)
{
	struct entry *x = &machine.s2[vm][page];
	const uint32_t old = page_at(vm, ipa);

	want(old == NPAGES || old == page, "the address holds no other page");
	want(x->ipa == -1 || x->ipa == ipa, "the page is at no other address");
	for (uint32_t u = 0; u < ISO_MAX_VMS && perm != ISO_PERM_NONE; u++)
		want(u == vm || machine.s2[u][page].stale == 0,
		     "flushed before the page changes hands");
	x->stale |= x->perm & (uint8_t)~perm;
	x->ipa = ipa;
	x->perm = (uint8_t)perm;
}

void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm)
{
	want_window(vm, ipa, n);
	want_run(page, n);
	want(perm == ISO_PERM_NONE || perm == ISO_PERM_R ||
	     perm == ISO_PERM_RW || perm == ISO_PERM_RX ||
	     perm == ISO_PERM_RWX, "perm is one of the five");
	machine.calls++;
	machine.unflushed[vm] |= perm == ISO_PERM_NONE;
	for (uint32_t i = 0; i < n; i++)
		map_one(vm, ipa + i, page + i, perm);
}

void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n)
{
	want_window(vm, ipa, n);
	want_run(page, n);
	machine.calls++;
	machine.unflushed[vm] = 1;
	for (uint32_t i = 0; i < n; i++) {
		struct entry *x = &machine.s2[vm][page + i];

		want(x->ipa == (int64_t)ipa + i, "vm has the page there");
		x->stale |= x->perm;
		x->ipa = -1;
		x->perm = 0;
	}
}

void iso_port_flush(uint32_t vm)
{
	want(machine.locked, "the lock is held");
	want(vm < ISO_MAX_VMS, "vm is a VM id");
	machine.calls++;
	machine.unflushed[vm] = 0;
	for (uint32_t p = 0; p < NPAGES; p++)
		machine.s2[vm][p].stale = 0;
}

void iso_port_zero(uint32_t page, uint32_t n)
{
	want_run(page, n);
	machine.calls++;
	machine.zeroed += n;
	for (uint32_t p = page; p < page + n; p++) {
		want_off(p);
		machine.ram[p] = 0;
	}
}

void iso_port_copy(uint32_t dst, uint32_t src, uint32_t len)
{
	want_run(dst, 1);
	want_run(src, 1);
	want(len <= ISO_PAGE_SIZE, "at most a page");
	machine.calls++;
	if (len > 0)
		machine.ram[dst] = machine.ram[src];
}

void iso_port_lock(void)
{
	want(!machine.locked, "the lock is free");
	machine.locked = 1;
}

void iso_port_unlock(void)
{
	want(machine.locked, "the lock is held");
	machine.locked = 0;
}
