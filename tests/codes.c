/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes.h"

#define INV ISO_INVALID
#define DEN ISO_DENIED
#define BSY ISO_BUSY
#define RTY ISO_RETRY
#define MEM ISO_NO_MEMORY

const struct table tables[FUNCTIONS] = {
	[PAGE_ASSIGN] = { "page_assign", 8,
		{ INV, DEN, INV, INV, INV, DEN, DEN, BSY } },
	[PAGE_RELEASE] = { "page_release", 6,
		{ INV, DEN, DEN, INV, DEN, RTY } },
	[PAGE_QUERY] = { "page_query", 4, { INV, DEN, INV, DEN } },
	[TX_OPEN] = { "tx_open", 5, { INV, DEN, INV, INV, BSY } },
	[TX_ADD] = { "tx_add", 7, { INV, DEN, INV, INV, DEN, MEM, DEN } },
	[TX_GRANT] = { "tx_grant", 9,
		{ INV, DEN, INV, INV, INV, DEN, DEN, DEN, DEN } },
	[TX_SEND] = { "tx_send", 8, { INV, DEN, INV, INV, INV, RTY, RTY, DEN } },
	[TX_RETRIEVE] = { "tx_retrieve", 8,
		{ INV, DEN, INV, DEN, DEN, BSY, INV, BSY } },
	[TX_RELINQUISH] = { "tx_relinquish", 9,
		{ INV, DEN, INV, DEN, INV, DEN, RTY, RTY, DEN } },
	[TX_RECLAIM] = { "tx_reclaim", 6, { INV, DEN, INV, DEN, DEN, RTY } },
	[TX_ABORT] = { "tx_abort", 4, { INV, DEN, INV, DEN } },
	[VM_CREATE] = { "vm_create", 4, { INV, DEN, INV, BSY } },
	[VM_START] = { "vm_start", 4, { INV, DEN, INV, DEN } },
	[VM_PEER] = { "vm_peer", 4, { INV, DEN, INV, DEN } },
	[VM_DESTROY] = { "vm_destroy", 7,
		{ INV, DEN, INV, DEN, DEN, BSY, RTY } },
};

/* What a row looks at. */
struct look {
	const struct iso_engine *e;
	const struct machine *m;
};

static int no_vm(uint64_t v)
{
	return v >= ISO_MAX_VMS;
}

static uint32_t life(struct look l, uint64_t v)
{
	return l.e->vms[v].state;
}

/* lo .. lo + n, without the sum, is not inside 0 .. size */
static int outside(uint64_t lo, uint64_t n, uint64_t size)
{
	return n > size || lo > size - n;
}

static int no_run(struct look l, uint64_t lo, uint64_t n)
{
	return n == 0 || outside(lo, n, l.e->npages);
}

static int taken(struct look l, uint64_t v, uint64_t ipa, uint64_t n)
{
	for (uint32_t p = 0; p < NPAGES; p++)
		if (l.m->s2[v][p].ipa >= (int64_t)ipa &&
		    l.m->s2[v][p].ipa < (int64_t)(ipa + n))
			return 1;
	return 0;
}

/* the n pages from lo are v's, in no transaction, and in the order of v's
 * addresses, as the host's always are */
static int plain(struct look l, uint64_t v, uint64_t lo, uint64_t n)
{
	for (uint64_t p = lo; p < lo + n; p++) {
		if (l.e->pages[p].owner != v || l.e->pages[p].tx != ISO_NO_TX)
			return 0;
		if (p > lo && l.e->pages[p].ipa != l.e->pages[p - 1].ipa + 1)
			return 0;
	}
	return 1;
}

/* receivers other than `but` that are listed, that hold it */
static uint32_t listed(const struct iso_tx *t, uint64_t but)
{
	uint32_t n = 0;

	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		n += w != but && t->grant[w].perm != ISO_PERM_NONE;
	return n;
}

static uint32_t holders(const struct iso_tx *t, uint64_t but)
{
	uint32_t n = 0;

	for (uint32_t w = 0; w < ISO_MAX_VMS; w++)
		n += w != but && t->grant[w].retrieved;
	return n;
}

/* would zeroing one more chunk leave pages */
static int more(const struct iso_tx *t, uint64_t max)
{
	return t->dirty > 1 || t->rest > max;
}

static uint32_t page_assign_row(struct look l, const uint64_t *a)
{
	const uint64_t vm = a[1], page = a[2], n = a[3], ipa = a[4];

	if (no_vm(vm) || vm == ISO_HOST)
		return 2;
	if (no_run(l, page, n))
		return 3;
	if (outside(ipa, n, ISO_IPA_PAGES))
		return 4;
	if (life(l, vm) != ISO_VM_CREATED)
		return 5;
	if (!plain(l, ISO_HOST, page, n))
		return 6;
	return taken(l, vm, ipa, n) ? 7 : 8;
}

