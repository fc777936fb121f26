/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_RUN_H
#define ISO_STAGE2_RUN_H

/* What several calls do to a run of pages. */

#include "table.h"

/* pages ip .. ip + n, at least one, are in the VM's address space, of which
 * nothing is left when the tables are taken apart */
/*@ requires state: ok_s2(s) || dying_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==>
      1 <= n && s2_valid_run(s2_of(s), ip, n);
    ensures small: \result != 0 ==> ip + n <= ISO_S2_IP_END;
    ensures alive: \result != 0 ==> ok_s2(s) && s->nroots != 0; */
int32_t iso_s2_valid_run(const struct iso_s2 *s, uint64_t ip, uint64_t n);

/* tables that became empty go, from table t on, in which entry i is looked at
 * first: the quicker, the likelier it is in use */
/*@ requires ok: ok_s2(s);
    requires live: t < s->ntables && s2_live(s2_of(s), t);
    requires entry: i < 512;
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures same: s->vm == \old(s->vm);
    ensures vm: iso_s2_stale == \old(iso_s2_stale) ||
      iso_s2_stale == 1 + s->vm; */
void iso_s2_prune(struct iso_s2 *s, uint32_t t, uint32_t i);

/* no page of the run is mapped any more; tables that become empty go */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, n) && ip + n <= ISO_S2_IP_END;
    requires begin: s2_uncut(s2_of(s), ip);
    requires end: s2_uncut(s2_of(s), ip + n);
    requires vm: stale_s2(s);
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->spare[0 .. s->ntables - 1], s->nfree, iso_s2_stale;
    ensures ok: ok_s2(s);
    ensures done: s2_clears_run(\old(s2_of(s)), s2_of(s), ip, n);
    ensures vm: stale_s2(s); */
void iso_s2_clear_run(struct iso_s2 *s, uint64_t ip, uint64_t n);

/* is each of entries i .. i + m of table t a page or block, or, with w = 0,
 * none */
/*@ requires ok: ok_s2(s);
    requires part: t < s->ntables && i + m <= 512;
    requires height: 1 <= s->meta[t].levels <= 4;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_kinds(s2_of(s), t, i, m, w); */
int32_t iso_s2_kinds(const struct iso_s2 *s, uint32_t t, uint32_t i, uint32_t m,
		     uint32_t w);

/* is each page of the run mapped, or, with w = 0, none */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, n) && ip + n <= ISO_S2_IP_END;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_every(s2_of(s), ip, n, w); */
int32_t iso_s2_every(const struct iso_s2 *s, uint64_t ip, uint64_t n,
		     uint32_t w);

/* does no block begin before page ip and reach over it */
/*@ requires ok: ok_s2(s);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> s2_uncut(s2_of(s), ip); */
int32_t iso_s2_uncut(const struct iso_s2 *s, uint64_t ip);

/* no table is left for the blocks that a run cuts: there were fewer than 4 */
/*@ predicate out_s2{A, B}(struct iso_s2 *s, integer ip, integer n) =
      \at(s->nfree, B) == 0 && \at(s->nfree, A) < 4 &&
      !(s2_uncut(\at(s2_of(s), A), ip) && s2_uncut(\at(s2_of(s), A), ip + n)); */

/* no block begins before a run and reaches into it, nor out of it: each page is
 * where it was; 0 if no table is left */
/*@ requires ok: ok_s2(s);
    requires run: s2_valid_run(s2_of(s), ip, n) && ip + n <= ISO_S2_IP_END;
    requires flushed: fresh_s2;
    terminates \true;
    exits \false;
    assigns s->table[0 .. s->ntables - 1], s->meta[0 .. s->ntables - 1],
      s->nfree, iso_s2_stale, iso_s2_unseen;
    ensures ok: ok_s2(s);
    ensures prunes: s2_prunes(\old(s2_of(s)), s2_of(s));
    ensures uncut: \result != 0 ==>
      s2_uncut(s2_of(s), ip) && s2_uncut(s2_of(s), ip + n);
    ensures out: \result == 0 ==> out_s2{Pre, Post}(s, ip, n);
    ensures flushed: fresh_s2; */
int32_t iso_s2_split_ends(struct iso_s2 *s, uint64_t ip, uint64_t n);

#endif
