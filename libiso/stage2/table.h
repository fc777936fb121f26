/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_TABLE_H
#define ISO_STAGE2_TABLE_H

/*
 * Stores to tables, each one relation between the tables before and after. An
 * entry is one aligned 64-bit store, so the MMU reads it as it was or as it is.
 */

#include "desc.h"
#include "stage2_spec.h"

/* the table in which the MMU's walk for page ip ends */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result < s->ntables;
    ensures height: 1 <= s->meta[\result].levels <= 4;
    ensures stop: s2_stop_at(s2_of(s), \result,
      slot(s->meta[\result].levels - 1, ip), ip); */
uint32_t iso_s2_walk(const struct iso_s2 *s, uint64_t ip);

/* m entries from i on of table t, where the walk for a page ends: e pages */
struct iso_s2_spot {
	uint64_t e;
	uint32_t t, i, m;
};

/* what can be done at once of left pages, from page ip on */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    requires left: 1 <= left && ip + left <= ISO_S2_IP_END;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result.t < s->ntables &&
      1 <= s->meta[\result.t].levels <= 4;
    ensures entries: 1 <= \result.m && \result.i + \result.m <= 512;
    ensures spot: s2_spot(s2_of(s), \result.t, \result.i, \result.m, ip, left,
      \result.e); */
struct iso_s2_spot iso_s2_spot(const struct iso_s2 *s, uint64_t ip,
			       uint64_t left);

/* entries i .. i + m of table t become free; the MMU may remember what was there */
/*@ requires valid: valid_s2(s);
    requires part: t < s->ntables && i + m <= 512;
    requires vm: iso_s2_stale == 0 || iso_s2_stale == 1 + s->vm;
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1], iso_s2_stale;
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), t, i, m);
    ensures stale: iso_s2_stale == 1 + s->vm; */
void iso_s2_clear(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m);

/* table c is taken from under entry i of table t, onto the stack of those not in
 * use; the MMU may remember the way to it */
/*@ requires valid: valid_s2(s);
    requires tables: t < s->ntables && c < s->ntables && t != c && i < 512;
    requires stack: s->nfree < s->ntables;
    requires vm: iso_s2_stale == 0 || iso_s2_stale == 1 + s->vm;
    terminates \true;
    exits \false;
    assigns s->meta[c], s->table[t].e[i], s->nfree, s->spare[s->nfree],
      iso_s2_stale;
    ensures done: s2_unlinks(\old(s2_of(s)), s2_of(s), t, i, c);
    ensures same: s->vm == \old(s->vm);
    ensures stale: iso_s2_stale == 1 + s->vm; */
void iso_s2_unlink(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c);

#endif
