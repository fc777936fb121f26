/* SPDX-License-Identifier: BSD-2-Clause */
#include "tables.h"

#include <stdbool.h>
#include <string.h>

#include <iso/iso.h>
#include <iso/port.h>

#include "bench.h"
#include "stage2.h"

#define TOP 3u /* the root's height */
#define POOL 512u
#define NEED (TOP + TABLES_IPA / 512) /* never more than this at once */

static struct iso_s2 vms[TABLES_VMS];
static uint8_t reserved[TABLES_VMS][TABLES_IPA]; /* for pages that are lent */
static uint32_t nreserved[TABLES_VMS];
static uint8_t *bytes;

_Static_assert(POOL >= NEED, "a pool is never too small");

void iso_port_s2_flush(uint32_t vm)
{
	(void)vm;
	barrier();
}

void iso_port_s2_publish(void)
{
	barrier();
}

void tables_open(uint8_t *ram)
{
	bytes = ram;
	for (uint32_t v = 0; v < TABLES_VMS; v++) {
		struct iso_s2 *s = &vms[v];

		if (s->table == NULL) {
			s->table = reserve(POOL * sizeof(*s->table), "tables");
			s->meta = reserve(POOL * sizeof(*s->meta), "tables");
			s->spare = reserve(POOL * sizeof(*s->spare), "tables");
		}
		s->base = TABLES_RAM + v * POOL;
		s->ntables = POOL;
		s->nroots = 1;
		s->top = TOP;
		s->layout = ISO_S2_ARM64;
		s->vm = v;
		expect("s2_init", iso_s2_init(s));
	}
	/* the host has all RAM, page by page at its own number */
	expect("s2_map", iso_s2_map(&vms[0], 0, TABLES_RAM, 0, ISO_PERM_RWX));
}

int64_t tables_find(uint32_t vm, uint32_t ipa)
{
	const struct iso_s2_to to = iso_s2_query(&vms[vm], ipa);

	return to.mapped ? (int64_t)to.frame : -1;
}

static bool any_reserved(uint32_t vm, uint32_t ipa, uint32_t n)
{
	return nreserved[vm] > 0 && memchr(&reserved[vm][ipa], 1, n) != NULL;
}

static void hold(uint32_t vm, uint32_t ipa, uint32_t n)
{
	memset(&reserved[vm][ipa], 1, n);
	nreserved[vm] += n;
}

/* a run is reserved as a whole or not at all: it is lent so */
static void let_go(uint32_t vm, uint32_t ipa, uint32_t n)
{
	if (nreserved[vm] == 0 || !reserved[vm][ipa])
		return;
	memset(&reserved[vm][ipa], 0, n);
	nreserved[vm] -= n;
}

int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n)
{
	return ipa + n <= TABLES_IPA && !any_reserved(vm, ipa, n) &&
	       iso_s2_vacant(&vms[vm], ipa, n) == ISO_OK;
}

void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm)
{
	if (perm == ISO_PERM_NONE) {
		expect("s2_unmap", iso_s2_unmap(&vms[vm], ipa, n));
		hold(vm, ipa, n);
		return;
	}
	let_go(vm, ipa, n);
	expect("s2_map", iso_s2_map(&vms[vm], ipa, n, page, perm));
}

void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n)
{
	(void)page;
	let_go(vm, ipa, n);
	expect("s2_unmap", iso_s2_unmap(&vms[vm], ipa, n));
}

void iso_port_flush(uint32_t vm)
{
	iso_port_s2_flush(vm);
}

void iso_port_zero(uint32_t page, uint32_t n)
{
	memset(bytes + (size_t)page * ISO_PAGE_SIZE, 0,
	       (size_t)n * ISO_PAGE_SIZE);
}

void iso_port_copy(uint32_t dst, uint32_t src, uint32_t len)
{
	memcpy(bytes + (size_t)dst * ISO_PAGE_SIZE,
	       bytes + (size_t)src * ISO_PAGE_SIZE, len);
}

void iso_port_lock(void)
{
}

void iso_port_unlock(void)
{
}
