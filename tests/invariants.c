/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "invariants.h"

const uint32_t all_vms[ISO_MAX_VMS] = {
	0,  1,	2,  3,	4,  5,	6,  7,	8,  9,	10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

/* What is looked at: handed down by value, as each part needs some of it. */
struct look {
	const struct iso_engine *e;
	const struct machine *m;
	const uint32_t *ids;
	uint32_t n;
};

static const struct iso_tx *tx_at(struct look l, uint32_t o, uint32_t h)
{
	return &l.e->vms[o].tx[h];
}

static const struct iso_tx *tx_of(struct look l, uint32_t p)
{
	return tx_at(l, l.e->pages[p].owner, l.e->pages[p].tx);
}

static int tagged(struct look l, uint32_t p)
{
	return l.e->pages[p].tx != ISO_NO_TX;
}

static int in_run(uint32_t lo, uint32_t n, uint32_t p)
{
	return p >= lo && p - lo < n;
}

static int page_ok(struct look l, uint32_t p)
{
	const struct iso_page *x = &l.e->pages[p];
	const struct iso_range *r;

	if (x->owner >= ISO_MAX_VMS || x->ipa >= ISO_IPA_PAGES)
		return 0;
	if (x->owner == ISO_HOST && x->ipa != p)
		return 0;
	if (!tagged(l, p))
		return x->range == 0;
	if (x->tx >= ISO_MAX_TX || tx_of(l, p)->state == ISO_TX_FREE)
		return 0;
	r = &tx_of(l, p)->range[x->range];
	return x->range < tx_of(l, p)->nranges && in_run(r->page, r->n, p);
}

static int pages_ok(struct look l)
{
	for (uint32_t p = 0; p < l.e->npages; p++)
		if (!page_ok(l, p))
			return 0;
	return 1;
}

/* a range holds exactly its pages, in the order of the owner's addresses */
static int range_ok(struct look l, uint32_t o, uint32_t h, uint32_t r)
{
	const struct iso_tx *t = tx_at(l, o, h);
	const struct iso_range *x = &t->range[r];

	if (x->n < 1 || x->n > l.e->npages || x->page > l.e->npages - x->n)
		return 0;
	if (x->n > t->total || x->off > t->total - x->n)
		return 0;
	for (uint32_t i = 0; i < x->n; i++) {
		const struct iso_page *p = &l.e->pages[x->page + i];

		if (p->owner != o || p->tx != h || p->range != r ||
		    p->ipa != l.e->pages[x->page].ipa + i)
			return 0;
	}
	return r == 0 || t->range[r - 1].off + t->range[r - 1].n <= x->off;
}

static int head_ok(struct look l, uint32_t o, uint32_t h)
{
	const struct iso_tx *t = tx_at(l, o, h);

	if (t->state == ISO_TX_FREE)
		return (t->kind | t->nranges | t->dirty) == 0 &&
		       (t->rest | t->total) == 0;
	if (t->state != ISO_TX_OPEN && t->state != ISO_TX_SENT)
		return 0;
	if (t->kind < ISO_SHARE || t->kind > ISO_DONATE)
		return 0;
	if (t->nranges > ISO_MAX_RANGES || t->total > ISO_IPA_PAGES)
		return 0;
	if (t->state == ISO_TX_SENT && t->nranges == 0)
		return 0;
	if (t->dirty == 0)
		return t->rest == 0;
	return t->dirty <= t->nranges && t->state == ISO_TX_SENT &&
	       t->kind != ISO_SHARE && t->rest >= 1 &&
	       t->rest <= t->range[t->dirty - 1].n;
}

static int txs_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++)
		for (uint32_t h = 0; h < ISO_MAX_TX; h++) {
			if (!head_ok(l, l.ids[i], h))
				return 0;
			for (uint32_t r = 0; r < tx_at(l, l.ids[i], h)->nranges;
			     r++)
				if (!range_ok(l, l.ids[i], h, r))
					return 0;
		}
	return 1;
}

static int empty(const struct iso_grant *g)
{
	return g->perm == 0 && g->retrieved == 0 && g->ipa == 0;
}

