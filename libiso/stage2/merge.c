/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <iso/status.h>

/* are the entries of table c the parts of a block: 512 of height h, frames from f
 * on, attributes x */
/*@ requires ok: ok_s2(s);
    requires table: c < s->ntables;
    requires leaf: leaf_height(h) && fits(h, f) && attr(x);
    requires frames: frame(first(h, f, 512) - 1);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==>
      s2_parts_of(s2_of(s), c, h, f, x, 512); */
static int32_t parts(const struct iso_s2 *s, uint32_t c, uint32_t h, uint64_t f,
		     uint32_t x)
{
	const uint64_t by = 4096u * (uint64_t)iso_s2_span(h);
	uint64_t d = iso_s2_mk_leaf(s->layout, h, f, x);

	/*@ loop invariant j: 0 <= j <= 512;
	    loop invariant d: j < 512 ==>
	      d == mk_leaf(s->layout, h, first(h, f, j), x);
	    loop invariant so: s2_parts_of(s2_of(s), c, h, f, x, j);
	    loop assigns j, d;
	    loop variant 512 - j; */
	for (uint32_t j = 0; j < 512; j++) {
		/*@ assert ent: s->table[c].e[j] == s2_ent(s2_of(s), c, j); */
		if (s->table[c].e[j] != d)
			return 0;
		d += by;
	}
	return 1;
}

/* could table c be a block of the table above it */
/*@ requires ok: ok_s2(s);
    requires table: c < s->ntables && 1 <= s->meta[c].levels <= 4;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_whole(s2_of(s), c); */
static int32_t whole(const struct iso_s2 *s, uint32_t c)
{
	const uint32_t h = s->meta[c].levels - 1u;
	const uint64_t d = s->table[c].e[0];
	const uint64_t f = iso_s2_frame(d);
	const uint32_t x = iso_s2_attr(s->layout, d);

	/*@ assert known: s2_live(s2_of(s), c) && h == s2_ht(s2_of(s), c) &&
	      d == s2_ent(s2_of(s), c, 0) &&
	      f == d_out(s2_lay(s2_of(s)), s2_ht(s2_of(s), c), d) &&
	      x == d_attr(s2_lay(s2_of(s)), s2_ht(s2_of(s), c), d); */
	/*@ assert is: s2_whole(s2_of(s), c) <==>
	      s2_whole_of(s2_of(s), c, f, x); */
	if (c < s->nroots || h > 1 ||
	    iso_s2_kind(s->layout, h, d) != ISO_S2_LEAF ||
	    !iso_s2_fits(h + 1u, f))
		return 0;
	/*@ assert head: s2_live(s2_of(s), c) && leaf_height(h) && fits(h, f) &&
	      attr(x) && frame(first(h, f, 512) - 1); */
	return parts(s, c, h, f, x);
}

/* entry i of table t, which leads to table c, becomes a block: break before
 * make */
/*@ requires valid: valid_s2(s);
    requires layout: layout(s->layout);
    requires tables: t < s->ntables && c < s->ntables && t != c && i < 512;
    requires stack: s->nfree < s->ntables;
    requires leaf: 1 <= s->meta[t].levels <= 3 && attr(x) &&
      fits(s->meta[t].levels - 1, f);
    requires frames: frame(first(s->meta[t].levels - 1, f, 1) - 1);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures valid: valid_s2(s);
    ensures unused: s->meta[c].levels == 0;
    ensures done: \exists s2_state m; s2_unlinks(\old(s2_of(s)), m, t, i, c) &&
      s2_stores(m, s2_of(s), t, i, 1, s2_ht(\old(s2_of(s)), t), f, x);
    ensures flushed: fresh_s2; */
static void exchange(struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t c,
		     uint64_t f, uint32_t x)
{
	iso_s2_unlink(s, t, i, c);
	iso_port_s2_flush(s->vm);
	/*@ assert height: s->meta[t].levels == \at(s->meta[t].levels, Pre) &&
	      s->meta[t].levels - 1 == s2_ht(\at(s2_of(s), Pre), t); */
	iso_s2_fill(s, t, i, 1, f, x); /* until then other CPUs may fault */
}

/* table c, with page ip, becomes a block of the table above it, which is
 * returned: break before make */
/*@ requires ok: ok_s2(s);
    requires table: c < s->ntables && 1 <= s->meta[c].levels <= 4;
    requires stop: s2_stop_at(s2_of(s), c, slot(s->meta[c].levels - 1, ip), ip);
    requires whole: s2_whole(s2_of(s), c);
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures keeps: s2_keeps(\old(s2_of(s)), s2_of(s));
    ensures table: \result < s->ntables &&
      s->meta[\result].levels == \old(s->meta[c].levels) + 1 &&
      \old(s->meta[c].levels) <= 2;
    ensures stop: s2_stop_at(s2_of(s), \result,
      slot(s->meta[\result].levels - 1, ip), ip);
    ensures back: s->nfree == \old(s->nfree) + 1 && s2_blank(s2_of(s), c);
    ensures frees: s2_frees(\old(s2_of(s)), s2_of(s));
    ensures flushed: fresh_s2; */
