/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "plain.h"

#define FRAME 0xfffffffff000u
#define RIGHTS (3ull << 6 | 1ull << 54)

/* the pages of a run, from the first on, that one entry has */
static uint64_t part(uint32_t h, uint64_t ip, uint64_t n)
{
	const uint64_t in = (1ull << 9 * h) - (ip & ((1ull << 9 * h) - 1));

	return in < n ? in : n;
}

static uint32_t slot(uint32_t h, uint64_t ip)
{
	return ip >> 9 * h & 511;
}

static uint32_t next(const struct plain *p, uint64_t d)
{
	return (uint32_t)(((d & FRAME) >> 12) - p->base);
}

static int is_leaf(uint32_t h, uint64_t d)
{
	return h == 0 ? (d & 3) == 3 : (d & 3) == 1;
}

void plain_init(struct plain *p, uint32_t ntables)
{
	memset(p->table, 0, ntables * sizeof(*p->table));
	memset(p->used, 0, ntables * sizeof(*p->used));
	p->nfree = 0;
	for (uint32_t t = ntables - 1; t > 0; t--)
		p->spare[p->nfree++] = t;
}

static int every(const struct plain *p, uint32_t t, uint32_t h, uint64_t ip,
		 uint64_t n, int want)
{
	for (uint64_t k; n > 0; ip += k, n -= k) {
		const uint64_t d = p->table[t].e[slot(h, ip)];

		k = part(h, ip, n);
		if (is_leaf(h, d) || d == 0) {
			if ((d != 0) != want)
				return 0;
		} else if (!every(p, next(p, d), h - 1, ip, k, want)) {
			return 0;
		}
	}
	return 1;
}

static void map(struct plain *p, uint32_t t, uint32_t h, uint64_t ip,
		uint64_t n, uint64_t d)
{
	for (uint64_t k; n > 0; ip += k, n -= k, d += k << 12) {
		uint64_t *e = &p->table[t].e[slot(h, ip)];

		k = part(h, ip, n);
		p->used[t] += *e == 0;
		if (h == 0) {
			*e = d | 3;
		} else if (h < 3 && k == 1ull << 9 * h &&
			   ((d & FRAME) >> 12 & (k - 1)) == 0) {
			*e = d | 1;
		} else {
			if (*e == 0)
				*e = (p->base + p->spare[--p->nfree]) << 12 | 3;
			map(p, next(p, *e), h - 1, ip, k, d);
		}
	}
}

static void unmap(struct plain *p, uint32_t t, uint32_t h, uint64_t ip,
		  uint64_t n)
{
	for (uint64_t k; n > 0; ip += k, n -= k) {
		uint64_t *e = &p->table[t].e[slot(h, ip)];

		k = part(h, ip, n);
		if (*e == 0)
			continue;
		if (!is_leaf(h, *e)) {
			const uint32_t c = next(p, *e);

			unmap(p, c, h - 1, ip, k);
			if (p->used[c] > 0)
				continue;
			p->spare[p->nfree++] = c;
		}
		*e = 0;
		p->used[t]--;
	}
}

static void protect(struct plain *p, uint32_t t, uint32_t h, uint64_t ip,
		    uint64_t n, uint64_t bits)
{
	for (uint64_t k; n > 0; ip += k, n -= k) {
		uint64_t *e = &p->table[t].e[slot(h, ip)];

		k = part(h, ip, n);
		if (is_leaf(h, *e))
			*e = (*e & ~RIGHTS) | bits;
		else
			protect(p, next(p, *e), h - 1, ip, k, bits);
	}
}

int plain_map(struct plain *p, uint64_t ip, uint64_t n, uint64_t frame,
	      uint64_t bits)
{
	if (!every(p, 0, p->top, ip, n, 0))
		return -1;
	map(p, 0, p->top, ip, n, frame << 12 | bits);
	return 0;
}

int plain_protect(struct plain *p, uint64_t ip, uint64_t n, uint64_t bits)
{
	if (!every(p, 0, p->top, ip, n, 1))
		return -1;
	protect(p, 0, p->top, ip, n, bits);
	return 0;
}

void plain_unmap(struct plain *p, uint64_t ip, uint64_t n)
{
	unmap(p, 0, p->top, ip, n);
}

uint64_t plain_query(const struct plain *p, uint64_t ip, uint64_t *off)
{
	uint32_t t = 0, h = p->top;
	uint64_t d;

	while (d = p->table[t].e[slot(h, ip)], d != 0 && !is_leaf(h, d)) {
		t = next(p, d);
		h--;
	}
	*off = ip & ((1ull << 9 * h) - 1);
	return d;
}
