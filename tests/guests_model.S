/* SPDX-License-Identifier: BSD-2-Clause */
#include "guests/isa.h"
#include "guests.S"
