/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_PAGE_H
#define TESTS_PAGE_H

#include <stdint.h>

#include <iso/page.h>

/* are all bytes of page p of ram zero */
static inline int page_is_zero(const uint8_t *ram, uint32_t p)
{
	for (uint32_t i = 0; i < ISO_PAGE_SIZE; i++)
		if (ram[p * ISO_PAGE_SIZE + i] != 0)
			return 0;
	return 1;
}

#endif
