/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random calls. After each one: the code is the one that the tables of checks
 * say, the invariant holds, no call zeroed more than it was allowed to, what
 * came to the host is zero, what the keeper keeps is as it was, and a call that
 * was refused left no trace. At the end: every row of every table decided at
 * least once, so that none of this was true by chance.
 *
 * usage: random [calls [seed]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "rng.h"
#include "invariants.h"
#include "world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SEEDS 4u
#define WHOLE 512u /* calls between two looks at all VMs */

/* Valid VM ids are drawn from these, so that only they need a look each time;
 * 63, the keeper, is there for the ends of the tables, and 62 because it dies. */
static const uint32_t ids[] = { 0, 1, 2, 3, 4, 62, 63 };

static struct world shadow; /* as the world was after the last call */
static uint64_t seen[FUNCTIONS][MAX_ROWS + 1];

static uint64_t below(uint64_t n)
{
	return (word() >> 11) % n;
}

static uint32_t chance(uint32_t percent)
{
	return below(100) < percent;
}

/* anything that may be wrong with a good word */
static uint64_t spoil(uint64_t good)
{
	static const uint64_t limits[] = { ISO_MAX_TX, ISO_MAX_VMS, NPAGES,
					   ISO_MAX_RANGES, ISO_IPA_PAGES };

	switch (below(9)) {
	case 0:
		return UINT64_MAX;
	case 1:
		return good + (1ull << 32);
	case 2:
		return good + (1ull << 63);
	case 3:
		return good + 256;
	case 4:
		return (1ull << below(64)) - below(2);
	case 5:
		return 0 - good;
	case 6:
		return 0;
	case 7:
		return limits[below(COUNT(limits))];
	default:
		return word();
	}
}

/* good, or now and then not; never the id of a VM that nobody looks at */
static uint64_t a_vm(uint64_t good)
{
	uint64_t v = chance(96) ? good : spoil(good);

	for (size_t i = 0; v < ISO_MAX_VMS && i < COUNT(ids); i++)
		if (ids[i] == v)
			return v;
	return v < ISO_MAX_VMS ? v + ISO_MAX_VMS : v;
}

static uint64_t a_word(uint64_t good)
{
	return chance(97) ? good : spoil(good);
}

static uint32_t some_vm(void)
{
	return ids[below(COUNT(ids))];
}

/* one of v's pages that is in no transaction, if a few tries find one */
static uint32_t some_page(uint64_t v)
{
	uint32_t p = (uint32_t)below(NPAGES);

	for (uint32_t i = 0; i < 24 && v < ISO_MAX_VMS; i++) {
		if (pages[p].owner == v && pages[p].tx == ISO_NO_TX)
			return p;
		p = (p + 7) % NPAGES;
	}
	return p;
}

static uint64_t some_ipa(uint64_t v)
{
	const uint64_t near = below(chance(50) ? 200 : 4000);

	if (chance(2))
		return ISO_IPA_PAGES - below(8);
	return v == ISO_HOST && chance(90) ? NPAGES + near : near;
}

static uint64_t some_max(void)
{
	return chance(90) ? 1 + below(8) : spoil(1);
}

/* a sent transaction: its sender, slot, and one of those it lists */
struct offer {
	uint32_t o;
	uint32_t h;
	uint32_t w;
};

static struct offer some_offer(void)
{
	struct offer x = { some_vm(), (uint32_t)below(4), some_vm() };

	for (uint32_t i = 0; i < 40; i++) {
		const struct iso_tx *t = &vms[x.o].tx[x.h];

		if (t->state == ISO_TX_SENT &&
		    t->grant[x.w].perm != ISO_PERM_NONE)
			break;
		x.o = some_vm();
		x.h = (uint32_t)below(4);
		x.w = some_vm();
	}
	return x;
}

/* a guest whose transaction is held, if a few tries find one */
static uint32_t lender(void)
{
	struct offer x = some_offer();

	for (uint32_t i = 0; i < 40; i++) {
		if (x.o != ISO_HOST && vms[x.o].tx[x.h].grant[x.w].retrieved)
			break;
		x = some_offer();
	}
	return x.o;
}

/* a slot of v in that state, if there is one below 4 */
static uint64_t some_slot(uint64_t v, uint32_t state)
{
	const uint64_t any = chance(95) ? below(4) : ISO_MAX_TX - 1;

	for (uint32_t i = 0; v < ISO_MAX_VMS && i < 4; i++)
		if (vms[v].tx[(any + i) % 4].state == state)
			return (any + i) % 4;
	return any;
}

static void draw_page_call(struct call *c)
{
	uint64_t *a = c->a;

	if (c->fn == PAGE_ASSIGN) {
		a[0] = a_vm(chance(95) ? ISO_HOST : some_vm());
		a[1] = a_vm(some_vm());
		a[2] = a_word(some_page(ISO_HOST));
		a[3] = a_word(1 + below(6));
		a[4] = a_word(some_ipa(a[1]));
	} else {
		a[0] = a_vm(some_vm());
		a[1] = a_word(some_page(a[0]));
		a[2] = a_word(1 + below(3));
		a[3] = some_max();
	}
}

static void draw_vm_call(struct call *c)
{
	uint64_t *a = c->a;

	a[0] = a_vm(chance(97) ? ISO_HOST : some_vm());
	/* rather one that lends, or dies already */
	a[1] = a_vm(c->fn == VM_DESTROY && chance(50) ? lender() : some_vm());
	for (uint32_t i = 0; i < COUNT(ids) && c->fn == VM_DESTROY; i++)
		if (vms[ids[i]].state == ISO_VM_DYING && chance(60))
			a[1] = ids[i];
	a[2] = c->fn == VM_DESTROY ? some_max() : a_vm(some_vm());
	a[3] = a_word(chance(85));
}

/* of the sender */
static void draw_tx_call(struct call *c)
{
	static const uint8_t perms[] = { ISO_PERM_R, ISO_PERM_RW, ISO_PERM_RX,
					 ISO_PERM_RWX };
	uint64_t *a = c->a;

	a[0] = a_vm(some_vm());
	a[1] = a_word(some_slot(a[0], c->fn == TX_OPEN ? ISO_TX_FREE :
				c->fn == TX_RECLAIM ? ISO_TX_SENT :
						      ISO_TX_OPEN));
	a[2] = c->fn == TX_OPEN ? a_word(1 + below(3)) :
	       c->fn == TX_ADD ? a_word(some_page(a[0])) :
	       c->fn == TX_GRANT ? a_vm(some_vm()) :
	       c->fn == TX_SEND ? a_word(below(2)) : some_max();
	a[3] = c->fn == TX_ADD ? a_word(1 + below(3)) :
	       c->fn == TX_GRANT ? a_word(perms[below(COUNT(perms))]) :
				   some_max();
}

/* of a receiver */
static void draw_offer_call(struct call *c)
{
	const struct offer x = some_offer();
	uint64_t *a = c->a;

	a[0] = a_vm(x.w);
	a[1] = a_vm(x.o);
	a[2] = a_word(x.h);
	a[3] = c->fn == TX_RETRIEVE ? a_word(some_ipa(a[0])) :
				      a_word(below(2));
	a[4] = some_max();
}

static void draw(struct call *c)
{
	memset(c->a, 0, sizeof(c->a));
	if (c->fn <= PAGE_QUERY)
		draw_page_call(c);
	else if (c->fn == TX_RETRIEVE || c->fn == TX_RELINQUISH)
		draw_offer_call(c);
	else if (c->fn < VM_CREATE)
		draw_tx_call(c);
	else
		draw_vm_call(c);
}

/* what a call may be, by weight: a life is started often and ended seldom */
static enum fn some_fn(void)
{
	static const uint16_t weight[FUNCTIONS] = {
		[PAGE_ASSIGN] = 80, [PAGE_RELEASE] = 40, [PAGE_QUERY] = 20,
		[TX_OPEN] = 80, [TX_ADD] = 160, [TX_GRANT] = 160,
		[TX_SEND] = 140, [TX_RETRIEVE] = 140, [TX_RELINQUISH] = 110,
		[TX_RECLAIM] = 60, [TX_ABORT] = 8,
		[VM_CREATE] = 20, [VM_START] = 8, [VM_PEER] = 40,
		[VM_DESTROY] = 7,
	};
	uint64_t at = 0;
	uint32_t fn = 0;

	for (uint32_t i = 0; i < FUNCTIONS; i++)
		at += weight[i];
	for (at = below(at); at >= weight[fn]; fn++)
		at -= weight[fn];
	return (enum fn)fn;
}

/* ids in use, or all the VMs */
static int same(uint32_t n, const uint32_t *of)
{
	if (memcmp(&shadow.engine, &engine, sizeof(engine)) != 0 ||
	    memcmp(shadow.pages, pages, sizeof(pages)) != 0 ||
	    memcmp(shadow.machine.ram, machine.ram, sizeof(machine.ram)) != 0 ||
	    shadow.machine.calls != machine.calls)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t v = of[i];

		if (memcmp(&shadow.vms[v], &vms[v], sizeof(vms[v])) != 0 ||
		    memcmp(shadow.machine.s2[v], machine.s2[v],
			   sizeof(machine.s2[v])) != 0)
			return 0;
	}
	return 1;
}

