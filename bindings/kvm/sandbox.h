/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_SANDBOX_H
#define ISO_KVM_SANDBOX_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/types.h>

/* How a process gives up, for good, what it does not need. Both end it, with a
 * line on standard error, if that cannot be done. */

/* The user ids taken when started as root: two, so that they stay apart. */
#define SANDBOX_UID_ISOD 65533
#define SANDBOX_UID_HOST 65534

/*
 * No core dumps, no ptrace, no /proc/PID/mem, no new privileges, at most
 * nfiles descriptors; every descriptor from keep on is closed; as root also:
 * user and group uid, no groups, no capabilities.
 */
void sandbox_drop(uid_t uid, unsigned nfiles, unsigned keep);

/* From here on only the system calls that the filter allows, in all threads. */
void sandbox_filter(struct sock_filter *filter, unsigned short n);

/*
 * A filter is SANDBOX_BEGIN, the system calls that stay allowed, SANDBOX_END
 * with what becomes of the others. SANDBOX_ALLOW_IF allows nr with an argument
 * i of this value; its high half is ignored, as by the calls that are filtered
 * so (ioctl, write).
 */
#define SANDBOX_LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SANDBOX_RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define SANDBOX_UNLESS(value, skip) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))

#define SANDBOX_BEGIN \
	SANDBOX_LOAD(arch), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), \
	SANDBOX_RETURN(SECCOMP_RET_KILL_PROCESS), SANDBOX_LOAD(nr)
#define SANDBOX_ALLOW(nr) \
	SANDBOX_UNLESS((nr), 1), SANDBOX_RETURN(SECCOMP_RET_ALLOW)
#define SANDBOX_ALLOW_IF(number, i, value) \
	SANDBOX_UNLESS((number), 4), SANDBOX_LOAD(args[i]), \
	SANDBOX_UNLESS((value), 1), SANDBOX_RETURN(SECCOMP_RET_ALLOW), \
	SANDBOX_LOAD(nr)
#define SANDBOX_END(what) SANDBOX_RETURN(what)

#endif
