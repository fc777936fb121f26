/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper in isod: no guest runs in it and nobody calls as it, whatever its
 * state, and what is refused changes nothing. isod is here but for its socket
 * and its sandbox; messages go to serve() as they come from the host.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "isod.h"
#include "page.h"

#define PAGES 64u
#define A 1u
#define MINE 40u /* a page that is the host's */
#define MAX_OP 80u
#define LAST_CALL ISO_OP_TX_ABORT

struct iso_engine isod_engine;

static struct world {
	_Alignas(4096) uint8_t ram[PAGES * ISO_PAGE_SIZE];
	struct iso_page pages[PAGES];
	struct iso_vm vms[ISO_MAX_VMS];
	struct cell cells[ISO_MAX_VMS][ISOD_IPA_PAGES];
} w, before;
static struct iso_msg msg;

_Noreturn void isod_die(const char *line)
{
	cr_assert_fail("isod: %s", line);
	abort();
}

static void remember(void)
{
	memcpy(w.cells, port_table, sizeof(w.cells));
	memcpy(&before, &w, sizeof(w));
}

static void same(const char *what)
{
	memcpy(w.cells, port_table, sizeof(w.cells));
	cr_assert_eq(memcmp(&before, &w, sizeof(w)), 0, "%s left a trace",
		     what);
}

#define answers(want, call) cr_assert_eq((call), (want), #call)
#define ok(call) answers(ISO_OK, call)
#define refused(want, call)         \
	do {                        \
		remember();         \
		answers(want, call); \
		same(#call);        \
	} while (0)

/* what the host asks of isod */
static int32_t ask(int32_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	msg = (struct iso_msg){ .op = op, .arg = { a, b, c, d } };
	serve(&msg, ISO_MSG_HEAD);
	return msg.op;
}

/* the engine as isod has it, save that there is no keeper yet */
static void without_keeper(void)
{
	ok(iso_engine_init(&isod_engine, w.pages, PAGES, w.vms));
	port_open(w.ram, PAGES);
	run_open();
}

/* a keeper that has a page, and a guest, which offers it another */
static void with_keeper(void)
{
	without_keeper();
	ok(ask(ISO_OP_VM_CREATE, ISO_KEEPER, 0, 0, 0));
	ok(ask(ISO_OP_PAGE_ASSIGN, ISO_KEEPER, 0, 1, 0));
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	ok(ask(ISO_OP_PAGE_ASSIGN, A, 16, 16, 0));
	ok(ask(ISO_OP_VM_START, ISO_KEEPER, 0, 0, 0));
	ok(ask(ISO_OP_VM_START, A, 0, 0, 0));
	ok(ask(ISO_OP_VM_PEER, A, ISO_KEEPER, 1, 0));
	ok(serve_call(A, ISO_OP_TX_OPEN, (uint64_t[5]){ 0, ISO_DONATE }));
	ok(serve_call(A, ISO_OP_TX_ADD, (uint64_t[5]){ 0, 1, 1 }));
	ok(serve_call(A, ISO_OP_TX_GRANT,
		      (uint64_t[5]){ 0, ISO_KEEPER, ISO_PERM_RW }));
	ok(serve_call(A, ISO_OP_TX_SEND, (uint64_t[5]){ 0, 0, 1 }));
}

TestSuite(keeper, .init = with_keeper);

/* -- runs ---------------------------------------------------------------- */

Test(keeper, never_runs_if_live)
{
	refused(ISO_INVALID, ask(ISO_OP_RUN, ISO_KEEPER, 0, 0, 0));
	/* there is nothing to wait for, then and before */
	refused(ISO_DENIED, ask(ISO_OP_WAIT, ISO_KEEPER, 0, 0, 0));
	/* nor is it in the way of another */
	ok(ask(ISO_OP_RUN, A, 0, 0, 0));
	ok(ask(ISO_OP_WAIT, A, ISO_MAX_WAIT, 0, 0));
}

Test(keeper, never_runs_if_absent_or_created, .init = without_keeper)
{
	refused(ISO_INVALID, ask(ISO_OP_RUN, ISO_KEEPER, 0, 0, 0));
	ok(ask(ISO_OP_VM_CREATE, ISO_KEEPER, 0, 0, 0));
	refused(ISO_INVALID, ask(ISO_OP_RUN, ISO_KEEPER, 0, 0, 0));
	/* as the last VM before it answers by its state */
	refused(ISO_DENIED, ask(ISO_OP_RUN, ISO_KEEPER - 1, 0, 0, 0));
}

/* -- calls --------------------------------------------------------------- */

/* What it could do if it were let, and what no VM can. */
Test(keeper, no_call_is_taken_as_it)
{
	const struct {
		uint64_t nr;
		uint64_t a[5];
	} calls[] = {
		{ ISO_OP_PAGE_QUERY, { 0 } },
		{ ISO_OP_PAGE_RELEASE, { 0, 1, 1 } },
		{ ISO_OP_TX_RETRIEVE, { A, 0, 8 } },
		{ ISO_OP_TX_OPEN, { 0, ISO_SHARE } },
		{ ISO_OP_VM_CREATE, { 2 } },
		{ ISO_OP_VM_DESTROY, { A, 1 } },
	};
	const uint64_t edges[] = { 0, 1, A, ISO_KEEPER, PAGES, UINT64_MAX };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		uint64_t a[5];

		memcpy(a, calls[i].a, sizeof(a));
		refused(ISO_DENIED, serve_call(ISO_KEEPER, calls[i].nr, a));
		cr_assert_eq(memcmp(a, calls[i].a, sizeof(a)), 0);
	}
	for (uint64_t nr = 0; nr < MAX_OP; nr++)
		for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
			uint64_t a[5] = { edges[i], 1, 1, 1, 1 };

			refused(ISO_DENIED, serve_call(ISO_KEEPER, nr, a));
		}
	/* and what it would have done is there to be done */
	ok(iso_page_release(&isod_engine, ISO_KEEPER, 0, 1, 1));
	ok(iso_tx_retrieve(&isod_engine, ISO_KEEPER, A, 0, 8));
}