static uint32_t merge_table(struct iso_s2 *s, uint32_t c, uint64_t ip)
{
	/*@ assert low: s->meta[c].levels - 1 == s2_ht(s2_of(s), c) <= 1; */
	const uint32_t t = s->meta[c].up;
	const uint32_t g = s->meta[c].levels;
	const uint32_t i = iso_s2_slot(g, ip);
	const uint64_t d = s->table[c].e[0];
	const uint64_t f = iso_s2_frame(d);
	const uint32_t x = iso_s2_attr(s->layout, d);

	/*@ assert known: t == s2_up(s2_of(s), c) && g == s2_ht(s2_of(s), c) + 1 &&
	      s2_stop_at(s2_of(s), c, slot(g - 1, ip), ip) &&
	      s2_whole_of(s2_of(s), c, f, x); */
	/*@ assert entry: i == slot(g, ip) && s2_wf(s2_of(s)); */
	/*@ assert under: s2_live(s2_of(s), t) && t != c &&
	      s2_ht(s2_of(s), t) == g; */
	/*@ assert stack: s2_nfree(s2_of(s)) < s2_nt(s2_of(s)); */
	/*@ assert block: leaf_height(g) && attr(x) && fits(g, f) &&
	      frame(first(g, f, 1) - 1); */
	/*@ assert table: t < s->ntables && s->meta[t].levels == g + 1 &&
	      i < 512; */
	exchange(s, t, i, c, f, x);
	iso_s2_zero(s, c);
	iso_port_s2_publish();
	/*@ assert step: s2_wf(s2_of(s)) &&
	      s2_keeps(\at(s2_of(s), Pre), s2_of(s)) &&
	      s2_stop_at(s2_of(s), t, i, ip) && s2_blank(s2_of(s), c) &&
	      s2_ht(s2_of(s), t) == g &&
	      s2_nfree(s2_of(s)) == \at(s2_nfree(s2_of(s)), Pre) + 1; */
	/*@ assert frees: s2_frees(\at(s2_of(s), Pre), s2_of(s)); */
	return t;
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
      \result == ISO_DENIED;
    ensures dying: \old(dying_s2(s)) ==> \result == ISO_INVALID &&
      s2_of(s) == \old(s2_of(s));
    ensures invalid: \result == ISO_INVALID <==>
      !s2_valid_ip(\old(s2_of(s)), ip);
    ensures denied: \result == ISO_DENIED <==>
      s2_valid_ip(\old(s2_of(s)), ip) && s2_merged(\old(s2_of(s)), ip);
    ensures same: \result != ISO_OK ==> s2_of(s) == \old(s2_of(s));
    ensures keeps: s2_keeps(\old(s2_of(s)), s2_of(s));
    ensures frees: s2_frees(\old(s2_of(s)), s2_of(s));
    ensures done: \result == ISO_OK ==> s2_merged(s2_of(s), ip) &&
      \old(s->nfree) < s->nfree <= \old(s->nfree) + 2; */
int32_t iso_s2_merge(struct iso_s2 *s, uint64_t ip)
{
	uint32_t t;

	if (!iso_s2_valid_ip(s->top, s->nroots, ip))
		return ISO_INVALID;
	/*@ assert alive: root_of(s->top, ip) < s->nroots && ok_s2(s); */
	t = iso_s2_walk(s, ip);
	if (!whole(s, t))
		return ISO_DENIED;
	t = merge_table(s, t, ip);
	/*@ loop invariant ok: ok_s2(s);
	    loop invariant keeps: s2_keeps(\at(s2_of(s), Pre), s2_of(s));
	    loop invariant frees: s2_frees(\at(s2_of(s), Pre), s2_of(s));
	    loop invariant table: t < s->ntables && 2 <= s->meta[t].levels <= 3;
	    loop invariant stop:
	      s2_stop_at(s2_of(s), t, slot(s->meta[t].levels - 1, ip), ip);
	    loop invariant back: \at(s->nfree, Pre) + 1 <= s->nfree &&
	      s->nfree <= \at(s->nfree, Pre) + s->meta[t].levels - 1;
	    loop invariant flushed: fresh_s2;
	    loop assigns t, s->table[0 .. \at(s->ntables, Pre) - 1],
	      s->meta[0 .. \at(s->ntables, Pre) - 1],
	      s->spare[0 .. \at(s->ntables, Pre) - 1], s->nfree, iso_s2_stale,
	      iso_s2_unseen;
	    loop variant 4 - s->meta[t].levels; */
	while (whole(s, t))
		t = merge_table(s, t, ip);
	return ISO_OK;
}