static void follow(void)
{
	memcpy(&shadow.engine, &engine, sizeof(engine));
	memcpy(shadow.pages, pages, sizeof(pages));
	memcpy(shadow.machine.ram, machine.ram, sizeof(machine.ram));
	shadow.machine.calls = machine.calls;
	shadow.machine.zeroed = machine.zeroed;
	for (uint32_t i = 0; i < COUNT(ids); i++) {
		memcpy(&shadow.vms[ids[i]], &vms[ids[i]], sizeof(vms[0]));
		memcpy(shadow.machine.s2[ids[i]], machine.s2[ids[i]],
		       sizeof(machine.s2[0]));
	}
}

/* the most that a call may zero: what its max says */
static uint64_t allowance(const struct call *c)
{
	switch (c->fn) {
	case PAGE_RELEASE:
	case TX_SEND:
		return c->a[3];
	case TX_RELINQUISH:
		return c->a[4];
	case TX_RECLAIM:
	case VM_DESTROY:
		return c->a[2];
	default:
		return 0;
	}
}

static int host_got_zeros(void)
{
	for (uint32_t p = 0; p < NPAGES; p++)
		if (pages[p].owner == ISO_HOST &&
		    shadow.pages[p].owner != ISO_HOST && machine.ram[p] != 0)
			return 0;
	return 1;
}

