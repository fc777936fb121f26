/* SPDX-License-Identifier: BSD-2-Clause */
/* EL2: begin, enter EL1, come back from it, leave QEMU. */

	.section .text.start, "ax"
	.globl _start
_start:
	adr x0, vectors
	msr vbar_el2, x0
	adrp x0, stack_top
	add x0, x0, :lo12:stack_top
	mov sp, x0
	/* no floating point of EL1 or EL2 traps, but none is used */
	mov x0, #0x33ff
	msr cptr_el2, x0
	msr sctlr_el1, xzr
	isb
	bl main
	b el2_exit

	/* uint64_t el1_run(pc, x0, x1): run EL1 until it traps; its syndrome.
	 * What EL1 runs is ours, and leaves x19 .. x30 alone. */
	.globl el1_run
el1_run:
	stp x29, x30, [sp, #-16]!
	msr elr_el2, x0
	mov x3, #0x3c5
	msr spsr_el2, x3
	mov x0, x1
	mov x1, x2
	eret

from_el1:
	adrp x2, el1_x1
	str x1, [x2, :lo12:el1_x1]
	mrs x0, esr_el2
	ldp x29, x30, [sp], #16
	ret

	/* void el2_exit(code), by semihosting */
	.globl el2_exit
el2_exit:
	sub sp, sp, #16
	movz x1, #0x26
	movk x1, #2, lsl #16
	stp x1, x0, [sp]
	mov x1, sp
	mov x0, #0x18
	hlt #0xf000
	b .

	/* void el2_print(text) */
	.globl el2_print
el2_print:
	mov x1, x0
	mov x0, #4
	hlt #0xf000
	ret

	.balign 2048
vectors:
	.rept 8
	mov x0, #99
	b el2_exit
	.balign 128
	.endr
	b from_el1
	.balign 128
	.rept 7
	mov x0, #98
	b el2_exit
	.balign 128
	.endr

	/* what EL1 runs, in a page of its own */
	.section .guest, "ax"
	.balign 4096
	.globl guest_page
guest_page:
	ldr x1, [x0]
	hvc #0
	str x1, [x0]
	hvc #0
	.balign 4096

	.bss
	.balign 16
	.space 16384
stack_top:
	.balign 8
	.globl el1_x1
el1_x1:
	.space 8
