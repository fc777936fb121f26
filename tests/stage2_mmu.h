/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_TESTS_STAGE2_MMU_H
#define ISO_TESTS_STAGE2_MMU_H

/*
 * What an MMU makes of tables, by the manuals' bits and nothing of the library;
 * and the port: another CPU, which walks the tables whenever the port is called
 * and keeps what it finds.
 */

#include "stage2.h"

#define TABLES 96u
#define BASE 0x1234500u /* the frame of table 0 */
#define VM 7u
#define ASKED 200u /* pages that are watched */

struct found {
	uint64_t frame;
	uint32_t attr;
	uint32_t up; /* height of the entry */
	int mapped;
	uint32_t tables; /* on the way, and which */
	uint32_t way[4];
};

/* a page, as the MMU may remember it */
struct watch {
	uint64_t ip;
	struct found was;  /* before the call */
	struct found kept; /* in a TLB */
	struct found last; /* when the port was last called */
};

/* the tables, and the memory that they are in */
extern struct iso_s2 s2;
extern struct iso_s2_table table[TABLES];
extern uint32_t spare[TABLES];
extern uint32_t roots; /* as the MMU was told; the library may forget it */

extern uint64_t seen[2][3]; /* pages and blocks found, by layout and height */
extern struct watch watched[ASKED];
extern uint32_t published; /* how often */

int is_table(uint64_t d, uint32_t level_up);

/* the frame that a descriptor names, and the table */
uint64_t frame_of(uint64_t d);
uint32_t table_of(uint64_t d);

/* pages of an entry; is ip the first of one */
uint64_t span(uint32_t up);
int aligned(uint64_t ip, uint32_t up);

/* of the VM's address space */
uint64_t pages(void);

/* what the MMU does with page ip */
struct found mmu(uint64_t ip);

int same(struct found a, struct found b);

/* before a call, when each watched[].ip is set; and after it: the rule of the
 * MMU's that it broke, or NULL */
void watch(void);
const char *watch_end(void);

/* what a TLB remembers is so, and each table that it remembers still there */
int up_to_date(struct found kept, struct found now);

#endif
