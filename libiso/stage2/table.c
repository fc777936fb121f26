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
