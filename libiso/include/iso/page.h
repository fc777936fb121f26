/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_PAGE_H
#define ISO_PAGE_H

#include <stdint.h>

struct iso_engine;

#define ISO_PAGE_SIZE 4096u
#define ISO_MAX_PAGES 0x10000000u /* pages of RAM: 2^28, 1 TiB */
#define ISO_IPA_PAGES 0x10000000u /* pages of a VM's address space: 2^28 */
#define ISO_NO_TX 255u            /* the page is in no transaction */

/*
 * The state of one page of RAM. The whole table of what it can say:
 *
 *   owner  tx         range       meaning
 *   v      ISO_NO_TX  0           v owns the page and alone reaches it
 *   v      t          r           it is in range r of v's transaction t, and
 *                                 that transaction says who reaches it:
 *            OPEN                   v alone
 *            SENT SHARE             v and each receiver that retrieved it
 *            SENT LEND              each receiver that retrieved it
 *            SENT DONATE            nobody, until the receiver retrieves it
 *
 * ipa is where the owner has the page, in pages of its address space. The host
 * (VM 0) has each of its pages at the page's own number.
 */
struct iso_page {
	uint16_t owner;
	uint8_t tx;
	uint8_t range;
	uint32_t ipa;
};
_Static_assert(sizeof(struct iso_page) == 8, "8 bytes of state a page");

/*
 * iso_page_assign: the host gives pages to a VM that has not started.
 *
 * caller  the VM that asks; must be the host (0)
 * vm      the new owner
 * page    first page, by number
 * n       how many
 * ipa     where vm will have them, in pages: page + i is at ipa + i
 *
 * Checks, in order:
 *   ISO_INVALID  caller is no VM id
 *   ISO_DENIED   caller is not the host
 *   ISO_INVALID  vm is no VM id, or is the host
 *   ISO_INVALID  n is 0, or page .. page + n is not all RAM
 *   ISO_INVALID  ipa .. ipa + n is not inside ISO_IPA_PAGES
 *   ISO_DENIED   vm is not CREATED (later memory comes by transactions)
 *   ISO_DENIED   a page is not the host's, or is in a transaction
 *   ISO_BUSY     vm has something at one of the addresses
 * Effect: unmapped from the host and flushed, then owned by vm and mapped there
 * with all rights. The contents stay: the host loads a VM's first image so.
 * Others see: vm sees its new pages; no other VM sees a change.
 */
int32_t iso_page_assign(struct iso_engine *e, uint64_t caller, uint64_t vm,
			uint64_t page, uint64_t n, uint64_t ipa);

/*
 * iso_page_release: a VM gives pages back to the host, which gets zeros.
 *
 * caller  the VM that asks, and owns the pages
 * page    first page, by number
 * n       how many
 * max     how many this call may scrub; bounds its work
 *
 * The call handles the first k = min(n, max) pages, all or none.
 * Checks, in order:
 *   ISO_INVALID  caller is no VM id
 *   ISO_DENIED   caller is not LIVE
 *   ISO_DENIED   caller is the host (it has nobody to give to)
 *   ISO_INVALID  n or max is 0, or page .. page + n is not all RAM
 *   ISO_DENIED   one of the k pages is not the caller's, is in a transaction,
 *                or does not follow the one before in the caller's addresses
 *   ISO_RETRY    done for max pages, fewer than n: call again with
 *                page + max and n - max
 * Effect: unmapped and flushed, then zeroed, then the host's.
 * Others see: the host sees the pages as its own, all zero.
 */
int32_t iso_page_release(struct iso_engine *e, uint64_t caller, uint64_t page,
			 uint64_t n, uint64_t max);

/*
 * iso_page_query: what the engine holds of a page.
 *
 * caller  the VM that asks
 * page    the page, by number
 * out     gets the page's state when the result is ISO_OK
 *
 * Checks, in order:
 *   ISO_INVALID  caller is no VM id
 *   ISO_DENIED   caller is not LIVE
 *   ISO_INVALID  page is not RAM
 *   ISO_DENIED   caller is neither the host nor the page's owner
 * Effect: none. Others see: nothing.
 */
int32_t iso_page_query(const struct iso_engine *e, uint64_t caller,
		       uint64_t page, struct iso_page *out);

#endif
