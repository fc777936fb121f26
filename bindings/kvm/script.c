/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"

/*
 * The story: who runs when. What the guests do in each of their turns is in
 * guests/producer.S, guests/consumer.S and guests/attacker.S.
 */
struct image {
	const uint8_t *begin;
	const uint8_t *end;
};

extern const uint8_t guest_model_producer[], guest_model_producer_end[];
extern const uint8_t guest_model_consumer[], guest_model_consumer_end[];
extern const uint8_t guest_model_attacker[], guest_model_attacker_end[];

static const struct image model_images[] = {
	{ guest_model_producer, guest_model_producer_end },
	{ guest_model_consumer, guest_model_consumer_end },
	{ guest_model_attacker, guest_model_attacker_end },
};

#ifdef __x86_64__
extern const uint8_t guest_kvm_producer[], guest_kvm_producer_end[];
extern const uint8_t guest_kvm_consumer[], guest_kvm_consumer_end[];
extern const uint8_t guest_kvm_attacker[], guest_kvm_attacker_end[];

static const struct image kvm_images[] = {
	{ guest_kvm_producer, guest_kvm_producer_end },
	{ guest_kvm_consumer, guest_kvm_consumer_end },
	{ guest_kvm_attacker, guest_kvm_attacker_end },
};
#else
#define kvm_images model_images
#endif

static void make(uint64_t vm)
{
	const struct image *i = host_hello.arg[0] == ISO_MACHINE_KVM
					? &kvm_images[vm - 1]
					: &model_images[vm - 1];
	const uint64_t page = vm * VM_PAGES;
	uint64_t n = (uint64_t)(i->end - i->begin);

	ask(ISO_OP_VM_CREATE, vm, 0, 0, 0);
	for (uint64_t at = 0; at < n; at += ISO_PAGE_SIZE)
		ask_load(page + at / ISO_PAGE_SIZE, 0, i->begin + at,
			 n - at < ISO_PAGE_SIZE ? (uint32_t)(n - at)
						: ISO_PAGE_SIZE);
	ask(ISO_OP_PAGE_ASSIGN, vm, page, VM_PAGES, 0);
}

static void act(const char *text)
{
	note(ISO_NOTE_ACT, 0, 0, text);
}

static void setup(void)
{
	act("the host makes three VMs that may deal with each other");
	make(PRODUCER);
	make(CONSUMER);
	make(ATTACKER);
	ask(ISO_OP_PAGE_ASSIGN, ATTACKER, LOW_PAGE, LOW_PAGES, LOW_AT);
	ask(ISO_OP_VM_PEER, PRODUCER, CONSUMER, 1, 0);
	ask(ISO_OP_VM_PEER, PRODUCER, ATTACKER, 1, 0);
	ask(ISO_OP_VM_PEER, CONSUMER, ATTACKER, 1, 0);
	ask(ISO_OP_VM_START, PRODUCER, 0, 0, 0);
	ask(ISO_OP_VM_START, CONSUMER, 0, 0, 0);
	ask(ISO_OP_VM_START, ATTACKER, 0, 0, 0);
}

static void share(void)
{
	act("a share: two pages for producer and consumer to work in");
	run(CONSUMER);
	run(PRODUCER);
	run(CONSUMER);
	run(ATTACKER);
	attack(ATTACKER, ISO_RULE_DENY, "make the host's calls");
	attack(ATTACKER, ISO_RULE_DENY, "call with wrong arguments");
	attack(ATTACKER, ISO_RULE_DENY, "take another's share");
	attack(ATTACKER, ISO_RULE_DENY, "hunt all addresses for a secret");
	run(PRODUCER);
	run(CONSUMER);
}

static void lend(void)
{
	act("a loan: the lender is locked out, the borrower clears it");
	run(PRODUCER);
	run(CONSUMER);
	attack(PRODUCER, ISO_RULE_DENY, "touch pages out on loan");
	run(CONSUMER);
}

static void donate(void)
{
	act("a donation: the page changes hands");
	run(PRODUCER);
	run(CONSUMER);
	attack(PRODUCER, ISO_RULE_DENY, "touch and claim a page given away");
	run(PRODUCER);
}

static void attacker_as_peer(void)
{
	act("the attacker is dealt with like any peer, and abuses it");
	run(PRODUCER);
	run(ATTACKER);
	attack(ATTACKER, ISO_RULE_DENY, "exceed a read-only share");
	run(ATTACKER);
	run(PRODUCER);
	attack(ATTACKER, ISO_RULE_DENY, "touch a page after relinquish");
	run(PRODUCER);
	run(ATTACKER);
	run(PRODUCER);
	attack(ATTACKER, ISO_RULE_DENY, "touch pages after reclaim");
	run(ATTACKER);
	run(CONSUMER);
	attack(ATTACKER, ISO_RULE_DENY, "touch and claim a page given away");
}

static void together(void)
{
	act("all three run at once: two trade a page, the third is after it");
	run(PRODUCER);
	run(CONSUMER);
	run(ATTACKER);
	begin(ATTACKER, ISO_RULE_MEANWHILE,
	      "touch a page while others trade it");
	run_together();
	over();
	run(ATTACKER);
}

static void part(void)
{
	act("the host parts attacker and consumer");
	ask(ISO_OP_VM_PEER, CONSUMER, ATTACKER, 0, 0);
	attack(ATTACKER, ISO_RULE_DENY, "deal with one who is no peer");
}

static void storm(void)
{
	act("the attacker calls without end, and hunts again");
	attack(ATTACKER, ISO_RULE_FREE, "every call with every edge value");
	attack(ATTACKER, ISO_RULE_FREE, "every call with random words");
	attack(ATTACKER, ISO_RULE_DENY, "hunt all addresses for a secret");
	begin(ATTACKER, ISO_RULE_SPIN, "keep the CPU for ever");
	ask(ISO_OP_RUN, ATTACKER, 0, 0, 0);
	ask(ISO_OP_WAIT, ATTACKER, 20000, 0, 0);
	over();
	run(PRODUCER);
	run(CONSUMER);
}

void script_guests(void)
{
	setup();
	share();
	lend();
	donate();
	attacker_as_peer();
	together();
	part();
	storm();
	act("pages are out when the host turns on its guests");
	run(PRODUCER);
	run(CONSUMER);
}

static void destroy(uint64_t vm)
{
	while (ask(ISO_OP_VM_DESTROY, vm, 64, 0, 0) == ISO_RETRY)
		;
}

void script_last(int evil)
{
	if (evil) {
		act("the host destroys a VM and looks for what it left");
		evil_destroy(PRODUCER);
	} else {
		act("the host destroys a VM");
		run(CONSUMER);
		destroy(PRODUCER);
	}
	run(CONSUMER);
	if (evil)
		evil_destroy_running(ATTACKER);
	else
		destroy(ATTACKER);
	destroy(CONSUMER);
}
