/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

/*@ requires valid: valid_s2(s);
    requires entry: t < s->ntables && i < 512;
    terminates \true;
    exits \false;
    assigns s->table[t].e[i];
    ensures done: s2_sets_entry(\old(s2_of(s)), s2_of(s), t, i, d); */
static void set_entry(struct iso_s2 *s, uint32_t t, uint32_t i, uint64_t d)
{
	s->table[t].e[i] = d;
	/*@ assert hts: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ht(s2_of(s), v) == s2_ht(\at(s2_of(s), Pre), v); */
	/*@ assert orgs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_org(s2_of(s), v) == s2_org(\at(s2_of(s), Pre), v); */
	/*@ assert ups: \forall integer v; 0 <= v < s->ntables ==>
	      s2_up(s2_of(s), v) == s2_up(\at(s2_of(s), Pre), v); */
	/*@ assert ixs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ix(s2_of(s), v) == s2_ix(\at(s2_of(s), Pre), v); */
	/*@ assert spares: \forall integer v; 0 <= v < s->ntables ==>
	      s2_spare(s2_of(s), v) == s2_spare(\at(s2_of(s), Pre), v); */
	/*@ assert ents: \forall integer u, k;
	      0 <= u < s->ntables && 0 <= k < 512 && !(u == t && k == i) ==>
	      s->table[u].e[k] == \at(s->table[u].e[k], Pre); */
	/*@ assert meta: s2_same_meta(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert rest: s2_put_rest(\at(s2_of(s), Pre), s2_of(s), t, i, 1); */
}

uint64_t iso_s2_entry(const struct iso_s2 *s, uint32_t t, uint32_t i)
{
	return s->table[t].e[i];
}

/*@ requires valid: valid_s2(s);
    requires part: t < s->ntables && i + m <= 512;
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1];
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), t, i, m); */
static void wipe(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m)
{
	/*@ loop invariant j: 0 <= j <= m;
	    loop invariant done:
	      s2_clears(\at(s2_of(s), Pre), s2_of(s), t, i, j);
	    loop assigns j, s->table[t].e[i .. i + m - 1];
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++)
		set_entry(s, t, i + j, 0);
}

void iso_s2_clear(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m)
{
	/*@ ghost iso_s2_stale = (int)(1 + s->vm); */
	wipe(s, t, i, m);
}

void iso_s2_empty(struct iso_s2 *s, uint32_t c)
{
	/*@ ghost iso_s2_unseen = 1; */
	wipe(s, c, 0, 512);
}

void iso_s2_zero(struct iso_s2 *s, uint32_t c)
{
	iso_s2_empty(s, c);
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
	    loop invariant done:
	      s2_stores(\at(s2_of(s), Pre), s2_of(s), t, i, j, h, f, x);
	    loop assigns j, d, s->table[t].e[i .. i + m - 1];
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++) {
		set_entry(s, t, i + j, d);
		d += by;
	}
}

void iso_s2_fill(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		 uint64_t f, uint32_t x)
{
	store_run(s, t, i, m, s->meta[t].levels - 1u, f, x);
}

void iso_s2_spread(struct iso_s2 *s, uint32_t c, uint32_t h, uint64_t f,
		   uint32_t x)
{
	/*@ ghost iso_s2_unseen = 1; */
	store_run(s, c, 0, 512, h, f, x);
}

/* does page or block d have device memory */
/*@ requires layout: layout(l);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \forall integer h; \result != 0 <==>
      d_attr(l, h, d) >= ISO_S2_DEVICE; */
static int32_t device(uint32_t l, uint64_t d)
{
	return iso_s2_attr(l, d) >= ISO_S2_DEVICE;
}

/* the frame of page or block d, and other bits: these for device memory, those
 * for other */
/*@ requires layout: layout(l);
    requires small: dev <= 0xffff000000000000 && mem <= 0xffff000000000000;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \forall integer h; \result == 4096 * d_out(l, h, d) +
      (d_attr(l, h, d) >= ISO_S2_DEVICE ? dev : mem); */
static uint64_t painted(uint32_t l, uint64_t d, uint64_t dev, uint64_t mem)
{
	return 4096u * iso_s2_frame(d) + (device(l, d) ? dev : mem);
}

void iso_s2_paint(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		  uint32_t x)
{
	const uint32_t l = s->layout;
	const uint32_t h = s->meta[t].levels - 1u;
	uint64_t dev, mem;

	/*@ assert first: leaf_height(h) &&
	      attr(d_attr(l, h, s2_ent(s2_of(s), t, i))); */
	dev = iso_s2_mk_leaf(l, h, 0, x + ISO_S2_DEVICE);
	mem = iso_s2_mk_leaf(l, h, 0, x);
	/*@ ghost iso_s2_stale = (int)(1 + s->vm); */
	/*@ assert height: h == s2_ht(s2_of(s), t); */
	/*@ loop invariant j: 0 <= j <= m;
	    loop invariant done:
	      s2_paints(\at(s2_of(s), Pre), s2_of(s), t, i, j, x);
	    loop assigns j, s->table[t].e[i .. i + m - 1];
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++) {
		const uint32_t k = i + j;
		const uint64_t d = iso_s2_entry(s, t, k);

		/*@ assert at: k == i + j && k < 512; */
		/*@ assert was: d == s2_ent(\at(s2_of(s), Pre), t, k); */
		/*@ assert is: s2_paint(l, h, d, x) == 4096 * d_out(l, h, d) +
		      (d_attr(l, h, d) >= ISO_S2_DEVICE ? dev : mem); */
		set_entry(s, t, k, painted(l, d, dev, mem));
	}
}

