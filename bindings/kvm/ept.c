/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "isod.h"
#include "stage2.h"

/*
 * isod --ept-check: each VM has EPT tables too, which libiso's stage-2 calls
 * change whenever the port's table changes. No vCPU runs by them; what they say
 * is compared, after each call, with what the port's table says. Their physical
 * memory is guest RAM, by the numbers of its pages, and behind it the tables.
 */
#define TOP 3u /* the height of the root: the MMU's walk has four levels */
/* a VM has no two for the same addresses, so this is never too few */
#define TABLES (TOP + ISOD_IPA_PAGES / 512)

/* where a page of a VM is, by one of those who say it */
struct place {
	uint64_t frame;
	uint32_t perm; /* ISO_PERM_NONE: nowhere */
};
#define WRONG_ENTRY 8u /* as perm: the MMU takes it for an error */

static int on;
static uint64_t compared;

/* a VM's are made when it is first given something: then ntables is not 0 */
static struct iso_s2 vms[ISO_MAX_VMS];
static struct iso_s2_table tables[ISO_MAX_VMS][TABLES];
static struct iso_s2_meta metas[ISO_MAX_VMS][TABLES];
static uint32_t spares[ISO_MAX_VMS][TABLES];
/* what a CPU that uses every page as soon as it may has in its TLB */
static struct place kept[ISO_MAX_VMS][ISOD_IPA_PAGES];

static const struct place nowhere = { 0, ISO_PERM_NONE };
static const struct place wrong = { 0, WRONG_ENTRY };

static uint64_t base_of(uint32_t vm)
{
	return ISOD_MAX_PAGES + (uint64_t)vm * TABLES;
}

/* -- what is reported ---------------------------------------------------- */

/* Tables that are wrong are not gone on with. */
static _Noreturn void stop(uint32_t vm, uint64_t ipa, const char *what)
{
	char line[256];
	const int n = snprintf(line, sizeof(line),
			       "isod: EPT check: VM %u, page 0x%llx: %s\n",
			       (unsigned)vm, (unsigned long long)ipa, what);

	_exit(write(STDERR_FILENO, line, (size_t)n) == n ? ISO_EXIT_EPT : 3);
}

struct text {
	char s[32];
};

static struct text text(struct place p)
{
	struct text t;

	if (p.perm == ISO_PERM_NONE)
		snprintf(t.s, sizeof(t.s), "nothing");
	else if (p.perm == WRONG_ENTRY)
		snprintf(t.s, sizeof(t.s), "an entry that is none");
	else
		snprintf(t.s, sizeof(t.s), "frame 0x%llx %c%c%c",
			 (unsigned long long)p.frame, p.perm & 1 ? 'r' : '-',
			 p.perm & 2 ? 'w' : '-', p.perm & 4 ? 'x' : '-');
	return t;
}

static _Noreturn void differ(uint32_t vm, uint32_t ipa, struct place port,
			     struct place query, struct place walk)
{
	char what[160];

	snprintf(what, sizeof(what), "the port says %s, iso_s2_query says %s, "
		 "the walk says %s", text(port).s, text(query).s, text(walk).s);
	stop(vm, ipa, what);
}

static _Noreturn void stale(uint32_t vm, uint32_t ipa, struct place tlb,
			    struct place walk)
{
	char what[160];

	snprintf(what, sizeof(what), "not flushed: a TLB may say %s, the walk "
		 "says %s", text(tlb).s, text(walk).s);
	stop(vm, ipa, what);
}

/* -- who says where a page is -------------------------------------------- */

static int same(struct place a, struct place b)
{
	return a.frame == b.frame && a.perm == b.perm;
}

static struct place by_port(uint32_t vm, uint32_t ipa)
{
	const struct cell c = port_table[vm][ipa];

	if (c.perm == ISO_PERM_NONE)
		return nowhere;
	return (struct place){ (uint64_t)(c.page - port_ram) / ISO_PAGE_SIZE,
			       c.perm };
}

static struct place by_query(uint32_t vm, uint32_t ipa)
{
	const struct iso_s2_to to = iso_s2_query(&vms[vm], ipa);

	return to.mapped ? (struct place){ to.frame, to.attr } : nowhere;
}

static uint64_t frame_of(uint64_t d)
{
	return d >> 12 & 0xffffffffff;
}

/* Intel SDM, volume 3, "EPT misconfigurations": an entry that maps 512^h pages,
 * write-back memory; perm is what it and those above it let one do. */
static struct place leaf(uint64_t d, uint32_t h, uint32_t perm, uint64_t ipa)
{
	const uint64_t pages = (uint64_t)1 << 9 * h;
	const uint64_t frame = frame_of(d);

	if (h > 2 || (d >> 3 & 7) != 6 || frame % pages != 0 || !(perm & 1))
		return wrong;
	return (struct place){ frame + ipa % pages, perm };
}

/* As the MMU does it, by the bits of the entries, and nothing of the library.
 * Each table on the way has to be one of this VM's. */