static int grant_ok(struct look l, uint32_t o, uint32_t h, uint32_t w)
{
	const struct iso_tx *t = tx_at(l, o, h);
	const struct iso_grant *g = &t->grant[w];

	if (g->perm == ISO_PERM_NONE)
		return empty(g);
	if (g->perm != ISO_PERM_R && g->perm != ISO_PERM_RW &&
	    g->perm != ISO_PERM_RX && g->perm != ISO_PERM_RWX)
		return 0;
	if (w == o || t->state == ISO_TX_FREE)
		return 0;
	if (t->kind == ISO_DONATE && w == ISO_HOST)
		return 0;
	if (!g->retrieved)
		return g->ipa == 0;
	return g->retrieved == 1 && t->state == ISO_TX_SENT &&
	       t->kind != ISO_DONATE && t->dirty == 0 &&
	       t->total <= ISO_IPA_PAGES &&
	       g->ipa <= ISO_IPA_PAGES - t->total &&
	       (w != ISO_HOST || g->ipa >= l.e->npages);
}

static int list_ok(struct look l, uint32_t o, uint32_t h)
{
	uint32_t listed = 0;

	for (uint32_t i = 0; i < l.n; i++) {
		if (!grant_ok(l, o, h, l.ids[i]))
			return 0;
		listed += tx_at(l, o, h)->grant[l.ids[i]].perm != 0;
	}
	return tx_at(l, o, h)->kind != ISO_DONATE || listed <= 1;
}

static int grants_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++)
		for (uint32_t h = 0; h < ISO_MAX_TX; h++)
			if (!list_ok(l, l.ids[i], h))
				return 0;
	return 1;
}

static int owner_has(struct look l, uint32_t p)
{
	return !tagged(l, p) || tx_of(l, p)->state == ISO_TX_OPEN ||
	       tx_of(l, p)->kind == ISO_SHARE;
}

/* what v should have of page p, by ownership alone */
static struct entry wanted(struct look l, uint32_t v, uint32_t p)
{
	const struct iso_page *x = &l.e->pages[p];
	struct entry w = { -1, ISO_PERM_NONE, 0 };
	const struct iso_range *r;
	const struct iso_grant *g;

	if (x->owner == v) {
		w.ipa = x->ipa;
		w.perm = owner_has(l, p) ? ISO_PERM_RWX : ISO_PERM_NONE;
	} else if (tagged(l, p) && tx_of(l, p)->grant[v].retrieved) {
		g = &tx_of(l, p)->grant[v];
		r = &tx_of(l, p)->range[x->range];
		w.ipa = (int64_t)g->ipa + r->off + (p - r->page);
		w.perm = g->perm;
	}
	return w;
}

/* mapped is what ownership allows, and no older right is in use */
static int s2_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++) {
		if (l.m->unflushed[l.ids[i]])
			return 0;
		for (uint32_t p = 0; p < l.e->npages; p++) {
			const struct entry w = wanted(l, l.ids[i], p);
			const struct entry *x = &l.m->s2[l.ids[i]][p];

			if (x->ipa != w.ipa || x->perm != w.perm || x->stale)
				return 0;
		}
	}
	return 1;
}

/* no address of a VM translates to two pages */
static int once_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++) {
		const struct entry *x = l.m->s2[l.ids[i]];

		for (uint32_t p = 0; p < l.e->npages; p++)
			for (uint32_t q = 0; x[p].ipa >= 0 && q < p; q++)
				if (x[q].ipa == x[p].ipa)
					return 0;
	}
	return 1;
}

/* two VMs reach a page only by a sent transaction of its owner that lists the
 * one that is not the owner */
static int apart_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++)
		for (uint32_t p = 0; p < l.e->npages; p++) {
			const uint32_t v = l.ids[i];

			if (l.m->s2[v][p].perm == 0 ||
			    l.e->pages[p].owner == v)
				continue;
			if (!tagged(l, p) ||
			    tx_of(l, p)->state != ISO_TX_SENT ||
			    (tx_of(l, p)->grant[v].perm &
			     l.m->s2[v][p].perm) != l.m->s2[v][p].perm)
				return 0;
		}
	return 1;
}

/* what the keeper has in no transaction nobody else has anywhere */
static int kept_ok(struct look l)
{
	for (uint32_t p = 0; p < l.e->npages; p++) {
		if (l.e->pages[p].owner != ISO_KEEPER || tagged(l, p))
			continue;
		for (uint32_t i = 0; i < l.n; i++)
			if (l.ids[i] != ISO_KEEPER &&
			    l.m->s2[l.ids[i]][p].ipa != -1)
				return 0;
	}
	return l.e->vms[ISO_KEEPER].state != ISO_VM_DYING;
}

/* a CLEAR under way has not come to the page yet */
static int unscrubbed(struct look l, uint32_t p)
{
	const struct iso_tx *t = tx_of(l, p);
	const uint32_t r = l.e->pages[p].range;

	return r + 1u < t->dirty ||
	       (r + 1u == t->dirty && p - t->range[r].page < t->rest);
}

