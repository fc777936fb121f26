/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

/* where a walk has come to: entry d of table t, which is of height h */
struct way {
	uint64_t d;
	uint32_t t, h;
};

/*@ requires ok: ok_s2(s);
    requires way: s2_on_way(s2_of(s), t, ip);
    requires height: h == s2_ht(s2_of(s), t);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result.t == t && \result.h == h;
    ensures entry: \result.d == s2_ent(s2_of(s), t, slot(h, ip)); */
static inline struct way enter(const struct iso_s2 *s, uint32_t t, uint32_t h,
			       uint64_t ip)
{
	struct way r;

	/*@ assert known: t < s->ntables && height(h); */
	r.d = iso_s2_entry(s, t, iso_s2_slot(h, ip));
	r.t = t;
	r.h = h;
	return r;
}

/* from a table of height h to the one below, if the walk comes to both. Where h
 * is a constant, so is what the entry's number is divided by. */
/*@ requires ok: ok_s2(s);
    requires way: s2_on_way(s2_of(s), w.t, ip);
    requires height: w.h == s2_ht(s2_of(s), w.t);
    requires entry: w.d == s2_ent(s2_of(s), w.t, slot(w.h, ip));
    requires at: 1 <= h <= 3;
    requires high: w.h <= h ||
      d_kind(s2_lay(s2_of(s)), w.h, w.d) != ISO_S2_NEXT;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures way: s2_on_way(s2_of(s), \result.t, ip);
    ensures height: \result.h == s2_ht(s2_of(s), \result.t);
    ensures entry: \result.d ==
      s2_ent(s2_of(s), \result.t, slot(\result.h, ip));
    ensures down: \result.h < h ||
      d_kind(s2_lay(s2_of(s)), \result.h, \result.d) != ISO_S2_NEXT; */
static inline struct way down(const struct iso_s2 *s, struct way w, uint32_t h,
			      uint64_t ip)
{
	const uint32_t l = s->layout;
	const uint64_t b = s->base;
	uint32_t c;

	/*@ assert void: d_kind(s2_lay(s2_of(s)), w.h, w.d) == ISO_S2_NONE ==>
	      w.d == 0; */
	if (w.h != h)
		return w;
	if (!iso_s2_leads(l, w.d))
		return w;
	c = iso_s2_next(w.d, b);
	/*@ assert next: c == s2_step(s2_of(s), w.t, ip); */
	/*@ assert low: s2_on_way(s2_of(s), c, ip) &&
	      s2_ht(s2_of(s), c) == h - 1; */
	return enter(s, c, h - 1u, ip);
}

/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == s2_walk0(s2_of(s), ip); */
static uint32_t root(const struct iso_s2 *s, uint64_t ip)
{
	return (uint32_t)iso_s2_root_of(s->top, ip);
}

