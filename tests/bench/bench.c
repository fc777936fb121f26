/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE

/*
 * What the engine costs, beside what memory costs: every sample of a call is
 * taken next to a memset of the same pages, and the ratio is of the two. With
 * the direct port, so the VMs' tables are really written and pages are really
 * zeroed. A call that answers wrongly ends the run.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <iso/iso.h>
#include <iso/port.h>

#include "bench.h"
#include "direct.h"

#define WINDOW 16384u /* pages that have memory behind them */
#define FIRST 4096u   /* the first of them */
#define BATCH 4096u   /* pages a sample should touch at least */

static const uint32_t machines[] = { 1u << 16, 1u << 24 };
static const uint32_t shares[] = { 1, 16, 512, 16384 };
static const uint32_t assigns[] = { 1, 512, 16384 };

/* the VMs of the scenes */
enum { HOST, LENDER, BORROWER, FRESH };

struct machine {
	struct iso_engine e;
	uint8_t *ram;
	uint32_t *table;
	size_t pages_len, vms_len, ram_len, table_len;
};

/* One line of the result; the nanoseconds are per page. */
struct row {
	const char *what;
	uint32_t machine;
	uint32_t pages;
	double ns, base_ns, ratio, beside;
};

static double sample_ns[ROUNDS_MAX], sample_base[ROUNDS_MAX];
static double sample_ratio[ROUNDS_MAX];

static void start_vm(struct machine *m, uint64_t vm)
{
	expect("vm_start", iso_vm_start(&m->e, HOST, vm));
}

/* The window belongs to LENDER, at its own numbers; BORROWER is its peer. */
static void populate(struct machine *m)
{
	expect("vm_create", iso_vm_create(&m->e, HOST, LENDER));
	expect("vm_create", iso_vm_create(&m->e, HOST, BORROWER));
	expect("vm_peer", iso_vm_peer(&m->e, HOST, LENDER, BORROWER, 1));
	expect("page_assign", iso_page_assign(&m->e, HOST, LENDER, FIRST,
					      WINDOW, FIRST));
	start_vm(m, LENDER);
	start_vm(m, BORROWER);
}

/* The port may know of fewer pages than there are: it wipes only those. */
static void machine_open(struct machine *m, uint32_t npages, uint32_t wiped)
{
	struct iso_page *pages;
	struct iso_vm *vms;

	m->pages_len = (size_t)npages * sizeof(*pages);
	m->vms_len = ISO_MAX_VMS * sizeof(*vms);
	m->ram_len = (size_t)npages * ISO_PAGE_SIZE;
	m->table_len = (size_t)npages * ISO_MAX_VMS * sizeof(*m->table);
	pages = reserve(m->pages_len, "page states");
	vms = reserve(m->vms_len, "VMs");
	m->ram = reserve(m->ram_len, "RAM");
	m->table = reserve(m->table_len, "tables");
	expect("direct_init",
	       iso_direct_init(m->ram, wiped, m->table, npages));
	expect("engine_init", iso_engine_init(&m->e, pages, npages, vms));
	memset(m->ram + (size_t)FIRST * ISO_PAGE_SIZE, 1,
	       (size_t)WINDOW * ISO_PAGE_SIZE);
}

static void machine_close(struct machine *m)
{
	munmap(m->e.pages, m->pages_len);
	munmap(m->e.vms, m->vms_len);
	munmap(m->ram, m->ram_len);
	munmap(m->table, m->table_len);
}

/* Destroys the VM in as few steps as it takes. */
static void end_vm(struct machine *m, uint64_t vm)
{
	int32_t r;

	do
		r = iso_vm_destroy(&m->e, HOST, vm, m->e.npages);
	while (r == ISO_RETRY);
	expect("vm_destroy", r);
}

