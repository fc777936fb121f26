/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * VM 3. Between what it does as a good neighbour it tries whatever it can.
 * iso-host announces each attack to the story before it runs it.
 */

/* look at each word of each address for a secret */
.macro HUNT
	SECRET_MARK G8, G7
	MOVI(G6, 0)
.Lhunt_page\@:
	LDR(G7, G6)
	CMPI(G7, ISO_NOWHERE)
	BNE(.Lhunt_words\@)
	ADDI(G6, 0x1000)
	BR(.Lhunt_next\@)
.Lhunt_words\@:
	MOVI(G10, 512)
.Lhunt_word\@:
	LDR(G7, G6)
	CMP(G7, G8)
	BNE(.Lhunt_miss\@)
	MOV(G2, G6)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_FOUND)
	HVC
.Lhunt_miss\@:
	ADDI(G6, 8)
	SUBI(G10, 1)
	CMPI(G10, 0)
	BNE(.Lhunt_word\@)
.Lhunt_next\@:
	CMPI(G6, PAGE(0x800))
	BNE(.Lhunt_page\@)
.endm

.section .rodata
.balign 16
.global IMAGE(attacker), IMAGE_END(attacker)
IMAGE(attacker):
.set start, IMAGE(attacker)
	/* two transactions of its own, for the wrong calls to fail on */
	CALL ISO_OP_TX_OPEN, 0, SHARE
	CALL ISO_OP_TX_ADD, 0, 8, 1
	YIELD

	/* attack: the host's calls */
	CALL ISO_OP_VM_CREATE, 5
	CALL ISO_OP_VM_START, 2
	CALL ISO_OP_VM_PEER, 2, 3, 1
	CALL ISO_OP_VM_DESTROY, 1, 64
	CALL ISO_OP_VM_DESTROY, 2, 64
	CALL ISO_OP_PAGE_ASSIGN, 3, 32, 1, 0x300
	CALL ISO_OP_PAGE_ASSIGN, 3, 0, 1, 0x300
	CALL ISO_OP_HELLO
	CALL ISO_OP_LOAD, 32, 0
	CALL ISO_OP_READ, 32
	CALL ISO_OP_RUN, 1, 1000
	YIELD

	/* attack: wrong arguments */
	CALL 0
	CALL 16
	CALL -1, -1, -1, -1, -1, -1
	CALL ISO_OP_PAGE_RELEASE, 0x700, 1, 1
	CALL ISO_OP_PAGE_RELEASE, 9, 0, 1
	CALL ISO_OP_PAGE_RELEASE, 9, -1, 1
	CALL ISO_OP_PAGE_RELEASE, 9, 1, 0
	CALL ISO_OP_PAGE_RELEASE, 8, 1, 1
	CALL ISO_OP_PAGE_QUERY, 0x700
	CALL ISO_OP_PAGE_QUERY, -1
	CALL ISO_OP_TX_OPEN, 0, SHARE
	CALL ISO_OP_TX_OPEN, 16, SHARE
	CALL ISO_OP_TX_OPEN, -1, SHARE
	CALL ISO_OP_TX_OPEN, 1, 0
	CALL ISO_OP_TX_OPEN, 1, 4
	CALL ISO_OP_TX_OPEN, 0x100000001, SHARE
	CALL ISO_OP_TX_ADD, 0, 8, 1
	CALL ISO_OP_TX_ADD, 0, 9, 0
	CALL ISO_OP_TX_ADD, 0, 9, -1
	CALL ISO_OP_TX_ADD, 0, 0x700, 1
	CALL ISO_OP_TX_ADD, 0, -1, 2
	CALL ISO_OP_TX_ADD, 0, 31, 2
	CALL ISO_OP_TX_ADD, 2, 9, 1
	CALL ISO_OP_TX_ADD, 16, 9, 1
	CALL ISO_OP_TX_GRANT, 0, 3, R
	CALL ISO_OP_TX_GRANT, 0, 9, R
	CALL ISO_OP_TX_GRANT, 0, 64, R
	CALL ISO_OP_TX_GRANT, 0, -1, R
	CALL ISO_OP_TX_GRANT, 0, 1, 0
	CALL ISO_OP_TX_GRANT, 0, 1, 2
	CALL ISO_OP_TX_GRANT, 0, 1, 8
	CALL ISO_OP_TX_GRANT, 2, 1, R
	CALL ISO_OP_TX_SEND, 0, 0, 1
	CALL ISO_OP_TX_SEND, 0, 2, 1
	CALL ISO_OP_TX_SEND, 0, 0, 0
	CALL ISO_OP_TX_SEND, 16, 0, 1
	CALL ISO_OP_TX_RETRIEVE, 64, 0, 0x200
	CALL ISO_OP_TX_RETRIEVE, 1, 16, 0x200
	CALL ISO_OP_TX_RETRIEVE, 3, 0, 0x200
	CALL ISO_OP_TX_RELINQUISH, -1, -1, -1, -1
	CALL ISO_OP_TX_RELINQUISH, 3, 0, 0, 1
	CALL ISO_OP_TX_RECLAIM, 0, 64
	CALL ISO_OP_TX_RECLAIM, 0, 0
	CALL ISO_OP_TX_RECLAIM, -1, 64
	CALL ISO_OP_TX_ABORT, 2
	CALL ISO_OP_TX_ABORT, 16
	YIELD

	/* attack: an offer to somebody else, held by that one now */
	CALL ISO_OP_TX_RETRIEVE, 1, 0, 0x200
	CALL ISO_OP_TX_RELINQUISH, 1, 0, 0, 64
	CALL ISO_OP_TX_RELINQUISH, 1, 0, 1, 64
	CALL ISO_OP_TX_RETRIEVE, 2, 0, 0x210
	PEEK PAGE(0x200)
	PEEK PAGE(0x100)
	YIELD

	/* attack: hunt */
	HUNT
	YIELD

	/* a good neighbour: read what is shared with it */
	CALL ISO_OP_TX_RETRIEVE, 1, 1, 0x100
	CHECK PAGE(0x100), 0x6666
	YIELD

	/* attack: more than it was granted */
	POKE PAGE(0x100), 0x666
	POKE PAGE(0x100) + 0xff8, 0x666
	CALL ISO_OP_TX_RETRIEVE, 1, 1, 0x110
	CALL ISO_OP_TX_RELINQUISH, 1, 1, 1, 64
	CALL ISO_OP_TX_ADD, 0, 0x100, 1
	CALL ISO_OP_PAGE_RELEASE, 0x100, 1, 1
	PEEK PAGE(0x110)
	YIELD

	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 1, 0, 64
	YIELD

	/* attack: what it gave back, and its old handle */
	PEEK PAGE(0x100)
	POKE PAGE(0x100), 0x666
	CALL ISO_OP_TX_RETRIEVE, 1, 1, 0x100
	CALL ISO_OP_TX_RELINQUISH, 1, 1, 0, 64
	PEEK PAGE(0x100)
	YIELD

	/* a good neighbour: work in what is lent to it, and clear it */
	CALL ISO_OP_TX_RETRIEVE, 1, 2, 0x100
	POKE PAGE(0x100), 0x7777
	POKE PAGE(0x101), 0x7777
	CHECK PAGE(0x101), 0x7777
	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 2, 1, 1
	YIELD

	/* attack: what was lent to it, after the lender reclaimed it */
	PEEK PAGE(0x100)
	POKE PAGE(0x100), 0x666
	PEEK PAGE(0x101)
	CALL ISO_OP_TX_RETRIEVE, 1, 2, 0x100
	CALL ISO_OP_TX_RELINQUISH, 1, 2, 1, 1
	YIELD

	/* a good neighbour: give the consumer a page */
	OFFER 1, DONATE, 9, 1, 2, RWX
	CALL ISO_OP_TX_OPEN, 2, LEND
	CALL ISO_OP_TX_ADD, 2, 10, 1
	YIELD

	/* attack: what it gave away */
	PEEK PAGE(9)
	POKE PAGE(9), 0x666
	CALL ISO_OP_TX_RECLAIM, 1, 64
	CALL ISO_OP_TX_SEND, 1, 0, 1
	CALL ISO_OP_TX_ADD, 0, 9, 1
	CALL ISO_OP_PAGE_RELEASE, 9, 1, 1
	YIELD

	CALL ISO_OP_TX_RETRIEVE, 1, 5, 0x180
	YIELD

	/* attack: at once with the others, the page that they trade */
	MOVI(G6, 1)
