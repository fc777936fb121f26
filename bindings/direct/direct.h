/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_DIRECT_H
#define ISO_DIRECT_H

#include <stdint.h>

/*
 * The direct port: RAM is an array of bytes, a VM's address space a row of a
 * table. It is what libiso.so, the tests and the benchmarks use, and the model
 * for ports to real hardware. One machine a process, as there is one port.
 */

/*
 * One cell of the table: what a VM has at one address.
 *
 *   0                     nothing
 *   8 * (page + 1) + a    page, with the rights a (ISO_PERM_..., below 8);
 *                         a = 0: reserved
 */
#define ISO_DIRECT_RIGHTS 8u

/*
 * iso_direct_init: the host has page p at address p with all rights, no other
 * VM has anything. Call it before iso_engine_init.
 *
 * ram     npages * ISO_PAGE_SIZE bytes, kept as they are
 * npages  pages of RAM, 1 .. ISO_MAX_PAGES
 * table   ISO_MAX_VMS * nipa cells, all 0, lent to the port from here on
 * nipa    addresses a VM has, npages .. ISO_IPA_PAGES; addresses from nipa on
 *         are never vacant
 *
 * Returns ISO_OK, or ISO_INVALID if a number is out of its range.
 */
int32_t iso_direct_init(uint8_t *ram, uint32_t npages, uint32_t *table,
			uint32_t nipa);

/*
 * iso_direct_reach: what the hardware would do with an access of vm to the
 * page at ipa that needs all the rights in perm (ISO_PERM_R, ...).
 * Returns the page's first byte, or NULL where the access would fault.
 */
uint8_t *iso_direct_reach(uint32_t vm, uint32_t ipa, uint32_t perm);

/*
 * iso_direct_stale: 1 if vm lost a right since the last flush of its
 * translations. Between calls of libiso it never did.
 */
int32_t iso_direct_stale(uint32_t vm);

#endif
