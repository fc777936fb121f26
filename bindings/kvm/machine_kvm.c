/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "isod.h"

/*
 * KVM: each VM has one vCPU, in 64-bit mode, with the page tables of its own
 * image (guests/isa.h). What it reaches is a function of the port's table: each
 * longest run of addresses with consecutive pages and the same rights is one
 * memory slot, numbered by its first address. KVM knows no execute right.
 */
struct slot {
	uint32_t page1; /* the first page, plus 1 */
	uint32_t n;	/* 0: no slot */
	uint32_t readonly;
};

struct vcpu {
	int ready;
	int vm;
	int cpu;
	struct kvm_run *run;
	uint64_t version; /* of the table that the slots follow */
	struct slot slot[ISOD_IPA_PAGES];
};

#define CALL_PORT 0x15
#define PAGE_TABLES 0x4000 /* where an image has them */

const uint32_t machine_kind = ISO_MACHINE_KVM;

const struct sandbox_rule machine_rules[] = {
	{ SYS_ioctl, 1, KVM_RUN },
	{ SYS_ioctl, 1, KVM_GET_REGS },
	{ SYS_ioctl, 1, KVM_SET_REGS },
	{ SYS_ioctl, 1, KVM_GET_SREGS },
	{ SYS_ioctl, 1, KVM_SET_SREGS },
	{ SYS_ioctl, 1, KVM_CREATE_VM },
	{ SYS_ioctl, 1, KVM_CREATE_VCPU },
	{ SYS_ioctl, 1, KVM_SET_USER_MEMORY_REGION },
	{ SYS_mmap, 2, PROT_READ | PROT_WRITE }, /* a vCPU's page */
	{ SYS_munmap, SANDBOX_ANY, 0 },
	{ SYS_close, SANDBOX_ANY, 0 },
};
const unsigned machine_nrules =
	sizeof(machine_rules) / sizeof(machine_rules[0]);

static struct vcpu vcpus[ISO_MAX_VMS];
static uint8_t *base;
static int kvm;
static int run_size;

/* The budget: a timer whose signal ends KVM_RUN, or the one that comes next. */
static volatile sig_atomic_t expired;
static struct kvm_run *volatile running;

static void on_alarm(int signal)
{
	struct kvm_run *r = running;

	(void)signal;
	expired = 1;
	if (r != NULL)
		r->immediate_exit = 1;
}

void machine_open(uint8_t *ram)
{
	struct sigaction act = { .sa_handler = on_alarm };

	base = ram;
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		isod_die(errno == ENOENT
				 ? "/dev/kvm: not there; load the kvm module, "
				   "or use iso-demo --machine=model"
				 : "/dev/kvm: no access; run as root or join "
				   "group kvm, or use --machine=model");
	if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		isod_die("/dev/kvm: not the KVM that isod knows");
	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0 ||
	    ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_IMMEDIATE_EXIT) <= 0)
		isod_die("/dev/kvm: no read-only slots or no immediate_exit; "
			 "Linux 4.13 or later has them");
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (run_size < (int)sizeof(struct kvm_run))
		isod_die("/dev/kvm: no size of a vCPU's page");
	sigaction(SIGALRM, &act, NULL);
}

/* The longest run of the table that starts at ipa; n is 0 if none does. */
static struct slot run_at(uint32_t vm, uint32_t ipa)
{
	const struct isod_cell c = port_cell(vm, ipa);
	const struct isod_cell before =
		ipa > 0 ? port_cell(vm, ipa - 1) : (struct isod_cell){ 0, 0 };
	struct slot s = { c.page1, 0, (c.perm & ISO_PERM_RW) != ISO_PERM_RW };
	struct isod_cell x = c;

	if (c.page1 == 0 || c.perm == ISO_PERM_NONE)
		return s;
	if (before.page1 + 1 == c.page1 && before.page1 != 0 &&
	    before.perm == c.perm)
		return s;
	while (x.page1 == c.page1 + s.n && x.perm == c.perm) {
		s.n++;
		x = port_cell(vm, ipa + s.n);
	}
	return s;
}

static void set_slot(struct vcpu *v, uint32_t ipa, struct slot s)
{
	struct kvm_userspace_memory_region r = {
		.slot = ipa,
		.flags = s.readonly ? KVM_MEM_READONLY : 0,
		.guest_phys_addr = (uint64_t)ipa * ISO_PAGE_SIZE,
		.memory_size = (uint64_t)s.n * ISO_PAGE_SIZE,
	};

	r.userspace_addr = (uint64_t)(uintptr_t)base +
			   (uint64_t)(s.page1 - 1) * ISO_PAGE_SIZE;
	if (s.n == 0)
		r.userspace_addr = 0;
	if (ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &r) < 0)
		isod_die("KVM refused a memory slot: stopping, as guests "
			 "could reach what they should not");
	v->slot[ipa] = s;
}

