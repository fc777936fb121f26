/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_TABLE_H
#define ISO_STAGE2_TABLE_H

/*
 * Stores to tables, each one relation between the tables before and after. An
 * entry is one aligned 64-bit store, so the MMU reads it as it was or as it is.
 */

#include "desc.h"
#include "row_spec.h"

/* entry i of table t */
/*@ requires valid: valid_s2(s);
    requires entry: t < s->ntables && i < 512;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == s2_ent(s2_of(s), t, i); */
uint64_t iso_s2_entry(const struct iso_s2 *s, uint32_t t, uint32_t i);

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

/* m entries from i on of table t, where the walk for a page ends, e pages from
 * that on; whole: the pages are those asked for, and no block has others too */
struct iso_s2_spot {
	uint64_t e;
	uint32_t t, i, m;
	int32_t whole;
};

/* p are the entries for left pages from page ip on, or for a part of them; for
 * just these, of no block a part */
/*@ predicate row_s2{L}(struct iso_s2 *s, struct iso_s2_spot p, integer ip,
                        integer left) =
      1 <= p.m && p.i + p.m <= 512 &&
      s2_row(s2_of(s), p.t, p.i, p.m, ip, left, p.e);
    predicate whole_s2{L}(struct iso_s2 *s, struct iso_s2_spot p, integer ip,
                          integer left) =
      p.e == left && s2_uncut(s2_of(s), ip) && s2_uncut(s2_of(s), ip + left); */

/* what can be done at once of left pages, from page ip on */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    requires left: 1 <= left && ip + left <= ISO_S2_IP_END;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result.t < s->ntables &&
      1 <= s->meta[\result.t].levels <= 4;
    ensures row: row_s2(s, \result, ip, left);
    ensures whole: \result.whole != 0 ==> whole_s2(s, \result, ip, left); */
struct iso_s2_spot iso_s2_spot(const struct iso_s2 *s, uint64_t ip,
			       uint64_t left);

/* the same where the walk for ip ends in table t, of height h */
/*@ requires ok: ok_s2(s);
    requires left: 1 <= left && ip + left <= ISO_S2_IP_END;
    requires height: h == s2_ht(s2_of(s), t) && height(h);
    requires stop: s2_stop_at(s2_of(s), t, slot(h, ip), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result.t == t;
    ensures row: row_s2(s, \result, ip, left);
    ensures whole: \result.whole != 0 ==> whole_s2(s, \result, ip, left); */
struct iso_s2_spot iso_s2_spot_at(const struct iso_s2 *s, uint32_t t,
				  uint32_t h, uint64_t ip, uint64_t left);

/* of left pages, how many the entries of p have */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == (p.e <= left ? p.e : left); */
uint64_t iso_s2_part(struct iso_s2_spot p, uint64_t left);

/* what is known of table c: its height + 1, the first page that it is for, the
 * table that points to it, by which entry */
/*@ requires valid: valid_s2(s);
    requires table: c < s->ntables;
    requires fits: h <= 4 && x < 512;
    terminates \true;
    exits \false;
    assigns s->meta[c];
    ensures valid: valid_s2(s);
    ensures done: s2_sets_meta(\old(s2_of(s)), s2_of(s), c, h - 1, o, u, x); */
void iso_s2_set_meta(struct iso_s2 *s, uint32_t c, uint32_t h, uint64_t o,
		     uint32_t u, uint32_t x);

/* entries i .. i + m of table t become free; the MMU may remember what was there */
/*@ requires valid: valid_s2(s);
    requires part: t < s->ntables && i + m <= 512;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1], iso_s2_stale;
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), t, i, m);
    ensures stale: iso_s2_stale == 1 + s->vm; */
void iso_s2_clear(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m);

/* table c, of tables to which no MMU was led yet, becomes empty */
/*@ requires valid: valid_s2(s);
    requires part: c < s->ntables;
    terminates \true;
    exits \false;
    assigns s->table[c].e[0 .. 511], iso_s2_unseen;
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), c, 0, 512);
    ensures unseen: iso_s2_unseen == 1; */
void iso_s2_empty(struct iso_s2 *s, uint32_t c);

