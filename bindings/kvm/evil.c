/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "host.h"

/* What iso-host tries when somebody else has taken it over. */

#define MINE 200u /* a page that is the host's by right */

/* The pages that are not the host's when it turns on its guests. */
static uint64_t guests_page[256];
static unsigned nguests;

/* Attacks on isod as a process, first with all system calls, then confined. */
struct result {
	char text[64];
	int got_in;
};
static struct result results[16];
static unsigned nresults;

static void record(const char *text, int confined, long got)
{
	struct result *r = &results[nresults++];

	snprintf(r->text, sizeof(r->text), "%s%s", text,
		 confined ? ", in the sandbox" : "");
	r->got_in = got >= 0;
}

static long open_proc(pid_t isod, const char *file, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)isod, file);
	return open(path, flags);
}

void evil_process(pid_t isod, int confined)
{
	char byte;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)0x400000, 1 };
	long fd;

	record("ptrace", confined, ptrace(PTRACE_SEIZE, isod, NULL, NULL));
	record("/proc/isod/mem", confined, open_proc(isod, "mem", O_RDWR));
	record("/proc/isod/maps", confined,
	       open_proc(isod, "maps", O_RDONLY) < 0 ? -1 : 0);
	record("/proc/isod/fd", confined,
	       open_proc(isod, "fd/3", O_RDWR | O_NONBLOCK));
	record("process_vm_readv", confined,
	       process_vm_readv(isod, &here, 1, &there, 1, 0));
	fd = syscall(SYS_pidfd_open, isod, 0);
	record("pidfd_getfd", confined,
	       fd < 0 ? fd : syscall(SYS_pidfd_getfd, fd, 0, 0));
	if (fd >= 0)
		close((int)fd);
}

void evil_report(void)
{
	note(ISO_NOTE_ACT, 0, 0, "the host goes for isod's process");
	begin(ISO_HOST, ISO_RULE_DENY, "get into isod's process");
	for (unsigned i = 0; i < nresults; i++)
		note(ISO_NOTE_RESULT, (uint64_t)results[i].got_in, 0,
		     results[i].text);
	over();
}

static void find_guests_pages(void)
{
	const uint64_t n = host_hello.arg[1];

	for (uint64_t p = 0; p < n && nguests < 256; p++)
		if (ask(ISO_OP_PAGE_QUERY, p, 0, 0, 0) == ISO_OK &&
		    (uint16_t)host_reply.arg[0] != ISO_HOST &&
		    (uint16_t)host_reply.arg[0] != ISO_KEEPER)
			guests_page[nguests++] = p;
}

static void evil_assign(void)
{
	ask(ISO_OP_VM_CREATE, 4, 0, 0, 0);
	ask(ISO_OP_VM_CREATE, 5, 0, 0, 0);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE, 1, 0);
	begin(ISO_HOST, ISO_RULE_DENY, "assign guests' pages to its own VM");
	for (unsigned i = 0; i < nguests; i++)
		ask(ISO_OP_PAGE_ASSIGN, 4, guests_page[i], 1, 0x100 + i);
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "assign a page twice, or nonsense");
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE, 1, 1);
	ask(ISO_OP_PAGE_ASSIGN, 5, MINE, 1, 0);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE + 1, 1, 0);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE - 1, 3, 8);
	ask(ISO_OP_PAGE_ASSIGN, CONSUMER, MINE + 1, 1, 0x300);
	ask(ISO_OP_PAGE_ASSIGN, ISO_HOST, MINE + 1, 1, 0x300);
	ask(ISO_OP_PAGE_ASSIGN, 64, MINE + 1, 1, 0);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE + 1, 0, 8);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE + 1, UINT64_MAX, 8);
	ask(ISO_OP_PAGE_ASSIGN, 4, UINT64_MAX, 2, 8);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE + 1, 1, UINT64_MAX);
	ask(ISO_OP_PAGE_ASSIGN, 4, MINE + 1, 1, 0x7ffffff);
	over();
}

static void evil_memory(void)
{
	const uint8_t junk[8] = "evil";

	begin(ISO_HOST, ISO_RULE_DENY, "read guests' pages");
	for (unsigned i = 0; i < nguests; i++)
		ask(ISO_OP_READ, guests_page[i], 0, 0, 0);
	ask(ISO_OP_READ, UINT64_MAX, 0, 0, 0);
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "write guests' pages");
	for (unsigned i = 0; i < nguests; i++)
		ask_load(guests_page[i], 2048, junk, sizeof(junk));
	ask_load(MINE + 1, ISO_PAGE_SIZE - 4, junk, sizeof(junk));
	ask_load(MINE + 1, UINT64_MAX, junk, sizeof(junk));
	over();
}