/* what the keeper has in no transaction only its own calls change */
static int keeper_kept(const struct call *c)
{
	if (c->a[0] == ISO_KEEPER)
		return 1;
	for (uint32_t p = 0; p < NPAGES; p++) {
		if (shadow.pages[p].owner != ISO_KEEPER ||
		    shadow.pages[p].tx != ISO_NO_TX)
			continue;
		if (memcmp(&shadow.pages[p], &pages[p], sizeof(pages[p])) ||
		    shadow.machine.ram[p] != machine.ram[p])
			return 0;
	}
	return 1;
}

static const char *judge(const struct call *c, int32_t want, int32_t got)
{
	const char *part;

	if (got != want)
		return "not the documented code";
	if (got != ISO_OK && got != ISO_RETRY && !same(COUNT(ids), ids))
		return "a refused call left a trace";
	if (machine.locked)
		return "the lock is held";
	part = wf_broken(&engine, &machine, ids, COUNT(ids));
	if (part)
		return part;
	if (machine.zeroed - shadow.machine.zeroed > allowance(c))
		return "zeroed more than max";
	if (!keeper_kept(c))
		return "a page of the keeper's was touched";
	return host_got_zeros() ? NULL : "the host got a page with contents";
}

/* VMs write to what they may, so that there is something to leak */
static void scribble(void)
{
	const uint32_t p = (uint32_t)below(NPAGES);

	for (size_t i = 0; i < COUNT(ids); i++)
		if ((machine.s2[ids[i]][p].perm & ISO_PERM_RW) == ISO_PERM_RW)
			machine.ram[p] = word() | 1;
	shadow.machine.ram[p] = machine.ram[p];
}

