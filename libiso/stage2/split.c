/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

/* table c, which is not in use, gets the parts of the block in entry i of
 * table t */
/*@ requires ok: ok_s2(s);
    requires table: t < s->ntables && c < s->ntables;
    requires height: 1 <= s2_ht(s2_of(s), t) <= 3;
    requires entry: i < 512;
    requires block: \exists integer ip; s2_stop_block(s2_of(s), t, i, ip);
    requires unused: s->meta[c].levels == 0;
    requires still: iso_s2_stale == 0;
    terminates \true;
    exits \false;
    assigns s->table[c].e[0 .. 511], iso_s2_unseen;
    ensures done: s2_stores(\old(s2_of(s)), s2_of(s), c, 0, 512,
      s2_ht(\old(s2_of(s)), t) - 1,
      d_out(s2_lay(\old(s2_of(s))), s2_ht(\old(s2_of(s)), t),
            s2_ent(\old(s2_of(s)), t, i)),
      d_attr(s2_lay(\old(s2_of(s))), s2_ht(\old(s2_of(s)), t),
             s2_ent(\old(s2_of(s)), t, i)));
    ensures unseen: iso_s2_unseen == 1; */
static void spread_parts(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	const uint32_t h = s->meta[t].levels - 2u;
	const uint64_t d = iso_s2_entry(s, t, i);
	const uint64_t f = iso_s2_frame(d);
	const uint32_t x = iso_s2_attr(s->layout, d);

	/*@ assert known: h == s2_ht(s2_of(s), t) - 1 &&
	      d == s2_ent(s2_of(s), t, i) &&
	      f == d_out(s2_lay(s2_of(s)), s2_ht(s2_of(s), t), d) &&
	      x == d_attr(s2_lay(s2_of(s)), s2_ht(s2_of(s), t), d); */
	/*@ assert block: leaf_height(h) && fits(h, f) && attr(x) &&
	      frame(first(h, f, 512) - 1); */
	iso_s2_spread(s, c, h, f, x);
}

/* entry i of table t becomes table c, from the top of the stack: break before
 * make */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires tables: t < s->ntables && c < s->ntables && t != c && i < 512;
    requires height: 2 <= s->meta[t].levels <= 4;
    requires org: s->meta[t].org <= ISO_S2_IP_END;
    requires stack: 1 <= s->nfree <= s->ntables;
    requires frames: frame(s->base + c);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->meta[c], s->table[t].e[i], s->nfree, iso_s2_stale,
      iso_s2_unseen;
    ensures valid: valid_s2(s);
    ensures done: \exists s2_state m; s2_clears(\old(s2_of(s)), m, t, i, 1) &&
      s2_links(m, s2_of(s), t, i, c);
    ensures taken: s->nfree == \old(s->nfree) - 1;
    ensures flushed: fresh_s2; */
static void swap(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c)
{
	iso_s2_clear(s, t, i, 1);
	/*@ assert org: s->meta[t].org <= ISO_S2_IP_END; */
	iso_port_s2_flush(s->vm);
	iso_s2_link(s, t, i, c);
	iso_port_s2_publish(); /* until then other CPUs may fault there */
}

/* the entry of table t for page ip, a block, becomes a table of its parts: break
 * before make */
/*@ requires ok: ok_s2(s);
    requires table: t < s->ntables && 1 <= s2_ht(s2_of(s), t) <= 3;
    requires block:
      s2_stop_block(s2_of(s), t, slot(s2_ht(s2_of(s), t), ip), ip);
    requires small: ip <= ISO_S2_IP_END;
    requires stack: 1 <= s->nfree;
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures table: \result < s->ntables &&
      s2_ht(s2_of(s), \result) == s2_ht(\old(s2_of(s)), t) - 1;
    ensures taken: s->nfree == \old(s->nfree) - 1;
    ensures stop: s2_stop_at(s2_of(s), \result,
      slot(s2_ht(s2_of(s), \result), ip), ip);
    ensures flushed: fresh_s2; */
