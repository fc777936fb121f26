/* SPDX-License-Identifier: BSD-2-Clause */

/* The guests of tests/isod.c, in the instructions of bindings/kvm/guests. */

.section .rodata

.balign 16
.global IMAGE(halts), IMAGE_END(halts)
IMAGE(halts):
.set start, IMAGE(halts)
	HALT
	TABLES
IMAGE_END(halts):

.balign 16
.global IMAGE(spins), IMAGE_END(spins)
IMAGE(spins):
.set start, IMAGE(spins)
.Lspin:
	BR(.Lspin)
	TABLES
IMAGE_END(spins):

/* reads where nothing is, for ever */
.balign 16
.global IMAGE(faults), IMAGE_END(faults)
IMAGE(faults):
.set start, IMAGE(faults)
	MOVI(G6, PAGE(0x700))
.Lfault:
	LDR(G7, G6)
	BR(.Lfault)
	TABLES
IMAGE_END(faults):

/* says what register 6 was at its start, and changes it */
.balign 16
.global IMAGE(tells), IMAGE_END(tells)
IMAGE(tells):
.set start, IMAGE(tells)
	MOV(G2, G6)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_CHECK)
	HVC
	MOVI(G6, 7)
	HALT
	TABLES
IMAGE_END(tells):

/* takes the host's page 0 of slot 0, counts in it, and writes to its own pages
 * at 0x40 .. 0x48, for ever */
.balign 16
.global IMAGE(counts), IMAGE_END(counts)
IMAGE(counts):
.set start, IMAGE(counts)
	CALL ISO_OP_TX_RETRIEVE, 0, 0, 0x180
	MOVI(G6, 0)
.Lcount:
	ADDI(G6, 1)
	MOVI(G2, PAGE(0x180))
	STR(G6, G2)
	MOVI(G7, PAGE(0x40))
.Lwrite:
	STR(G6, G7)
	ADDI(G7, 0x1000)
	CMPI(G7, PAGE(0x48))
	BNE(.Lwrite)
	BR(.Lcount)
	TABLES
IMAGE_END(counts):

/* Three that pass a word on in the host's page, around and around, in one run
 * each: only who runs at the same time as the others gets to its end. */
#define MEETINGS 20

.balign 16
.global IMAGE(meets1), IMAGE_END(meets1)
IMAGE(meets1):
.set start, IMAGE(meets1)
	CALL ISO_OP_TX_RETRIEVE, 0, 0, 0x180
	MOVI(G6, 1)
.Lfirst:
	POST PAGE(0x180)
	MEET PAGE(0x180) + 16
	ADDI(G6, 1)
	CMPI(G6, MEETINGS + 1)
	BNE(.Lfirst)
	HALT
	TABLES
IMAGE_END(meets1):

.balign 16
.global IMAGE(meets2), IMAGE_END(meets2)
IMAGE(meets2):
.set start, IMAGE(meets2)
	CALL ISO_OP_TX_RETRIEVE, 0, 0, 0x180
	MOVI(G6, 1)
.Lsecond:
	MEET PAGE(0x180)
	POST PAGE(0x180) + 8
	ADDI(G6, 1)
	CMPI(G6, MEETINGS + 1)
	BNE(.Lsecond)
	HALT
	TABLES
IMAGE_END(meets2):

.balign 16
.global IMAGE(meets3), IMAGE_END(meets3)
IMAGE(meets3):
.set start, IMAGE(meets3)
	CALL ISO_OP_TX_RETRIEVE, 0, 0, 0x180
	MOVI(G6, 1)
.Lthird:
	MEET PAGE(0x180) + 8
	POST PAGE(0x180) + 16
	ADDI(G6, 1)
	CMPI(G6, MEETINGS + 1)
	BNE(.Lthird)
	HALT
	TABLES
IMAGE_END(meets3):

.section .note.GNU-stack, "", %progbits