static void share(struct machine *m, uint32_t n)
{
	struct iso_engine *e = &m->e;

	expect("tx_open", iso_tx_open(e, LENDER, 0, ISO_SHARE));
	expect("tx_add", iso_tx_add(e, LENDER, 0, FIRST, n));
	expect("tx_grant", iso_tx_grant(e, LENDER, 0, BORROWER, ISO_PERM_RW));
	expect("tx_send", iso_tx_send(e, LENDER, 0, 0, n));
	expect("tx_retrieve", iso_tx_retrieve(e, BORROWER, LENDER, 0, 0));
}

static void unshare(struct machine *m, uint32_t n)
{
	struct iso_engine *e = &m->e;

	expect("tx_relinquish",
	       iso_tx_relinquish(e, BORROWER, LENDER, 0, 0, n));
	expect("tx_reclaim", iso_tx_reclaim(e, LENDER, 0, n));
}

/* The table of the borrower follows the calls. */
static void check_share(struct machine *m, uint32_t n)
{
	share(m, n);
	if (!iso_direct_reach(BORROWER, n - 1, ISO_PERM_RW))
		die("share", "the borrower does not reach the pages");
	unshare(m, n);
	if (iso_direct_reach(BORROWER, 0, ISO_PERM_R))
		die("share", "the borrower still reaches the pages");
}

static uint8_t *window(const struct machine *m)
{
	return m->ram + (size_t)FIRST * ISO_PAGE_SIZE;
}

/* Sample and baseline start with the same pages in the same caches. */
static void prime(struct machine *m, uint32_t n, uint32_t runs)
{
	const size_t len = (size_t)n * ISO_PAGE_SIZE;

	for (uint32_t i = 0; i < 2 * runs; i++) {
		memset(window(m) + i % runs * len, 0, len);
		barrier();
	}
}

static double time_memset(struct machine *m, uint32_t n, uint32_t reps)
{
	double start;

	prime(m, n, 1);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++) {
		memset(window(m), 0, (size_t)n * ISO_PAGE_SIZE);
		barrier();
	}
	return (now_ns() - start) / reps / n;
}

static double time_share(struct machine *m, uint32_t n, uint32_t reps)
{
	const double start = now_ns();

	for (uint32_t i = 0; i < reps; i++) {
		share(m, n);
		unshare(m, n);
	}
	return (now_ns() - start) / reps / n;
}

/*
 * A VM must be CREATED to be assigned pages and LIVE to release them, so a
 * sample assigns reps runs of n pages one by one, and then releases them. Its
 * life is not in the time.
 */
static double time_assign(struct machine *m, uint32_t n, uint32_t reps)
{
	struct iso_engine *e = &m->e;
	double start, spent;

	expect("vm_create", iso_vm_create(e, HOST, FRESH));
	prime(m, n, reps);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++)
		expect("page_assign", iso_page_assign(e, HOST, FRESH,
						      FIRST + i * n, n, i * n));
	spent = now_ns() - start;
	start_vm(m, FRESH);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++)
		expect("page_release",
		       iso_page_release(e, FRESH, FIRST + i * n, n, n));
	spent += now_ns() - start;
	end_vm(m, FRESH);
	return spent / reps / n;
}

/*
 * memset of the pages that time_assign scrubs, run by run; and the same VM's
 * life around it, which leaves the caches as time_assign does.
 */
static double time_wipe(struct machine *m, uint32_t n, uint32_t reps)
{
	const size_t len = (size_t)n * ISO_PAGE_SIZE;
	double start, spent;

	expect("vm_create", iso_vm_create(&m->e, HOST, FRESH));
	prime(m, n, reps);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++) {
		memset(window(m) + i * len, 0, len);
		barrier();
	}
	spent = now_ns() - start;
	end_vm(m, FRESH);
	return spent / reps / n;
}

typedef double (*timer)(struct machine *m, uint32_t n, uint32_t reps);

