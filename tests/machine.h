/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_H
#define MACHINE_H

/*
 * The machine that the tests give to the engine: a port that keeps everything
 * in plain tables and aborts the test when the engine breaks the port's
 * contract (iso/port.h). The content of a page is one word; 0 is "all zero".
 */

#include <iso/iso.h>

#define NPAGES 200u

/* What a VM has of one page. */
struct entry {
	int64_t ipa;   /* -1: not there */
	uint8_t perm;  /* ISO_PERM_...; 0: reserved */
	uint8_t stale; /* rights it may use still, until the next flush */
};

struct machine {
	struct entry s2[ISO_MAX_VMS][NPAGES];
	uint8_t unflushed[ISO_MAX_VMS]; /* rights were taken since its flush */
	uint64_t ram[NPAGES];
	uint64_t calls;  /* of map, unmap, flush, zero and copy */
	uint64_t zeroed; /* pages zeroed so far */
	uint32_t full;   /* the port refuses to map for this VM, if not 0 */
	int locked;
};

extern struct machine machine;

/* the host has every page at its own number; page p holds the word p + 1 */
void machine_reset(void);

/* may the VM read, write or execute (perm) the page at ipa: its number, or -1 */
int64_t machine_reach(uint32_t vm, uint64_t ipa, uint32_t perm);

#endif
