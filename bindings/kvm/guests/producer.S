/* SPDX-License-Identifier: BSD-2-Clause */

/* VM 1. It shares, lends and donates, and keeps a secret in its page 8. */

.section .rodata
.balign 16
.global IMAGE(producer), IMAGE_END(producer)
IMAGE(producer):
.set start, IMAGE(producer)
	/* a secret, and two pages shared with the consumer */
	CALL ISO_OP_RANDOM
	MOV(G9, G0)
	HIDE PAGE(8)
	POKE PAGE(9), 0x1111
	POKE PAGE(10), 0x2222
	OFFER 0, SHARE, 9, 2, 2, RW
	YIELD
	/* the consumer has answered in the shared page */
	CHECK PAGE(9) + 8, 0x3333
	YIELD
	/* two pages lent to the consumer */
	CALL_ALL ISO_OP_TX_RECLAIM, 0, 64
	POKE PAGE(11), 0x4444
	OFFER 0, LEND, 11, 2, 2, RW
	YIELD
	/* they are out of reach meanwhile */
	PEEK PAGE(11)
	POKE PAGE(12), 0x666
	YIELD
	/* the consumer gave them back with CLEAR */
	CALL_ALL ISO_OP_TX_RECLAIM, 0, 64
	CHECK PAGE(11), 0
	CHECK PAGE(12), 0
	/* a page for the consumer to keep */
	POKE PAGE(13), 0x5555
	OFFER 0, DONATE, 13, 1, 2, RWX
	YIELD
	/* it is no longer the producer's */
	PEEK PAGE(13)
	POKE PAGE(13), 0x666
	CALL ISO_OP_TX_RECLAIM, 0, 64
	CALL ISO_OP_TX_ADD, 0, 13, 1
	CALL ISO_OP_PAGE_RELEASE, 13, 1, 1
	YIELD
	/* the address is free again: the consumer's share is taken there */
	CALL ISO_OP_TX_RETRIEVE, 2, 0, 13
	CHECK PAGE(13), 0x8888
	CALL_ALL ISO_OP_TX_RELINQUISH, 2, 0, 0, 64
	YIELD
	/* a page for the attacker to read */
	POKE PAGE(14), 0x6666
	OFFER 1, SHARE, 14, 1, 3, R
	YIELD
	/* the attacker has given it back: it gets a secret */
	CHECK PAGE(14), 0x6666
	CALL_ALL ISO_OP_TX_RECLAIM, 1, 64
	HIDE PAGE(14)
	YIELD
	/* two pages for the attacker to work in */
	OFFER 2, LEND, 15, 2, 3, RW
	YIELD
	/* the attacker has given them back with CLEAR: they get a secret */
	CALL_ALL ISO_OP_TX_RECLAIM, 2, 64
	CHECK PAGE(15), 0
	CHECK PAGE(16), 0
	HIDE PAGE(15)
	YIELD
	/* a board for all three */
	CALL ISO_OP_TX_OPEN, 5, SHARE
	CALL ISO_OP_TX_ADD, 5, 20, 1
	CALL ISO_OP_TX_GRANT, 5, 2, RW
	CALL ISO_OP_TX_GRANT, 5, 3, RW
	CALL ISO_OP_TX_SEND, 5, 0, 1
	YIELD
	/* at once with the others: lend a page that holds the round */
	MOVI(G6, 1)
.Llend:
	MOVI(G2, PAGE(21))
	STR(G6, G2)
	OFFER 6, LEND, 21, 1, 2, RW
	POST PAGE(20) + BOARD_PRODUCER
	MEET PAGE(20) + BOARD_CONSUMER
	CALL_ALL ISO_OP_TX_RECLAIM, 6, 64
	CHECK PAGE(21), 0
	MEET PAGE(20) + BOARD_ATTACKER
	ADDI(G6, 1)
	CMPI(G6, ROUNDS + 1)
	BNE(.Llend)
	YIELD
	CALL_ALL ISO_OP_TX_RECLAIM, 5, 64
	/* after all that was tried */
	CHECK_SECRET PAGE(8)
	CHECK_SECRET PAGE(14)
	CHECK_SECRET PAGE(15)
	CHECK PAGE(10), 0x2222
	YIELD
	/* pages out on loan when the host destroys the producer */
	OFFER 3, SHARE, 10, 1, 2, RW
	OFFER 4, LEND, 17, 2, 2, RW
	YIELD
	HALT
	TABLES
IMAGE_END(producer):
