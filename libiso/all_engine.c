/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine as one unit, so that the compiler can put a function of one file
 * into another's. */
#include "check.c"
#include "close.c"
#include "engine.c"
#include "page.c"
#include "retrieve.c"
#include "scrub.c"
#include "store.c"
#include "tx.c"
#include "vm.c"
