/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "story.h"

/*
 * iso-demo: starts isod and iso-host and stands between them: every message
 * passes here, is told, and goes on as it is. Nothing depends on iso-demo for
 * its safety; to isod it is part of the untrusted host.
 */
#ifndef ISO_LIBEXECDIR
#define ISO_LIBEXECDIR "/usr/libexec/libiso"
#endif

#define MAX_PENDING 8  /* requests on their way: all fit the socket */
#define PATIENCE 20000 /* ms without a message: something hangs */

struct options {
	struct story_options story;
	const char *machine; /* "kvm", "model", or NULL: what there is */
};

/* Requests that isod has not answered: their first bytes, and their length. */
static struct {
	struct iso_msg head;
	uint64_t n;
} pending[MAX_PENDING];
static unsigned first, npending;

static union {
	struct iso_msg msg;
	uint8_t bytes[16384];
} buffer;

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "iso-demo: %s: %s\n", what, why);
	exit(2);
}

static const char usage[] =
	"usage: iso-demo [--machine=kvm|model] [--no-engine] [--ept-check] "
	"[--quiet]\n                [--json]\n";

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "machine", required_argument, NULL, 'm' },
		{ "no-engine", no_argument, NULL, 'n' },
		{ "ept-check", no_argument, NULL, 'e' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "m:neqjh", longs, NULL)) >= 0) {
		if (c == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		if (c == 'm')
			o->machine = optarg;
		o->story.no_engine |= c == 'n';
		o->story.ept |= c == 'e';
		o->story.quiet |= c == 'q';
		o->story.json |= c == 'j';
		if (c == '?') {
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind < argc)
		fail(argv[optind], "no such argument; see iso-demo --help");
	if (o->story.no_engine && o->story.ept)
		fail("--ept-check", "not with --no-engine: the tables are in "
				    "pages that libiso keeps");
	if (o->machine != NULL && strcmp(o->machine, "kvm") != 0 &&
	    strcmp(o->machine, "model") != 0)
		fail(o->machine, "the machines are kvm and model");
}

/* NULL, or why KVM cannot be used here. */
static const char *no_kvm(void)
{
#ifdef __x86_64__
	const int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	const char *why = NULL;
	int vm;

	if (fd < 0)
		return strerror(errno);
	if (ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		why = "not the KVM that this program knows";
	else if (ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0)
		why = "no read-only memory slots";
	vm = why == NULL ? ioctl(fd, KVM_CREATE_VM, 0) : -1;
	if (why == NULL && vm < 0)
		why = strerror(errno);
	if (vm >= 0)
		close(vm);
	close(fd);
	return why;
#else
	return "the guests for KVM are x86 code";
#endif
}

static void choose_machine(struct options *o)
{
	const char *why;
	const int told = o->machine != NULL;

	if (told && strcmp(o->machine, "model") == 0)
		why = "as asked";
	else
		why = no_kvm();
	if (told && strcmp(o->machine, "kvm") == 0 && why != NULL)
		fail("/dev/kvm cannot be used; try --machine=model", why);
	o->machine = why == NULL ? "kvm" : "model";
	if (o->story.quiet || o->story.json)
		return;
	if (why == NULL)
		printf("machine: real x86 guests on /dev/kvm\n");
	else if (told)
		printf("machine: the built-in model, as asked\n");
	else
		printf("machine: the built-in model; /dev/kvm: %s\n", why);
	if (geteuid() != 0)
		printf("not started as root: isod and iso-host are the same "
		       "user,\n  kept apart by seccomp and no-dump only\n");
	fflush(stdout);
}

/* Where the programs are: beside this one, or where they were installed. */
static void find_program(char *path, size_t room, const char *name)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (snprintf(path, room, "%s/%s", self, name) < (int)room &&
		    access(path, X_OK) == 0)
			return;
	}
	snprintf(path, room, "%s/%s", ISO_LIBEXECDIR, name);
	if (access(path, X_OK) < 0)
		fail(path, "not found; build or install libiso's KVM binding");
}

/* Start a program with one end of a socket as its standard input. */
static pid_t start(const char *name, char **args, int *sock)
{
	char path[PATH_MAX];
	int ends[2];
	pid_t pid;

	find_program(path, sizeof(path), name);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		fail("socketpair", strerror(errno));
	pid = fork();
	if (pid < 0)
		fail("fork", strerror(errno));
	if (pid == 0) {
		dup2(ends[1], 0);
		execv(path, args);
		fail(path, strerror(errno));
	}
	close(ends[1]);
	*sock = ends[0];
	return pid;
}

/* The next message, or -1: the peer is gone. Empty messages count. */
static ssize_t receive(int sock, short revents)
{
	ssize_t n = recv(sock, &buffer, sizeof(buffer), MSG_DONTWAIT);

	if (n == 0 && (revents & (POLLHUP | POLLERR)))
		return -1;
	return n;
}

