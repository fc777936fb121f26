/* SPDX-License-Identifier: BSD-2-Clause */
#include "need_spec.h"
#include "run.h"

#include <iso/status.h>

int32_t iso_s2_kinds(const struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		     uint32_t w)
{
	const uint32_t h = s->meta[t].levels - 1u;

	/*@ loop invariant j: 0 <= j <= m;
	    loop invariant so: s2_kinds(s2_of(s), t, i, j, w);
	    loop assigns j;
	    loop variant m - j; */
	for (uint32_t j = 0; j < m; j++) {
		const uint32_t k = i + j;
		const uint64_t d = iso_s2_entry(s, t, k);

		/*@ assert at: k == i + j; */
		if ((iso_s2_kind(s->layout, h, d) == ISO_S2_LEAF) != (w != 0))
			return 0;
	}
	return 1;
}

int32_t iso_s2_every(const struct iso_s2 *s, uint64_t ip, uint64_t n,
		     uint32_t w)
{
	uint64_t k = 0;

	/*@ loop invariant k: 0 <= k <= n;
	    loop invariant so: s2_every(s2_of(s), ip, k, w);
	    loop assigns k;
	    loop variant n - k; */
	while (k < n) {
		const uint64_t at = ip + k;
		const uint64_t left = n - k;
		const struct iso_s2_spot p = iso_s2_spot(s, at, left);

		/*@ assert at: at == ip + k && left == n - k; */
		if (!iso_s2_kinds(s, p.t, p.i, p.m, w)) {
			/*@ assert not: !s2_every(s2_of(s), at, left, w); */
			return 0;
		}
		/*@ assert part: 1 <= p.e && s2_every(s2_of(s), at, p.e, w); */
		k = p.e < left ? k + p.e : n;
	}
	return 1;
}

/* a new table under entry i of table t, which is free; ip is under it */
/*@ requires ok: ok_s2(s);
    requires table: t < s->ntables && 2 <= s->meta[t].levels <= 4;
    requires hole: s2_hole(s2_of(s), t, slot(s->meta[t].levels - 1, ip), ip);
    requires small: ip <= ISO_S2_IP_END;
    requires stack: 1 <= s->nfree;
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures one: s->nfree == \old(s->nfree) - 1;
    ensures table: \result < s->ntables &&
      s->meta[\result].levels == \old(s->meta[t].levels) - 1;
    ensures hole: s2_hole(s2_of(s), \result,
      slot(s->meta[\result].levels - 1, ip), ip);
    ensures flushed: fresh_s2; */
static uint32_t grow(struct iso_s2 *s, uint32_t t, uint64_t ip)
{
	const uint32_t i = iso_s2_slot(s->meta[t].levels - 1u, ip);
	const uint32_t c = s->spare[s->nfree - 1u];

	/*@ assert stack: s2_on_stack(s2_of(s), c); */
	/*@ assert spare: c < s->ntables && s2_ht(s2_of(s), c) == -1; */
	iso_s2_zero(s, c);
	iso_port_s2_publish();
	iso_s2_link(s, t, i, c);
	/*@ assert step: s2_wf(s2_of(s)) &&
	      s2_prunes(\at(s2_of(s), Pre), s2_of(s)) &&
	      s2_hole(s2_of(s), c, slot(s2_ht(s2_of(s), c), ip), ip) &&
	      s2_ht(s2_of(s), c) == \at(s->meta[t].levels, Pre) - 2; */
	/*@ assert height: s2_ht(s2_of(s), c) == s->meta[c].levels - 1; */
	return c;
}

/* may pages, or blocks, go into a table of height h */
/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_goes(h, ip, left, f); */
static int32_t goes(uint32_t h, uint64_t ip, uint64_t left, uint64_t f)
{
	return h == 0 || (h <= 2 && iso_s2_off(h, ip) == 0 &&
			  iso_s2_fits(h, f) && iso_s2_span(h) <= left);
}

/* pages or blocks go into table t: how many pages */
/*@ requires ok: ok_s2(s);
    requires table: t < s->ntables && 1 <= s->meta[t].levels <= 3;
    requires stop: s2_stop_at(s2_of(s), t, slot(s->meta[t].levels - 1, ip), ip);
    requires goes: s2_goes(s->meta[t].levels - 1, ip, left, f);
    requires left: 1 <= left && ip + left <= ISO_S2_IP_END &&
      s2_every(s2_of(s), ip, left, 0);
    requires good: s2_good_frames(s2_of(s), f, left, x);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1];
    ensures ok: ok_s2(s);
    ensures some: 1 <= \result <= left;
    ensures done: s2_maps_run(\old(s2_of(s)), s2_of(s), ip, \result, f, x);
    ensures begin: s2_uncuts_but(\old(s2_of(s)), s2_of(s), ip, \result);
    ensures end: s2_uncut(s2_of(s), ip + \result);
    ensures low: s2_low(s2_of(s), ip + \result); */
