/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TABLES_H
#define TABLES_H

/*
 * A port of the engine that keeps what each VM has in libiso's stage-2 tables,
 * AArch64 with four levels, as a hypervisor does. It does not flush, as there is
 * no MMU, and a call that answers wrongly ends the run.
 */
#include <stdint.h>

#define TABLES_RAM 65536u /* pages: 256 MiB */
#define TABLES_VMS 4u     /* that have tables */
#define TABLES_IPA 131072u /* pages of a VM's address space that are used */

void tables_open(uint8_t *ram);

/* what the MMU would find: the page, or -1 */
int64_t tables_find(uint32_t vm, uint32_t ipa);

#endif
