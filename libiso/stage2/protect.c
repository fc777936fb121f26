/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <iso/status.h>

/*
 * Rights change in place: both architectures let an entry's permissions change
 * without a break, as neither the frame nor the memory's type do.
 */

/* of left pages, from ip on, those of entries p, pages or blocks, get rights x:
 * where they end */
/*@ requires ok: ok_s2(s);
    requires some: 1 <= left && ip + left <= ISO_S2_IP_END;
    requires table: p.t < s->ntables;
    requires row: row_s2(s, p, ip, left);
    requires leaves: s2_kinds(s2_of(s), p.t, p.i, p.m, 1);
    requires begin: s2_uncut(s2_of(s), ip);
    requires end: s2_uncut(s2_of(s), ip + left);
    requires rights: s2_rights(x);
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures some: ip < \result <= ip + left;
    ensures all: p.e == left ==> \result == ip + left;
    ensures done:
      s2_paints_run(\old(s2_of(s)), s2_of(s), ip, \result - ip, x);
    ensures begin: s2_uncut(s2_of(s), \result);
    ensures end: s2_uncut(s2_of(s), ip + left);
    ensures vm: iso_s2_stale == 1 + s->vm; */
static uint64_t paint_some(struct iso_s2 *s, struct iso_s2_spot p, uint64_t ip,
			   uint64_t left, uint32_t x)
{
	const uint64_t n = iso_s2_part(p, left);
	const uint64_t end = ip + n;

	/*@ assert some: 1 <= p.e && s2_live(s2_of(s), p.t); */
	/*@ assert end: end == ip + n && ip < end <= ip + left; */
	iso_s2_paint(s, p.t, p.i, p.m, x);
	/*@ assert paints: s2_paints(\at(s2_of(s), Pre), s2_of(s), p.t, p.i,
	      p.m, x); */
	/*@ assert was: s2_wf(\at(s2_of(s), Pre)) &&
	      s2_row(\at(s2_of(s), Pre), p.t, p.i, p.m, ip, left, p.e) &&
	      s2_kinds(\at(s2_of(s), Pre), p.t, p.i, p.m, 1) &&
	      s2_uncut(\at(s2_of(s), Pre), ip) &&
	      s2_uncut(\at(s2_of(s), Pre), ip + left); */
	/*@ assert step: s2_paints_run(\at(s2_of(s), Pre), s2_of(s), ip, n, x); */
	/*@ assert next: s2_wf(s2_of(s)) &&
	      s2_uncut(s2_of(s), ip + left) && s2_uncut(s2_of(s), ip + n); */
	return end;
}

/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, n) && ip + n <= ISO_S2_IP_END;
    requires every: s2_every(s2_of(s), ip, n, 1);
    requires begin: s2_uncut(s2_of(s), ip);
    requires end: s2_uncut(s2_of(s), ip + n);
    requires rights: s2_rights(x);
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures done: s2_paints_run(\old(s2_of(s)), s2_of(s), ip, n, x);
    ensures vm: stale_s2(s); */
static void paint_run(struct iso_s2 *s, uint64_t ip, uint64_t n, uint32_t x)
{
	uint64_t k = 0;

	/*@ loop invariant k: 0 <= k <= n;
	    loop invariant ok: ok_s2(s);
	    loop invariant done:
	      s2_paints_run(\at(s2_of(s), Pre), s2_of(s), ip, k, x);
	    loop invariant begin: s2_uncut(s2_of(s), ip + k);
	    loop invariant end: s2_uncut(s2_of(s), ip + n);
	    loop invariant vm: stale_s2(s);
	    loop assigns k, s->table[0 .. \at(s->ntables, Pre) - 1],
	      iso_s2_stale;
	    loop variant n - k; */
	while (k < n) {
		const uint64_t at = ip + k;
		const uint64_t left = n - k;

		/*@ assert left: at == ip + k && left == n - k &&
		      s2_valid_run(s2_of(s), at, left) &&
		      s2_uncut(s2_of(s), at + left); */
		/*@ assert every: s2_every(s2_of(s), at, left, 1); */
		k = paint_some(s, iso_s2_spot(s, at, left), at, left, x) - ip;
	}
}

