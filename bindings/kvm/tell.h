/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_TELL_H
#define ISO_KVM_TELL_H

#include <stdint.h>

/* How the story is printed: one line a step, steps alike on one line. */

#define TELL_ALONE 0 /* key of a step that shares its line with no other */

void tell_setup(int silent, int colour);
void tell_heading(const char *text);
/* from here on, steps alike share a line, also if others are between them */
void tell_together(void);
void tell_attempt(const char *who, const char *text);

/*
 * who did what, and how it ended. Steps of one who with one key and one answer
 * share a line: during an attack all of them, else those in a row.
 */
void tell(const char *who, const char *what, const char *answer, uint64_t key,
	  int bad);
/* print what is held back */
void tell_flush(void);
void tell_verdict(const char *word, const char *text, int bad);

const char *tell_code(int32_t code);
const char *tell_vm(uint64_t vm);
/* a call by its name and arguments, into what[TELL_ROOM] */
#define TELL_ROOM 80
void tell_call(char *what, uint64_t nr, const uint64_t *arg);

#endif
