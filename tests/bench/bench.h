/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROUNDS_MAX 10001u

extern unsigned rounds;
extern bool json;
extern bool first_row; /* of a JSON array */

void die(const char *what, const char *why);
void expect(const char *what, int32_t code);

/* The compiler may not drop or merge the stores before this. */
void barrier(void);

/* Address space only: a page gets memory when it is first written. */
void *reserve(size_t len, const char *what);

double now_ns(void);

double median(double *v, unsigned n);

/* --json and --rounds=N */
void options(int argc, char **argv);

/* Tables of stage 2: the rest of the output. */
void bench_stage2(void);

#endif