static struct place by_walk(uint32_t vm, uint64_t ipa)
{
	uint64_t frame = base_of(vm), d;
	uint32_t perm = ISO_PERM_RWX;

	for (uint32_t h = TOP;; h--) {
		if (frame - base_of(vm) >= TABLES)
			return wrong;
		d = tables[vm][frame - base_of(vm)].e[ipa >> 9 * h & 511];
		if ((d & 7) == 0)
			return nowhere;
		perm &= (uint32_t)d;
		if (h == 0 || (d >> 7 & 1) != 0)
			return leaf(d, h, perm, ipa);
		if ((d >> 3 & 15) != 0)
			return wrong;
		frame = frame_of(d);
	}
}

/* -- comparing ----------------------------------------------------------- */

static void compare_flushed(uint32_t vm, uint32_t ipa, struct place walk)
{
	struct place *tlb = &kept[vm][ipa];

	if (tlb->perm != ISO_PERM_NONE && !same(*tlb, walk))
		stale(vm, ipa, *tlb, walk);
	*tlb = walk;
}

static void compare_page(uint32_t vm, uint32_t ipa)
{
	const struct place port = by_port(vm, ipa);
	const struct place query = by_query(vm, ipa);
	const struct place walk = by_walk(vm, ipa);

	if (!same(port, query) || !same(port, walk))
		differ(vm, ipa, port, query, walk);
	compare_flushed(vm, ipa, walk);
}

/* vm has no tables, as it was never given anything */
static void compare_nothing(uint32_t vm)
{
	for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
		if (port_table[vm][ipa].perm != ISO_PERM_NONE)
			differ(vm, ipa, by_port(vm, ipa), nowhere, nowhere);
}

static void empty_from(uint32_t vm, const uint64_t *e, uint32_t h, uint64_t i)
{
	for (; i < 512; i++)
		if (e[i] != 0)
			stop(vm, i << 9 * h, "an entry beyond all addresses");
}

/* A VM has nothing at addresses that are none. */
static void compare_beyond(uint32_t vm)
{
	const struct iso_s2_table *t = tables[vm];

	/* those on the way to page 0 are the VM's: it has been walked */
	for (uint32_t h = TOP; h > 1; h--) {
		empty_from(vm, t->e, h, 1);
		if ((t->e[0] & 7) == 0)
			return;
		if ((t->e[0] >> 7 & 1) != 0)
			stop(vm, 0, "an entry for more than all addresses");
		t = &tables[vm][frame_of(t->e[0]) - base_of(vm)];
	}
	empty_from(vm, t->e, 1, ISOD_IPA_PAGES / 512);
}

static void compare_vm(uint32_t vm)
{
	if (vms[vm].ntables == 0) {
		compare_nothing(vm);
		return;
	}
	for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
		compare_page(vm, ipa);
	compare_beyond(vm);
}

void ept_compare(void)
{
	if (!on)
		return;
	iso_port_lock();
	for (uint32_t vm = 0; vm < ISO_MAX_VMS; vm++)
		compare_vm(vm);
	compared += (uint64_t)ISO_MAX_VMS * ISOD_IPA_PAGES;
	iso_port_unlock();
}

uint64_t ept_compared(void)
{
	uint64_t n;

	iso_port_lock();
	n = compared;
	iso_port_unlock();
	return n;
}

/* -- what changes the tables --------------------------------------------- */

int ept_option(int argc, char **argv)
{
	on = argc > 1 && strcmp(argv[1], "--ept-check") == 0;
	return on;
}

static struct iso_s2 *tables_of(uint32_t vm)
{
	struct iso_s2 *s = &vms[vm];

	if (s->ntables != 0)
		return s;
	*s = (struct iso_s2){
		.table = tables[vm],
		.meta = metas[vm],
		.spare = spares[vm],
		.base = base_of(vm),
		.ntables = TABLES,
		.nroots = 1,
		.top = TOP,
		.layout = ISO_S2_EPT,
		.vm = vm,
	};
	if (iso_s2_init(s) != ISO_OK)
		stop(vm, 0, "iso_s2_init refuses");
	return s;
}

/* Rights are never changed in place: they are none before or after. */
void ept_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
	     uint32_t perm)
{
	if (!on)
		return;
	if (perm == ISO_PERM_NONE) {
		if (iso_s2_unmap(tables_of(vm), ipa, n) != ISO_OK)
			stop(vm, ipa, "iso_s2_unmap refuses");
	} else {
		if (iso_s2_map(tables_of(vm), ipa, n, page, perm) != ISO_OK)
			stop(vm, ipa, "iso_s2_map refuses");
	}
}

void ept_flush(uint32_t vm)
{
	if (!on || vms[vm].ntables == 0)
		return;
	for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
		compare_flushed(vm, ipa, by_walk(vm, ipa));
}

void iso_port_s2_flush(uint32_t vm)
{
	for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
		kept[vm][ipa] = by_walk(vm, ipa);
}

/* No other CPU reads these tables. */
void iso_port_s2_publish(void)
{
}
