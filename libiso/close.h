/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_CLOSE_H
#define ISO_CLOSE_H

#include <iso/iso.h>

/* the transaction ends and its pages are the owner's alone again */
void iso_tx_close(struct iso_engine *e, uint32_t o, uint32_t h);

/* the owner's rights on the transaction's pages become perm */
void iso_map_owner(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t perm);

/* a receiver's mapping of the transaction goes */
void iso_tx_unmap(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w);

#endif
