/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine model of bindings/kvm: what each instruction does, and what a
 * guest meets where it has no right. VM 1 has, by pages: 0 code, 1 data, 2 data
 * that it may only read, 3 data that it may only read and write (no code), 4 an
 * address that is reserved; no more.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "isod.h"
#include "model.h"

#define VM 1u
#define DATA 0x1000u
#define READ_ONLY 0x2000u
#define NO_CODE 0x3000u
#define RESERVED 0x4000u
#define NOTHING 0x5000u
#define BIG 0x123456789abcdef0u

/* op with a register, or with a word, as its second operand */
#define R(op, a, b) { op, a, b, 0, 0, 0 }
#define W(op, a, word) { op, a, 0, 1, 0, word }
#define STOP { MODEL_HVC, 0, 0, 0, 0, 0 }

/* of isod's main, which is not here */
struct iso_engine isod_engine;

_Noreturn void isod_die(const char *line)
{
	cr_assert_fail("%s", line);
	abort();
}

static uint8_t ram[8 * ISO_PAGE_SIZE];
static uint64_t reg[6];

static uint8_t *page(uint64_t addr)
{
	return ram + ISO_PAGE_SIZE + addr;
}

static uint64_t word_at(uint64_t addr)
{
	uint64_t w;

	memcpy(&w, page(addr), 8);
	return w;
}

static void set_word(uint64_t addr, uint64_t w)
{
	memcpy(page(addr), &w, 8);
}

static void model_init(void)
{
	port_open(ram, 8);
	iso_port_map(VM, 0, 1, 1, ISO_PERM_RWX);
	iso_port_map(VM, 1, 2, 1, ISO_PERM_RWX);
	iso_port_map(VM, 2, 3, 1, ISO_PERM_R);
	iso_port_map(VM, 3, 4, 1, ISO_PERM_RW);
	iso_port_map(VM, 4, 5, 1, ISO_PERM_NONE);
	machine_ready(VM);
}

TestSuite(model, .init = model_init);

static void put_code(uint64_t addr, const struct model_insn *i, size_t n)
{
	memcpy(page(addr), i, n * sizeof(*i));
}

/* Run to the first exit: why. */
static uint32_t go(void)
{
	uint32_t why;

	do {
		why = machine_step(VM, reg);
	} while (why == EXIT_NONE);
	return why;
}

#define PROGRAM(...) \
	do { \
		const struct model_insn code_[] = { __VA_ARGS__ }; \
		put_code(0, code_, sizeof(code_) / sizeof(code_[0])); \
	} while (0)

/* Run the program, which ends with STOP: its registers are in reg. */
#define RUN(...) \
	do { \
		PROGRAM(__VA_ARGS__, STOP); \
		cr_assert_eq(go(), EXIT_CALL); \
	} while (0)

/* Run the program: the last of it is refused, and what follows is not run. */
#define CRASH(...) \
	do { \
		PROGRAM(__VA_ARGS__, STOP); \
		cr_assert_eq(go(), ISO_STOP_CRASH); \
	} while (0)

static void faulted(uint32_t why, uint64_t write, uint64_t addr)
{
	cr_assert_eq(why, EXIT_FAULT);
	cr_assert_eq(reg[0], write);
	cr_assert_eq(reg[1], addr);
}

/* -- each instruction ---------------------------------------------------- */

Test(model, starts_at_0_with_registers_0)
{
	RUN(R(MODEL_NOP, 0, 0));
	for (int i = 0; i < 6; i++)
		cr_assert_eq(reg[i], 0);
}

Test(model, nop_changes_nothing)
{
	RUN(W(MODEL_MOV, 0, 7), R(MODEL_NOP, 0, 1));
	cr_assert_eq(reg[0], 7);
	cr_assert_eq(reg[1], 0);
}

Test(model, mov_takes_a_word)
{
	RUN(W(MODEL_MOV, 2, BIG));
	cr_assert_eq(reg[2], BIG);
}

Test(model, mov_takes_a_register)
{
	RUN(W(MODEL_MOV, 11, BIG), R(MODEL_MOV, 3, 11));
	cr_assert_eq(reg[3], BIG);
}

