/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <iso/status.h>

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

/* table t of the root: empty */
/*@ requires valid: valid_s2(s);
    requires part: t < s->nroots <= s->ntables && height(s->top);
    terminates \true;
    exits \false;
    assigns s->table[t].e[0 .. 511], s->meta[t], iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures meta: s->meta[t].levels == s->top + 1 &&
      s->meta[t].org == root_org(s->top, t);
    ensures empty: \forall integer i; 0 <= i < 512 ==> s->table[t].e[i] == 0; */
static void init_root(struct iso_s2 *s, uint32_t t)
{
	iso_s2_zero(s, t);
	/*@ assert zero: \forall integer i; 0 <= i < 512 ==>
	      s2_ent(s2_of(s), t, i) == 0; */
	/*@ assert empty: \forall integer i; 0 <= i < 512 ==>
	      s->table[t].e[i] == 0; */
	s->meta[t].org = iso_s2_root_org(s->top, t);
	s->meta[t].levels = (uint16_t)(s->top + 1u);
}

/* the root: such tables, side by side */
/*@ requires valid: valid_s2(s);
    requires top: height(s->top) && s->nroots <= s->ntables;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], s->meta[0 .. s->nroots - 1],
      iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures head: s->nroots == \old(s->nroots) && s->top == \old(s->top);
    ensures levels: \forall integer u; 0 <= u < s->nroots ==>
      s->meta[u].levels == s->top + 1;
    ensures org: \forall integer u; 0 <= u < s->nroots ==>
      s->meta[u].org == root_org(s->top, u);
    ensures empty: \forall integer u, i; 0 <= u < s->nroots &&
      0 <= i < 512 ==> s->table[u].e[i] == 0; */
static void init_roots(struct iso_s2 *s)
{
	/*@ loop invariant t: 0 <= t <= s->nroots;
	    loop invariant valid: valid_s2(s);
	    loop invariant levels: \forall integer u; 0 <= u < t ==>
	      s->meta[u].levels == s->top + 1;
	    loop invariant org: \forall integer u; 0 <= u < t ==>
	      s->meta[u].org == root_org(s->top, u);
	    loop invariant empty: \forall integer u, i;
	      0 <= u < t && 0 <= i < 512 ==> s->table[u].e[i] == 0;
	    loop assigns t, s->table[0 .. \at(s->nroots, Pre) - 1],
	      s->meta[0 .. \at(s->nroots, Pre) - 1], iso_s2_unseen;
	    loop variant s->nroots - t; */
	for (uint32_t t = 0; t < s->nroots; t++) {
		init_root(s, t);
		/*@ assert head: s->nroots == \at(s->nroots, LoopCurrent) &&
		      s->top == \at(s->top, LoopCurrent); */
		/*@ assert before: \forall integer u; 0 <= u < t ==>
		      s->meta[u].levels == \at(s->meta[u].levels, LoopCurrent); */
		/*@ assert orgs: \forall integer u; 0 <= u < t ==>
		      s->meta[u].org == \at(s->meta[u].org, LoopCurrent); */
		/*@ assert ents: \forall integer u, i;
		      0 <= u < t && 0 <= i < 512 ==> s->table[u].e[i] ==
		        \at(s->table[u].e[i], LoopCurrent); */
	}
}

/* table k of the others: on the stack */
/*@ requires valid: valid_s2(s);
    requires part: s->nroots + k < s->ntables;
    terminates \true;
    exits \false;
    assigns s->meta[s->nroots + k], s->spare[k];
    ensures valid: valid_s2(s);
    ensures spare: s->spare[k] == s->nroots + k;
    ensures rest: s->meta[s->nroots + k].levels == 0 &&
      s->meta[s->nroots + k].up == k; */
static void init_other(struct iso_s2 *s, uint32_t k)
{
	s->spare[k] = s->nroots + k;
	s->meta[s->nroots + k].levels = 0;
	s->meta[s->nroots + k].up = k;
}

/*@ requires valid: valid_s2(s);
    requires roots: s->nroots <= s->ntables;
    requires stack: s->nfree == s->ntables - s->nroots;
    terminates \true;
    exits \false;
    assigns s->meta[s->nroots .. s->ntables - 1], s->spare[0 .. s->nfree - 1];
    ensures valid: valid_s2(s);
    ensures head: s->nroots == \old(s->nroots) && s->top == \old(s->top);
    ensures spare: s2_starts_spare(s2_of(s), s->nfree);
    ensures rest: s2_starts_rest(s2_of(s), s->nfree); */
static void init_spare(struct iso_s2 *s)
{
	/*@ loop invariant k: 0 <= k <= s->nfree;
	    loop invariant valid: valid_s2(s);
	    loop invariant spare: \forall integer i; 0 <= i < k ==>
	      s->spare[i] == s->nroots + i;
	    loop invariant levels: \forall integer t;
	      s->nroots <= t < s->nroots + k ==> s->meta[t].levels == 0;
	    loop invariant up: \forall integer t;
	      s->nroots <= t < s->nroots + k ==> s->meta[t].up == t - s->nroots;
	    loop assigns k,
	      s->meta[\at(s->nroots, Pre) .. \at(s->ntables, Pre) - 1],
	      s->spare[0 .. \at(s->nfree, Pre) - 1];
	    loop variant s->nfree - k; */
	for (uint32_t k = 0; k < s->nfree; k++) {
		init_other(s, k);
		/*@ assert head: s->nroots == \at(s->nroots, LoopCurrent) &&
		      s->nfree == \at(s->nfree, LoopCurrent); */
		/*@ assert before: \forall integer i; 0 <= i < k ==>
		      s->spare[i] == \at(s->spare[i], LoopCurrent); */
		/*@ assert zero: \forall integer t;
		      s->nroots <= t < s->nroots + k ==>
		      s->meta[t].levels == \at(s->meta[t].levels, LoopCurrent); */
		/*@ assert ups: \forall integer t;
		      s->nroots <= t < s->nroots + k ==>
		      s->meta[t].up == \at(s->meta[t].up, LoopCurrent); */
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
	/*@ assert head: s->nroots == \at(s->nroots, Pre) &&
	      s->top == \at(s->top, Pre); */
	/*@ assert levels: \forall integer u; 0 <= u < s->nroots ==>
	      s->meta[u].levels == s->top + 1; */
	/*@ assert org: \forall integer u; 0 <= u < s->nroots ==>
	      s->meta[u].org == root_org(s->top, u); */
	/*@ assert empty: \forall integer u, i; 0 <= u < s->nroots &&
	      0 <= i < 512 ==> s->table[u].e[i] == 0; */
	/*@ assert words: \forall integer u; 0 <= u < s->nroots ==>
	      s2_ht(s2_of(s), u) == s2_top(s2_of(s)) &&
	      s2_org(s2_of(s), u) == root_org(s2_top(s2_of(s)), u); */
	/*@ assert ents: \forall integer u, i; 0 <= u < s->nroots &&
	      0 <= i < 512 ==> s2_ent(s2_of(s), u, i) == 0; */
	/*@ assert roots: s2_starts_root(s2_of(s), s->nroots); */
	/*@ assert pool: layout(s->layout) && height(s->top) &&
	      1 <= s->nroots <= s->ntables && frame(s->base + s->ntables - 1) &&
	      s->nfree == s->ntables - s->nroots; */
	/*@ assert starts: s2_starts(s2_of(s)); */
	iso_port_s2_publish();
	return ISO_OK;
}
