/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SIGNIFICANCE_H
#define PROOFSTATS_SIGNIFICANCE_H

#include <stddef.h>

/*
 * Fisher's exact test, two-sided: the probability of shares as different as
 * a of n and b of m, or more, if both come from the same.
 */
double p_shares(unsigned a, unsigned n, unsigned b, unsigned m);

/* n numbers: their mean and standard deviation. */
struct sample {
	double n, mean, sd;
};

/* Welch's t-test, two-sided: are the means the same? 1 if n is too small. */
double p_means(const struct sample *a, const struct sample *b);

/*
 * Of many tests some will seem significant by chance. Benjamini and Hochberg:
 * among those whose adjusted p is at most x, no more than a share of x are
 * expected to be false alarms.
 */
void adjust(double *p, size_t count);

/* The regularised incomplete beta function, of which t's tails are made. */
double beta_share(double a, double b, double x);

#endif