Test(model, ldr_reads_the_word_at_an_address)
{
	set_word(DATA + 8, BIG);
	RUN(W(MODEL_MOV, 1, DATA + 8), R(MODEL_LDR, 2, 1));
	cr_assert_eq(reg[2], BIG);
	cr_assert_eq(reg[1], DATA + 8);
}

Test(model, ldr_needs_no_alignment)
{
	set_word(DATA + 3, BIG);
	RUN(W(MODEL_MOV, 1, DATA + 3), R(MODEL_LDR, 2, 1));
	cr_assert_eq(reg[2], BIG);
}

Test(model, str_writes_the_word_at_an_address)
{
	RUN(W(MODEL_MOV, 1, DATA), W(MODEL_MOV, 2, BIG), R(MODEL_STR, 2, 1));
	cr_assert_eq(word_at(DATA), BIG);
	cr_assert_eq(word_at(DATA + 8), 0);
}

Test(model, bne_goes_on_after_cmp_of_equals)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_CMP, 0, 5), W(MODEL_BNE, 0, 64),
	    W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 1);
}

Test(model, bne_goes_to_a_word_after_cmp_of_unequals)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_CMP, 0, 6), W(MODEL_BNE, 0, 64),
	    W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 0);
}

Test(model, bne_goes_to_a_register)
{
	RUN(W(MODEL_MOV, 2, 64), W(MODEL_CMP, 0, 6), R(MODEL_BNE, 0, 2),
	    W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 0);
}

Test(model, cmp_takes_a_register)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_MOV, 2, 5), R(MODEL_CMP, 0, 2),
	    W(MODEL_BNE, 0, 80), W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 1);
}

Test(model, cmp_looks_at_all_64_bits)
{
	RUN(W(MODEL_MOV, 0, 1), W(MODEL_CMP, 0, (uint64_t)1 << 63 | 1),
	    W(MODEL_BNE, 0, 64), W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 0);
}

Test(model, cmp_changes_no_register)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_CMP, 0, 6));
	cr_assert_eq(reg[0], 5);
}

Test(model, br_goes_to_a_word)
{
	RUN(W(MODEL_BR, 0, 32), W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 0);
}

Test(model, br_goes_to_a_register)
{
	RUN(W(MODEL_MOV, 2, 48), R(MODEL_BR, 0, 2), W(MODEL_MOV, 1, 1));
	cr_assert_eq(reg[1], 0);
}

Test(model, add_takes_a_word_or_a_register)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_ADD, 0, 6), R(MODEL_ADD, 1, 0));
	cr_assert_eq(reg[0], 11);
	cr_assert_eq(reg[1], 11);
}

Test(model, add_wraps)
{
	RUN(W(MODEL_MOV, 0, UINT64_MAX), W(MODEL_ADD, 0, 2));
	cr_assert_eq(reg[0], 1);
}

Test(model, sub_takes_a_word_or_a_register)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_MOV, 1, 3), R(MODEL_SUB, 0, 1),
	    W(MODEL_SUB, 1, 3));
	cr_assert_eq(reg[0], 2);
	cr_assert_eq(reg[1], 0);
}

Test(model, sub_wraps)
{
	RUN(W(MODEL_SUB, 0, 1));
	cr_assert_eq(reg[0], UINT64_MAX);
}

Test(model, mult_takes_a_word_or_a_register)
{
	RUN(W(MODEL_MOV, 0, 5), W(MODEL_MULT, 0, 6), W(MODEL_MOV, 1, 2),
	    R(MODEL_MULT, 1, 0));
	cr_assert_eq(reg[0], 30);
	cr_assert_eq(reg[1], 60);
}

Test(model, mult_wraps)
{
	RUN(W(MODEL_MOV, 0, (uint64_t)1 << 63 | 1), W(MODEL_MULT, 0, 2));
	cr_assert_eq(reg[0], 2);
}

Test(model, halt_stops_and_the_next_run_goes_on_behind_it)
{
	PROGRAM(R(MODEL_HALT, 0, 0), W(MODEL_MOV, 1, 1), STOP);
	cr_assert_eq(go(), ISO_STOP_HALT);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[1], 1);
}

