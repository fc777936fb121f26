/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <iso/status.h>

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
	if (s->nroots == 0 || s->nroots > ISO_S2_MAX_ROOTS ||
	    s->nroots > s->ntables || s->ntables > ISO_S2_MAX_TABLES)
		return 0;
	return s->base < ISO_S2_FRAMES && s->ntables <= ISO_S2_FRAMES - s->base;
}

/* the root: empty tables, side by side */
/*@ requires valid: valid_s2(s);
    requires top: height(s->top) && s->nroots <= s->ntables;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->nroots - 1], s->meta[0 .. s->nroots - 1],
      iso_s2_unseen;
    ensures roots: s2_starts_root(s2_of(s), s->nroots); */
static void init_roots(struct iso_s2 *s)
{
	/*@ loop invariant t: 0 <= t <= s->nroots;
	    loop invariant meta: \forall integer u; 0 <= u < t ==>
	      s->meta[u].levels == s->top + 1 &&
	      s->meta[u].org == root_org(s->top, u);
	    loop invariant empty: \forall integer u, i;
	      0 <= u < t && 0 <= i < 512 ==> s->table[u].e[i] == 0;
	    loop assigns t, s->table[0 .. s->nroots - 1],
	      s->meta[0 .. s->nroots - 1], iso_s2_unseen;
	    loop variant s->nroots - t; */
	for (uint32_t t = 0; t < s->nroots; t++) {
		iso_s2_zero(s, t);
		/*@ assert before: \forall integer u, i;
		      0 <= u <= t && 0 <= i < 512 ==> s->table[u].e[i] == 0; */
		s->meta[t].org = iso_s2_root_org(s->top, t);
		s->meta[t].levels = (uint16_t)(s->top + 1u);
	}
}

/* the others, on the stack */
/*@ requires valid: valid_s2(s);
    requires roots: s->nroots <= s->ntables;
    requires stack: s->nfree == s->ntables - s->nroots;
    terminates \true;
    exits \false;
    assigns s->meta[s->nroots .. s->ntables - 1], s->spare[0 .. s->nfree - 1];
    ensures spare: s2_starts_spare(s2_of(s), s->nfree);
    ensures rest: s2_starts_rest(s2_of(s), s->nfree); */
static void init_spare(struct iso_s2 *s)
{
	/*@ loop invariant k: 0 <= k <= s->nfree;
	    loop invariant spare: \forall integer i; 0 <= i < k ==>
	      s->spare[i] == s->nroots + i;
	    loop invariant rest: \forall integer i; 0 <= i < k ==>
	      s->meta[s->nroots + i].levels == 0 &&
	      s->meta[s->nroots + i].up == i;
	    loop assigns k, s->meta[s->nroots .. s->ntables - 1],
	      s->spare[0 .. s->nfree - 1];
	    loop variant s->nfree - k; */
	for (uint32_t k = 0; k < s->nfree; k++) {
		s->spare[k] = s->nroots + k;
		s->meta[s->nroots + k].levels = 0;
		s->meta[s->nroots + k].up = k;
	}
	/*@ assert levels: \forall integer t;
	      s->nroots <= t < s->nroots + s->nfree ==>
	      s->meta[t].levels == 0 && s->meta[t].up == t - s->nroots; */
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
    ensures seen: \result == ISO_OK ==> iso_s2_unseen == 0; */
int32_t iso_s2_init(struct iso_s2 *s)
{
	if (!good(s))
		return ISO_INVALID;
	s->nfree = s->ntables - s->nroots;
	init_roots(s);
	init_spare(s);
	/*@ assert roots: s2_starts_root(s2_of(s), s->nroots); */
	/*@ assert starts: s2_starts(s2_of(s)); */
	iso_port_s2_publish();
	return ISO_OK;
}
