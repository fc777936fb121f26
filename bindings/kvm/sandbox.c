/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#error "sandbox.c: add this machine's AUDIT_ARCH_... here"
#endif

#define MAX_RULES 48

static int limit(int what, rlim_t n)
{
	const struct rlimit r = { n, n };

	return setrlimit(what, &r);
}

static const char *drop_root(uid_t uid)
{
	for (int c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0)
			return "capability bounding set";
	if (setgroups(0, NULL) < 0)
		return "setgroups";
	if (setresgid(uid, uid, uid) < 0)
		return "setresgid";
	if (setresuid(uid, uid, uid) < 0)
		return "setresuid";
	return NULL;
}

/* also for those who are not root but were given some */
static const char *drop_capabilities(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (syscall(SYS_capset, &h, none) < 0)
		return "capset";
	return NULL;
}

const char *sandbox_drop(uid_t uid, unsigned nfiles, unsigned keep)
{
	const char *bad = geteuid() == 0 ? drop_root(uid) : NULL;

	if (bad == NULL)
		bad = drop_capabilities();
	if (bad != NULL)
		return bad;
	if (syscall(SYS_close_range, keep, ~0u, 0) < 0)
		return "close_range (Linux 5.9 or later is needed)";
	/* after the change of user, which resets both */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return "PR_SET_DUMPABLE";
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return "PR_SET_PDEATHSIG";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return "PR_SET_NO_NEW_PRIVS";
	/* no RLIMIT_NPROC: KVM makes a kernel thread for a VM in its owner's
	 * name; the filter refuses fork and clone */
	if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_FSIZE, 0) < 0 ||
	    limit(RLIMIT_NOFILE, nfiles) < 0)
		return "setrlimit";
	return NULL;
}

/* A sanitizer's run time has needs of its own that no list here foresees. */
#if defined(__SANITIZE_ADDRESS__)

const char *sandbox_filter(const struct sandbox_rule *a, unsigned na,
			   const struct sandbox_rule *b, unsigned nb,
			   int deadly)
{
	(void)a, (void)na, (void)b, (void)nb, (void)deadly;
	return NULL;
}

#else

static struct sock_filter code[8 + 5 * MAX_RULES];
static unsigned short ncode;

static void emit(uint16_t op, uint32_t k, uint8_t yes, uint8_t no)
{
	code[ncode++] = (struct sock_filter){ op, yes, no, k };
}

static void emit_load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* What an argument has in its high half is ignored: the calls that are
 * filtered by argument (ioctl, write) take 32 bits of it. */
static void emit_rule(const struct sandbox_rule *r)
{
	const size_t args = offsetof(struct seccomp_data, args);

	if (r->arg < 0) {
		emit(BPF_JMP | BPF_JEQ | BPF_K, r->nr, 0, 1);
		emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
		return;
	}
	emit(BPF_JMP | BPF_JEQ | BPF_K, r->nr, 0, 4);
	emit_load(args + 8 * (size_t)r->arg);
	emit(BPF_JMP | BPF_JEQ | BPF_K, r->value, 0, 1);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	emit_load(offsetof(struct seccomp_data, nr));
}

const char *sandbox_filter(const struct sandbox_rule *a, unsigned na,
			   const struct sandbox_rule *b, unsigned nb,
			   int deadly)
{
	struct sock_fprog prog = { 0, code };
	const uint32_t no = deadly ? SECCOMP_RET_KILL_PROCESS
				   : SECCOMP_RET_ERRNO | EPERM;

	if (na + nb > MAX_RULES)
		return "seccomp (MAX_RULES is too small)";
	ncode = 0;
	emit_load(offsetof(struct seccomp_data, arch));
	emit(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	emit(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	emit_load(offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < na; i++)
		emit_rule(&a[i]);
	for (unsigned i = 0; i < nb; i++)
		emit_rule(&b[i]);
	emit(BPF_RET | BPF_K, no, 0, 0);
	prog.len = ncode;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) < 0)
		return "seccomp (the kernel needs CONFIG_SECCOMP_FILTER)";
	return NULL;
}

#endif
