/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

/*@ requires valid: valid_s2(s);
    requires part: t < s->ntables && i + m <= 512;
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1];
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), t, i, m); */
static void wipe(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m)
{
	/*@ loop invariant j: 0 <= j <= m;
	    loop invariant done: \forall integer k; i <= k < i + j ==>
	      s->table[t].e[k] == 0;
	    loop invariant rest: \forall integer u, k;
	      0 <= u < s->ntables && 0 <= k < 512 &&
	      !(u == t && i <= k < i + j) ==>
	      s->table[u].e[k] == \at(s->table[u].e[k], Pre);
	    loop assigns j, s->table[t].e[i .. i + m - 1];
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++)
		s->table[t].e[i + j] = 0;
	/*@ assert meta: s2_same_meta(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert rest: s2_put_rest(\at(s2_of(s), Pre), s2_of(s), t, i, m); */
}

void iso_s2_clear(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m)
{
	/*@ ghost iso_s2_stale = (int)(1 + s->vm); */
	wipe(s, t, i, m);
}

void iso_s2_zero(struct iso_s2 *s, uint32_t c)
{
	/*@ ghost iso_s2_unseen = 1; */
	wipe(s, c, 0, 512);
}

/* the same for a table not in use */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires part: t < s->ntables && i + m <= 512 && 1 <= m;
    requires leaf: leaf_height(h) && fits(h, f) && attr(x);
    requires frames: frame(first(h, f, m) - 1);
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1];
    ensures done: s2_stores(\old(s2_of(s)), s2_of(s), t, i, m, h, f, x); */
static void store_run(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		      uint32_t h, uint64_t f, uint32_t x)
{
	const uint64_t by = 4096u * (uint64_t)iso_s2_span(h);
	uint64_t d = iso_s2_mk_leaf(s->layout, h, f, x);

	/*@ loop invariant j: 0 <= j <= m;
	    loop invariant d: j < m ==>
	      d == mk_leaf(s->layout, h, first(h, f, j), x);
	    loop invariant done: \forall integer k; i <= k < i + j ==>
	      s->table[t].e[k] ==
	        mk_leaf(s->layout, h, first(h, f, k - i), x);
	    loop invariant rest: \forall integer u, k;
	      0 <= u < s->ntables && 0 <= k < 512 &&
	      !(u == t && i <= k < i + j) ==>
	      s->table[u].e[k] == \at(s->table[u].e[k], Pre);
	    loop assigns j, d, s->table[t].e[i .. i + m - 1];
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++) {
		s->table[t].e[i + j] = d;
		d += by;
	}
	/*@ assert meta: s2_same_meta(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert rest: s2_put_rest(\at(s2_of(s), Pre), s2_of(s), t, i, m); */
}

void iso_s2_fill(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		 uint64_t f, uint32_t x)
{
	store_run(s, t, i, m, s->meta[t].levels - 1u, f, x);
}

void iso_s2_link(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	const uint32_t h = s->meta[t].levels - 1u;

	s->meta[c].org = iso_s2_first(h, s->meta[t].org, i);
	s->meta[c].up = t;
	s->meta[c].ix = (uint16_t)i;
	s->meta[c].levels = (uint16_t)h;
	s->nfree--;
	s->table[t].e[i] = iso_s2_mk_next(s->layout, s->base + c);
	/*@ assert around: s2_around(\at(s2_of(s), Pre), s2_of(s), t, i, c); */
}

void iso_s2_unlink(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	/*@ ghost iso_s2_stale = (int)(1 + s->vm); */
	s->table[t].e[i] = 0;
	s->meta[c].levels = 0;
	s->meta[c].up = s->nfree;
	s->spare[s->nfree] = c;
	s->nfree++;
	/*@ assert around: s2_around(\at(s2_of(s), Pre), s2_of(s), t, i, c); */
}
