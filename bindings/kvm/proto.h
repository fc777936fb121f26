/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_PROTO_H
#define ISO_KVM_PROTO_H

/*
 * What crosses the borders of isod: the messages of the hypervisor's policy
 * side (iso-host) and the register calls of guests. Also read by guests/.
 *
 * A call has a number and up to five arguments, in the order of libiso's
 * headers without the engine and the caller: who calls is known by the socket
 * or by the vCPU, never from an argument. Numbers 1 .. 15 are libiso's calls,
 * and anybody may try any of them. A guest names pages by its own addresses.
 */
#define ISO_OP_VM_CREATE 1
#define ISO_OP_VM_START 2
#define ISO_OP_VM_PEER 3
#define ISO_OP_VM_DESTROY 4
#define ISO_OP_PAGE_ASSIGN 5
#define ISO_OP_PAGE_RELEASE 6
#define ISO_OP_PAGE_QUERY 7
#define ISO_OP_TX_OPEN 8
#define ISO_OP_TX_ADD 9
#define ISO_OP_TX_GRANT 10
#define ISO_OP_TX_SEND 11
#define ISO_OP_TX_RETRIEVE 12
#define ISO_OP_TX_RELINQUISH 13
#define ISO_OP_TX_RECLAIM 14
#define ISO_OP_TX_ABORT 15

/* For iso-host only. Results are in arg[] of the reply. */
#define ISO_OP_HELLO 32 /* ISO_MACHINE_..., pages of RAM, translations that
			   --ept-check has compared so far */
#define ISO_OP_LOAD 33  /* address in pages, offset in bytes; data: the bytes */
#define ISO_OP_READ 34  /* address in pages; the reply's data: the page */
#define ISO_OP_RUN 35   /* vm: let it run, and answer at once */
#define ISO_OP_WAIT 36  /* vm, microseconds: until it stops, or is stopped then;
			   reply: ISO_STOP_..., data: events */

/* For guests only. */
#define ISO_OP_SAY 48    /* ISO_SAY_..., address, two words: for the story */
#define ISO_OP_RANDOM 49 /* answers a random word */
#define ISO_OP_YIELD 50  /* give the CPU back to the host */

/* From iso-host to iso-demo: isod never sees it. ISO_NOTE_..., three words */
#define ISO_OP_NOTE 64

#define ISO_MACHINE_MODEL 0
#define ISO_MACHINE_KVM 1

#define ISO_MAX_WAIT 1000000 /* of ISO_OP_WAIT, in microseconds */

/* isod's exit status when --ept-check finds a difference. */
#define ISO_EXIT_EPT 4

/* Why a run ended. */
#define ISO_STOP_YIELD 1
#define ISO_STOP_HALT 2
#define ISO_STOP_TIME 3  /* it was stopped */
#define ISO_STOP_FULL 4  /* no room for more events: run again */
#define ISO_STOP_CRASH 5 /* the guest did what its machine cannot go on from */

/* What a guest says: address, then ... */
#define ISO_SAY_SECRET 1 /* it keeps a secret there */
#define ISO_SAY_CHECK 2  /* the word it should see, the word it sees */
#define ISO_SAY_PEEK 3   /* the word it sees where it should see none */
#define ISO_SAY_FOUND 4  /* it found a secret that is not its own */

/* What iso-host tells the story. */
#define ISO_NOTE_ACT 1     /* text: a heading */
#define ISO_NOTE_ATTEMPT 2 /* who, ISO_RULE_...; text: the attack that begins */
#define ISO_NOTE_OVER 3    /* the attack is over */
#define ISO_NOTE_RESULT 4  /* 1: it got in, 0: not; text: what it tried */
#define ISO_NOTE_DONE 5    /* the story is over */

/* What is a breach during an attack, beside wrong data and found secrets. */
#define ISO_RULE_DENY 1 /* a call that succeeds */
#define ISO_RULE_FREE 2 /* no call: some are the attacker's right */
#define ISO_RULE_SPIN 3 /* a run that is not stopped when its time is up */
#define ISO_RULE_SEARCH 4 /* a page read that is not all zero */
#define ISO_RULE_MEANWHILE 5 /* as DENY; and others run at the same time */

/*
 * A page with this word first holds a secret in its second word. It is always
 * made by an addition at run time, so no image has it as a constant.
 */
#define ISO_SECRET_A 0x5ec2e700deadbeef
#define ISO_SECRET_B 0x0102030405060708

/* A read where a guest has nothing; also what a bus without devices answers. */
#define ISO_NOWHERE -1

#ifndef __ASSEMBLER__
#include <stdint.h>

#define ISO_MSG_HEAD 64u
#define ISO_MSG_DATA 4096u

/* A request, and its reply: the same tag, and the answer in place of op. */
struct iso_msg {
	int32_t op;
	uint32_t len; /* bytes of data: the message has ISO_MSG_HEAD + len */
	uint64_t tag;
	uint64_t arg[6];
	uint8_t data[ISO_MSG_DATA];
};
_Static_assert(sizeof(struct iso_msg) == ISO_MSG_HEAD + ISO_MSG_DATA, "ABI");

#define ISO_EVENT_CALL 1  /* a guest's call: number, code, arguments; a query's
			     answer is in arg[0] */
#define ISO_EVENT_FAULT 2 /* nr: 1 if it writes; arg[0]: the address in bytes */

/* What a guest did that its host may know of. */
struct iso_event {
	uint16_t kind;
	uint16_t nr;
	int32_t code;
	uint64_t arg[5];
};
_Static_assert(sizeof(struct iso_event) == 48, "ABI");

#define ISO_MAX_EVENTS (ISO_MSG_DATA / sizeof(struct iso_event))
#endif

#endif
