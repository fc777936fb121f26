/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STAGE2_H
#define ISO_STAGE2_H

#include <stdint.h>

/*
 * Stage-2 translation tables of one VM, as the MMU walks them: AArch64's
 * VMSAv8-64 stage 2 with 4 KiB pages, or x86's EPT. All numbers are of pages,
 * not byte addresses.
 *
 * The tables live in a pool, the VM's quota: when it is used up, mapping fails
 * for this VM and for no other. A table of height 0 has pages; an entry of one
 * of height h > 0 is a block of 512^h pages or a table of height h - 1.
 */

/* layouts */
#define ISO_S2_ARM64 0u
#define ISO_S2_EPT 1u

/* attributes: ISO_PERM_..., and this for device memory */
#define ISO_S2_DEVICE 8u

#define ISO_S2_MAX_ROOTS 16u /* tables side by side as the root; 1 for EPT */
#define ISO_S2_FRAMES 0x1000000000u /* numbers of frames have 36 bits */
#define ISO_S2_IP_END 0x10000000000u /* no VM has pages from here on */
#define ISO_S2_MAX_VMS 0x10000u
#define ISO_S2_MAX_TABLES 0x1000000u /* of a pool: 2^24, 64 GiB of tables */

/* what is known of a table */
struct iso_s2_meta {
	uint64_t org;    /* the first page that it is for */
	uint32_t up;     /* the table that points to it; of a table not in use,
			    its place in the stack spare */
	uint16_t ix;     /* and by which entry */
	uint16_t levels; /* its height + 1; 0: not in use */
};

/* a table, as the MMU reads it */
struct iso_s2_table {
	uint64_t e[512];
};

struct iso_s2 {
	struct iso_s2_table *table; /* the pool */
	struct iso_s2_meta *meta;
	uint32_t *spare; /* a stack of the tables that are not in use */
	uint64_t base;   /* the frame of table 0 */
	uint32_t ntables;
	uint32_t nroots; /* the first tables are the root, side by side */
	uint32_t nfree;
	uint32_t top; /* the height of the root */
	uint32_t layout;
	uint32_t vm; /* whose they are, for the port */
};

/* where a page of the VM is */
struct iso_s2_to {
	uint64_t frame;
	uint32_t attr;
	uint32_t mapped; /* 0: nowhere, and frame and attr mean nothing */
};

/*
 * iso_s2_init: tables of a VM that does not run yet, with nothing mapped. The
 * caller has set all fields but nfree; the frames base .. base + ntables are the
 * pool's, and no VM reaches them.
 *
 * Checks:
 *   ISO_INVALID  a field is out of its range: no such layout, top over 3, vm
 *                not below ISO_S2_MAX_VMS, more tables than ISO_S2_MAX_TABLES or
 *                fewer than roots, frames of the pool that do not exist; or the
 *                MMU cannot begin at such roots: there is one, or on Arm with
 *                top up to 2 there are 2, 4, 8 or 16, and base is a multiple of
 *                their number
 */
int32_t iso_s2_init(struct iso_s2 *s);

/*
 * iso_s2_destroy: the end of a VM's tables, in bounded steps. A call writes to
 * n tables, the first one to the root too, which is up to ISO_S2_MAX_ROOTS.
 *
 * From the first call on no page is mapped, no CPU or device remembers that one
 * was, and the other calls refuse: nroots is 0, nfree counts the tables that are
 * still to be zeroed. With ISO_OK each entry of each table is 0, and the pool is the
 * caller's again, for iso_s2_init too, once nroots is set anew.
 *
 * n  how many tables of the pool to zero
 *
 * Checks:
 *   ISO_INVALID  n is 0
 *   ISO_RETRY    n tables were zeroed, and some are left: call again
 */
int32_t iso_s2_destroy(struct iso_s2 *s, uint32_t n);

/*
 * iso_s2_query: where the MMU finds page ip.
 */
struct iso_s2_to iso_s2_query(const struct iso_s2 *s, uint64_t ip);

