/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_TX_H
#define ISO_TX_H

#include <stdint.h>

struct iso_engine;

#define ISO_MAX_TX 16u     /* transactions a VM may have at once */
#define ISO_MAX_RANGES 64u /* page ranges of one transaction */

/* The state of a transaction. */
#define ISO_TX_FREE 0u
#define ISO_TX_OPEN 1u /* being built by its sender, who still has the pages */
#define ISO_TX_SENT 2u /* offered to the receivers it lists */

/* What a transaction does with the sender's access and ownership. */
#define ISO_SHARE 1u  /* the sender keeps access and ownership */
#define ISO_LEND 2u   /* the sender gives up access, keeps ownership */
#define ISO_DONATE 3u /* the sender gives up both; one receiver */

/* What a receiver may do with the pages. */
#define ISO_PERM_NONE 0u
#define ISO_PERM_R 1u
#define ISO_PERM_RW 3u
#define ISO_PERM_RX 5u
#define ISO_PERM_RWX 7u

struct iso_range {
	uint32_t page; /* first page */
	uint32_t n;    /* how many */
	uint32_t off;  /* pages in the ranges before this one */
};

struct iso_grant {
	uint8_t perm;      /* ISO_PERM_NONE: not a receiver */
	uint8_t retrieved; /* it has the pages mapped now */
	uint16_t zero;     /* unused */
	uint32_t ipa;      /* where, in pages of its addresses */
};

/*
 * One transaction, kept in its sender's table: a handle is (sender, index), so
 * that no VM learns anything from another's table filling up.
 *
 * While dirty > 0 a CLEAR is under way: ranges 0 .. dirty-2 and the first rest
 * pages of range dirty-1 are not zeroed yet, and nobody reaches any page.
 */
struct iso_tx {
	uint8_t state; /* ISO_TX_... */
	uint8_t kind;  /* ISO_SHARE ... */
	uint16_t nranges;
	uint16_t dirty;
	uint16_t zero; /* unused */
	uint32_t rest;
	uint32_t total; /* pages in all ranges */
	struct iso_range range[ISO_MAX_RANGES];
	struct iso_grant grant[64]; /* by receiver: ISO_MAX_VMS */
};

/*
 * All calls: caller is the VM whose exit is served, taken from the CPU or the
 * socket, never from a guest's register; tx is an index into a sender's table.
 * Every call first answers ISO_INVALID if caller is no VM id and ISO_DENIED if
 * it is not LIVE. The checks that follow are listed in order.
 */

/*
 * iso_tx_open: begin a transaction in the caller's slot tx.
 *   ISO_INVALID  tx is not below ISO_MAX_TX
 *   ISO_INVALID  kind is not ISO_SHARE, ISO_LEND or ISO_DONATE
 *   ISO_BUSY     the slot is not FREE
 * Effect: the slot is OPEN, with no range and no receiver.
 * Others see: nothing, save the host, who sees every transaction's bookkeeping.
 */
int32_t iso_tx_open(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t kind);

/*
 * iso_tx_add: add the pages page .. page + n to the caller's open transaction.
 *   ISO_INVALID    tx is not below ISO_MAX_TX
 *   ISO_INVALID    n is 0, or page .. page + n is not all RAM
 *   ISO_DENIED     the transaction is not OPEN
 *   ISO_NO_MEMORY  it has ISO_MAX_RANGES ranges, or would exceed ISO_IPA_PAGES
 *   ISO_DENIED     a page is not the caller's, is in a transaction already, or
 *                  does not follow the one before in the caller's addresses
 * Effect: the pages are in the transaction. Others see: nothing (but the host).
 */
int32_t iso_tx_add(struct iso_engine *e, uint64_t caller, uint64_t tx,
		   uint64_t page, uint64_t n);

/*
 * iso_tx_grant: make vm a receiver, with the rights perm (ISO_PERM_R, _RW, _RX
 * or _RWX). Granting again replaces the rights.
 *   ISO_INVALID  tx is not below ISO_MAX_TX
 *   ISO_INVALID  vm is no VM id, or is the caller
 *   ISO_INVALID  perm is none of the four
 *   ISO_DENIED   the transaction is not OPEN
 *   ISO_DENIED   vm is not the caller's peer, or is not LIVE
 *   ISO_DENIED   DONATE, and vm is the host (it gets pages by release, zeroed)
 *   ISO_DENIED   DONATE, and another VM is a receiver already
 * Effect: vm is listed. A donation gives all rights whatever perm says.
 * Others see: nothing (but the host) until the transaction is sent.
 */
