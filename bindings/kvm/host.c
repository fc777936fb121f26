/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "sandbox.h"

/*
 * iso-host: the policy side of the hypervisor. It decides what VMs there are
 * and when they run; isod decides whether that may be. It has a socket, on
 * standard input, and nothing else.
 */
#define SOCKET 0
#define PATIENCE 500000 /* microseconds of a guest that runs alone */
#define TURN 5000       /* of guests that run together */
#define MAX_RUNS 1000   /* to a guest's next yield */

struct iso_msg host_reply;
struct iso_msg host_hello;

/* iso-demo listens: without it nobody takes notes */
static int story;

/* what it does not need fails, and the story goes on */
static struct sock_filter filter[] = {
	SANDBOX_BEGIN,
	SANDBOX_ALLOW_IF(SYS_recvfrom, 0, SOCKET),
	SANDBOX_ALLOW_IF(SYS_sendto, 0, SOCKET),
	SANDBOX_ALLOW(SYS_exit),
	SANDBOX_ALLOW(SYS_exit_group),
	SANDBOX_ALLOW(SYS_rt_sigreturn),
	SANDBOX_ALLOW(SYS_restart_syscall),
	SANDBOX_END(SECCOMP_RET_ERRNO | EPERM),
};

void send_raw(const void *bytes, uint64_t n)
{
	ssize_t done;

	do {
		done = send(SOCKET, bytes, n, MSG_NOSIGNAL);
	} while (done < 0 && errno == EINTR);
	/* without isod there is nothing to do: no machine, no VMs */
	if (done < 0)
		_exit(2);
}

int32_t receive_answer(void)
{
	ssize_t got;

	do {
		got = recv(SOCKET, &host_reply, sizeof(host_reply), 0);
	} while (got < 0 && errno == EINTR);
	if (got < (ssize_t)ISO_MSG_HEAD)
		_exit(2);
	return host_reply.op;
}

static int32_t ask_message(const struct iso_msg *m)
{
	send_raw(m, ISO_MSG_HEAD + m->len);
	return receive_answer();
}

int32_t ask(int32_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const struct iso_msg m = { .op = op, .arg = { a, b, c, d } };

	return ask_message(&m);
}

int32_t ask_load(uint64_t page, uint64_t offset, const uint8_t *data,
		 uint32_t len)
{
	struct iso_msg m = { .op = ISO_OP_LOAD,
			     .len = len,
			     .arg = { page, offset } };

	memcpy(m.data, data, len);
	return ask_message(&m);
}

void note(uint64_t kind, uint64_t a, uint64_t b, const char *text)
{
	struct iso_msg m = { .op = ISO_OP_NOTE, .arg = { kind, a, b } };

	if (!story)
		return;
	m.len = (uint32_t)strlen(text);
	memcpy(m.data, text, m.len);
	send_raw(&m, ISO_MSG_HEAD + m.len);
}

void begin(uint64_t who, uint64_t rule, const char *text)
{
	note(ISO_NOTE_ATTEMPT, who, rule, text);
}

void over(void)
{
	note(ISO_NOTE_OVER, 0, 0, "");
}

/* Wait for vm; 1 if it stopped where it can go on, and does. */
static int goes_on(uint64_t vm, uint64_t us)
{
	if (ask(ISO_OP_WAIT, vm, us, 0, 0) != ISO_OK)
		return 0;
	if (host_reply.arg[0] != ISO_STOP_TIME &&
	    host_reply.arg[0] != ISO_STOP_FULL)
		return 0;
	return ask(ISO_OP_RUN, vm, 0, 0, 0) == ISO_OK;
}

void run(uint64_t vm)
{
	if (ask(ISO_OP_RUN, vm, 0, 0, 0) != ISO_OK)
		return;
	for (int i = 0; i < MAX_RUNS && goes_on(vm, PATIENCE); i++)
		;
}

void run_together(void)
{
	int runs[ATTACKER + 1] = { 0 };
	int left = 0;

	for (uint64_t vm = PRODUCER; vm <= ATTACKER; vm++) {
		runs[vm] = ask(ISO_OP_RUN, vm, 0, 0, 0) == ISO_OK;
		left += runs[vm];
	}
	/* a turn each, so that nobody waits for one who was stopped */
	for (int i = 0; i < MAX_RUNS && left > 0; i++) {
		for (uint64_t vm = ATTACKER; vm >= PRODUCER; vm--) {
			left -= runs[vm];
			runs[vm] = runs[vm] && goes_on(vm, TURN);
			left += runs[vm];
		}
	}
}

void attack(uint64_t vm, uint64_t rule, const char *text)
{
	begin(vm, rule, text);
	run(vm);
	over();
}

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "iso-host: %s: %s\n", what, why);
	exit(2);
}

static void enter_sandbox(void)
{
	if (close(STDOUT_FILENO) < 0 && errno != EBADF)
		fail("close", strerror(errno));
	sandbox_drop(SANDBOX_UID_HOST, 3, 3);
}

static void enter_filter(void)
{
	sandbox_filter(filter, sizeof(filter) / sizeof(filter[0]));
	close(STDERR_FILENO);
}

static const char usage[] =
	"iso-host [--story] [--evil PID-OF-ISOD], isod's socket on standard "
	"input";

/* the process id of isod if it is to be attacked, else 0 */
static pid_t parse(int argc, char **argv)
{
	socklen_t len = sizeof(int);
	pid_t evil = 0;
	int type = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--story") == 0)
			story = 1;
		else if (strcmp(argv[i], "--evil") == 0 && i + 1 < argc)
			evil = (pid_t)atol(argv[++i]);
		else
			fail("usage", usage);
	}
	if (getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_SEQPACKET)
		fail("standard input", "no SOCK_SEQPACKET socket: "
				       "iso-demo(1) starts this program");
	return evil;
}

int main(int argc, char **argv)
{
	const pid_t isod = parse(argc, argv);

	enter_sandbox();
	if (isod != 0)
		evil_process(isod, 0);
	enter_filter();
	if (isod != 0)
		evil_process(isod, 1);
	if (ask(ISO_OP_HELLO, 0, 0, 0, 0) != ISO_OK)
		return 2;
	host_hello = host_reply;
	script_guests();
	if (isod != 0) {
		evil_report();
		evil_calls();
		evil_messages();
	}
	script_last(isod != 0);
	note(ISO_NOTE_DONE, 0, 0, "");
	_exit(0); /* nothing that exit would do is allowed any more */
}
