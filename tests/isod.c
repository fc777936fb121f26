/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * isod at its socket: vCPUs that run at the same time, and are stopped. Each
 * test runs on the machine model, on the model built with the compiler's
 * run-time checks, and on KVM where there is one; on the model again, and on
 * the checked one, with EPT tables that are compared after each call.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include <iso/iso.h>

#include "proto.h"

#define A 1u
#define B 2u
#define C 3u
#define PAGES 16u /* of a VM: VM v has those from 16 * v on */
#define LOW 4u    /* and counts also has LOW_PAGES from here on, at LOW_AT */
#define LOW_PAGES 8u
#define LOW_AT 0x40u
#define BOARD 200u
#define MEETINGS 20 /* of guests.S */
#define LONG ISO_MAX_WAIT

struct image {
	const uint8_t *begin;
	const uint8_t *end;
};

#define GUEST(name) \
	extern const uint8_t guest_model_##name[], guest_model_##name##_end[]; \
	extern const uint8_t guest_kvm_##name[], guest_kvm_##name##_end[]; \
	static const struct image name[] = { \
		[ISO_MACHINE_MODEL] = { guest_model_##name, \
					guest_model_##name##_end }, \
		[ISO_MACHINE_KVM] = { guest_kvm_##name, \
				      guest_kvm_##name##_end }, \
	};

GUEST(halts)
GUEST(spins)
GUEST(faults)
GUEST(tells)
GUEST(counts)
GUEST(meets1)
GUEST(meets2)
GUEST(meets3)

static int sock;
static pid_t pid;
static uint64_t kind;
static struct iso_msg reply;

static int32_t ask(int32_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const struct iso_msg m = { .op = op, .arg = { a, b, c, d } };

	cr_assert_eq(send(sock, &m, ISO_MSG_HEAD, MSG_NOSIGNAL), ISO_MSG_HEAD);
	cr_assert_geq(recv(sock, &reply, sizeof(reply), 0), ISO_MSG_HEAD,
		      "no answer: isod hangs, or is gone");
	return reply.op;
}

static void ok(int32_t code)
{
	cr_assert_eq(code, ISO_OK, "answered %d", (int)code);
}

static void boot(const char *name, char *option)
{
	const struct timeval patience = { 60, 0 };
	const char *dir = getenv("builddir");
	char path[PATH_MAX], pages[] = "2048";
	char *argv[] = { path, option != NULL ? option : pages,
			 option != NULL ? pages : NULL, NULL };
	int ends[2];

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : ".", name);
	if (access(path, X_OK) < 0)
		cr_skip_test("%s is not built here", name);
	if (strcmp(name, "isod") == 0 && access("/dev/kvm", R_OK | W_OK) < 0)
		cr_skip_test("no access to /dev/kvm");
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 0);
		execv(path, argv);
		_exit(127);
	}
	close(ends[1]);
	sock = ends[0];
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ok(ask(ISO_OP_HELLO, 0, 0, 0, 0));
	kind = reply.arg[0];
}

/* isod ended well */
static void ended(void)
{
	int status = 0;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		  "isod: status 0x%x", (unsigned)status);
}

static void finish(void)
{
	close(sock);
	ended();
}

static void load(const struct image *i, uint64_t page)
{
	static struct iso_msg m;

	for (const uint8_t *at = i->begin; at < i->end; at += m.len, page++) {
		m = (struct iso_msg){ .op = ISO_OP_LOAD, .arg = { page } };
		m.len = i->end - at < (long)ISO_PAGE_SIZE
				? (uint32_t)(i->end - at)
				: ISO_PAGE_SIZE;
		memcpy(m.data, at, m.len);
		send(sock, &m, ISO_MSG_HEAD + m.len, MSG_NOSIGNAL);
		recv(sock, &reply, sizeof(reply), 0);
		ok(reply.op);
	}
}