int32_t iso_tx_grant(struct iso_engine *e, uint64_t caller, uint64_t tx,
		     uint64_t vm, uint64_t perm);

/*
 * iso_tx_send: offer the transaction to its receivers; with clear = 1 zero its
 * pages first. max bounds the pages that one call zeroes.
 *   ISO_INVALID  tx is not below ISO_MAX_TX, clear is not 0 or 1, or max is 0
 *   OPEN:
 *     ISO_INVALID  it has no range, or no receiver
 *     ISO_INVALID  clear with ISO_SHARE (the sender still has the pages)
 *     ISO_RETRY    sent, and clear was asked: call again to zero
 *   SENT with a CLEAR under way:
 *     ISO_RETRY    a chunk was zeroed and some pages are left: call again
 *   ISO_DENIED   neither of the two
 * Effect: LEND and DONATE take the sender's access (unmapped, flushed) before
 * anything is zeroed or offered; its addresses stay reserved.
 * Others see: each receiver sees the offer; until a CLEAR is done retrieving
 * answers ISO_BUSY.
 */
int32_t iso_tx_send(struct iso_engine *e, uint64_t caller, uint64_t tx,
		    uint64_t clear, uint64_t max);

/*
 * iso_tx_retrieve: take what sender's transaction tx offers the caller, at ipa:
 * the ranges follow each other from there.
 *   ISO_INVALID  sender is no VM id, or tx is not below ISO_MAX_TX
 *   ISO_DENIED   no such offer to the caller, or it has it already
 *   ISO_DENIED   the sender is not LIVE
 *   ISO_BUSY     a CLEAR is under way
 *   ISO_INVALID  the pages would not fit below ISO_IPA_PAGES; or the caller is
 *                the host and ipa is among the addresses of RAM
 *   ISO_BUSY     the caller has something at one of the addresses
 * Effect: SHARE and LEND: mapped with the granted rights. DONATE: owned by the
 * caller and mapped with all rights; the sender's slot is FREE.
 * Others see: the sender and the other receivers see that the caller has it.
 */
int32_t iso_tx_retrieve(struct iso_engine *e, uint64_t caller, uint64_t sender,
			uint64_t tx, uint64_t ipa);

/*
 * iso_tx_relinquish: give back what was retrieved; with clear = 1, and as the
 * last holder, have the pages zeroed before anybody sees them. Also goes on
 * with a CLEAR that is under way.
 *   ISO_INVALID  sender is no VM id, tx is not below ISO_MAX_TX, clear is not 0
 *                or 1, or max is 0
 *   ISO_DENIED   no such offer to the caller
 *   retrieved by the caller:
 *     ISO_INVALID  clear with ISO_SHARE
 *     ISO_DENIED   clear, and the caller may not write, or is not the last
 *     ISO_RETRY    given back, and clear was asked: call again to zero
 *   not retrieved, with a CLEAR under way:
 *     ISO_RETRY    a chunk was zeroed and some pages are left: call again
 *   ISO_DENIED   neither of the two
 * Effect: unmapped and flushed. Others see: the sender and the other receivers
 * see that the caller gave it back.
 */
int32_t iso_tx_relinquish(struct iso_engine *e, uint64_t caller,
			  uint64_t sender, uint64_t tx, uint64_t clear,
			  uint64_t max);

/*
 * iso_tx_reclaim: the sender takes its pages back.
 *   ISO_INVALID  tx is not below ISO_MAX_TX, or max is 0
 *   ISO_DENIED   the transaction is not SENT
 *   ISO_DENIED   a receiver holds it
 *   ISO_RETRY    a CLEAR was under way and a chunk was zeroed: call again
 * Effect: mapped again where the sender had them; the slot is FREE.
 * Others see: the receivers see the offer gone.
 */
int32_t iso_tx_reclaim(struct iso_engine *e, uint64_t caller, uint64_t tx,
		       uint64_t max);

/*
 * iso_tx_abort: drop a transaction that was not sent.
 *   ISO_INVALID  tx is not below ISO_MAX_TX
 *   ISO_DENIED   the transaction is not OPEN
 * Effect: its pages are in no transaction; the slot is FREE.
 * Others see: nothing (but the host).
 */
int32_t iso_tx_abort(struct iso_engine *e, uint64_t caller, uint64_t tx);

#endif
