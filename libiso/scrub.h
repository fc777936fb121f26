/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_SCRUB_H
#define ISO_SCRUB_H

#include "store.h"

/* what one more chunk of the CLEAR under way answers: ISO_OK or ISO_RETRY */
int32_t iso_scrub_code(const struct iso_engine *e, uint32_t o, uint32_t h,
		       uint64_t max);

/* zero the next chunk, from the end, within one range, at most max pages */
void iso_scrub(struct iso_engine *e, uint32_t o, uint32_t h, uint64_t max);

/* the head of t as SENT; with clear, all its pages are to be zeroed */
struct iso_head iso_sent(const struct iso_tx *t, uint32_t clear);

/* v's run, contiguous in its addresses, goes to the host, zeroed */
void iso_release_run(struct iso_engine *e, uint32_t v, uint32_t lo, uint32_t n);

#endif
