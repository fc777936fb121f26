/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The instructions that guests are written in. One source, two machines: with
 * GUEST_KVM they are x86 instructions for 64-bit mode, else those of model.h.
 * Registers are G0 .. G11; a call changes G0 only.
 *
 * An image starts at address 0 and is entered there. It has IMAGE_CODE bytes of
 * code and, for x86, three pages of page tables; the pages from 8 on are data.
 */
#include <iso/status.h>

#include "../model.h"
#include "../proto.h"

#define IMAGE_CODE 0x4000
#define PAGE(n) ((n) * 0x1000)

#define SHARE 1
#define LEND 2
#define DONATE 3
#define R 1
#define RW 3
#define RWX 7

#ifdef GUEST_KVM

#define G0 %rax
#define G1 %rdi
#define G2 %rsi
#define G3 %rdx
#define G4 %r10
#define G5 %r8
#define G6 %rbx
#define G7 %rcx
#define G8 %r12
#define G9 %r13
#define G10 %r14
#define G11 %r15

#define NOP nop
#define MOV(a, b) mov b, a
#define MOVI(a, word) movabs $(word), a
#define LDR(a, b) mov (b), a
#define STR(a, b) mov a, (b)
#define CMP(a, b) cmp b, a
#define CMPI(a, word) cmp $(word), a
#define BNE(label) jne label
#define BR(label) jmp label
#define ADD(a, b) add b, a
#define ADDI(a, word) add $(word), a
#define SUBI(a, word) sub $(word), a
#define MULT(a, b) imul b, a
#define HALT hlt
#define HVC out %eax, $0x15

/* Page tables of 64-bit mode: 8 MiB at their own addresses, pages of 2 MiB. */
#define TABLES \
	.org start + IMAGE_CODE; .quad IMAGE_CODE + 0x1003; \
	.org start + IMAGE_CODE + 0x1000; .quad IMAGE_CODE + 0x2003; \
	.org start + IMAGE_CODE + 0x2000; \
	.quad 0x83, 0x200083, 0x400083, 0x600083; \
	.org start + IMAGE_CODE + 0x3000
#define IMAGE(name) guest_kvm_##name
#define IMAGE_END(name) guest_kvm_##name##_end

#else

#define G0 0
#define G1 1
#define G2 2
#define G3 3
#define G4 4
#define G5 5
#define G6 6
#define G7 7
#define G8 8
#define G9 9
#define G10 10
#define G11 11

#define INSN(op, a, b, imm, word) .byte op, a, b, imm; .long 0; .quad word
#define NOP INSN(MODEL_NOP, 0, 0, 0, 0)
#define MOV(a, b) INSN(MODEL_MOV, a, b, 0, 0)
#define MOVI(a, word) INSN(MODEL_MOV, a, 0, 1, word)
#define LDR(a, b) INSN(MODEL_LDR, a, b, 0, 0)
#define STR(a, b) INSN(MODEL_STR, a, b, 0, 0)
#define CMP(a, b) INSN(MODEL_CMP, a, b, 0, 0)
#define CMPI(a, word) INSN(MODEL_CMP, a, 0, 1, word)
#define BNE(label) INSN(MODEL_BNE, 0, 0, 1, label - start)
#define BR(label) INSN(MODEL_BR, 0, 0, 1, label - start)
#define ADD(a, b) INSN(MODEL_ADD, a, b, 0, 0)
#define ADDI(a, word) INSN(MODEL_ADD, a, 0, 1, word)
#define SUBI(a, word) INSN(MODEL_SUB, a, 0, 1, word)
#define MULT(a, b) INSN(MODEL_MULT, a, b, 0, 0)
#define HALT INSN(MODEL_HALT, 0, 0, 0, 0)
#define HVC INSN(MODEL_HVC, 0, 0, 0, 0)

#define TABLES .org start + IMAGE_CODE
#define IMAGE(name) guest_model_##name
#define IMAGE_END(name) guest_model_##name##_end

#endif

/* ask isod: number and arguments; the answer is in G0 */
.macro CALL nr, a=0, b=0, c=0, d=0, e=0
	MOVI(G0, \nr)
	MOVI(G1, \a)
	MOVI(G2, \b)
	MOVI(G3, \c)
	MOVI(G4, \d)
	MOVI(G5, \e)
	HVC
.endm

.macro YIELD
	CALL ISO_OP_YIELD
.endm

/* the same call until it answers something other than ISO_RETRY */
.macro CALL_ALL nr, a=0, b=0, c=0, d=0
.Lagain\@:
	CALL \nr, \a, \b, \c, \d
	CMPI(G0, ISO_RETRY)
	BNE(.Ldone\@)
	BR(.Lagain\@)
.Ldone\@:
.endm

/* write a word */
.macro POKE addr, word
	MOVI(G2, \addr)
	MOVI(G3, \word)
	STR(G3, G2)
.endm

/* read a word where there should be nothing, and say what was there */
.macro PEEK addr
	MOVI(G2, \addr)
	LDR(G3, G2)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_PEEK)
	HVC
.endm

/* read a word and say whether it is what it should be */
.macro CHECK addr, word
	MOVI(G2, \addr)
	LDR(G4, G2)
	MOVI(G3, \word)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_CHECK)
	HVC
.endm

/* the same for the second word of a secret, which is in G9 */
.macro CHECK_SECRET addr
	MOVI(G2, \addr + 8)
	LDR(G4, G2)
	MOV(G3, G9)
	MOVI(G2, \addr)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_CHECK)
	HVC
.endm

/* the word that marks a secret; made here so that no image contains it */
.macro SECRET_MARK reg, scratch
	MOVI(\reg, ISO_SECRET_A)
	MOVI(\scratch, ISO_SECRET_B)
	ADD(\reg, \scratch)
.endm

/* keep a secret at addr: its mark and the random word in G9 */
.macro HIDE addr
	SECRET_MARK G3, G4
	MOVI(G2, \addr)
	STR(G3, G2)
	ADDI(G2, 8)
	STR(G9, G2)
	CALL ISO_OP_SAY, ISO_SAY_SECRET, \addr
.endm

/* open tx, add n pages from page on, grant to vm, send */
.macro OFFER tx, kind, page, n, vm, perm
	CALL ISO_OP_TX_OPEN, \tx, \kind
	CALL ISO_OP_TX_ADD, \tx, \page, \n
	CALL ISO_OP_TX_GRANT, \tx, \vm, \perm
	CALL ISO_OP_TX_SEND, \tx, 0, 1
.endm

/*
 * Guests that run at once meet at a board: a page that the producer shares with
 * the others. Each writes its round to a word of its own, others wait for it.
 */
#define BOARD_PRODUCER 0
#define BOARD_CONSUMER 8
#define BOARD_ATTACKER 16
#define ROUNDS 16
#define TOUCHES 32 /* of the attacker, a round */

/* post the round that is in G6 at addr */
.macro POST addr
	MOVI(G2, \addr)
	STR(G6, G2)
.endm

/* until the word at addr is G6 */
.macro MEET addr
	MOVI(G2, \addr)
.Lmeet\@:
	LDR(G3, G2)
	CMP(G3, G6)
	BNE(.Lmeet\@)
.endm
