/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_PORT_H
#define ISO_PORT_H

#include <stdint.h>

/*
 * The port: what an embedder supplies at link time. libiso calls these with the
 * lock held, one call at a time, and only as the contracts allow; a port may
 * rely on the requires clauses and must keep the ensures clauses. Every port
 * that is not itself proved against them is an assumption (verify/assumptions.md).
 *
 * vm is a VM id below ISO_MAX_VMS; ipa, page and n count pages; ipa + n is at
 * most ISO_IPA_PAGES, page + n at most the pages of RAM; perm is ISO_PERM_...
 */

/* 1 if vm has no page, mapped or reserved, at any of ipa .. ipa + n; else 0.
 * After 1 mapping there must succeed, and a lack of memory is no reason for 0: a
 * port whose tables take memory reserves it first, before the VM runs, enough for
 * all addresses that the VM may have pages at. */
int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n);

/* From now on vm has page + i at ipa + i with the rights perm. The pages are at
 * no other address of vm, and the addresses hold no other page. ISO_PERM_NONE:
 * the addresses are reserved for the pages, every access faults, and until the
 * next flush vm may still use the rights that it had. With other rights: vm had
 * none on the pages before, so there is nothing to flush. */
void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm);

/* vm no longer has the pages. Those that it has are at ipa .. ipa + n, each at
 * its place, where it has nothing else. Until the next flush it may still use
 * the rights that it had. */
void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n);

/* On return no CPU or device uses a translation of vm older than this call. */
void iso_port_flush(uint32_t vm);

/* Every byte of the pages is zero, and visible as such to all. Called only when
 * no VM reaches them. */
void iso_port_zero(uint32_t page, uint32_t n);

/* Copy len bytes, 0 .. 4096, from the start of page src to that of page dst. */
void iso_port_copy(uint32_t dst, uint32_t src, uint32_t len);

/* The engine's lock. Held from the first check of a call to its last effect. */
void iso_port_lock(void);
void iso_port_unlock(void);

#endif
