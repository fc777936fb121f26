/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/random.h>

#include "isod.h"

/* The events of the run that is under way. */
static struct iso_event events[ISO_MAX_EVENTS];
static uint32_t nevents;

static void note_call(const uint64_t *reg, int32_t code)
{
	struct iso_event *v = &events[nevents++];

	v->kind = ISO_EVENT_CALL;
	v->nr = reg[0] > UINT16_MAX ? UINT16_MAX : (uint16_t)reg[0];
	v->code = code;
	memcpy(v->arg, reg + 1, sizeof(v->arg));
}

/* Faults in a row are one event: a hunt through all addresses has many. */
static void note_fault(uint64_t at, uint64_t write)
{
	struct iso_event *v = &events[nevents];

	if (nevents > 0 && v[-1].kind == ISO_EVENT_FAULT && v[-1].nr == write) {
		v[-1].code++;
		v[-1].arg[1] = at;
		return;
	}
	memset(v, 0, sizeof(*v));
	v->kind = ISO_EVENT_FAULT;
	v->nr = (uint16_t)write;
	v->code = 1;
	v->arg[0] = at;
	v->arg[1] = at;
	nevents++;
}

static uint64_t random_word(void)
{
	uint64_t w;

	if (getrandom(&w, sizeof(w), 0) != sizeof(w))
		isod_die("getrandom: no random numbers");
	return w;
}

/* Serve one call; the answer says why the run stops, 0: it goes on. */
static uint32_t guest_call(uint32_t vm, const uint64_t *reg)
{
	uint64_t out = 0;
	int32_t code;

	switch (reg[0]) {
	case ISO_OP_SAY:
		note_call(reg, ISO_OK);
		return 0;
	case ISO_OP_RANDOM:
		machine_answer(vm, random_word());
		return 0;
	case ISO_OP_YIELD:
		return ISO_STOP_YIELD;
	default:
		code = serve_call(vm, reg[0], reg + 1, &out);
		note_call(reg, code);
		machine_answer(vm, (uint64_t)(int64_t)code);
		return 0;
	}
}

static uint32_t handle(uint32_t vm, const struct isod_exit *x)
{
	switch (x->why) {
	case EXIT_CALL:
		return guest_call(vm, x->reg);
	case EXIT_FAULT:
		note_fault(x->reg[0], x->reg[1]);
		return 0;
	case EXIT_HALT:
		return ISO_STOP_HALT;
	case EXIT_BUDGET:
		return ISO_STOP_BUDGET;
	default:
		return ISO_STOP_CRASH;
	}
}

int32_t run_vm(uint64_t vm, uint64_t budget, struct iso_msg *reply)
{
	struct isod_exit x;
	uint32_t stop = 0;

	if (vm >= ISO_MAX_VMS || vm == ISO_HOST)
		return ISO_INVALID;
	if (budget == 0 || budget > ISO_MAX_BUDGET)
		return ISO_INVALID;
	if (isod_engine.vms[vm].state != ISO_VM_LIVE)
		return ISO_DENIED;
	if (!machine_ready((uint32_t)vm))
		return ISO_NO_MEMORY;
	nevents = 0;
	machine_begin((uint32_t)vm, budget);
	while (stop == 0) {
		/* what the last call changed holds before the guest goes on */
		machine_sync((uint32_t)vm);
		machine_step((uint32_t)vm, &x);
		stop = handle((uint32_t)vm, &x);
		if (stop == 0 && nevents == ISO_MAX_EVENTS)
			stop = ISO_STOP_FULL;
	}
	machine_end();
	reply->arg[0] = stop;
	reply->len = nevents * (uint32_t)sizeof(events[0]);
	memcpy(reply->data, events, reply->len);
	return ISO_OK;
}
