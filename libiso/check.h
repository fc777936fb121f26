/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_CHECK_H
#define ISO_CHECK_H

/* The checks that several calls share. */

#include <iso/iso.h>

int32_t iso_caller_code(const struct iso_engine *e, uint64_t c);
int32_t iso_host_code(uint64_t c);
int32_t iso_valid_guest(uint64_t v);
int32_t iso_valid_run(const struct iso_engine *e, uint64_t lo, uint64_t n);
int32_t iso_valid_ipa(uint64_t i, uint64_t n);
uint32_t iso_least(uint64_t a, uint32_t b);

/* the run is v's, in no transaction, and contiguous in v's addresses */
int32_t iso_plain_run(const struct iso_engine *e, uint32_t v, uint32_t lo,
		      uint32_t n);

/* no receiver holds the transaction */
int32_t iso_idle(const struct iso_engine *e, uint32_t o, uint32_t h);

/* no receiver but w holds it */
int32_t iso_last(const struct iso_engine *e, uint32_t o, uint32_t h,
		 uint32_t w);

#endif
