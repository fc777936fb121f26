/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between isod and libiso's stage-2 calls: once, something goes wrong that
 * --ept-check has to notice. The environment says what. Linked with --wrap,
 * so that isod and libiso are those that are tested else.
 */
#include <stdlib.h>
#include <string.h>

#include <iso/status.h>

#include "isod.h"
#include "stage2.h"

/* by then guests have pages */
#define WHEN 20

int32_t __real_iso_s2_map(struct iso_s2 *s, uint64_t ip, uint64_t n,
			  uint64_t frame, uint32_t attr);
int32_t __wrap_iso_s2_map(struct iso_s2 *s, uint64_t ip, uint64_t n,
			  uint64_t frame, uint32_t attr);
int32_t __real_iso_s2_unmap(struct iso_s2 *s, uint64_t ip, uint64_t n);
int32_t __wrap_iso_s2_unmap(struct iso_s2 *s, uint64_t ip, uint64_t n);
void __real_iso_port_s2_flush(uint32_t vm);
void __wrap_iso_port_s2_flush(uint32_t vm);

static int asked(const char *what)
{
	const char *wrong = getenv("EPT_WRONG");

	return wrong != NULL && strcmp(wrong, what) == 0;
}

/* is it the time for this kind of wrong */
static int now(const char *what, uint32_t times)
{
	return times == WHEN && asked(what);
}

int32_t __wrap_iso_s2_map(struct iso_s2 *s, uint64_t ip, uint64_t n,
			  uint64_t frame, uint32_t attr)
{
	static uint32_t times;
	int32_t code;

	times++;
	if (now("no map", times))
		return ISO_OK;
	if (now("other frame", times))
		return __real_iso_s2_map(s, ip, n, frame + 1, attr);
	if (now("other rights", times))
		return __real_iso_s2_map(s, ip, n, frame, attr ^ 4);
	code = __real_iso_s2_map(s, ip, n, frame, attr);
	/* what iso_s2_query does not look at */
	if (now("other rights above", times))
		s->table[0].e[0] &= ~(uint64_t)2;
	if (now("reserved bit above", times))
		s->table[0].e[0] |= 8;
	if (now("beyond", times))
		s->table[0].e[511] = s->table[0].e[0];
	return code;
}

int32_t __wrap_iso_s2_unmap(struct iso_s2 *s, uint64_t ip, uint64_t n)
{
	static uint32_t times;

	return now("no unmap", ++times) ? ISO_OK
					: __real_iso_s2_unmap(s, ip, n);
}

void __wrap_iso_port_s2_flush(uint32_t vm)
{
	static uint32_t times;

	if (!now("no flush", ++times))
		__real_iso_port_s2_flush(vm);
}
