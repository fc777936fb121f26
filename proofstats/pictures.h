/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_PICTURES_H
#define PROOFSTATS_PICTURES_H

#include "report.h"

enum picture { PIC_COST, PIC_VARIATION, PIC_WORST, PIC_TREND, PICTURES };

extern const char *const picture_title[PICTURES];

/* How many queries the picture of the worst shows. */
#define WORST 10

/* Leaves the text empty if there is nothing to draw. */
bool draw_picture(struct text *svg, const struct report *r, enum picture p,
		  const struct attention *all, struct error *e);

#endif
