/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "isod.h"
#include "model.h"

/*
 * The machine model: an interpreter of the small instruction set of model.h,
 * for computers without /dev/kvm. Every access goes through the port's table,
 * under the port's lock, so that nothing of it outlives an unmap.
 */
struct machine {
	atomic_uchar kicked;
	uint64_t pc;
	uint64_t equal;
	uint64_t reg[MODEL_REGS];
};

const uint32_t machine_kind = ISO_MACHINE_MODEL;

static struct machine machines[ISO_MAX_VMS];

void machine_open(void)
{
}

atomic_uchar *machine_ready(uint32_t vm)
{
	return &machines[vm].kicked; /* a step is short without it */
}

void machine_remove(uint32_t vm)
{
	memset(&machines[vm], 0, sizeof(machines[vm]));
}

void machine_slot(uint32_t vm, uint32_t ipa, uint8_t *page, uint32_t perm)
{
	(void)vm, (void)ipa, (void)page, (void)perm;
}

void machine_answer(uint32_t vm, uint64_t word)
{
	machines[vm].reg[0] = word;
}

static int reach(uint32_t vm, uint64_t addr, void *data, uint64_t n,
		 uint32_t perm)
{
	return port_copy(vm, addr / ISO_PAGE_SIZE, addr % ISO_PAGE_SIZE, data,
			 n, perm) == ISO_OK;
}

/* ldr and str; a read of nothing gives ones, a write there is lost */
static uint32_t access_ram(uint32_t vm, uint64_t addr, uint64_t *word,
			   int write, uint64_t reg[6])
{
	if (reach(vm, addr, word, 8, write ? ISO_PERM_RW : ISO_PERM_R))
		return EXIT_NONE;
	if (!write)
		*word = UINT64_MAX;
	reg[0] = (uint64_t)write;
	reg[1] = addr;
	return EXIT_FAULT;
}

/* The instructions that change registers only; 0 if i is none of them. */
static int compute(struct machine *m, const struct model_insn *i)
{
	const uint64_t y = i->imm ? i->word : m->reg[i->b];
	uint64_t *a = &m->reg[i->a];

	switch (i->op) {
	case MODEL_NOP:
		return 1;
	case MODEL_MOV:
		*a = y;
		return 1;
	case MODEL_CMP:
		m->equal = *a == y;
		return 1;
	case MODEL_BNE:
		m->pc = m->equal ? m->pc : y;
		return 1;
	case MODEL_BR:
		m->pc = y;
		return 1;
	case MODEL_ADD:
		*a += y;
		return 1;
	case MODEL_SUB:
		*a -= y;
		return 1;
	case MODEL_MULT:
		*a *= y;
		return 1;
	default:
		return 0;
	}
}

static int well_formed(const struct model_insn *i)
{
	return i->a < MODEL_REGS && i->b < MODEL_REGS && i->imm <= 1 &&
	       i->zero == 0;
}

uint32_t machine_step(uint32_t vm, uint64_t reg[6])
{
	struct machine *m = &machines[vm];
	struct model_insn i;

	if (!reach(vm, m->pc, &i, sizeof(i), ISO_PERM_RX) || !well_formed(&i))
		return ISO_STOP_CRASH;
	m->pc += sizeof(i);
	if (compute(m, &i))
		return EXIT_NONE;
	switch (i.op) {
	case MODEL_LDR:
	case MODEL_STR:
		return access_ram(vm, m->reg[i.b], &m->reg[i.a],
				  i.op == MODEL_STR, reg);
	case MODEL_HALT:
		return ISO_STOP_HALT;
	case MODEL_HVC:
		memcpy(reg, m->reg, 6 * sizeof(reg[0]));
		return EXIT_CALL;
	default:
		return ISO_STOP_CRASH;
	}
}