static uint32_t split_block(struct iso_s2 *s, uint32_t t, uint64_t ip)
{
	const uint32_t i = iso_s2_slot(s->meta[t].levels - 1u, ip);
	const uint32_t c = s->spare[s->nfree - 1u];

	/*@ assert block: s2_stop_block(s2_of(s), t, i, ip) && i < 512 &&
	      s2_org(s2_of(s), t) <= ISO_S2_IP_END; */
	/*@ assert stack: s2_on_stack(s2_of(s), c); */
	/*@ assert spare: c < s->ntables && s2_ht(s2_of(s), c) == -1; */
	spread_parts(s, t, i, c);
	/*@ assert spread: t < s2_nt(s2_of(s)) &&
	      s2_org(s2_of(s), t) == s2_org(\at(s2_of(s), Pre), t); */
	iso_port_s2_publish();
	swap(s, t, i, c);
	/*@ assert step: s2_wf(s2_of(s)) &&
	      s2_prunes(\at(s2_of(s), Pre), s2_of(s)) &&
	      s2_stop_at(s2_of(s), c, slot(s2_ht(s2_of(s), c), ip), ip) &&
	      s2_ht(s2_of(s), c) == s2_ht(\at(s2_of(s), Pre), t) - 1; */
	return c;
}

/* is page ip within a block of table t, and not its first */
/*@ requires ok: ok_s2(s);
    requires table: t < s->ntables && 0 <= s2_ht(s2_of(s), t) <= 3;
    requires stop: s2_stop_at(s2_of(s), t, slot(s2_ht(s2_of(s), t), ip), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result == 0 <==> s2_uncut(s2_of(s), ip);
    ensures block: \result != 0 ==> 1 <= s2_ht(s2_of(s), t) <= 2 &&
      s2_stop_block(s2_of(s), t, slot(s2_ht(s2_of(s), t), ip), ip); */
static int32_t within(const struct iso_s2 *s, uint32_t t, uint64_t ip)
{
	const uint32_t h = s->meta[t].levels - 1u;
	const uint32_t i = iso_s2_slot(h, ip);
	const uint64_t d = iso_s2_entry(s, t, i);

	/*@ assert stop: s2_stop_at(s2_of(s), t, i, ip) &&
	      h == s2_ht(s2_of(s), t); */
	return iso_s2_kind(s->layout, h, d) == ISO_S2_LEAF &&
	       iso_s2_off(h, ip) != 0;
}

/* no block begins before page ip and reaches over it: those that did are tables
 * of their parts now, and each page is where it was; 0 if no table is left. A
 * block has height 2 at most, and so two tables are enough. */
/*@ requires ok: ok_s2(s);
    requires small: ip <= ISO_S2_IP_END;
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures uncut: \result != 0 ==> s2_uncut(s2_of(s), ip);
    ensures out: \result == 0 ==> s->nfree == 0 &&
      !s2_uncut(\old(s2_of(s)), ip);
    ensures taken: s->nfree <= \old(s->nfree) <= s->nfree + 2;
    ensures few: \result == 0 ==> \old(s->nfree) < 2;
    ensures flushed: fresh_s2; */
static int32_t split(struct iso_s2 *s, uint64_t ip)
{
	uint32_t t;

	if (iso_s2_uncut(s, ip))
		return 1;
	/*@ assert ip: s2_valid_ip(s2_of(s), ip); */
	t = iso_s2_walk(s, ip);
	/*@ loop invariant ok: ok_s2(s);
	    loop invariant prunes: s2_prunes(\at(s2_of(s), Pre), s2_of(s));
	    loop invariant table: t < s->ntables && 0 <= s2_ht(s2_of(s), t) <= 3;
	    loop invariant levels:
	      s->meta[t].levels == s2_ht(s2_of(s), t) + 1;
	    loop invariant stop:
	      s2_stop_at(s2_of(s), t, slot(s2_ht(s2_of(s), t), ip), ip);
	    loop invariant taken: s->nfree == \at(s->nfree, Pre) ||
	      \at(s->nfree, Pre) + s->meta[t].levels <= s->nfree + 3;
	    loop invariant some: s->nfree <= \at(s->nfree, Pre);
	    loop invariant flushed: fresh_s2;
	    loop assigns t, s->table[0 .. \at(s->ntables, Pre) - 1],
	      s->meta[0 .. \at(s->ntables, Pre) - 1], s->nfree, iso_s2_stale,
	      iso_s2_unseen;
	    loop variant s->meta[t].levels; */
	while (within(s, t, ip)) {
		if (s->nfree == 0)
			return 0;
		t = split_block(s, t, ip);
		/*@ assert levels: s->meta[t].levels ==
		      s2_ht(s2_of(s), t) + 1; */
	}
	return 1;
}

int32_t iso_s2_split_ends(struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	if (!split(s, ip))
		return 0;
	/*@ assert begin: s2_uncut(s2_of(s), ip); */
	return split(s, ip + n);
}