static uint32_t page_release_row(struct look l, const uint64_t *a)
{
	const uint64_t page = a[1], n = a[2], max = a[3];

	if (a[0] == ISO_HOST)
		return 2;
	if (no_run(l, page, n) || max == 0)
		return 3;
	if (!plain(l, a[0], page, n < max ? n : max))
		return 4;
	return max < n ? 5 : 6;
}

static uint32_t page_query_row(struct look l, const uint64_t *a)
{
	if (a[1] >= l.e->npages)
		return 2;
	return a[0] != ISO_HOST && a[0] != l.e->pages[a[1]].owner ? 3 : 4;
}

static uint32_t tx_open_row(struct look l, const uint64_t *a)
{
	if (a[1] >= ISO_MAX_TX)
		return 2;
	if (a[2] != ISO_SHARE && a[2] != ISO_LEND && a[2] != ISO_DONATE)
		return 3;
	return l.e->vms[a[0]].tx[a[1]].state != ISO_TX_FREE ? 4 : 5;
}

static uint32_t tx_add_row(struct look l, const uint64_t *a)
{
	const uint64_t page = a[2], n = a[3];
	const struct iso_tx *t;

	if (a[1] >= ISO_MAX_TX)
		return 2;
	if (no_run(l, page, n))
		return 3;
	t = &l.e->vms[a[0]].tx[a[1]];
	if (t->state != ISO_TX_OPEN)
		return 4;
	if (t->nranges == ISO_MAX_RANGES ||
	    (uint64_t)t->total + n > ISO_IPA_PAGES)
		return 5;
	return !plain(l, a[0], page, n) ? 6 : 7;
}

static uint32_t tx_grant_row(struct look l, const uint64_t *a)
{
	const uint64_t vm = a[2], perm = a[3];
	const struct iso_tx *t;

	if (a[1] >= ISO_MAX_TX)
		return 2;
	if (no_vm(vm) || vm == a[0])
		return 3;
	if (perm != ISO_PERM_R && perm != ISO_PERM_RW &&
	    perm != ISO_PERM_RX && perm != ISO_PERM_RWX)
		return 4;
	t = &l.e->vms[a[0]].tx[a[1]];
	if (t->state != ISO_TX_OPEN)
		return 5;
	if (!l.e->vms[a[0]].peer[vm] || life(l, vm) != ISO_VM_LIVE)
		return 6;
	if (t->kind == ISO_DONATE && vm == ISO_HOST)
		return 7;
	return t->kind == ISO_DONATE && listed(t, vm) > 0 ? 8 : 9;
}

static uint32_t tx_send_row(struct look l, const uint64_t *a)
{
	const uint64_t clear = a[2], max = a[3];
	const struct iso_tx *t;

	if (a[1] >= ISO_MAX_TX || clear > 1 || max == 0)
		return 2;
	t = &l.e->vms[a[0]].tx[a[1]];
	if (t->state == ISO_TX_SENT && t->dirty > 0)
		return more(t, max) ? 6 : 8;
	if (t->state != ISO_TX_OPEN)
		return 7;
	if (t->nranges == 0 || listed(t, a[0]) == 0)
		return 3;
	if (clear && t->kind == ISO_SHARE)
		return 4;
	return clear ? 5 : 8;
}

static uint32_t tx_retrieve_row(struct look l, const uint64_t *a)
{
	const uint64_t ipa = a[3];
	const struct iso_tx *t;

	if (no_vm(a[1]) || a[2] >= ISO_MAX_TX)
		return 2;
	t = &l.e->vms[a[1]].tx[a[2]];
	if (t->state != ISO_TX_SENT || t->grant[a[0]].perm == ISO_PERM_NONE ||
	    t->grant[a[0]].retrieved)
		return 3;
	if (life(l, a[1]) != ISO_VM_LIVE)
		return 4;
	if (t->dirty > 0)
		return 5;
	if (outside(ipa, t->total, ISO_IPA_PAGES) ||
	    (a[0] == ISO_HOST && ipa < l.e->npages))
		return 6;
	return taken(l, a[0], ipa, t->total) ? 7 : 8;
}

static uint32_t tx_relinquish_row(struct look l, const uint64_t *a)
{
	const uint64_t clear = a[3], max = a[4];
	const struct iso_grant *g;
	const struct iso_tx *t;

	if (no_vm(a[1]) || a[2] >= ISO_MAX_TX || clear > 1 || max == 0)
		return 2;
	t = &l.e->vms[a[1]].tx[a[2]];
	g = &t->grant[a[0]];
	if (t->state != ISO_TX_SENT || g->perm == ISO_PERM_NONE)
		return 3;
	if (!g->retrieved && t->dirty == 0)
		return 8;
	if (!g->retrieved)
		return more(t, max) ? 7 : 9;
	if (!clear)
		return 9;
	if (t->kind == ISO_SHARE)
		return 4;
	return !(g->perm & 2) || holders(t, a[0]) > 0 ? 5 : 6;
}