static void make(uint64_t vm, const struct image *images)
{
	ok(ask(ISO_OP_VM_CREATE, vm, 0, 0, 0));
	load(&images[kind], PAGES * vm);
	ok(ask(ISO_OP_PAGE_ASSIGN, vm, PAGES * vm, PAGES, 0));
	if (images == counts)
		ok(ask(ISO_OP_PAGE_ASSIGN, vm, LOW, LOW_PAGES, LOW_AT));
	ok(ask(ISO_OP_VM_START, vm, 0, 0, 0));
}

static int32_t run(uint64_t vm)
{
	return ask(ISO_OP_RUN, vm, 0, 0, 0);
}

/* why the run of vm stopped, us microseconds from now at the latest */
static uint64_t stop(uint64_t vm, uint64_t us)
{
	ok(ask(ISO_OP_WAIT, vm, us, 0, 0));
	return reply.arg[0];
}

static const struct iso_event *event(uint32_t i)
{
	return (const struct iso_event *)(const void *)reply.data + i;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static char ept_check[] = "--ept-check";

/* A test on each machine; its body follows. */
#define ON_EACH(name) \
	static void name(void); \
	Test(isod_model, name) \
	{ \
		boot("isod-model", NULL); \
		name(); \
	} \
	Test(isod_ept, name) \
	{ \
		boot("isod-model", ept_check); \
		name(); \
	} \
	Test(isod_checked, name) \
	{ \
		boot("tests/isod-model-checked", ept_check); \
		name(); \
	} \
	Test(isod_kvm, name) \
	{ \
		boot("isod", NULL); \
		name(); \
	} \
	static void name(void)

/* -- RUN and WAIT -------------------------------------------------------- */

ON_EACH(wait_tells_why_a_run_stopped)
{
	make(A, halts);
	ok(run(A));
	cr_assert_eq(stop(A, LONG), ISO_STOP_HALT);
	cr_assert_eq(reply.len, 0);
	finish();
}

ON_EACH(run_busy_while_it_runs)
{
	make(A, spins);
	ok(run(A));
	cr_assert_eq(run(A), ISO_BUSY);
	stop(A, 0);
	ok(run(A));
	finish();
}

ON_EACH(run_busy_until_it_was_waited_for)
{
	make(A, halts);
	ok(run(A));
	usleep(10000);
	cr_assert_eq(run(A), ISO_BUSY);
	cr_assert_eq(stop(A, LONG), ISO_STOP_HALT);
	ok(run(A));
	finish();
}

ON_EACH(run_denied_if_not_live)
{
	cr_assert_eq(run(A), ISO_DENIED);
	ok(ask(ISO_OP_VM_CREATE, A, 0, 0, 0));
	cr_assert_eq(run(A), ISO_DENIED);
	finish();
}

ON_EACH(run_denied_if_dying)
{
	make(A, halts);
	cr_assert_eq(ask(ISO_OP_VM_DESTROY, A, 1, 0, 0), ISO_RETRY);
	cr_assert_eq(run(A), ISO_DENIED);
	finish();
}

ON_EACH(run_invalid_if_no_guest)
{
	cr_assert_eq(run(ISO_HOST), ISO_INVALID);
	cr_assert_eq(run(ISO_MAX_VMS), ISO_INVALID);
	cr_assert_eq(run(UINT64_MAX), ISO_INVALID);
	finish();
}

ON_EACH(wait_denied_if_nothing_runs)
{
	make(A, halts);
	cr_assert_eq(ask(ISO_OP_WAIT, A, 0, 0, 0), ISO_DENIED);
	ok(run(A));
	stop(A, LONG);
	cr_assert_eq(ask(ISO_OP_WAIT, A, 0, 0, 0), ISO_DENIED);
	finish();
}

ON_EACH(wait_invalid_if_no_vm_or_too_long)
{
	make(A, halts);
	ok(run(A));
	cr_assert_eq(ask(ISO_OP_WAIT, ISO_MAX_VMS, 0, 0, 0), ISO_INVALID);
	cr_assert_eq(ask(ISO_OP_WAIT, UINT64_MAX, 0, 0, 0), ISO_INVALID);
	cr_assert_eq(ask(ISO_OP_WAIT, A, ISO_MAX_WAIT + 1, 0, 0), ISO_INVALID);
	cr_assert_eq(ask(ISO_OP_WAIT, A, UINT64_MAX, 0, 0), ISO_INVALID);
	cr_assert_eq(stop(A, LONG), ISO_STOP_HALT);
	finish();
}

ON_EACH(wait_stops_one_that_spins)
{
	double begin;

	make(A, spins);
	ok(run(A));
	begin = now();
	cr_assert_eq(stop(A, 50000), ISO_STOP_TIME);
	cr_assert_geq(now() - begin, 0.05);
	cr_assert_lt(now() - begin, 60);
	finish();
}

ON_EACH(wait_of_no_time_stops_at_once)
{
	make(A, spins);
	for (int i = 0; i < 200; i++) {
		ok(run(A));
		cr_assert_eq(stop(A, 0), ISO_STOP_TIME);
	}
	finish();
}

ON_EACH(a_run_stops_when_there_is_no_room_for_events)
{
	make(A, faults);
	ok(run(A));
	cr_assert_eq(stop(A, LONG), ISO_STOP_FULL);
	cr_assert_eq(reply.len, ISO_MAX_EVENTS * sizeof(struct iso_event));
	for (uint32_t i = 0; i < ISO_MAX_EVENTS; i++) {
		cr_assert_eq(event(i)->kind, ISO_EVENT_FAULT);
		cr_assert_eq(event(i)->nr, 0);
		cr_assert_eq(event(i)->arg[0], 0x700 * ISO_PAGE_SIZE);
	}
	finish();
}

/* -- at the same time ---------------------------------------------------- */

/* the word i of the page that the host shares */
static uint64_t board(uint32_t i)
{
	uint64_t n;

	ok(ask(ISO_OP_READ, BOARD, 0, 0, 0));
	memcpy(&n, reply.data + 8 * i, sizeof(n));
	return n;
}

static uint64_t count(void)
{
	return board(0);
}

static void share_board(uint64_t last)
{
	ok(ask(ISO_OP_TX_OPEN, 0, ISO_SHARE, 0, 0));
	ok(ask(ISO_OP_TX_ADD, 0, BOARD, 1, 0));
	for (uint64_t vm = A; vm <= last; vm++) {
		ok(ask(ISO_OP_VM_PEER, ISO_HOST, vm, 1, 0));
		ok(ask(ISO_OP_TX_GRANT, 0, vm, ISO_PERM_RW, 0));
	}
	ok(ask(ISO_OP_TX_SEND, 0, 0, 1, 0));
}

/* Nobody stops them before all three are through. */
ON_EACH(three_guests_meet_in_one_run_each)
{
	double begin;

	make(A, meets1);
	make(B, meets2);
	make(C, meets3);
	share_board(C);
	for (uint64_t vm = A; vm <= C; vm++)
		ok(run(vm));
	begin = now();
	while (board(2) != MEETINGS) {
		cr_assert_lt(now() - begin, 60, "they do not meet");
		usleep(1000);
	}
	for (uint64_t vm = A; vm <= C; vm++)
		cr_assert_eq(stop(vm, LONG), ISO_STOP_HALT);
	finish();
}

/* vm counts in a page that the host sees */
static void start_counting(uint64_t vm)
{
	make(vm, counts);
	share_board(vm);
	ok(run(vm));
}

static void counts_on(void)
{
	const double begin = now();
	const uint64_t n = count();

	while (count() == n)
		cr_assert_lt(now() - begin, 60, "the guest does not run");
}

ON_EACH(the_host_is_served_while_a_guest_runs)
{
	start_counting(A);
	for (int i = 0; i < 5; i++)
		counts_on();
	cr_assert_eq(stop(A, 0), ISO_STOP_TIME);
	finish();
}

ON_EACH(a_guest_runs_while_another_is_waited_for)
{
	uint64_t n;

	make(B, spins);
	start_counting(A);
	counts_on();
	ok(run(B));
	n = count();
	cr_assert_eq(stop(B, 200000), ISO_STOP_TIME);
	cr_assert_gt(count(), n);
	finish();
}

ON_EACH(all_vms_run)
{
	for (uint64_t vm = A; vm < ISO_KEEPER; vm++)
		make(vm, halts);
	for (uint64_t vm = A; vm < ISO_KEEPER; vm++)
		ok(run(vm));
	for (uint64_t vm = A; vm < ISO_KEEPER; vm++)
		cr_assert_eq(stop(vm, LONG), ISO_STOP_HALT);
	finish();
}

/* -- the end of a VM that runs ------------------------------------------- */

static void all_zero(uint64_t page, uint64_t n)
{
	for (uint64_t p = page; p < page + n; p++) {
		ok(ask(ISO_OP_READ, p, 0, 0, 0));
		for (uint32_t i = 0; i < ISO_PAGE_SIZE; i++)
			cr_assert_eq(reply.data[i], 0, "page %d", (int)p);
	}
}

static int is_hosts(uint64_t page)
{
	ok(ask(ISO_OP_PAGE_QUERY, page, 0, 0, 0));
	return (uint16_t)reply.arg[0] == ISO_HOST;
}

/* While it runs and writes, its pages come back one by one, and stay zero, also
 * after it had the time to write to all of them. */
ON_EACH(destroy_of_one_that_writes_leaves_zeros)
{
	int seen[LOW + LOW_PAGES] = { 0 };
	int32_t code;

	start_counting(A);
	counts_on();
	do {
		code = ask(ISO_OP_VM_DESTROY, A, 1, 0, 0);
		for (uint64_t p = LOW; p < LOW + LOW_PAGES; p++) {
			if (seen[p] || !is_hosts(p))
				continue;
			seen[p] = 1;
			usleep(20000);
			all_zero(p, 1);
		}
	} while (code == ISO_RETRY);
	ok(code);
	all_zero(LOW, LOW_PAGES);
	all_zero(A * PAGES, PAGES);
	cr_assert_eq(ask(ISO_OP_WAIT, A, 0, 0, 0), ISO_DENIED);
	finish();
}

/* After the last step the guest has no thread that still counts. */
ON_EACH(destroy_ends_the_run)
{
	uint64_t n;

	start_counting(A);
	counts_on();
	while (ask(ISO_OP_VM_DESTROY, A, 1024, 0, 0) == ISO_RETRY)
		;
	ok(reply.op);
	n = count();
	usleep(20000);
	cr_assert_eq(count(), n);
	finish();
}

ON_EACH(a_vm_made_again_starts_afresh)
{
	for (int i = 0; i < 3; i++) {
		make(A, tells);
		ok(run(A));
		cr_assert_eq(stop(A, LONG), ISO_STOP_HALT);
		cr_assert_eq(reply.len, sizeof(struct iso_event));
		cr_assert_eq(event(0)->nr, ISO_OP_SAY);
		cr_assert_eq(event(0)->arg[1], 0);
		while (ask(ISO_OP_VM_DESTROY, A, 1024, 0, 0) == ISO_RETRY)
			;
		ok(reply.op);
	}
	finish();
}

/* -- the end of isod ----------------------------------------------------- */

ON_EACH(isod_ends_with_its_socket_also_if_guests_spin)
{
	make(A, spins);
	ok(run(A));
	finish();
}

ON_EACH(isod_ends_at_an_empty_message)
{
	send(sock, "", 0, MSG_NOSIGNAL);
	ended();
}
