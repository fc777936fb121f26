/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_ISO_H
#define ISO_ISO_H

/*
 * libiso: who may touch which page. This header is the whole of the library
 * for the hypervisor that links it; <iso/port.h> is what that hypervisor
 * supplies.
 */

#include <iso/page.h>
#include <iso/status.h>
#include <iso/tx.h>
#include <iso/vm.h>

/* The engine. The memory is the caller's; nobody else may write to it. */
struct iso_engine {
	struct iso_page *pages; /* npages of them */
	struct iso_vm *vms;     /* ISO_MAX_VMS of them */
	uint32_t npages;
};

/*
 * iso_engine_init: all pages are the host's, and the host is the only VM.
 *
 * e       the engine to set up
 * pages   room for npages entries: the state of page 0 .. npages-1 of RAM
 * npages  pages of RAM, 1 .. ISO_MAX_PAGES
 * vms     room for ISO_MAX_VMS entries
 *
 * The port must have the host's pages mapped at their own numbers, and nothing
 * for any other VM. The RAM that holds the engine is not among the pages.
 * Checks:
 *   ISO_INVALID  npages is 0 or over ISO_MAX_PAGES
 */
int32_t iso_engine_init(struct iso_engine *e, struct iso_page *pages,
			uint64_t npages, struct iso_vm *vms);

#endif
