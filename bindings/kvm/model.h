/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_MODEL_H
#define ISO_KVM_MODEL_H

/*
 * The machine model's instructions. Twelve registers of 64 bits, one flag
 * (equal), addresses in bytes. The second operand is the register b, or word if
 * imm is 1. Also read by guests/.
 */
#define MODEL_NOP 0
#define MODEL_MOV 1  /* a = y */
#define MODEL_LDR 2  /* a = the word at address b */
#define MODEL_STR 3  /* the word at address b = a */
#define MODEL_CMP 4  /* equal = a is y */
#define MODEL_BNE 5  /* if not equal: go to y */
#define MODEL_BR 6   /* go to y */
#define MODEL_ADD 7  /* a = a + y */
#define MODEL_SUB 8  /* a = a - y */
#define MODEL_MULT 9 /* a = a * y */
#define MODEL_HALT 10
#define MODEL_HVC 11 /* call isod: number and arguments in registers 0 .. 5 */

#define MODEL_REGS 12

#ifndef __ASSEMBLER__
#include <stdint.h>

struct model_insn {
	uint8_t op;
	uint8_t a;
	uint8_t b;
	uint8_t imm;
	uint32_t zero;
	uint64_t word;
};
_Static_assert(sizeof(struct model_insn) == 16, "ABI");
#endif

#endif
