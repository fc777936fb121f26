/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "isod.h"

/*
 * A vCPU for each VM but the host and the keeper, in which no guest runs, on a
 * thread of its own. The threads are there before isod's sandbox is, which then
 * needs to allow no new ones. go and done hand a
 * vCPU to its thread and back: what is not atomic belongs to who has it.
 */
struct vcpu {
	sem_t go;
	sem_t done;
	pid_t thread;
	int busy; /* the main thread's: it has been given to its thread */
	atomic_uchar *over;
	uint32_t stop;
	uint32_t nevents;
	struct iso_event events[ISO_MAX_EVENTS];
};

static struct vcpu vcpus[ISO_MAX_VMS];

/* Its only use is that KVM_RUN returns. */
static void on_kick(int signal)
{
	(void)signal;
}

/* The run under way, if any, ends: by itself, or when us microseconds are over.
 * What its thread does between two looks at over is bounded. */
static void end_run(uint32_t vm, uint64_t us)
{
	struct vcpu *v = &vcpus[vm];
	struct timespec t;

	if (!v->busy)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)us * 1000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	if (sem_clockwait(&v->done, CLOCK_MONOTONIC, &t) < 0) {
		*v->over = 1;
		syscall(SYS_tkill, v->thread, SIGALRM);
		sem_wait(&v->done);
	}
	v->busy = 0;
}

static void note(struct vcpu *v, uint16_t kind, const uint64_t *reg,
		 int32_t code)
{
	struct iso_event *e = &v->events[v->nevents++];

	e->kind = kind;
	e->nr = reg[0] > UINT16_MAX ? UINT16_MAX : (uint16_t)reg[0];
	e->code = code;
	memcpy(e->arg, reg + 1, sizeof(e->arg));
}

/* Run to the next exit and serve it; why the run stops, or EXIT_NONE. */
static uint32_t step(struct vcpu *v, uint32_t vm)
{
	uint64_t reg[6] = { 0 };
	int32_t code = ISO_OK;
	const uint32_t why = machine_step(vm, reg);

	if (why == EXIT_FAULT) {
		note(v, ISO_EVENT_FAULT, reg, code);
		return EXIT_NONE;
	}
	if (why != EXIT_CALL)
		return why;
	if (reg[0] == ISO_OP_YIELD)
		return ISO_STOP_YIELD;
	if (reg[0] == ISO_OP_RANDOM) {
		if (getrandom(reg, sizeof(reg[0]), 0) != sizeof(reg[0]))
			return ISO_STOP_CRASH;
		machine_answer(vm, reg[0]);
		return EXIT_NONE;
	}
	if (reg[0] != ISO_OP_SAY)
		code = serve_call(vm, reg[0], reg + 1);
	ept_compare();
	note(v, ISO_EVENT_CALL, reg, code);
	machine_answer(vm, (uint64_t)(int64_t)code);
	return EXIT_NONE;
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *v = arg;
	const uint32_t vm = (uint32_t)(v - vcpus);

	v->thread = gettid();
	for (;;) {
		sem_post(&v->done);
		while (sem_wait(&v->go) < 0)
			; /* a kick that came too late */
		v->nevents = 0;
		do {
			v->stop = *v->over ? ISO_STOP_TIME : step(v, vm);
			if (v->nevents == ISO_MAX_EVENTS)
				v->stop = ISO_STOP_FULL;
		} while (v->stop == EXIT_NONE);
	}
	return NULL;
}

void run_open(void)
{
	pthread_t thread;

	signal(SIGALRM, on_kick);
	for (struct vcpu *v = vcpus + 1; v < vcpus + ISO_KEEPER; v++) {
		sem_init(&v->go, 0, 0);
		sem_init(&v->done, 0, 0);
		if (pthread_create(&thread, NULL, vcpu_thread, v) != 0)
			isod_die("isod: no thread for a vCPU\n");
		sem_wait(&v->done);
	}
}

int32_t run_start(uint64_t vm)
{
	struct vcpu *v = &vcpus[vm % ISO_MAX_VMS];
	int32_t code = ISO_OK;

	if (vm >= ISO_KEEPER || vm == ISO_HOST)
		return ISO_INVALID;
	if (v->busy)
		return ISO_BUSY;
	iso_port_lock();
	if (isod_engine.vms[vm].state != ISO_VM_LIVE)
		code = ISO_DENIED;
	else if ((v->over = machine_ready((uint32_t)vm)) == NULL)
		code = ISO_NO_MEMORY;
	iso_port_unlock();
	if (code == ISO_OK) {
		v->busy = 1;
		*v->over = 0;
		sem_post(&v->go);
	}
	return code;
}

int32_t run_wait(uint64_t vm, uint64_t us, struct iso_msg *reply)
{
	const struct vcpu *v = &vcpus[vm % ISO_MAX_VMS];

	if (vm >= ISO_MAX_VMS || us > ISO_MAX_WAIT)
		return ISO_INVALID;
	if (!v->busy)
		return ISO_DENIED;
	end_run((uint32_t)vm, us);
	reply->arg[0] = v->stop;
	reply->len = v->nevents * (uint32_t)sizeof(v->events[0]);
	memcpy(reply->data, v->events, reply->len);
	return ISO_OK;
}

void run_remove(uint32_t vm)
{
	end_run(vm, 0);
	iso_port_lock();
	machine_remove(vm);
	iso_port_unlock();
}