/*
 * iso_s2_vacant: whether all pages of a run are mapped nowhere, by a look at
 * each entry but not at each page. iso_s2_map asks the same. For iso_port_vacant
 * it is half of the answer: addresses that are reserved, ISO_PERM_NONE, are not in
 * the tables, so a port has to keep those itself.
 *
 * ip  first page
 * n   how many
 *
 * Checks, in order:
 *   ISO_INVALID  n is 0, or ip .. ip + n is not in the VM's address space
 *   ISO_DENIED   one of the pages is mapped
 */
int32_t iso_s2_vacant(const struct iso_s2 *s, uint64_t ip, uint64_t n);

/*
 * iso_s2_unmap: no page of a run is mapped any more, and no CPU remembers that
 * one was. A block that reaches over an end of the run is split first. Tables
 * that become empty are the VM's to use again.
 *
 * ip  first page
 * n   how many
 *
 * Checks, in order:
 *   ISO_INVALID    n is 0, or ip .. ip + n is not in the VM's address space
 *   ISO_NO_MEMORY  no table of the pool is left to split a block: each
 *                  translation is as it was. It never is where nfree is at
 *                  least 4, two tables for each end
 */
int32_t iso_s2_unmap(struct iso_s2 *s, uint64_t ip, uint64_t n);

/*
 * iso_s2_map: pages of a run are mapped, all or none. Blocks are used where both
 * the pages and the frames are aligned, and tables of the pool as needed.
 *
 * ip     first page
 * n      how many
 * frame  where the first one is; the others follow
 * attr   ISO_PERM_..., and ISO_S2_DEVICE
 *
 * Checks, in order:
 *   ISO_INVALID    n is 0, or ip .. ip + n is not in the VM's address space; the
 *                  frames do not exist, or are tables of the pool; attr has no
 *                  ISO_PERM_R, or unknown bits
 *   ISO_DENIED     one of the pages is mapped
 *   ISO_NO_MEMORY  the pool has too few tables left: each translation is as it
 *                  was. It never is where nfree is at least the number of tables
 *                  below the root's height that the run is in: of each height
 *                  one, and one more wherever the run goes on in the next
 */
int32_t iso_s2_map(struct iso_s2 *s, uint64_t ip, uint64_t n, uint64_t frame,
		   uint32_t attr);

/*
 * iso_s2_merge: the table with page ip becomes a block, when its entries are the
 * parts of one: all pages, or all blocks, with the same attributes, in frames
 * that follow each other from one on where the block may begin. So then does the
 * table above it. Each translation is as it was, and the tables, zeroed, are the
 * VM's to use again.
 *
 * ip  any page of the block
 *
 * Checks, in order:
 *   ISO_INVALID  ip is not in the VM's address space
 *   ISO_DENIED   no table with page ip has the parts of a block
 */
int32_t iso_s2_merge(struct iso_s2 *s, uint64_t ip);

/*
 * iso_s2_protect: the pages of a run, which are all mapped, get other rights. A
 * block that reaches over an end of the run is split first. Device memory stays
 * device memory.
 *
 * ip      first page
 * n       how many
 * rights  ISO_PERM_...
 *
 * Checks, in order:
 *   ISO_INVALID    n is 0, or ip .. ip + n is not in the VM's address space;
 *                  rights has no ISO_PERM_R, or unknown bits
 *   ISO_DENIED     one of the pages is not mapped
 *   ISO_NO_MEMORY  no table of the pool is left to split a block: each
 *                  translation is as it was. It never is where nfree is at
 *                  least 4, two tables for each end
 */
int32_t iso_s2_protect(struct iso_s2 *s, uint64_t ip, uint64_t n,
		       uint32_t rights);

/*
 * iso_port_s2_flush: the embedder's. On return no CPU or device uses a
 * translation of vm, or a way to one of its tables, that is older than the call.
 */
void iso_port_s2_flush(uint32_t vm);

/*
 * iso_port_s2_publish: the embedder's. What was stored to tables before the call
 * is seen by every CPU and device before anything that is stored after it.
 */
void iso_port_s2_publish(void);

#endif
