/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_ISOD_H
#define ISO_KVM_ISOD_H

#include <iso/iso.h>

#include "proto.h"
#include "sandbox.h"

/* isod's own parts. It has one thread: nothing here is called concurrently. */

#define ISOD_IPA_PAGES 2048u /* addresses that a VM can use here: 8 MiB */
#define ISOD_MAX_PAGES 2048u /* host pages are at their own numbers */

extern struct iso_engine isod_engine;

/* Say what is wrong and end: isod stops rather than run without isolation. */
_Noreturn void isod_die(const char *what);

/* port_kvm.c: stage 2 of every VM, as libiso's map and unmap left it. */

/* What a VM has at an address: page + 1, or 0 for nothing; and the rights. */
struct isod_cell {
	uint32_t page1;
	uint32_t perm;
};
struct isod_cell port_cell(uint32_t vm, uint64_t ipa);

/* grows with every change of what vm has */
uint64_t port_version(uint32_t vm);

void port_open(uint8_t *ram, uint32_t npages);

/* the first byte of what vm has at ipa with all the rights perm, or NULL */
uint8_t *port_reach(uint32_t vm, uint64_t ipa, uint32_t perm);

/* the number of the page that vm has at ipa, or UINT64_MAX */
uint64_t port_page(uint32_t vm, uint64_t ipa);

/* machine_kvm.c or machine_model.c: what executes guests. */

#define EXIT_CALL 1   /* reg[0 .. 5]: number and arguments */
#define EXIT_FAULT 2  /* reg[0]: address in bytes; reg[1]: 1 if a write */
#define EXIT_HALT 3
#define EXIT_BUDGET 4
#define EXIT_CRASH 5

struct isod_exit {
	uint32_t why;
	uint64_t reg[6];
};

extern const uint32_t machine_kind; /* ISO_MACHINE_... */

void machine_open(uint8_t *ram);
/* a fresh vCPU for vm, or that which it has; 0 if there is no room for one */
int machine_ready(uint32_t vm);
void machine_remove(uint32_t vm);
/* on return vm runs by the port's table as it is now, and by nothing older */
void machine_sync(uint32_t vm);
/* begin a run of at most budget; machine_step goes on to the next exit */
void machine_begin(uint32_t vm, uint64_t budget);
void machine_step(uint32_t vm, struct isod_exit *x);
void machine_answer(uint32_t vm, uint64_t word);
void machine_end(void);
/* the system calls that this machine needs beside those of isod.c */
extern const struct sandbox_rule machine_rules[];
extern const unsigned machine_nrules;

/* run.c */
int32_t run_vm(uint64_t vm, uint64_t budget, struct iso_msg *reply);

/* serve.c */

/* one of libiso's calls by number, for the VM c; *out: what a query answers */
int32_t serve_call(uint32_t c, uint64_t nr, const uint64_t *a, uint64_t *out);
/* answer the message of n bytes in place; it may be any bytes whatever */
void serve(struct iso_msg *m, uint64_t n);

#endif
