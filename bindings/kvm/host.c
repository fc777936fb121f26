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
#define BUDGET 500000 /* of one run */
#define MAX_RUNS 1000 /* to a guest's next yield */

struct iso_msg host_reply;
struct iso_msg host_hello;

/* iso-demo listens: without it nobody takes notes */
static int story;

static const struct sandbox_rule rules[] = {
	{ SYS_recvfrom, 0, SOCKET },
	{ SYS_sendto, 0, SOCKET },
	{ SYS_exit, SANDBOX_ANY, 0 },
	{ SYS_exit_group, SANDBOX_ANY, 0 },
	{ SYS_rt_sigreturn, SANDBOX_ANY, 0 },
	{ SYS_restart_syscall, SANDBOX_ANY, 0 },
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

void run(uint64_t vm)
{
	for (int i = 0; i < MAX_RUNS; i++) {
		if (ask(ISO_OP_RUN, vm, BUDGET, 0, 0) != ISO_OK)
			return;
		if (host_reply.arg[0] != ISO_STOP_BUDGET &&
		    host_reply.arg[0] != ISO_STOP_FULL)
			return;
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
	const char *bad;

	if (close(STDOUT_FILENO) < 0 && errno != EBADF)
		fail("close", strerror(errno));
	bad = sandbox_drop(SANDBOX_UID_HOST, 3, 3);
	if (bad != NULL)
		fail("cannot give up privileges", bad);
}

static void enter_filter(void)
{
	const char *bad;

	bad = sandbox_filter(rules, sizeof(rules) / sizeof(rules[0]), NULL,
			     0, 0);
	if (bad != NULL)
		fail("cannot give up system calls", bad);
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
