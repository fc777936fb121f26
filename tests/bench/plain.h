/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PLAIN_H
#define PLAIN_H

/*
 * Stage-2 tables as one writes them when nothing is to be proved, to measure
 * libiso by: AArch64, pages and blocks, recursion over the heights, a count of
 * the entries of each table. Runs must be in range, blocks whole and tables
 * enough: only whether all or no pages of a run are mapped is looked at.
 */

#include <stdint.h>

struct plain_table {
	uint64_t e[512];
};

struct plain {
	struct plain_table *table;
	uint32_t *used;  /* entries of each table */
	uint32_t *spare; /* a stack of tables, which are empty */
	uint64_t base;   /* the frame of table 0, which is the root */
	uint32_t nfree;
	uint32_t top;
};

void plain_init(struct plain *p, uint32_t ntables);

/* 0, or -1 when the pages are not as they have to be */
int plain_map(struct plain *p, uint64_t ip, uint64_t n, uint64_t frame,
	      uint64_t bits);
int plain_protect(struct plain *p, uint64_t ip, uint64_t n, uint64_t bits);
void plain_unmap(struct plain *p, uint64_t ip, uint64_t n);

/* the descriptor of the page or block, 0 if there is none; off is the page's
 * place in it */
uint64_t plain_query(const struct plain *p, uint64_t ip, uint64_t *off);

#endif
