/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage-2 tables as one unit, for the compiler: a walk of a few small
 * functions, each of a file of its own, is then a loop without calls. */
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
