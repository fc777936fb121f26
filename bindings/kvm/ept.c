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
 * memory is guest RAM, by the numbers of its pages. The tables are in RAM too,
 * in pages that the host donated to the keeper: nobody but isod, which has all
 * of RAM mapped, reaches these. The keeper has no tables.
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

/* a VM's are made with it, and go with it: between, ntables is not 0 */
static struct iso_s2 vms[ISO_MAX_VMS];
static struct iso_s2_meta metas[ISO_MAX_VMS][TABLES];
static uint32_t spares[ISO_MAX_VMS][TABLES];
/* what a CPU that uses every page as soon as it may has in its TLB */
static struct place kept[ISO_MAX_VMS][ISOD_IPA_PAGES];

static const struct place nowhere = { 0, ISO_PERM_NONE };
static const struct place wrong = { 0, WRONG_ENTRY };

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
	const struct iso_s2 *s = &vms[vm];
	uint64_t frame = s->base, d;
	uint32_t perm = ISO_PERM_RWX;

	for (uint32_t h = TOP;; h--) {
		if (frame - s->base >= TABLES)
			return wrong;
		d = s->table[frame - s->base].e[ipa >> 9 * h & 511];
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

/* vm has no tables, as there is no such VM now */
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
	const struct iso_s2 *s = &vms[vm];
	const struct iso_s2_table *t = s->table;

	/* those on the way to page 0 are the VM's: it has been walked */
	for (uint32_t h = TOP; h > 1; h--) {
		empty_from(vm, t->e, h, 1);
		if ((t->e[0] & 7) == 0)
			return;
		if ((t->e[0] >> 7 & 1) != 0)
			stop(vm, 0, "an entry for more than all addresses");
		t = &s->table[frame_of(t->e[0]) - s->base];
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
	for (uint32_t vm = 0; vm < ISO_KEEPER; vm++)
		compare_vm(vm);
	compared += (uint64_t)ISO_KEEPER * ISOD_IPA_PAGES;
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

/* Rights are never changed in place: they are none before or after. */
void ept_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
	     uint32_t perm)
{
	if (vms[vm].ntables == 0)
		return;
	if (perm == ISO_PERM_NONE) {
		if (iso_s2_unmap(&vms[vm], ipa, n) != ISO_OK)
			stop(vm, ipa, "iso_s2_unmap refuses");
	} else {
		if (iso_s2_map(&vms[vm], ipa, n, page, perm) != ISO_OK)
			stop(vm, ipa, "iso_s2_map refuses");
	}
}

void ept_flush(uint32_t vm)
{
	if (vms[vm].ntables == 0)
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

/* -- the pages that they are in ------------------------------------------ */

/* The last pages in a row, enough for tables, that are the host's and in no
 * transaction; NOWHERE: it has none to spare. */
#define NOWHERE UINT64_MAX
static uint64_t spare_run(void)
{
	const struct iso_engine *e = &isod_engine;
	struct iso_page p;
	uint32_t n = 0;

	for (uint64_t page = e->npages; page-- > 0;) {
		if (iso_page_query(e, ISO_HOST, page, &p) != ISO_OK ||
		    p.owner != ISO_HOST || p.tx != ISO_NO_TX)
			n = 0;
		else if (++n == TABLES)
			return page;
	}
	return NOWHERE;
}

/* a transaction that is the host's to donate by; ISO_MAX_TX: all are in use */
static uint64_t open_donation(void)
{
	uint64_t tx = 0;

	while (tx < ISO_MAX_TX &&
	       iso_tx_open(&isod_engine, ISO_HOST, tx, ISO_DONATE) != ISO_OK)
		tx++;
	return tx;
}

/* The host donates the pages from page on, and the keeper takes them, zeroed.
 * The host may have said that the two are no peers, which is not for it. */
static int keep(uint64_t page, uint64_t tx)
{
	struct iso_engine *e = &isod_engine;
	int32_t code;

	if (iso_vm_peer(e, ISO_HOST, ISO_HOST, ISO_KEEPER, 1) != ISO_OK ||
	    iso_tx_add(e, ISO_HOST, tx, page, TABLES) != ISO_OK ||
	    iso_tx_grant(e, ISO_HOST, tx, ISO_KEEPER, ISO_PERM_RW) != ISO_OK)
		return 0;
	do {
		code = iso_tx_send(e, ISO_HOST, tx, 1, TABLES);
	} while (code == ISO_RETRY);
	return code == ISO_OK &&
	       iso_tx_retrieve(e, ISO_KEEPER, ISO_HOST, tx, page) == ISO_OK;
}

/* Nothing else calls for the host meanwhile: what it can spare it still can
 * when it is taken. */
static uint64_t take_pages(uint32_t vm)
{
	const uint64_t page = spare_run();
	uint64_t tx;

	if (page == NOWHERE)
		return NOWHERE;
	tx = open_donation();
	if (tx == ISO_MAX_TX)
		return NOWHERE;
	if (!keep(page, tx))
		stop(vm, page, "the keeper does not get it for tables");
	return page;
}

/* 0: the host has no pages for them to spare, or no transaction */
static int make_tables(uint32_t vm)
{
	struct iso_s2 *s = &vms[vm];
	const uint64_t page = take_pages(vm);

	if (page == NOWHERE)
		return 0;
	iso_port_lock();
	*s = (struct iso_s2){
		.table = (void *)(port_ram + page * ISO_PAGE_SIZE),
		.meta = metas[vm],
		.spare = spares[vm],
		.base = page,
		.ntables = TABLES,
		.nroots = 1,
		.top = TOP,
		.layout = ISO_S2_EPT,
		.vm = vm,
	};
	if (iso_s2_init(s) != ISO_OK)
		stop(vm, 0, "iso_s2_init refuses");
	iso_port_unlock();
	return 1;
}

/* vm is gone: the host gets the pages back */
static void end_tables(uint32_t vm)
{
	struct iso_s2 *s = &vms[vm];

	iso_port_lock();
	while (iso_s2_destroy(s, TABLES) == ISO_RETRY)
		;
	s->ntables = 0;
	iso_port_unlock();
	if (iso_page_release(&isod_engine, ISO_KEEPER, s->base, TABLES,
			     TABLES) != ISO_OK)
		stop(vm, s->base, "the keeper does not give it back");
}

/* As it came, so it goes: it has no page yet. */
static void undo_create(uint32_t vm)
{
	while (iso_vm_destroy(&isod_engine, ISO_HOST, vm, ISOD_MAX_PAGES) ==
	       ISO_RETRY)
		;
}

void ept_open(void)
{
	if (!on)
		return;
	/* these are the last pages: the host has all those before them */
	if (!make_tables(ISO_HOST) || vms[ISO_HOST].base == 0)
		isod_die("isod: no pages for the tables of --ept-check\n");
	iso_port_lock();
	ept_map(ISO_HOST, 0, 0, (uint32_t)vms[ISO_HOST].base, ISO_PERM_RWX);
	iso_port_unlock();
}

static int32_t tables_after(int32_t op, uint32_t vm)
{
	const int has = vms[vm].ntables != 0;

	if (op == ISO_OP_VM_DESTROY && has)
		end_tables(vm);
	if (op == ISO_OP_VM_CREATE && !has && !make_tables(vm)) {
		undo_create(vm);
		return ISO_NO_MEMORY;
	}
	return ISO_OK;
}

int32_t ept_after(int32_t op, uint64_t vm, int32_t code)
{
	if (on && code == ISO_OK && vm < ISO_KEEPER)
		code = tables_after(op, (uint32_t)vm);
	ept_compare();
	return code;
}
