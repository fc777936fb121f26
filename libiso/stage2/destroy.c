/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <iso/status.h>

/* table t of the root becomes empty */
/*@ requires valid: valid_s2(s);
    requires part: t < s->ntables;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[t].e[0 .. 511], iso_s2_stale;
    ensures valid: valid_s2(s);
    ensures vm: iso_s2_stale == 1 + s->vm;
    ensures empty: \forall integer i; 0 <= i < 512 ==> s->table[t].e[i] == 0; */
static void cut(struct iso_s2 *s, uint32_t t)
{
	iso_s2_clear(s, t, 0, 512);
	/*@ assert zero: \forall integer i; 0 <= i < 512 ==>
	      s2_ent(s2_of(s), t, i) == 0; */
	/*@ assert ents: \forall integer i; 0 <= i < 512 ==>
	      s->table[t].e[i] == s2_ent(s2_of(s), t, i); */
}

/*@ requires valid: valid_s2(s);
    requires roots: s->nroots <= s->ntables;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], iso_s2_stale;
    ensures valid: valid_s2(s);
    ensures vm: stale_s2(s);
    ensures head: s->nroots == \old(s->nroots);
    ensures scrubs: s2_scrubs(\old(s2_of(s)), s2_of(s), 0, s->nroots); */
static void cut_roots(struct iso_s2 *s)
{
	/*@ loop invariant t: 0 <= t <= s->nroots;
	    loop invariant valid: valid_s2(s);
	    loop invariant vm: stale_s2(s);
	    loop invariant empty: \forall integer u, i;
	      0 <= u < t && 0 <= i < 512 ==> s->table[u].e[i] == 0;
	    loop invariant rest: \forall integer u, i;
	      t <= u < s->ntables && 0 <= i < 512 ==>
	      s->table[u].e[i] == \at(s->table[u].e[i], Pre);
	    loop assigns t, s->table[0 .. \at(s->nroots, Pre) - 1],
	      iso_s2_stale;
	    loop variant s->nroots - t; */
	for (uint32_t t = 0; t < s->nroots; t++) {
		cut(s, t);
		/*@ assert others: \forall integer u, i;
		      0 <= u < s->ntables && u != t && 0 <= i < 512 ==>
		      s->table[u].e[i] == \at(s->table[u].e[i], LoopCurrent); */
	}
}

/* there are no addresses any more, and each table is to be zeroed */
/*@ requires valid: valid_s2(s);
    terminates \true;
    exits \false;
    assigns s->nroots, s->nfree;
    ensures valid: valid_s2(s);
    ensures none: s->nroots == 0 && s->nfree == s->ntables;
    ensures darker: s2_darker(\old(s2_of(s)), s2_of(s)); */
static void forget_roots(struct iso_s2 *s)
{
	s->nroots = 0;
	s->nfree = s->ntables;
	/*@ assert same: s2_scrubs(\at(s2_of(s), Pre), s2_of(s), 0, 0); */
}

/* no page is mapped any more, and no way leads from the root to a table */
/*@ requires ok: ok_s2(s);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], s->nroots, s->nfree, iso_s2_stale;
    ensures dying: dying_s2(s);
    ensures left: s->nfree == s->ntables;
    ensures dark: s2_dark(s2_of(s), \old(s->nroots));
    ensures darker: s2_darker(\old(s2_of(s)), s2_of(s));
    ensures flushed: fresh_s2; */
static void darken(struct iso_s2 *s)
{
	cut_roots(s);
	/*@ assert dark: s2_dark(s2_of(s), \at(s->nroots, Pre)) &&
	      s2_darker(\at(s2_of(s), Pre), s2_of(s)); */
	iso_port_s2_flush(s->vm);
	forget_roots(s);
}

/* table c, to which nothing leads, becomes zero */
/*@ requires valid: valid_s2(s);
    requires part: c < s->ntables;
    requires unused: s->nroots == 0 && iso_s2_stale == 0;
    terminates \true;
    exits \false;
    assigns s->table[c].e[0 .. 511], iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures empty: \forall integer i; 0 <= i < 512 ==> s->table[c].e[i] == 0; */
