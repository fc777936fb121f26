/* SPDX-License-Identifier: BSD-2-Clause */

/* The guests as x86 code: only where KVM has x86 guests. */
#ifdef __x86_64__
#define GUEST_KVM
#include "isa.h"
#include "producer.S"
#include "consumer.S"
#include "attacker.S"
#endif
.section .note.GNU-stack, "", %progbits
