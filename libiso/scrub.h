/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_SCRUB_H
#define ISO_SCRUB_H

#include "port_contract.h"
#include "store.h"

/* what one more chunk of the CLEAR under way answers: ISO_OK or ISO_RETRY */
/*@ requires valid: valid_engine(e);
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires pending: e->vms[o].tx[h].dirty > 0 && max >= 1;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures code: \result == scrub_code(st(e), o, h, max); */
int32_t iso_scrub_code(const struct iso_engine *e, uint32_t o, uint32_t h,
		       uint64_t max);

/* zero the next chunk, from the end, within one range, at most max pages */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires pending: e->vms[o].tx[h].dirty > 0 && max >= 1;
    terminates \true;
    exits \false;
    assigns e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == scrub_next(\old(st(e)), o, h, max); */
void iso_scrub(struct iso_engine *e, uint32_t o, uint32_t h, uint64_t max);

/* the head of t as SENT; with clear, all its pages are to be zeroed */
/*@ requires valid: \valid_read(t);
    requires ranges: t->nranges <= ISO_MAX_RANGES;
    requires some: clear == 1 ==> t->nranges >= 1;
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures same: \result.state == ISO_TX_SENT && \result.kind == t->kind &&
      \result.nranges == t->nranges && \result.total == t->total;
    ensures plain: clear != 1 ==>
      \result.dirty == t->dirty && \result.rest == t->rest;
    ensures clear: clear == 1 ==> \result.dirty == t->nranges &&
      \result.rest == t->range[t->nranges - 1].n; */
struct iso_head iso_sent(const struct iso_tx *t, uint32_t clear);

/* v's run, contiguous in its addresses, goes to the host, zeroed */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(v) && v != ISO_HOST;
    requires run: valid_run(st(e), lo, n) && 1 <= n && lo + n <= e->npages;
    requires plain: plain_run(st(e), v, lo, n);
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], iso_hw;
    ensures done: st(e) == release_run(\old(st(e)), v, lo, n); */
void iso_release_run(struct iso_engine *e, uint32_t v, uint32_t lo, uint32_t n);

#endif