static void scrub(struct iso_s2 *s, uint32_t c)
{
	iso_s2_zero(s, c);
	/*@ assert zero: \forall integer i; 0 <= i < 512 ==>
	      s2_ent(s2_of(s), c, i) == 0; */
	/*@ assert ents: \forall integer i; 0 <= i < 512 ==>
	      s->table[c].e[i] == s2_ent(s2_of(s), c, i); */
}

/* n tables, or all that are left, from the last one down */
/*@ requires dying: dying_s2(s);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->nfree, iso_s2_unseen;
    ensures dying: dying_s2(s);
    ensures left: s->nfree == \max(0, \old(s->nfree) - n);
    ensures rest: \forall integer t, i; 0 <= t < s->nfree && 0 <= i < 512 ==>
      s->table[t].e[i] == \old(s->table[t].e[i]);
    ensures darker: s2_darker(\old(s2_of(s)), s2_of(s)); */
static void sweep(struct iso_s2 *s, uint32_t n)
{
	const uint32_t to = s->nfree > n ? s->nfree - n : 0;

	/*@ loop invariant left: to <= s->nfree <= \at(s->nfree, Pre);
	    loop invariant valid: valid_s2(s);
	    loop invariant zero: zero_s2(s, s->nfree);
	    loop invariant rest: \forall integer t, i;
	      0 <= t < s->nfree && 0 <= i < 512 ==>
	      s->table[t].e[i] == \at(s->table[t].e[i], Pre);
	    loop assigns s->nfree, s->table[0 .. \at(s->ntables, Pre) - 1],
	      iso_s2_unseen;
	    loop variant s->nfree - to; */
	while (s->nfree > to) {
		const uint32_t c = s->nfree - 1u;

		scrub(s, c);
		/*@ assert others: \forall integer t, i;
		      0 <= t < s->ntables && t != c && 0 <= i < 512 ==>
		      s->table[t].e[i] == \at(s->table[t].e[i], LoopCurrent); */
		s->nfree = c;
	}
	/*@ assert scrubs: s2_scrubs(\at(s2_of(s), Pre), s2_of(s), s->nfree,
	      s->ntables); */
}

/*@ requires state: ok_s2(s) || dying_s2(s);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->nroots, s->nfree, iso_s2_stale,
      iso_s2_unseen;
    ensures flushed: fresh_s2;
    ensures codes: \result == ISO_OK || \result == ISO_INVALID ||
      \result == ISO_RETRY;
    ensures invalid: \result == ISO_INVALID <==> n == 0;
    ensures same: \result == ISO_INVALID ==> s2_of(s) == \old(s2_of(s));
    ensures dying: \result != ISO_INVALID ==> dying_s2(s);
    ensures left: \result != ISO_INVALID ==>
      s->nfree == \max(0, \old(left_s2(s)) - n);
    ensures retry: \result == ISO_RETRY ==> 0 < s->nfree;
    ensures done: \result == ISO_OK ==> s->nfree == 0 && zero_s2(s, 0);
    ensures rest: \forall integer t, i; \old(s->nroots) <= t < s->nfree &&
      0 <= i < 512 ==> s->table[t].e[i] == \old(s->table[t].e[i]);
    ensures dark: \result != ISO_INVALID && \old(s->nroots) != 0 ==>
      s2_dark(s2_of(s), \old(s->nroots));
    ensures stays: s2_darker(\old(s2_of(s)), s2_of(s));
    ensures fault: \forall integer r, ip; s2_dark(s2_of(s), r) &&
      0 <= ip < root_org(s->top, r) ==> s2_xl(s2_of(s), ip) == s2_fault; */
int32_t iso_s2_destroy(struct iso_s2 *s, uint32_t n)
{
	if (n == 0)
		return ISO_INVALID;
	if (s->nroots != 0)
		darken(s);
	/*@ assert kept: \forall integer t, i;
	      \at(s->nroots, Pre) <= t < s->ntables && 0 <= i < 512 ==>
	      s->table[t].e[i] == \at(s->table[t].e[i], Pre); */
	/*@ assert darker: s2_darker(\at(s2_of(s), Pre), s2_of(s)); */
	sweep(s, n);
	/*@ assert darker2: s2_darker(\at(s2_of(s), Pre), s2_of(s)); */
	iso_port_s2_publish();
	return s->nfree != 0 ? ISO_RETRY : ISO_OK;
}