static void measure(struct row *r, struct machine *m, timer call, timer base,
		    uint32_t reps)
{
	call(m, r->pages, reps);
	base(m, r->pages, reps);
	for (unsigned i = 0; i < rounds; i++) {
		sample_base[i] = base(m, r->pages, reps);
		sample_ns[i] = call(m, r->pages, reps);
		sample_ratio[i] = sample_ns[i] / sample_base[i];
	}
	r->ns = median(sample_ns, rounds);
	r->base_ns = median(sample_base, rounds);
	r->ratio = median(sample_ratio, rounds);
	r->beside = r->ns;
}

static void print_row(const struct row *r)
{
	if (json) {
		printf("%s\n  {\"what\": \"%s\", \"machine_pages\": %" PRIu32
		       ", \"pages\": %" PRIu32 ", \"ns_page\": %.3f, "
		       "\"memset_ns_page\": %.3f, \"ratio\": %.5f, "
		       "\"beside_ns_page\": %.3f}",
		       first_row ? "" : ",", r->what, r->machine, r->pages,
		       r->ns, r->base_ns, r->ratio, r->beside);
		first_row = false;
		return;
	}
	printf("%-15s %9" PRIu32 " %6" PRIu32 " %10.2f %10.2f %9.4f %10.2f\n",
	       r->what, r->machine, r->pages, r->ns, r->base_ns, r->ratio,
	       r->beside);
	fflush(stdout);
}

static uint32_t batch(uint32_t n)
{
	return n < BATCH ? BATCH / n : 1;
}

/* What the calls cost beside the wiping: the same without it. */
static double unwiped(uint32_t npages, uint32_t n)
{
	static struct machine m;

	machine_open(&m, npages, FIRST);
	time_assign(&m, n, batch(n));
	for (unsigned i = 0; i < rounds; i++)
		sample_ns[i] = time_assign(&m, n, batch(n));
	machine_close(&m);
	return median(sample_ns, rounds);
}

static void bench_assign(uint32_t npages)
{
	for (size_t i = 0; i < sizeof(assigns) / sizeof(*assigns); i++) {
		static struct machine m;
		struct row r = { "assign+release", npages, assigns[i],
				 0, 0, 0, 0 };

		machine_open(&m, npages, npages);
		measure(&r, &m, time_assign, time_wipe, batch(r.pages));
		machine_close(&m);
		r.beside = unwiped(npages, r.pages);
		print_row(&r);
	}
}

static void bench_share(struct machine *m)
{
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		struct row r = { "share", m->e.npages, shares[i], 0, 0, 0, 0 };

		check_share(m, r.pages);
		measure(&r, m, time_share, time_memset, batch(r.pages));
		print_row(&r);
	}
}

typedef void (*wiper)(uint8_t *p, size_t len);

static void wipe_memset(uint8_t *p, size_t len)
{
	memset(p, 0, len);
}

static void wipe_port(uint8_t *p, size_t len)
{
	(void)p;
	iso_port_zero(FIRST, (uint32_t)(len / ISO_PAGE_SIZE));
}

#ifdef __x86_64__
static void wipe_rep(uint8_t *p, size_t len)
{
	__asm__ volatile("rep stosb" : "+D"(p), "+c"(len) : "a"(0) : "memory");
}

static void wipe_stream(uint8_t *p, size_t len)
{
	typedef long long v2 __attribute__((vector_size(16)));
	const v2 zero = { 0, 0 };

	for (v2 *q = (v2 *)(void *)p; len > 0; len -= 64, q += 4)
		for (int i = 0; i < 4; i++)
			__builtin_ia32_movntdq(&q[i], zero);
	__asm__ volatile("sfence" ::: "memory");
}
#endif

static const struct {
	const char *name;
	wiper wipe;
} wipers[] = {
	{ "iso_port_zero", wipe_port },
	{ "memset", wipe_memset },
#ifdef __x86_64__
	{ "rep stosb", wipe_rep },
	{ "non-temporal", wipe_stream },
#endif
};
#define NWIPERS (sizeof(wipers) / sizeof(*wipers))

