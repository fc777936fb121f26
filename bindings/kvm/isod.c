/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <linux/kvm.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "isod.h"
#include "sandbox.h"

/*
 * isod: the trusted process. It alone has guest RAM and /dev/kvm; what the
 * hypervisor's policy side wants, it asks for on standard input, a socket.
 */
#define SOCKET 0
#define MAX_FILES 256 /* two for each VM */
#define DEFAULT_PAGES 256

struct iso_engine isod_engine;

static struct iso_page pages[ISOD_MAX_PAGES];
static struct iso_vm vms[ISO_MAX_VMS];

/* Larger than a message: so that a longer one can be told. */
static struct {
	struct iso_msg msg;
	uint8_t more;
} buffer;

static struct sock_filter filter[] = {
	SANDBOX_BEGIN,
	SANDBOX_ALLOW_IF(SYS_ioctl, 1, KVM_RUN),
	SANDBOX_ALLOW(SYS_futex),
	SANDBOX_ALLOW(SYS_clock_gettime),
	SANDBOX_ALLOW_IF(SYS_tkill, 1, SIGALRM),
	SANDBOX_ALLOW(SYS_rt_sigreturn),
	SANDBOX_ALLOW(SYS_restart_syscall),
	SANDBOX_ALLOW(SYS_getrandom),
	SANDBOX_ALLOW_IF(SYS_recvfrom, 0, SOCKET),
	SANDBOX_ALLOW_IF(SYS_sendto, 0, SOCKET),
	SANDBOX_ALLOW_IF(SYS_write, 0, STDERR_FILENO),
	SANDBOX_ALLOW(SYS_exit_group),
	/* a VM and its vCPU, to make, change and end them */
	SANDBOX_ALLOW_IF(SYS_ioctl, 1, KVM_SET_USER_MEMORY_REGION),
	SANDBOX_ALLOW_IF(SYS_ioctl, 1, KVM_CREATE_VM),
	SANDBOX_ALLOW_IF(SYS_ioctl, 1, KVM_CREATE_VCPU),
	SANDBOX_ALLOW_IF(SYS_ioctl, 1, KVM_GET_SREGS),
	SANDBOX_ALLOW_IF(SYS_mmap, 2, PROT_READ | PROT_WRITE),
	SANDBOX_ALLOW(SYS_munmap),
	SANDBOX_ALLOW(SYS_close),
	SANDBOX_END(SECCOMP_RET_KILL_PROCESS),
};

_Noreturn void isod_die(const char *line)
{
	_exit(write(STDERR_FILENO, line, strlen(line)) > 0 ? 2 : 3);
}

static uint8_t *open_ram(uint64_t npages)
{
	const size_t size = npages * ISO_PAGE_SIZE;
	const int fd = memfd_create("iso-guest-ram", MFD_CLOEXEC);
	uint8_t *ram = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    fd, 0);

	if (ram == MAP_FAILED || ftruncate(fd, (off_t)size) < 0)
		isod_die("isod: no memory for guest RAM\n");
	/* with its last descriptor gone nobody can map it any more */
	close(fd);
	return ram;
}

/* Until the socket ends, for which an empty message is taken. A host that does
 * not read its answers is not served, and guests run on. */
static void serve_all(void)
{
	ssize_t n;

	while ((n = recv(SOCKET, &buffer, sizeof(buffer), 0)) > 0) {
		serve(&buffer.msg, (uint64_t)n);
		send(SOCKET, &buffer, ISO_MSG_HEAD + buffer.msg.len,
		     MSG_NOSIGNAL);
		/* nothing of one message is left for the next */
		memset(&buffer, 0, sizeof(buffer));
	}
}

int main(int argc, char **argv)
{
	const int at = 1 + ept_option(argc, argv);
	const uint64_t npages =
		argc > at ? strtoul(argv[at], NULL, 10) : DEFAULT_PAGES;
	socklen_t len = sizeof(int);
	int type = 0;

	getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &len);
	if (type != SOCK_SEQPACKET)
		isod_die("isod: standard input is no SOCK_SEQPACKET socket: "
			 "start iso-demo(1) to see one at work\n");
	if (argc > at + 1 || npages > ISOD_MAX_PAGES ||
	    iso_engine_init(&isod_engine, pages, npages, vms) != ISO_OK)
		isod_die("usage: isod [--ept-check] [pages, 1 to 2048]\n");
	/* it is isod's from the start: the host never gets to make it */
	iso_vm_create(&isod_engine, ISO_HOST, ISO_KEEPER);
	iso_vm_start(&isod_engine, ISO_HOST, ISO_KEEPER);
	/* its number is for /dev/kvm, and all from 3 on are closed */
	close(STDOUT_FILENO);
	port_open(open_ram(npages), (uint32_t)npages);
	ept_open();
	machine_open();
	sandbox_drop(SANDBOX_UID_ISOD, MAX_FILES, 3);
	run_open();
	sandbox_filter(filter, sizeof(filter) / sizeof(filter[0]));
	serve_all();
	_exit(0); /* nothing that exit would do is allowed any more */
}
