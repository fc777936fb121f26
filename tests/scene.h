/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCENE_H
#define SCENE_H

/*
 * Some VMs to play with, and the two ways to call the engine: refused() for a
 * call that must change nothing, accepted() for one that takes effect.
 */

#include <criterion/criterion.h>

#include "invariants.h"
#include "world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* VMs of the scene */
#define A 1u /* LIVE, peer of B, C and the host */
#define B 2u /* LIVE, peer of A and the host */
#define C 3u /* LIVE, peer of A; the host and B are not its peers */
#define D 4u /* CREATED, peer of A */
#define X 5u /* ABSENT, until a test takes it */

#define Z 63u /* the last, ABSENT until last_init */

/* each of A, B, C and D has 32 pages, from PAGE(v) at IPA(v); the host has the
 * first 32 and those after the last of D */
#define PAGES 32u
#define PAGE(v) ((v) * PAGES)
#define IPA(v) (1000u * (v))
#define HOST_PAGE 3u /* one of the host's */

#define T 5u /* the slot that the tests use */

/* words that are no VM id, though some of their low bits are */
extern const uint64_t not_vm[8];
extern const uint64_t not_tx[8];
extern const uint64_t not_perm[8];
/* runs that are not all RAM */
struct run {
	uint64_t lo;
	uint64_t n;
};
extern const struct run not_run[10];

/* a new engine; and with the scene on it */
void empty_init(void);
void scene_init(void);
/* Z is LIVE, without a page, and A's peer */
void last_init(void);
/* at the end of each test: the invariant holds */
void scene_check(void);

extern struct world before;

#define refused(want, call)                                             \
	do {                                                            \
		world_save(&before);                                    \
		cr_assert_eq((call), (want), #call " is not " #want);   \
		cr_assert(world_equal(&before), #call " left a trace"); \
	} while (0)

#define accepted(want, call)                                           \
	do {                                                           \
		cr_assert_eq((call), (want), #call " is not " #want);  \
		cr_assert_null(wf_broken(&engine, &machine, all_vms,   \
					 ISO_MAX_VMS));                \
	} while (0)

#define ok(call) accepted(ISO_OK, call)

/* A opens T, adds two ranges of its pages, OFFERED in all, and lists B */
#define OFFERED 5u
void open_offer(uint32_t kind, uint32_t perm);
/* and sends it */
void send_offer(uint32_t kind, uint32_t perm);
/* and B retrieves it at TAKEN */
#define TAKEN 5000u
void take_offer(uint32_t kind, uint32_t perm);
/* the i-th page of the offer */
uint32_t offer_page(uint32_t i);

/* vm has begun to die */
void doom(uint32_t vm);
/* destroy vm, max pages a call, until the answer is not ISO_RETRY */
int32_t destroy(uint32_t vm, uint64_t max);

#endif