static void evil_transactions(void)
{
	ask(ISO_OP_TX_OPEN, 0, ISO_SHARE, 0, 0);
	begin(ISO_HOST, ISO_RULE_DENY, "share guests' pages as its own");
	for (unsigned i = 0; i < nguests; i++)
		ask(ISO_OP_TX_ADD, 0, guests_page[i], 1, 0);
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "take what guests offer each other");
	for (uint64_t v = PRODUCER; v <= ATTACKER; v++) {
		for (uint64_t h = 0; h < ISO_MAX_TX; h++) {
			ask(ISO_OP_TX_RETRIEVE, v, h, 0x400, 0);
			ask(ISO_OP_TX_RELINQUISH, v, h, 0, 64);
		}
	}
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "run what may not run");
	ask(ISO_OP_RUN, ISO_HOST, 0, 0, 0);
	ask(ISO_OP_RUN, 4, 0, 0, 0);
	ask(ISO_OP_RUN, 63, 0, 0, 0);
	ask(ISO_OP_RUN, UINT64_MAX, 0, 0, 0);
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "wait for what does not run");
	ask(ISO_OP_WAIT, ISO_HOST, 1000, 0, 0);
	ask(ISO_OP_WAIT, CONSUMER, 1000, 0, 0);
	ask(ISO_OP_WAIT, CONSUMER, UINT64_MAX, 0, 0);
	ask(ISO_OP_WAIT, 63, 1000, 0, 0);
	ask(ISO_OP_WAIT, UINT64_MAX, 1000, 0, 0);
	over();
}

void evil_calls(void)
{
	note(ISO_NOTE_ACT, 0, 0, "the host asks isod for what is not its own");
	find_guests_pages();
	evil_assign();
	evil_memory();
	evil_transactions();
}

static uint64_t next_random(void)
{
	static uint64_t x = 1;

	x = x * 6364136223846793005u + 1442695040888963407u;
	return x >> 16;
}

/* Messages of any length, with lengths that lie, full of noise. */
static void malformed(void)
{
	static uint8_t noise[8192];
	struct iso_msg *m = (struct iso_msg *)(void *)noise;

	for (uint64_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)next_random();
	/* not 0: that is the end of the socket */
	for (uint64_t n = 1; n < 128; n++) {
		send_raw(noise, n);
		receive_answer();
	}
	send_raw(noise, sizeof(noise));
	receive_answer();
	m->op = ISO_OP_LOAD;
	m->arg[0] = MINE + 1;
	m->arg[1] = 0;
	for (uint32_t lie = 0; lie < 64; lie++) {
		m->len = lie == 0 ? UINT32_MAX : (uint32_t)next_random();
		send_raw(noise, ISO_MSG_HEAD + lie);
		receive_answer();
	}
	m->len = 0;
	for (int i = 0; i < 256; i++) {
		m->op = (int32_t)(next_random() | 0x80);
		send_raw(noise, ISO_MSG_HEAD);
		receive_answer();
	}
}

/* Many messages before an answer is looked at. */
static void flood(void)
{
	const struct iso_msg m = { .op = ISO_OP_READ,
				   .arg = { guests_page[0] } };

	for (int i = 0; i < 200; i++) {
		for (int k = 0; k < 20; k++)
			send_raw(&m, ISO_MSG_HEAD);
		for (int k = 0; k < 20; k++)
			receive_answer();
	}
}

void evil_messages(void)
{
	note(ISO_NOTE_ACT, 0, 0, "the host floods and malforms the socket");
	begin(ISO_HOST, ISO_RULE_DENY, "malformed messages");
	malformed();
	over();
	begin(ISO_HOST, ISO_RULE_DENY, "a flood of messages");
	flood();
	over();
}

/* Read each page that vm had; the story sees what comes. */
static void search(uint64_t vm)
{
	for (uint64_t i = 0; i < VM_PAGES; i++)
		ask(ISO_OP_READ, vm * VM_PAGES + i, 0, 0, 0);
	for (uint64_t i = 0; vm == ATTACKER && i < LOW_PAGES; i++)
		ask(ISO_OP_READ, LOW_PAGE + i, 0, 0, 0);
}

static int32_t destroy_and_search(uint64_t vm, uint64_t often)
{
	int32_t code;

	for (uint64_t step = 0;; step++) {
		code = ask(ISO_OP_VM_DESTROY, vm, 4, 0, 0);
		if (code != ISO_RETRY)
			return code;
		if (step % often == 0)
			search(vm);
	}
}

void evil_destroy(uint64_t vm)
{
	begin(ISO_HOST, ISO_RULE_SEARCH, "destroy a VM whose page is out");
	destroy_and_search(vm, 16);
	over();
	/* the borrower gives it back */
	run(CONSUMER);
	begin(ISO_HOST, ISO_RULE_SEARCH, "search a destroyed VM's pages");
	destroy_and_search(vm, 16);
	search(vm);
	over();
}

/* vm writes to the pages that are scrubbed first as long as it can. */
void evil_destroy_running(uint64_t vm)
{
	begin(ISO_HOST, ISO_RULE_SEARCH, "destroy a VM while it runs");
	ask(ISO_OP_RUN, vm, 0, 0, 0);
	destroy_and_search(vm, 64);
	search(vm);
	over();
}
