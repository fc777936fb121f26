/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage-2 tables as one unit, so that the compiler can put a function of one
 * file into another's. */
#include "desc.c"
#include "destroy.c"
#include "init.c"
#include "map.c"
#include "merge.c"
#include "protect.c"
#include "split.c"
#include "stage2.c"
#include "table.c"
#include "unmap.c"
#include "vacant.c"