void iso_s2_set_meta(struct iso_s2 *s, uint32_t c, uint32_t h, uint64_t o,
		     uint32_t u, uint32_t x)
{
	s->meta[c].org = o;
	s->meta[c].up = u;
	s->meta[c].ix = (uint16_t)x;
	s->meta[c].levels = (uint16_t)h;
	/*@ assert hts: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_ht(s2_of(s), v) == s2_ht(\at(s2_of(s), Pre), v); */
	/*@ assert orgs: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_org(s2_of(s), v) == s2_org(\at(s2_of(s), Pre), v); */
	/*@ assert ups: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_up(s2_of(s), v) == s2_up(\at(s2_of(s), Pre), v); */
	/*@ assert ixs: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_ix(s2_of(s), v) == s2_ix(\at(s2_of(s), Pre), v); */
	/*@ assert rest: s2_rest_meta(\at(s2_of(s), Pre), s2_of(s), c); */
	/*@ assert ents: s2_same_ents(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert spare: s2_same_spare(\at(s2_of(s), Pre), s2_of(s)); */
}

/*@ requires valid: valid_s2(s);
    requires some: 1 <= s->nfree;
    terminates \true;
    exits \false;
    assigns s->nfree;
    ensures valid: valid_s2(s);
    ensures done: s2_pops(\old(s2_of(s)), s2_of(s));
    ensures taken: s->nfree == \old(s->nfree) - 1; */
static void pop(struct iso_s2 *s)
{
	s->nfree--;
	/*@ assert ents: s2_same_ents(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert spare: s2_same_spare(\at(s2_of(s), Pre), s2_of(s)); */
}

void iso_s2_link(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	const uint32_t h = s->meta[t].levels - 1u;
	const uint64_t o = iso_s2_first(h, s->meta[t].org, i);
	const uint64_t f = s->base + c;
	uint64_t d;

	/*@ assert height: h == s2_ht(s2_of(s), t); */
	/*@ assert org: o == first(h, s2_org(s2_of(s), t), i); */
	/*@ assert frame: f == s2_base(s2_of(s)) + c; */
	d = iso_s2_mk_next(s->layout, f);
	/*@ assert d: d == mk_next(s2_lay(s2_of(s)), s2_base(s2_of(s)) + c); */
	iso_s2_set_meta(s, c, h, o, t, i);
	pop(s);
	set_entry(s, t, i, d);
}

/*@ requires valid: valid_s2(s);
    requires table: c < s->ntables;
    terminates \true;
    exits \false;
    assigns s->meta[c].levels, s->meta[c].up;
    ensures valid: valid_s2(s);
    ensures levels: s->meta[c].levels == 0;
    ensures done: s2_drops(\old(s2_of(s)), s2_of(s), c); */
static void drop(struct iso_s2 *s, uint32_t c)
{
	s->meta[c].levels = 0;
	s->meta[c].up = s->nfree;
	/*@ assert hts: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_ht(s2_of(s), v) == s2_ht(\at(s2_of(s), Pre), v); */
	/*@ assert ups: \forall integer v; 0 <= v < s->ntables && v != c ==>
	      s2_up(s2_of(s), v) == s2_up(\at(s2_of(s), Pre), v); */
	/*@ assert rest: s2_rest_meta(\at(s2_of(s), Pre), s2_of(s), c); */
	/*@ assert ents: s2_same_ents(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert spare: s2_same_spare(\at(s2_of(s), Pre), s2_of(s)); */
}

/*@ requires valid: valid_s2(s);
    requires table: c < s->ntables;
    requires room: s->nfree < s->ntables;
    terminates \true;
    exits \false;
    assigns s->spare[s->nfree], s->nfree;
    ensures valid: valid_s2(s);
    ensures same: s->vm == \old(s->vm);
    ensures done: s2_pushes(\old(s2_of(s)), s2_of(s), c); */
static void push(struct iso_s2 *s, uint32_t c)
{
	s->spare[s->nfree] = c;
	s->nfree++;
	/*@ assert hts: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ht(s2_of(s), v) == s2_ht(\at(s2_of(s), Pre), v); */
	/*@ assert orgs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_org(s2_of(s), v) == s2_org(\at(s2_of(s), Pre), v); */
	/*@ assert ups: \forall integer v; 0 <= v < s->ntables ==>
	      s2_up(s2_of(s), v) == s2_up(\at(s2_of(s), Pre), v); */
	/*@ assert ixs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ix(s2_of(s), v) == s2_ix(\at(s2_of(s), Pre), v); */
	/*@ assert spares: \forall integer v; 0 <= v < s->nfree - 1 ==>
	      s2_spare(s2_of(s), v) == s2_spare(\at(s2_of(s), Pre), v); */
	/*@ assert top:
	      s2_nfree(s2_of(s)) == s2_nfree(\at(s2_of(s), Pre)) + 1 &&
	      s2_spare(s2_of(s), s2_nfree(\at(s2_of(s), Pre))) == c; */
	/*@ assert rest: s2_rest_meta(\at(s2_of(s), Pre), s2_of(s),
	      s->ntables); */
	/*@ assert ents: s2_same_ents(\at(s2_of(s), Pre), s2_of(s)); */
}

void iso_s2_unlink(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	/*@ ghost iso_s2_stale = (int)(1 + s->vm); */
	/*@ assert known: t < s2_nt(s2_of(s)) && c < s2_nt(s2_of(s)) &&
	      0 <= s2_nfree(s2_of(s)) < s2_nt(s2_of(s)); */
	set_entry(s, t, i, 0);
	drop(s, c);
	push(s, c);
}
