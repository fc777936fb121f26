/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CODES_H
#define CODES_H

#include <iso/iso.h>

#include "machine.h"

/*
 * The tables of checks in the public headers, written once more: for any call
 * with any arguments, which row decides, and the code of that row.
 */

enum fn {
	PAGE_ASSIGN, PAGE_RELEASE, PAGE_QUERY,
	TX_OPEN, TX_ADD, TX_GRANT, TX_SEND, TX_RETRIEVE, TX_RELINQUISH,
	TX_RECLAIM, TX_ABORT,
	VM_CREATE, VM_START, VM_PEER, VM_DESTROY,
	FUNCTIONS,
};

struct call {
	enum fn fn;
	uint64_t a[6]; /* the arguments, the caller first */
};

#define MAX_ROWS 9

/* By function: its name, and the code of each row; after the last row, for a
 * call that no row stops, ISO_OK. */
struct table {
	const char *name;
	uint32_t rows;
	int32_t code[MAX_ROWS + 1];
};
extern const struct table tables[FUNCTIONS];

/* the row that decides, rows if none */
uint32_t deciding_row(const struct iso_engine *e, const struct machine *m,
		      const struct call *c);

/* make the call */
int32_t make_call(struct iso_engine *e, const struct call *c);

#endif