/* A guest's or the host's calls stay what they were. */
Test(keeper, only_its_calls_are_refused)
{
	uint64_t a[5] = { 2 };

	ok(serve_call(A, ISO_OP_PAGE_QUERY, a));
	ok(serve_call(A, ISO_OP_TX_RECLAIM, (uint64_t[5]){ 0, 1 }));
	ok(ask(ISO_OP_PAGE_QUERY, MINE, 0, 0, 0));
	answers(ISO_NOT_SUPPORTED, ask(LAST_CALL + 1, 0, 0, 0, 0));
}

/* The host's calls are the host's, whatever their arguments say. */
Test(keeper, is_not_for_the_host_to_change)
{
	refused(ISO_BUSY, ask(ISO_OP_VM_CREATE, ISO_KEEPER, 0, 0, 0));
	refused(ISO_DENIED, ask(ISO_OP_VM_START, ISO_KEEPER, 0, 0, 0));
	refused(ISO_DENIED, ask(ISO_OP_VM_DESTROY, ISO_KEEPER, 1, 0, 0));
	refused(ISO_DENIED,
		ask(ISO_OP_PAGE_ASSIGN, ISO_KEEPER, MINE, 1, MINE));
	refused(ISO_DENIED, ask(ISO_OP_PAGE_RELEASE, 0, 1, 1, 0));
	refused(ISO_DENIED, ask(ISO_OP_READ, 0, 0, 0, 0));
	refused(ISO_DENIED, ask(ISO_OP_LOAD, 0, 0, 0, 0));
}

/* -- --ept-check: tables in kept pages ----------------------------------- */

#define TABLES 7u /* pages of a VM's */
#define POOL(i) (PAGES - TABLES * ((i) + 1u)) /* they are taken from the end */
#define POOLS (PAGES / TABLES)

static void with_tables(void)
{
	char isod[] = "isod", option[] = "--ept-check";
	char *argv[] = { isod, option, NULL };

	cr_assert(ept_option(2, argv));
	memset(w.ram, 0xee, sizeof(w.ram));
	ok(iso_engine_init(&isod_engine, w.pages, PAGES, w.vms));
	ok(iso_vm_create(&isod_engine, ISO_HOST, ISO_KEEPER));
	ok(iso_vm_start(&isod_engine, ISO_HOST, ISO_KEEPER));
	port_open(w.ram, PAGES);
	ept_open();
	run_open();
}

TestSuite(ept, .init = with_tables);

/* is the page at any address of a VM but the keeper */
static int reached(uint32_t page)
{
	for (uint32_t v = 0; v < ISO_KEEPER; v++)
		for (uint32_t ipa = 0; ipa < ISOD_IPA_PAGES; ipa++)
			if (port_table[v][ipa].page ==
			    w.ram + page * ISO_PAGE_SIZE)
				return 1;
	return 0;
}

static void is_kept(uint32_t pool)
{
	for (uint32_t p = POOL(pool); p < POOL(pool) + TABLES; p++) {
		cr_assert_eq(w.pages[p].owner, ISO_KEEPER);
		cr_assert_eq(w.pages[p].tx, ISO_NO_TX);
		cr_assert_not(reached(p));
	}
}

static void is_hosts(uint32_t pool)
{
	for (uint32_t p = POOL(pool); p < POOL(pool) + TABLES; p++) {
		cr_assert_eq(w.pages[p].owner, ISO_HOST);
		cr_assert_eq(w.pages[p].tx, ISO_NO_TX);
		cr_assert(reached(p));
	}
}

