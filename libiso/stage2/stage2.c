/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

/* one level down, when entry d of table t leads there */
/*@ requires ok: ok_s2(s);
    requires way: s2_on_way(s2_of(s), t, ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == s2_step(s2_of(s), t, ip);
    ensures way: s2_on_way(s2_of(s), \result, ip); */
static uint32_t step(const struct iso_s2 *s, uint32_t t, uint64_t ip)
{
	const uint32_t h = s->meta[t].levels - 1u;
	const uint32_t i = iso_s2_slot(h, ip);
	const uint64_t d = iso_s2_entry(s, t, i);

	if (iso_s2_kind(s->layout, h, d) != ISO_S2_NEXT)
		return t;
	/*@ assert pool: 0 <= d_next(s->layout, d) - s->base < s->ntables; */
	/*@ assert next: d_next(s->layout, d) - s->base ==
	      s2_step(s2_of(s), t, ip); */
	return (uint32_t)(iso_s2_frame(d) - s->base);
}

/*@ requires ok: ok_s2(s);
    requires ip: s2_valid_ip(s2_of(s), ip);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == s2_walk(s2_of(s), ip);
    ensures way: s2_on_way(s2_of(s), \result, ip); */
static uint32_t walk(const struct iso_s2 *s, uint64_t ip)
{
	uint32_t t = (uint32_t)iso_s2_root_of(s->top, ip);

	/*@ assert root: t == s2_walk0(s2_of(s), ip) &&
	      s2_on_way(s2_of(s), t, ip); */
	t = step(s, t, ip);
	t = step(s, t, ip);
	t = step(s, t, ip);
	/*@ assert end: t == s2_walk(s2_of(s), ip); */
	return t;
}

uint32_t iso_s2_walk(const struct iso_s2 *s, uint64_t ip)
{
	const uint32_t t = walk(s, ip);

	/*@ assert stop: s2_stop_at(s2_of(s), t,
	      slot(s->meta[t].levels - 1, ip), ip); */
	return t;
}

struct iso_s2_spot iso_s2_spot(const struct iso_s2 *s, uint64_t ip,
			       uint64_t left)
{
	struct iso_s2_spot r;
	const uint32_t t = iso_s2_walk(s, ip);
	const uint32_t h = s->meta[t].levels - 1u;
	const uint32_t i = iso_s2_slot(h, ip);
	const uint32_t m = h != 0 ? 1 :
			   left < 512u - i ? (uint32_t)left : 512u - i;
	const uint64_t end = iso_s2_first(h, s->meta[t].org, i + m);

	/*@ assert stop: s2_stop_at(s2_of(s), t, i, ip) &&
	      h == s2_ht(s2_of(s), t); */
	/*@ assert some: 1 <= m && i + m <= 512; */
	/*@ assert pages: (h == 0 && m <= left) || m == 1; */
	/*@ assert end:
	      end == first(s2_ht(s2_of(s), t), s2_org(s2_of(s), t), i + m); */
	/*@ assert beyond: ip < end; */
	r.e = end - ip;
	r.t = t;
	r.i = i;
	r.m = m;
	return r;
}

/*@ requires ok: ok_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures there: \result.mapped != 0 ==> s2_valid_ip(s2_of(s), ip) &&
      s2_xl(s2_of(s), ip) == s2_to(\result.frame, \result.attr);
    ensures nowhere: \result.mapped == 0 ==>
      (s2_valid_ip(s2_of(s), ip) ==> s2_xl(s2_of(s), ip) == s2_fault); */
struct iso_s2_to iso_s2_query(const struct iso_s2 *s, uint64_t ip)
{
	struct iso_s2_to r = { 0, 0, 0 };
	uint32_t t, h;
	uint64_t d;

	if (!iso_s2_valid_ip(s->top, s->nroots, ip))
		return r;
	t = walk(s, ip);
	h = s->meta[t].levels - 1u;
	d = iso_s2_entry(s, t, iso_s2_slot(h, ip));
	if (iso_s2_kind(s->layout, h, d) != ISO_S2_LEAF)
		return r;
	r.frame = iso_s2_frame(d) + iso_s2_off(h, ip);
	r.attr = iso_s2_attr(s->layout, d);
	r.mapped = 1;
	return r;
}
