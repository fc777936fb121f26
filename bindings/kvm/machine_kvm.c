/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "isod.h"

/*
 * KVM: each VM has one vCPU, in 64-bit mode, with the page tables of its own
 * image (guests/isa.h). Each page that it reaches is one memory slot, numbered
 * by its address, so that no change of one page takes another one away for a
 * moment from a vCPU that runs. KVM knows no execute right.
 */
struct machine {
	int vm;
	int cpu;
	struct kvm_run *run; /* NULL: no vCPU */
};

#define CALL_PORT 0x15
#define PAGE_TABLES 0x4000 /* where an image has them */

const uint32_t machine_kind = ISO_MACHINE_KVM;

static struct machine machines[ISO_MAX_VMS];
static int kvm;
static int run_size;

/* So many slots are since Linux 5.11, which has all else that is used here. */
void machine_open(void)
{
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION ||
	    ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS) <
		    (int)ISOD_IPA_PAGES)
		isod_die("isod: /dev/kvm is missing, closed to this user or "
			 "older than Linux 5.11: see isod(8)\n");
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
}

/* Without a slot KVM has no translation: it returns when no vCPU uses one. */
void machine_slot(uint32_t vm, uint32_t ipa, uint8_t *page, uint32_t perm)
{
	const int writes = (perm & ISO_PERM_RW) == ISO_PERM_RW;
	struct kvm_userspace_memory_region r = {
		.slot = ipa,
		.flags = writes ? 0 : KVM_MEM_READONLY,
		.guest_phys_addr = (uint64_t)ipa * ISO_PAGE_SIZE,
		.memory_size = page == NULL ? 0 : ISO_PAGE_SIZE,
		.userspace_addr = (uint64_t)(uintptr_t)page,
	};

	if (machines[vm].run != NULL &&
	    ioctl(machines[vm].vm, KVM_SET_USER_MEMORY_REGION, &r) < 0)
		isod_die("isod: KVM refused a memory slot: stopping, as guests "
			 "could reach what they should not\n");
}

/* From what a reset left to 64-bit mode at address 0. */
static void set_mode(struct kvm_run *run)
{
	struct kvm_sregs *s = &run->s.regs.sregs;

	s->cs.base = 0;
	s->cs.selector = 8;
	s->cs.l = 1;
	s->cr3 = PAGE_TABLES;
	s->cr4 = 1u << 5;		  /* PAE */
	s->cr0 = 1u << 31 | 1u << 4 | 1u; /* PG ET PE */
	s->efer = 1u << 10 | 1u << 8;	  /* LMA LME */
	run->s.regs.regs = (struct kvm_regs){ .rflags = 2 };
	run->kvm_dirty_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
	run->kvm_valid_regs = KVM_SYNC_X86_REGS;
}

atomic_uchar *machine_ready(uint32_t vm)
{
	struct machine *m = &machines[vm];
	struct kvm_run *run = m->run;

	if (run != NULL)
		return (atomic_uchar *)&run->immediate_exit;
	/* what one cannot make, the next refuses */
	m->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	m->cpu = ioctl(m->vm, KVM_CREATE_VCPU, 0);
	run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   m->cpu, 0);
	if (run == MAP_FAILED ||
	    ioctl(m->cpu, KVM_GET_SREGS, &run->s.regs.sregs) < 0) {
		close(m->cpu);
		close(m->vm);
		return NULL;
	}
	set_mode(run);
	m->run = run;
	port_attach(vm);
	return (atomic_uchar *)&run->immediate_exit;
}

void machine_remove(uint32_t vm)
{
	struct machine *m = &machines[vm];

	if (m->run == NULL)
		return;
	munmap(m->run, (size_t)run_size);
	close(m->cpu);
	close(m->vm);
	m->run = NULL;
}

void machine_answer(uint32_t vm, uint64_t word)
{
	machines[vm].run->s.regs.regs.rax = word;
	machines[vm].run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
}

uint32_t machine_step(uint32_t vm, uint64_t reg[6])
{
	struct kvm_run *run = machines[vm].run;
	const struct kvm_regs *r = &run->s.regs.regs;

	if (ioctl(machines[vm].cpu, KVM_RUN, 0) < 0)
		return errno == EINTR ? EXIT_NONE : ISO_STOP_CRASH;
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		if (run->io.direction != KVM_EXIT_IO_OUT ||
		    run->io.port != CALL_PORT)
			return ISO_STOP_CRASH;
		memcpy(reg, (const uint64_t[6]){ r->rax, r->rdi, r->rsi, r->rdx,
						 r->r10, r->r8 }, 48);
		return EXIT_CALL;
	case KVM_EXIT_MMIO: /* a read gets ones, a write is lost */
		reg[0] = run->mmio.is_write;
		reg[1] = run->mmio.phys_addr;
		memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		return EXIT_FAULT;
	case KVM_EXIT_HLT:
		return ISO_STOP_HALT;
	default:
		return ISO_STOP_CRASH;
	}
}