static double time_wiper(struct machine *m, unsigned w, uint32_t n,
			 uint32_t reps)
{
	double start;

	prime(m, n, 1);
	wipers[w].wipe(window(m), (size_t)n * ISO_PAGE_SIZE);
	start = now_ns();
	for (uint32_t i = 0; i < reps; i++) {
		wipers[w].wipe(window(m), (size_t)n * ISO_PAGE_SIZE);
		barrier();
	}
	return (now_ns() - start) / reps / n;
}

static void print_scrub(uint32_t n, const double *ns, double ratio)
{
	if (json)
		printf("%s\n  {\"pages\": %" PRIu32, first_row ? "" : ",", n);
	else
		printf("%6" PRIu32 " pages:", n);
	for (unsigned w = 0; w < NWIPERS; w++) {
		const double gib = ISO_PAGE_SIZE / ns[w] * 1e9 / (1u << 30);

		printf(json ? ", \"%s\": %.2f" : "  %s %.2f", wipers[w].name,
		       gib);
	}
	printf(json ? ", \"ratio\": %.4f}" : "  ratio %.3f\n", ratio);
	first_row = false;
}

/* The ratio is to the fastest of the others, of samples of the same round. */
static void bench_scrub(struct machine *m, uint32_t n)
{
	static double t[NWIPERS][ROUNDS_MAX];
	double ns[NWIPERS], ratio = 0;

	for (unsigned i = 0; i < rounds; i++)
		for (unsigned w = 0; w < NWIPERS; w++)
			t[w][i] = time_wiper(m, w, n, batch(n));
	for (unsigned w = 1; w < NWIPERS; w++) {
		double r;

		for (unsigned i = 0; i < rounds; i++)
			sample_ratio[i] = t[w][i] / t[0][i];
		r = median(sample_ratio, rounds);
		if (w == 1 || r < ratio)
			ratio = r;
	}
	for (unsigned w = 0; w < NWIPERS; w++)
		ns[w] = median(t[w], rounds);
	print_scrub(n, ns, ratio);
}

static void bench_calls(uint32_t npages)
{
	static struct machine m;

	bench_assign(npages);
	machine_open(&m, npages, npages);
	populate(&m);
	bench_share(&m);
	machine_close(&m);
}

static void head(void)
{
	const unsigned state = (unsigned)sizeof(struct iso_page);
	const unsigned cell = (unsigned)sizeof(uint32_t);

	if (json) {
		printf("{\"rounds\": %u, \"state_bytes_page\": %u, "
		       "\"direct_bytes_cell\": %u, \"window_pages\": %u, "
		       "\"calls\": [", rounds, state, cell, WINDOW);
		return;
	}
	printf("State: %u bytes a page of RAM, %zu bytes a VM; the direct port "
	       "adds %u bytes\nan address of a VM.\n\n", state,
	       sizeof(struct iso_vm), cell);
	printf("Medians of %u rounds, each next to a memset of the same pages. "
	       "The machine has\nthe page states of all its pages; memory is "
	       "only behind the %u pages in use\n(and behind the parts of the "
	       "tables in use). share = open, add, grant, send,\nretrieve, "
	       "relinquish, reclaim. beside = without the wiping.\n\n",
	       rounds, WINDOW);
	printf("%-15s %9s %6s %10s %10s %9s %10s\n", "calls", "machine",
	       "pages", "ns/page", "memset", "ratio", "beside");
}

static void middle(void)
{
	first_row = true;
	if (json)
		printf("\n ], \"scrub_gib_s\": [");
	else
		printf("\nScrub, GiB/s; ratio = iso_port_zero to the fastest "
		       "of the others\n");
}

int main(int argc, char **argv)
{
	static struct machine m;

	options(argc, argv);
	head();
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		bench_calls(machines[i]);
	middle();
	machine_open(&m, machines[0], machines[0]);
	bench_scrub(&m, 512);
	bench_scrub(&m, WINDOW);
	machine_close(&m);
	bench_stage2();
	if (json)
		printf("}\n");
	return 0;
}