static uint32_t tx_reclaim_row(struct look l, const uint64_t *a)
{
	const struct iso_tx *t;

	if (a[1] >= ISO_MAX_TX || a[2] == 0)
		return 2;
	t = &l.e->vms[a[0]].tx[a[1]];
	if (t->state != ISO_TX_SENT)
		return 3;
	if (holders(t, a[0]) > 0)
		return 4;
	return t->dirty > 0 ? 5 : 6;
}

static uint32_t tx_abort_row(struct look l, const uint64_t *a)
{
	if (a[1] >= ISO_MAX_TX)
		return 2;
	return l.e->vms[a[0]].tx[a[1]].state != ISO_TX_OPEN ? 3 : 4;
}

static uint32_t vm_create_row(struct look l, const uint64_t *a)
{
	if (no_vm(a[1]) || a[1] == ISO_HOST)
		return 2;
	return life(l, a[1]) != ISO_VM_ABSENT ? 3 : 4;
}

static uint32_t vm_start_row(struct look l, const uint64_t *a)
{
	if (no_vm(a[1]) || a[1] == ISO_HOST)
		return 2;
	return life(l, a[1]) != ISO_VM_CREATED ? 3 : 4;
}

static int no_peer(uint32_t state)
{
	return state == ISO_VM_ABSENT || state == ISO_VM_DYING;
}

static uint32_t vm_peer_row(struct look l, const uint64_t *a)
{
	if (no_vm(a[1]) || no_vm(a[2]) || a[1] == a[2] || a[3] > 1)
		return 2;
	return no_peer(life(l, a[1])) || no_peer(life(l, a[2])) ? 3 : 4;
}

static uint32_t vm_destroy_row(struct look l, const uint64_t *a)
{
	const struct iso_vm *v;

	if (no_vm(a[1]) || a[1] == ISO_HOST || a[2] == 0)
		return 2;
	if (a[1] == 63)
		return 3;
	v = &l.e->vms[a[1]];
	if (v->state == ISO_VM_ABSENT)
		return 4;
	if (v->state != ISO_VM_DYING || v->cursor_vm < ISO_MAX_VMS)
		return 6;
	if (v->cursor_tx < ISO_MAX_TX)
		return holders(&v->tx[v->cursor_tx], a[1]) > 0 ? 5 : 6;
	return v->cursor_page < l.e->npages ? 6 : 7;
}

static int by_host(enum fn fn)
{
	return fn == PAGE_ASSIGN || fn >= VM_CREATE;
}

uint32_t deciding_row(const struct iso_engine *e, const struct machine *m,
		      const struct call *c)
{
	static uint32_t (*const row[FUNCTIONS])(struct look,
						const uint64_t *) = {
		page_assign_row, page_release_row, page_query_row,
		tx_open_row, tx_add_row, tx_grant_row, tx_send_row,
		tx_retrieve_row, tx_relinquish_row, tx_reclaim_row,
		tx_abort_row,
		vm_create_row, vm_start_row, vm_peer_row, vm_destroy_row,
	};
	const struct look l = { e, m };

	if (no_vm(c->a[0]))
		return 0;
	if (by_host(c->fn) ? c->a[0] != ISO_HOST :
			     life(l, c->a[0]) != ISO_VM_LIVE)
		return 1;
	return row[c->fn](l, c->a);
}

static int32_t call_tx(struct iso_engine *e, enum fn fn, const uint64_t *a)
{
	switch (fn) {
	case TX_OPEN:
		return iso_tx_open(e, a[0], a[1], a[2]);
	case TX_ADD:
		return iso_tx_add(e, a[0], a[1], a[2], a[3]);
	case TX_GRANT:
		return iso_tx_grant(e, a[0], a[1], a[2], a[3]);
	case TX_SEND:
		return iso_tx_send(e, a[0], a[1], a[2], a[3]);
	case TX_RETRIEVE:
		return iso_tx_retrieve(e, a[0], a[1], a[2], a[3]);
	case TX_RELINQUISH:
		return iso_tx_relinquish(e, a[0], a[1], a[2], a[3], a[4]);
	case TX_RECLAIM:
		return iso_tx_reclaim(e, a[0], a[1], a[2]);
	default:
		return iso_tx_abort(e, a[0], a[1]);
	}
}

int32_t make_call(struct iso_engine *e, const struct call *c)
{
	const uint64_t *a = c->a;
	struct iso_page out;

	switch (c->fn) {
	case PAGE_ASSIGN:
		return iso_page_assign(e, a[0], a[1], a[2], a[3], a[4]);
	case PAGE_RELEASE:
		return iso_page_release(e, a[0], a[1], a[2], a[3]);
	case PAGE_QUERY:
		return iso_page_query(e, a[0], a[1], &out);
	case VM_CREATE:
		return iso_vm_create(e, a[0], a[1]);
	case VM_START:
		return iso_vm_start(e, a[0], a[1]);
	case VM_PEER:
		return iso_vm_peer(e, a[0], a[1], a[2], a[3]);
	case VM_DESTROY:
		return iso_vm_destroy(e, a[0], a[1], a[2]);
	default:
		return call_tx(e, c->fn, a);
	}
}
