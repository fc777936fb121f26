/* SPDX-License-Identifier: BSD-2-Clause */

/* The guests as code for the machine model. */
#include "isa.h"
#include "producer.S"
#include "consumer.S"
#include "attacker.S"
.section .note.GNU-stack, "", %progbits