/* level by level, which is half of what a loop takes */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    requires root: r == s2_walk0(s2_of(s), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result.t == s2_walk(s2_of(s), ip);
    ensures way: s2_on_way(s2_of(s), \result.t, ip);
    ensures height: \result.h == s2_ht(s2_of(s), \result.t);
    ensures entry: \result.d ==
      s2_ent(s2_of(s), \result.t, slot(\result.h, ip)); */
static inline struct way walk(const struct iso_s2 *s, uint32_t r, uint64_t ip)
{
	struct way w = enter(s, r, s->top, ip);

	w = down(s, w, 3, ip);
	w = down(s, w, 2, ip);
	w = down(s, w, 1, ip);
	/*@ assert end: w.t == s2_walk(s2_of(s), ip); */
	return w;
}

/* what all but iso_s2_query have to know of it */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures table: \result.t < s->ntables;
    ensures height: \result.h == s2_ht(s2_of(s), \result.t) <= 3;
    ensures stop:
      s2_stop_at(s2_of(s), \result.t, slot(\result.h, ip), ip);
    ensures entry: \result.d ==
      s2_ent(s2_of(s), \result.t, slot(\result.h, ip)); */
static struct way stop(const struct iso_s2 *s, uint64_t ip)
{
	const struct way w = walk(s, root(s, ip), ip);

	/*@ assert stop: s2_stop_at(s2_of(s), w.t, slot(w.h, ip), ip); */
	return w;
}

uint32_t iso_s2_walk(const struct iso_s2 *s, uint64_t ip)
{
	return stop(s, ip).t;
}

/* entry i, where a way ends, and those after it that lead to no table and have
 * pages that are asked for only */
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
static struct iso_s2_spot row(const struct iso_s2 *s, uint32_t t, uint32_t h,
			      uint64_t ip, uint64_t left)
{
	const uint32_t span = iso_s2_span(h);
	const uint32_t off = iso_s2_off(h, ip);
	const uint32_t i = iso_s2_slot(h, ip);
	struct iso_s2_spot r = { span - off, t, i, 1, 0 };

	/*@ assert first: t < s->ntables && i < 512 && off < span &&
	      s2_row(s2_of(s), t, i, 1, ip, left, span - off); */
	/*@ loop invariant entries: 1 <= r.m && i + r.m <= 512;
	    loop invariant pages: r.e <= span + left;
	    loop invariant row:
	      s2_row(s2_of(s), t, i, r.m, ip, left, r.e);
	    loop assigns r.e, r.m;
	    loop variant 512 - r.m; */
	while (r.e + span <= left && i + r.m < 512 &&
	       iso_s2_kind(s->layout, h, iso_s2_entry(s, t, i + r.m)) !=
		       ISO_S2_NEXT) {
		r.e += span;
		r.m++;
	}
	r.whole = off == 0 && r.e == left;
	return r;
}

struct iso_s2_spot iso_s2_spot_at(const struct iso_s2 *s, uint32_t t,
				  uint32_t h, uint64_t ip, uint64_t left)
{
	struct iso_s2_spot r;

	if (h != 0)
		return row(s, t, h, ip, left);
	r.i = iso_s2_slot(0, ip);
	r.t = t;
	r.m = left < 512u - r.i ? (uint32_t)left : 512u - r.i;
	r.e = r.m;
	r.whole = r.e == left;
	/*@ assert row: s2_row(s2_of(s), r.t, r.i, r.m, ip, left, r.e); */
	return r;
}

struct iso_s2_spot iso_s2_spot(const struct iso_s2 *s, uint64_t ip,
			       uint64_t left)
{
	const struct way w = stop(s, ip);

	return iso_s2_spot_at(s, w.t, w.h, ip, left);
}

uint64_t iso_s2_part(struct iso_s2_spot p, uint64_t left)
{
	return p.e <= left ? p.e : left;
}

int32_t iso_s2_uncut(const struct iso_s2 *s, uint64_t ip)
{
	struct way w;

	if (!iso_s2_valid_ip(s->top, s->nroots, ip))
		return 1;
	w = stop(s, ip);
	return iso_s2_off(w.h, ip) == 0 ||
	       iso_s2_kind(s->layout, w.h, w.d) != ISO_S2_LEAF;
}

/* where page ip is, when the walk for it has ended */
/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    requires is: w.t == s2_walk(s2_of(s), ip) && s2_on_way(s2_of(s), w.t, ip);
    requires height: w.h == s2_ht(s2_of(s), w.t);
    requires entry: w.d == s2_ent(s2_of(s), w.t, slot(w.h, ip));
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures there: \result.mapped != 0 ==>
      s2_xl(s2_of(s), ip) == s2_to(\result.frame, \result.attr);
    ensures nowhere: \result.mapped == 0 ==>
      s2_xl(s2_of(s), ip) == s2_fault; */
static struct iso_s2_to look(const struct iso_s2 *s, struct way w, uint64_t ip)
{
	struct iso_s2_to r = { 0, 0, 0 };
	uint32_t l;

	/*@ assert known: valid_s2(s) && layout(s->layout) && height(w.h); */
	l = s->layout;
	/*@ assert void: d_kind(s2_lay(s2_of(s)), w.h, w.d) == ISO_S2_NONE ==>
	      w.d == 0; */
	/*@ assert end:
	      d_kind(s2_lay(s2_of(s)), w.h, w.d) != ISO_S2_NEXT; */
	if (!iso_s2_leaf(w.d))
		return r;
	r.frame = iso_s2_frame(w.d) + iso_s2_off(w.h, ip);
	r.attr = iso_s2_attr(l, w.d);
	r.mapped = 1;
	return r;
}

/*@ requires state: ok_s2(s) || dying_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures dying: dying_s2(s) ==> \result.mapped == 0;
    ensures there: \result.mapped != 0 ==> s2_valid_ip(s2_of(s), ip) &&
      s2_xl(s2_of(s), ip) == s2_to(\result.frame, \result.attr);
    ensures nowhere: \result.mapped == 0 ==>
      (s2_valid_ip(s2_of(s), ip) ==> s2_xl(s2_of(s), ip) == s2_fault); */
struct iso_s2_to iso_s2_query(const struct iso_s2 *s, uint64_t ip)
{
	const struct iso_s2_to nowhere = { 0, 0, 0 };
	const uint64_t r = iso_s2_root_of(s->top, ip);

	if (r >= s->nroots)
		return nowhere;
	/*@ assert alive: ok_s2(s) && s2_valid_ip(s2_of(s), ip); */
	return look(s, walk(s, (uint32_t)r, ip), ip);
}
