/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_VM_H
#define ISO_VM_H

#include <stdint.h>

#include <iso/tx.h>

struct iso_engine;

#define ISO_MAX_VMS 64u
#define ISO_HOST 0u /* the hypervisor: a VM with life-cycle calls of its own */

/*
 * Owns the pages that translation tables are in. No guest runs in it: only the
 * embedder calls as it, and nobody destroys it. What it has retrieved no other
 * VM reaches, nor gets by any call, until it gives it back (iso_page_release).
 */
#define ISO_KEEPER (ISO_MAX_VMS - 1)

/* The life of a VM. */
#define ISO_VM_ABSENT 0u  /* the id is free */
#define ISO_VM_CREATED 1u /* being given its first memory */
#define ISO_VM_LIVE 2u    /* may call */
#define ISO_VM_DYING 3u   /* being taken apart; may not call */

/*
 * A VM. The three cursors say how far the teardown of a DYING VM has come:
 * through the transactions (cursor_vm, cursor_tx) of others, then with
 * cursor_vm = ISO_MAX_VMS through its own, then through the pages.
 */
struct iso_vm {
	uint32_t state; /* ISO_VM_... */
	uint32_t cursor_vm;
	uint32_t cursor_tx;
	uint32_t cursor_page;
	uint8_t peer[ISO_MAX_VMS]; /* 1: the two may deal with each other */
	struct iso_tx tx[ISO_MAX_TX];
};

/*
 * All calls are the host's: ISO_INVALID if caller is no VM id, then ISO_DENIED
 * if it is not the host. The checks that follow are listed in order.
 */

/*
 * iso_vm_create: take the free id vm.
 *   ISO_INVALID  vm is no VM id, or is the host
 *   ISO_BUSY     the id is in use
 * Effect: vm is CREATED, with no page and no peer. Others see: its life.
 */
int32_t iso_vm_create(struct iso_engine *e, uint64_t caller, uint64_t vm);

/*
 * iso_vm_start: from here on vm may call, and gets no page but by transactions.
 *   ISO_INVALID  vm is no VM id, or is the host
 *   ISO_DENIED   vm is not CREATED
 * Effect: vm is LIVE. Others see: its life.
 */
int32_t iso_vm_start(struct iso_engine *e, uint64_t caller, uint64_t vm);

/*
 * iso_vm_peer: let a and b deal with each other (on = 1), or no longer (on = 0:
 * what is sent already stays).
 *   ISO_INVALID  a or b is no VM id, they are the same, or on is not 0 or 1
 *   ISO_DENIED   a or b is neither CREATED nor LIVE
 * Effect: both are each other's peers, or not. The two see it by whom they may
 * grant to; others see nothing.
 */
int32_t iso_vm_peer(struct iso_engine *e, uint64_t caller, uint64_t a,
		    uint64_t b, uint64_t on);

/*
 * iso_vm_destroy: end vm, in bounded steps. max bounds the pages that one call
 * looks at or zeroes.
 *   ISO_INVALID  vm is no VM id, or is the host, or max is 0
 *   ISO_DENIED   vm is the keeper
 *   ISO_DENIED   vm is ABSENT
 *   ISO_BUSY     a receiver still holds pages of vm: wait for it, or destroy it
 *   ISO_RETRY    one step was done: call again
 * Effect, over the calls: vm is DYING at once; what it borrowed is given back
 * (zeroed first, as by CLEAR, where it was lent and vm was its last holder)
 * and it is no longer a receiver; its own transactions are closed; each page
 * of it is unmapped, flushed, zeroed and the host's; then vm is ABSENT.
 * Others see: its life; senders and receivers see it leave their transactions.
 */
int32_t iso_vm_destroy(struct iso_engine *e, uint64_t caller, uint64_t vm,
		       uint64_t max);

#endif