Test(model, hvc_gives_registers_0_to_5)
{
	RUN(W(MODEL_MOV, 0, 10), W(MODEL_MOV, 1, 11), W(MODEL_MOV, 2, 12),
	    W(MODEL_MOV, 3, 13), W(MODEL_MOV, 4, 14), W(MODEL_MOV, 5, 15),
	    W(MODEL_MOV, 6, 16));
	for (uint64_t i = 0; i < 6; i++)
		cr_assert_eq(reg[i], 10 + i);
}

Test(model, the_answer_is_in_register_0)
{
	PROGRAM(W(MODEL_MOV, 1, 11), STOP, STOP);
	cr_assert_eq(go(), EXIT_CALL);
	machine_answer(VM, BIG);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[0], BIG);
	cr_assert_eq(reg[1], 11);
}

/* -- bad encodings ------------------------------------------------------- */

Test(model, crash_on_an_unknown_operation)
{
	CRASH(R(MODEL_HVC + 1, 0, 0));
}

Test(model, crash_on_the_highest_operation)
{
	CRASH(R(255, 0, 0));
}

Test(model, crash_on_a_first_register_that_is_none)
{
	CRASH(W(MODEL_MOV, MODEL_REGS, 1));
}

Test(model, crash_on_a_second_register_that_is_none)
{
	CRASH(R(MODEL_MOV, 0, MODEL_REGS));
}

Test(model, crash_on_a_register_that_is_none_even_if_unused)
{
	CRASH({ MODEL_NOP, 255, 255, 0, 0, 0 });
}

Test(model, crash_on_an_operand_of_no_kind)
{
	CRASH({ MODEL_MOV, 0, 0, 2, 0, 1 });
}

Test(model, crash_on_bits_that_are_to_be_zero)
{
	CRASH({ MODEL_MOV, 0, 0, 1, 1, 1 });
}

Test(model, crash_changes_no_register)
{
	CRASH(W(MODEL_MOV, 0, 7), { MODEL_MOV, 0, 0, 2, 0, 1 });
	PROGRAM(R(MODEL_NOP, 0, 0), STOP);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[0], 7);
}

/* -- where there is no right --------------------------------------------- */

/* ldr from addr faults and gives ones */
static void no_read(uint64_t addr)
{
	PROGRAM(W(MODEL_MOV, 1, addr), R(MODEL_LDR, 2, 1), STOP);
	faulted(go(), 0, addr);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[2], UINT64_MAX);
}

/* str to addr faults and all RAM is as it was */
static void no_write(uint64_t addr)
{
	static uint8_t before[sizeof(ram)];

	PROGRAM(W(MODEL_MOV, 1, addr), W(MODEL_MOV, 2, BIG),
		R(MODEL_STR, 2, 1), STOP);
	memcpy(before, ram, sizeof(ram));
	faulted(go(), 1, addr);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(memcmp(before, ram, sizeof(ram)), 0);
}

Test(model, ldr_of_nothing_faults)
{
	no_read(NOTHING);
}

Test(model, str_to_nothing_faults)
{
	no_write(NOTHING);
}

Test(model, ldr_of_the_reserved_faults)
{
	no_read(RESERVED);
}

Test(model, str_to_the_reserved_faults)
{
	no_write(RESERVED);
}

Test(model, ldr_of_read_only_reads)
{
	set_word(READ_ONLY, BIG);
	RUN(W(MODEL_MOV, 1, READ_ONLY), R(MODEL_LDR, 2, 1));
	cr_assert_eq(reg[2], BIG);
}

Test(model, str_to_read_only_faults)
{
	no_write(READ_ONLY);
}

Test(model, ldr_over_the_end_of_a_page_faults)
{
	no_read(DATA + ISO_PAGE_SIZE - 7);
}

Test(model, str_over_the_end_of_a_page_faults)
{
	no_write(DATA + ISO_PAGE_SIZE - 7);
}

