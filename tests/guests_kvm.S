/* SPDX-License-Identifier: BSD-2-Clause */
#define GUEST_KVM
#include "guests/isa.h"
#include "guests.S"
