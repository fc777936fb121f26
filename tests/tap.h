/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_TESTS_TAP_H
#define ISO_TESTS_TAP_H

/* What a program of tests says of each, in the Test Anything Protocol. */

#include <inttypes.h>
#include <stdio.h>

static uint32_t tests;
static int bad; /* some test was not good */

static void test(int good, const char *what, const char *how)
{
	bad |= !good;
	printf("%s %" PRIu32 " - %s%s\n", good ? "ok" : "not ok", ++tests, what,
	       how);
}

#endif