.Lafter:
	MEET PAGE(0x180) + BOARD_PRODUCER
	MOVI(G10, TOUCHES)
.Ltouch:
	MOVI(G2, PAGE(0x190))
	LDR(G3, G2)
	CMPI(G3, ISO_NOWHERE)
	BNE(.Lgot_in)
	SUBI(G10, 1)
	CMPI(G10, 0)
	BNE(.Ltouch)
	POKE PAGE(0x190), 0x666
	BR(.Ltouched)
.Lgot_in:
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_PEEK)
	HVC
.Ltouched:
	CALL ISO_OP_TX_RETRIEVE, 1, 6, 0x190
	CALL ISO_OP_TX_RELINQUISH, 1, 6, 1, 64
	POST PAGE(0x180) + BOARD_ATTACKER
	ADDI(G6, 1)
	CMPI(G6, ROUNDS + 1)
	BNE(.Lafter)
	YIELD

	CALL ISO_OP_TX_RELINQUISH, 1, 5, 0, 64
	YIELD

	/* attack: the consumer, from whom the host has parted it */
	CALL ISO_OP_TX_GRANT, 2, 2, R
	CALL ISO_OP_TX_GRANT, 2, 2, RWX
	CALL ISO_OP_TX_SEND, 2, 0, 1
	CALL ISO_OP_VM_PEER, 2, 3, 1
	YIELD

	/* attack: every call with every three of the edge values */
	MOVI(G6, ISO_OP_VM_CREATE)
