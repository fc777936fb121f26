/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_TESTS_RNG_H
#define ISO_TESTS_RNG_H

/* Numbers by chance, from a seed that is not 0: the same on every machine. */

#include <stdint.h>

static uint64_t rng;

/* n may be any number */
static inline void seed(uint64_t n)
{
	rng = n * 0x9e3779b97f4a7c15ull | 1;
}

/* xorshift64*, by Sebastiano Vigna */
static uint64_t word(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return rng * 0x2545f4914f6cdd1dull;
}

#endif
