/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "isod.h"
#include "model.h"

/*
 * The machine model: an interpreter of the small instruction set of model.h,
 * for computers without /dev/kvm. Every access goes through the port's table.
 */
struct vcpu {
	int ready;
	uint64_t pc;
	uint64_t equal;
	uint64_t reg[MODEL_REGS];
};

const uint32_t machine_kind = ISO_MACHINE_MODEL;
const struct sandbox_rule machine_rules[1] = { { 0, SANDBOX_ANY, 0 } };
const unsigned machine_nrules = 0;

static struct vcpu vcpus[ISO_MAX_VMS];
static uint64_t left;

void machine_open(uint8_t *ram)
{
	(void)ram;
}

int machine_ready(uint32_t vm)
{
	vcpus[vm].ready = 1;
	return 1;
}

void machine_remove(uint32_t vm)
{
	memset(&vcpus[vm], 0, sizeof(vcpus[vm]));
}

/* Nothing is cached: each access looks at the table. */
void machine_sync(uint32_t vm)
{
	(void)vm;
}

void machine_begin(uint32_t vm, uint64_t budget)
{
	(void)vm;
	left = budget;
}

void machine_answer(uint32_t vm, uint64_t word)
{
	vcpus[vm].reg[0] = word;
}

void machine_end(void)
{
}

/* where the n bytes at addr are, all in one page; or NULL */
static uint8_t *reach(uint32_t vm, uint64_t addr, uint64_t n, uint32_t perm)
{
	const uint64_t offset = addr % ISO_PAGE_SIZE;
	uint8_t *page = port_reach(vm, addr / ISO_PAGE_SIZE, perm);

	if (page == NULL || offset > ISO_PAGE_SIZE - n)
		return NULL;
	return page + offset;
}

static int fault(struct isod_exit *x, uint64_t addr, uint64_t write)
{
	x->why = EXIT_FAULT;
	x->reg[0] = addr;
	x->reg[1] = write;
	return 1;
}

/* ldr and str; a read of nothing gives ones, a write there is lost */
static int access_ram(uint32_t vm, struct vcpu *c, const struct model_insn *i,
		      struct isod_exit *x)
{
	const int write = i->op == MODEL_STR;
	const uint64_t addr = c->reg[i->b];
	uint8_t *p = reach(vm, addr, 8, write ? ISO_PERM_RW : ISO_PERM_R);

	if (p != NULL && write)
		memcpy(p, &c->reg[i->a], 8);
	else if (p != NULL)
		memcpy(&c->reg[i->a], p, 8);
	else if (!write)
		c->reg[i->a] = UINT64_MAX;
	return p == NULL ? fault(x, addr, (uint64_t)write) : 0;
}

static int stop(struct isod_exit *x, uint32_t why)
{
	x->why = why;
	return 1;
}

/* Execute one; 1 if the guest exits by it. */
static int execute(uint32_t vm, struct vcpu *c, const struct model_insn *i,
		   struct isod_exit *x)
{
	const uint64_t y = i->imm ? i->word : c->reg[i->b];
	uint64_t *a = &c->reg[i->a];

	switch (i->op) {
	case MODEL_NOP:
		return 0;
	case MODEL_MOV:
		*a = y;
		return 0;
	case MODEL_LDR:
	case MODEL_STR:
		return access_ram(vm, c, i, x);
	case MODEL_CMP:
		c->equal = *a == y;
		return 0;
	case MODEL_BNE:
		c->pc = c->equal ? c->pc : y;
		return 0;
	case MODEL_BR:
		c->pc = y;
		return 0;
	case MODEL_ADD:
		*a += y;
		return 0;
	case MODEL_SUB:
		*a -= y;
		return 0;
	case MODEL_MULT:
		*a *= y;
		return 0;
	case MODEL_HALT:
		return stop(x, EXIT_HALT);
	case MODEL_HVC:
		memcpy(x->reg, c->reg, sizeof(x->reg));
		return stop(x, EXIT_CALL);
	default:
		return stop(x, EXIT_CRASH);
	}
}

void machine_step(uint32_t vm, struct isod_exit *x)
{
	struct vcpu *c = &vcpus[vm];
	struct model_insn i;
	const uint8_t *p;

	for (; left > 0; left--) {
		p = reach(vm, c->pc, sizeof(i), ISO_PERM_RX);
		if (p == NULL)
			break;
		memcpy(&i, p, sizeof(i));
		if (i.a >= MODEL_REGS || i.b >= MODEL_REGS)
			break;
		c->pc += sizeof(i);
		if (execute(vm, c, &i, x)) {
			left--;
			return;
		}
	}
	x->why = left > 0 ? EXIT_CRASH : EXIT_BUDGET;
}
