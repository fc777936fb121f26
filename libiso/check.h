/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_CHECK_H
#define ISO_CHECK_H

/* The checks that several calls share. */

#include <iso/iso.h>

#include "port_contract.h"

/*@ requires valid: valid_engine(e);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result == caller_code(st(e), c); */
int32_t iso_caller_code(const struct iso_engine *e, uint64_t c);
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result == host_code(c); */
int32_t iso_host_code(uint64_t c);
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> valid_guest(v); */
int32_t iso_valid_guest(uint64_t v);
/*@ requires valid: valid_engine(e);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> valid_run(st(e), lo, n); */
int32_t iso_valid_run(const struct iso_engine *e, uint64_t lo, uint64_t n);
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> valid_ipa(i, n); */
int32_t iso_valid_ipa(uint64_t i, uint64_t n);
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result == least(a, b); */
uint32_t iso_least(uint64_t a, uint32_t b);

/* the run is v's, in no transaction, and contiguous in v's addresses */
/*@ requires valid: valid_engine(e);
    requires wf: wf(st(e));
    requires run: 1 <= n && lo + n <= e->npages;
    requires ids: is_vm(v);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> plain_run(st(e), v, lo, n); */
int32_t iso_plain_run(const struct iso_engine *e, uint32_t v, uint32_t lo,
		      uint32_t n);

/* no receiver holds the transaction */
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> idle(st(e), o, h); */
int32_t iso_idle(const struct iso_engine *e, uint32_t o, uint32_t h);

/* no receiver but w holds it */
/*@ requires valid: valid_engine(e);
    requires ids: is_vm(o) && is_tx(h) && is_vm(w);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> last(st(e), o, h, w); */
int32_t iso_last(const struct iso_engine *e, uint32_t o, uint32_t h,
		 uint32_t w);

#endif