static int complain(const struct call *c, uint64_t i, const char *what)
{
	printf("# call %" PRIu64 ": %s: ", i, what);
	printf("%s(%#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64
	       ", %#" PRIx64 ")\n", tables[c->fn].name, c->a[0], c->a[1],
	       c->a[2], c->a[3], c->a[4]);
	return 0;
}

static int step(const struct call *c, uint64_t i)
{
	const uint32_t row = deciding_row(&engine, &machine, c);
	const char *what;

	scribble();
	seen[c->fn][row]++;
	what = judge(c, tables[c->fn].code[row], make_call(&engine, c));
	if (what)
		return complain(c, i, what);
	follow();
	if (i % WHOLE == 0 && (!same(ISO_MAX_VMS, all_vms) ||
			       wf_broken(&engine, &machine, all_vms,
					 ISO_MAX_VMS)))
		return complain(c, i, "a VM that nobody uses");
	return 1;
}

static uint64_t some_more(enum fn fn)
{
	if (fn == VM_DESTROY && chance(70))
		return below(2400);
	return fn == TX_ADD && chance(1) ? 250 : 0;
}

static void repeat(struct call *c, const struct call *last)
{
	c->a[0] = last->a[0];
	c->a[1] = last->a[1];
	if (c->fn == TX_ADD) {
		c->a[2] = some_page(c->a[0]);
		c->a[3] = 1;
	}
}

/*
 * Now and then the same call comes many times, its first two arguments as they
 * were: that takes a transaction to its last range, and a VM to its end.
 */
static int run(uint64_t seed, uint64_t calls)
{
	struct call c = { some_fn(), { 0 } }, last = c;
	uint64_t again = 0;

	rng = seed;
	world_init();
	world_save(&shadow);
	for (uint64_t i = 0; i < calls; i++) {
		c.fn = again > 0 ? last.fn : some_fn();
		draw(&c);
		if (again > 0 && chance(98)) {
			repeat(&c, &last);
			again--;
		} else {
			last = c;
			again = some_more(c.fn);
		}
		if (!step(&c, i))
			return 0;
	}
	return same(ISO_MAX_VMS, all_vms);
}

static int all_rows_seen(void)
{
	int all = 1;

	for (uint32_t f = 0; f < FUNCTIONS; f++)
		for (uint32_t r = 0; r <= tables[f].rows; r++)
			if (seen[f][r] == 0) {
				printf("# %s: row %u never decided\n",
				       tables[f].name, r);
				all = 0;
			}
	return all;
}

int main(int argc, char **argv)
{
	const uint64_t calls = argc > 1 ? strtoull(argv[1], NULL, 0) : 60000;
	const uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	int good, bad = 0;

	printf("1..%u\n", SEEDS + 1);
	for (uint64_t s = first; s < first + SEEDS; s++) {
		good = run(s * 0x9e3779b97f4a7c15ull, calls);
		bad |= !good;
		printf("%s - %" PRIu64 " random calls, seed %" PRIu64 "\n",
		       good ? "ok" : "not ok", calls, s);
		fflush(stdout);
	}
	good = all_rows_seen();
	printf("%s - every row of every table decided\n",
	       good ? "ok" : "not ok");
	return bad || !good;
}
