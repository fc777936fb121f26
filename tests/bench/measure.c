/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE

/* What the benchmarks have in common. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <iso/status.h>

#include "bench.h"

unsigned rounds = 41;
bool json;
bool first_row = true;

void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		why);
	exit(1);
}

void expect(const char *what, int32_t code)
{
	char why[32];

	if (code == ISO_OK)
		return;
	snprintf(why, sizeof(why), "answered %" PRId32, code);
	die(what, why);
}

double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

void *reserve(size_t len, const char *what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die(what, strerror(errno));
	return p;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void usage(void)
{
	fprintf(stderr, "usage: %s [--json] [--rounds=N]   (N odd, 1 .. 10001)\n",
		program_invocation_short_name);
	exit(2);
}

void options(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json")) {
			json = true;
		} else if (!strncmp(argv[i], "--rounds=", 9)) {
			rounds = (unsigned)strtoul(argv[i] + 9, NULL, 10);
			if (rounds % 2 == 0 || rounds > ROUNDS_MAX)
				usage();
		} else {
			usage();
		}
	}
}
