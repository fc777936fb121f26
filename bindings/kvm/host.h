/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_HOST_H
#define ISO_KVM_HOST_H

#include <sys/types.h>

#include <iso/iso.h>

#include "proto.h"

/* The parts of iso-host, the untrusted policy side. */

#define PRODUCER 1u
#define CONSUMER 2u
#define ATTACKER 3u
#define VM_PAGES 32u /* VM v is given the pages from v * VM_PAGES on */
#define LOW_PAGE 8u  /* the attacker also these, which are scrubbed first */
#define LOW_PAGES 8u
#define LOW_AT 0x40u

/* what isod answered last, and of what kind its machine is */
extern struct iso_msg host_reply;
extern struct iso_msg host_hello;

/* host.c: one message to isod and its answer */
int32_t ask(int32_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
int32_t ask_load(uint64_t page, uint64_t offset, const uint8_t *data,
		 uint32_t len);
/* any bytes as a message, and the answer to the oldest one not yet answered */
void send_raw(const void *bytes, uint64_t n);
int32_t receive_answer(void);

/* to the story */
void note(uint64_t kind, uint64_t a, uint64_t b, const char *text);
void begin(uint64_t who, uint64_t rule, const char *text);
void over(void);

/* let vm run to its next yield */
void run(uint64_t vm);
/* let all three run at once, each to its next yield */
void run_together(void);
/* run vm under the name of an attack */
void attack(uint64_t vm, uint64_t rule, const char *text);

/* script.c: the story that the guests play */
void script_guests(void);
void script_last(int evil);

/* evil.c: what a taken-over iso-host tries */
void evil_process(pid_t isod, int confined);
void evil_report(void);
void evil_calls(void);
void evil_messages(void);
void evil_destroy(uint64_t vm);
void evil_destroy_running(uint64_t vm);

#endif