/* the same for a table that is not in use any more: no way leads there, and the
 * MMU remembers none */
/*@ requires valid: valid_s2(s);
    requires part: c < s->ntables;
    requires unused: s->meta[c].levels == 0 || s->nroots == 0;
    requires still: iso_s2_stale == 0;
    terminates \true;
    exits \false;
    assigns s->table[c].e[0 .. 511], iso_s2_unseen;
    ensures done: s2_clears(\old(s2_of(s)), s2_of(s), c, 0, 512);
    ensures unseen: iso_s2_unseen == 1; */
void iso_s2_zero(struct iso_s2 *s, uint32_t c);

/* entries i .. i + m of table t, which were free, become pages or blocks: frames
 * from f on, attributes x */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires part: t < s->ntables && i + m <= 512 && 1 <= m;
    requires leaf: 1 <= s->meta[t].levels <= 3 && attr(x) &&
      fits(s->meta[t].levels - 1, f);
    requires frames: frame(first(s->meta[t].levels - 1, f, m) - 1);
    requires free: s2_free(s2_of(s), t, i, m);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1];
    ensures done: s2_stores(\old(s2_of(s)), s2_of(s), t, i, m,
      s->meta[t].levels - 1, f, x); */
void iso_s2_fill(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		 uint64_t f, uint32_t x);

/* table c, which is not in use, gets 512 pages or blocks of height h */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires part: c < s->ntables;
    requires unused: s->meta[c].levels == 0;
    requires still: iso_s2_stale == 0;
    requires leaf: leaf_height(h) && fits(h, f) && attr(x);
    requires frames: frame(first(h, f, 512) - 1);
    terminates \true;
    exits \false;
    assigns s->table[c].e[0 .. 511], iso_s2_unseen;
    ensures done: s2_stores(\old(s2_of(s)), s2_of(s), c, 0, 512, h, f, x);
    ensures unseen: iso_s2_unseen == 1; */
void iso_s2_spread(struct iso_s2 *s, uint32_t c, uint32_t h, uint64_t f,
		   uint32_t x);

/* entries i .. i + m of table t, pages or blocks, have rights x; the MMU may
 * remember those that they had */
/*@ requires ok: ok_s2(s);
    requires live: t < s->ntables && s2_live(s2_of(s), t);
    requires part: i + m <= 512 && 1 <= m;
    requires leaves: s2_kinds(s2_of(s), t, i, m, 1);
    requires rights: s2_rights(x);
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[t].e[i .. i + m - 1], iso_s2_stale;
    ensures done: s2_paints(\old(s2_of(s)), s2_of(s), t, i, m, x);
    ensures stale: iso_s2_stale == 1 + s->vm; */
void iso_s2_paint(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		  uint32_t x);

/* table c, from the top of the stack, is put under entry i of table t */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires tables: t < s->ntables && c < s->ntables && t != c && i < 512;
    requires height: 2 <= s->meta[t].levels <= 4;
    requires org: s->meta[t].org <= ISO_S2_IP_END;
    requires stack: 1 <= s->nfree <= s->ntables;
    requires frames: frame(s->base + c);
    requires free: s2_ent(s2_of(s), t, i) == 0;
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->meta[c], s->table[t].e[i], s->nfree;
    ensures valid: valid_s2(s);
    ensures done: s2_links(\old(s2_of(s)), s2_of(s), t, i, c);
    ensures taken: s->nfree == \old(s->nfree) - 1; */
void iso_s2_link(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c);

/* and is taken out again, onto the stack; the MMU may remember the way to it */
/*@ requires valid: valid_s2(s);
    requires tables: t < s->ntables && c < s->ntables && t != c && i < 512;
    requires stack: s->nfree < s->ntables;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->meta[c], s->table[t].e[i], s->nfree, s->spare[s->nfree],
      iso_s2_stale;
    ensures valid: valid_s2(s);
    ensures levels: s->meta[c].levels == 0;
    ensures done: s2_unlinks(\old(s2_of(s)), s2_of(s), t, i, c);
    ensures same: s->vm == \old(s->vm);
    ensures stale: iso_s2_stale == 1 + s->vm; */
void iso_s2_unlink(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c);

#endif