.Ledge_call:
	MOVI(G8, PAGE(7))
.Ledge_first:
	MOVI(G9, PAGE(7))
.Ledge_second:
	MOVI(G10, PAGE(7))
.Ledge_third:
	MOV(G0, G6)
	LDR(G1, G8)
	LDR(G2, G9)
	LDR(G3, G10)
	MOVI(G4, 1)
	CMPI(G0, ISO_OP_PAGE_RELEASE)
	BNE(.Ledge_ask)
	ADDI(G1, 9) /* not its own code */
.Ledge_ask:
	HVC
	ADDI(G10, 8)
	CMPI(G10, PAGE(7) + 64)
	BNE(.Ledge_third)
	ADDI(G9, 8)
	CMPI(G9, PAGE(7) + 64)
	BNE(.Ledge_second)
	ADDI(G8, 8)
	CMPI(G8, PAGE(7) + 64)
	BNE(.Ledge_first)
	ADDI(G6, 1)
	CMPI(G6, ISO_OP_TX_ABORT + 1)
	BNE(.Ledge_call)
	YIELD

	/* attack: random words; Knuth's generator */
	CALL ISO_OP_RANDOM
	MOV(G8, G0)
	MOVI(G10, 6364136223846793005)
	MOVI(G11, 1442695040888963407)
	MOVI(G7, 200)
.Lrandom_round:
	MOVI(G6, ISO_OP_VM_CREATE)
.Lrandom_call:
	MULT(G8, G10)
	ADD(G8, G11)
	MOV(G1, G8)
	MULT(G8, G10)
	ADD(G8, G11)
	MOV(G2, G8)
	MULT(G8, G10)
	ADD(G8, G11)
	MOV(G3, G8)
	MULT(G8, G10)
	ADD(G8, G11)
	MOV(G4, G8)
	MOV(G0, G6)
	HVC
	ADDI(G6, 1)
	CMPI(G6, ISO_OP_TX_ABORT + 1)
	BNE(.Lrandom_call)
	SUBI(G7, 1)
	CMPI(G7, 0)
	BNE(.Lrandom_round)
	YIELD

	/* attack: hunt again, with all that it gained */
	HUNT
	YIELD

	/*
	 * attack: keep the CPU, and write to the low pages. When the host
	 * destroys the VM they go first, one by one: leave out those.
	 */
	MOVI(G8, PAGE(0x40))
.Lspin:
	MOV(G6, G8)
.Lwrite:
	STR(G8, G6)
	ADDI(G6, 0x1000)
	CMPI(G6, PAGE(0x48))
	BNE(.Lwrite)
	LDR(G7, G8)
	CMPI(G7, ISO_NOWHERE)
	BNE(.Lspin)
	ADDI(G8, 0x1000)
	CMPI(G8, PAGE(0x48))
	BNE(.Lspin)
.Lgone:
	BR(.Lgone)

	/* the edge values: not code, in the page after the page tables */
	TABLES
	.org start + PAGE(7)
	.quad 0, 1, 2, 3, 63, 64, 0x100000000, -1
IMAGE_END(attacker):