/* Deleting a slot flushes: KVM returns when no vCPU uses it any more. */
void machine_sync(uint32_t vm)
{
	const struct slot none = { 0, 0, 0 };
	struct vcpu *v = &vcpus[vm];

	if (!v->ready || v->version == port_version(vm))
		return;
	for (uint32_t i = 0; i < ISOD_IPA_PAGES; i++) {
		const struct slot s = run_at(vm, i);

		if (v->slot[i].n != 0 &&
		    memcmp(&s, &v->slot[i], sizeof(s)) != 0)
			set_slot(v, i, none);
	}
	for (uint32_t i = 0; i < ISOD_IPA_PAGES; i++) {
		const struct slot s = run_at(vm, i);

		if (s.n != 0 && v->slot[i].n == 0)
			set_slot(v, i, s);
	}
	v->version = port_version(vm);
}

/* 64-bit mode, flat, at address 0. */
static int set_mode(int cpu)
{
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_sregs s;
	const struct kvm_segment data = { .limit = UINT32_MAX, .type = 3,
					  .present = 1, .db = 1, .s = 1,
					  .g = 1, .selector = 16 };

	if (ioctl(cpu, KVM_GET_SREGS, &s) < 0)
		return 0;
	s.ds = s.es = s.fs = s.gs = s.ss = data;
	s.cs = data;
	s.cs.selector = 8;
	s.cs.type = 11;
	s.cs.db = 0;
	s.cs.l = 1;
	s.cr3 = PAGE_TABLES;
	s.cr4 = 1u << 5;			 /* PAE */
	s.cr0 = 1u << 31 | 1u << 4 | 1u;	 /* PG ET PE */
	s.efer = 1u << 10 | 1u << 8;		 /* LMA LME */
	return ioctl(cpu, KVM_SET_SREGS, &s) == 0 &&
	       ioctl(cpu, KVM_SET_REGS, &regs) == 0;
}

int machine_ready(uint32_t vm)
{
	struct vcpu *v = &vcpus[vm];

	if (v->ready)
		return 1;
	memset(v, 0, sizeof(*v));
	v->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (v->vm < 0)
		return 0;
	v->cpu = ioctl(v->vm, KVM_CREATE_VCPU, 0);
	if (v->cpu < 0) {
		close(v->vm);
		return 0;
	}
	v->run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED, v->cpu, 0);
	if (v->run == MAP_FAILED || !set_mode(v->cpu))
		isod_die("KVM: a new vCPU cannot be set to 64-bit mode");
	v->ready = 1;
	v->version = UINT64_MAX;
	return 1;
}

void machine_remove(uint32_t vm)
{
	struct vcpu *v = &vcpus[vm];

	if (!v->ready)
		return;
	munmap(v->run, (size_t)run_size);
	close(v->cpu);
	close(v->vm);
	v->ready = 0;
}

void machine_begin(uint32_t vm, uint64_t budget)
{
	struct itimerval t = { { 0, 0 }, { 0, 0 } };

	t.it_value.tv_sec = (time_t)(budget / 1000000);
	t.it_value.tv_usec = (suseconds_t)(budget % 1000000);
	expired = 0;
	vcpus[vm].run->immediate_exit = 0;
	running = vcpus[vm].run;
	setitimer(ITIMER_REAL, &t, NULL);
}

void machine_end(void)
{
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &none, NULL);
	running = NULL;
}

static void get_call(struct vcpu *v, struct isod_exit *x)
{
	struct kvm_regs r;

	x->why = EXIT_CRASH;
	if (v->run->io.direction != KVM_EXIT_IO_OUT ||
	    v->run->io.port != CALL_PORT ||
	    ioctl(v->cpu, KVM_GET_REGS, &r) < 0)
		return;
	x->why = EXIT_CALL;
	x->reg[0] = r.rax;
	x->reg[1] = r.rdi;
	x->reg[2] = r.rsi;
	x->reg[3] = r.rdx;
	x->reg[4] = r.r10;
	x->reg[5] = r.r8;
}

void machine_answer(uint32_t vm, uint64_t word)
{
	struct kvm_regs r;

	if (ioctl(vcpus[vm].cpu, KVM_GET_REGS, &r) < 0)
		isod_die("KVM: cannot read a vCPU's registers");
	r.rax = word;
	if (ioctl(vcpus[vm].cpu, KVM_SET_REGS, &r) < 0)
		isod_die("KVM: cannot write a vCPU's registers");
}

/* A read of nothing gives ones, a write there is lost. */
static void get_fault(struct vcpu *v, struct isod_exit *x)
{
	x->why = EXIT_FAULT;
	x->reg[0] = v->run->mmio.phys_addr;
	x->reg[1] = v->run->mmio.is_write;
	if (!v->run->mmio.is_write)
		memset(v->run->mmio.data, 0xff, sizeof(v->run->mmio.data));
}

void machine_step(uint32_t vm, struct isod_exit *x)
{
	struct vcpu *v = &vcpus[vm];

	x->why = EXIT_BUDGET;
	if (expired)
		return;
	if (ioctl(v->cpu, KVM_RUN, 0) < 0) {
		if (errno != EINTR)
			x->why = EXIT_CRASH;
		return;
	}
	switch (v->run->exit_reason) {
	case KVM_EXIT_IO:
		get_call(v, x);
		break;
	case KVM_EXIT_MMIO:
		get_fault(v, x);
		break;
	case KVM_EXIT_HLT:
		x->why = EXIT_HALT;
		break;
	default:
		x->why = EXIT_CRASH;
		break;
	}
}
