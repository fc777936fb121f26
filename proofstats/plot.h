/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_PLOT_H
#define PROOFSTATS_PLOT_H

#include "base.h"

/*
 * What gnuplot draws, as an SVG element for the middle of a page: in the
 * page's colour where gnuplot draws black, and with ids that begin with the
 * name, which no other picture of the page may have.
 */
bool plot(struct text *svg, const char *name, const struct text *script,
	  struct error *e);

/* Add a name to a script so that it is a string there and nothing else. */
void plot_string(struct text *script, const char *s, size_t most);

#endif