static uint64_t place(struct iso_s2 *s, uint32_t t, uint64_t ip, uint64_t left,
		      uint64_t f, uint32_t x)
{
	const uint32_t h = s->meta[t].levels - 1u;
	const struct iso_s2_spot p = iso_s2_spot_at(s, t, h, ip, left);

	/*@ assert height: h == s2_ht(s2_of(s), t) && p.t == t; */
	/*@ assert free: s2_free(s2_of(s), p.t, p.i, p.m); */
	/*@ assert fits: p.e <= left && fits(h, f) &&
	      frame(first(h, f, p.m) - 1); */
	iso_s2_fill(s, p.t, p.i, p.m, f, x);
	/*@ assert step: s2_wf(s2_of(s)) &&
	      s2_maps_run(\at(s2_of(s), Pre), s2_of(s), ip, p.e, f, x) &&
	      s2_uncuts_but(\at(s2_of(s), Pre), s2_of(s), ip, p.e) &&
	      s2_uncut(s2_of(s), ip + p.e) && s2_low(s2_of(s), ip + p.e); */
	return p.e;
}

/* some of left pages, from ip on, are mapped: how many; 0 if no table is left */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, left) &&
      ip + left <= ISO_S2_IP_END;
    requires left: 1 <= left && s2_every(s2_of(s), ip, left, 0);
    requires good: s2_good_frames(s2_of(s), f, left, x);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures some: \result <= left;
    ensures done: \result != 0 ==>
      s2_maps_run(\old(s2_of(s)), s2_of(s), ip, \result, f, x) &&
      s2_uncuts_but(\old(s2_of(s)), s2_of(s), ip, \result) &&
      s2_uncut(s2_of(s), ip + \result);
    ensures low: \result != 0 ==> s2_low(s2_of(s), ip + \result);
    ensures used: \result != 0 ==>
      \old(s->nfree) <= s->nfree + s2_deep(\old(s2_of(s)), ip);
    ensures out: \result == 0 ==> s2_prunes(\old(s2_of(s)), s2_of(s)) &&
      \old(s->nfree) < s2_deep(\old(s2_of(s)), ip);
    ensures flushed: fresh_s2; */
static uint64_t map_some(struct iso_s2 *s, uint64_t ip, uint64_t left,
			 uint64_t f, uint32_t x)
{
	uint32_t t = iso_s2_walk(s, ip);

	/*@ assert deep: s->meta[t].levels - 1 == s2_deep(s2_of(s), ip); */
	/*@ loop invariant ok: ok_s2(s);
	    loop invariant prunes: s2_prunes(\at(s2_of(s), Pre), s2_of(s));
	    loop invariant used: \at(s->nfree, Pre) + (s->meta[t].levels - 1) ==
	      s->nfree + s2_deep(\at(s2_of(s), Pre), ip);
	    loop invariant every: s2_every(s2_of(s), ip, left, 0);
	    loop invariant table: t < s->ntables && 1 <= s->meta[t].levels <= 4;
	    loop invariant hole:
	      s2_hole(s2_of(s), t, slot(s->meta[t].levels - 1, ip), ip);
	    loop invariant flushed: iso_s2_unseen == 0;
	    loop assigns t, s->table[0 .. \at(s->ntables, Pre) - 1],
	      s->meta[0 .. \at(s->ntables, Pre) - 1], s->nfree, iso_s2_unseen;
	    loop variant s->meta[t].levels; */
	while (!goes(s->meta[t].levels - 1u, ip, left, f)) {
		if (s->nfree == 0)
			return 0;
		t = grow(s, t, ip);
	}
	return place(s, t, ip, left, f, x);
}

/* pages are mapped, one after the other, until no table is left: how many */
/*@ requires ok: ok_s2(s);
    requires run: 1 <= n && s2_valid_run(s2_of(s), ip, n) &&
      ip + n <= ISO_S2_IP_END;
    requires free: s2_every(s2_of(s), ip, n, 0);
    requires good: s2_good_frames(s2_of(s), f, n, x);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures some: \result <= n;
    ensures done: s2_maps_run(\old(s2_of(s)), s2_of(s), ip, \result, f, x);
    ensures short: \result < n ==> \old(s->nfree) < s2_needs(s->top, ip, n);
    ensures begin: s2_uncut(s2_of(s), ip);
    ensures end: s2_uncut(s2_of(s), ip + \result);
    ensures flushed: fresh_s2; */
