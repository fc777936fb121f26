/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <iso/status.h>

/* are entries i .. i + 4 of table c free: all are read before one is looked at,
 * so that compilers make one question of the four */
/*@ requires valid: valid_s2(s);
    requires part: c < s->ntables && i + 4 <= 512;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_free(s2_of(s), c, i, 4); */
static int32_t free_4(const struct iso_s2 *s, uint32_t c, uint32_t i)
{
	const uint64_t a = iso_s2_entry(s, c, i);
	const uint64_t b = iso_s2_entry(s, c, i + 1u);
	const uint64_t d = iso_s2_entry(s, c, i + 2u);
	const uint64_t e = iso_s2_entry(s, c, i + 3u);

	return a == 0 && b == 0 && d == 0 && e == 0;
}

/* has table c no entry; i is looked at first, as the next is likely there */
/*@ requires ok: ok_s2(s);
    requires live: c < s->ntables && s2_live(s2_of(s), c);
    requires entry: i < 512;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_blank(s2_of(s), c); */
static int32_t empty(const struct iso_s2 *s, uint32_t c, uint32_t i)
{
	/*@ assert first: s->table[c].e[i] == s2_ent(s2_of(s), c, i); */
	if (s->table[c].e[i] != 0)
		return 0;
#pragma GCC unroll 4
	/*@ loop invariant j: 0 <= j <= 128;
	    loop invariant none: s2_free(s2_of(s), c, 0, 4 * j);
	    loop assigns j;
	    loop variant 128 - j; */
	for (uint32_t j = 0; j < 128; j++)
		if (!free_4(s, c, 4u * j))
			return 0;
	return 1;
}

/* when table c is empty, where j is looked at first, it goes; the table above
 * it, or c */
/*@ requires ok: ok_s2(s);
    requires live: c < s->ntables && s2_live(s2_of(s), c);
    requires entry: j < 512;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures live: \result < s->ntables && s2_live(s2_of(s), \result);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures same: s->vm == \old(s->vm);
    ensures vm: iso_s2_stale == \old(iso_s2_stale) ||
      iso_s2_stale == 1 + s->vm; */
static uint32_t prune_one(struct iso_s2 *s, uint32_t c, uint32_t j)
{
	uint32_t t, i;

	if (c < s->nroots || !empty(s, c, j))
		return c;
	t = s->meta[c].up;
	i = s->meta[c].ix;
	/*@ assert under: t == s2_up(s2_of(s), c) && i == s2_ix(s2_of(s), c) &&
	      !s2_root(s2_of(s), c); */
	iso_s2_unlink(s, t, i, c);
	/*@ assert step: s2_wf(s2_of(s)) && s2_live(s2_of(s), t) &&
	      s2_prunes(\at(s2_of(s), Pre), s2_of(s)); */
	return t;
}

void iso_s2_prune(struct iso_s2 *s, uint32_t t, uint32_t i)
{
	const uint32_t up = prune_one(s, t, i);

	if (up != t)
		prune_one(s, prune_one(s, up, i), i);
}

/* of left pages, from ip on, those of entries p become free: where they end */
/*@ requires ok: ok_s2(s);
    requires run: 1 <= left && s2_valid_run(s2_of(s), ip, left) &&
      ip + left <= ISO_S2_IP_END;
    requires table: p.t < s->ntables;
    requires row: row_s2(s, p, ip, left);
    requires begin: s2_uncut(s2_of(s), ip);
    requires end: s2_uncut(s2_of(s), ip + left);
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures some: ip < \result <= ip + left;
    ensures all: p.e == left ==> \result == ip + left;
    ensures done:
      s2_clears_run(\old(s2_of(s)), s2_of(s), ip, \result - ip);
    ensures begin: s2_uncut(s2_of(s), \result);
    ensures end: s2_uncut(s2_of(s), ip + left);
    ensures vm: iso_s2_stale == 1 + s->vm; */
