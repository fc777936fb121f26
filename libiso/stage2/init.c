/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <iso/status.h>

/* the caller's fields are as they were */
/*@ predicate head_s2{A, B}(struct iso_s2 *s) =
      \at(s->layout, B) == \at(s->layout, A) &&
      \at(s->top, B) == \at(s->top, A) &&
      \at(s->base, B) == \at(s->base, A) &&
      \at(s->nroots, B) == \at(s->nroots, A) &&
      \at(s->ntables, B) == \at(s->ntables, A); */

/* can the MMU begin at these root tables */
/*@ requires room: room_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures few: \result != 0 ==> 1 <= s->nroots <= ISO_S2_MAX_ROOTS;
    ensures decides: \result != 0 <==> root_s2(s); */
static int32_t good_root(const struct iso_s2 *s)
{
	const uint32_t n = s->nroots;

	if (n == 1)
		return 1;
	if (n != 2 && n != 4 && n != 8 && n != 16)
		return 0;
	return s->layout == ISO_S2_ARM64 && s->top <= 2u && s->base % n == 0;
}

/*@ requires room: room_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures valid: \result != 0 ==> valid_s2(s) && layout(s->layout) &&
      height(s->top) && 1 <= s->nroots <= s->ntables &&
      frame(s->base + s->ntables - 1);
    ensures decides: \result != 0 <==> good_s2(s); */
static int32_t good(const struct iso_s2 *s)
{
	if (s->layout > ISO_S2_EPT || s->top > 3u || s->vm >= ISO_S2_MAX_VMS)
		return 0;
	if (!good_root(s) || s->nroots > s->ntables ||
	    s->ntables > ISO_S2_MAX_TABLES)
		return 0;
	return s->base < ISO_S2_FRAMES && s->ntables <= ISO_S2_FRAMES - s->base;
}

/* table t of the root, after those before it: empty */
/*@ requires valid: valid_s2(s);
    requires part: t < s->nroots <= s->ntables && height(s->top);
    requires before: s2_starts_root(s2_of(s), t);
    terminates \true;
    exits \false;
    assigns s->table[t].e[0 .. 511], s->meta[t], iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures head: head_s2{Pre, Post}(s) && s->nfree == \old(s->nfree);
    ensures root: s2_starts_root(s2_of(s), t + 1); */
static void init_root(struct iso_s2 *s, uint32_t t)
{
	const uint64_t o = iso_s2_root_org(s->top, t);

	iso_s2_empty(s, t);
	/*@ assert zero: s2_clears(\at(s2_of(s), Pre), s2_of(s), t, 0, 512); */
	iso_s2_set_meta(s, t, s->top + 1u, o, 0, 0);
}

/* the root: such tables, side by side */
/*@ requires valid: valid_s2(s);
    requires top: height(s->top) && s->nroots <= s->ntables;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], s->meta[0 .. s->nroots - 1],
      iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures head: head_s2{Pre, Post}(s) && s->nfree == \old(s->nfree);
    ensures root: s2_starts_root(s2_of(s), s->nroots); */
static void init_roots(struct iso_s2 *s)
{
	/*@ loop invariant t: 0 <= t <= s->nroots;
	    loop invariant valid: valid_s2(s);
	    loop invariant head: head_s2{Pre, Here}(s) &&
	      s->nfree == \at(s->nfree, Pre);
	    loop invariant root: s2_starts_root(s2_of(s), t);
	    loop assigns t, s->table[0 .. \at(s->nroots, Pre) - 1],
	      s->meta[0 .. \at(s->nroots, Pre) - 1], iso_s2_unseen;
	    loop variant s->nroots - t; */
	for (uint32_t t = 0; t < s->nroots; t++) {
		/*@ assert part: t < \at(s->nroots, Pre); */
		init_root(s, t);
	}
}

/*@ requires valid: valid_s2(s);
    requires part: k < s->ntables;
    terminates \true;
    exits \false;
    assigns s->spare[k];
    ensures valid: valid_s2(s);
    ensures done: s2_sets_spare(\old(s2_of(s)), s2_of(s), k, c); */