static uint64_t map_run(struct iso_s2 *s, uint64_t ip, uint64_t n, uint64_t f,
			uint32_t x)
{
	uint64_t k = 0;

	/*@ loop invariant k: 0 <= k <= n;
	    loop invariant ok: ok_s2(s);
	    loop invariant done:
	      s2_maps_run(\at(s2_of(s), Pre), s2_of(s), ip, k, f, x);
	    loop invariant low: k == 0 || s2_low(s2_of(s), ip + k);
	    loop invariant used:
	      \at(s->nfree, Pre) <= s->nfree + s2_needs(s->top, ip, k);
	    loop invariant begin: s2_uncut(s2_of(s), ip);
	    loop invariant end: s2_uncut(s2_of(s), ip + k);
	    loop invariant flushed: iso_s2_unseen == 0;
	    loop assigns k, s->table[0 .. \at(s->ntables, Pre) - 1],
	      s->meta[0 .. \at(s->ntables, Pre) - 1], s->nfree, iso_s2_unseen;
	    loop variant n - k; */
	while (k < n) {
		const uint64_t at = ip + k, left = n - k, g = f + k;
		uint64_t got;

		/*@ assert at: at == ip + k && left == n - k && g == f + k; */
		/*@ assert every: s2_every(s2_of(s), at, left, 0); */
		/*@ assert good: s2_good_frames(s2_of(s), g, left, x) &&
		      s2_valid_run(s2_of(s), at, left); */
		got = map_some(s, at, left, g, x);
		/*@ assert needs: got != 0 ==>
		      s2_deep(\at(s2_of(s), LoopCurrent), at) +
		      s2_needs(s->top, ip, k) <= s2_needs(s->top, ip, k + got); */
		/*@ assert lacks: s2_deep(\at(s2_of(s), LoopCurrent), at) +
		      s2_needs(s->top, ip, k) <= s2_needs(s->top, ip, n); */
		if (got == 0)
			return k;
		k += got;
	}
	return n;
}

/* may the frames be mapped so */
/*@ requires ok: ok_s2(s);
    requires n: 1 <= n <= ISO_S2_IP_END;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_good_frames(s2_of(s), f, n, x); */
static int32_t good_frames(const struct iso_s2 *s, uint64_t f, uint64_t n,
			   uint32_t x)
{
	if (x >= 16u || x % 2u == 0)
		return 0;
	if (f >= ISO_S2_FRAMES || n > ISO_S2_FRAMES - f)
		return 0;
	return f + n <= s->base || s->base + s->ntables <= f;
}

/* the first k pages of a run go again, and tables that are for the next */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, k) && s2_valid_ip(s2_of(s), ip + k)
      && ip + k < ISO_S2_IP_END;
    requires begin: s2_uncut(s2_of(s), ip);
    requires end: s2_uncut(s2_of(s), ip + k);
    requires flushed: iso_s2_stale == 0;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures done: s2_clears_run(\old(s2_of(s)), s2_of(s), ip, k);
    ensures flushed: iso_s2_stale == 0; */
static void undo(struct iso_s2 *s, uint64_t ip, uint64_t k)
{
	uint32_t t;

	iso_s2_clear_run(s, ip, k);
	/*@ assert cleared: s2_clears_run(\at(s2_of(s), Pre), s2_of(s), ip, k) &&
	      s2_valid_ip(s2_of(s), ip + k); */
	t = iso_s2_walk(s, ip + k);
	/*@ assert live: s2_live(s2_of(s), t); */
	iso_s2_prune(s, t, 0);
	iso_port_s2_flush(s->vm);
}

/*@ requires state: ok_s2(s) || dying_s2(s);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: \old(ok_s2(s)) ==> ok_s2(s);
    ensures flushed: fresh_s2;
    ensures codes: \result == ISO_OK || \result == ISO_INVALID ||
      \result == ISO_DENIED || \result == ISO_NO_MEMORY;
    ensures dying: \old(dying_s2(s)) ==> \result == ISO_INVALID &&
      s2_of(s) == \old(s2_of(s));
    ensures invalid: \result == ISO_INVALID <==>
      !(1 <= n && s2_valid_run(\old(s2_of(s)), ip, n) &&
        s2_good_frames(\old(s2_of(s)), f, n, x));
    ensures denied: \result == ISO_DENIED ==>
      !s2_every(\old(s2_of(s)), ip, n, 0);
    ensures free: \result == ISO_OK || \result == ISO_NO_MEMORY ==>
      s2_every(\old(s2_of(s)), ip, n, 0);
    ensures done: \result == ISO_OK ==>
      s2_maps_run(\old(s2_of(s)), s2_of(s), ip, n, f, x);
    ensures memory: \result == ISO_NO_MEMORY ==>
      \old(s->nfree) < s2_needs(s->top, ip, n);
    ensures same: \result != ISO_OK ==>
      s2_keeps(\old(s2_of(s)), s2_of(s)); */
int32_t iso_s2_map(struct iso_s2 *s, uint64_t ip, uint64_t n, uint64_t f,
		   uint32_t x)
{
	uint64_t k;

	if (!iso_s2_valid_run(s, ip, n) || !good_frames(s, f, n, x))
		return ISO_INVALID;
	if (!iso_s2_every(s, ip, n, 0))
		return ISO_DENIED;
	k = map_run(s, ip, n, f, x);
	iso_port_s2_publish();
	if (k == n)
		return ISO_OK;
	undo(s, ip, k);
	/*@ assert same: s2_keeps(\at(s2_of(s), Pre), s2_of(s)); */
	return ISO_NO_MEMORY;
}
