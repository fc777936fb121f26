/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_ISOD_H
#define ISO_KVM_ISOD_H

#include <stdatomic.h>

#include <iso/iso.h>
#include <iso/port.h>

#include "proto.h"

/*
 * isod's own parts. Its main thread serves the host; each VM's vCPU has a
 * thread of its own. There is one lock, libiso's: iso_port_lock.
 */
#define ISOD_IPA_PAGES 2048u /* addresses that a VM can use here: 8 MiB */
#define ISOD_MAX_PAGES 2048u /* host pages are at their own numbers */

extern struct iso_engine isod_engine;

/* Say what is wrong and end: isod stops rather than run without isolation. */
_Noreturn void isod_die(const char *line);

/* port_kvm.c: what every VM has where, as libiso's map and unmap left it. */

struct cell {
	uint8_t *page; /* NULL: nothing */
	uint32_t perm; /* ISO_PERM_NONE: nothing, or reserved */
};

/* changed by the port, and looked at with the lock held */
extern struct cell port_table[ISO_MAX_VMS][ISOD_IPA_PAGES];
extern uint8_t *port_ram; /* page 0 */

void port_open(uint8_t *ram, uint32_t npages);

/* The number of a page. Guests name pages by their own addresses, and
 * UINT64_MAX is the number of what is not there; the host has the numbers. */
uint64_t port_page(uint32_t vm, uint64_t name);

/* Copy n bytes at ipa and offset, which vm must have with all the rights perm:
 * from data if they let it write, else to data. ISO_INVALID: they are not in
 * one page; ISO_DENIED: vm does not have it so. */
int32_t port_copy(uint32_t vm, uint64_t ipa, uint64_t offset, void *data,
		  uint64_t n, uint32_t perm);

/* With the lock held: give vm's new vCPU all that vm has. */
void port_attach(uint32_t vm);

/*
 * ept.c: --ept-check, EPT tables beside the port's table. Without that option
 * the others do nothing.
 */

/* 1 if the option is there, before any other argument */
int ept_option(int argc, char **argv);
/* after port_open: the host's, as the engine has it */
void ept_open(void);
/* what iso_port_map and iso_port_unmap were told, and iso_port_flush; the page
 * is of no account if perm is ISO_PERM_NONE */
void ept_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
	     uint32_t perm);
void ept_flush(uint32_t vm);
/* Without the lock held: each translation of each VM, by these tables and by
 * the port's. If two differ isod ends with ISO_EXIT_EPT and says which. */
void ept_compare(void);
/*
 * The host's call op was answered code; what the host is told. A VM that was
 * made gets tables, in pages of the host's: without them there is none, and
 * the answer is ISO_NO_MEMORY; one that is gone leaves them. Then ept_compare.
 */
int32_t ept_after(int32_t op, uint64_t vm, int32_t code);
/* so many have been compared so far */
uint64_t ept_compared(void);

/*
 * machine_kvm.c or machine_model.c: what executes guests. All but step and
 * answer, which are for vm's thread, are called with the lock held.
 */
extern const uint32_t machine_kind; /* ISO_MACHINE_... */

void machine_open(void);
/* A fresh vCPU for vm, or that which it has; NULL if there is no room for one.
 * While the byte is 1 a step returns at once, and at the next signal. */
atomic_uchar *machine_ready(uint32_t vm);
/* vm does not run: its vCPU, if it has one, is no more */
void machine_remove(uint32_t vm);
/* vm, if it has a vCPU, has this page at ipa from now on; NULL: the one that it
 * had is gone, and on return no vCPU reaches it, running or not */
void machine_slot(uint32_t vm, uint32_t ipa, uint8_t *page, uint32_t perm);

#define EXIT_NONE 0   /* nothing to do: go on */
#define EXIT_CALL 16  /* reg[0 .. 5]: number and arguments */
#define EXIT_FAULT 17 /* reg[0]: 1 if a write; reg[1]: address in bytes */

/* Run vm to its next exit, or to a signal: EXIT_... or ISO_STOP_... */
uint32_t machine_step(uint32_t vm, uint64_t reg[6]);
void machine_answer(uint32_t vm, uint64_t word);

/* run.c: vCPU threads. What follows is for the main thread only. */

void run_open(void);
/* let vm run; ISO_INVALID: no guest runs in it, whatever its state */
int32_t run_start(uint64_t vm);
/* wait till it stops, or for us microseconds and stop it; say what it did */
int32_t run_wait(uint64_t vm, uint64_t us, struct iso_msg *reply);
/* vm is no more: stop its vCPU and forget it */
void run_remove(uint32_t vm);

/* serve.c */

/* one of libiso's calls by number, for the VM c; a query's answer is in a[0].
 * ISO_DENIED before all else: c is the keeper, as which only isod calls. */
int32_t serve_call(uint32_t c, uint64_t nr, uint64_t *a);
/* answer the message of n bytes in place; it may be any bytes whatever */
void serve(struct iso_msg *m, uint64_t n);

#endif