static int is_note(uint64_t n)
{
	return n >= ISO_MSG_HEAD && n <= sizeof(buffer.msg) &&
	       n == ISO_MSG_HEAD + (uint64_t)buffer.msg.len &&
	       buffer.msg.op == ISO_OP_NOTE;
}

static void from_host(uint64_t n, int isod)
{
	const unsigned i = (first + npending) % MAX_PENDING;

	if (is_note(n)) {
		story_note(&buffer.msg);
		return;
	}
	pending[i].head = buffer.msg;
	pending[i].n = n;
	npending++;
	send(isod, &buffer, n, MSG_NOSIGNAL);
}

static void from_isod(uint64_t n, int host)
{
	if (n < ISO_MSG_HEAD || npending == 0)
		fail("isod", "answered with no message");
	story_answer(&pending[first].head, pending[first].n, &buffer.msg);
	first = (first + 1) % MAX_PENDING;
	npending--;
	send(host, &buffer, n, MSG_NOSIGNAL);
}

/* Pass messages until one side is gone; 1 if that is iso-host. */
static int relay(int isod, int host)
{
	struct pollfd p[2] = { { isod, POLLIN, 0 }, { host, 0, 0 } };
	ssize_t n;

	for (;;) {
		memset(&buffer, 0, sizeof(buffer.msg));
		/* notes come in their place: after the answers before them */
		p[1].events = npending < MAX_PENDING ? POLLIN : 0;
		if (poll(p, 2, PATIENCE) <= 0)
			fail("isod", "no answer for 20 s: it hangs");
		if (p[0].revents != 0) {
			n = receive(isod, p[0].revents);
			if (n < 0)
				return 0;
			from_isod((uint64_t)n, host);
		} else if (p[1].revents != 0 && npending < MAX_PENDING) {
			n = receive(host, p[1].revents);
			if (n < 0)
				return 1;
			from_host((uint64_t)n, isod);
		}
	}
}

/* isod answers from within its sandbox: before that nobody should attack it. */
static void await_isod(int isod)
{
	const struct iso_msg hello = { .op = ISO_OP_HELLO };

	if (send(isod, &hello, ISO_MSG_HEAD, MSG_NOSIGNAL) < 0 ||
	    recv(isod, &buffer, sizeof(buffer), 0) < (ssize_t)ISO_MSG_HEAD ||
	    buffer.msg.op != 0)
		fail("isod", "did not start");
}

/* What its check has compared. It may still have older messages to answer. */
static uint64_t ask_compared(int isod)
{
	const struct iso_msg hello = { .op = ISO_OP_HELLO };
	ssize_t n = send(isod, &hello, ISO_MSG_HEAD, MSG_NOSIGNAL);

	for (unsigned i = 0; i <= npending && n > 0; i++)
		n = recv(isod, &buffer, sizeof(buffer), 0);
	return n < (ssize_t)ISO_MSG_HEAD ? 0 : buffer.msg.arg[2];
}

static int exit_status(pid_t pid, const char *name)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		fail(name, strerror(errno));
	return status;
}

static int stopped_well(int status, const char *name)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 1;
	if (WIFSIGNALED(status))
		fprintf(stderr, "iso-demo: %s was killed by signal %d (%s)\n",
			name, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		fprintf(stderr, "iso-demo: %s ended with status %d\n", name,
			WEXITSTATUS(status));
	return 0;
}

static int isod_stopped_well(const struct options *o, pid_t pid,
			     const char *name, uint64_t compared)
{
	const int status = exit_status(pid, name);

	if (o->story.ept)
		story_ept(compared, WIFEXITED(status) &&
				    WEXITSTATUS(status) == ISO_EXIT_EPT);
	return stopped_well(status, name);
}

int main(int argc, char **argv)
{
	struct options o = { .story.colour = isatty(STDOUT_FILENO) };
	char name[32], number[24], tell[] = "--story", evil[] = "--evil";
	char check[] = "--ept-check";
	char *isod_args[] = { name, check, NULL };
	char host_name[] = "iso-host";
	char *host_args[] = { host_name, tell, evil, number, NULL };
	int isod, host, status, fine;
	uint64_t compared = 0;
	pid_t isod_pid, host_pid;

	parse(argc, argv, &o);
	choose_machine(&o);
	snprintf(name, sizeof(name), "isod%s%s",
		 strcmp(o.machine, "model") == 0 ? "-model" : "",
		 o.story.no_engine ? "-noengine" : "");
	if (!o.story.ept)
		isod_args[1] = NULL;
	isod_pid = start(name, isod_args, &isod);
	snprintf(number, sizeof(number), "%ld", (long)isod_pid);
	await_isod(isod);
	host_pid = start(host_name, host_args, &host);
	story_begin(&o.story);
	if (!relay(isod, host))
		kill(host_pid, SIGKILL);
	else if (o.story.ept)
		compared = ask_compared(isod);
	close(isod);
	close(host);
	fine = isod_stopped_well(&o, isod_pid, name, compared);
	fine &= stopped_well(exit_status(host_pid, host_name), host_name);
	status = story_end();
	return status == 0 && !fine ? 2 : status;
}
