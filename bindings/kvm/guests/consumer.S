/* SPDX-License-Identifier: BSD-2-Clause */

/* VM 2. It takes what the producer (VM 1) offers, and checks it. */

.section .rodata
.balign 16
.global IMAGE(consumer), IMAGE_END(consumer)
IMAGE(consumer):
.set start, IMAGE(consumer)
	CALL ISO_OP_RANDOM
	MOV(G9, G0)
	YIELD
	/* the share: read, and answer in it */
	CALL ISO_OP_TX_RETRIEVE, 1, 0, 0x100
	CHECK PAGE(0x100), 0x1111
	CHECK PAGE(0x101), 0x2222
	POKE PAGE(0x100) + 8, 0x3333
	YIELD
	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 0, 0, 64
	YIELD
	/* the loan: a secret is put in it, and cleared before it goes back */
	CALL ISO_OP_TX_RETRIEVE, 1, 0, 0x100
	CHECK PAGE(0x100), 0x4444
	HIDE PAGE(0x101)
	YIELD
	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 0, 1, 1
	YIELD
	/* the donation, and a share in return */
	CALL ISO_OP_TX_RETRIEVE, 1, 0, 0x120
	CHECK PAGE(0x120), 0x5555
	POKE PAGE(8), 0x8888
	OFFER 0, SHARE, 8, 1, 1, R
	YIELD
	CALL_ALL ISO_OP_TX_RECLAIM, 0, 64
	/* the attacker's donation: taken, and used for a secret */
	CALL ISO_OP_TX_RETRIEVE, 3, 1, 0x130
	HIDE PAGE(0x130)
	YIELD
	CALL ISO_OP_TX_RETRIEVE, 1, 5, 0x180
	YIELD
	/* at once with the others: see the round, leave a secret, clear it */
	MOVI(G6, 1)
.Lborrow:
	MEET PAGE(0x180) + BOARD_PRODUCER
	CALL ISO_OP_TX_RETRIEVE, 1, 6, 0x190
	MOVI(G2, PAGE(0x190))
	LDR(G4, G2)
	MOV(G3, G6)
	MOVI(G0, ISO_OP_SAY)
	MOVI(G1, ISO_SAY_CHECK)
	HVC
	HIDE PAGE(0x190)
	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 6, 1, 64
	POST PAGE(0x180) + BOARD_CONSUMER
	ADDI(G6, 1)
	CMPI(G6, ROUNDS + 1)
	BNE(.Lborrow)
	CALL ISO_OP_TX_RELINQUISH, 1, 5, 0, 64
	YIELD
	/* after all that was tried */
	CHECK PAGE(0x120), 0x5555
	CHECK_SECRET PAGE(0x130)
	YIELD
	/* what the producer has out when the host destroys it */
	CALL ISO_OP_TX_RETRIEVE, 1, 3, 0x140
	CHECK PAGE(0x140), 0x2222
	YIELD
	CALL_ALL ISO_OP_TX_RELINQUISH, 1, 3, 0, 64
	YIELD
	/* the producer is gone; what it gave stays */
	CHECK PAGE(0x120), 0x5555
	CHECK_SECRET PAGE(0x130)
	HALT
	TABLES
IMAGE_END(consumer):