Test(model, ldr_of_the_last_word_of_a_page_reads)
{
	set_word(DATA + ISO_PAGE_SIZE - 8, BIG);
	RUN(W(MODEL_MOV, 1, DATA + ISO_PAGE_SIZE - 8), R(MODEL_LDR, 2, 1));
	cr_assert_eq(reg[2], BIG);
}

Test(model, ldr_of_the_highest_address_faults)
{
	no_read(UINT64_MAX);
}

Test(model, str_beyond_all_addresses_faults)
{
	no_write((uint64_t)ISOD_IPA_PAGES * ISO_PAGE_SIZE);
}

Test(model, str_to_an_address_that_would_wrap_faults)
{
	no_write((UINT64_MAX / ISO_PAGE_SIZE + 1) * ISO_PAGE_SIZE - 8);
}

/* -- where there is no code ---------------------------------------------- */

Test(model, crash_on_code_in_a_page_without_the_right_to_execute)
{
	const struct model_insn stop = STOP;

	put_code(NO_CODE, &stop, 1);
	CRASH(W(MODEL_BR, 0, NO_CODE));
}

Test(model, crash_on_code_in_a_page_that_may_only_be_read)
{
	const struct model_insn stop = STOP;

	put_code(READ_ONLY, &stop, 1);
	CRASH(W(MODEL_BR, 0, READ_ONLY));
}

Test(model, code_in_a_page_with_the_right_to_execute_runs)
{
	const struct model_insn stop = STOP;

	put_code(DATA, &stop, 1);
	PROGRAM(W(MODEL_BR, 0, DATA));
	cr_assert_eq(go(), EXIT_CALL);
}

Test(model, crash_on_code_where_nothing_is)
{
	CRASH(W(MODEL_BR, 0, NOTHING));
}

Test(model, crash_on_code_over_the_end_of_a_page)
{
	CRASH(W(MODEL_BR, 0, ISO_PAGE_SIZE - 8));
}

Test(model, crash_on_code_at_the_highest_address)
{
	CRASH(W(MODEL_BR, 0, UINT64_MAX));
}

/* -- changes while it runs ----------------------------------------------- */

Test(model, an_unmap_holds_from_the_next_step_on)
{
	PROGRAM(W(MODEL_MOV, 1, DATA), R(MODEL_LDR, 2, 1), R(MODEL_LDR, 2, 1));
	cr_assert_eq(machine_step(VM, reg), EXIT_NONE);
	cr_assert_eq(machine_step(VM, reg), EXIT_NONE);
	iso_port_unmap(VM, 1, 2, 1);
	faulted(machine_step(VM, reg), 0, DATA);
}

Test(model, an_unmap_of_the_code_holds_from_the_next_step_on)
{
	PROGRAM(W(MODEL_BR, 0, 0));
	cr_assert_eq(machine_step(VM, reg), EXIT_NONE);
	iso_port_unmap(VM, 0, 1, 1);
	cr_assert_eq(machine_step(VM, reg), ISO_STOP_CRASH);
}

Test(model, a_map_holds_from_the_next_step_on)
{
	PROGRAM(W(MODEL_MOV, 1, NOTHING), R(MODEL_LDR, 2, 1),
		R(MODEL_LDR, 2, 1), STOP);
	faulted(go(), 0, NOTHING);
	iso_port_map(VM, 5, 6, 1, ISO_PERM_R);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[2], 0);
}

Test(model, a_vcpu_that_was_removed_starts_afresh)
{
	RUN(W(MODEL_MOV, 1, 7));
	cr_assert_eq(reg[1], 7);
	machine_remove(VM);
	machine_ready(VM);
	PROGRAM(STOP);
	cr_assert_eq(go(), EXIT_CALL);
	cr_assert_eq(reg[1], 0);
}

Test(model, each_vm_has_registers_of_its_own)
{
	RUN(W(MODEL_MOV, 1, 7));
	iso_port_map(VM + 1, 0, 1, 1, ISO_PERM_RX);
	machine_ready(VM + 1);
	PROGRAM(STOP);
	cr_assert_eq(machine_step(VM + 1, reg), EXIT_CALL);
	cr_assert_eq(reg[1], 0);
}