/* entries p, which are all of a run, get rights x, if they are pages or blocks */
/*@ requires ok: ok_s2(s);
    requires some: 1 <= n && ip + n <= ISO_S2_IP_END;
    requires table: p.t < s->ntables && 1 <= s->meta[p.t].levels <= 4;
    requires row: row_s2(s, p, ip, n);
    requires whole: whole_s2(s, p, ip, n);
    requires rights: s2_rights(x);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures flushed: fresh_s2;
    ensures codes: \result == ISO_OK || \result == ISO_DENIED;
    ensures denied: \result == ISO_DENIED <==>
      !s2_every(\old(s2_of(s)), ip, n, 1);
    ensures done: \result == ISO_OK ==>
      s2_paints_run(\old(s2_of(s)), s2_of(s), ip, n, x);
    ensures same: \result == ISO_DENIED ==> s2_of(s) == \old(s2_of(s)); */
static int32_t protect_whole(struct iso_s2 *s, struct iso_s2_spot p,
			     uint64_t ip, uint64_t n, uint32_t x)
{
	if (!iso_s2_kinds(s, p.t, p.i, p.m, 1))
		return ISO_DENIED;
	/*@ assert every: s2_every(s2_of(s), ip, n, 1); */
	paint_some(s, p, ip, n, x);
	iso_port_s2_flush(s->vm);
	return ISO_OK;
}

/* a run that may cut blocks gets rights x, if each of its pages is mapped */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, n) && ip + n <= ISO_S2_IP_END;
    requires rights: s2_rights(x);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures flushed: fresh_s2;
    ensures codes: \result == ISO_OK || \result == ISO_DENIED ||
      \result == ISO_NO_MEMORY;
    ensures denied: \result == ISO_DENIED <==>
      !s2_every(\old(s2_of(s)), ip, n, 1);
    ensures done: \result == ISO_OK ==>
      s2_paints_run(\old(s2_of(s)), s2_of(s), ip, n, x);
    ensures out: \result == ISO_NO_MEMORY ==> out_s2{Pre, Post}(s, ip, n) &&
      s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures same: \result == ISO_DENIED ==> s2_of(s) == \old(s2_of(s)); */
static int32_t protect_run(struct iso_s2 *s, uint64_t ip, uint64_t n,
			   uint32_t x)
{
	if (!iso_s2_every(s, ip, n, 1))
		return ISO_DENIED;
	if (!iso_s2_split_ends(s, ip, n))
		return ISO_NO_MEMORY;
	/*@ assert every: s2_every(s2_of(s), ip, n, 1); */
	paint_run(s, ip, n, x);
	iso_port_s2_flush(s->vm);
	return ISO_OK;
}

/* to read, and to write or execute */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_rights(x); */
static int32_t rights(uint32_t x)
{
	return x == 1u || x == 3u || x == 5u || x == 7u;
}

/*@ requires state: ok_s2(s) || dying_s2(s);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: \old(ok_s2(s)) ==> ok_s2(s);
    ensures flushed: fresh_s2;
    ensures codes: \result == ISO_OK || \result == ISO_INVALID ||
      \result == ISO_DENIED || \result == ISO_NO_MEMORY;
    ensures dying: \old(dying_s2(s)) ==> \result == ISO_INVALID &&
      s2_of(s) == \old(s2_of(s));
    ensures invalid: \result == ISO_INVALID <==>
      !(1 <= n && s2_valid_run(\old(s2_of(s)), ip, n) && s2_rights(x));
    ensures denied: \result == ISO_DENIED <==> 1 <= n && s2_rights(x) &&
      s2_valid_run(\old(s2_of(s)), ip, n) &&
      !s2_every(\old(s2_of(s)), ip, n, 1);
    ensures done: \result == ISO_OK ==>
      s2_paints_run(\old(s2_of(s)), s2_of(s), ip, n, x);
    ensures memory: \result == ISO_NO_MEMORY ==> s->nfree == 0 &&
      !(s2_uncut(\old(s2_of(s)), ip) && s2_uncut(\old(s2_of(s)), ip + n));
    ensures few: \result == ISO_NO_MEMORY ==> \old(s->nfree) < 4;
    ensures same: \result == ISO_INVALID || \result == ISO_DENIED ==>
      s2_of(s) == \old(s2_of(s));
    ensures kept: \result == ISO_NO_MEMORY ==>
      s2_prunes(\old(s2_of(s)), s2_of(s)); */
int32_t iso_s2_protect(struct iso_s2 *s, uint64_t ip, uint64_t n, uint32_t x)
{
	struct iso_s2_spot p;

	if (!iso_s2_valid_run(s, ip, n) || !rights(x))
		return ISO_INVALID;
	p = iso_s2_spot(s, ip, n);
	return p.whole ? protect_whole(s, p, ip, n, x) :
			 protect_run(s, ip, n, x);
}
