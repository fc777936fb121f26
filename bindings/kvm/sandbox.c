/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cannot give up privileges: %s: %s\n", what,
		strerror(errno));
	_exit(2);
}

static void drop_root(uid_t uid)
{
	for (int c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		need(prctl(PR_CAPBSET_DROP, c, 0, 0, 0) == 0, "capabilities");
	need(setgroups(0, NULL) == 0, "setgroups");
	need(setresgid(uid, uid, uid) == 0, "setresgid");
	need(setresuid(uid, uid, uid) == 0, "setresuid");
}

void sandbox_drop(uid_t uid, unsigned nfiles, unsigned keep)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { 0 };
	const struct rlimit most = { nfiles, nfiles };

	if (geteuid() == 0)
		drop_root(uid);
	/* also for those who are not root but were given some */
	need(syscall(SYS_capset, &h, none) == 0, "capset");
	need(syscall(SYS_close_range, keep, ~0u, 0) == 0,
	     "close_range, which needs Linux 5.9");
	/* after the change of user, which resets both */
	need(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "no dumps");
	need(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "death signal");
	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
	/* the filters refuse to open files, to fork and to clone */
	need(setrlimit(RLIMIT_NOFILE, &most) == 0, "limit of descriptors");
}

void sandbox_filter(struct sock_filter *filter, unsigned short n)
{
	const struct sock_fprog program = { n, filter };

/* A sanitizer's run time has needs of its own that no list here foresees. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	(void)program;
#else
	need(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_TSYNC, &program) == 0,
	     "seccomp, which needs CONFIG_SECCOMP_FILTER");
#endif
}