static void destroy(uint64_t vm)
{
	int32_t code;

	do
		code = ask(ISO_OP_VM_DESTROY, vm, 5, 0, 0);
	while (code == ISO_RETRY);
	ok(code);
}

Test(ept, hosts_tables_are_kept_from_the_start)
{
	is_kept(0);
	is_hosts(1);
	cr_assert(reached(POOL(0) - 1));
	/* they have what leads to the host's pages */
	cr_assert_not(page_is_zero(w.ram, POOL(0)));
}

Test(ept, tables_come_and_go_with_the_vm)
{
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	is_kept(0);
	is_kept(1);
	is_hosts(2);
	ok(ask(ISO_OP_PAGE_ASSIGN, A, 0, 8, 0));
	ok(ask(ISO_OP_VM_START, A, 0, 0, 0));
	cr_assert_not(page_is_zero(w.ram, POOL(1)));
	destroy(A);
	is_kept(0);
	is_hosts(1);
	for (uint32_t p = POOL(1); p < POOL(1) + TABLES; p++) {
		cr_assert(page_is_zero(w.ram, p));
		ok(ask(ISO_OP_READ, p, 0, 0, 0));
	}
	ok(ask(ISO_OP_VM_CREATE, 2, 0, 0, 0));
	is_kept(1);
}

Test(ept, tables_are_out_of_the_hosts_reach)
{
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	ok(ask(ISO_OP_VM_CREATE, 2, 0, 0, 0));
	ok(ask(ISO_OP_TX_OPEN, 0, ISO_SHARE, 0, 0));
	for (uint32_t p = POOL(2); p < PAGES; p++) {
		refused(ISO_DENIED, ask(ISO_OP_READ, p, 0, 0, 0));
		refused(ISO_DENIED, ask(ISO_OP_LOAD, p, 0, 0, 0));
		refused(ISO_DENIED, ask(ISO_OP_PAGE_ASSIGN, A, p, 1, 0));
		refused(ISO_DENIED, ask(ISO_OP_PAGE_RELEASE, p, 1, 1, 0));
		refused(ISO_DENIED, ask(ISO_OP_TX_ADD, 0, p, 1, 0));
	}
	refused(ISO_DENIED,
		ask(ISO_OP_PAGE_ASSIGN, A, POOL(2) - 1, TABLES, 0));
}

/* Nothing is told, and nothing left, of a VM that there is no room for. */
Test(ept, no_vm_without_pages_for_its_tables)
{
	uint64_t vm = A;

	for (; vm < POOLS; vm++)
		ok(ask(ISO_OP_VM_CREATE, vm, 0, 0, 0));
	refused(ISO_NO_MEMORY, ask(ISO_OP_VM_CREATE, vm, 0, 0, 0));
	destroy(A);
	/* as many pages, but not in a row */
	ok(ask(ISO_OP_TX_OPEN, 0, ISO_SHARE, 0, 0));
	ok(ask(ISO_OP_TX_ADD, 0, POOL(1) + 3, 1, 0));
	refused(ISO_NO_MEMORY, ask(ISO_OP_VM_CREATE, vm, 0, 0, 0));
	ok(ask(ISO_OP_TX_ABORT, 0, 0, 0, 0));
	ok(ask(ISO_OP_VM_CREATE, vm, 0, 0, 0));
	is_kept(1);
}

Test(ept, no_vm_without_a_transaction_for_its_tables)
{
	for (uint64_t tx = 0; tx < ISO_MAX_TX; tx++)
		ok(ask(ISO_OP_TX_OPEN, tx, ISO_LEND, 0, 0));
	refused(ISO_NO_MEMORY, ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	ok(ask(ISO_OP_TX_ABORT, ISO_MAX_TX - 1, 0, 0, 0));
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	is_kept(1);
}

Test(ept, the_host_cannot_part_with_the_keeper)
{
	ok(ask(ISO_OP_VM_PEER, ISO_HOST, ISO_KEEPER, 0, 0));
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	is_kept(1);
}

/* Of a call that is refused nothing is taken. */
Test(ept, no_tables_for_a_vm_that_is_not_made)
{
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	refused(ISO_BUSY, ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	refused(ISO_BUSY, ask(ISO_OP_VM_CREATE, ISO_KEEPER, 0, 0, 0));
	refused(ISO_INVALID, ask(ISO_OP_VM_CREATE, ISO_HOST, 0, 0, 0));
	refused(ISO_INVALID, ask(ISO_OP_VM_CREATE, UINT64_MAX, 0, 0, 0));
	refused(ISO_DENIED, ask(ISO_OP_VM_DESTROY, 2, 1, 0, 0));
	refused(ISO_INVALID, ask(ISO_OP_VM_DESTROY, A, 0, 0, 0));
	is_kept(1);
}