static int zero_ok(struct look l)
{
	for (uint32_t p = 0; p < l.e->npages; p++)
		if (tagged(l, p) && tx_of(l, p)->dirty > 0 &&
		    !unscrubbed(l, p) && l.m->ram[p] != 0)
			return 0;
	return 1;
}

static int cursors_ok(struct look l, uint32_t v)
{
	const struct iso_vm *x = &l.e->vms[v];

	if (x->state > ISO_VM_DYING || x->cursor_vm > ISO_MAX_VMS ||
	    x->cursor_tx > ISO_MAX_TX || x->cursor_page > l.e->npages)
		return 0;
	if (x->cursor_vm < ISO_MAX_VMS && x->cursor_tx >= ISO_MAX_TX)
		return 0;
	if (x->cursor_page > 0 &&
	    (x->cursor_vm != ISO_MAX_VMS || x->cursor_tx != ISO_MAX_TX))
		return 0;
	return x->state == ISO_VM_DYING ||
	       (x->cursor_vm | x->cursor_tx | x->cursor_page) == 0;
}

/* has the teardown of v come past transaction h of o; past all of o */
static int passed(const struct iso_vm *x, uint32_t o, uint32_t h)
{
	if (x->state == ISO_VM_ABSENT)
		return 1;
	return x->state == ISO_VM_DYING &&
	       (o < x->cursor_vm || (o == x->cursor_vm && h < x->cursor_tx));
}

static int closed(const struct iso_vm *x, uint32_t h)
{
	if (x->state == ISO_VM_ABSENT || x->state == ISO_VM_CREATED)
		return 1;
	return x->state == ISO_VM_DYING && x->cursor_vm == ISO_MAX_VMS &&
	       h < x->cursor_tx;
}

static int vm_ok(struct look l, uint32_t v)
{
	const struct iso_vm *x = &l.e->vms[v];

	if (!cursors_ok(l, v))
		return 0;
	for (uint32_t i = 0; i < l.n; i++)
		for (uint32_t h = 0; h < ISO_MAX_TX; h++)
			if ((x->state == ISO_VM_CREATED ||
			     passed(x, l.ids[i], h)) &&
			    !empty(&tx_at(l, l.ids[i], h)->grant[v]))
				return 0;
	for (uint32_t h = 0; h < ISO_MAX_TX; h++)
		if (closed(x, h) && x->tx[h].state != ISO_TX_FREE)
			return 0;
	return 1;
}

static int vms_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++)
		if (!vm_ok(l, l.ids[i]))
			return 0;
	return l.e->vms[ISO_HOST].state == ISO_VM_LIVE;
}

/* a dead VM owns nothing, a dying one nothing before its cursor */
static int swept_ok(struct look l)
{
	for (uint32_t p = 0; p < l.e->npages; p++) {
		const struct iso_vm *x = &l.e->vms[l.e->pages[p].owner];

		if (x->state == ISO_VM_ABSENT ||
		    (x->state == ISO_VM_DYING && p < x->cursor_page))
			return 0;
	}
	return 1;
}

static int peers_ok(struct look l)
{
	for (uint32_t i = 0; i < l.n; i++)
		for (uint32_t j = 0; j < l.n; j++) {
			const struct iso_vm *v = &l.e->vms[l.ids[i]];
			const struct iso_vm *w = &l.e->vms[l.ids[j]];

			if (v->peer[l.ids[j]] > 1)
				return 0;
			if (v->state != ISO_VM_ABSENT &&
			    (v->state != ISO_VM_DYING ||
			     l.ids[j] >= v->cursor_vm))
				continue;
			if (v->peer[l.ids[j]] != 0 || w->peer[l.ids[i]] != 0)
				return 0;
		}
	return 1;
}

const char *wf_broken(const struct iso_engine *e, const struct machine *m,
		      const uint32_t *ids, uint32_t n)
{
	const struct look l = { e, m, ids, n };

	if (e->npages < 1 || e->npages > ISO_MAX_PAGES)
		return "np";
	if (!txs_ok(l))
		return "ranges, held, offs or txs";
	if (!pages_ok(l))
		return "pages";
	if (!grants_ok(l))
		return "grants or single";
	if (!s2_ok(l))
		return "s2 or fresh";
	if (!once_ok(l))
		return "once";
	if (!apart_ok(l))
		return "exclusivity";
	if (!kept_ok(l))
		return "kept";
	if (!zero_ok(l))
		return "zero";
	if (!vms_ok(l))
		return "vms, young, passed or closed";
	if (!swept_ok(l))
		return "swept";
	if (!peers_ok(l))
		return "peers";
	return NULL;
}