static void set_spare(struct iso_s2 *s, uint32_t k, uint32_t c)
{
	s->spare[k] = c;
	/*@ assert hts: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ht(s2_of(s), v) == s2_ht(\at(s2_of(s), Pre), v); */
	/*@ assert orgs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_org(s2_of(s), v) == s2_org(\at(s2_of(s), Pre), v); */
	/*@ assert ups: \forall integer v; 0 <= v < s->ntables ==>
	      s2_up(s2_of(s), v) == s2_up(\at(s2_of(s), Pre), v); */
	/*@ assert ixs: \forall integer v; 0 <= v < s->ntables ==>
	      s2_ix(s2_of(s), v) == s2_ix(\at(s2_of(s), Pre), v); */
	/*@ assert spares: \forall integer v; 0 <= v < s->ntables && v != k ==>
	      s2_spare(s2_of(s), v) == s2_spare(\at(s2_of(s), Pre), v); */
	/*@ assert ents: s2_same_ents(\at(s2_of(s), Pre), s2_of(s)); */
	/*@ assert rest: s2_rest_meta(\at(s2_of(s), Pre), s2_of(s),
	      s->ntables); */
}

/* table k of the others: on the stack */
/*@ requires valid: valid_s2(s);
    requires part: s->nroots + k < s->ntables;
    requires root: s2_starts_root(s2_of(s), s->nroots);
    requires spare: s2_starts_spare(s2_of(s), k);
    requires rest: s2_starts_rest(s2_of(s), k);
    terminates \true;
    exits \false;
    assigns s->meta[s->nroots + k], s->spare[k];
    ensures valid: valid_s2(s);
    ensures head: head_s2{Pre, Post}(s) && s->nfree == \old(s->nfree);
    ensures root: s2_starts_root(s2_of(s), s->nroots);
    ensures spare: s2_starts_spare(s2_of(s), k + 1);
    ensures rest: s2_starts_rest(s2_of(s), k + 1); */
static void init_other(struct iso_s2 *s, uint32_t k)
{
	const uint32_t c = s->nroots + k;

	/*@ assert at: c == s->nroots + k; */
	set_spare(s, k, c);
	iso_s2_set_meta(s, c, 0, 0, k, 0);
}

/*@ requires valid: valid_s2(s);
    requires roots: s->nroots <= s->ntables;
    requires stack: s->nfree == s->ntables - s->nroots;
    requires root: s2_starts_root(s2_of(s), s->nroots);
    terminates \true;
    exits \false;
    assigns s->meta[s->nroots .. s->ntables - 1], s->spare[0 .. s->nfree - 1];
    ensures valid: valid_s2(s);
    ensures head: head_s2{Pre, Post}(s) && s->nfree == \old(s->nfree);
    ensures root: s2_starts_root(s2_of(s), s->nroots);
    ensures spare: s2_starts_spare(s2_of(s), s->nfree);
    ensures rest: s2_starts_rest(s2_of(s), s->nfree); */
static void init_spare(struct iso_s2 *s)
{
	/*@ loop invariant k: 0 <= k <= s->nfree;
	    loop invariant valid: valid_s2(s);
	    loop invariant head: head_s2{Pre, Here}(s) &&
	      s->nfree == \at(s->nfree, Pre);
	    loop invariant root: s2_starts_root(s2_of(s), s->nroots);
	    loop invariant spare: s2_starts_spare(s2_of(s), k);
	    loop invariant rest: s2_starts_rest(s2_of(s), k);
	    loop assigns k,
	      s->meta[\at(s->nroots, Pre) .. \at(s->ntables, Pre) - 1],
	      s->spare[0 .. \at(s->nfree, Pre) - 1];
	    loop variant s->nfree - k; */
	for (uint32_t k = 0; k < s->nfree; k++) {
		/*@ assert part: k < \at(s->nfree, Pre) &&
		      s->nroots == \at(s->nroots, Pre); */
		init_other(s, k);
	}
}

/*@ requires room: room_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_unseen;
    ensures codes: \result == ISO_OK || \result == ISO_INVALID;
    ensures invalid: \result == ISO_OK <==> \old(good_s2(s));
    ensures ok: \result == ISO_OK ==> ok_s2(s);
    ensures empty: \result == ISO_OK ==> s2_starts(s2_of(s));
    ensures same: \result != ISO_OK ==> s2_of(s) == \old(s2_of(s));
    ensures seen: \result == ISO_OK ==> iso_s2_unseen == 0; */
int32_t iso_s2_init(struct iso_s2 *s)
{
	if (!good(s))
		return ISO_INVALID;
	s->nfree = s->ntables - s->nroots;
	init_roots(s);
	init_spare(s);
	/*@ assert head: head_s2{Pre, Here}(s); */
	/*@ assert roots: s2_starts_root(s2_of(s), s->nroots); */
	/*@ assert pool: layout(s->layout) && height(s->top) &&
	      1 <= s->nroots <= s->ntables && frame(s->base + s->ntables - 1) &&
	      s->nfree == s->ntables - s->nroots; */
	/*@ assert starts: s2_starts(s2_of(s)); */
	iso_port_s2_publish();
	return ISO_OK;
}
