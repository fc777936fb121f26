/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "isod.h"

/*
 * isod: the trusted process. It alone has guest RAM and /dev/kvm; what the
 * hypervisor's policy side wants, it asks for on standard input, a socket.
 */
#define SOCKET 0
#define MAX_FILES 256
#define DEFAULT_PAGES 256

struct iso_engine isod_engine;

static struct iso_page pages[ISOD_MAX_PAGES];
static struct iso_vm vms[ISO_MAX_VMS];

/* One byte more than a message: so that a longer one can be told. */
static union {
	struct iso_msg msg;
	uint8_t bytes[sizeof(struct iso_msg) + 1];
} buffer;

_Noreturn void isod_die(const char *what)
{
	static const char name[] = "isod: ";
	ssize_t n = write(STDERR_FILENO, name, sizeof(name) - 1);

	n += write(STDERR_FILENO, what, strlen(what));
	n += write(STDERR_FILENO, "\n", 1);
	_exit(n > 0 ? 2 : 3);
}

static uint8_t *open_ram(uint64_t npages)
{
	const size_t size = npages * ISO_PAGE_SIZE;
	const int fd = memfd_create("iso-guest-ram", MFD_CLOEXEC);
	uint8_t *ram;

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		isod_die("cannot make guest RAM: memfd_create failed");
	ram = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ram == MAP_FAILED)
		isod_die("cannot map guest RAM: not enough memory");
	/* with its last descriptor gone nobody can map it any more */
	close(fd);
	return ram;
}

static const struct sandbox_rule rules[] = {
	{ SYS_recvfrom, 0, SOCKET },
	{ SYS_sendto, 0, SOCKET },
	{ SYS_ppoll, SANDBOX_ANY, 0 },
#ifdef SYS_poll
	{ SYS_poll, SANDBOX_ANY, 0 },
#endif
	{ SYS_write, 0, STDERR_FILENO },
	{ SYS_getrandom, SANDBOX_ANY, 0 },
	{ SYS_setitimer, SANDBOX_ANY, 0 },
	{ SYS_rt_sigreturn, SANDBOX_ANY, 0 },
	{ SYS_restart_syscall, SANDBOX_ANY, 0 },
	{ SYS_exit, SANDBOX_ANY, 0 },
	{ SYS_exit_group, SANDBOX_ANY, 0 },
};

/* keep: descriptors 0, 2 and what the machine opened, which is 3 at most */
static void enter_sandbox(void)
{
	const char *bad;
	static char text[160];

	close(STDOUT_FILENO);
	bad = sandbox_drop(SANDBOX_UID_ISOD, MAX_FILES, 4);
	if (bad == NULL)
		bad = sandbox_filter(rules, sizeof(rules) / sizeof(rules[0]),
				     machine_rules, machine_nrules, 1);
	if (bad == NULL)
		return;
	snprintf(text, sizeof(text), "cannot give up privileges: %s", bad);
	isod_die(text);
}

/* An empty message reads like the end of the socket: ask which it was. */
static int at_end(void)
{
	struct pollfd p = { SOCKET, POLLIN, 0 };

	return poll(&p, 1, 0) != 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static int receive(uint64_t *n)
{
	ssize_t got;

	do {
		got = recv(SOCKET, &buffer, sizeof(buffer), 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0 || (got == 0 && at_end()))
		return 0;
	*n = (uint64_t)got;
	return 1;
}

/* A host that does not read its answers loses them. */
static void reply(uint64_t n)
{
	ssize_t done;

	do {
		done = send(SOCKET, &buffer, n, MSG_NOSIGNAL);
	} while (done < 0 && errno == EINTR);
}

static void serve_all(void)
{
	uint64_t n;

	while (receive(&n)) {
		serve(&buffer.msg, n);
		reply(ISO_MSG_HEAD + buffer.msg.len);
		/* nothing of one message is left for the next */
		memset(&buffer, 0, sizeof(buffer));
	}
}

static uint64_t parse_pages(int argc, char **argv)
{
	char *end = NULL;
	unsigned long n = DEFAULT_PAGES;

	if (argc == 3 && strcmp(argv[1], "-p") == 0)
		n = strtoul(argv[2], &end, 10);
	else if (argc != 1)
		isod_die("usage: isod [-p pages], a socket on standard input");
	if (n == 0 || n > ISOD_MAX_PAGES || (end != NULL && *end != '\0'))
		isod_die("-p: pages of guest RAM, a number from 1 to 2048");
	return n;
}

static void check_socket(void)
{
	const struct timeval patience = { 2, 0 };
	socklen_t len = sizeof(int);
	int type = 0;

	if (getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_SEQPACKET)
		isod_die("standard input is no SOCK_SEQPACKET socket: "
			 "start iso-demo(1) to see one at work");
	if (setsockopt(SOCKET, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)) < 0)
		isod_die("cannot set a time limit on the socket");
}

int main(int argc, char **argv)
{
	const uint64_t npages = parse_pages(argc, argv);
	uint8_t *ram;

	check_socket();
	/* what a careless parent left open */
	syscall(SYS_close_range, 3, ~0u, 0);
	ram = open_ram(npages);
	machine_open(ram);
	port_open(ram, (uint32_t)npages);
	if (iso_engine_init(&isod_engine, pages, npages, vms) != ISO_OK)
		isod_die("iso_engine_init refused the number of pages");
	enter_sandbox();
	serve_all();
	_exit(0); /* nothing that exit would do is allowed any more */
}
