/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_SANDBOX_H
#define ISO_KVM_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

/* How a process gives up, for good, what it does not need. */

/* The user ids taken when started as root: two, so that they stay apart. */
#define SANDBOX_UID_ISOD 65533
#define SANDBOX_UID_HOST 65534

/* A system call that stays allowed; any says with which arguments. */
struct sandbox_rule {
	uint32_t nr;
	int32_t arg; /* 0 .. 5: only with this argument equal to value; -1 */
	uint32_t value;
};

#define SANDBOX_ANY -1

/*
 * No core dumps, no ptrace, no /proc/PID/mem, no new privileges, at most
 * nfiles descriptors; every descriptor from keep on is closed; as root also:
 * user and group uid, no groups, no capabilities. Returns NULL, or what
 * failed.
 */
const char *sandbox_drop(uid_t uid, unsigned nfiles, unsigned keep);

/*
 * From here on only the system calls of the two lists. Others kill the process
 * (deadly = 1) or fail with EPERM. Returns NULL, or what failed.
 */
const char *sandbox_filter(const struct sandbox_rule *a, unsigned na,
			   const struct sandbox_rule *b, unsigned nb,
			   int deadly);

#endif