static uint64_t clear_some(struct iso_s2 *s, struct iso_s2_spot p, uint64_t ip,
			   uint64_t left)
{
	const uint64_t n = iso_s2_part(p, left);
	const uint64_t end = ip + n;

	/*@ assert some: 1 <= p.e; */
	/*@ assert end: end == ip + n && ip < end <= ip + left; */
	iso_s2_clear(s, p.t, p.i, p.m);
	/*@ assert clears: s2_clears(\at(s2_of(s), Pre), s2_of(s), p.t, p.i,
	      p.m); */
	/*@ assert was: s2_wf(\at(s2_of(s), Pre)) &&
	      s2_row(\at(s2_of(s), Pre), p.t, p.i, p.m, ip, left, p.e) &&
	      s2_uncut(\at(s2_of(s), Pre), ip) &&
	      s2_uncut(\at(s2_of(s), Pre), ip + left); */
	/*@ assert step: s2_clears_run(\at(s2_of(s), Pre), s2_of(s), ip, n); */
	/*@ assert next: s2_wf(s2_of(s)) && s2_live(s2_of(s), p.t) &&
	      s2_uncut(s2_of(s), ip + left) && s2_uncut(s2_of(s), ip + n); */
	iso_s2_prune(s, p.t, (p.i + p.m) % 512u);
	return end;
}

void iso_s2_clear_run(struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	uint64_t k = 0;

	/*@ loop invariant k: 0 <= k <= n;
	    loop invariant ok: ok_s2(s);
	    loop invariant done:
	      s2_clears_run(\at(s2_of(s), Pre), s2_of(s), ip, k);
	    loop invariant begin: s2_uncut(s2_of(s), ip + k);
	    loop invariant end: s2_uncut(s2_of(s), ip + n);
	    loop invariant vm: stale_s2(s);
	    loop assigns k, s->table[0 .. \at(s->ntables, Pre) - 1],
	      s->meta[0 .. \at(s->ntables, Pre) - 1],
	      s->spare[0 .. \at(s->ntables, Pre) - 1], s->nfree, iso_s2_stale;
	    loop variant n - k; */
	while (k < n) {
		const uint64_t at = ip + k;
		const uint64_t left = n - k;

		/*@ assert left: at == ip + k && left == n - k &&
		      s2_valid_run(s2_of(s), at, left) &&
		      s2_uncut(s2_of(s), at + left); */
		k = clear_some(s, iso_s2_spot(s, at, left), at, left) - ip;
	}
}

int32_t iso_s2_valid_run(const struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	const uint64_t last = ip + (n - 1u);
	const int32_t end = iso_s2_valid_ip(s->top, s->nroots, last);

	/*@ assert roots: end != 0 ==> root_of(s->top, last) < s->nroots; */
	return n >= 1 && n <= ISO_S2_IP_END && ip < ISO_S2_IP_END && end;
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
      \result == ISO_NO_MEMORY;
    ensures dying: \old(dying_s2(s)) ==> \result == ISO_INVALID &&
      s2_of(s) == \old(s2_of(s));
    ensures invalid: \result == ISO_INVALID <==>
      !(1 <= n && s2_valid_run(\old(s2_of(s)), ip, n));
    ensures memory: \result == ISO_NO_MEMORY ==> s->nfree == 0 &&
      !(s2_uncut(\old(s2_of(s)), ip) && s2_uncut(\old(s2_of(s)), ip + n));
    ensures few: \result == ISO_NO_MEMORY ==> \old(s->nfree) < 4;
    ensures done: \result == ISO_OK ==>
      s2_clears_run(\old(s2_of(s)), s2_of(s), ip, n);
    ensures same: \result == ISO_INVALID ==> s2_of(s) == \old(s2_of(s));
    ensures kept: \result == ISO_NO_MEMORY ==>
      s2_prunes(\old(s2_of(s)), s2_of(s)); */
int32_t iso_s2_unmap(struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	struct iso_s2_spot p;

	if (!iso_s2_valid_run(s, ip, n))
		return ISO_INVALID;
	p = iso_s2_spot(s, ip, n);
	if (p.whole)
		clear_some(s, p, ip, n);
	else if (iso_s2_split_ends(s, ip, n))
		iso_s2_clear_run(s, ip, n);
	else
		return ISO_NO_MEMORY;
	iso_port_s2_flush(s->vm);
	return ISO_OK;
}
