/* SPDX-License-Identifier: BSD-2-Clause */
#include "significance.h"

#include "base.h"

#include <math.h>
#include <stdlib.h>

static double log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

double p_shares(unsigned a, unsigned n, unsigned b, unsigned m)
{
	const double all = (double)n + m, hits = (double)a + b;
	const double whole = log_choose(all, hits);
	const double seen = log_choose(n, a) + log_choose(m, b) - whole;
	double p = 0;

	/* every table with the same sums; those as likely but for rounding */
	for (double k = fmax(0, hits - m); k <= fmin(n, hits); k++) {
		const double this = log_choose(n, k) +
				    log_choose(m, hits - k) - whole;

		if (this <= seen + 1e-7)
			p += exp(this);
	}
	return fmin(p, 1);
}

/*
 * The continued fraction of the incomplete beta function, evaluated from the
 * front: each step multiplies the value by the ratio of two successive
 * convergents' numerators (up) and denominators (down).
 */
static double beta_fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double up = 1, down = 0, value = 1;

	for (int i = 0; i < 1000; i++) {
		const double m = i / 2;
		const double term = i == 0 ? 1 :
			i % 2 == 0 ?
			m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) :
			-(a + m) * (a + b + m) * x /
			((a + 2 * m) * (a + 2 * m + 1));
		double change;

		down = 1 + term * down;
		down = 1 / (fabs(down) < tiny ? tiny : down);
		up = 1 + term / up;
		up = fabs(up) < tiny ? tiny : up;
		change = up * down;
		value *= change;
		if (i > 0 && fabs(change - 1) < 1e-14)
			break;
	}
	return value - 1;
}

double beta_share(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x > 0;
	/* it converges fast on one side of the mean only */
	if (x > (a + 1) / (a + b + 2))
		return 1 - beta_share(b, a, 1 - x);
	front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) -
		    lgamma(b));
	return front * beta_fraction(a, b, x) / a;
}

double p_means(const struct sample *a, const struct sample *b)
{
	const double va = a->sd * a->sd / a->n, vb = b->sd * b->sd / b->n;
	const double d = a->mean - b->mean;
	double freedom;

	if (a->n < 2 || b->n < 2)
		return 1;
	/* nothing varies: then any difference is one */
	if (va + vb <= 0)
		return d == 0;
	freedom = (va + vb) * (va + vb) /
		  (va * va / (a->n - 1) + vb * vb / (b->n - 1));
	return beta_share(freedom / 2, 0.5,
			  freedom / (freedom + d * d / (va + vb)));
}

struct ranked {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void adjust(double *p, size_t count)
{
	struct ranked *all = need(count, sizeof all[0]);
	double least = 1;

	for (size_t i = 0; i < count; i++)
		all[i] = (struct ranked){ p[i], i };
	if (count > 0)
		qsort(all, count, sizeof all[0], by_p);
	for (size_t i = count; i > 0; i--) {
		least = fmin(least, all[i - 1].p * (double)count / (double)i);
		p[all[i - 1].at] = least;
	}
	free(all);
}
